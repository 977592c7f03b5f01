// SPDX-License-Identifier: BSD-3-Clause
// What a run as a whole (benchmark.c) and the moves of block columns in it (benchmark_migration.c)
// share.
#ifndef PN_RUN_BENCHMARK_PRIVATE_H
#define PN_RUN_BENCHMARK_PRIVATE_H

#include "balance/adapt.h"
#include "balance/matrix.h"
#include "check/row_check.h"
#include "lu/back.h"
#include "lu/factor.h"
#include "run/benchmark.h"
#include "run/saver.h"
#include "run/watch.h"

enum { PN_RUNNING_OBSERVERS = 4, PN_RUNNING_ASKERS = 4, PN_RUNNING_TAG = 0 };

// One rank's run.
typedef struct pn_running {
    const pn_benchmark *benchmark;
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
    pn_back *back;
    pn_watch watch;
    pn_observer observers[PN_RUNNING_OBSERVERS];
    pn_lu_asker askers[PN_RUNNING_ASKERS];
    pn_lu_idler grower;
    pn_saver saver;
    pn_row_check check;
    pn_gidx check_due;    // step before which rows are checked next
    pn_gidx first;        // step that it begins with
    double solve_seconds; // this start's part of the solve
    double wait_seconds;
    pn_power_record power;
    pn_energy *energy; // NULL: another rank reads the meters of this host
} pn_running;

// The factorisation from `step` on, of the matrix as it is distributed now.
pn_lu_request pn_running_request(pn_running *r, pn_gidx step);
// Bytes that a factorisation at this place takes beside its matrix.
size_t pn_running_beside(const pn_running *r, const pn_place *place);

// All ranks fail or none: the worst status of all, and what it says on the rank it concerns.
pn_status pn_running_agree(pn_running *r, pn_status status);

// Whether block columns may move.
bool pn_running_migrates(const pn_running *r);

// Makes a factorisation pause where columns are to move or a checkpoint is due, and idle time of
// use for moves.
void pn_running_follow(pn_running *r, pn_lu_request *request);

// What checkpoints need, found before the clock starts. Failure: memory, this rank's own.
pn_status pn_running_open_saver(pn_running *r);
void pn_running_close_saver(pn_running *r);
// Reads the matrix from the newest generation that is whole, in place of generating it; the others
// are refused by name. All ranks call it.
pn_status pn_running_restore(pn_running *r);
// Who takes part in this start; all ranks call it, before the clock starts.
void pn_running_open_session(pn_running *r);
// This start's session begins or ends now.
void pn_running_begin_session(pn_running *r);
void pn_running_end_session(pn_running *r);
// Writes a checkpoint of the matrix before `step`, on all ranks. One that cannot be written is said
// once, and no failure. Failure: a signal asked for an end.
pn_status pn_running_save(pn_running *r, pn_gidx step);
// The sessions so far, for rank 0's result. Failure: memory.
pn_status pn_running_tell_sessions(pn_running *r);

// Whether rows are checked.
bool pn_running_checks(const pn_running *r);
// What checks need, found before the clock starts. Failure: memory, this rank's own.
pn_status pn_running_open_check(pn_running *r);
void pn_running_close_check(pn_running *r);
// After the matrix was generated, on all ranks: writes the sums of its rows.
void pn_running_begin_check(pn_running *r);
// The same after the matrix and, on rank 0, the order of its rows were read from a checkpoint.
void pn_running_resume_check(pn_running *r);
// Adds who asks for checks to the list; returns how many.
int pn_running_check_askers(pn_running *r, pn_lu_asker *askers);
// Checks the matrix as the factorisation left it, on all ranks. What is wrong is put right, told
// and recorded; *next becomes the step to go on with, and a finding that came of it none. Failures:
// what cannot be put right, by name; memory.
pn_status pn_running_check(pn_running *r, const pn_lu_outcome *outcome, pn_gidx *next);

// Moves block columns as was decided, if there is room, and gets ready to go on from `step`. All
// ranks call it. Failure: memory, on all ranks.
pn_status pn_running_migrate(pn_running *r, pn_gidx step);

#endif
