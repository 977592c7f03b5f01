// SPDX-License-Identifier: BSD-3-Clause
// Factorisations in FP32 without pivoting, refined to FP64, on every grid that the ranks make:
// against elimination in FP64, in one process. Products are of FP32 on all ranks, of 16 bits on
// all, or mixed; shares and heights are unlike; blocks are wider than the matrix, or do not divide
// it.
#include "harness.h"

#include "../naive.h"
#include "balance/adapt.h"
#include "base/lcg.h"
#include "comm/group.h"
#include "compute/cpu.h"
#include "compute/half.h"
#include "lu/factor.h"
#include "run/benchmark.h"
#include "run/refine.h"

#include <string.h>

enum { SIZES = 5, WHOLE = 3, MOST_COLUMNS = 8, TAG_MEETING = 0 };

static const pn_gidx sizes[SIZES] = {1, 7, 64, 129, 300};
static const int blocks[] = {1, 8, 32, 64, 320};

typedef enum formats_kind { ALL_FP32, ALL_BF16, MIXED, FORMATS } formats_kind;

typedef struct stage {
    pn_comm *comm;
    pn_comm part;
    pn_log log;
    pn_compute *compute;
    double *x[SIZES];
    double factored; // of the shift of what is solved, that of the matrix that is factored in its
                     // place
    bool has_half;
    uint64_t chance; // the same on all ranks
} stage;

static double shift_of(pn_gidx n)
{
    return pn_settings_shift(&(pn_settings){.n = n, .matrix = PN_MATRIX_MILD});
}

static double *solution(pn_gidx n)
{
    double *a = malloc(sizeof *a * (size_t)(n * (n + 1))), *x = malloc(sizeof *x * (size_t)n);
    int64_t *pivots = malloc(sizeof *pivots * (size_t)n);
    if (!a || !x || !pivots)
        abort();
    for (pn_gidx j = 0; j <= n; j++)
        for (pn_gidx i = 0; i < n; i++)
            a[i + j * n] = pn_lcg_value(pn_lcg_state(100, n, i, j)) + (i == j ? shift_of(n) : 0);
    naive_factor(&(naive_matrix){a, n, n, n + 1}, (int)n, pivots);
    naive_back(&(naive_matrix){a, n, n, n + 1}, x);
    free(a);
    free(pivots);
    return x;
}

static pn_layout *make_layout(stage *s, const int grid[2], pn_gidx n, int nb)
{
    static const double unlike[MOST_COLUMNS] = {3, 1, 2, 5, 1, 1, 4, 2};
    int heights[MOST_COLUMNS];
    for (int j = 0; j < grid[1]; j++)
        heights[j] = 1 + (int)naive_below(&s->chance, (unsigned)grid[0]);
    heights[naive_below(&s->chance, (unsigned)grid[1])] = grid[0];
    pn_layout_request request = {.n = n,
                                 .nb = nb,
                                 .columns = grid[1],
                                 .virtual_rows = grid[0],
                                 .shares = naive_below(&s->chance, 2) ? unlike : NULL,
                                 .heights = naive_below(&s->chance, 2) ? heights : NULL};
    pn_layout *layout;
    CHECK(s->comm, pn_layout_create(&layout, &request) == PN_OK);
    s->part.size = layout->ranks;
    return layout;
}

static pn_settings choose_settings(stage *s)
{
    return (pn_settings){.look_ahead = (int)naive_below(&s->chance, 2),
                         .topology = (pn_topology)naive_below(&s->chance, PN_TOPOLOGIES),
                         .split = naive_below(&s->chance, 2) ? 0.5 : 1.0,
                         .element = PN_FLOAT32,
                         .matrix = PN_MATRIX_MILD};
}

static void choose_product(stage *s, formats_kind formats)
{
    bool half = formats == ALL_BF16 || (formats == MIXED && s->part.rank % 2 == 1);
    s->compute->element = PN_FLOAT32;
    s->compute->product = half && s->has_half ? PN_BFLOAT16 : PN_FLOAT32;
}

