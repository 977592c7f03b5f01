// SPDX-License-Identifier: BSD-3-Clause
// Each number is held against its bounds before anything is made of it, and no array is larger than
// what the text itself pays for, but for the owners, whose number has a bound.
#include "base/plain_text.h"
#include "checkpoint/manifest_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NB_ELEMENT_MOST = 8, RIDING_MOST = 1024 };

static pn_status integer(const json_t *object, const char *name, int64_t least, int64_t most,
                         int64_t *value)
{
    const json_t *member = json_object_get(object, name);
    if (!json_is_integer(member))
        return pn_fail(PN_ERROR_USAGE, "\"%s\" is not a whole number", name);
    *value = json_integer_value(member);
    if (*value < least || *value > most)
        return pn_fail(PN_ERROR_USAGE, "\"%s\": read %" PRId64 "; allowed: %" PRId64 " to %" PRId64,
                       name, *value, least, most);
    return PN_OK;
}

static pn_status small(const json_t *object, const char *name, int least, int most, int *value)
{
    int64_t wide = 0;
    pn_status status = integer(object, name, least, most, &wide);
    *value = status == PN_OK ? (int)wide : 0;
    return status;
}

static pn_status real(const json_t *object, const char *name, double most, double *value)
{
    const json_t *member = json_object_get(object, name);
    *value = json_number_value(member);
    if (!json_is_number(member) || !(*value >= 0 && *value <= most))
        return pn_fail(PN_ERROR_USAGE, "\"%s\" is not a number from 0 to %g", name, most);
    return PN_OK;
}

static pn_status text(const json_t *object, const char *name, char *value, size_t bytes)
{
    const char *read = json_string_value(json_object_get(object, name));
    if (!read || strlen(read) >= bytes)
        return pn_fail(PN_ERROR_USAGE, "\"%s\" is not a text of up to %zu bytes", name, bytes - 1);
    pn_plain_text(value, bytes, read);
    return PN_OK;
}

static pn_status array(const json_t *object, const char *name, size_t least, size_t most,
                       json_t **value)
{
    *value = json_object_get(object, name);
    if (!json_is_array(*value) || json_array_size(*value) < least || json_array_size(*value) > most)
        return pn_fail(PN_ERROR_USAGE, "\"%s\" is not a list of %zu to %zu", name, least, most);
    return PN_OK;
}

// Those of before it was written down are HPL's. L of a matrix without pivots is kept with it.
static pn_status read_matrix(pn_manifest *m, const json_t *run)
{
    const json_t *value = json_object_get(run, "matrix");
    const char *word = json_string_value(value);
    m->matrix = PN_MATRIX_HPL;
    for (pn_matrix_rule rule = PN_MATRIX_HPL; word && rule < PN_MATRIX_RULES; rule++)
        if (strcmp(word, pn_manifest_matrix_word(rule)) == 0)
            m->matrix = rule;
    bool is_known = !value || (word && strcmp(word, pn_manifest_matrix_word(m->matrix)) == 0);
    bool is_double = m->element_bytes == (int)sizeof(double);
    if (is_known && is_double == (m->matrix == PN_MATRIX_HPL))
        return PN_OK;
    return pn_fail(
        PN_ERROR_USAGE, "\"matrix\": read \"%.20s\"; with %d bytes an entry \"%s\" is allowed",
        word ? word : "no word", m->element_bytes, is_double ? "hpl" : "mild\" or \"dominant");
}

static pn_status read_problem(pn_manifest *m, const json_t *run)
{
    pn_status status;
    int64_t seed = 0;
    PN_TRY(integer(run, "n", 1, PN_N_LIMIT, &m->n));
    PN_TRY(integer(run, "width", m->n + 1, m->n + RIDING_MOST, &m->width));
    PN_TRY(small(run, "nb", 1, PN_NB_LIMIT, &m->nb));
    PN_TRY(integer(run, "seed", 0, INT64_C(1) << 53, &seed));
    m->seed = (uint64_t)seed;
    PN_TRY(real(run, "threshold", 1e12, &m->threshold));
    PN_TRY(small(run, "element_bytes", 1, NB_ELEMENT_MOST, &m->element_bytes));
    PN_TRY(read_matrix(m, run));
    PN_TRY(integer(run, "step", 1, pn_manifest_row_blocks(m) - 1, &m->step));
    PN_TRY(real(run, "computing_seconds", 1e12, &m->computing_seconds));
    if (pn_manifest_column_blocks(m) > PN_MANIFEST_BLOCKS)
        return pn_fail(PN_ERROR_USAGE, "\"nb\": N = %" PRId64 " has more than %d blocks of %d",
                       m->n, PN_MANIFEST_BLOCKS, m->nb);
fail:
    return status;
}

