// SPDX-License-Identifier: BSD-3-Clause
// Numbers for the peers' matrices: uniform in [-0.5, 0.5), from a 64-bit congruential generator, so
// that pivoting has as much to do as in a Linpack.
#ifndef PN_BENCH_RANDOM_H
#define PN_BENCH_RANDOM_H

#include <stddef.h>
#include <stdint.h>

static inline void random_fill(double *numbers, size_t count, uint64_t seed)
{
    uint64_t state = seed * 0x9E3779B97F4A7C15u + 1;
    for (size_t i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        numbers[i] = 0.5 - (double)(state >> 11) * 0x1p-53;
    }
}

// What a Linpack of order n counts, in units of 1e9.
static inline double linpack_operations(double n)
{
    return 1e-9 * (2.0 / 3.0 * n * n * n + 1.5 * n * n);
}

#endif
