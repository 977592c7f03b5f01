// SPDX-License-Identifier: BSD-3-Clause
// What was slow in a run, from made-up records of it: each part is slow in one thing and named for
// that alone, whoever only waited for it is not, and the words are these.
#include "measure/ranking.h"
#include "report/slow.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RANKS = 8 };

// 100 s of P x Q ranks of 2 threads, column after column, two ranks a host; rows take 4 s.
static pn_result run_of(pn_rank_record ranks[RANKS], int p)
{
    for (int i = 0; i < RANKS; i++) {
        ranks[i] = (pn_rank_record){.rank = i,
                                    .row = i % p,
                                    .column = i / p,
                                    .kind = "chip",
                                    .threads = 2,
                                    .rate = 100e9,
                                    .block_columns = 50,
                                    .busy_seconds = 90,
                                    .wait_seconds = 10};
        snprintf(ranks[i].host, sizeof ranks[i].host, "h%d", i / 2);
        ranks[i].phase_seconds[PN_PHASE_SOLVE_ROWS] = 4;
    }
    return (pn_result){
        .settings = {.p = p, .q = RANKS / p}, .seconds = 100, .rank_count = RANKS, .ranks = ranks};
}

static int rank_run(const pn_result *result, pn_ranked ranked[RANKS])
{
    int count = pn_ranking_of_run(result, 0.05, ranked);
    for (int i = 1; i < count; i++)
        assert_true(ranked[i].worst >= ranked[i - 1].worst);
    return count;
}

static int count_outliers(const pn_ranked *ranked, int count)
{
    int outliers = 0;
    for (int i = 0; i < count; i++)
        for (int aspect = 0; aspect < PN_RANKING_ASPECT_COUNT; aspect++)
            outliers += ranked[i].aspect[aspect].is_outlier;
    return outliers;
}

// The first of the ranking, and nothing but it, is slow in the aspect.
static void expect_only(const pn_result *result, int index, pn_ranking_aspect aspect, double ratio)
{
    pn_ranked ranked[RANKS];
    int count = rank_run(result, ranked);
    assert_int_equal(count, RANKS);
    assert_int_equal(ranked[0].index, index);
    assert_true(ranked[0].aspect[aspect].is_outlier);
    assert_true(fabs(ranked[0].aspect[aspect].ratio - ratio) < 1e-9);
    assert_true(ranked[0].worst == ranked[0].aspect[aspect].ratio);
    assert_int_equal(count_outliers(ranked, count), 1);
}

static void like_parts_have_no_outlier(void **state)
{
    (void)state;
    pn_rank_record ranks[RANKS];
    pn_ranked ranked[RANKS];
    for (int p = 1; p <= RANKS; p *= 2) {
        pn_result result = run_of(ranks, p);
        assert_int_equal(rank_run(&result, ranked), RANKS);
        assert_int_equal(count_outliers(ranked, RANKS), 0);
        assert_true(ranked[0].worst == 1);
        assert_int_equal(ranked[0].aspect[PN_RANKING_MEMORY].peers, p == 1 ? RANKS : 0);
        assert_int_equal(ranked[0].aspect[PN_RANKING_LINK].peers,
                         p == 1 || p == RANKS ? 0 : RANKS / p);
    }
}

static void compute_goes_by_the_rate_of_a_thread(void **state)
{
    (void)state;
    pn_rank_record ranks[RANKS];
    pn_result result = run_of(ranks, 1);
    ranks[5].rate = 80e9;
    ranks[6].rate = 50e9;
    ranks[6].threads = 1;
    expect_only(&result, 5, PN_RANKING_COMPUTE, 0.8);
}

static void who_shares_cores_is_not_called_slow(void **state)
{
    (void)state;
    pn_rank_record ranks[RANKS];
    pn_result result = run_of(ranks, 1);
    for (int i = 5; i < RANKS; i++) {
        ranks[i].cpu_share = 0.5;
        ranks[i].rate = 50e9;
        ranks[i].phase_seconds[PN_PHASE_SOLVE_ROWS] = 8;
    }
    pn_ranked ranked[RANKS];
    assert_int_equal(count_outliers(ranked, rank_run(&result, ranked)), 0);
    ranks[6].rate = 25e9; // the system gave it fewer turns
    assert_int_equal(count_outliers(ranked, rank_run(&result, ranked)), 0);
    ranks[4].rate = 50e9;
    expect_only(&result, 4, PN_RANKING_COMPUTE, 0.5);
}

