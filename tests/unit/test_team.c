// SPDX-License-Identifier: BSD-3-Clause
// Teams of 1 to 8 threads: every member does its share of a job once, alone, with a crew while the
// others are busy, and at meeting points. There may be fewer processors than members.
#include "base/team.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_MEMBERS = 8, ROUNDS = 200, MEETINGS = 50 };

// Counts how often each member came, and of how many it was told to be one.
typedef struct tally {
    _Atomic int came[MOST_MEMBERS];
    _Atomic int members_low, members_high;
} tally;

static void count(void *task, int me, int members)
{
    tally *t = task;
    atomic_fetch_add(&t->came[me], 1);
    for (int low = t->members_low; members < low;)
        if (atomic_compare_exchange_weak(&t->members_low, &low, members))
            break;
    for (int high = t->members_high; members > high;)
        if (atomic_compare_exchange_weak(&t->members_high, &high, members))
            break;
}

static void reset(tally *t)
{
    memset(t, 0, sizeof *t);
    t->members_low = MOST_MEMBERS + 1;
}

static void check_tally(const tally *t, int members, int times)
{
    for (int i = 0; i < MOST_MEMBERS; i++)
        assert_int_equal(t->came[i], i < members ? times : 0);
    assert_int_equal(t->members_low, members);
    assert_int_equal(t->members_high, members);
}

static pn_team *make(int size)
{
    pn_team *team;
    assert_int_equal(pn_team_create(&team, size, NULL), PN_OK);
    assert_int_equal(pn_team_size(team), size);
    return team;
}

static void everybody_does_a_job_once(void **state)
{
    (void)state;
    for (int size = 1; size <= MOST_MEMBERS; size++) {
        pn_team *team = make(size);
        tally t;
        reset(&t);
        for (int round = 0; round < ROUNDS; round++)
            pn_team_run(team, count, &t);
        check_tally(&t, size, ROUNDS);
        pn_team_destroy(team);
    }
}

// A started job's members wait for the caller: they are still busy while the crew does other jobs.
typedef struct held {
    tally tally;
    _Atomic bool released;
} held;

static void hold(void *task, int me, int members)
{
    held *h = task;
    while (!atomic_load(&h->released))
        sched_yield();
    count(&h->tally, me, members);
}

static void check_crew(pn_team *team, int size, int asked)
{
    int crew = asked < 1 ? 1 : asked > size ? size : asked;
    held busy;
    tally with_crew;
    reset(&busy.tally);
    reset(&with_crew);
    atomic_init(&busy.released, false);
    pn_team_start(team, asked, hold, &busy);
    assert_true(pn_team_is_started(team));
    for (int i = 0; i < 3; i++)
        pn_team_run(team, count, &with_crew);
    check_tally(&with_crew, crew, 3);
    assert_int_equal(busy.tally.members_high, 0);
    atomic_store(&busy.released, true);
    pn_team_join(team);
    assert_false(pn_team_is_started(team));
    check_tally(&busy.tally, size, 1);
}

static void a_crew_works_beside_the_others(void **state)
{
    (void)state;
    for (int size = 1; size <= MOST_MEMBERS; size++) {
        pn_team *team = make(size);
        for (int asked = 0; asked <= size + 1; asked++)
            check_crew(team, size, asked);
        tally all;
        reset(&all);
        pn_team_run(team, count, &all); // whole again
        check_tally(&all, size, 1);
        pn_team_destroy(team);
    }
}

// Each round every member writes its place, and after the meeting reads those of all.
typedef struct gathering {
    pn_team *team;
    int written[MOST_MEMBERS];
    _Atomic int faults;
} gathering;

static void meet(void *task, int me, int members)
{
    gathering *g = task;
    for (int round = 1; round <= MEETINGS; round++) {
        g->written[me] = round;
        pn_team_meet(g->team, members);
        for (int i = 0; i < members; i++)
            if (g->written[i] != round)
                atomic_fetch_add(&g->faults, 1);
        pn_team_meet(g->team, members);
    }
}

static void nobody_leaves_a_meeting_early(void **state)
{
    (void)state;
    for (int size = 1; size <= MOST_MEMBERS; size++) {
        gathering g = {.team = make(size)};
        pn_team_run(g.team, meet, &g);
        assert_int_equal(g.faults, 0);
        held busy;
        reset(&busy.tally);
        atomic_init(&busy.released, false);
        pn_team_start(g.team, (size + 1) / 2, hold, &busy);
        pn_team_run(g.team, meet, &g); // the crew alone meets
        atomic_store(&busy.released, true);
        pn_team_join(g.team);
        assert_int_equal(g.faults, 0);
        pn_team_destroy(g.team);
    }
}

static void an_unused_team_can_be_destroyed(void **state)
{
    (void)state;
    for (int size = 1; size <= MOST_MEMBERS; size++)
        pn_team_destroy(make(size));
    pn_team_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_does_a_job_once),
        cmocka_unit_test(a_crew_works_beside_the_others),
        cmocka_unit_test(nobody_leaves_a_meeting_early),
        cmocka_unit_test(an_unused_team_can_be_destroyed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
