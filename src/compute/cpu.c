// SPDX-License-Identifier: BSD-3-Clause
// The processor backend's table, and its simple transfers. Everything is done when a
// call returns, except the multiplication in the background.
#include "compute/cpu.h"

#include "base/assertion.h"
#include "base/clones.h"
#include "base/lcg.h"
#include "compute/cpu_private.h"

#include <stdlib.h>
#include <string.h>

pn_status pn_cpu_reserve_scratch(pn_cpu *cpu, int nb)
{
    size_t bytes = pn_cpu_scratch_words(nb) * sizeof(double) * (size_t)cpu->base.threads;
    if (bytes <= cpu->scratch_bytes)
        return PN_OK;
    void *memory;
    pn_status status = pn_cpu_allocate(&cpu->base, bytes, &memory);
    if (status != PN_OK)
        return status;
    if (cpu->scratch)
        pn_cpu_release(&cpu->base, cpu->scratch, cpu->scratch_bytes);
    cpu->scratch = memory;
    cpu->scratch_bytes = bytes;
    return PN_OK;
}

typedef struct warm_task {
    const pn_blas *blas;
    double *memory;
    int nb;
} warm_task;

enum { WARM_SIZE = 768 };

static size_t warm_words(int nb)
{
    return (size_t)WARM_SIZE * WARM_SIZE + 2 * (size_t)WARM_SIZE * (size_t)nb;
}

static void warm_job(void *task, int me, int members)
{
    (void)members;
    const warm_task *t = task;
    double *c = t->memory + (size_t)me * warm_words(t->nb);
    double *a = c + WARM_SIZE * WARM_SIZE, *b = a + (size_t)WARM_SIZE * t->nb;
    for (int i = 0; i < 4; i++)
        pn_blas_gemm(t->blas, &(pn_gemm){'N', 'T', WARM_SIZE, WARM_SIZE, t->nb, -1.0, a, WARM_SIZE,
                                         b, WARM_SIZE, 1.0, c, WARM_SIZE, PN_FLOAT64});
}

// Once for a block size is enough: of many small tests one after the other each would otherwise pay
// more for this than for itself.
static void warm(pn_compute *compute, int nb)
{
    pn_cpu *cpu = pn_cpu_of(compute);
    pn_cpu_reserve_scratch(cpu, nb);
    if (nb <= cpu->warm_nb)
        return;
    cpu->warm_nb = nb;
    size_t bytes = sizeof(double) * warm_words(nb) * (size_t)compute->threads;
    void *memory;
    if (pn_cpu_allocate(compute, bytes, &memory) != PN_OK)
        return; // a cold start costs a few milliseconds, nothing else
    pn_team_run(cpu->team, warm_job, &(warm_task){cpu->blas, memory, nb});
    pn_cpu_release(compute, memory, bytes);
}

static void generate_job(void *task, int me, int members)
{
    const pn_generate *all = task;
    pn_lidx begin, end;
    pn_cpu_share(all->matrix.rows, 1, me, members, &begin, &end);
    if (begin >= end)
        return;
    pn_generate mine = *all;
    mine.matrix = pn_block_submatrix(all->matrix, begin, 0, end - begin, all->matrix.columns);
    mine.row += begin;
    if (mine.matrix.element == PN_FLOAT32) {
        pn_cpu_generate_single(&mine);
        return;
    }
    pn_lcg_fill(&(pn_lcg_rectangle){.data = mine.matrix.f64,
                                    .ld = mine.matrix.ld,
                                    .rows = mine.matrix.rows,
                                    .columns = mine.matrix.columns,
                                    .row = mine.row,
                                    .column = mine.column,
                                    .n = mine.n,
                                    .seed = mine.seed});
}

static void generate(pn_compute *compute, const pn_generate *task)
{
    bool single = task->matrix.element == PN_FLOAT32;
    pn_assert(single || (task->matrix.element == PN_FLOAT64 && task->shift == 0),
              "a matrix is HPL's own in FP64, or one in FP32");
    pn_team_run(pn_cpu_of(compute)->team, generate_job, (void *)task);
}

typedef struct copy_task {
    pn_block to, from;
} copy_task;

static void copy_job(void *task, int me, int members)
{
    const copy_task *t = task;
    size_t bytes = (size_t)(t->to.columns * pn_element_bytes(t->to.element));
    pn_lidx begin, end;
    pn_cpu_share(t->to.rows, 1, me, members, &begin, &end);
    for (pn_lidx i = begin; bytes > 0 && i < end; i++) // without columns there may be no memory
        memcpy(pn_block_at(t->to, i, 0), pn_block_at(t->from, i, 0), bytes);
}

// Host memory in the form of a block.
static pn_block host_block(pn_block like, const void *host, pn_lidx ld)
{
    return (pn_block){{(void *)host}, like.rows, like.columns, ld, like.element};
}

static pn_ticket read_block(pn_compute *compute, pn_block from, void *host, pn_lidx ld)
{
    copy_task task = {host_block(from, host, ld), from};
    pn_team_run(pn_cpu_of(compute)->team, copy_job, &task);
    return 0;
}

static pn_ticket write_block(pn_compute *compute, pn_block to, const void *host, pn_lidx ld)
{
    copy_task task = {to, host_block(to, host, ld)};
    pn_team_run(pn_cpu_of(compute)->team, copy_job, &task);
    return 0;
}

