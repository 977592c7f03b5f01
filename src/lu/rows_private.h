// SPDX-License-Identifier: BSD-3-Clause
// What making a row exchange ready (rows_setup.c) and performing it (rows.c) share.
#ifndef PN_LU_ROWS_PRIVATE_H
#define PN_LU_ROWS_PRIVATE_H

#include "lu/rows.h"

enum { PN_ROWS_GRAIN = 8 }; // columns, of which a process's piece of a slice is a multiple

// Memory for messages, the host's or the part's. The look-ahead panel has its own; the first and
// the second part are never under way together and share one.
typedef struct pn_rows_area {
    void *memory;
    size_t bytes;
} pn_rows_area;

// Messages of one slice under way: entries of the matrix's element type.
typedef struct pn_rows_exchange {
    char *incoming;       // pieces of pivot rows by source: [width x own piece]
    char *outgoing;       // pieces of pivot rows by destination, then moved rows for others
    char *moved;          // moved rows from the owner; beside `outgoing`, or over it
    bool moved_last;      // over it: they are received once it is sent
    char *solved;         // solved pieces by process; over `outgoing`, once that is sent
    pn_request *sends;    // [2 * processes]
    pn_request *receives; // [processes + 1]
    int send_count, receive_count;
} pn_rows_exchange;

struct pn_rows {
    pn_rows_request request;
    pn_interchange interchange;
    const void *l11;
    pn_lidx ld_l11;
    int owner;           // process that holds the pivot block
    int *piece_begin;    // [processes + 1] pivot rows, ordered by the process that holds them
    pn_lidx *held_u;     // [NB] their places in U, in that order
    pn_lidx *held_row;   // [NB] local rows of those held here
    int *moved_begin;    // [processes + 1] moved rows, ordered by destination
    pn_lidx *moved_from; // [NB] local rows at the owner
    pn_lidx *moved_to;   // [NB] local rows at the destination
    pn_rows_exchange exchanges[PN_SLICES];
    pn_rows_area look_ahead_area, wide_area;
};

#endif
