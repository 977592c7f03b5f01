// SPDX-License-Identifier: BSD-3-Clause
// Following drift between ranks, each a process column that reports how busy it was: the seconds
// are given by the test, so nothing here depends on a clock. Without drift nobody pauses; where one
// column falls to half its speed all pause at the same step, learn the same owners, and go on in
// balance; where it was dealt too much from the beginning that is put right.
#include "harness.h"

#include "balance/adapt.h"
#include "comm/group.h"
#include "grid/redeal.h"

#include <math.h>

enum { BLOCKS = 64, NB = 10, CHANGE = 20, TAG = 0 };

typedef struct scene {
    pn_comm *comm;
    pn_layout *layout;
    pn_adapt adapt;
    pn_gidx slow_from; // of column 1, the step
    double wait;       // as the factorisation would tell it
    bool in_quarters;  // ranks tell the pace of each quarter of a step
    int moves;
    pn_gidx paused; // the step of the first pause
} scene;

static const double run_seconds = 60;

static double pace_of(const scene *s, int column, pn_gidx step)
{
    double unit = run_seconds * s->layout->columns / (pow(BLOCKS, 3) / 3);
    return column == 1 && step >= s->slow_from ? 2 * unit : unit;
}

static double busy(const scene *s, int column, pn_gidx step)
{
    double work = 0;
    for (pn_gidx block = step + 1; block < s->layout->column_blocks; block++)
        if (s->layout->owner[block] == column)
            work += (double)(s->layout->row_blocks - step);
    return work * pace_of(s, column, step);
}

// All ranks have the same number.
static void check_same(const scene *s, double mine)
{
    double range[2] = {mine, -mine};
    pn_group world = pn_group_world(s->comm, TAG);
    pn_group_combine(&world, range, sizeof range, pn_combine_max);
    CHECK(s->comm, range[0] == mine && range[1] == -mine);
}

static void move(scene *s, pn_gidx step)
{
    pn_layout *layout;
    double sum = 0;
    pn_adapt_settle(&s->adapt);
    pn_adapt_share(&s->adapt);
    pn_gidx moved = 0;
    for (pn_gidx block = 0; block < s->layout->column_blocks; block++) {
        bool moves = s->adapt.owner[block] != s->layout->owner[block];
        CHECK(s->comm, !moves || block > step);
        moved += moves;
        sum += (double)(block + 1) * s->adapt.owner[block];
    }
    check_same(s, sum);
    CHECK(s->comm, moved > 0 && moved == s->adapt.migrated && s->adapt.gain > 0.01);
    CHECK(s->comm, pn_layout_with_owners(&layout, s->layout, s->adapt.owner) == PN_OK);
    pn_layout_destroy(s->layout);
    s->adapt.layout = s->layout = layout;
    pn_adapt_migrated(&s->adapt, 0.05);
    pn_adapt_begin(&s->adapt, step);
    s->wait = 0;
    s->paused = s->moves++ == 0 ? step : s->paused;
}

// In no time: that the rank was busy for so long is told as waiting time that it did not have.
static void work(scene *s, pn_gidx step)
{
    pn_observer observer = pn_adapt_observer(&s->adapt);
    pn_op op = {.kind = PN_OP_MULTIPLY_START, .step = step, .columns = NB};
    double seconds = busy(s, s->comm->rank, step);
    observer.after(observer.context, &op, 0, 0);
    for (int part = 1; part <= PN_WINDOW_QUARTERS; part++) {
        s->wait -= seconds / PN_WINDOW_QUARTERS;
        observer.piece(observer.context, s->in_quarters ? (double)part / PN_WINDOW_QUARTERS : 0,
                       s->wait);
    }
}

// A rank that waits for nothing.
static void run(scene *s, const double *shares)
{
    pn_layout_request request = {
        .n = BLOCKS * NB, .nb = NB, .columns = s->comm->size, .virtual_rows = 1, .shares = shares};
    CHECK(s->comm, pn_layout_create(&s->layout, &request) == PN_OK);
    CHECK(s->comm, pn_adapt_create(&s->adapt, s->comm, s->layout) == PN_OK);
    pn_adapt_begin(&s->adapt, 0);
    for (pn_gidx step = 0; step < BLOCKS; step++) {
        bool pauses = step > 0 && step + 1 < BLOCKS && pn_adapt_pause(&s->adapt, step, s->wait);
        check_same(s, pauses);
        if (pauses)
            move(s, step);
        work(s, step);
    }
    pn_adapt_settle(&s->adapt);
}

static void end(scene *s)
{
    pn_adapt_release(&s->adapt);
    pn_layout_destroy(s->layout);
}

static void steady_ranks_do_not_pause(pn_comm *comm, bool in_quarters)
{
    scene s = {.comm = comm, .slow_from = BLOCKS, .in_quarters = in_quarters};
    run(&s, NULL);
    CHECK(comm, s.moves == 0);
    end(&s);
}

// The first slow window is answered a step later, the second at once.
static void a_slow_rank_gives_columns_away(pn_comm *comm, bool in_quarters)
{
    scene s = {.comm = comm, .slow_from = CHANGE, .in_quarters = in_quarters};
    run(&s, NULL);
    CHECK(comm, (s.moves > 0) == (comm->size > 1));
    CHECK(comm, comm->size == 1 || s.paused == CHANGE + 2);
    CHECK(comm, s.moves <= 3);
    end(&s);
}

static void wrong_shares_are_put_right_early(pn_comm *comm, bool in_quarters)
{
    enum { MOST = 64 };
    double shares[MOST];
    CHECK(comm, comm->size <= MOST);
    for (int i = 0; i < comm->size; i++)
        shares[i] = i == 0 ? 2 : 1;
    scene s = {.comm = comm, .slow_from = BLOCKS, .in_quarters = in_quarters};
    run(&s, shares);
    CHECK(comm, (s.moves > 0) == (comm->size > 1));
    CHECK(comm, s.moves <= 3 && s.paused < CHANGE);
    end(&s);
}

int main(int argc, char **argv)
{
    pn_log log;
    pn_comm *comm = harness_open(&log, &(pn_comm_request){.argc = &argc, .argv = &argv});
    CHECK(comm, argc < 2 || comm->size == atoi(argv[1]));
    for (int in_quarters = 0; in_quarters <= 1; in_quarters++) {
        steady_ranks_do_not_pause(comm, in_quarters);
        a_slow_rank_gives_columns_away(comm, in_quarters);
        wrong_shares_are_put_right_early(comm, in_quarters);
    }
    pn_comm_close(comm);
    return 0;
}