static pn_status read_column(pn_manifest *m, const json_t *object, int column)
{
    pn_status status;
    json_t *host;
    int *to = m->host + (size_t)column * (size_t)m->virtual_rows;
    PN_TRY(small(object, "height", 1, m->virtual_rows, &m->heights[column]));
    PN_TRY(array(object, "host", (size_t)m->virtual_rows, (size_t)m->virtual_rows, &host));
    for (int v = 0; v < m->virtual_rows; v++) {
        const json_t *value = json_array_get(host, (size_t)v);
        int64_t row = json_integer_value(value);
        if (!json_is_integer(value) || row < 0 || row >= m->heights[column])
            return pn_fail(PN_ERROR_USAGE, "\"host\" is not a list of process rows from 0 to %d",
                           m->heights[column] - 1);
        to[v] = (int)row;
    }
fail:
    return status;
}

static pn_status read_columns(pn_manifest *m, const json_t *run)
{
    pn_status status;
    json_t *columns, *first;
    PN_TRY(small(run, "virtual_rows", 1, 16 * PN_MANIFEST_RANKS, &m->virtual_rows));
    PN_TRY(array(run, "columns", 1, PN_MANIFEST_RANKS, &columns));
    // Each column pays for its list, so their number times its length is no larger than the text.
    for (size_t i = 0; i < json_array_size(columns); i++)
        PN_TRY(array(json_array_get(columns, i), "host", (size_t)m->virtual_rows,
                     (size_t)m->virtual_rows, &first));
    m->columns = (int)json_array_size(columns);
    m->heights = calloc((size_t)m->columns, sizeof *m->heights);
    m->host = calloc((size_t)m->columns * (size_t)m->virtual_rows, sizeof *m->host);
    if (!m->heights || !m->host)
        return pn_fail_memory("for the process columns of a checkpoint");
    int64_t files = 0;
    for (int column = 0; column < m->columns; column++) {
        PN_TRY(read_column(m, json_array_get(columns, (size_t)column), column));
        files += m->heights[column];
    }
    if (files > PN_MANIFEST_RANKS)
        return pn_fail(PN_ERROR_USAGE, "\"columns\" have %" PRId64 " ranks; allowed: %d", files,
                       PN_MANIFEST_RANKS);
    m->files = (int)files;
fail:
    return status;
}

static pn_status read_owners(pn_manifest *m, const json_t *run)
{
    json_t *owners;
    pn_gidx blocks = pn_manifest_column_blocks(m), at = 0;
    pn_status status = array(run, "owners", 1, (size_t)blocks, &owners);
    if (status != PN_OK)
        return status;
    m->owner = calloc((size_t)blocks, sizeof *m->owner);
    if (!m->owner)
        return pn_fail_memory("for the block columns of a checkpoint");
    for (size_t i = 0; i < json_array_size(owners); i++) {
        const json_t *pair = json_array_get(owners, i);
        const json_t *owner = json_array_get(pair, 0), *count = json_array_get(pair, 1);
        int64_t column = json_integer_value(owner), many = json_integer_value(count);
        if (!json_is_integer(owner) || !json_is_integer(count) || column < 0 ||
            column >= m->columns || many < 1 || many > blocks - at)
            return pn_fail(PN_ERROR_USAGE,
                           "\"owners\": pair %zu is not a process column and its block columns", i);
        for (; many > 0; many--)
            m->owner[at++] = (int32_t)column;
    }
    if (at != blocks)
        return pn_fail(PN_ERROR_USAGE,
                       "\"owners\" tell of %" PRId64 " block columns; there are %" PRId64, at,
                       blocks);
    return PN_OK;
}

static pn_status read_checksums(pn_manifest *m, const json_t *run)
{
    json_t *list;
    pn_status status = array(run, "checksums", (size_t)m->files, (size_t)m->files, &list);
    if (status != PN_OK)
        return status;
    m->checksum = calloc((size_t)m->files, sizeof *m->checksum);
    if (!m->checksum)
        return pn_fail_memory("for the files of a checkpoint");
    for (int i = 0; i < m->files; i++) {
        const char *read = json_string_value(json_array_get(list, (size_t)i));
        if (!read || strlen(read) != 16 || strspn(read, "0123456789abcdef") != 16)
            return pn_fail(PN_ERROR_USAGE, "\"checksums\": %d is not 16 hexadecimal digits", i);
        m->checksum[i] = strtoull(read, NULL, 16);
    }
    return PN_OK;
}

