// SPDX-License-Identifier: BSD-3-Clause
// Factorisations in which block columns change hands at random steps, on grids, heights, orders,
// weights, shares, caps and plans drawn at random, the same on all ranks: the x of each against one
// from textbook elimination in a single process, and its residual.
#include "harness.h"
#include "oracle.h"

#include "balance/migrate.h"
#include "comm/group.h"
#include "compute/cpu.h"
#include "compute/deferred.h"
#include "grid/redeal.h"
#include "lu/back.h"
#include "lu/factor.h"
#include "run/verify.h"

enum {
    SIZES = 4,
    MOST_RANKS = 16,
    MOST_N = 200,
    MOST_RIDING = 11,
    TRIALS = 24,
    TAG_MEETING = 0,
    DEVICES = 2
};

static const pn_gidx sizes[SIZES] = {17, 64, 131, MOST_N};

typedef struct stage {
    pn_comm *comm;
    pn_comm part; // the ranks of a trial
    pn_log log;
    pn_team *team;
    pn_compute *devices[DEVICES];
    double *x[SIZES]; // by textbook elimination
    uint64_t chance;  // the same on all ranks
} stage;

typedef struct trial {
    pn_layout *layout; // as it is now
    pn_compute *compute;
    pn_place place;
    pn_block matrix;
    pn_room room;
    const pn_gidx *caps;
    pn_gidx cap[MOST_RANKS];
    pn_lu_request request;
    uint64_t pauses; // when to pause: the same on all ranks
    int eagerness;   // one step in so many is followed by a pause
    unsigned wanted; // what was asked for last
    pn_lu_asker askers[2];
    struct every_seventh {
        pn_gidx asked; // the step
        bool wants;
    } checkpoint;
    int moves;
} trial;

static unsigned draw(stage *s, unsigned bound)
{
    return naive_below(&s->chance, bound);
}

static double draw_share(stage *s)
{
    return (1 + draw(s, 60)) * 0.05;
}

// Heights of a random number of columns, up to all ranks together.
static int draw_heights(stage *s, int heights[MOST_RANKS])
{
    int left = 1 + (int)draw(s, (unsigned)s->comm->size), columns = 0;
    left = (int)pn_max(left, pn_min(s->comm->size, 2)); // nothing moves on one rank
    int tallest = 1 + (int)draw(s, 4);
    while (left > 0) {
        heights[columns] = 1 + (int)draw(s, (unsigned)pn_min(tallest, left));
        left -= heights[columns++];
    }
    return columns;
}

