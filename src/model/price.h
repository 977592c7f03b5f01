// SPDX-License-Identifier: BSD-3-Clause
// What each operation of a step costs: the plan of one process of a column, priced. Columns of one
// class that are as high, have the same blocks left, and own the next panel or not, are alike
// within a step and share a list; the lists are dropped when the step is over.
#ifndef PN_MODEL_PRICE_H
#define PN_MODEL_PRICE_H

#include "model/cost.h"

typedef struct pn_price {
    pn_op_kind kind;
    pn_slice slice;
    bool owner;       // of the panel that is sent
    double seconds;   // of the link for PN_OP_ROWS_START, else of the one who performs it
    double allgather; // of the link for PN_OP_ROWS_FINISH, after its `seconds`
    double busy;      // share of the multiplier that performs it beside the host's time
    double bytes;     // of a panel, one process's rows
} pn_price;

typedef struct pn_price_list {
    int class, height;
    pn_gidx left;
    bool owner;
    int count;
    pn_price price[PN_PLAN_STEP_LIMIT];
} pn_price_list;

enum { PN_PRICE_LISTS = 256 };

typedef struct pn_price_cache {
    const pn_model *model;
    int *columns_of_class; // [classes]
    pn_place *places;      // [columns] of the process that was priced last; made when first needed
    int count;
    pn_price_list *lists; // [PN_PRICE_LISTS]
} pn_price_cache;

// Close also what failed to open.
pn_status pn_price_open(pn_price_cache *cache, const pn_model *model);
void pn_price_close(pn_price_cache *cache);

// Forgets the lists of the step before.
void pn_price_begin(pn_price_cache *cache);

// The list of column j, which has `left` blocks behind the panel of `step`. Borrowed until the next
// call. Failure: memory.
pn_status pn_price_step(pn_price_cache *cache, const pn_plan *plan, pn_gidx step, int j,
                        pn_gidx left, const pn_price_list **list);
pn_status pn_price_prologue(pn_price_cache *cache, const pn_plan *plan, int j,
                            const pn_price_list **list);

// Seconds of an m x w slice times a panel of width b.
double pn_price_multiply(const pn_process_cost *process, double m, double w, double b);

// Factor on the mean time for the slowest of `count` processes whose speeds vary by `variation`:
// 1 + variation sqrt(2 ln count), the expected maximum of normal numbers.
double pn_price_slowest(double variation, double count);

#endif
