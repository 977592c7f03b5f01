// SPDX-License-Identifier: BSD-3-Clause
// The list of operations of a step. Everything is computed from the layout and the step's number,
// so that any step can be asked for on its own.
#include "lu/plan.h"

#include "base/assertion.h"

const char *pn_op_name(pn_op_kind kind)
{
    static const char *const names[PN_OP_KINDS] = {
        "factor panel", "start broadcast", "finish broadcast", "start row exchange", "finish rows",
        "load panel",   "update strip",    "start multiply",   "finish multiply",    "store panel"};
    return names[kind];
}

int pn_plan_width(const pn_layout *layout, pn_gidx step)
{
    return (int)pn_min(layout->nb, layout->n - step * layout->nb);
}

pn_gidx pn_plan_after(const pn_layout *layout, pn_gidx step)
{
    return step * layout->nb + pn_plan_width(layout, step);
}

pn_gidx pn_plan_end(const pn_plan *plan)
{
    return plan->end > 0 ? plan->end : plan->layout->row_blocks;
}

int pn_plan_crew(const pn_plan *plan, int threads, int width, pn_lidx columns)
{
    if (plan->settings.crew > 0)
        return (int)pn_max(1, pn_min(plan->settings.crew, threads));
    return pn_rules_crew(pn_plan_rules(plan), threads, width, columns);
}

static double panel_seconds(const pn_panel_line *line, pn_lidx rows)
{
    return line->fixed + line->per_row * (double)rows;
}

// What the device multiplies beside the panel of a step: the rest of the step before it.
static double seconds_beside(const pn_plan *plan, const pn_place *place, pn_gidx step)
{
    if (!plan->settings.look_ahead || step == plan->begin || plan->panels.rate <= 0)
        return 0;
    pn_lidx rows = place->rows - pn_place_rows_before(place, step * plan->layout->nb);
    pn_lidx columns =
        place->columns - pn_place_columns_before(place, pn_plan_after(plan->layout, step));
    return 2.0 * (double)rows * (double)columns * plan->layout->nb / plan->panels.rate;
}

bool pn_plan_factors_on_device(const pn_plan *plan, const pn_place *place, pn_gidx step)
{
    if (plan->settings.panel_home != PN_PANEL_AUTO)
        return plan->settings.panel_home == PN_PANEL_DEVICE;
    pn_lidx rows = place->rows - pn_place_rows_before(place, step * plan->layout->nb);
    double beside = seconds_beside(plan, place, step);
    // (Shorter than the multiplication the host's would be hidden, and this not so.)
    return beside + panel_seconds(&plan->panels.device, rows) <
           panel_seconds(&plan->panels.host, rows);
}

// Local columns of the trailing matrix of a step: [begin, split) first part, [split, end) second.
// The columns of the next panel, if it is ours, are the beginning of the first part.
typedef struct trailing {
    pn_lidx begin, look_ahead, split, end;
} trailing;

static bool has_panel(const pn_plan *plan, const pn_place *place, pn_gidx step)
{
    return step < pn_plan_end(plan) && plan->layout->owner[step] == place->column;
}

static bool exchanges_rows(const pn_plan *plan, const pn_place *place)
{
    return plan->layout->heights[place->column] > 1;
}

// Where the trailing columns from `begin` on are cut. The cut stays in place while the first part
// shrinks from the left (the second part's rows may then be exchanged a step ahead of its update),
// and is drawn anew, at the split of what is left, once the first part is less than half its
// share.
static pn_lidx split_of(const pn_plan *plan, const pn_place *place, pn_lidx begin, double share)
{
    int nb = plan->layout->nb;
    pn_lidx end = place->columns, origin = 0;
    for (;;) {
        pn_lidx first = (pn_lidx)(share * (double)(end - origin));
        pn_lidx split = pn_min(end, origin + pn_round_up(pn_max(first, 1), nb));
        if (split >= end)
            return end;
        // first local block boundary at which the first part is too small:
        // split - next < half (end - next)
        double half = 0.5 * share;
        double limit = ((double)split - half * (double)end) / (1.0 - half);
        pn_lidx blocks = (pn_lidx)pn_max((int64_t)((limit - (double)origin) / nb), 0) + 1;
        pn_lidx next = origin + blocks * nb;
        if (begin < next)
            return split;
        origin = next;
    }
}

// What the first part has of the trailing columns.
static double first_share(const pn_plan *plan, const pn_place *place)
{
    if (exchanges_rows(plan, place))
        return plan->settings.split;
    bool beside = plan->solves_beside && plan->settings.look_ahead;
    return beside ? pn_plan_rules(plan)->solved_first : 1.0;
}

