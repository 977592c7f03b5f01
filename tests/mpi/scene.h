// SPDX-License-Identifier: BSD-3-Clause
// What the tests of whole runs share in which block columns may move: the ranks and what they
// compute with, a layout of them, and a benchmark on it in which the test decides about moves.
#ifndef PN_TESTS_MPI_SCENE_H
#define PN_TESTS_MPI_SCENE_H

#include "harness.h"

#include "balance/adapt.h"
#include "compute/cpu.h"
#include "compute/deferred.h"
#include "run/benchmark.h"

enum { SCENE_NB = 8, SCENE_BLOCKS = 40, SCENE_RANKS = 16 };

typedef struct stage {
    pn_comm *comm; // of all ranks
    pn_log log, quiet;
    pn_team *team;
    pn_blas *blas;
    bool late; // the part is a device, which cannot grow where it is
    // In the place of the processor's own; NULL: that.
    pn_status (*grow_alone)(pn_compute *, pn_room *, size_t);
} stage;

typedef struct shape {
    int columns;
    const int *heights; // [columns]
    int tallest;
} shape;

typedef struct scene {
    pn_comm *comm; // of those that take part; its rank is -1 on others
    pn_layout *layout;
    pn_place place;
    pn_benchmark benchmark; // to be changed before the run
} scene;

typedef bool scene_decide(void *context, pn_adapt *adapt, pn_gidx step, double wait_seconds);

static inline void stage_open(stage *t, int argc, char **argv)
{
    t->quiet.stream = NULL;
    t->comm = harness_open(&t->log, &(pn_comm_request){.argc = &argc, .argv = &argv});
    CHECK(t->comm, argc == 2 && atoi(argv[1]) == t->comm->size && t->comm->size <= SCENE_RANKS);
    CHECK(t->comm, pn_blas_open(&t->blas, "auto") == PN_OK);
    CHECK(t->comm, pn_team_create(&t->team, 1 + t->comm->rank % 2, NULL) == PN_OK);
}

static inline void stage_close(stage *t)
{
    pn_team_destroy(t->team);
    pn_blas_close(t->blas);
    pn_comm_close(t->comm);
}

// Every rank a process column.
static inline shape scene_flat(int ranks)
{
    static const int heights[SCENE_RANKS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    return (shape){ranks, heights, 1};
}

static inline void scene_open(scene *s, pn_comm *comm, const shape *is)
{
    *s = (scene){.comm = comm};
    pn_layout_request request = {.n = SCENE_BLOCKS * SCENE_NB - 3,
                                 .nb = SCENE_NB,
                                 .columns = is->columns,
                                 .heights = is->heights,
                                 .virtual_rows = is->tallest};
    CHECK(comm, pn_layout_create(&s->layout, &request) == PN_OK);
    CHECK(comm, s->layout->column_blocks == SCENE_BLOCKS && s->layout->ranks == comm->size);
    if (comm->rank >= 0)
        CHECK(comm, pn_place_create(&s->place, s->layout, comm->rank) == PN_OK);
    s->benchmark = (pn_benchmark){
        .layout = s->layout,
        .seed = 100,
        .threshold = 16.0,
        .settings = {.look_ahead = 1, .split = 0.5, .topology = PN_RING_MODIFIED, .segment = 1000},
        .adapt = true};
}

static inline void scene_close(scene *s, pn_result *result)
{
    pn_result_release(result);
    if (s->comm->rank >= 0)
        pn_place_release(&s->place);
    pn_layout_destroy(s->layout);
}

// Whatever moves, the residual passes.
static inline pn_result scene_run(stage *t, scene *s, scene_decide *decide, void *context)
{
    pn_compute *compute;
    pn_result result;
    s->benchmark.decide = decide;
    s->benchmark.context = context;
    pn_status status = t->late ? pn_compute_deferred_open(&compute, t->team, t->blas, 3)
                               : pn_compute_cpu_open(&compute, t->team, t->blas);
    CHECK(s->comm, status == PN_OK);
    compute->element = compute->product = s->benchmark.settings.element;
    pn_compute_ops ops = *compute->ops;
    if (t->grow_alone && ops.grow_alone)
        ops.grow_alone = t->grow_alone;
    compute->ops = &ops;
    status = pn_benchmark_run(&s->benchmark, s->comm, compute, &t->quiet, &result);
    if (status != PN_OK)
        pn_log_rank(s->comm->log, "%s", pn_fail_message());
    CHECK(s->comm, status == PN_OK);
    CHECK(s->comm, result.passed && result.finding == PN_FINDING_NONE);
    ops.close(compute);
    return result;
}

#endif
