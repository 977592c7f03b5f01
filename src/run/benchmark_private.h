// SPDX-License-Identifier: BSD-3-Clause
// What a run as a whole (benchmark.c) and the moves of block columns in it (benchmark_moves.c)
// share.
#ifndef PN_RUN_BENCHMARK_PRIVATE_H
#define PN_RUN_BENCHMARK_PRIVATE_H

#include "balance/adapt.h"
#include "balance/matrix.h"
#include "lu/factor.h"
#include "run/benchmark.h"
#include "run/watch.h"

enum { PN_RUNNING_OBSERVERS = 4, PN_RUNNING_TAG = 0 };

// One rank's run.
typedef struct pn_running {
    const pn_benchmark *is;
    pn_comm *comm;
    pn_compute *compute;
    pn_log *log;
    pn_result *result;
    pn_place place;
    pn_layout *layout; // of our own, once block columns have moved
    pn_adapt adapt;
    pn_matrix matrix;
    double touch; // seconds for a byte of memory that a move needs and idle time does not find
    size_t ahead; // bytes that it may grow to before it is known what moves
    double *x;
    pn_lu *lu;
    pn_watch watch;
    pn_observer observers[PN_RUNNING_OBSERVERS];
    pn_lu_asker mover;
    pn_lu_idler grower;
    double wait_seconds;
    pn_power_record power;
} pn_running;

// The factorisation from `step` on, of the matrix as it is distributed now.
pn_lu_request pn_running_request(pn_running *r, pn_gidx step);

// All ranks fail or none: the worst status of all, and what it says on the rank it concerns.
pn_status pn_running_agree(pn_running *r, pn_status status);

// Whether block columns may move.
bool pn_running_moves(const pn_running *r);

// Makes a factorisation pause where columns are to move, and idle time of use for that.
void pn_running_follow(pn_running *r, pn_lu_request *request);

// Moves block columns as was decided, if there is room, and gets ready to go on from `step`. All
// ranks call it. Failure: memory, on all ranks.
pn_status pn_running_rearrange(pn_running *r, pn_gidx step);

#endif
