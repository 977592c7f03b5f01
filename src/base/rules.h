// SPDX-License-Identifier: BSD-3-Clause
// The rules by which a plan is performed, where they decide what it takes: how many threads factor
// a panel beside the multiplication, how a product is cut for a team, how far a broadcast runs
// ahead. They are data of the plan, so that the executor and the model of its time go by the same
// ones.
#ifndef PN_BASE_RULES_H
#define PN_BASE_RULES_H

#include "base/types.h"

// How the rows of a product C := C - L U are cut into slabs, which the threads of a team take one
// by one: large ones first, and shrinking ones towards the end.
typedef struct pn_slab_rules {
    pn_lidx least; // rows: below, packing U again costs more than the balance brings
    pn_lidx most;  // above, L as the BLAS packs it no longer fits a shared third-level cache
    double share;  // of what is left, for each thread of the team
    pn_lidx grain; // rows of which a slab has a multiple: a cache line of a column of L
    // A single thread's pieces, between which it looks after messages, and their least size.
    int alone_pieces;
    pn_lidx alone_least;
} pn_slab_rules;

typedef struct pn_rules {
    pn_slab_rules slabs;
    // A panel of b columns on c threads beside the update of w columns on the others ends with it
    // if c / threads = crew_panel b / (crew_panel b + crew_update w): the panel's arithmetic, m b^2
    // operations, runs at 2 / crew_panel of the rate of the multiplication, 2 m w b.
    double crew_panel, crew_update;
    // Of the trailing columns, those of which U is solved for before the multiplication begins,
    // where the others' is solved for beside it (pn_plan.solves_beside): enough of them for the
    // multiplication to outlast that, few enough to end before the panel does.
    double solved_first;
    int window; // messages of a broadcast that a process has under way, each way
} pn_rules;

extern const pn_rules pn_rules_usual;

// Rows of the next slab if `left` of `all` are left.
pn_lidx pn_rules_slab(const pn_slab_rules *slabs, pn_lidx left, pn_lidx all, int threads);

// Threads, of `threads`, that should factor a panel of this width while the others update `columns`
// columns; 1 at least.
int pn_rules_crew(const pn_rules *rules, int threads, int width, pn_lidx columns);

// Of panels and solves of FP32, products from so deep on are of 16 bits where the others are: the
// same that would be with blocks of this size, so that larger blocks cost no more of FP32.
enum { PN_ROUNDED_DEPTH = 256 };

#endif