static void generate(stage *s, const pn_place *place, pn_block matrix)
{
    pn_gidx rows[1 + 300], columns[2 + 300];
    for (pn_lidx i = 0; i < place->rows; i++)
        rows[i] = pn_place_global_row(place, i);
    for (pn_lidx j = 0; j < place->columns; j++)
        columns[j] = pn_place_global_column(place, j);
    pn_gidx n = place->layout->n;
    s->compute->ops->generate(s->compute, &(pn_generate){matrix, rows, columns, .n = n, .seed = 100,
                                                         .shift = s->factored * shift_of(n)});
}

static pn_refinement solve(stage *s, const pn_layout *layout, const pn_settings *settings,
                           double *x)
{
    pn_place place;
    pn_lu *lu;
    void *memory;
    pn_refinement found;
    CHECK(s->comm, pn_place_create(&place, layout, s->part.rank) == PN_OK);
    pn_block matrix = {.rows = place.rows,
                       .columns = place.columns,
                       .ld = place.columns + 3,
                       .element = PN_FLOAT32};
    size_t bytes = sizeof(float) * (size_t)(matrix.ld * (place.rows + 1));
    CHECK(s->comm, s->compute->ops->allocate(s->compute, bytes, &memory) == PN_OK);
    matrix.data = memory;
    generate(s, &place, matrix);
    pn_lu_request request = {.place = &place,
                             .comm = &s->part,
                             .compute = s->compute,
                             .matrix = matrix,
                             .plan = {.layout = layout, .settings = *settings, .keeps_l = true}};
    CHECK(s->comm, pn_lu_create(&lu, &request) == PN_OK);
    CHECK(s->comm, pn_lu_factor(lu).finding == PN_FINDING_NONE);
    pn_back *back;
    CHECK(s->comm, pn_back_create(&back, s->compute, &place) == PN_OK);
    pn_refine_request refine = {.place = &place,
                                .comm = &s->part,
                                .compute = s->compute,
                                .back = back,
                                .matrix = matrix,
                                .seed = 100,
                                .shift = shift_of(layout->n),
                                .threshold = 16};
    CHECK(s->comm, pn_refine(&refine, x, &found) == PN_OK);
    pn_back_destroy(back);
    pn_lu_destroy(lu);
    s->compute->ops->release(s->compute, memory, bytes);
    pn_place_release(&place);
    return found;
}

// 16 x 2^-53 x N x (condition below 10 x the norms' ratio): far below 1e-9.
static void check_solution(stage *s, const pn_layout *layout, int size, formats_kind formats)
{
    double x[300] = {0};
    pn_gidx n = layout->n;
    pn_settings settings = choose_settings(s);
    choose_product(s, formats);
    pn_refinement found = solve(s, layout, &settings, x);
    CHECK(s->comm, !found.diverged && found.residual < 1);
    for (pn_gidx i = 0; i < n; i++)
        CHECK(s->comm, fabs(x[i] - s->x[size][i]) <= 1e-9 * naive_largest(s->x[size], n));
    // Rounding to 16 bits shows: the first solution is not good enough, nor is the second.
    if (formats == ALL_BF16 && s->has_half && n == 300 && layout->nb <= 64)
        CHECK(s->comm, found.steps >= 2 && found.steps <= 6 && found.contraction[0] > 1e-7);
}

// Factors of another matrix: plain steps contract by less than 4 at a factor of 1.6, and not at all
// at 3.5; GMRES gets there with both, and what it needs is in the record.
static void check_slow(stage *s)
{
    static const double factored[] = {1.6, 3.5};
    pn_layout_request request = {.n = 300, .nb = 32, .columns = s->comm->size, .virtual_rows = 1};
    pn_layout *layout;
    CHECK(s->comm, pn_layout_create(&layout, &request) == PN_OK);
    s->part.size = s->comm->size;
    for (int i = 0; i < 2; i++) {
        double x[300] = {0};
        pn_settings settings = choose_settings(s);
        choose_product(s, MIXED);
        s->factored = factored[i];
        pn_refinement found = solve(s, layout, &settings, x);
        CHECK(s->comm, !found.diverged && found.residual < 1);
        CHECK(s->comm, found.gmres > 1 && found.gmres < found.steps);
        CHECK(s->comm, found.contraction[found.steps - found.gmres - 1] > 0.25);
        for (int step = 0; step < found.steps; step++)
            CHECK(s->comm, found.contraction[step] > 0 && found.contraction[step] < 10);
        for (pn_gidx k = 0; k < layout->n; k++)
            CHECK(s->comm,
                  fabs(x[k] - s->x[SIZES - 1][k]) <= 1e-9 * naive_largest(s->x[SIZES - 1], 300));
    }
    s->factored = 1;
    pn_layout_destroy(layout);
}

