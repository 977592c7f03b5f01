// SPDX-License-Identifier: BSD-3-Clause
// What the operating system lets this process have: memory and processor time, within the limits
// of every control group (versions 1 and 2) from the process's own up to the root that it can see,
// and of the process itself (RLIMIT_AS, RLIMIT_DATA).
#ifndef PN_MEASURE_LIMITS_H
#define PN_MEASURE_LIMITS_H

#include "base/types.h"

typedef struct pn_limits {
    int64_t memory_total;     // bytes installed; 0 if the system does not say
    int64_t memory_available; // bytes that can be had: the least of MemAvailable and, for each
                              // group, its limit minus what is used and cannot be dropped
    char memory_bound[256];   // what set it: "MemAvailable", or the file of the limit
    uint64_t memory_group; // equal for two processes of one machine if and only if they share the
                           // innermost group that limits memory; 0: there is none
    int64_t own_available; // bytes that this process alone may still map; 0: no limit
    char own_bound[16];    // what set it: "ulimit -v", "ulimit -d"
    double quota;          // processors' worth of time; 0: no limit
} pn_limits;

// proc: "/proc", or a folder made like it.
void pn_limits_observe(pn_limits *limits, const char *proc);

#endif
