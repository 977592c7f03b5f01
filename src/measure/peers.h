// SPDX-License-Identifier: BSD-3-Clause
// How each of several alike compares with its own kind.
#ifndef PN_MEASURE_PEERS_H
#define PN_MEASURE_PEERS_H

#include "base/status.h"

typedef struct pn_peer {
    const char *kind; // borrowed; equal text is the same kind
    double value;     // more is better
    double relative;  // result: value / median of its kind; 1 for the only one of a kind
} pn_peer;

// Sets `relative` of peers[count]. Of an even number the better of the middle two counts as the
// median, so that of two unlike ones the slower stands out. Failure: memory.
pn_status pn_peers_compare(pn_peer *peers, int count);

#endif
