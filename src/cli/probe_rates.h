// SPDX-License-Identifier: BSD-3-Clause
// What `panache probe` measures on each rank: the operations of a run, at shapes between which the
// model can tell the others, while all ranks measure; then the links between them.
#ifndef PN_CLI_PROBE_RATES_H
#define PN_CLI_PROBE_RATES_H

#include "job/job.h"

typedef struct pn_probe_rate { // an entry of a machine file; plain bytes, 0 where it says nothing
    char operation[16];
    int32_t threads, nb;
    int64_t m, n;
    double rate;      // operations per second
    double bandwidth; // bytes per second
    double spread;    // (largest - smallest) / median
} pn_probe_rate;

enum { PN_PROBE_RATES = 64 };

// Every rank calls it and has its own rates in rates[*count] afterwards, as many on each rank.
// Failures: memory, told by nobody yet.
pn_status pn_probe_measure(pn_job *job, pn_probe_rate rates[PN_PROBE_RATES], int *count);

typedef struct pn_probe_links {        // 0 where there are none
    double latency, bandwidth;         // between neighbours on one host: the median link
    double far_latency, far_bandwidth; // between neighbours on different hosts
    double exchange; // seconds of a combination of all ranks, for each of its rounds
} pn_probe_links;

enum { PN_PROBE_EXCHANGE_NB = 192 };

// Every rank calls it; the same on all. Failure: memory.
pn_status pn_probe_measure_links(pn_job *job, pn_probe_links *links);

#endif