static trailing trailing_of(const pn_plan *plan, const pn_place *place, pn_gidx step)
{
    trailing t;
    t.begin = pn_place_columns_before(place, pn_plan_after(plan->layout, step));
    t.end = place->columns;
    t.look_ahead = has_panel(plan, place, step + 1) ? pn_plan_width(plan->layout, step + 1) : 0;
    double share = first_share(plan, place);
    t.split =
        share < 1.0 ? pn_max(split_of(plan, place, t.begin, share), t.begin + t.look_ahead) : t.end;
    return t;
}

// The rows of the next step's first part may be exchanged while this step's second part is being
// multiplied: only if the cut has not moved to the right meanwhile.
static bool runs_ahead(const pn_plan *plan, const pn_place *place, pn_gidx step)
{
    if (!plan->settings.look_ahead || step < 0 || step + 1 >= pn_plan_end(plan))
        return false;
    trailing now = trailing_of(plan, place, step), next = trailing_of(plan, place, step + 1);
    return now.split < now.end && next.split <= now.split;
}

typedef struct writer {
    pn_op *ops;
    int count;
    const pn_plan *plan;
    const pn_place *place;
} writer;

// Rows an operation acts on: from panel `step` itself on for the panel, below it for an update.
static void put(writer *w, pn_op_kind kind, pn_gidx step, pn_slice slice, pn_lidx column,
                pn_lidx columns)
{
    const pn_layout *layout = w->plan->layout;
    bool below = kind == PN_OP_STORE || kind == PN_OP_MULTIPLY_START ||
                 kind == PN_OP_MULTIPLY_FINISH || kind == PN_OP_UPDATE_PANEL;
    pn_gidx from = below ? pn_plan_after(layout, step) : step * layout->nb;
    pn_lidx row = pn_place_rows_before(w->place, from);
    pn_assert(w->count < PN_PLAN_STEP_LIMIT, "a step has no more operations than its list");
    pn_assert(row >= 0 && row <= w->place->rows && column >= 0 && columns >= 0 &&
                  column + columns <= w->place->columns,
              "an operation lies inside the local matrix");
    w->ops[w->count++] = (pn_op){.kind = kind,
                                 .slice = slice,
                                 .step = step,
                                 .row = row,
                                 .rows = w->place->rows - row,
                                 .column = column,
                                 .columns = columns,
                                 .width = pn_plan_width(layout, step)};
}

static void put_slice(writer *w, pn_op_kind kind, pn_gidx step, pn_slice slice)
{
    trailing t = trailing_of(w->plan, w->place, step);
    pn_lidx middle = t.begin + t.look_ahead;
    // Without messages to hide, the rows of the look-ahead panel are moved together with all
    // others.
    bool together = !exchanges_rows(w->plan, w->place) &&
                    (kind == PN_OP_ROWS_START || kind == PN_OP_ROWS_FINISH);
    pn_lidx begin[PN_SLICES] = {t.begin, together ? t.begin : middle, t.split};
    pn_lidx end[PN_SLICES] = {together ? t.begin : middle, t.split, t.end};
    if (end[slice] > begin[slice])
        put(w, kind, step, slice, begin[slice], end[slice] - begin[slice]);
}

static pn_gidx panel_of(pn_gidx step, pn_op_kind load)
{
    return load == PN_OP_LOAD ? step : step + 1;
}

// The columns of the next panel into its buffer.
static void put_update(writer *w, pn_gidx step, pn_op_kind load)
{
    const pn_layout *layout = w->plan->layout;
    pn_gidx panel = panel_of(step, load);
    if (has_panel(w->plan, w->place, panel))
        put(w, load, step, PN_SLICE_LOOK_AHEAD,
            pn_place_columns_before(w->place, panel * layout->nb), pn_plan_width(layout, panel));
}

static void put_factor(writer *w, pn_gidx step, pn_op_kind load)
{
    const pn_layout *layout = w->plan->layout;
    pn_gidx panel = panel_of(step, load);
    if (panel >= pn_plan_end(w->plan))
        return;
    if (has_panel(w->plan, w->place, panel))
        put(w, PN_OP_FACTOR, panel, PN_SLICE_LOOK_AHEAD,
            pn_place_columns_before(w->place, panel * layout->nb), pn_plan_width(layout, panel));
    put(w, PN_OP_BROADCAST_START, panel, PN_SLICE_LOOK_AHEAD, 0, 0);
}