static pn_status read_session(const pn_manifest *m, const json_t *object, pn_session *s)
{
    pn_status status;
    json_t *parts;
    pn_gidx last = pn_manifest_row_blocks(m);
    PN_TRY(real(object, "began", 1e12, &s->began));
    PN_TRY(real(object, "seconds", 1e12, &s->seconds));
    PN_TRY(integer(object, "first_step", 0, last, &s->first));
    PN_TRY(integer(object, "next_step", s->first, last, &s->next));
    PN_TRY(small(object, "ranks", 1, PN_MANIFEST_RANKS, &s->ranks));
    PN_TRY(small(object, "p", 1, PN_MANIFEST_RANKS, &s->p));
    PN_TRY(small(object, "q", 1, PN_MANIFEST_RANKS, &s->q));
    PN_TRY(text(object, "mpi", s->mpi, sizeof s->mpi));
    PN_TRY(array(object, "parts", 0, PN_SESSION_KINDS, &parts));
    s->kind_count = (int)json_array_size(parts);
    for (int i = 0; i < s->kind_count; i++) {
        const json_t *part = json_array_get(parts, (size_t)i);
        PN_TRY(text(part, "kind", s->kinds[i].kind, sizeof s->kinds[i].kind));
        PN_TRY(text(part, "host", s->kinds[i].host, sizeof s->kinds[i].host));
        PN_TRY(small(part, "ranks", 1, PN_MANIFEST_RANKS, &s->kinds[i].ranks));
    }
fail:
    return status;
}

static pn_status read_sessions(pn_manifest *m, const json_t *run)
{
    json_t *list;
    pn_status status = array(run, "sessions", 1, PN_SESSIONS_MOST, &list);
    if (status != PN_OK)
        return status;
    m->sessions = calloc(PN_SESSIONS_MOST, sizeof *m->sessions);
    if (!m->sessions)
        return pn_fail_memory("for the sessions of a checkpoint");
    for (size_t i = 0; i < json_array_size(list) && status == PN_OK; i++) {
        status = read_session(m, json_array_get(list, i), &m->sessions[i]);
        if (status != PN_OK)
            pn_fail_in(status, "\"sessions\": %zu", i);
    }
    m->session_count = (int)json_array_size(list);
    return status;
}

static pn_status read_members(pn_manifest *m, const json_t *run)
{
    pn_status status;
    PN_TRY(read_problem(m, run));
    PN_TRY(read_columns(m, run));
    PN_TRY(read_owners(m, run));
    PN_TRY(read_checksums(m, run));
    PN_TRY(read_sessions(m, run));
fail:
    return status;
}

static pn_status open_json(json_t **all, const char *text, size_t length)
{
    json_error_t error;
    *all = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (!*all)
        return pn_fail(PN_ERROR_USAGE, "line %d: not JSON: %s", error.line, error.text);
    const char *format = json_string_value(json_object_get(*all, "format"));
    if (format && strcmp(format, PN_MANIFEST_FORMAT) == 0)
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE, "\"format\" is not \"" PN_MANIFEST_FORMAT "\"");
}

pn_status pn_manifest_read_members(pn_manifest *m, const char *text, size_t length)
{
    json_t *all = NULL;
    *m = (pn_manifest){0};
    pn_status status = open_json(&all, text, length);
    if (status == PN_OK)
        status = read_members(m, json_object_get(all, "run"));
    json_decref(all);
    return status;
}

pn_status pn_manifest_read(pn_manifest *m, const char *text, size_t length)
{
    char checksum[17] = "";
    json_t *all = NULL;
    *m = (pn_manifest){0};
    pn_status status = open_json(&all, text, length);
    const json_t *run = json_object_get(all, "run");
    const char *told = json_string_value(json_object_get(all, "checksum"));
    if (status == PN_OK && !json_is_object(run))
        status = pn_fail(PN_ERROR_USAGE, "\"run\" is missing");
    if (status == PN_OK)
        status = pn_manifest_checksum(run, checksum);
    if (status == PN_OK && (!told || strcmp(told, checksum) != 0))
        status = pn_fail(PN_ERROR_USAGE, "its checksum does not match what it says");
    if (status == PN_OK)
        status = read_members(m, run);
    json_decref(all);
    return status;
}
