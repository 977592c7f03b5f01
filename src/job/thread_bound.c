// SPDX-License-Identifier: BSD-3-Clause
#include "job/thread_bound.h"

#include "base/plural.h"
#include "base/types.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

// A launcher's processors for each task may be halves of cores; then more threads are bounded by
// the cores.
static const char *const variables[] = {
    "OMP_NUM_THREADS",  "OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS", "SLURM_CPUS_PER_TASK",  "PALS_DEPTH",       "OMP_THREAD_LIMIT"};

// OMP_NUM_THREADS may be a list, one number a level: "4,2".
static int read_number(const char *text)
{
    char *end = NULL;
    long number = text ? strtol(text, &end, 10) : 0;
    bool is_number = text && end != text && (*end == '\0' || *end == ',' || *end == ' ');
    return is_number && number >= 1 && number <= INT_MAX ? (int)number : 0;
}

pn_thread_bound pn_thread_bound_read(void)
{
    pn_thread_bound bound = {.threads = 0};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        int number = read_number(getenv(variables[i]));
        if (number == 0 || (bound.threads && number >= bound.threads))
            continue;
        bound.threads = number;
        snprintf(bound.variable, sizeof bound.variable, "%s", variables[i]);
    }
    return bound;
}

// Libraries have buffers for so many callers only, and some crash beyond.
pn_status pn_thread_bound_check(int64_t asked, int cores)
{
    enum { ALWAYS = 64, OF_A_CORE = 4 };
    int most = (int)pn_max(ALWAYS, (int64_t)OF_A_CORE * cores);
    if (asked <= most)
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "--threads %" PRId64 ": this host has %d core%s; at most %d threads a rank are "
                   "allowed on it",
                   asked, cores, pn_plural(cores), most);
}
