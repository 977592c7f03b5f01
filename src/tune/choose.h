// SPDX-License-Identifier: BSD-3-Clause
// From what the user wishes and what every rank has, choose what the user left open: threads, NB,
// P x Q, N; say why in one line each, and what to expect. Pure: the same input gives the same
// choice on every rank, so each rank can make it alone from the gathered facts.
#ifndef PN_TUNE_CHOOSE_H
#define PN_TUNE_CHOOSE_H

#include "base/settings.h"
#include "base/status.h"
#include "base/types.h"
#include "tune/arrange.h"
#include "tune/search.h"

// What one rank has. Flat: may be sent between ranks as bytes.
typedef struct pn_facts {
    char host[64];
    char kind[64];            // processor or device, and what multiplies there
    uint64_t cpu_set;         // pn_host.cpu_set: equal on ranks that may use the same processors
    int32_t cores;            // physical cores it may use (shared with the ranks of equal cpu_set)
    int32_t host_cores;       // physical cores of its host
    int64_t memory_available; // bytes on its host, for all ranks there
    int64_t device_memory;    // bytes of a device that it has for the matrix; 0: it uses its host's
    double rate_gflops;  // measured multiply rate of the rank with its threads; 0: not measured
    double panel_gflops; // the same of a panel alone; 0: not measured
    double rows_gflops;  // the same of exchanging NB rows and solving for U; 0: not measured
    double share;        // relative speed that was given for it; 0: none was
    // What was asked for where this rank was started, in place of the wishes of all; 0: nothing.
    int32_t threads;
    double memory_share;
    int64_t memory_bytes;
} pn_facts;

// 0 or NULL: not asked for.
typedef struct pn_wishes {
    pn_gidx n;
    int nb;
    int p, q;             // both or none
    int threads;          // a rank
    double seconds;       // of the solve; 60 if not asked for. No effect with n
    double memory_share;  // of what is available on each host; 0.8 if not asked for
    int64_t memory_bytes; // on each host, in place of the share
    int buffers;          // panels under way
    pn_share_mode share_mode;
    const double *shares; // [share_count] relative speeds of the process columns: sets Q
    int share_count;
    char mapping; // 'R'ow-major or 'C'olumn-major ranks
    // What was measured between the hosts, numbered in the order of their first ranks; borrowed.
    const pn_host_links *links;
} pn_wishes;

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
    int slot, slots;     // its place among the ranks that share its processors
    bool oversubscribed; // more threads than cores there: binding would only hurt
    double turn;         // part of the time that each of its threads can have a core
    int core, cores;     // its processors begin at this part of those that are there (pn_host_cpus)
    int64_t bytes_allowed; // its part of its host's memory, or of its device's
    double rate_gflops;    // that was reckoned with
    bool is_full;          // holds its process column to fewer block columns than are its due
    pn_left_out left_out;
} pn_rank_choice;

typedef struct pn_choice {
    pn_gidx n;
    int nb, p, q; // p: of the tallest process column
    bool column_major_ranks;
    pn_arrangement arrangement;
    int rank_count;
    pn_rank_choice *ranks;
    pn_gidx largest_n;       // that fits, a multiple of NB
    int64_t bytes_needed;    // over all ranks
    int64_t bytes_available; // over all ranks: the sum of bytes_allowed
    int tuned_count;
    pn_tuned tuned[PN_TUNED_MOST]; // what the search tried, the best first
    int taken;                     // of these: the first, or one as good with more usual blocks
    double seconds;       // expected, of the solve; at 30 GFLOP/s a core where not measured
    double other_seconds; // expected, generation and verification together
    double rate_gflops;   // expected
    double capped_loss;   // part of the rate that full columns cost
    double panel_loss;    // and that the slow panels of unlike ranks cost
    pn_choice_line lines[PN_CHOICE_ITEMS];
} pn_choice;

// A row of the table of kinds: the ranks of a kind that take part, or are left out for one reason.
typedef struct pn_choice_part {
    char kind[64];
    int hosts, ranks, columns;
    double rate_gflops;    // of all its ranks
    int64_t bytes_allowed; // of all its ranks
    double share;          // of the block columns, 0 to 1
    int full;              // ranks whose memory holds no more block columns than they own
    int first_full;        // the first of these
    pn_left_out left_out;
} pn_choice_part;

// Fills parts[most], one for each kind, in the order of the process columns and then what is left
// out; returns how many there are. Failure (memory): 0.
int pn_choice_parts(const pn_choice *choice, const pn_facts *facts, pn_choice_part *parts,
                    int most);

// "N", "NB", ...: what lines[item].name is; it does not travel with the bytes of a choice.
const char *pn_choice_name(pn_choice_item item);

// facts[ranks]. With shares by rate, ranks that cost more than they bring, be it by their rate,
// their links or their memory, are left out (choose_leave.c), unless a grid was asked for or shares
// were given for each rank. Failures (PN_ERROR_USAGE or
// PN_ERROR_MEMORY), each saying what was asked and what is allowed: P x Q that is not `ranks`, N or
// NB out of range, N that does not fit (with the largest that does), a host without memory for the
// smallest N.
pn_status pn_choose(pn_choice *choice, const pn_wishes *wishes, const pn_facts *facts, int ranks);
void pn_choice_release(pn_choice *choice);

// The first part of pn_choose, which needs no rates: threads, slots and memory of each rank, so
// that rates can be measured with the threads of the run. out[ranks]. A host's memory, less what
// its ranks with devices take of it (choose_ranks.c), goes by equal parts to the other ranks.
pn_status pn_choose_threads(pn_rank_choice *out, const pn_wishes *wishes, const pn_facts *facts,
                            int ranks);

// Whether ranks of one kind and number of threads, with processors of their own, have measured
// rates that are not alike: one is slower for good, or was disturbed meanwhile.
bool pn_choose_disagree(const pn_rank_choice *choices, const pn_facts *facts, int ranks);

typedef struct pn_choice_piece { // of a matrix, on one rank
    int64_t rows, columns;
    bool exchanged; // rows with other ranks
    int buffers;    // panels under way; 0: as many as by default
} pn_choice_piece;

// Bytes that a rank takes for its piece.
int64_t pn_choice_piece_bytes(pn_gidx n, int nb, const pn_choice_piece *piece);

// Bytes that the most loaded rank takes for equal shares of an N x N matrix on a P x Q grid; what
// pn_benchmark_bytes says exactly once there is a layout.
int64_t pn_choice_rank_bytes(pn_gidx n, int nb, int p, int q);

#endif