static void put_panel(writer *w, pn_gidx step, pn_op_kind load)
{
    put_update(w, step, load);
    put_factor(w, step, load);
}

// The panel is complete everywhere; its owners may keep L.
static void put_arrival(writer *w, pn_gidx panel)
{
    const pn_layout *layout = w->plan->layout;
    put(w, PN_OP_BROADCAST_FINISH, panel, PN_SLICE_LOOK_AHEAD, 0, 0);
    if (w->plan->keeps_l && has_panel(w->plan, w->place, panel))
        put(w, PN_OP_STORE, panel, PN_SLICE_LOOK_AHEAD,
            pn_place_columns_before(w->place, panel * layout->nb), pn_plan_width(layout, panel));
}

static void put_rows_start(writer *w, pn_gidx step)
{
    put_slice(w, PN_OP_ROWS_START, step, PN_SLICE_LOOK_AHEAD);
    put_slice(w, PN_OP_ROWS_START, step, PN_SLICE_FIRST);
}

int pn_plan_prologue(const pn_plan *plan, const pn_place *place, pn_op ops[PN_PLAN_STEP_LIMIT])
{
    writer w = {ops, 0, plan, place};
    put_panel(&w, plan->begin, PN_OP_LOAD);
    put_arrival(&w, plan->begin);
    return w.count;
}

// Next panel first, then everything else; nothing overlaps.
static int step_in_turn(writer *w, pn_gidx step)
{
    for (pn_slice slice = 0; slice < PN_SLICES; slice++) {
        put_slice(w, PN_OP_ROWS_START, step, slice);
        put_slice(w, PN_OP_ROWS_FINISH, step, slice);
    }
    for (pn_slice slice = 0; slice < PN_SLICES; slice++) {
        put_slice(w, PN_OP_MULTIPLY_START, step, slice);
        put_slice(w, PN_OP_MULTIPLY_FINISH, step, slice);
    }
    if (step + 1 < pn_plan_end(w->plan)) {
        put_panel(w, step + 1, PN_OP_LOAD);
        put_arrival(w, step + 1);
    }
    return w->count;
}

// The next panel beside a multiplication for which all of U is there; it is factored once the
// larger part of that is under way.
static void put_panel_beside(writer *w, pn_gidx step)
{
    put_slice(w, PN_OP_ROWS_FINISH, step, PN_SLICE_SECOND);
    put_update(w, step, PN_OP_UPDATE_PANEL);
    put_slice(w, PN_OP_MULTIPLY_FINISH, step, PN_SLICE_FIRST);
    put_slice(w, PN_OP_MULTIPLY_START, step, PN_SLICE_SECOND);
    put_factor(w, step, PN_OP_UPDATE_PANEL);
}

static bool solves_beside(const pn_plan *plan, const pn_place *place, pn_gidx step)
{
    trailing t = trailing_of(plan, place, step);
    return !exchanges_rows(plan, place) && t.split < t.end;
}

int pn_plan_step(const pn_plan *plan, const pn_place *place, pn_gidx step,
                 pn_op ops[PN_PLAN_STEP_LIMIT])
{
    writer w = {ops, 0, plan, place};
    if (!plan->settings.look_ahead)
        return step_in_turn(&w, step);
    bool more = step + 1 < pn_plan_end(plan);
    if (step == plan->begin || !runs_ahead(plan, place, step - 1))
        put_rows_start(&w, step);
    put_slice(&w, PN_OP_ROWS_FINISH, step, PN_SLICE_LOOK_AHEAD);
    put_slice(&w, PN_OP_ROWS_FINISH, step, PN_SLICE_FIRST);
    put_slice(&w, PN_OP_ROWS_START, step, PN_SLICE_SECOND);
    put_slice(&w, PN_OP_MULTIPLY_START, step, PN_SLICE_FIRST);
    if (solves_beside(plan, place, step)) {
        put_panel_beside(&w, step);
    } else {
        put_panel(&w, step, PN_OP_UPDATE_PANEL);
        put_slice(&w, PN_OP_ROWS_FINISH, step, PN_SLICE_SECOND);
        put_slice(&w, PN_OP_MULTIPLY_FINISH, step, PN_SLICE_FIRST);
        put_slice(&w, PN_OP_MULTIPLY_START, step, PN_SLICE_SECOND);
    }
    if (more)
        put_arrival(&w, step + 1);
    if (runs_ahead(plan, place, step))
        put_rows_start(&w, step + 1);
    put_slice(&w, PN_OP_MULTIPLY_FINISH, step, PN_SLICE_SECOND);
    return w.count;
}
