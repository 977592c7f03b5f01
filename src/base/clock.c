// SPDX-License-Identifier: BSD-3-Clause
// CLOCK_MONOTONIC is slewed by NTP, by 0.05 % at most, and never set: durations of a run are right
// and never negative.
#include "base/clock.h"

#include <sched.h>
#include <time.h>

static double read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double pn_clock(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

double pn_processor_seconds(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

double pn_thread_seconds(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

void pn_nap(double seconds)
{
    time_t whole = (time_t)seconds;
    nanosleep(
        &(struct timespec){.tv_sec = whole, .tv_nsec = (long)(1e9 * (seconds - (double)whole))},
        NULL);
}

void pn_relax(long spins)
{
    enum { SPINS_BEFORE_YIELD = 2000 };
    if (spins < SPINS_BEFORE_YIELD) {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        __asm__ volatile("yield");
#endif
        return;
    }
    sched_yield();
}