static void copy_block(pn_compute *compute, pn_block to, pn_block from)
{
    copy_task task = {to, from};
    pn_assert(to.element == from.element, "a block is copied to one of its element type");
    pn_team_run(pn_cpu_of(compute)->team, copy_job, &task);
}

static const void *panel(pn_compute *compute, const void *host, size_t bytes, void *buffer)
{
    (void)compute, (void)bytes, (void)buffer;
    return host;
}

typedef struct apply_task {
    pn_block block;
    const double *x;
    double *y;
} apply_task;

static inline double dot(const double *restrict a, const double *restrict b, pn_lidx count)
{
    enum { LANES = 8 };
    double sum[LANES] = {0};
    pn_lidx i = 0;
    for (; i + LANES <= count; i += LANES)
        for (int l = 0; l < LANES; l++)
            sum[l] += a[i + l] * b[i + l];
    double total = 0;
    for (; i < count; i++)
        total += a[i] * b[i];
    for (int l = 0; l < LANES; l++)
        total += sum[l];
    return total;
}

// A row of the block is too short for the hardware to see it coming: it is asked for ahead.
PN_CLONES static void apply_rows(const apply_task *t, pn_lidx begin, pn_lidx end)
{
    enum { AHEAD = 2, LINE = 8 };
    for (pn_lidx i = begin; i < end; i++) {
        const double *row = pn_block_at(t->block, i, 0);
        if (i + AHEAD < end)
            for (pn_lidx c = 0; c < t->block.columns; c += LINE)
                __builtin_prefetch(row + AHEAD * t->block.ld + c);
        t->y[i] -= dot(row, t->x, t->block.columns);
    }
}

static void apply_job(void *task, int me, int members)
{
    const apply_task *t = task;
    pn_lidx begin, end;
    pn_cpu_share(t->block.rows, 8, me, members, &begin, &end);
    if (t->block.element == PN_FLOAT64)
        apply_rows(t, begin, end);
    else if (end > begin)
        pn_cpu_apply_single(pn_block_submatrix(t->block, begin, 0, end - begin, t->block.columns),
                            t->x, t->y + begin);
}

static void apply(pn_compute *compute, pn_block block, const double *x, double *y)
{
    apply_task task = {block, x, y};
    pn_assert(block.element == PN_FLOAT64 || block.element == PN_FLOAT32,
              "a vector is multiplied with a block of FP64 or FP32");
    pn_team_run(pn_cpu_of(compute)->team, apply_job, &task);
}

static pn_ticket given(pn_compute *compute)
{
    (void)compute;
    return 0;
}

static bool done(pn_compute *compute, pn_ticket ticket)
{
    (void)compute, (void)ticket;
    return true;
}

static void wait_for(pn_compute *compute, pn_ticket ticket)
{
    (void)compute, (void)ticket;
}

static void close_cpu(pn_compute *compute)
{
    pn_cpu *cpu = pn_cpu_of(compute);
    if (cpu->scratch)
        pn_cpu_release(compute, cpu->scratch, cpu->scratch_bytes);
    free(cpu->counters);
    free(cpu);
}

static const pn_compute_ops cpu_ops = {
    .allocate = pn_cpu_allocate,
    .release = pn_cpu_release,
    .reserve = pn_cpu_reserve,
    .grow = pn_cpu_grow,
    .grow_alone = pn_cpu_grow_alone,
    .allocate_host = pn_cpu_allocate,
    .release_host = pn_cpu_release,
    .warm = warm,
    .generate = generate,
    .read = read_block,
    .write = write_block,
    .gather_rows = pn_cpu_gather_rows,
    .scatter_rows = pn_cpu_scatter_rows,
    .move_rows = pn_cpu_move_rows,
    .copy = copy_block,
    .repack = pn_cpu_repack,
    .update_panel = pn_cpu_update_panel,
    .keep = pn_cpu_keep,
    .round = pn_cpu_round,
    .panel = panel,
    .panel_needs_buffer = false,
    .solve_rows = pn_cpu_solve_rows,
    .solves_in_place = true,
    .solve = pn_cpu_solve,
    .multiply_start = pn_cpu_multiply_start,
    .multiply_help = pn_cpu_multiply_help,
    .multiply_finish = pn_cpu_multiply_finish,
    .apply = apply,
    .given = given,
    .done = done,
    .wait = wait_for,
    .close = close_cpu,
};

pn_status pn_compute_cpu_open(pn_compute **compute, pn_team *team, const pn_blas *blas)
{
    *compute = NULL;
    int threads = pn_team_size(team);
    pn_cpu *cpu = calloc(1, sizeof *cpu);
    size_t counter_bytes = (size_t)threads * sizeof *cpu->counters;
    if (!cpu || !(cpu->counters = aligned_alloc(_Alignof(pn_cpu_counter), counter_bytes))) {
        free(cpu);
        return pn_fail_memory("to open the processor backend");
    }
    memset(cpu->counters, 0, counter_bytes);
    cpu->team = team;
    cpu->blas = blas;
    cpu->base = (pn_compute){.ops = &cpu_ops,
                             .threads = threads,
                             .slabs = pn_rules_usual.slabs,
                             .state = cpu,
                             .team = team,
                             .blas = blas};
    strcpy(cpu->base.kind, "CPU");
    *compute = &cpu->base;
    return PN_OK;
}
