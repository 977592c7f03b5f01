// SPDX-License-Identifier: BSD-3-Clause
#include "base/clock.h"

#include <sched.h>
#include <time.h>

double pn_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
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
