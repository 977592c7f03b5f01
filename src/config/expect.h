// SPDX-License-Identifier: BSD-3-Clause
// What a machine file promises of a host (ranks, and cores for each) held against what the ranks
// found there, before anything is measured on the wrong machine. Pure: facts in, verdict out.
#ifndef PN_CONFIG_EXPECT_H
#define PN_CONFIG_EXPECT_H

#include "config/value.h"

#include <stdint.h>

typedef struct pn_expect_rank { // of one rank. Flat: may be sent between ranks as bytes
    char host[64];
    char node[64];    // several nodes of a scheduler may be one host; "": the host
    uint64_t cpu_set; // equal on ranks of a node that may use the same processors
    int32_t cores;    // physical cores it may use, shared with the ranks of equal cpu_set
    pn_grid expected; // p: ranks of its node, q: cores of each; 0: nothing is expected
} pn_expect_rank;

// Whether ranks[rank] finds what it expects; more cores than expected are allowed. The failure
// (PN_ERROR_USAGE) names the host, what was found and what was expected.
pn_status pn_expect_check(const pn_expect_rank *ranks, int count, int rank);

#endif
