// SPDX-License-Identifier: BSD-3-Clause
// Ranks that might be left out together: few candidates, however large the job.
#ifndef PN_TUNE_CHOOSE_CANDIDATES_H
#define PN_TUNE_CHOOSE_CANDIDATES_H

#include "tune/choosing.h"

typedef struct pn_candidate {
    bool *out;    // [ranks] who would go, beside those that are left out already
    double rates; // of these together, FLOP/s
    double price; // about what the others would reach, FLOP/s; set by who prices it
    bool has_little_memory;
} pn_candidate;

enum { PN_CANDIDATE_KINDS = 8, PN_CANDIDATE_HOSTS = 8, PN_CANDIDATES_FEW = 4 };
// Each kind, its slow ranks, the slowest kinds; hosts, several of them; twice the poor in memory.
enum { PN_CANDIDATES_MOST = 3 * PN_CANDIDATE_KINDS + 2 * PN_CANDIDATE_HOSTS + 2 };

typedef struct pn_candidates {
    int count;
    pn_candidate candidate[PN_CANDIDATES_MOST + 1];
    bool *memory;
} pn_candidates;

// Memory for the candidates of a job; nothing listed yet. Failure: memory.
pn_status pn_candidates_create(pn_candidates *candidates, const pn_choosing *choosing);
void pn_candidates_release(pn_candidates *candidates);

// Lists those of the ranks that take part: the slowest kinds, each alone and with those below it,
// and the slow ranks of each; where links between hosts differ, the hosts that are reached most
// slowly, alone and together; the ranks with the least memory, and with the least for their rate.
// Nobody is listed without whom the others could not reach what the choice so far expects.
void pn_candidates_list(pn_candidates *candidates, const pn_choosing *choosing);

// Fills even[ranks] with what is known of them, but with the mean rate of its kind for each that
// takes part.
void pn_candidates_even_out(pn_rank_rate *even, const pn_choosing *choosing);

#endif
