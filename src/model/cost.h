// SPDX-License-Identifier: BSD-3-Clause
// What is modelled: a layout with its plan, on classes of processes described by a few constants
// each.
#ifndef PN_MODEL_COST_H
#define PN_MODEL_COST_H

#include "base/status.h"
#include "lu/plan.h"

// What a product takes at one block size: a to e as below.
typedef struct pn_product_cost {
    double nb, multiply[5];
} pn_product_cost;

enum { PN_PRODUCT_COSTS = 8 };

// One process of a class. Multiplying an m x w slice by a panel of width b takes
//     a m w b + b m w + c m b + d w b + e seconds.
typedef struct pn_process_cost {
    double multiply[5];  // a .. e above
    double solve;        // s per w b^2: the row block's triangular solve
    double panel;        // s per m b^2: factoring, without its latencies
    double panel_column; // s per column of a panel: pivot search and exchange inside the process
    double move;         // s per byte of rows moved inside the process
    double busy_panel;   // share of the multiplier that factoring takes away, 0 to 1
    // Of panels that a device factors itself, which take all of the multiplier: s per m b^2, and
    // per column; 0: it does not. `panel` and `panel_column` are then those of its host, and the
    // plan decides panel by panel, as in a run (pn_plan_factors_on_device).
    double device_panel, device_panel_column;
    // Of a team of threads that was measured; 0 where the above says all.
    int threads;
    int product_count; // block sizes of which `products` knows more than `multiply`, ascending;
                       // between them the time is interpolated
    pn_product_cost products[PN_PRODUCT_COSTS];
    double look_ahead[2]; // the next panel's columns, multiplied on one thread beside the others: s
                          // per m w b, and m w
    double solve_row;     // s per w b, beside `solve`
    double rows[2];       // exchange and solve where no other process has a part in it:
                          // s per w b^2, and w b; 0: `solve` and `move` say it
    double panels[2][3];  // a panel on one thread, and on all: s per m b^2, m b and b
    double link;          // 1: whoever waits for a message copies it, so links take host's time
    double read;          // s per byte of the matrix in the back substitution
    double hosted;        // part of the rows, the first ones, that a device has in host memory
    double bus;           // s per byte, each way, to move them to the device and back
    double variation;     // standard deviation of a process's speed over its mean
} pn_process_cost;

typedef struct pn_link { // as one process sees it
    double latency;      // s
    double per_byte;     // s per byte
} pn_link;

typedef struct pn_class_cost {
    pn_process_cost process;
    pn_link column; // between the processes of a process column
    pn_link row;    // along the process rows, inside the class
} pn_class_cost;

// Classes of processes that are alike: what one of each costs, and which columns are of it.
typedef struct pn_classes {
    int count;
    const pn_class_cost *cost; // [count]
    const int *of_column;      // [columns of the layout] all processes of a column are of one class
    const pn_link *between;    // [count * count] along the process rows; NULL: as inside a class
} pn_classes;

// Steps times process columns that are priced at most, so that no machine, however large, takes
// longer than some seconds; Fugaku, the largest of the lists, needs two thirds of it.
enum { PN_MODEL_COLUMN_STEPS = 40000000 };

typedef struct pn_model {
    const pn_layout *layout;
    pn_settings settings;  // look_ahead, split, buffers and segment, as the executor goes by them;
                           // the rest stands in the layout
    const pn_rules *rules; // as in pn_plan
    pn_classes classes;
    int steps; // about how many to price, each for several; 0: all, within PN_MODEL_COLUMN_STEPS
} pn_model;

static inline const pn_class_cost *pn_model_cost(const pn_model *model, int column)
{
    return &model->classes.cost[model->classes.of_column[column]];
}

#endif
