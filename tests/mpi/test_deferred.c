// SPDX-License-Identifier: BSD-3-Clause
// The whole benchmark on a part whose memory the host cannot touch and whose work is done late, for
// every grid of the ranks, equal and unequal shares, several ways of being late, and rows exchanged
// out of its memory (in messages that may be touched) and by way of the host; the processor
// backend, on the same matrix, says what the solution's norms are.
#include "harness.h"

#include "compute/cpu.h"
#include "compute/deferred.h"
#include "compute/deferred_private.h"
#include "run/benchmark.h"

#include <math.h>
#include <string.h>

typedef struct bed {
    pn_comm *comm;
    pn_log quiet;
    pn_blas *blas;
    pn_team *team;
    pn_compute *compute;
    pn_compute_ops ops; // of the late backend, counted
    int height;         // of this rank's process column
    bool whole;         // panels travel in one piece here
    bool owns;          // a panel
} bed;

static const pn_compute_ops *inner; // of the backend itself
static int messages;                // areas of them in the part's memory, so far
static int factored;                // panels, in the part's memory
static int copied;    // panels that were made in the part's memory and wanted by the host
static int generated; // how often the matrix was, in this run
static pn_lidx rehearsed, performed; // entries of the largest multiplication, before and after

typedef struct shape {
    pn_gidx n;
    int nb, p, q;
    const int *heights; // [q]; NULL: p everywhere
    bool unlike;
    int look_ahead;
    uint64_t seed; // of the delays
    pn_panel_home home;
    bool gpu_aware;
} shape;

static pn_result run(bed *b, const shape *s)
{
    double shares[16];
    for (int i = 0; i < s->q; i++)
        shares[i] = s->unlike ? 1.0 + i : 1.0;
    pn_layout *layout = NULL;
    int heights[16];
    for (int i = 0; i < s->q; i++)
        heights[i] = s->heights ? s->heights[i] : s->p;
    pn_layout_request request = {.n = s->n,
                                 .nb = s->nb,
                                 .columns = s->q,
                                 .heights = heights,
                                 .virtual_rows = s->p,
                                 .shares = shares};
    CHECK(b->comm, pn_layout_create(&layout, &request) == PN_OK);
    pn_place place;
    CHECK(b->comm, pn_place_create(&place, layout, b->comm->rank) == PN_OK);
    b->height = layout->heights[place.column];
    b->whole = place.hosted == 1;
    b->owns = false;
    for (pn_gidx step = 0; step < layout->row_blocks; step++)
        b->owns |= layout->owner[step] == place.column;
    pn_place_release(&place);
    pn_benchmark benchmark = {.layout = layout,
                              .seed = 100,
                              .threshold = 16.0,
                              .settings = {.look_ahead = s->look_ahead,
                                           .split = 0.5,
                                           .topology = PN_RING_MODIFIED,
                                           .segment = 1000,
                                           .panel_home = s->home},
                              .gpu_aware = s->gpu_aware && b->compute->ops->allocate_message};
    pn_result result;
    pn_status status = pn_benchmark_run(&benchmark, b->comm, b->compute, &b->quiet, &result);
    if (status != PN_OK)
        pn_log_rank(b->comm->log, "%s", pn_fail_message());
    CHECK(b->comm, status == PN_OK);
    pn_layout_destroy(layout);
    return result;
}

static pn_ticket count_panel(pn_compute *compute, const pn_panel_task *task)
{
    factored++;
    copied += task->host_a != NULL;
    return inner->factor_panel(compute, task);
}

static pn_status count_message(pn_compute *compute, size_t bytes, void **memory)
{
    messages++;
    return pn_deferred_allocate_message(compute, bytes, memory);
}

static void count_generation(pn_compute *compute, const pn_generate *task)
{
    generated++;
    inner->generate(compute, task);
}

static void count_multiplication(pn_compute *compute, const pn_update *task, int crew)
{
    pn_lidx *largest = generated < 2 ? &rehearsed : &performed;
    *largest = pn_max(*largest, task->c.rows * task->c.columns);
    inner->multiply_start(compute, task, crew);
}

