// SPDX-License-Identifier: BSD-3-Clause
// What a run found out: plain numbers and names, filled by rank 0, read by the reports.
#ifndef PN_MEASURE_RESULT_H
#define PN_MEASURE_RESULT_H

#include "base/settings.h"
#include "base/status.h"
#include "base/types.h"
#include "measure/correction.h"
#include "measure/energy.h"
#include "measure/power.h"
#include "measure/session.h"
#include "measure/trace.h"

#include <time.h>

typedef enum pn_finding {
    PN_FINDING_NONE,
    PN_FINDING_SINGULAR,   // a column without a nonzero pivot
    PN_FINDING_NOT_FINITE, // NaN or infinity met in a pivot column
    PN_FINDING_RESIDUAL,   // the residual is not below the threshold
    PN_FINDING_GROWTH,     // without pivoting a column grows beyond what its format can hold
    PN_FINDING_DIVERGED,   // refinement does not converge
    PN_FINDING_EMULATED,   // it passed, but products were not in native FP64, and nobody asked so
    PN_FINDING_COUNT
} pn_finding;

typedef struct pn_norms {
    double a_one, a_inf, x_one, x_inf, b_inf;
} pn_norms;

enum { PN_REFINEMENT_MOST = 50 };

// How a solution in FP32 was refined. A step multiplies the residual by its contraction.
typedef struct pn_refinement {
    int steps; // after the first solution
    int gmres; // of these, the last, by GMRES
    double contraction[PN_REFINEMENT_MOST];
    double residual; // scaled, at last
    bool diverged;   // it does not pass, and steps brought too little, or there were too many
} pn_refinement;

typedef struct pn_rank_record {
    int rank;
    int row, column; // place in the grid
    char host[64];
    char kind[64];   // processor or device
    char device[32]; // its address on the host's bus; "" for processors
    int threads;
    pn_element product; // what its multiplications take; their sums are of the matrix's type
    int kept_bits;      // of its products of FP64 (compute/kept_bits.h); 0: all
    double cpu_share;   // part of the time that each of them can have a core; 0: all of it
    double rate;        // FLOP/s of its multiplications during the run
    double alone_rate;  // the same of a multiplication alone, just before it; 0: not measured
    int64_t block_columns;
    int64_t matrix_bytes;
    int64_t hosted_bytes; // of them, of a device's, in the host's memory
    double busy_seconds;  // computing
    double wait_seconds;  // waiting for others
    double phase_seconds[PN_PHASE_COUNT];
    pn_power_record power;   // of its device, while the clock ran
    int host_id;             // the same for all ranks of a host
    pn_energy_record energy; // of the whole host, told by one of its ranks
} pn_rank_record;

typedef struct pn_migration_run { // neighbouring block columns that moved together
    pn_gidx first, blocks;
    int32_t from, to; // process columns
} pn_migration_run;

typedef struct pn_migration_record { // block columns that changed hands during the run
    pn_gidx step;                    // before which
    pn_gidx blocks;                  // that moved
    double seconds;                  // it took
    double expected_gain;            // part of the remaining time
    int64_t runs;                    // 0 in a record that holds no more than the number of blocks
    pn_migration_run *run;           // [runs] from the left
} pn_migration_record;

// Who owns which block columns: run i is `blocks[i]` neighbours of process column `column[i]`.
typedef struct pn_ownership {
    pn_gidx block_columns; // the sum of the blocks
    int64_t runs;
    int32_t *column;
    int64_t *blocks;
} pn_ownership;

typedef struct pn_timeline { // of one rank, thinned
    int rank;
    pn_trace trace;
} pn_timeline;

typedef struct pn_column_record { // of a process column
    int height;
    double share;          // relative speed it was dealt block columns by
    int64_t cap;           // most that its memory holds; -1: no limit
    int64_t block_columns; // owned
} pn_column_record;

typedef struct pn_result {
    pn_settings settings;     // complete: those of the run, p that of the tallest process column
    double seconds;           // since the solve began, in whichever start of the program that was
    double computing_seconds; // those of them in which it was solved
    int session_count;
    pn_session *sessions;      // [session_count] where checkpoints were written: the starts it took
    int checkpoint_count;      // written since the last start
    double checkpoint_seconds; // that this took
    int check_count;           // of the rows of the matrix
    double check_seconds;      // that this took
    double check_noise;        // standard deviation of what rounding makes of the sum of a row
    double check_largest;      // difference that passed, in such deviations
    int correction_count;
    pn_correction *corrections; // [correction_count] errors that were found and put right
    double rate;                // FLOP/s: what HPL counts for N (base/flops.h), by these seconds
    double residual;
    double threshold;
    int fp64_asked; // bits that products of FP64 were to be emulated with; 0: native ones
    bool passed;
    pn_finding finding;
    pn_gidx finding_column; // global column of a singular or not finite pivot, from 0
    pn_norms norms;
    double lu_seconds;        // of `seconds`, those of the factorisation
    pn_refinement refinement; // where settings.element is not FP64
    double generate_seconds;
    double verify_seconds;
    double expected_seconds; // announced beforehand; 0 if nothing was
    time_t began, ended;
    int rank_count;
    pn_rank_record *ranks; // that took part, in ascending order of their numbers
    int migration_count;
    pn_migration_record *migrations; // [migration_count] all of them
    pn_gidx no_room; // step before which columns should have moved without room; 0: never
    int virtual_rows;
    pn_column_record *columns; // [q]
    int left_out_count;
    int *left_out;  // ranks that took no part
    pn_trace trace; // of the first rank that took part
    int timeline_count;
    pn_timeline *timelines;       // of some other ranks
    pn_ownership ownership;       // as dealt
    pn_ownership ownership_after; // the last move; no runs: nothing moved
} pn_result;

void pn_result_release(pn_result *result);

// From owner[blocks], as pn_layout holds it. Failure: memory.
pn_status pn_ownership_create(pn_ownership *ownership, const int32_t *owner, pn_gidx blocks);

// What changes between two tables of owners, from before[blocks] to after[blocks]; step, seconds
// and gain are left to the caller. Failure: memory.
pn_status pn_migration_create(pn_migration_record *migration, const int32_t *before,
                              const int32_t *after, pn_gidx blocks);
void pn_migration_release(pn_migration_record *migration);

// Room for one move more behind those that are counted. Failure: memory, and all is as before.
pn_status pn_result_reserve_migration(pn_result *result);

// Adds one. Failure: memory, and all is as before.
pn_status pn_result_add_correction(pn_result *result, const pn_correction *correction);

// The record of a rank by its number; NULL if it took no part.
const pn_rank_record *pn_result_rank(const pn_result *result, int rank);

#endif
