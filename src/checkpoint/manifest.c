// SPDX-License-Identifier: BSD-3-Clause
// The tables of the layout as they were; the files of the processes are numbered column by column,
// and down each column.
#include "checkpoint/manifest.h"

#include <stdlib.h>
#include <string.h>

pn_gidx pn_manifest_row_blocks(const pn_manifest *manifest)
{
    return pn_ceil_div(manifest->n, manifest->nb);
}

pn_gidx pn_manifest_column_blocks(const pn_manifest *manifest)
{
    return pn_ceil_div(manifest->width, manifest->nb);
}

int pn_manifest_file(const pn_manifest *manifest, int column, int row)
{
    int file = row;
    for (int before = 0; before < column; before++)
        file += manifest->heights[before];
    return file;
}

static pn_status allocate(pn_manifest *m)
{
    size_t columns = (size_t)m->columns;
    m->heights = calloc(columns, sizeof *m->heights);
    m->host = calloc(columns * (size_t)m->virtual_rows, sizeof *m->host);
    m->owner = calloc((size_t)pn_manifest_column_blocks(m), sizeof *m->owner);
    m->checksum = calloc((size_t)m->files, sizeof *m->checksum);
    m->sessions = calloc(PN_SESSIONS_MOST, sizeof *m->sessions);
    if (!m->heights || !m->host || !m->owner || !m->checksum || !m->sessions)
        return pn_fail_memory("for the manifest of a checkpoint");
    return PN_OK;
}

pn_status pn_manifest_create(pn_manifest *m, const pn_layout *layout)
{
    *m = (pn_manifest){.n = layout->n,
                       .width = layout->width,
                       .nb = layout->nb,
                       .columns = layout->columns,
                       .virtual_rows = layout->virtual_rows,
                       .files = layout->ranks};
    if (layout->column_blocks > PN_MANIFEST_BLOCKS || layout->ranks > PN_MANIFEST_RANKS)
        return pn_fail(PN_ERROR_USAGE,
                       "checkpoints: %lld block columns on %d ranks; a checkpoint can name %d and "
                       "%d: choose a larger NB",
                       (long long)layout->column_blocks, layout->ranks, PN_MANIFEST_BLOCKS,
                       PN_MANIFEST_RANKS);
    pn_status status = allocate(m);
    if (status != PN_OK)
        return status;
    size_t columns = (size_t)m->columns;
    memcpy(m->heights, layout->heights, columns * sizeof *m->heights);
    memcpy(m->host, layout->host, columns * (size_t)m->virtual_rows * sizeof *m->host);
    memcpy(m->owner, layout->owner, (size_t)layout->column_blocks * sizeof *m->owner);
    return PN_OK;
}

const char *pn_manifest_matrix_word(pn_matrix_rule rule)
{
    static const char *const words[PN_MATRIX_RULES] = {"hpl", "mild", "dominant"};
    return words[rule];
}

void pn_manifest_release(pn_manifest *m)
{
    free(m->heights);
    free(m->host);
    free(m->owner);
    free(m->checksum);
    free(m->sessions);
    *m = (pn_manifest){0};
}

void pn_manifest_add_session(pn_manifest *m, const pn_session *session)
{
    if (m->session_count == PN_SESSIONS_MOST) {
        memmove(&m->sessions[1], &m->sessions[2], (PN_SESSIONS_MOST - 2) * sizeof *m->sessions);
        m->session_count--;
    }
    m->sessions[m->session_count++] = *session;
}
