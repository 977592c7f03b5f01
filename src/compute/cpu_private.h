// SPDX-License-Identifier: BSD-3-Clause
// What the files of the processor backend share.
#ifndef PN_COMPUTE_CPU_PRIVATE_H
#define PN_COMPUTE_CPU_PRIVATE_H

#include "base/cache_line.h"
#include "base/team.h"
#include "compute/compute.h"

#include <stdatomic.h>

// One cache line a thread, so that counting does not share lines.
typedef struct pn_cpu_counter {
    _Alignas(PN_CACHE_LINE) double seconds;
    double operations;
} pn_cpu_counter;

typedef struct pn_cpu {
    pn_compute base;
    pn_team *team;
    const pn_blas *blas;
    pn_update update;         // the multiplication under way
    _Atomic pn_lidx next_row; // first row of it that nobody has taken
    pn_cpu_counter *counters; // [threads]
    double *scratch;          // pn_cpu_scratch_words for each thread, once reserved
    size_t scratch_bytes;
    int warm_nb; // largest block that it was warmed for; 0: none
} pn_cpu;

static inline pn_cpu *pn_cpu_of(pn_compute *compute)
{
    return compute->state;
}

// cpu.c: memory for the columns of U that each thread works on at a time.
pn_status pn_cpu_reserve_scratch(pn_cpu *cpu, int nb);

// cpu_memory.c
pn_status pn_cpu_allocate(pn_compute *compute, size_t bytes, void **memory);
void pn_cpu_release(pn_compute *compute, void *memory, size_t bytes);
pn_status pn_cpu_reserve(pn_compute *compute, pn_room *room);
pn_status pn_cpu_grow(pn_compute *compute, pn_room *room, size_t bytes);
pn_status pn_cpu_grow_alone(pn_compute *compute, pn_room *room, size_t bytes);

// cpu_repack.c
void pn_cpu_repack(pn_compute *compute, const pn_repack *task);

// cpu_multiply.c
pn_ticket pn_cpu_update_panel(pn_compute *compute, const pn_update *task, void *panel, pn_lidx ld);
void pn_cpu_multiply_start(pn_compute *compute, const pn_update *task, int crew);
bool pn_cpu_multiply_help(pn_compute *compute);
void pn_cpu_multiply_finish(pn_compute *compute);

// cpu_single.c. The first two are a thread's share of their operations.
void pn_cpu_generate_single(const pn_generate *task);
void pn_cpu_apply_single(pn_block block, const double *x, double *y);
void pn_cpu_keep(pn_compute *compute, pn_block to, const void *panel, pn_lidx ld);
void pn_cpu_round(pn_compute *compute, pn_block to, pn_block from, bool negates);

// cpu_rows.c
pn_ticket pn_cpu_gather_rows(pn_compute *compute, const pn_row_list *task);
pn_ticket pn_cpu_scatter_rows(pn_compute *compute, const pn_row_list *task);
size_t pn_cpu_scratch_words(int nb);
void pn_cpu_move_rows(pn_compute *compute, const pn_row_move *task);
void pn_cpu_solve_rows(pn_compute *compute, const pn_row_solve *task);
void pn_cpu_solve(pn_compute *compute, const void *l11, pn_lidx ld_l11, pn_block u);

// The columns [*begin, *end) of `count` that member `me` of `members` takes, in multiples of
// `grain`.
static inline void pn_cpu_share(pn_lidx count, pn_lidx grain, int me, int members, pn_lidx *begin,
                                pn_lidx *end)
{
    pn_lidx grains = pn_ceil_div(count, grain);
    *begin = pn_min(count, grains * me / members * grain);
    *end = pn_min(count, grains * (me + 1) / members * grain);
}

#endif
