// SPDX-License-Identifier: BSD-3-Clause
// Runs in which one bit is flipped, and runs in which none is, on every grid of the ranks: what is
// found, put right, and told without a cause. With words behind the number of ranks it is a harness
// of any length (bench/survive): RUNS CLEAN N NB EVERY SEED.
#include "scene.h"

#include "check/row_sums.h"
#include "comm/group.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct trial {
    int flips, clean; // runs of each kind, on each grid
    pn_gidx n;
    int nb, every;
    uint64_t seed;
    bool tells; // every run
} trial;

typedef struct tally {
    int clean, false_alarms;
    int flips, beyond, found, right, silent; // silent: beyond, not found, passed with another x
    int again;                               // computed again from a check on
    double largest;                          // difference of a clean run, in deviations
} tally;

typedef struct bed {
    stage stage;
    trial trial;
    uint64_t random;
    tally sum;
} bed;

static uint64_t draw(bed *b, uint64_t below)
{
    b->random = b->random * 6364136223846793005u + 1442695040888963407u;
    return (b->random >> 33) % below;
}

static pn_benchmark benchmark_of(const bed *b, const pn_layout *layout)
{
    return (pn_benchmark){.layout = layout,
                          .seed = 100,
                          .threshold = 16.0,
                          .settings = {.look_ahead = 1,
                                       .split = 0.5,
                                       .topology = PN_RING_MODIFIED,
                                       .segment = 1000,
                                       .check_every = b->trial.every}};
}

static pn_layout *layout_of(const bed *b, const shape *grid)
{
    pn_layout *layout;
    pn_layout_request request = {.n = b->trial.n,
                                 .nb = b->trial.nb,
                                 .riding = b->trial.every > 0 ? PN_ROW_SUMS_RIDING : 0,
                                 .columns = grid->columns,
                                 .heights = grid->heights,
                                 .virtual_rows = grid->tallest};
    CHECK(b->stage.comm, pn_layout_create(&layout, &request) == PN_OK);
    return layout;
}

// late: the deferred backend, with its delays; else processors.
static pn_result run(bed *b, const shape *grid, bool late, pn_deferred_flip *flip)
{
    stage *t = &b->stage;
    pn_compute *compute;
    pn_result result;
    pn_layout *layout = layout_of(b, grid);
    pn_benchmark benchmark = benchmark_of(b, layout);
    pn_status status = late
                           ? pn_compute_deferred_open(&compute, t->team, t->blas, 1 + b->random % 9)
                           : pn_compute_cpu_open(&compute, t->team, t->blas);
    CHECK(t->comm, status == PN_OK);
    if (flip)
        pn_compute_deferred_flip(compute, flip);
    status = pn_benchmark_run(&benchmark, t->comm, compute, &t->quiet, &result);
    if (status != PN_OK)
        pn_log_rank(t->comm->log, "%s", pn_fail_message());
    CHECK(t->comm, status == PN_OK);
    compute->ops->close(compute);
    pn_layout_destroy(layout);
    return result;
}

static bool is_same(const pn_result *a, const pn_result *b)
{
    const double rounding = 1e-8; // with the condition of these matrices
    return fabs(a->norms.x_inf - b->norms.x_inf) <= rounding * b->norms.x_inf &&
           fabs(a->norms.x_one - b->norms.x_one) <= rounding * b->norms.x_one;
}

// Rank 0 hears what happened, wherever it did.
static pn_deferred_flip told(bed *b, const pn_deferred_flip *flip, int victim_rank)
{
    pn_deferred_flip all = *flip;
    pn_group world = pn_group_world(b->stage.comm, 0);
    pn_group_broadcast(&world, &all, sizeof all, victim_rank);
    return all;
}

static void tell_flip(const bed *b, const pn_deferred_flip *flip, const pn_result *result, int rank)
{
    static const char *const names[PN_DEFERRED_VICTIMS] = {"trailing", "L", "U", "stored U"};
    const pn_correction *c = result->corrections;
    if (!b->trial.tells)
        return;
    pn_log_all(b->stage.comm->log, "%s on rank %d: %.17g became %.17g; %s%s, %s, largest %.2f",
               names[flip->victim], rank, flip->was, flip->is,
               result->correction_count > 0 ? "found" : "not found",
               result->correction_count > 0 && c->again >= 0 ? ", computed again" : "",
               result->passed ? "passed" : "FAILED", result->check_largest);
    if (result->correction_count > 0)
        pn_log_all(b->stage.comm->log,
                   "    before step %" PRId64 ": row %" PRId64 ", column %" PRId64
                   ", off by %g, rank %d, %" PRId64 " rows",
                   c->step, c->row, c->column, c->difference, c->rank, c->rows);
}

