// SPDX-License-Identifier: BSD-3-Clause
// Observers of the factorisation: one files the time of each operation, one tells people how far it
// is, one tells the watch against stalls where this rank is.
#ifndef PN_RUN_WATCH_H
#define PN_RUN_WATCH_H

#include "base/log.h"
#include "comm/comm.h"
#include "lu/factor.h"
#include "measure/result.h"
#include "run/onlookers.h"

typedef struct pn_watch {
    pn_trace *trace;
    pn_log *log;
    struct pn_notice *notice; // where it is told how far the run is; NULL: nowhere
    pn_onlookers *onlookers;  // NULL: nobody
    const pn_result *result;  // so far
    pn_gidx n, steps;
    int nb, p, q;
    bool is_silent;      // no line for people
    pn_gidx first;       // step that it begins with
    double origin;       // when the clock started
    pn_pace pace;        // as announced
    double spoken;       // when the last line was told
    double last, share;  // when the last facts were told, and the share that was done then
    pn_gidx step;        // the one under way
    pn_gidx multiplying; // the one whose multiplications have begun
} pn_watch;

pn_observer pn_watch_trace(pn_watch *watch);
pn_observer pn_watch_progress(pn_watch *watch);
pn_observer pn_watch_position(pn_comm *comm);

#endif
