// SPDX-License-Identifier: BSD-3-Clause
// Twelve to sixteen chains hide the latency of two to four units, and fit the registers. A chain is
// x := x a + b, written with registers as vector variables (a compiler may not reorder it); values
// converge to 1, so no operand is ever denormal. SVE, whose vectors have no size that a compiler
// knows, is in assembler.
#include "probe/peak.h"

#include "base/clock.h"
#include "base/types.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(__aarch64__)
#include <sys/auxv.h>
#endif

enum { ROUNDS = 4000 };

// Runs the chains ROUNDS times; returns the operations done. *kept is 0, which no compiler knows.
typedef double chains_function(double *kept);

#define CHAINS(name, attribute, lanes, count)                                                      \
    attribute static double name(double *kept)                                                     \
    {                                                                                              \
        typedef double vector __attribute__((vector_size(8 * (lanes))));                           \
        vector half, x[count];                                                                     \
        for (int lane = 0; lane < (lanes); lane++)                                                 \
            half[lane] = 0.5 + *kept;                                                              \
        for (int i = 0; i < (count); i++)                                                          \
            x[i] = half;                                                                           \
        for (int round = 0; round < ROUNDS; round++)                                               \
            for (int i = 0; i < (count); i++)                                                      \
                x[i] = x[i] * half + half;                                                         \
        for (int i = 0; i < (count); i++)                                                          \
            *kept += 0 * x[i][0];                                                                  \
        return 2.0 * (lanes) * (count)*ROUNDS;                                                     \
    }

#if defined(__x86_64__)
CHAINS(chains_sse2, , 2, 12)
CHAINS(chains_avx, __attribute__((target("avx"))), 4, 12)
CHAINS(chains_avx2, __attribute__((target("avx2,fma"))), 4, 12)
CHAINS(chains_avx512, __attribute__((target("avx512f"))), 8, 12)
#elif defined(__aarch64__)
CHAINS(chains_neon, , 2, 16)

// Sums of quarters: z30 z31 is added to each of 24 registers.
static double chains_sve(double *kept)
{
    uint64_t lanes, rounds = ROUNDS;
    __asm__ volatile(".arch_extension sve\n\t"
                     "cntd %0\n\t"
                     "ptrue p0.d\n\t"
                     "fmov z30.d, #0.5\n\t"
                     "fmov z31.d, #0.5\n\t"
                     "1:\n\t"
#define ADD(i) "fmla z" #i ".d, p0/m, z30.d, z31.d\n\t"
                     ADD(0) ADD(1) ADD(2) ADD(3) ADD(4) ADD(5) ADD(6) ADD(7) ADD(8) ADD(9) ADD(10)
                         ADD(11) ADD(12) ADD(13) ADD(14) ADD(15) ADD(16) ADD(17) ADD(18) ADD(19)
                             ADD(20) ADD(21) ADD(22) ADD(23)
#undef ADD
                                 "subs %1, %1, #1\n\t"
                                 "b.ne 1b\n\t"
                     : "=&r"(lanes), "+r"(rounds)
                     :
                     : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9",
                       "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20",
                       "v21", "v22", "v23", "v30", "v31");
    (void)kept;
    return 2.0 * (double)lanes * 24 * ROUNDS;
}
#else
CHAINS(chains_scalar, , 2, 12)
#endif

static chains_function *widest(const char **unit)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    bool avx512 = __builtin_cpu_supports("avx512f"), avx = __builtin_cpu_supports("avx");
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    *unit = avx512 ? "AVX-512" : avx2 ? "AVX2" : avx ? "AVX" : "SSE2";
    return avx512 ? chains_avx512 : avx2 ? chains_avx2 : avx ? chains_avx : chains_sse2;
#elif defined(__aarch64__)
    const unsigned long has_sve = 1ul << 22; // HWCAP_SVE
    bool sve = getauxval(AT_HWCAP) & has_sve;
    *unit = sve ? "SVE" : "NEON";
    return sve ? chains_sve : chains_neon;
#else
    *unit = "scalar";
    return chains_scalar;
#endif
}

typedef struct peak_task {
    chains_function *chains;
    double seconds;
    double *best; // [members] operations a second
} peak_task;

static void measure(void *task, int me, int members)
{
    (void)members;
    const peak_task *t = task;
    double kept = 0, end = pn_thread_seconds() + t->seconds, best = 0;
    for (double begin = pn_thread_seconds(); begin < end;) {
        double operations = t->chains(&kept), now = pn_thread_seconds();
        best = fmax(best, operations / (now - begin));
        begin = now;
    }
    t->best[me] = best + kept;
}

void pn_peak_measure(pn_peak *peak, pn_team *team, double seconds)
{
    int members = pn_team_size(team);
    *peak = (pn_peak){0};
    peak_task task = {.chains = widest(&peak->unit), .seconds = seconds};
    task.best = calloc((size_t)members, sizeof *task.best);
    if (!task.best)
        return;
    pn_team_run(team, measure, &task);
    for (int i = 0; i < members; i++)
        peak->gflops += 1e-9 * task.best[i] / members;
    free(task.best);
}
