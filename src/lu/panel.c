// SPDX-License-Identifier: BSD-3-Clause
// Recursive panel factorisation. All crew members of all processes of the column run the same
// recursion over the columns; each works on its own rows. Member 0 of each process speaks with the
// other processes and moves rows, while the others wait at a meeting point.
//
// A pivot row is copied, whole, into row i of l11 on every process: l11 is therefore replicated,
// and the rows of U that the recursion needs are solved for by everyone alike. The top row that the
// pivot displaces takes its place.
#include "lu/panel.h"

#include "base/assertion.h"
#include "comm/group.h"
#include "lu/panel_column.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
    LINE_BYTES = 64, // of a cache
    LINE = 8         // entries of FP64 in it, and the grain in which members share rows
};

enum { FINDING, FINDING_COLUMN }; // words of the header

typedef struct panel_job {
    const pn_panel_engine *engine;
    pn_panel *panel;
    pn_pivot *candidates; // [members]
    double scale;         // 1 / pivot of the last column
} panel_job;

// One member's view of the job.
typedef struct worker {
    panel_job *job;
    pn_panel *panel;
    int me, members;
    pn_lidx begin, end; // its rows
} worker;

// Leading dimension: whole cache lines, and off powers of two, because columns must not share cache
// sets.
static pn_lidx padded(pn_element element, pn_lidx rows)
{
    enum { SETS_BYTES = 4096 };
    pn_lidx size = pn_element_bytes(element);
    pn_lidx bytes = pn_round_up(pn_max(rows, 1) * size, LINE_BYTES);
    return (bytes % SETS_BYTES == 0 ? bytes + LINE_BYTES : bytes) / size;
}

static pn_lidx head_bytes(int nb)
{
    return pn_round_up((PN_PANEL_HEADER + nb) * (pn_lidx)sizeof(int64_t), LINE_BYTES);
}

static pn_lidx fixed_bytes(pn_element element, int nb)
{
    return head_bytes(nb) + pn_round_up((int64_t)nb * nb * pn_element_bytes(element), LINE_BYTES);
}

size_t pn_panel_memory(pn_element element, int nb, pn_lidx rows)
{
    return (size_t)(fixed_bytes(element, nb) +
                    nb * padded(element, rows) * pn_element_bytes(element));
}

size_t pn_panel_bytes(const pn_panel *panel)
{
    return (size_t)(fixed_bytes(panel->element, panel->nb) +
                    panel->width * panel->ld * pn_element_bytes(panel->element));
}

size_t pn_panel_part_bytes(const pn_panel *panel)
{
    return pn_panel_bytes(panel) - (size_t)head_bytes(panel->nb);
}

pn_panel pn_panel_lay(void *memory, pn_element element, const pn_layout *layout, pn_gidx step,
                      pn_lidx rows)
{
    int nb = layout->nb;
    return (pn_panel){.step = step,
                      .element = element,
                      .nb = nb,
                      .width = (int)pn_min(nb, layout->n - step * nb),
                      .rows = rows,
                      .ld = padded(element, rows),
                      .header = memory,
                      .l11 = (char *)memory + head_bytes(nb),
                      .a = (char *)memory + fixed_bytes(element, nb)};
}

// Entries of a panel of FP64.
static double *l11_at(const pn_panel *panel, int row, int column)
{
    return (double *)panel->l11 + column * panel->nb + row;
}

static double *a_at(const pn_panel *panel, pn_lidx row, int column)
{
    return (double *)panel->a + column * panel->ld + row;
}

pn_panel pn_panel_at(void *memory, pn_element element, const pn_place *place, pn_gidx step)
{
    pn_gidx first = step * place->layout->nb;
    pn_lidx row = pn_place_rows_before(place, first);
    pn_panel panel = pn_panel_lay(memory, element, place->layout, step, place->rows - row);
    panel.row = row;
    panel.top = pn_place_rows_before(place, first + panel.width) - row;
    return panel;
}

pn_finding pn_panel_finding(const pn_panel *panel, pn_gidx *column)
{
    *column = panel->header[FINDING_COLUMN];
    return (pn_finding)panel->header[FINDING];
}

// The record of a pivot, then the candidates of all members.
static size_t record_end(int nb)
{
    return (size_t)pn_round_up((int64_t)pn_pivot_record_bytes(nb), LINE_BYTES);
}