static void memory_goes_by_the_rows_of_a_block_column(void **state)
{
    (void)state;
    pn_rank_record ranks[RANKS];
    pn_result result = run_of(ranks, 1);
    ranks[3].phase_seconds[PN_PHASE_SOLVE_ROWS] = 9; // and 1 s is added to each
    expect_only(&result, 3, PN_RANKING_MEMORY, 0.5);
    pn_result fair = run_of(ranks, 1);
    ranks[3].block_columns *= 2; // twice the work
    ranks[3].phase_seconds[PN_PHASE_SOLVE_ROWS] *= 2;
    pn_ranked ranked[RANKS];
    assert_int_equal(count_outliers(ranked, rank_run(&fair, ranked)), 0);
    pn_result brief = run_of(ranks, 1);
    for (int i = 0; i < RANKS; i++) // ten times as long, but what is half a second of a hundred
        ranks[i].phase_seconds[PN_PHASE_SOLVE_ROWS] = i == 2 ? 0.5 : 0.05;
    assert_int_equal(count_outliers(ranked, rank_run(&brief, ranked)), 0);
}

// Ranks of a column wait for the one that comes last; only its own time is that of the links.
static void links_go_by_who_waits_least(void **state)
{
    (void)state;
    pn_rank_record ranks[RANKS];
    pn_ranked ranked[RANKS];
    pn_result result = run_of(ranks, 2);
    ranks[4].phase_seconds[PN_PHASE_ROWS] = 30; // waits for rank 5 of the same column
    assert_int_equal(count_outliers(ranked, rank_run(&result, ranked)), 0);
    ranks[5].phase_seconds[PN_PHASE_ROWS] = 5;
    int count = rank_run(&result, ranked);
    assert_int_equal(count_outliers(ranked, count), 2); // both ranks of the column
    for (int i = 0; i < 2; i++) {
        const pn_ranked_aspect *link = &ranked[i].aspect[PN_RANKING_LINK];
        assert_int_equal(ranked[i].index, 4 + i);
        assert_true(link->is_outlier && link->peers == 4);
        assert_true(fabs(link->ratio - 0.5) < 1e-9);
        assert_true(fabs(link->value - 9) < 1e-9 && fabs(link->usual - 4) < 1e-9);
    }
}

static void who_was_hardly_busy_or_is_alone_is_not_ranked(void **state)
{
    (void)state;
    pn_rank_record ranks[RANKS];
    pn_ranked ranked[RANKS];
    pn_result result = run_of(ranks, 1);
    ranks[2].busy_seconds = 0.9;
    ranks[2].rate = 1e9;
    strcpy(ranks[7].kind, "other");
    ranks[7].rate = 1e9;
    int count = rank_run(&result, ranked);
    assert_int_equal(count, RANKS - 2);
    for (int i = 0; i < count; i++)
        assert_true(ranked[i].index != 2 && ranked[i].index != 7);
    result.rank_count = 1;
    assert_int_equal(rank_run(&result, ranked), 0);
}

static void expect_text(const pn_result *result, const char *expected)
{
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    assert_non_null(stream);
    assert_int_equal(pn_slow_text(stream, result, 0.05), PN_OK);
    fclose(stream);
    assert_string_equal(text, expected);
    free(text);
}

#define HEAD "ranks against the median of their kind, the slowest first:\n"