static void open_compute(bed *b, const shape *s, bool late)
{
    pn_status status =
        late ? pn_compute_deferred_open(&b->compute, b->team, b->blas,
                                        s->seed ? s->seed + (uint64_t)b->comm->rank : 0)
             : pn_compute_cpu_open(&b->compute, b->team, b->blas);
    CHECK(b->comm, status == PN_OK);
    messages = generated = copied = factored = 0;
    rehearsed = performed = 0;
    if (late) {
        inner = b->compute->ops;
        b->ops = *inner;
        b->ops.allocate_message = count_message;
        b->ops.factor_panel = count_panel;
        b->ops.generate = count_generation;
        b->ops.multiply_start = count_multiplication;
        b->compute->devices = 1;
        b->compute->ops = &b->ops;
    }
}

static bool close_to(double a, double b)
{
    return fabs(a - b) <= 1e-6 * fabs(b);
}

static void compare(bed *b, const shape *s)
{
    pn_result result[2];
    for (int late = 0; late < 2; late++) {
        open_compute(b, s, late);
        result[late] = run(b, s);
        b->compute->ops->close(b->compute);
    }
    CHECK(b->comm, generated == 2 && rehearsed == performed); // steps before the clock started
    bool travel = s->q > 1 && b->whole;                       // panels, between the parts' memories
    CHECK(b->comm, (messages > 0) == (s->gpu_aware && (b->height > 1 || travel)));
    CHECK(b->comm, s->home != PN_PANEL_DEVICE || (factored > 0) == b->owns);
    CHECK(b->comm, copied == 0 || !(s->gpu_aware && travel)); // nothing of it by way of the host
    bool same = result[1].passed && close_to(result[1].norms.x_one, result[0].norms.x_one) &&
                close_to(result[1].norms.x_inf, result[0].norms.x_inf);
    if (b->comm->rank == 0 && !same)
        pn_log_rank(b->comm->log, "N %d, NB %d, %d x %d, look-ahead %d, delays %d: finding %d",
                    (int)s->n, s->nb, s->p, s->q, s->look_ahead, (int)s->seed,
                    (int)result[1].finding);
    CHECK(b->comm, b->comm->rank != 0 || same);
    pn_result_release(&result[0]);
    pn_result_release(&result[1]);
}

static void sweep(bed *b, const shape *grid)
{
    static const struct {
        pn_gidx n;
        int nb;
    } sizes[] = {{1, 4}, {5, 8}, {33, 8}, {96, 16}, {131, 16}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int variant = 0; variant < (b->comm->size > 4 ? 2 : 4); variant++)
            compare(b,
                    &(shape){.n = sizes[i].n,
                             .nb = sizes[i].nb,
                             .p = grid->p,
                             .q = grid->q,
                             .heights = grid->heights,
                             .unlike = variant & 1,
                             .look_ahead = variant != 2,
                             .seed = (uint64_t)variant,
                             .gpu_aware = (variant + b->comm->rank) % 3 > 0, // ranks may differ
                             .home = variant < 2 ? PN_PANEL_DEVICE : (pn_panel_home)(3 - variant)});
}

int main(int argc, char **argv)
{
    bed b = {.quiet = {.stream = NULL}};
    pn_log log;
    b.comm = harness_open(&log, &(pn_comm_request){.argc = &argc, .argv = &argv});
    CHECK(b.comm, argc == 2 && atoi(argv[1]) == b.comm->size);
    CHECK(b.comm, pn_blas_open(&b.blas, "auto") == PN_OK);
    CHECK(b.comm, pn_team_create(&b.team, 1 + b.comm->rank % 2, NULL) == PN_OK);
    for (int p = 1; p <= b.comm->size; p++)
        if (b.comm->size % p == 0 && (b.comm->size <= 4 || p == 4 || p == 7))
            sweep(&b, &(shape){.p = p, .q = b.comm->size / p});
    if (b.comm->size == 3)
        sweep(&b, &(shape){.p = 2, .q = 2, .heights = (int[]){1, 2}});
    if (b.comm->size == 4)
        sweep(&b, &(shape){.p = 3, .q = 2, .heights = (int[]){3, 1}});
    pn_team_destroy(b.team);
    pn_blas_close(b.blas);
    pn_comm_close(b.comm);
    return 0;
}
