// SPDX-License-Identifier: BSD-3-Clause
// The whole solution on every grid that the ranks allow: the x of each against one from textbook
// elimination, over sizes, block sizes, shares, caps, rank orders, broadcasts, threads and plans
// drawn at random, the same on all ranks. Then whole benchmarks, sound ones and poisoned ones.
#include "harness.h"
#include "oracle.h"

#include "comm/group.h"
#include "compute/cpu.h"
#include "lu/back.h"
#include "lu/factor.h"
#include "run/benchmark.h"
#include "run/verify.h"

#include <string.h>

enum { SIZES = 6, MOST_RIDING = 3, MOST_COLUMNS = 16, TAG_MEETING = 0, THREAD_CHOICES = 2 };

static const pn_gidx sizes[SIZES] = {1, 2, 17, 64, 129, 300};
static const int blocks[] = {1, 3, 8, 32, 64};

typedef struct stage {
    pn_comm *comm;
    pn_comm part; // the first ranks, as many as the grid needs
    pn_log log;
    pn_team *teams[THREAD_CHOICES];
    pn_compute *computes[THREAD_CHOICES];
    double *x[SIZES]; // by textbook elimination, as is the next
    int64_t pivots[SIZES][300];
    double *factored[SIZES]; // [n x (n + MOST_RIDING)] column-major
    uint64_t chance;         // the same on all ranks
} stage;

typedef struct trial {
    int p, q, size; // index into sizes
    pn_layout *layout;
    pn_compute *compute;
    pn_benchmark benchmark;
    bool keeps_l;
} trial;

static unsigned draw(stage *s, unsigned bound)
{
    return naive_below(&s->chance, bound);
}

// Equal, 3:1:3:1..., 1:2:5:1..., or anything.
static const double *choose_shares(stage *s, int columns, double shares[MOST_COLUMNS])
{
    static const double two[] = {3, 1}, three[] = {1, 2, 5};
    unsigned kind = draw(s, 4);
    for (int j = 0; j < columns; j++)
        shares[j] = kind == 1 ? two[j % 2] : kind == 2 ? three[j % 3] : (1 + draw(s, 100)) * 0.05;
    return kind == 0 ? NULL : shares;
}

// Now and then a column that holds little, or nothing.
static const pn_gidx *choose_caps(stage *s, int columns, pn_gidx caps[MOST_COLUMNS])
{
    if (columns == 1 || draw(s, 3) > 0)
        return NULL;
    for (int j = 0; j < columns; j++)
        caps[j] = draw(s, 2) ? -1 : (pn_gidx)draw(s, 5);
    caps[draw(s, (unsigned)columns)] = -1;
    return caps;
}

static void choose_benchmark(stage *s, trial *t)
{
    static const int64_t segments[] = {0, 64, 1000, 8192};
    static const double splits[] = {0.1, 0.5, 0.7, 1.0};
    t->benchmark = (pn_benchmark){.layout = t->layout,
                                  .seed = 100,
                                  .threshold = 16.0,
                                  .settings = {.look_ahead = (int)draw(s, 3) > 0,
                                               .topology = (pn_topology)draw(s, PN_TOPOLOGIES),
                                               .segment = segments[draw(s, 4)],
                                               .crew = (int)draw(s, 3),
                                               .buffers = (int)draw(s, 2) * (2 + (int)draw(s, 3)),
                                               .split = splits[draw(s, 4)]}};
}

static void choose(stage *s, trial *t, int nb)
{
    double shares[MOST_COLUMNS];
    pn_gidx caps[MOST_COLUMNS];
    pn_layout_request request = {.n = sizes[t->size],
                                 .nb = nb,
                                 .riding = draw(s, 2) ? MOST_RIDING : 0,
                                 .columns = t->q,
                                 .virtual_rows = t->p,
                                 .shares = choose_shares(s, t->q, shares),
                                 .caps = choose_caps(s, t->q, caps),
                                 .column_major_ranks = draw(s, 2)};
    int heights[MOST_COLUMNS];
    for (int j = 0; j < t->q; j++)
        heights[j] = 1 + (int)draw(s, (unsigned)t->p);
    heights[draw(s, (unsigned)t->q)] = t->p;
    request.heights = draw(s, 3) ? heights : NULL;
    int gaps[MOST_COLUMNS];
    for (int j = 0; j < t->q; j++)
        gaps[j] = (int)draw(s, 3);
    request.gaps = draw(s, 2) ? gaps : NULL;
    CHECK(s->comm, pn_layout_create(&t->layout, &request) == PN_OK);
    s->part.size = t->layout->ranks;
    choose_benchmark(s, t);
    // Threads on top of ranks only where the processors are not outnumbered many times over.
    bool threads = draw(s, 3) == 0 && t->p * t->q <= 4;
    t->compute = s->computes[threads];
    t->keeps_l = draw(s, 2);
}

