// SPDX-License-Identifier: BSD-3-Clause
// Who is missing, in words: by name where a host can know it, and no claim where it cannot.
#include "comm/roll_call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { WORDS = 1024 };

// Presence by the letters of the job's name: "x.x" is ranks 0 and 2.
static bool is_present(const pn_launch *launch, int rank)
{
    return launch->job[rank] == 'x';
}

typedef struct scene {
    const char *present;
    int rank, local_size, first_here;
} scene;

static void expect(scene is, int speaker, const char *words)
{
    char text[WORDS];
    pn_launch launch = {.rank = is.rank,
                        .size = (int)strlen(is.present),
                        .local_size = is.local_size,
                        .first_here = is.first_here};
    memcpy(launch.job, is.present, strlen(is.present));
    pn_roll_call roll = {&launch, "h", is_present};
    pn_roll_call_text(&roll, 2, text, sizeof text);
    assert_string_equal(text, words);
    assert_int_equal(pn_roll_call_speaker(&roll), speaker);
}

#define BEGIN "not all 4 ranks have started within 2 s; "
#define END " (--start-timeout sets the limit)"

static void on_one_host_the_missing_are_named(void **state)
{
    (void)state;
    expect((scene){"xx.x", 1, 4, 0}, 0, BEGIN "missing on h: rank 2" END);
    expect((scene){"...x", 3, 4, 0}, 3, BEGIN "missing on h: rank 0, 1, 2" END);
}

static void on_several_hosts_each_names_its_own(void **state)
{
    (void)state;
    expect((scene){"..x.", 2, 2, 2}, 2, BEGIN "missing on h: rank 3" END);
    expect((scene){"xx..", 0, 2, 0}, 0,
           BEGIN "all that belong to h are here: rank 0, 1; the others are rank 2, 3, and a host "
                 "that says nothing has none of its own" END);
}

static void where_ranks_belong_may_be_unknown(void **state)
{
    (void)state;
    expect((scene){"x...", 0, 2, -1}, 0,
           BEGIN "1 of the 2 ranks of h is missing; here are: rank 0" END);
    expect((scene){"x..x", 3, 2, -1}, 0,
           BEGIN "all that belong to h are here: rank 0, 3; the others are rank 1, 2, and a host "
                 "that says nothing has none of its own" END);
    expect((scene){"x.x.", 0, 0, -1}, 0,
           BEGIN "2 of 4 are on h: rank 0, 2; not there: rank 1, 3" END);
}

static void a_rank_out_of_place_ends_all_claims(void **state)
{
    (void)state;
    expect((scene){"x.x.", 0, 2, 0}, 0,
           BEGIN "all that belong to h are here: rank 0, 2; the others are rank 1, 3, and a host "
                 "that says nothing has none of its own" END);
    expect((scene){"x.xx", 3, 2, 2}, 0,
           BEGIN "3 of 4 are on h: rank 0, 2, 3; not there: rank 1" END);
}

static void when_all_are_here_it_is_the_network(void **state)
{
    (void)state;
    expect((scene){"xxxx", 3, 4, 0}, 0,
           "MPI did not start within 2 s although all 4 ranks are here; is the network between "
           "them usable?");
}

static void long_lists_end(void **state)
{
    (void)state;
    pn_rank_list list = {.count = 0};
    for (int rank = 100000; rank < 100400; rank++)
        pn_rank_list_add(&list, rank);
    assert_int_equal(list.count, 400);
    assert_true(strncmp(list.words, "100000, 100001, ", 16) == 0);
    assert_string_equal(list.words + strlen(list.words) - 5, ", ...");
    assert_true(strlen(list.words) < sizeof list.words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_one_host_the_missing_are_named),
        cmocka_unit_test(on_several_hosts_each_names_its_own),
        cmocka_unit_test(where_ranks_belong_may_be_unknown),
        cmocka_unit_test(a_rank_out_of_place_ends_all_claims),
        cmocka_unit_test(when_all_are_here_it_is_the_network),
        cmocka_unit_test(long_lists_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