size_t pn_panel_record_bytes(int nb, int threads)
{
    return record_end(nb) + (size_t)threads * sizeof(pn_pivot);
}

static void combine_records(void *into_bytes, const void *from_bytes, size_t bytes)
{
    pn_pivot_record *into = into_bytes;
    const pn_pivot_record *from = from_bytes;
    size_t row_bytes = (bytes - sizeof *into) / 2, width = row_bytes / sizeof(double);
    into->not_finite += from->not_finite;
    if (from->size > into->size || (from->size == into->size && from->row < into->row)) {
        into->size = from->size;
        into->row = from->row;
        memcpy(into->values, from->values, row_bytes);
    }
    if (from->has_top && !into->has_top) {
        into->has_top = 1;
        memcpy(into->values + width, from->values + width, row_bytes);
    }
}

static void get_row(const pn_panel *panel, pn_lidx row, double *values)
{
    for (int j = 0; j < panel->width; j++)
        values[j] = *a_at(panel, row, j);
}

static void put_row(const pn_panel *panel, pn_lidx row, const double *values)
{
    for (int j = 0; j < panel->width; j++)
        *a_at(panel, row, j) = values[j];
}

void pn_panel_note_finding(pn_panel *panel, pn_finding finding, pn_gidx column)
{
    if (panel->header[FINDING] != PN_FINDING_NONE)
        return;
    panel->header[FINDING] = finding;
    panel->header[FINDING_COLUMN] = column;
}

static pn_pivot best_candidate(const pn_pivot *candidates, int members)
{
    pn_pivot best = candidates[0];
    for (int i = 1; i < members; i++) {
        best.not_finite |= candidates[i].not_finite;
        if (candidates[i].size >
            best.size) { // members own ascending rows: ties stay with the first
            best.size = candidates[i].size;
            best.row = candidates[i].row;
        }
    }
    return best;
}

void pn_panel_agree(const pn_panel_engine *engine, pn_panel *panel, int column,
                    pn_pivot_record *record)
{
    pn_gidx global = panel->step * panel->nb + column, mine = INT64_MAX;
    pn_lidx row = record->row;
    if (record->size >= 0)
        mine = pn_place_global_row(engine->place, panel->row + row);
    record->row = mine;
    if (engine->column.size > 1)
        pn_group_combine(&engine->column, record, pn_pivot_record_bytes(panel->width),
                         combine_records);
    if (record->not_finite != 0)
        pn_panel_note_finding(panel, PN_FINDING_NOT_FINITE, global);
    else if (record->size < DBL_MIN)
        pn_panel_note_finding(panel, PN_FINDING_SINGULAR, global);
    if (record->row == INT64_MAX) { // every entry is a NaN: keep the row where it is
        record->row = global;
        memcpy(record->values, record->values + panel->width,
               (size_t)panel->width * sizeof(double));
    }
    pn_panel_pivots(panel)[column] = record->row;
    bool ours = record->row == mine && (panel->top == 0 || row != column);
    record->row = ours ? row : -1;
}

// Member 0: agrees on the pivot of a column and moves the rows: l11 gets the pivot's, and the one
// that it displaces takes its place where that is ours.
static void choose_pivot(panel_job *job, int column, int members)
{
    pn_panel *panel = job->panel;
    pn_pivot_record *pivot = (pn_pivot_record *)job->engine->record;
    pn_pivot best = best_candidate(job->candidates, members);
    pivot->size = best.size;
    pivot->not_finite = best.not_finite;
    pivot->row = best.row;
    pivot->has_top = panel->top > 0;
    if (best.size >= 0)
        get_row(panel, best.row, pivot->values);
    if (pivot->has_top)
        get_row(panel, column, pivot->values + panel->width);
    pn_panel_agree(job->engine, panel, column, pivot);
    if (pivot->row >= 0)
        put_row(panel, pivot->row, pivot->values + panel->width);
    for (int j = 0; j < panel->width; j++)
        *l11_at(panel, column, j) = pivot->values[j];
    double value = pivot->values[column];
    job->scale = fabs(value) >= DBL_MIN && isfinite(value) ? 1.0 / value : 1.0;
}