static void tell(const stage *s, const trial *t)
{
    const pn_benchmark *b = &t->benchmark;
    pn_log_rank((pn_log *)&s->log,
                "N %lld, NB %d, grid %dx%d, %d threads, look-ahead %d, first share %g, broadcast "
                "%d in %lld bytes, %d buffers",
                (long long)t->layout->n, t->layout->nb, t->p, t->q, t->compute->threads,
                b->settings.look_ahead, b->settings.split, b->settings.topology,
                (long long)b->settings.segment, b->settings.buffers);
}

static void generate(const trial *t, const pn_place *place, pn_block matrix)
{
    pn_gidx rows[1 + 300], columns[1 + 300 + MOST_RIDING];
    for (pn_lidx i = 0; i < place->rows; i++)
        rows[i] = pn_place_global_row(place, i);
    for (pn_lidx j = 0; j < place->columns; j++)
        columns[j] = pn_place_global_column(place, j);
    t->compute->ops->generate(t->compute,
                              &(pn_generate){matrix, rows, columns, t->layout->n, 100, 0});
}

static pn_lu_request lu_request(const trial *t)
{
    const pn_benchmark *b = &t->benchmark;
    return (pn_lu_request){
        .plan = {.layout = t->layout, .settings = b->settings, .keeps_l = t->keeps_l},
        .compute = t->compute,
    };
}

// Every column that rides along has become inv(L) P times what it was.
static void check_riding(stage *s, const trial *t, const pn_place *place, pn_block matrix)
{
    pn_gidx n = t->layout->n;
    for (pn_lidx j = 0; j < place->columns; j++) {
        pn_gidx column = pn_place_global_column(place, j);
        const double *expected = s->factored[t->size] + column * n;
        if (column < n)
            continue;
        double limit = 1e-10 * naive_largest(expected, n);
        for (pn_lidx i = 0; i < place->rows; i++) {
            double error =
                fabs(matrix.f64[i * matrix.ld + j] - expected[pn_place_global_row(place, i)]);
            if (!(error <= limit))
                tell(s, t);
            CHECK(s->comm, error <= limit);
        }
    }
}

// Where the rows of a column's panel came to lie by the interchanges of the steps after it.
static void order_after(const stage *s, const trial *t, pn_gidx column, pn_gidx *order)
{
    pn_gidx n = t->layout->n, nb = t->layout->nb;
    for (pn_gidx i = 0; i < n; i++)
        order[i] = i;
    for (pn_gidx k = (column / nb + 1) * nb; k < n; k++) {
        pn_gidx other = s->pivots[t->size][k], kept = order[k];
        order[k] = order[other];
        order[other] = kept;
    }
}

// L and U in the matrix, the rows of each panel's L in the order of its own step, are P A factored.
static void check_factors(stage *s, const trial *t, const pn_place *place, pn_block matrix)
{
    pn_gidx n = t->layout->n, order[300], back[300];
    for (pn_lidx j = 0; t->keeps_l && j < place->columns; j++) {
        pn_gidx column = pn_place_global_column(place, j);
        const double *expected = s->factored[t->size] + column * n;
        if (column >= n)
            continue;
        order_after(s, t, column, order);
        for (pn_gidx i = 0; i < n; i++)
            back[order[i]] = i;
        double limit = 1e-9 * fmax(1, naive_largest(expected, n));
        for (pn_lidx i = 0; i < place->rows; i++) {
            pn_gidx row = back[pn_place_global_row(place, i)];
            bool same = fabs(matrix.f64[i * matrix.ld + j] - expected[row]) <= limit;
            if (!same)
                tell(s, t);
            CHECK(s->comm, same);
        }
    }
}

// Memory that is taken while the clock runs is time that no model knows, and a failure that comes
// too late.
static pn_status take_nothing(pn_compute *compute, size_t bytes, void **memory)
{
    (void)compute, (void)memory;
    fprintf(stderr, "%zu bytes are taken while the clock runs\n", bytes);
    abort();
}

static pn_compute_ops seal(const pn_compute_ops *ops)
{
    pn_compute_ops sealed = *ops;
    sealed.allocate = sealed.allocate_host = take_nothing;
    return sealed;
}

