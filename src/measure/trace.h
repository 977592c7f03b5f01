// SPDX-License-Identifier: BSD-3-Clause
// The time of each operation of the plan, per step, on one rank.
#ifndef PN_MEASURE_TRACE_H
#define PN_MEASURE_TRACE_H

#include "base/status.h"
#include "base/types.h"

// What time is spent on; the columns of the record. (identifier, name in reports)
#define PN_PHASES(X)                                                                               \
    X(PANEL, "panel")                                                                              \
    X(BROADCAST, "broadcast_wait")                                                                 \
    X(ROWS, "row_exchange")                                                                        \
    X(SOLVE_ROWS, "row_block_solve")                                                               \
    X(STRIP, "look_ahead_strip")                                                                   \
    X(MULTIPLY, "multiply")                                                                        \
    X(BACK, "back_substitution")

typedef enum pn_phase {
#define PN_PHASE_ENUM(id, name) PN_PHASE_##id,
    PN_PHASES(PN_PHASE_ENUM)
#undef PN_PHASE_ENUM
        PN_PHASE_COUNT
} pn_phase;

const char *pn_phase_name(pn_phase phase);

typedef struct pn_step_record {
    pn_gidx step;
    double begin;                   // seconds since the clock started
    double seconds[PN_PHASE_COUNT]; // of the calling thread
} pn_step_record;

typedef struct pn_trace {
    pn_gidx steps;  // in the plan
    pn_gidx stride; // every stride-th step has a record of its own
    pn_gidx count;  // records
    pn_step_record *records;
    double total[PN_PHASE_COUNT]; // over all steps
} pn_trace;

// Room for at most `limit` records of `steps` steps (thinned by an even stride).
pn_status pn_trace_create(pn_trace *trace, pn_gidx steps, pn_gidx limit);
void pn_trace_release(pn_trace *trace);
void pn_trace_begin_step(pn_trace *trace, pn_gidx step, double now);
void pn_trace_add(pn_trace *trace, pn_gidx step, pn_phase phase, double seconds);

#endif
