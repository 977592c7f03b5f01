// SPDX-License-Identifier: BSD-3-Clause
// The checksum is that of the members as this file prints them, so that spaces mean nothing.
#include "checkpoint/manifest_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

// A host's name need not be UTF-8.
static json_t *text_of(const char *text)
{
    json_t *valid = json_string(text);
    return valid ? valid : json_string("(not UTF-8)");
}

static json_t *integers(const int *values, int count)
{
    json_t *array = json_array();
    for (int i = 0; i < count; i++)
        json_array_append_new(array, json_integer(values[i]));
    return array;
}

static json_t *columns_of(const pn_manifest *m)
{
    json_t *array = json_array();
    for (int column = 0; column < m->columns; column++) {
        const int *host = m->host + (size_t)column * (size_t)m->virtual_rows;
        json_t *object = json_object();
        json_object_set_new(object, "height", json_integer(m->heights[column]));
        json_object_set_new(object, "host", integers(host, m->virtual_rows));
        json_array_append_new(array, object);
    }
    return array;
}

// Neighbouring block columns of one owner: [owner, how many].
static json_t *owners_of(const pn_manifest *m)
{
    json_t *array = json_array();
    pn_gidx blocks = pn_manifest_column_blocks(m);
    for (pn_gidx begin = 0, end; begin < blocks; begin = end) {
        for (end = begin + 1; end < blocks && m->owner[end] == m->owner[begin];)
            end++;
        json_array_append_new(array,
                              json_pack("[i, I]", m->owner[begin], (json_int_t)(end - begin)));
    }
    return array;
}

static json_t *hexadecimal(uint64_t value)
{
    char text[17];
    snprintf(text, sizeof text, "%016" PRIx64, value);
    return json_string(text);
}

static json_t *checksums_of(const pn_manifest *m)
{
    json_t *array = json_array();
    for (int file = 0; file < m->files; file++)
        json_array_append_new(array, hexadecimal(m->checksum[file]));
    return array;
}

static json_t *session_of(const pn_session *s)
{
    json_t *object = json_object(), *parts = json_array();
    json_object_set_new(object, "began", json_real(s->began));
    json_object_set_new(object, "seconds", json_real(s->seconds));
    json_object_set_new(object, "first_step", json_integer(s->first));
    json_object_set_new(object, "next_step", json_integer(s->next));
    json_object_set_new(object, "ranks", json_integer(s->ranks));
    json_object_set_new(object, "p", json_integer(s->p));
    json_object_set_new(object, "q", json_integer(s->q));
    json_object_set_new(object, "mpi", text_of(s->mpi));
    for (int i = 0; i < s->kind_count; i++) {
        json_t *part = json_object();
        json_object_set_new(part, "kind", text_of(s->kinds[i].kind));
        json_object_set_new(part, "host", text_of(s->kinds[i].host));
        json_object_set_new(part, "ranks", json_integer(s->kinds[i].ranks));
        json_array_append_new(parts, part);
    }
    json_object_set_new(object, "parts", parts);
    return object;
}

static json_t *members_of(const pn_manifest *m)
{
    json_t *object = json_object(), *sessions = json_array();
    json_object_set_new(object, "n", json_integer(m->n));
    json_object_set_new(object, "width", json_integer(m->width));
    json_object_set_new(object, "nb", json_integer(m->nb));
    json_object_set_new(object, "seed", json_integer((json_int_t)m->seed));
    json_object_set_new(object, "threshold", json_real(m->threshold));
    json_object_set_new(object, "element_bytes", json_integer(m->element_bytes));
    json_object_set_new(object, "matrix", json_string(pn_manifest_matrix_word(m->matrix)));
    json_object_set_new(object, "step", json_integer(m->step));
    json_object_set_new(object, "computing_seconds", json_real(m->computing_seconds));
    json_object_set_new(object, "virtual_rows", json_integer(m->virtual_rows));
    json_object_set_new(object, "columns", columns_of(m));
    json_object_set_new(object, "owners", owners_of(m));
    json_object_set_new(object, "checksums", checksums_of(m));
    for (int i = 0; i < m->session_count; i++)
        json_array_append_new(sessions, session_of(&m->sessions[i]));
    json_object_set_new(object, "sessions", sessions);
    return object;
}

pn_status pn_manifest_checksum(const json_t *members, char checksum[17])
{
    char *text = json_dumps(members, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17));
    if (!text)
        return pn_fail_memory("for the manifest of a checkpoint");
    snprintf(checksum, 17, "%016" PRIx64, (uint64_t)XXH3_64bits(text, strlen(text)));
    free(text);
    return PN_OK;
}

pn_status pn_manifest_write(const pn_manifest *m, char **text)
{
    char checksum[17];
    json_t *members = members_of(m), *all = json_object();
    pn_status status = pn_manifest_checksum(members, checksum);
    *text = NULL;
    if (status == PN_OK) {
        json_object_set_new(all, "format", json_string(PN_MANIFEST_FORMAT));
        json_object_set_new(all, "checksum", json_string(checksum));
        json_object_set(all, "run", members);
        *text = json_dumps(all, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
        if (!*text)
            status = pn_fail_memory("for the manifest of a checkpoint");
    }
    json_decref(members);
    json_decref(all);
    return status;
}