static void solve(stage *s, const trial *t, double *x)
{
    pn_place place;
    pn_lu *lu;
    pn_back *substitution;
    void *memory;
    CHECK(s->comm, pn_place_create(&place, t->layout, s->part.rank) == PN_OK);
    pn_block matrix = {.rows = place.rows, .columns = place.columns, .ld = place.columns + 3};
    size_t bytes = sizeof(double) * (size_t)(matrix.ld * (place.rows + 1));
    CHECK(s->comm, t->compute->ops->allocate(t->compute, bytes, &memory) == PN_OK);
    matrix.data = memory;
    generate(t, &place, matrix);
    pn_lu_request request = lu_request(t);
    request.place = &place;
    request.comm = &s->part;
    request.matrix = matrix;
    CHECK(s->comm, pn_lu_create(&lu, &request) == PN_OK);
    CHECK(s->comm, pn_back_create(&substitution, t->compute, &place) == PN_OK);
    const pn_compute_ops *ops = t->compute->ops, sealed = seal(ops);
    t->compute->ops = &sealed;
    CHECK(s->comm, pn_lu_factor(lu).finding == PN_FINDING_NONE);
    check_riding(s, t, &place, matrix);
    check_factors(s, t, &place, matrix);
    pn_back_request back = {
        .place = &place, .comm = &s->part, .compute = t->compute, .matrix = matrix};
    pn_back_substitute(substitution, &back, x);
    t->compute->ops = ops;
    pn_back_replicate(&back, x);
    pn_back_destroy(substitution);
    pn_lu_destroy(lu);
    t->compute->ops->release(t->compute, memory, bytes);
    pn_place_release(&place);
}

// The condition of these matrices is below 1e5.
static void check_solution(stage *s, const trial *t)
{
    double x[300] = {0}, residual;
    pn_gidx n = t->layout->n;
    const double *expected = s->x[t->size];
    double limit = 1e-10 * naive_largest(expected, n);
    solve(s, t, x);
    for (pn_gidx i = 0; i < n; i++) {
        if (!(fabs(x[i] - expected[i]) <= limit))
            tell(s, t);
        CHECK(s->comm, fabs(x[i] - expected[i]) <= limit);
    }
    pn_norms norms;
    pn_verify_request request = {
        .n = n, .seed = 100, .x = x, .comm = &s->part, .team = t->compute->team};
    CHECK(s->comm, pn_verify_solution(&request, &norms, &residual) == PN_OK);
    CHECK(s->comm, residual < 16.0);
}

static void check_records(stage *s, const trial *t, const pn_result *result)
{
    int64_t columns = 0;
    CHECK(s->comm, result->rank_count == t->layout->ranks && result->ranks);
    for (int i = 0; i < result->rank_count; i++) {
        const pn_rank_record *record = &result->ranks[i];
        CHECK(s->comm, record->rank == i && record->threads == t->compute->threads);
        CHECK(s->comm, pn_layout_rank(t->layout, record->row, record->column) == i);
        columns += record->row == 0 ? record->block_columns : 0;
    }
    CHECK(s->comm, columns == t->layout->column_blocks);
}

static void check_sound(stage *s, const trial *t)
{
    pn_result result;
    CHECK(s->comm,
          pn_benchmark_run(&t->benchmark, &s->part, t->compute, &s->log, &result) == PN_OK);
    if (!result.passed)
        tell(s, t);
    CHECK(s->comm, result.passed && result.finding == PN_FINDING_NONE);
    CHECK(s->comm, result.residual < 16.0 && result.residual >= 0);
    double largest = naive_largest(s->x[t->size], t->layout->n);
    CHECK(s->comm, fabs(result.norms.x_inf - largest) <= 1e-10 * largest);
    if (s->part.rank == 0)
        check_records(s, t, &result);
    pn_result_release(&result);
}

static void check_poisoned(stage *s, trial *t, pn_poison poison, pn_finding expected)
{
    pn_result result;
    t->benchmark.poison = poison;
    t->benchmark.poison.set = true;
    CHECK(s->comm,
          pn_benchmark_run(&t->benchmark, &s->part, t->compute, &s->log, &result) == PN_OK);
    bool is_pivot = expected != PN_FINDING_RESIDUAL;
    if (result.finding != expected || (is_pivot && result.finding_column != poison.column)) {
        tell(s, t);
        pn_log_rank(&s->log, "poison %g at %lld, %lld: finding %d at column %lld", poison.value,
                    (long long)poison.row, (long long)poison.column, result.finding,
                    (long long)result.finding_column);
    }
    CHECK(s->comm, !result.passed && result.finding == expected);
    CHECK(s->comm, !is_pivot || result.finding_column == poison.column);
    pn_result_release(&result);
}

