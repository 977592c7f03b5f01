// SPDX-License-Identifier: BSD-3-Clause
// What the system says of how it runs this process: clocks and who governs them, pages, pages that
// move between domains, limits that no choice depends on. What it does not say is 0, "" or -1.
#ifndef PN_MEASURE_SYSTEM_FACTS_H
#define PN_MEASURE_SYSTEM_FACTS_H

#include <stdint.h>

// Where to look; NULL stands for "/proc" and "/sys". Others are for tests.
typedef struct pn_system_source {
    const char *proc, *sys;
    int cpu; // whose clock
} pn_system_source;

typedef struct pn_system_facts {
    char governor[32], driver[32]; // of the clock
    double base_hertz;             // that the processor holds by its name or its driver
    double most_hertz;             // that it can have
    double limit_hertz;            // that somebody lets it have
    int turbo;                     // 1: clocks above the base are allowed; 0: they are not
    char huge_pages[16];           // "always", "madvise", "never"
    int numa_balancing;            // 1: the system moves pages between domains
    int64_t locked_bytes;          // that may be kept from being moved; 0: without a limit
    double started;                // seconds from the system's start to this process's
} pn_system_facts;

void pn_system_facts_read(pn_system_facts *facts, const pn_system_source *source);

#endif