static pn_benchmark benchmark_of(const pn_layout *layout, const pn_settings *settings)
{
    return (pn_benchmark){.layout = layout, .seed = 100, .threshold = 16, .settings = *settings};
}

// The whole benchmark, sound and with an entry that is no number, or a column of zeros, which is
// found where it first stands on the diagonal.
static void check_benchmark(stage *s, const pn_layout *layout)
{
    pn_gidx n = layout->n, row = naive_below(&s->chance, (unsigned)n),
            column = naive_below(&s->chance, (unsigned)n);
    pn_settings settings = choose_settings(s);
    const struct {
        pn_poison poison;
        pn_finding finding;
        pn_gidx place;
    } cases[] = {{{.set = false}, PN_FINDING_NONE, 0},
                 {{row, column, NAN, true}, PN_FINDING_NOT_FINITE, pn_max(row, column)},
                 {{-1, column, 0.0, true}, PN_FINDING_SINGULAR, column}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pn_result result;
        pn_benchmark benchmark = benchmark_of(layout, &settings);
        benchmark.poison = cases[i].poison;
        CHECK(s->comm,
              pn_benchmark_run(&benchmark, &s->part, s->compute, &s->log, &result) == PN_OK);
        CHECK(s->comm, result.finding == cases[i].finding);
        CHECK(s->comm, result.passed == (i == 0));
        // A block's columns show a number that is none as soon as it is among them.
        CHECK(s->comm, i == 0 || result.finding_column / layout->nb == cases[i].place / layout->nb);
        pn_result_release(&result);
    }
}

typedef struct move_plan {
    const pn_layout *layout;
    bool is_done;
} move_plan;

// In the middle of the run every second block column that is left goes to the next process column.
static bool decide(void *context, pn_adapt *adapt, pn_gidx step, double wait_seconds)
{
    move_plan *plan = context;
    const pn_layout *layout = plan->layout;
    (void)wait_seconds;
    if (plan->is_done || step < 2)
        return false;
    plan->is_done = true;
    adapt->migrated = 0;
    for (pn_gidx b = 0; b < layout->column_blocks; b++) {
        bool moves = b > step + 2 && b % 2 == 0;
        adapt->owner[b] = moves ? (layout->owner[b] + 1) % layout->columns : layout->owner[b];
        adapt->migrated += moves;
    }
    adapt->gain = 0.25;
    return true;
}

// L of what was done stays where it was, and is there when it is needed again.
static void check_moves(stage *s, const int grid[2])
{
    s->chance = (uint64_t)(grid[0] * 10 + grid[1]); // who took no part drew less before
    pn_layout *layout = make_layout(s, grid, sizes[SIZES - 1], 24);
    move_plan plan = {.layout = layout};
    pn_settings settings = choose_settings(s);
    pn_benchmark benchmark = benchmark_of(layout, &settings);
    pn_result result;
    benchmark.adapt = true;
    benchmark.decide = decide;
    benchmark.context = &plan;
    if (s->comm->rank < layout->ranks) {
        choose_product(s, MIXED);
        CHECK(s->comm,
              pn_benchmark_run(&benchmark, &s->part, s->compute, &s->log, &result) == PN_OK);
        CHECK(s->comm, result.passed && result.finding == PN_FINDING_NONE);
        CHECK(s->comm, plan.is_done && result.migration_count == 1);
        pn_result_release(&result);
    }
    pn_layout_destroy(layout);
}

