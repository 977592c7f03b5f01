// SPDX-License-Identifier: BSD-3-Clause
// Recursive panel factorisation. All crew members of all processes of the column run the same
// recursion over the columns; each works on its own rows. Member 0 of each process speaks with the
// other processes and moves rows, while the others wait at a meeting point.
//
// A pivot row is copied, whole, into row i of l11 on every process: l11 is therefore replicated,
// and the rows of U that the recursion needs are solved for by everyone alike. The top row that the
// pivot displaces takes its place.
#include "lu/panel.h"

#include "lu/panel_column.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
    BASE_COLUMNS = 8, // factored column by column; wider ones are halved
    LINE = 8          // doubles in a cache line
};

enum { FINDING, FINDING_COLUMN }; // words of the header

// What goes round the process column for each pivot.
typedef struct record {
    double size;
    double not_finite;
    int64_t row; // global row of the pivot candidate
    int64_t has_top;
    double values[]; // [width] candidate row, [width] top row
} record;

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

static pn_lidx padded(pn_lidx rows)
{
    pn_lidx ld = pn_round_up(pn_max(rows, 1), LINE);
    return ld % 512 == 0 ? ld + LINE : ld; // off powers of two: columns must not share cache sets
}

static size_t fixed_words(int nb)
{
    return (size_t)pn_round_up(PN_PANEL_HEADER + nb, LINE) +
           (size_t)pn_round_up((int64_t)nb * nb, LINE);
}

size_t pn_panel_memory(int nb, pn_lidx rows)
{
    return 8 * (fixed_words(nb) + (size_t)nb * (size_t)padded(rows));
}

size_t pn_panel_bytes(const pn_panel *panel)
{
    return 8 * (fixed_words(panel->nb) + (size_t)panel->width * (size_t)panel->ld);
}

pn_panel pn_panel_lay(void *memory, const pn_layout *layout, pn_gidx step, pn_lidx rows)
{
    int nb = layout->nb;
    return (pn_panel){.step = step,
                      .nb = nb,
                      .width = (int)pn_min(nb, layout->n - step * nb),
                      .rows = rows,
                      .ld = padded(rows),
                      .header = memory,
                      .l11 = (double *)memory + pn_round_up(PN_PANEL_HEADER + nb, LINE),
                      .a = (double *)memory + fixed_words(nb)};
}

pn_panel pn_panel_at(void *memory, const pn_place *place, pn_gidx step)
{
    pn_gidx first = step * place->layout->nb;
    pn_lidx row = pn_place_rows_before(place, first);
    pn_panel panel = pn_panel_lay(memory, place->layout, step, place->rows - row);
    panel.row = row;
    panel.top = pn_place_rows_before(place, first + panel.width) - row;
    return panel;
}

pn_finding pn_panel_finding(const pn_panel *panel, pn_gidx *column)
{
    *column = panel->header[FINDING_COLUMN];
    return (pn_finding)panel->header[FINDING];
}

size_t pn_panel_record_bytes(int nb)
{
    return sizeof(record) + 2 * (size_t)nb * sizeof(double);
}

int pn_panel_crew(int threads, int width, pn_lidx columns)
{
    double panel = 5.0 * width, multiply = 2.0 * (double)columns;
    int crew = (int)(threads * panel / (panel + multiply) + 0.999);
    return crew < 1 ? 1 : crew;
}

static void combine_records(void *into_bytes, const void *from_bytes, size_t bytes)
{
    record *into = into_bytes;
    const record *from = from_bytes;
    size_t row_bytes = (bytes - sizeof(record)) / 2, width = row_bytes / sizeof(double);
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
        values[j] = panel->a[j * panel->ld + row];
}

