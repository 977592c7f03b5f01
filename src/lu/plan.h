// SPDX-License-Identifier: BSD-3-Clause
// The schedule as data: what process (p, q) does in step k, in order, and how much of it. The
// executor performs this list, the predictor prices it, the trace times it. Pure: layout in, list
// of operations out; no communication, no arithmetic on matrices.
//
// Step k updates the trailing matrix with panel k. With look-ahead, panel k+1 is updated, factored
// and sent on its way before the bulk of step k is multiplied; where rows are exchanged between
// processes the trailing columns are split in two, and the exchange of one half runs during the
// multiplication of the other.
#ifndef PN_LU_PLAN_H
#define PN_LU_PLAN_H

#include "base/rules.h"
#include "base/settings.h"
#include "grid/place.h"

// What an operation acts on: local columns of the trailing matrix.
typedef enum pn_slice {
    PN_SLICE_LOOK_AHEAD, // the block column that becomes the next panel, where it is owned
    PN_SLICE_FIRST,      // then the left part
    PN_SLICE_SECOND,     // and the right part
    PN_SLICES
} pn_slice;

typedef enum pn_op_kind {
    PN_OP_FACTOR,          // factor panel `step` (already in the panel buffer)
    PN_OP_BROADCAST_START, // the panel's owner column sends, the others get ready to receive
    PN_OP_BROADCAST_FINISH,
    PN_OP_ROWS_START,  // begin to exchange the pivot rows of a slice inside the column
    PN_OP_ROWS_FINISH, // ... and solve with L11: afterwards U of the slice is complete
    PN_OP_LOAD,        // copy the columns of the panel to the panel buffer; no update (first panel)
    PN_OP_UPDATE_PANEL,   // its columns minus L U, into the panel buffer
    PN_OP_MULTIPLY_START, // slice minus L U, in the background
    PN_OP_MULTIPLY_FINISH,
    PN_OP_STORE, // the multipliers of a panel, below its pivot block, back into the matrix
    PN_OP_KINDS
} pn_op_kind;

typedef struct pn_op {
    pn_op_kind kind;
    pn_slice slice;
    pn_gidx step;            // of the panel that is factored, sent, or multiplied with
    pn_lidx row, rows;       // local rows acted on
    pn_lidx column, columns; // local columns acted on
    int width;               // columns of the panel
} pn_op;

// Seconds of a panel of so many rows: fixed + per_row rows.
typedef struct pn_panel_line {
    double fixed, per_row;
} pn_panel_line;

// What decides where a panel is factored, measured before the clock starts; all 0: the host does.
typedef struct pn_panel_costs {
    pn_panel_line host;   // including the ways to the host and back
    pn_panel_line device; // during which it does not multiply
    double rate;          // operations a second of its multiplications; 0: not known
} pn_panel_costs;

typedef struct pn_plan {
    const pn_layout *layout;
    pn_settings settings; // look_ahead, and split: what PN_SLICE_FIRST has of the trailing columns;
                          // the others say how the list is performed, as do the rules
    const pn_rules *rules; // NULL: pn_rules_usual
    // Whether the matrix is to hold L as well in the end. Each panel's rows stay in the order that
    // they had when it was factored: interchanges of later steps are not applied to it.
    bool keeps_l;
    // For processes that multiply without their threads, as devices do, with a column of their own:
    // the trailing columns are cut, a small part first, and U of the others is solved for during
    // the multiplication of that. Nothing without look-ahead.
    bool solves_beside;
    pn_gidx begin; // first step: its panel is loaded by the prologue
    pn_gidx end;   // one past the last step, whose look-ahead ends there; 0: all steps
    pn_panel_costs panels;
} pn_plan;

static inline const pn_rules *pn_plan_rules(const pn_plan *plan)
{
    return plan->rules ? plan->rules : &pn_rules_usual;
}

// Threads of a process with `threads` that factor the next panel beside the update of `columns`
// columns by a panel of `width`: as many as were asked for, else by the rule.
int pn_plan_crew(const pn_plan *plan, int threads, int width, pn_lidx columns);

// One past the last step of the plan.
pn_gidx pn_plan_end(const pn_plan *plan);

enum { PN_PLAN_STEP_LIMIT = 24 };

// Operations before the first step (its panel) and those of step k; return their number. An
// operation on no columns is left out; one on no rows stays (its messages still have to flow).
int pn_plan_prologue(const pn_plan *plan, const pn_place *place, pn_op ops[PN_PLAN_STEP_LIMIT]);
int pn_plan_step(const pn_plan *plan, const pn_place *place, pn_gidx step,
                 pn_op ops[PN_PLAN_STEP_LIMIT]);

// Whether panel `step` is factored on the device rather than by the host, by a process whose device
// can; in a process column of several each decides for its own rows. A panel of the host costs
// nothing while the device multiplies longer; one of the device's own is added to what it
// multiplies. So the answer changes along the run: the device takes the panels whose host would
// keep it waiting for longer than it needs itself.
bool pn_plan_factors_on_device(const pn_plan *plan, const pn_place *place, pn_gidx step);

// Columns of panel `step`, and the first global column after it.
int pn_plan_width(const pn_layout *layout, pn_gidx step);
pn_gidx pn_plan_after(const pn_layout *layout, pn_gidx step);

const char *pn_op_name(pn_op_kind kind);

#endif