static void check_grid(stage *s, const int grid[2])
{
    for (int size = 0; size < SIZES; size++)
        for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
            int ranks = grid[0] * grid[1];
            bool is_left_out = ranks > 4 && (5 * size + (int)i + grid[0]) % 3 != 0;
            if (is_left_out || sizes[size] / blocks[i] * ranks > (ranks > 4 ? 40 : 160))
                continue; // each step is some messages, and ranks may share few processors
            s->chance = (uint64_t)((ranks * 10 + size) * 10) + i;
            pn_layout *layout = make_layout(s, grid, sizes[size], blocks[i]);
            if (s->comm->rank < layout->ranks) {
                check_solution(s, layout, size, (formats_kind)((size + (int)i) % FORMATS));
                if (size == WHOLE &&
                    i ==
                        (ranks > 4 ? (size_t)4 : 2)) // which warm up, and cost more than the matrix
                    check_benchmark(s, layout);
            }
            pn_layout_destroy(layout);
        }
}

// What refinement cannot reach is a finding, never a solution that passes; nor is one of a matrix
// that must not be factored without pivoting.
static void check_unfit(stage *s)
{
    pn_layout_request request = {.n = 300, .nb = 32, .columns = s->comm->size, .virtual_rows = 1};
    pn_layout *layout;
    CHECK(s->comm, pn_layout_create(&layout, &request) == PN_OK);
    s->part.size = s->comm->size;
    choose_product(s, ALL_BF16);
    for (pn_matrix_rule rule = PN_MATRIX_HPL; rule <= PN_MATRIX_MILD; rule++) {
        pn_result result;
        pn_settings settings = choose_settings(s);
        settings.matrix = rule;
        pn_benchmark benchmark = benchmark_of(layout, &settings);
        benchmark.threshold = 1e-9;
        CHECK(s->comm,
              pn_benchmark_run(&benchmark, &s->part, s->compute, &s->log, &result) == PN_OK);
        CHECK(s->comm, !result.passed);
        CHECK(s->comm, result.finding == PN_FINDING_DIVERGED ||
                           (rule == PN_MATRIX_HPL && result.finding == PN_FINDING_GROWTH));
        pn_result_release(&result);
    }
    pn_layout_destroy(layout);
}

static void open_stage(stage *s, pn_comm *comm)
{
    pn_blas *blas;
    pn_team *team;
    s->comm = comm;
    comm->crowded = comm->size > 2; // ranks may outnumber the processors: who waits sleeps
    s->log.level = PN_LOG_QUIET;
    CHECK(comm, pn_blas_open(&blas, "auto") == PN_OK);
    pn_blas_open_half(blas);
    s->has_half = pn_blas_half(blas)->kind != PN_HALF_NONE;
    CHECK(comm, pn_team_create(&team, comm->size > 2 ? 1 : 2, NULL) == PN_OK);
    CHECK(comm, pn_compute_cpu_open(&s->compute, team, blas) == PN_OK);
    for (int i = 0; i < SIZES; i++)
        s->x[i] = solution(sizes[i]);
}

int main(int argc, char **argv)
{
    static const int grids[][2] = {{1, 1}, {1, 2}, {2, 1}, {1, 3}, {3, 1}, {2, 2},
                                   {4, 1}, {2, 3}, {3, 2}, {1, 7}, {7, 1}};
    stage s = {.factored = 1};
    pn_comm *comm = harness_open(&s.log, &(pn_comm_request){.argc = &argc, .argv = &argv});
    CHECK(comm, argc < 2 || comm->size == atoi(argv[1]));
    open_stage(&s, comm);
    for (size_t i = 0; i < sizeof grids / sizeof grids[0]; i++) {
        int ranks = grids[i][0] * grids[i][1];
        if (ranks > comm->size || 2 * ranks < comm->size)
            continue;
        s.part = *comm;
        pn_group world = pn_group_world(comm, TAG_MEETING);
        check_grid(&s, grids[i]);
        if (grids[i][1] > 1)
            check_moves(&s, grids[i]);
        pn_group_barrier(&world);
    }
    s.part = *comm;
    if (comm->size <= 4) {
        check_unfit(&s);
        check_slow(&s);
    }
    pn_comm_close(comm);
    return 0;
}
