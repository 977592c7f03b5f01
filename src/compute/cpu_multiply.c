// SPDX-License-Identifier: BSD-3-Clause
// C := C - L U on processors. The team takes slabs of whole rows from a shared cursor: large ones
// first, so that the BLAS packs U seldom, and shrinking ones towards the end, so that all finish
// together even though the caller comes late from the panel (base/rules.h).
#include "base/assertion.h"
#include "base/clock.h"
#include "compute/cpu_private.h"
#include "compute/transpose.h"

enum {
    STRIP_ROWS = 2048, // rows of a strip copied and multiplied at once
    TILE = 8,          // rows and columns transposed at once: a cache line each way
    BAND = 4 * TILE,   // rows that are transposed together
    AHEAD = 2 * TILE   // columns that are read in advance
};

static void count(pn_cpu *cpu, int member, double seconds, double operations)
{
    cpu->counters[member].seconds += seconds;
    cpu->counters[member].operations += operations;
}

// Takes the next slab; false if none is left.
static bool take_slab(pn_cpu *cpu, pn_lidx *row, pn_lidx *rows)
{
    pn_lidx all = cpu->update.c.rows;
    int threads = cpu->base.threads;
    pn_lidx begin = atomic_load_explicit(&cpu->next_row, memory_order_relaxed);
    do {
        if (begin >= all)
            return false;
        *rows = pn_rules_slab(&cpu->base.slabs, all - begin, all, threads);
    } while (!atomic_compare_exchange_weak(&cpu->next_row, &begin, begin + *rows));
    *row = begin;
    return true;
}

// The BLAS sees the transposed problem: C^T := C^T - U^T L^T.
static void multiply_slab(const pn_cpu *cpu, pn_lidx row, pn_lidx rows)
{
    const pn_update *t = &cpu->update;
    pn_blas_gemm(cpu->blas, &(pn_gemm){.transpose_a = 'N',
                                       .transpose_b = 'T',
                                       .m = (int)t->c.columns,
                                       .n = (int)rows,
                                       .k = t->width,
                                       .alpha = pn_update_sign(t),
                                       .a = t->u.data,
                                       .lda = (int)t->u.ld,
                                       .b = pn_element_at(t->l, t->u.element, row),
                                       .ldb = (int)t->ld_l,
                                       .beta = 1.0,
                                       .c = pn_block_at(t->c, row, 0),
                                       .ldc = (int)t->c.ld,
                                       .element = t->u.element});
}

static bool do_slab(pn_cpu *cpu, int me)
{
    pn_lidx row, rows;
    if (!take_slab(cpu, &row, &rows))
        return false;
    double begin = pn_clock();
    multiply_slab(cpu, row, rows);
    count(cpu, me, pn_clock() - begin, 2.0 * rows * cpu->update.c.columns * cpu->update.width);
    return true;
}

static void multiply_job(void *task, int me, int members)
{
    (void)members;
    while (do_slab(task, me))
        continue;
}

void pn_cpu_multiply_start(pn_compute *compute, const pn_update *task, int crew)
{
    pn_cpu *cpu = pn_cpu_of(compute);
    pn_assert(task->c.element == task->u.element ||
                  (task->c.element == PN_FLOAT32 && task->u.element == PN_BFLOAT16),
              "C, L and U of a product are of one type, or L and U of 16 bits");
    cpu->update = *task;
    atomic_store(&cpu->next_row, 0);
    pn_team_start(cpu->team, crew, multiply_job, cpu);
}

bool pn_cpu_multiply_help(pn_compute *compute)
{
    pn_cpu *cpu = pn_cpu_of(compute);
    if (!pn_team_is_started(cpu->team) || !do_slab(cpu, 0))
        return false;
    if (compute->threads == 1)
        compute->multiply_operations = cpu->counters[0].operations;
    return true;
}

void pn_cpu_multiply_finish(pn_compute *compute)
{
    pn_cpu *cpu = pn_cpu_of(compute);
    pn_team_join(cpu->team);
    compute->multiply_seconds = compute->multiply_operations = 0;
    for (int i = 0; i < compute->threads; i++) {
        compute->multiply_seconds += cpu->counters[i].seconds;
        compute->multiply_operations += cpu->counters[i].operations;
    }
}