// Solves for the entries of U in column `column`, rows [first, column), of l11.
static void solve_column(pn_panel *panel, int first, int column)
{
    double *u = l11_at(panel, 0, column);
    for (int t = first; t < column; t++) {
        const double *l = l11_at(panel, 0, t);
        for (int s = t + 1; s < column; s++)
            u[s] -= l[s] * u[t];
    }
}

static void meet(const worker *w)
{
    if (w->members > 1)
        pn_team_meet(w->job->engine->team, w->members);
}

// First of this member's rows that is still in play once `column` pivots are done.
static pn_lidx live_begin(const worker *w, int column)
{
    return w->panel->top ? pn_max(w->begin, column) : w->begin;
}

static void factor_base(worker *w, int first, int columns)
{
    pn_panel *panel = w->panel;
    for (int column = first; column < first + columns; column++) {
        pn_panel_column task = {.a = a_at(panel, 0, first),
                                .ld = panel->ld,
                                .begin = live_begin(w, column),
                                .end = pn_max(w->end, live_begin(w, column)),
                                .count = column - first,
                                .u = l11_at(panel, first, column),
                                .scale = w->job->scale};
        w->job->candidates[w->me] = pn_panel_column_update(&task);
        meet(w);
        if (w->me == 0) {
            choose_pivot(w->job, column, w->members);
            if (column + 1 < first + columns)
                solve_column(panel, first, column + 1);
        }
        meet(w);
    }
    int last = first + columns - 1;
    pn_panel_column_scale(a_at(panel, 0, last), live_begin(w, last + 1), w->end, w->job->scale);
}

// Columns [first + done, first + columns) of U and of the rows below, after `done` new pivots.
static void update_right(worker *w, int first, int done, int columns)
{
    pn_panel *panel = w->panel;
    const pn_blas *blas = w->job->engine->blas;
    double *u = l11_at(panel, first, first + done);
    if (w->me == 0)
        pn_blas_trsm(blas, &(pn_trsm){.side = 'L',
                                      .triangle = 'L',
                                      .transpose = 'N',
                                      .diagonal = 'U',
                                      .m = done,
                                      .n = columns - done,
                                      .alpha = 1.0,
                                      .a = l11_at(panel, first, first),
                                      .lda = panel->nb,
                                      .b = u,
                                      .ldb = panel->nb});
    meet(w);
    pn_lidx row = live_begin(w, first + done);
    if (row >= w->end)
        return;
    pn_blas_gemm(blas, &(pn_gemm){.transpose_a = 'N',
                                  .transpose_b = 'N',
                                  .m = (int)(w->end - row),
                                  .n = columns - done,
                                  .k = done,
                                  .alpha = -1.0,
                                  .a = a_at(panel, row, first),
                                  .lda = (int)panel->ld,
                                  .b = u,
                                  .ldb = panel->nb,
                                  .beta = 1.0,
                                  .c = a_at(panel, row, first + done),
                                  .ldc = (int)panel->ld});
}

static void factor_columns(worker *w, int first, int columns)
{
    if (columns <= PN_JOINT_BASE) {
        factor_base(w, first, columns);
        return;
    }
    int left = pn_joint_left(columns);
    factor_columns(w, first, left);
    update_right(w, first, left, columns);
    factor_columns(w, first + left, columns - left);
}

static void factor_job(void *task, int me, int members)
{
    panel_job *all = task;
    pn_lidx lines = pn_ceil_div(all->panel->rows, LINE);
    worker w = {.job = all, .panel = all->panel, .me = me, .members = members};
    w.begin = pn_min(all->panel->rows, lines * me / members * LINE);
    w.end = pn_min(all->panel->rows, lines * (me + 1) / members * LINE);
    factor_columns(&w, 0, all->panel->width);
}

void pn_panel_factor(const pn_panel_engine *engine, pn_panel *panel)
{
    pn_pivot *candidates = (pn_pivot *)((char *)engine->record + record_end(panel->nb));
    pn_assert(panel->element == PN_FLOAT64, "a panel is factored with pivoting in FP64");
    memset(panel->header, 0, PN_PANEL_HEADER * sizeof *panel->header);
    panel_job all = {.engine = engine, .panel = panel, .candidates = candidates, .scale = 1.0};
    pn_team_run(engine->team, factor_job, &all);
}