// A whole benchmark warms up first, which costs more than these matrices: one poison a time.
static void check_a_poison(stage *s, trial *t)
{
    pn_gidx n = t->layout->n, row = draw(s, (unsigned)n), column = draw(s, (unsigned)n);
    const struct {
        pn_poison poison;
        pn_finding finding;
    } cases[] = {
        {{row, column, NAN, true}, PN_FINDING_NOT_FINITE},
        {{row, column, -INFINITY, true}, PN_FINDING_NOT_FINITE},
        {{-1, column, NAN, true}, PN_FINDING_NOT_FINITE},
        {{-1, column, 0.0, true}, PN_FINDING_SINGULAR},
        {{row, n, NAN, true}, PN_FINDING_RESIDUAL},
        {{row, n, 7.0, true}, PN_FINDING_RESIDUAL},
    };
    unsigned i = draw(s, sizeof cases / sizeof cases[0]);
    check_poisoned(s, t, cases[i].poison, cases[i].finding);
}

// Every step costs the ranks some messages each way, and they may share few processors: small
// blocks only for small matrices, and for larger grids some of the cases, others for each grid.
static bool is_left_out(const trial *t, int nb, int number)
{
    int ranks = t->p * t->q, stride = 1 + ranks / 2;
    return sizes[t->size] / nb * ranks > 400 || (number + t->p) % stride != 0;
}

static void check_grid(stage *s, int p, int q)
{
    s->part = *s->comm;
    s->part.size = p * q;
    for (int size = 0; size < SIZES; size++)
        for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
            trial t = {.p = p, .q = q, .size = size};
            s->chance = (uint64_t)(((100 * p + q) * 100 + size) * 100) + i;
            choose(s, &t, blocks[i]);
            if (s->comm->rank < t.layout->ranks && !is_left_out(&t, blocks[i], 5 * size + (int)i)) {
                check_solution(s, &t);
                if (i % 3 == 1)
                    check_sound(s, &t);
                if (i % 3 == 2)
                    check_a_poison(s, &t);
            }
            pn_layout_destroy(t.layout);
        }
}

static void open_stage(stage *s, pn_comm *comm)
{
    pn_blas *blas;
    s->comm = comm;
    s->log.level = PN_LOG_QUIET; // of the benchmarks; what a rank has to say is heard all the same
    CHECK(comm, pn_blas_open(&blas, "auto") == PN_OK);
    for (int i = 0; i < THREAD_CHOICES; i++) {
        CHECK(comm, pn_team_create(&s->teams[i], i + 1, NULL) == PN_OK);
        CHECK(comm, pn_compute_cpu_open(&s->computes[i], s->teams[i], blas) == PN_OK);
    }
    for (int i = 0; i < SIZES; i++)
        s->x[i] = oracle_solution(sizes[i]);
    for (int i = 0; i < SIZES; i++)
        s->factored[i] = oracle_factored(sizes[i], sizes[i] + MOST_RIDING, s->pivots[i]);
}

int main(int argc, char **argv)
{
    static const int grids[][2] = {{1, 1}, {1, 2}, {2, 1}, {1, 3}, {3, 1}, {2, 2},  {1, 4},
                                   {4, 1}, {2, 3}, {3, 2}, {1, 7}, {7, 1}, {2, 4},  {4, 2},
                                   {3, 3}, {3, 4}, {4, 3}, {5, 3}, {4, 4}, {1, 16}, {16, 1}};
    stage s = {0};
    pn_comm *comm = harness_open(&s.log, &(pn_comm_request){.argc = &argc, .argv = &argv});
    CHECK(comm, argc < 2 || comm->size == atoi(argv[1]));
    open_stage(&s, comm);
    for (size_t i = 0; i < sizeof grids / sizeof grids[0]; i++) {
        int ranks = grids[i][0] * grids[i][1];
        if (ranks > comm->size || 2 * ranks < comm->size)
            continue; // the latter are met with fewer ranks, or with an idle one
        pn_group world = pn_group_world(comm, TAG_MEETING);
        check_grid(&s, grids[i][0], grids[i][1]);
        pn_group_barrier(&world);
    }
    pn_comm_close(comm);
    return 0;
}
