// SPDX-License-Identifier: BSD-3-Clause
// The time that a run announces goes smoothly with N, however many of its steps are priced.
#include "request.h"
#include "tune/choose.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { RANKS = 4 };

static double seconds_a_flop(pn_rank_info *info, int ranks, int blocks)
{
    const int nb = 100;
    pn_choice_request request = {USUAL, .settings.n = nb * blocks, .settings.nb = nb};
    pn_choice choice;
    assert_int_equal(pn_choose(&choice, &request, info, ranks), PN_OK);
    double n = nb * blocks, seconds = choice.seconds / (n * n * n);
    pn_choice_release(&choice);
    return seconds;
}

// Where only some steps are priced, a block more can mean that each stands for one more.
static void times_of_neighbours_are_near(void **state)
{
    (void)state;
    pn_rank_info info[RANKS] = {0};
    for (int ranks = 1; ranks <= RANKS; ranks++) {
        snprintf(info[ranks - 1].host, sizeof info->host, "node%d", ranks);
        info[ranks - 1].cpu_set = 7;
        info[ranks - 1].cores = info[ranks - 1].host_cores = 8;
        info[ranks - 1].memory_available = INT64_C(16) << 30;
        info[ranks - 1].rate = 4e11;
        for (int blocks = 160; blocks <= 320; blocks += 80) {
            double ratio =
                seconds_a_flop(info, ranks, blocks) / seconds_a_flop(info, ranks, blocks - 1);
            assert_true(fabs(ratio - 1) < 0.01);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(times_of_neighbours_are_near)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