static void draw_order(stage *s, int ranks, int order[MOST_RANKS])
{
    for (int i = 0; i < ranks; i++)
        order[i] = i;
    for (int i = ranks - 1; i > 0; i--) {
        int other = (int)draw(s, (unsigned)i + 1), kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}

// Some columns that hold little: the last always takes what is left.
static const pn_gidx *draw_caps(stage *s, trial *t, int columns, pn_gidx blocks)
{
    for (int j = 0; j < columns; j++)
        t->cap[j] = draw(s, 3) ? -1 : (pn_gidx)draw(s, (unsigned)blocks + 1);
    t->cap[columns - 1] = -1;
    return draw(s, 2) ? t->cap : NULL;
}

static void draw_layout(stage *s, trial *t, pn_gidx n, int nb)
{
    int heights[MOST_RANKS], order[MOST_RANKS], ranks = 0;
    double shares[MOST_RANKS], weights[MOST_RANKS];
    pn_layout_request request = {.n = n, .nb = nb, .columns = draw_heights(s, heights)};
    request.riding = (int)draw(s, 2) * MOST_RIDING;
    for (int j = 0; j < request.columns; j++) {
        shares[j] = draw_share(s);
        ranks += heights[j];
        request.virtual_rows = (int)pn_max(request.virtual_rows, heights[j]);
    }
    for (int i = 0; i < ranks; i++)
        weights[i] = draw_share(s);
    draw_order(s, ranks, order);
    request.virtual_rows += (int)draw(s, 4);
    request.heights = heights;
    request.shares = shares;
    request.order = order;
    request.weights = draw(s, 2) ? weights : NULL;
    request.caps = t->caps =
        draw_caps(s, t, request.columns, pn_ceil_div(n + pn_max(1, request.riding), nb));
    request.column_major_ranks = draw(s, 2);
    CHECK(s->comm, pn_layout_create(&t->layout, &request) == PN_OK);
    s->part = *s->comm;
    s->part.size = ranks;
}

static bool pause_now_and_then(void *context, pn_gidx step, double wait_seconds)
{
    trial *t = context;
    (void)step;
    (void)wait_seconds;
    bool wants = naive_below(&t->pauses, (unsigned)t->eagerness) == 0;
    t->wanted = wants ? 1u << PN_PAUSE_MIGRATION : 0;
    return wants;
}

// Somebody else, who knows nothing of the former and is asked as often.
static bool pause_every_seventh(void *context, pn_gidx step, double wait_seconds)
{
    struct every_seventh *mine = context;
    (void)wait_seconds;
    mine->asked = step;
    return mine->wants = step % 7 == 3;
}

static void draw_plan(stage *s, trial *t)
{
    static const double splits[] = {0.1, 0.5, 0.7, 1.0};
    t->request =
        (pn_lu_request){.comm = &s->part,
                        .compute = t->compute,
                        .plan = {.settings = {.look_ahead = draw(s, 3) > 0,
                                              .split = splits[draw(s, 4)],
                                              .topology = (pn_topology)draw(s, PN_TOPOLOGIES),
                                              .segment = draw(s, 2) ? 1000 : 8192,
                                              .crew = 1,
                                              .panel_home = (pn_panel_home)draw(s, 3),
                                              .buffers = 2 + (int)draw(s, 3)}},
                        .askers = t->askers,
                        .asker_count = 2};
    // Such that the first panels are the host's, the last ones the device's.
    t->request.plan.panels = (pn_panel_costs){
        .host = {2.0, 0.0}, .device = {1.0, 0.0}, .rate = 1e3 * (1 + (double)draw(s, 99))};
    t->askers[0] = (pn_lu_asker){PN_PAUSE_MIGRATION, pause_now_and_then, t};
    t->askers[1] = (pn_lu_asker){PN_PAUSE_CHECKPOINT, pause_every_seventh, &t->checkpoint};
}

// Memory of one's own: with room to grow where the part can, so that a migration may stay in it.
static void allocate(stage *s, trial *t, const pn_place *place)
{
    const pn_compute_ops *ops = t->compute->ops;
    t->matrix = pn_block_of(NULL, place->rows, place->columns, place->columns + 3);
    size_t row = sizeof(double) * (size_t)(place->rows + 1);
    t->room =
        (pn_room){NULL, row * (size_t)t->matrix.ld, row * (size_t)(place->layout->width + 8), 0};
    if (t->compute->overflow_takes > 0) // none, a half, or all of it in host memory
        t->room.hosted = t->room.bytes * draw(s, 3) / 2;
    if (ops->reserve) {
        CHECK(s->comm, ops->reserve(t->compute, &t->room) == PN_OK);
    } else {
        t->room.most = t->room.bytes;
        CHECK(s->comm, ops->allocate(t->compute, t->room.bytes, &t->room.memory) == PN_OK);
    }
    t->matrix.data = t->room.memory;
}

static void release(const trial *t, const pn_room *room)
{
    t->compute->ops->release(t->compute, room->memory, room->most);
}

// The present memory, with rows as long as they have to be.
static void lengthen(stage *s, trial *t, const pn_place *place)
{
    size_t rows = (size_t)place->rows + 1;
    t->matrix.ld = pn_max(t->matrix.ld, pn_migrate_columns(&t->place, place));
    t->matrix.columns = place->columns;
    size_t bytes = sizeof(double) * rows * (size_t)t->matrix.ld;
    CHECK(s->comm, t->compute->ops->grow(t->compute, &t->room, bytes) == PN_OK);
}

static void generate(const trial *t)
{
    pn_gidx rows[MOST_N + 1], columns[MOST_N + MOST_RIDING];
    for (pn_lidx i = 0; i < t->place.rows; i++)
        rows[i] = pn_place_global_row(&t->place, i);
    for (pn_lidx j = 0; j < t->place.columns; j++)
        columns[j] = pn_place_global_column(&t->place, j);
    t->compute->ops->generate(t->compute,
                              &(pn_generate){t->matrix, rows, columns, t->layout->n, 100, 0});
    t->compute->ops->wait(t->compute, PN_TICKET_ALL);
}

// As a run would mend its shares, or any owners whatever, blocks that are done included.
static void draw_owners(stage *s, trial *t, pn_gidx next, int32_t *owner)
{
    const pn_layout *layout = t->layout;
    pn_gidx blocks = layout->column_blocks;
    double shares[MOST_RANKS];
    for (pn_gidx b = 0; b < blocks; b++)
        owner[b] = layout->owner[b];
    for (int j = 0; j < layout->columns; j++)
        shares[j] = draw_share(s);
    if (draw(s, 2))
        pn_layout_redeal(owner, next, blocks, layout->columns, shares, t->caps);
    else
        for (pn_gidx b = 0; b < blocks; b++)
            owner[b] = (int32_t)draw(s, (unsigned)layout->columns);
}

static void move(stage *s, trial *t, pn_gidx next)
{
    int32_t owner[MOST_N + MOST_RIDING];
    pn_layout *layout;
    pn_place place;
    pn_holding from = {&t->place, t->matrix};
    pn_room room = t->room;
    draw_owners(s, t, next, owner);
    CHECK(s->comm, pn_layout_with_owners(&layout, t->layout, owner) == PN_OK);
    CHECK(s->comm, pn_place_create(&place, layout, s->part.rank) == PN_OK);
    bool within = t->compute->ops->grow && (t->moves + s->part.rank) % 4 > 0; // of one's own choice
    if (within)
        lengthen(s, t, &place);
    else
        allocate(s, t, &place);
    CHECK(s->comm,
          pn_migrate(&s->part, t->compute, &from, &(pn_holding){&place, t->matrix}) == PN_OK);
    if (!within)
        release(t, &room);
    pn_place_release(&t->place);
    pn_layout_destroy(t->layout);
    t->layout = layout;
    t->place = place;
    t->moves++;
}

static pn_lu_request request_from(const trial *t, pn_gidx step)
{
    pn_lu_request request = t->request;
    request.place = &t->place;
    request.matrix = t->matrix;
    request.plan.layout = t->layout;
    request.plan.begin = step;
    return request;
}

static void solve(stage *s, trial *t, double *x)
{
    CHECK(s->comm, pn_place_create(&t->place, t->layout, s->part.rank) == PN_OK);
    allocate(s, t, &t->place);
    generate(t);
    pn_lu *lu;
    pn_lu_request request = request_from(t, 0);
    CHECK(s->comm, pn_lu_create(&lu, &request) == PN_OK);
    for (pn_gidx next = 0;;) {
        pn_lu_outcome outcome = pn_lu_factor(lu);
        CHECK(s->comm, outcome.finding == PN_FINDING_NONE && outcome.next > next);
        next = outcome.next;
        if (next == t->layout->row_blocks)
            break;
        // A checkpoint is of a step that has ended, and gets none where there is no such step left.
        bool has_room = t->checkpoint.asked + 2 < t->layout->row_blocks;
        unsigned checkpoint = t->checkpoint.wants && has_room ? 1u << PN_PAUSE_CHECKPOINT : 0;
        CHECK(s->comm, outcome.reasons != 0 && outcome.reasons == (t->wanted | checkpoint));
        bool at_once = t->layout->height == 1 && !checkpoint;
        CHECK(s->comm, t->checkpoint.asked == (at_once ? next : next - 2));
        move(s, t, next);
        request = request_from(t, next);
        CHECK(s->comm, pn_lu_resume(lu, &request) == PN_OK);
    }
    pn_lu_destroy(lu);
    pn_back_request back = {
        .place = &t->place, .comm = &s->part, .compute = t->compute, .matrix = t->matrix};
    pn_back *substitution;
    CHECK(s->comm, pn_back_create(&substitution, t->compute, &t->place) == PN_OK);
    pn_back_substitute(substitution, &back, x);
    pn_back_destroy(substitution);
    pn_back_replicate(&back, x);
    release(t, &t->room);
    pn_place_release(&t->place);
}

static void tell(stage *s, const trial *t, int number)
{
    pn_log_rank(&s->log, "trial %d: N %lld, NB %d, %d columns on %d ranks, %d moves", number,
                (long long)t->layout->n, t->layout->nb, t->layout->columns, t->layout->ranks,
                t->moves);
}

// The condition of these matrices is below 1e5.
static void check_solution(stage *s, trial *t, int size, int number)
{
    double x[MOST_N] = {0}, residual, worst = 0;
    pn_gidx n = sizes[size];
    solve(s, t, x);
    for (pn_gidx i = 0; i < n; i++)
        worst = fabs(x[i] - s->x[size][i]) <= worst ? worst : fabs(x[i] - s->x[size][i]);
    bool same = worst <= 1e-10 * naive_largest(s->x[size], n);
    pn_norms norms;
    pn_verify_request request = {
        .n = n, .seed = 100, .x = x, .comm = &s->part, .team = t->compute->team};
    CHECK(s->comm, pn_verify_solution(&request, &norms, &residual) == PN_OK);
    if (!same || !(residual < 16.0))
        tell(s, t, number);
    CHECK(s->comm, same);
    CHECK(s->comm, residual < 16.0);
}

// Returns the moves that were made, on the ranks that took part.
static int run_trial(stage *s, int number)
{
    trial t = {0};
    s->chance = (uint64_t)(1000 * s->comm->size + number);
    int size = (int)draw(s, SIZES);
    int nb = (int)pn_max(1 + (int)draw(s, 24), sizes[size] / 16); // few steps: ranks share cores
    t.compute = s->devices[draw(s, 4) == 0];
    t.eagerness = 1 + (int)draw(s, 5);
    t.pauses = s->chance;
    draw_layout(s, &t, sizes[size], nb);
    draw_plan(s, &t);
    if (s->comm->rank < s->part.size)
        check_solution(s, &t, size, number);
    pn_layout_destroy(t.layout);
    return t.moves;
}

static void open_stage(stage *s, pn_comm *comm)
{
    pn_blas *blas;
    s->comm = comm;
    CHECK(comm, pn_blas_open(&blas, "auto") == PN_OK);
    CHECK(comm, pn_team_create(&s->team, 1, NULL) == PN_OK);
    CHECK(comm, pn_compute_cpu_open(&s->devices[0], s->team, blas) == PN_OK);
    CHECK(comm, pn_compute_deferred_open(&s->devices[1], s->team, blas, 7) == PN_OK);
    for (int i = 0; i < SIZES; i++)
        s->x[i] = oracle_solution(sizes[i]);
}

int main(int argc, char **argv)
{
    stage s = {0};
    int moves = 0;
    pn_comm *comm = harness_open(&s.log, &(pn_comm_request){.argc = &argc, .argv = &argv});
    CHECK(comm, argc < 2 || comm->size == atoi(argv[1]));
    open_stage(&s, comm);
    for (int number = 0; number < TRIALS; number++) {
        moves += run_trial(&s, number);
        pn_group world = pn_group_world(comm, TAG_MEETING);
        pn_group_barrier(&world);
    }
    CHECK(comm, comm->rank > 0 || moves >= TRIALS);
    pn_comm_close(comm);
    return 0;
}