static void count_flip(bed *b, const pn_deferred_flip *flip, const pn_result *result,
                       const pn_result *clean)
{
    tally *sum = &b->sum;
    bool beyond = !(fabs(flip->is - flip->was) <= 10 * clean->check_noise);
    bool found = result->correction_count > 0, same = is_same(result, clean);
    sum->flips++;
    sum->beyond += beyond;
    sum->found += beyond && found;
    sum->right += beyond && found && same;
    sum->silent += result->passed && !same;
    sum->again += found && result->corrections[0].again >= 0;
    CHECK(b->stage.comm, !result->passed || same || !b->trial.tells);
    CHECK(b->stage.comm, !found || (result->passed && same));
}

static void strike(bed *b, const shape *grid, const pn_result *clean)
{
    stage *t = &b->stage;
    int rank = (int)draw(b, (uint64_t)t->comm->size);
    pn_gidx steps = pn_ceil_div(b->trial.n, b->trial.nb);
    pn_deferred_flip flip = {.victim = (pn_deferred_victim)draw(b, PN_DEFERRED_VICTIMS),
                             .after = draw(b, (uint64_t)steps),
                             .random = b->random};
    pn_result result = run(b, grid, true, t->comm->rank == rank ? &flip : NULL);
    flip = told(b, &flip, rank);
    if (flip.is_done && t->comm->rank == 0) {
        tell_flip(b, &flip, &result, rank);
        count_flip(b, &flip, &result, clean);
    }
    pn_result_release(&result);
}

static void stay_silent(bed *b, const shape *grid, const pn_result *clean)
{
    pn_result result = run(b, grid, draw(b, 2), NULL);
    if (b->stage.comm->rank == 0) {
        b->sum.clean++;
        b->sum.false_alarms += result.correction_count;
        b->sum.largest = fmax(b->sum.largest, result.check_largest);
        CHECK(b->stage.comm, result.passed && is_same(&result, clean));
    }
    pn_result_release(&result);
}

static void try_grid(bed *b, const shape *grid)
{
    int every = b->trial.every;
    b->trial.every = 0;
    pn_result plain = run(b, grid, false, NULL);
    b->trial.every = every;
    pn_result clean = run(b, grid, false, NULL);
    if (b->stage.comm->rank == 0) { // the column that rides along changes nothing
        CHECK(b->stage.comm, plain.check_count == 0 && clean.check_count > 1);
        CHECK(b->stage.comm, is_same(&clean, &plain) && clean.correction_count == 0);
    }
    for (int i = 0; i < b->trial.clean; i++)
        stay_silent(b, grid, &clean);
    for (int i = 0; i < b->trial.flips; i++)
        strike(b, grid, &clean);
    pn_result_release(&plain);
    pn_result_release(&clean);
}

static void try_grids(bed *b)
{
    int size = b->stage.comm->size, one[] = {size}, two[] = {1, size - 1}, half[] = {2, 2};
    shape flat = scene_flat(size);
    try_grid(b, &flat);
    if (size > 1)
        try_grid(b, &(shape){1, one, size});
    if (size > 2)
        try_grid(b, &(shape){2, two, size - 1});
    if (size == 4)
        try_grid(b, &(shape){2, half, 2});
}

static trial trial_of(int argc, char **argv)
{
    enum { MORE = 8 };
    int ranks = atoi(argv[1]);
    trial is = {.flips = ranks == 1   ? 6
                         : ranks == 2 ? 2
                                      : 1,
                .clean = ranks == 1   ? 6
                         : ranks == 2 ? 2
                                      : ranks == 3,
                .n = 253,
                .nb = 16,
                .every = 3,
                .seed = (uint64_t)ranks};
    if (argc < MORE)
        return is;
    return (trial){.flips = atoi(argv[2]),
                   .clean = atoi(argv[3]),
                   .n = atoi(argv[4]),
                   .nb = atoi(argv[5]),
                   .every = atoi(argv[6]),
                   .seed = (uint64_t)atoi(argv[7]),
                   .tells = argc > MORE};
}

int main(int argc, char **argv)
{
    bed b = {.stage.quiet.stream = NULL};
    int words = 2;
    b.trial = trial_of(argc, argv);
    b.random = b.trial.seed;
    stage_open(&b.stage, words, argv);
    if (b.stage.comm->size <= 4 || argc > words)
        try_grids(&b);
    const tally *s = &b.sum;
    if (argc > words)
        pn_log_all(b.stage.comm->log,
                   "%d clean runs: %d false alarms, largest difference %.2f sigma; %d flips, %d "
                   "beyond 10 sigma: %d found, %d put right (%d computed again), %d silent",
                   s->clean, s->false_alarms, s->largest, s->flips, s->beyond, s->found, s->right,
                   s->again, s->silent);
    CHECK(b.stage.comm, s->false_alarms == 0 && s->silent == 0);
    stage_close(&b.stage);
    return 0;
}