static void the_words_for_compute(void **state)
{
    (void)state;
    pn_rank_record ranks[RANKS];
    pn_result result = run_of(ranks, 1);
    ranks[5].rate = 80e9;
    ranks[5].wait_seconds = 2;
    strcpy(ranks[5].device, "0000:1b:00.0");
    strcpy(ranks[5].power.throttled, "heat");
    ranks[5].power.clock_mhz = 1500;
    ranks[5].power.clock_least_mhz = 1200;
    ranks[7].busy_seconds = 0;
    expect_text(&result,
                "slow part: rank 5 on h2, device 0000:1b:00.0 is slow in compute: it multiplies at "
                "40.00 GFLOP/s a thread, 20.0 % below the 50.00 GFLOP/s usual for its kind (chip, "
                "7 ranks); it "
                "waited 2 % of the time, the others 10 %; it was throttled (heat), clock 1500 MHz "
                "on average and 1200 at least\n" HEAD
                "  rank 5 on h2, device 0000:1b:00.0: compute 80 %, memory 100 %; it waited 2 % of "
                "the time (chip)\n"
                "  rank 0 on h0: compute 100 %, memory 100 %; it waited 10 % of the time (chip)\n"
                "  rank 1 on h0: compute 100 %, memory 100 %; it waited 10 % of the time (chip)\n"
                "  rank 2 on h1: compute 100 %, memory 100 %; it waited 10 % of the time (chip)\n"
                "  rank 3 on h1: compute 100 %, memory 100 %; it waited 10 % of the time (chip)\n"
                "  and 2 more, all nearer to their kind or above it\n"
                "  1 rank busy for less than 1 s is not compared\n"
                "throttled device: rank 5 on h2, device 0000:1b:00.0 (chip) was throttled (heat), "
                "clock 1500 MHz on average and 1200 at least\n");
}

// Two columns of which one is slow, in links or in memory, make short texts.
static void the_words_for_memory_and_links(void **state)
{
    (void)state;
    pn_rank_record ranks[RANKS];
    pn_result result = run_of(ranks, 1);
    result.rank_count = result.settings.q = 2;
    ranks[1].phase_seconds[PN_PHASE_SOLVE_ROWS] = 9;
    expect_text(&result,
                "slow part: rank 1 on h0 is slow in memory: to move and solve its rows took 9.0 % "
                "of the time, where 4.0 % is usual for its kind (chip, 2 ranks)\n" HEAD
                "  rank 1 on h0: compute 100 %, memory 50 %; it waited 10 % of the time (chip)\n"
                "  rank 0 on h0: compute 100 %, memory 100 %; it waited 10 % of the time (chip)\n");
    result = run_of(ranks, 2);
    result.rank_count = 4;
    result.settings.q = 2;
    ranks[2].phase_seconds[PN_PHASE_ROWS] = ranks[3].phase_seconds[PN_PHASE_ROWS] = 5;
    expect_text(&result,
                "slow part: process column 1 (rank 2 on h1; rank 3 on h1) is slow in its links: to "
                "exchange rows took 9.0 % of the time, where 4.0 % is usual for columns of its "
                "kind (chip, 2 columns)\n" HEAD
                "  rank 2 on h1: compute 100 %, link 50 %; it waited 10 % of the time (chip)\n"
                "  rank 3 on h1: compute 100 %, link 50 %; it waited 10 % of the time (chip)\n"
                "  rank 0 on h0: compute 100 %, link 100 %; it waited 10 % of the time (chip)\n"
                "  rank 1 on h0: compute 100 %, link 100 %; it waited 10 % of the time (chip)\n");
}

static void waiting_for_panels_is_nobodys_own(void **state)
{
    (void)state;
    pn_rank_record ranks[RANKS];
    pn_result result = run_of(ranks, 1);
    result.rank_count = 2;
    result.settings.q = 2;
    strcpy(ranks[1].kind, "other"); // each alone of its kind: nothing to rank
    expect_text(&result, "");
    for (int i = 0; i < 2; i++)
        ranks[i].phase_seconds[PN_PHASE_BROADCAST] = 23;
    expect_text(&result, ""); // on one host there is no such link
    strcpy(ranks[1].host, "far");
    expect_text(&result, "note: ranks waited 23 % of the time for panels; if a link is slow, "
                         "panache screen says which\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(like_parts_have_no_outlier),
        cmocka_unit_test(compute_goes_by_the_rate_of_a_thread),
        cmocka_unit_test(who_shares_cores_is_not_called_slow),
        cmocka_unit_test(memory_goes_by_the_rows_of_a_block_column),
        cmocka_unit_test(links_go_by_who_waits_least),
        cmocka_unit_test(who_was_hardly_busy_or_is_alone_is_not_ranked),
        cmocka_unit_test(the_words_for_compute),
        cmocka_unit_test(the_words_for_memory_and_links),
        cmocka_unit_test(waiting_for_panels_is_nobodys_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
