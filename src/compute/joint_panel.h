// SPDX-License-Identifier: BSD-3-Clause
// A panel whose rows are spread over the processes of a column. Each of them may factor its rows on
// the host or in its part's memory: what goes round for a pivot is the same, and so is the state in
// which a row leaves its process. That state is what the recursion below says, which every way of
// factoring such a panel follows:
//
//   up to PN_JOINT_BASE columns  one by one: a column is brought up to date when its turn comes,
//                                by those of the base before it; those right of it wait
//   more                         the left ones, then U of the right ones and their product, then
//                                the right ones
//
// A pivot's row goes, whole, into the row of L11 that belongs to its column, on every process; the
// row of the pivot block that it displaces takes its place.
#ifndef PN_COMPUTE_JOINT_PANEL_H
#define PN_COMPUTE_JOINT_PANEL_H

#include "base/types.h"

enum { PN_JOINT_BASE = 8 };

// Of more columns than a base has: those on the left.
static inline int pn_joint_left(int columns)
{
    return (int)pn_min(pn_round_up(columns / 2, PN_JOINT_BASE), columns);
}

// What goes round the processes for each pivot.
typedef struct pn_pivot_record {
    double size;       // magnitude of the candidate; -1: there is none
    double not_finite; // above 0: an entry of the column is not
    int64_t row;       // of the panel, here; once agreed on, the global one
    int64_t has_top;   // the row that the pivot displaces is here
    double values[];   // [width] the candidate's row, [width] the displaced one
} pn_pivot_record;

static inline size_t pn_pivot_record_bytes(int width)
{
    return sizeof(pn_pivot_record) + 2 * (size_t)width * sizeof(double);
}

// The other processes of the column, as a part sees them that factors its rows of a panel.
typedef struct pn_joint_column {
    bool has_top; // the pivot block is here: the panel's first `width` rows
    // Called for each column of the panel in turn, by the thread that asked for the panel, with
    // what is offered here; on return the record is the winner's, and `row` is the row of the panel
    // here that the displaced row goes to, or -1.
    void (*agree)(void *context, int column, pn_pivot_record *record);
    // Called again and again while the part works and nothing is to be agreed on.
    void (*pause)(void *context);
    void *context;
} pn_joint_column;

#endif