typedef struct panel_update_task {
    const pn_cpu *cpu;
    const pn_update *update;
    void *panel;
    pn_lidx ld;
} panel_update_task;

static void transpose_tile(double *restrict to, pn_lidx ld_to, const double *restrict from,
                           pn_lidx ld_from)
{
    for (int j = 0; j < TILE; j++)
        for (int i = 0; i < TILE; i++)
            to[j * ld_to + i] = from[i * ld_from + j];
}

static void transpose_edge(double *to, pn_lidx ld_to, pn_block from)
{
    for (pn_lidx j = 0; j < from.columns; j++)
        for (pn_lidx i = 0; i < from.rows; i++)
            to[j * ld_to + i] = from.f64[i * from.ld + j];
}

// Lines of a tile, which lie too far apart for hardware to see them coming.
static void ask_for(const double *tile, pn_lidx ld)
{
    for (int i = 0; i < TILE; i++)
        __builtin_prefetch(tile + i * ld);
}

// Whole tiles of some rows.
static void transpose_band(double *to, pn_lidx ld_to, const double *from, pn_lidx ld_from,
                           pn_lidx rows, pn_lidx columns)
{
    for (pn_lidx j = 0; j < columns; j += TILE)
        for (pn_lidx i = 0; i < rows; i += TILE) {
            if (j + TILE < columns)
                ask_for(to + (j + TILE) * ld_to + i, ld_to);
            if (j + AHEAD < columns)
                ask_for(from + i * ld_from + j + AHEAD, ld_from);
            transpose_tile(to + j * ld_to + i, ld_to, from + i * ld_from + j, ld_from);
        }
}

// Row-major `from` to column-major `to` of the same type.
static void transpose(void *panel, pn_lidx ld_to, pn_block from)
{
    double *to = panel;
    if (from.element == PN_FLOAT32) {
        pn_transpose_single(panel, ld_to, from.f32, from.ld, from.rows, from.columns);
        return;
    }
    pn_assert(from.element == PN_FLOAT64, "strips are of FP64 or FP32");
    pn_lidx rows = from.rows / TILE * TILE, columns = from.columns / TILE * TILE;
    for (pn_lidx i = 0; i < rows; i += BAND)
        transpose_band(to + i, ld_to, from.f64 + i * from.ld, from.ld, pn_min(BAND, rows - i),
                       columns);
    transpose_edge(to + columns * ld_to, ld_to,
                   pn_block_submatrix(from, 0, columns, rows, from.columns - columns));
    transpose_edge(to + rows, ld_to,
                   pn_block_submatrix(from, rows, 0, from.rows - rows, from.columns));
}

static void strip_rows(const panel_update_task *t, pn_lidx row, pn_lidx rows)
{
    const pn_update *u = t->update;
    void *panel = pn_element_at(t->panel, u->c.element, row);
    transpose(panel, t->ld, pn_block_submatrix(u->c, row, 0, rows, u->c.columns));
    if (u->width == 0)
        return;
    pn_blas_gemm(t->cpu->blas, &(pn_gemm){.transpose_a = 'N',
                                          .transpose_b = 'T',
                                          .m = (int)rows,
                                          .n = (int)u->c.columns,
                                          .k = u->width,
                                          .alpha = pn_update_sign(u),
                                          .a = pn_element_at(u->l, u->u.element, row),
                                          .lda = (int)u->ld_l,
                                          .b = u->u.data,
                                          .ldb = (int)u->u.ld,
                                          .beta = 1.0,
                                          .c = panel,
                                          .ldc = (int)t->ld,
                                          .element = u->u.element});
}

static void panel_update_job(void *task, int me, int members)
{
    const panel_update_task *t = task;
    pn_lidx begin, end;
    pn_cpu_share(t->update->c.rows, TILE, me, members, &begin, &end);
    for (pn_lidx row = begin; row < end; row += STRIP_ROWS)
        strip_rows(t, row, pn_min(STRIP_ROWS, end - row));
}

pn_ticket pn_cpu_update_panel(pn_compute *compute, const pn_update *task, void *panel, pn_lidx ld)
{
    pn_cpu *cpu = pn_cpu_of(compute);
    panel_update_task all = {cpu, task, panel, ld};
    pn_team_run(cpu->team, panel_update_job, &all);
    return 0;
}
