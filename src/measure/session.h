// SPDX-License-Identifier: BSD-3-Clause
// A run may take several starts: it is written away, ends or dies, and goes on elsewhere. A session
// is what one start contributed, and who took part in it. Plain bytes: may be sent and copied.
#ifndef PN_MEASURE_SESSION_H
#define PN_MEASURE_SESSION_H

#include "base/types.h"

enum { PN_SESSION_KINDS = 16, PN_SESSIONS_MOST = 256 };

typedef struct pn_session_kind { // like ranks
    char kind[64];
    char host[64]; // of the first of them
    int ranks;
} pn_session_kind;

typedef struct pn_session {
    double began;        // seconds since 1970, of its part of the solve
    double seconds;      // that it solved: to its last checkpoint, or to the end of the run
    pn_gidx first, next; // steps: where it began, and the first that it did not do until then
    int ranks, p, q;     // of the tallest process column; process columns
    char mpi[64];
    int kind_count; // kinds beyond the last place count as of the last
    pn_session_kind kinds[PN_SESSION_KINDS];
} pn_session;

#endif
