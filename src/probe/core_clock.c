// SPDX-License-Identifier: BSD-3-Clause
#include "probe/core_clock.h"

#include "base/clock.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(__x86_64__) || defined(__aarch64__)
enum { HAS_CHAIN = 1 };
#else
enum { HAS_CHAIN = 0 }; // an addition may take two cycles
#endif

enum { ROUNDS = 2000, ADDITIONS = 16 }; // of a piece of some ten microseconds

typedef struct thread_clock {
    double hertz, had;
} thread_clock;

typedef struct clock_task {
    double seconds;
    thread_clock *threads; // [members]
} clock_task;

// Cycles that it takes. The operand is in a register: some processors add constants for nothing.
static double run_chain(uint64_t *sum, uint64_t operand)
{
    uint64_t x = *sum;
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < ADDITIONS; i++) {
            x += operand;
            __asm__ volatile("" : "+r"(x), "+r"(operand));
        }
    *sum = x;
    return (double)ROUNDS * ADDITIONS;
}

static void measure(void *task, int me, int members)
{
    (void)members;
    const clock_task *t = task;
    uint64_t sum = 0;
    double start = pn_clock(), had = pn_thread_seconds(), most = 0, begin = had;
    while (pn_clock() < start + t->seconds) {
        double cycles = run_chain(&sum, (uint64_t)me + 1), now = pn_thread_seconds();
        most = now > begin ? fmax(most, cycles / (now - begin)) : most;
        begin = now;
    }
    t->threads[me].hertz = HAS_CHAIN ? most : 0;
    t->threads[me].had = (pn_thread_seconds() - had) / (pn_clock() - start);
}

void pn_core_clock_measure(pn_core_clock *clock, pn_team *team, double seconds)
{
    int members = pn_team_size(team);
    clock_task task = {seconds, calloc((size_t)members, sizeof *task.threads)};
    *clock = (pn_core_clock){0, 0};
    if (!task.threads)
        return;
    pn_team_run(team, measure, &task);
    *clock = (pn_core_clock){task.threads[0].hertz, fmin(1, task.threads[0].had)};
    for (int i = 1; i < members; i++) {
        clock->hertz = fmin(clock->hertz, task.threads[i].hertz);
        clock->had = fmin(clock->had, task.threads[i].had);
    }
    free(task.threads);
}
