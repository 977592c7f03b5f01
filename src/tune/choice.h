// SPDX-License-Identifier: BSD-3-Clause
// A choice: the settings that are left when nothing is open any more, who takes part and where, and
// what to expect of it.
#ifndef PN_TUNE_CHOICE_H
#define PN_TUNE_CHOICE_H

#include "base/settings.h"
#include "base/status.h"
#include "tune/arrangement.h"
#include "tune/memory.h"
#include "tune/rank_info.h"
#include "tune/search.h"

typedef struct pn_choice_request {
    pn_settings settings; // asked for, as pn_options_settings has them
    // 0 or NULL: not asked for.
    int threads;                // a rank
    double seconds;             // of the solve; 60 if not asked for. No effect with N
    double memory_share;        // of what is available on each host; 0.8 if not asked for
    int64_t memory_bytes;       // on each host, in place of the share
    const pn_host_links *links; // measured between the hosts, numbered as host_id; borrowed
} pn_choice_request;

typedef enum pn_choice_item {
    PN_CHOICE_N,
    PN_CHOICE_NB,
    PN_CHOICE_GRID,
    PN_CHOICE_SHARES,
    PN_CHOICE_MAPPING,
    PN_CHOICE_THREADS,
    PN_CHOICE_MEMORY,
    PN_CHOICE_TIME,
    PN_CHOICE_ITEMS
} pn_choice_item;

typedef struct pn_choice_line { // a row of the table shown before the run
    const char *name;
    char value[64];
    char reason[256];
} pn_choice_line;

// Why a rank takes no part: without it the run is faster, and would not be if it were ...
typedef enum pn_left_out {
    PN_LEFT_OUT_NOT,
    PN_LEFT_OUT_RATE,  // faster
    PN_LEFT_OUT_LINK,  // linked to other hosts as is usual
    PN_LEFT_OUT_MEMORY // free to own what it wants
} pn_left_out;

// How one rank uses its host.
typedef struct pn_rank_choice {
    int threads;
    int on_host;         // ranks on its host
    int sharing;         // of these, ranks whose part of the matrix lies in the host's memory
    int slot, slots;     // its number among the ranks that share its processors
    bool oversubscribed; // more threads than cores there: binding would only hurt
    double cpu_share;    // part of the time that each of its threads can have a core
    int core, cores;     // its processors begin at this part of those that are there (pn_host_cpus)
    int64_t own_allowed; // bytes within the limits of its process alone; INT64_MAX: none
    int64_t overflow_bytes; // of a device's part of the matrix, that may lie in host memory
    int64_t host_taken;     // bytes that the ranks with devices take of its host's memory
    bool is_held;           // by these, below its part of the host's memory
    int64_t bytes_allowed;  // its part of its host's memory, or of its device's
    double rate;            // FLOP/s that was reckoned with
    bool is_full;           // holds its process column to fewer block columns than are its due
    pn_left_out left_out;
} pn_rank_choice;

typedef struct pn_choice {
    pn_settings settings; // complete; p: of the tallest process column. Its shares are borrowed
    pn_arrangement arrangement;
    int rank_count;
    pn_rank_choice *ranks;   // [rank_count]
    pn_gidx largest_n;       // that fits, a multiple of NB
    int64_t bytes_needed;    // over all ranks
    int64_t bytes_available; // over all ranks: the sum of bytes_allowed
    int tuned_count;
    pn_tuned tuned[PN_TUNED_MOST]; // what the search tried, the best first
    int taken;                     // of these: the first, or one as good with more usual blocks
    double seconds;       // expected, of the solve; at 30 GFLOP/s a core where not measured
    double other_seconds; // expected, generation and verification together
    double rate;          // FLOP/s expected
    double capped_loss;   // part of the rate that full columns cost
    double panel_loss;    // and that the slow panels of unlike ranks cost
    double refinement;    // seconds of it in `seconds`; known to rank 0
    pn_choice_line lines[PN_CHOICE_ITEMS];
} pn_choice;

// An empty choice for so many ranks, to be filled with what another rank chose. Failure: memory.
pn_status pn_choice_create(pn_choice *choice, int ranks);
void pn_choice_release(pn_choice *choice);

#endif
