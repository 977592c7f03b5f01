// SPDX-License-Identifier: BSD-3-Clause
// Who is there and who is missing, of what a host can know: which ranks are present on it, and what
// the launcher said of its own.
#ifndef PN_COMM_ROLL_CALL_H
#define PN_COMM_ROLL_CALL_H

#include "comm/launcher.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct pn_rank_list { // in words; a long one ends in "..."
    int count;
    char words[256];
} pn_rank_list;

void pn_rank_list_add(pn_rank_list *ranks, int rank);

typedef struct pn_roll_call {
    const pn_launch *launch;
    const char *host;
    // Whether the rank is on this host. Asked of the other ranks only.
    bool (*is_present)(const pn_launch *launch, int rank);
} pn_roll_call;

// The least rank that is present: it speaks for the host.
int pn_roll_call_speaker(const pn_roll_call *roll);

// In words, after `seconds` in which not all have started. Missing ranks are named where it is
// known which ones belong to this host; otherwise who is here, and how many more there should be.
void pn_roll_call_text(const pn_roll_call *roll, double seconds, char *text, size_t bytes);

#endif