static void put_row(const pn_panel *panel, pn_lidx row, const double *values)
{
    for (int j = 0; j < panel->width; j++)
        panel->a[j * panel->ld + row] = values[j];
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

static void fill_record(const panel_job *job, const pn_pivot *best, int column, record *mine)
{
    const pn_panel *panel = job->panel;
    mine->size = best->size;
    mine->not_finite = best->not_finite;
    mine->row = INT64_MAX;
    mine->has_top = panel->top > 0;
    if (best->size >= 0) {
        mine->row = pn_place_global_row(job->engine->place, panel->row + best->row);
        get_row(panel, best->row, mine->values);
    }
    if (mine->has_top)
        get_row(panel, column, mine->values + panel->width);
}

// The displaced top row takes the pivot's place where that is ours; l11 gets the pivot row.
static void place_rows(const panel_job *job, const pn_pivot *best, int column, const record *pivot)
{
    const pn_panel *panel = job->panel;
    bool ours = best->size >= 0 &&
                pn_place_global_row(job->engine->place, panel->row + best->row) == pivot->row;
    if (ours && (panel->top == 0 || best->row != column))
        put_row(panel, best->row, pivot->values + panel->width);
    for (int j = 0; j < panel->width; j++)
        panel->l11[j * panel->nb + column] = pivot->values[j];
}

// Member 0: agrees on the pivot of a column with the other processes and moves the rows.
static void choose_pivot(panel_job *job, int column, int members)
{
    pn_panel *panel = job->panel;
    record *pivot = (record *)job->engine->record;
    pn_pivot best = best_candidate(job->candidates, members);
    pn_gidx global = panel->step * panel->nb + column;
    fill_record(job, &best, column, pivot);
    if (job->engine->column.size > 1)
        pn_group_combine(&job->engine->column, pivot,
                         sizeof *pivot + 2 * (size_t)panel->width * sizeof(double),
                         combine_records);
    if (pivot->not_finite != 0)
        pn_panel_note_finding(panel, PN_FINDING_NOT_FINITE, global);
    else if (pivot->size < DBL_MIN)
        pn_panel_note_finding(panel, PN_FINDING_SINGULAR, global);
    if (pivot->row == INT64_MAX) { // every entry is a NaN: keep the row where it is
        pivot->row = global;
        memcpy(pivot->values, pivot->values + panel->width, (size_t)panel->width * sizeof(double));
    }
    place_rows(job, &best, column, pivot);
    pn_panel_pivots(panel)[column] = pivot->row;
    double value = pivot->values[column];
    job->scale = fabs(value) >= DBL_MIN && isfinite(value) ? 1.0 / value : 1.0;
}

// Solves for the entries of U in column `column`, rows [first, column), of l11.
static void solve_column(pn_panel *panel, int first, int column)
{
    double *u = panel->l11 + column * panel->nb;
    for (int t = first; t < column; t++) {
        const double *l = panel->l11 + t * panel->nb;
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
        pn_panel_column task = {.a = panel->a + first * panel->ld,
                                .ld = panel->ld,
                                .begin = live_begin(w, column),
                                .end = pn_max(w->end, live_begin(w, column)),
                                .count = column - first,
                                .u = panel->l11 + column * panel->nb + first,
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
    pn_panel_column_scale(panel->a + last * panel->ld, live_begin(w, last + 1), w->end,
                          w->job->scale);
}

// Columns [first + done, first + columns) of U and of the rows below, after `done` new pivots.
static void update_right(worker *w, int first, int done, int columns)
{
    pn_panel *panel = w->panel;
    const pn_blas *blas = w->job->engine->blas;
    double *u = panel->l11 + (first + done) * panel->nb + first;
    if (w->me == 0)
        pn_blas_trsm(blas, &(pn_trsm){.side = 'L',
                                      .triangle = 'L',
                                      .transpose = 'N',
                                      .diagonal = 'U',
                                      .m = done,
                                      .n = columns - done,
                                      .alpha = 1.0,
                                      .a = panel->l11 + first * panel->nb + first,
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
                                  .a = panel->a + first * panel->ld + row,
                                  .lda = (int)panel->ld,
                                  .b = u,
                                  .ldb = panel->nb,
                                  .beta = 1.0,
                                  .c = panel->a + (first + done) * panel->ld + row,
                                  .ldc = (int)panel->ld});
}

static void factor_columns(worker *w, int first, int columns)
{
    if (columns <= BASE_COLUMNS) {
        factor_base(w, first, columns);
        return;
    }
    int left = (int)pn_min(pn_round_up(columns / 2, BASE_COLUMNS), columns);
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
    enum { MOST_MEMBERS = 1024 };
    pn_pivot candidates[MOST_MEMBERS];
    memset(panel->header, 0, PN_PANEL_HEADER * sizeof *panel->header);
    panel_job all = {.engine = engine, .panel = panel, .candidates = candidates, .scale = 1.0};
    pn_team_run(engine->team, factor_job, &all);
}
