// SPDX-License-Identifier: BSD-3-Clause
#include "lu/factor.h"

#include "base/clock.h"
#include "grid/ring.h"
#include "lu/await.h"
#include "lu/device_panel.h"
#include "lu/factor_private.h"
#include "lu/panel_piece.h"
#include "lu/panel_plain.h"

static pn_panel_buffer *buffer_of(pn_lu *lu, pn_gidx step)
{
    return &lu->panel_buffers[step % pn_settings_buffers(&lu->request.plan.settings)];
}

// A piece of the multiplication, if there is one.
static bool multiply_piece(pn_lu *lu)
{
    if (!lu->compute->ops->multiply_help(lu->compute))
        return false;
    pn_comm_advance(lu->comm);
    double done = (lu->compute->multiply_operations - lu->operations_before) / lu->operations;
    for (int i = 0; i < lu->request.observer_count; i++)
        if (lu->request.observers[i].piece)
            lu->request.observers[i].piece(lu->request.observers[i].context, done,
                                           lu->outcome.wait_seconds);
    return true;
}

// What a rank does while it waits for a message: multiply. (Panels are passed on by the
// communicator itself.) Time in which there is nothing to multiply is waiting time, whatever else
// it is used for.
static bool do_something_else(void *context)
{
    pn_lu *lu = context;
    if (multiply_piece(lu)) {
        lu->idle_since = 0;
        return true;
    }
    double now = pn_clock();
    if (lu->idle_since > 0)
        lu->outcome.wait_seconds += now - lu->idle_since;
    lu->idle_since = now;
    for (int i = 0; i < lu->request.idler_count; i++)
        if (lu->request.idlers[i].work(lu->request.idlers[i].context))
            return true;
    return false;
}

static void finish_sending(pn_lu *lu, pn_panel_buffer *s)
{
    for (int v = 0; s->busy && v < lu->request.place->hosted; v++)
        pn_broadcast_finish(s->channels[v].broadcast);
    s->busy = false;
}

// Makes the buffer of `step` free and lays the panel into it.
static pn_panel_buffer *claim(pn_lu *lu, pn_gidx step)
{
    pn_panel_buffer *s = buffer_of(lu, step);
    finish_sending(lu, s);
    pn_await(lu->comm, lu->compute, s->taken);
    s->on_device = s->gpu_aware = false;
    s->panel = pn_panel_at(s->host, lu->request.matrix.element, lu->request.place, step);
    return s;
}

// Where the panel's image in the part's memory has its l11; it begins with the header.
static void *device_image(const pn_panel_buffer *s)
{
    return s->part ? (char *)s->part + ((char *)s->panel.l11 - (char *)s->panel.header) : NULL;
}

static pn_panel_engine engine_of(const pn_lu *lu)
{
    return (pn_panel_engine){.column = lu->column,
                             .team = lu->compute->team,
                             .blas = lu->compute->blas,
                             .place = lu->request.place,
                             .record = lu->record,
                             .rounding = lu->rounding};
}

static pn_device_panel device_panel_of(const pn_lu *lu, pn_panel_buffer *s,
                                       const pn_panel_engine *engine)
{
    return (pn_device_panel){.comm = lu->comm,
                             .compute = lu->compute,
                             .place = lu->request.place,
                             .engine = engine,
                             .panel = &s->panel,
                             .part = device_image(s),
                             .is_kept = lu->request.plan.keeps_l,
                             .gpu_aware = lu->gpu_aware};
}

// The operation's part of the matrix, and what is subtracted from it; no panel: nothing.
static pn_update update_of(const pn_lu *lu, const pn_op *op, const pn_panel_buffer *panel)
{
    pn_update task = {
        .c = pn_block_submatrix(lu->request.matrix, op->row, op->column, op->rows, op->columns)};
    if (!panel)
        return task;
    task.l = lu->rounds ? panel->rounded : panel->l21;
    task.ld_l = panel->panel.ld;
    task.width = op->width;
    task.u = pn_block_submatrix(lu->rounds ? lu->rounded_u : lu->u, 0, op->column, op->width,
                                op->columns);
    return task;
}

static void load(pn_lu *lu, const pn_op *op, bool update)
{
    pn_gidx step = update ? op->step + 1 : op->step;
    pn_panel_buffer *from = update ? buffer_of(lu, op->step) : NULL, *to = claim(lu, step);
    pn_update task = update_of(lu, op, from);
    to->on_device = lu->factors_on_device &&
                    pn_plan_factors_on_device(&lu->request.plan, lu->request.place, step);
    if (to->on_device) {
        pn_device_panel on_device = device_panel_of(lu, to, NULL);
        pn_device_panel_update(&on_device, &task);
        return;
    }
    pn_ticket ticket =
        lu->compute->ops->update_panel(lu->compute, &task, to->panel.a, to->panel.ld);
    pn_await(lu->comm, lu->compute, ticket);
}

static void factor(pn_lu *lu, const pn_op *op)
{
    pn_panel_buffer *s = buffer_of(lu, op->step);
    pn_panel_engine engine = engine_of(lu);
    pn_device_panel on_device = device_panel_of(lu, s, &engine);
    if (s->on_device)
        pn_device_panel_factor(&on_device);
    else if (s->panel.element == PN_FLOAT32)
        pn_panel_factor_plain(&engine, &s->panel);
    else
        pn_panel_factor(&engine, &s->panel);
}

void pn_lu_warm(pn_lu *lu)
{
    pn_panel_buffer *s = &lu->panel_buffers[0];
    pn_panel_engine engine = engine_of(lu);
    if (lu->request.plan.settings.panel_home != PN_PANEL_AUTO || !lu->factors_on_device)
        return;
    if (lu->column.size > 1 && lu->gpu_aware) // its MPI's copies may wait for a kernel that waits
        return;                               // for a message
    s->panel =
        pn_panel_at(s->host, lu->request.matrix.element, lu->request.place, lu->request.plan.begin);
    pn_device_panel on_device = device_panel_of(lu, s, &engine);
    lu->request.plan.panels = pn_device_panel_costs(&on_device);
}

static bool owns_panel(const pn_lu *lu, pn_gidx step)
{
    const pn_layout *layout = lu->request.place->layout;
    return step < layout->row_blocks && layout->owner[step] == lu->request.place->column;
}

// The beginning of a panel's image in the part's memory, up to `end`, as a row of numbers.
static pn_block head_of(const pn_panel_buffer *s, const void *end)
{
    pn_lidx words = ((const char *)end - (char *)s->panel.header) / (pn_lidx)sizeof(double);
    return (pn_block){
        .data = s->part, .rows = 1, .columns = words, .ld = words, .element = PN_FLOAT64};
}

// A panel that was made in the part's memory leaves from there, another one arrives there. What was
// given before reads what the buffer held.
static void prepare_direct(pn_lu *lu, pn_panel_buffer *s, bool ours)
{
    const pn_compute_ops *ops = lu->compute->ops;
    s->gpu_aware = lu->gpu_aware && (s->on_device || !ours);
    if (!s->gpu_aware)
        return;
    pn_ticket ticket = ops->given(lu->compute);
    if (ours) {
        pn_block head = head_of(s, s->panel.l11);
        ticket = ops->write(lu->compute, head, (double *)s->panel.header, head.columns);
    }
    pn_await(lu->comm, lu->compute, ticket);
}

// The host needs the pivots and L11 of every panel.
static void fetch_head(pn_lu *lu, const pn_panel_buffer *s)
{
    pn_block head = head_of(s, s->panel.a);
    pn_await(lu->comm, lu->compute,
             lu->compute->ops->read(lu->compute, head, (double *)s->panel.header, head.columns));
}

static void broadcast_start(pn_lu *lu, const pn_op *op)
{
    const pn_place *place = lu->request.place;
    bool ours = owns_panel(lu, op->step);
    pn_panel_buffer *s = ours ? buffer_of(lu, op->step) : claim(lu, op->step);
    pn_gidx next = op->step + 1;
    pn_layout_ring(place->layout, place->layout->owner[op->step],
                   next < place->layout->row_blocks ? place->layout->owner[next] : -1, lu->ring);
    s->busy = true;
    prepare_direct(lu, s, ours);
    for (int v = 0; v < place->hosted; v++) {
        pn_channel *l = &s->channels[v];
        l->piece = l->memory ? pn_panel_piece_at(l->memory, lu->request.matrix.element,
                                                 place->layout, op->step, place->virtual_rows[v])
                             : s->panel;
        if (ours && l->memory)
            pn_panel_piece_cut(&l->piece, &s->panel, place, place->virtual_rows[v]);
        pn_broadcast_start(l->broadcast, s->gpu_aware ? s->part : l->piece.header,
                           pn_panel_bytes(&l->piece), lu->ring);
    }
}

static bool all_arrived(pn_lu *lu, pn_panel_buffer *s)
{
    bool arrived = true;
    for (int v = 0; v < lu->request.place->hosted; v++)
        arrived &= pn_broadcast_progress(s->channels[v].broadcast);
    return arrived;
}

static void wait_for_panel(pn_lu *lu, pn_panel_buffer *s)
{
    const pn_place *place = lu->request.place;
    long spins = 0;
    while (!all_arrived(lu, s))
        pn_comm_pause(lu->comm, &spins);
    if (owns_panel(lu, s->panel.step))
        return;
    for (int v = 0; v < place->hosted; v++)
        if (s->channels[v].memory)
            pn_panel_piece_join(&s->panel, &s->channels[v].piece, place, place->virtual_rows[v]);
}

static pn_diagonal_task diagonal_task(const pn_lu *lu, const pn_panel_buffer *s)
{
    return (pn_diagonal_task){.comm = lu->comm,
                              .compute = lu->compute,
                              .place = lu->request.place,
                              .panel = &s->panel,
                              .l11 = s->l11,
                              .l21 = s->l21,
                              .matrix = lu->request.matrix};
}

// U of the pivot block's own columns goes back to the matrix, for the back substitution.
static void store_diagonal(pn_lu *lu, const pn_panel_buffer *s)
{
    const pn_panel *panel = &s->panel;
    if (!owns_panel(lu, panel->step) || panel->top == 0)
        return;
    pn_diagonal_task task = diagonal_task(lu, s);
    pn_diagonal_store(&lu->diagonal, &task);
}

static void store_multipliers(pn_lu *lu, const pn_op *op)
{
    pn_diagonal_task task = diagonal_task(lu, buffer_of(lu, op->step));
    pn_diagonal_store_below(&lu->diagonal, &task);
}

// What multiplications take of a panel, and of U.
static void round_panel(pn_lu *lu, const pn_panel_buffer *s)
{
    const pn_panel *panel = &s->panel;
    pn_block l21 = {
        {(void *)s->l21}, panel->width, panel->rows - panel->top, panel->ld, PN_FLOAT32};
    pn_block rounded = {
        {s->rounded}, panel->width, panel->rows - panel->top, panel->ld, PN_BFLOAT16};
    if (lu->rounds)
        lu->compute->ops->round(lu->compute, rounded, l21, false);
}

static void round_u(pn_lu *lu, const pn_op *op)
{
    if (lu->rounds)
        lu->compute->ops->round(
            lu->compute, pn_block_submatrix(lu->rounded_u, 0, op->column, op->width, op->columns),
            pn_block_submatrix(lu->u, 0, op->column, op->width, op->columns), true);
}

static void begin_step(pn_lu *lu, const pn_panel_buffer *s)
{
    if (!lu->u_memory) {
        lu->u = pn_block_submatrix(lu->request.matrix, s->panel.row, 0, s->panel.width,
                                   lu->request.matrix.columns);
    }
    pn_rows_begin_step(lu->rows, &s->panel, s->l11, lu->u);
}

// The panel's exchanges, once.
static void reorder(pn_lu *lu, const pn_panel *panel)
{
    pn_gidx top = panel->step * panel->nb;
    int64_t *order = lu->request.order;
    for (int i = 0; order && i < panel->width; i++) {
        pn_gidx other = pn_panel_pivots(panel)[i];
        int64_t row = order[top + i];
        order[top + i] = order[other];
        order[other] = row;
    }
}

static void broadcast_finish(pn_lu *lu, const pn_op *op)
{
    pn_panel_buffer *s = buffer_of(lu, op->step);
    wait_for_panel(lu, s);
    bool ours = owns_panel(lu, s->panel.step);
    if (s->gpu_aware && !ours)
        fetch_head(lu, s);
    lu->outcome.finding = pn_panel_finding(&s->panel, &lu->outcome.column);
    if (lu->outcome.finding != PN_FINDING_NONE)
        return;
    pn_panel *panel = &s->panel;
    if (ours ? s->on_device : s->gpu_aware)
        s->l11 = device_image(s);
    else
        s->l11 = lu->compute->ops->panel(lu->compute, panel->l11, pn_panel_part_bytes(panel),
                                         device_image(s));
    s->taken = lu->compute->ops->given(lu->compute);
    pn_lidx distance = (char *)panel->a - (char *)panel->l11;
    s->l21 = pn_element_at((const char *)s->l11 + distance, panel->element, panel->top);
    store_diagonal(lu, s);
    reorder(lu, panel);
    round_panel(lu, s);
    begin_step(lu, s);
}

// Threads that factor the next panel while the others multiply.
static int crew_size(const pn_lu *lu, const pn_op *op)
{
    if (op->slice != PN_SLICE_FIRST || !owns_panel(lu, op->step + 1))
        return 1;
    return pn_plan_crew(&lu->request.plan, lu->compute->threads, op->width, op->columns);
}

static void multiply_start(pn_lu *lu, const pn_op *op)
{
    const pn_panel_buffer *s = buffer_of(lu, op->step);
    pn_update task = update_of(lu, op, s);
    lu->operations = 2.0 * (double)op->rows * (double)op->columns * op->width;
    lu->operations_before = lu->compute->multiply_operations;
    lu->compute->ops->multiply_start(lu->compute, &task, crew_size(lu, op));
}

// Between the pieces of a multiplication panels that arrive are passed on.
static void multiply_finish(pn_lu *lu)
{
    while (multiply_piece(lu))
        continue;
    lu->compute->ops->multiply_finish(lu->compute);
}

static void perform(pn_lu *lu, const pn_op *op)
{
    lu->idle_since = 0;
    switch (op->kind) {
    case PN_OP_LOAD:
        load(lu, op, false);
        break;
    case PN_OP_UPDATE_PANEL:
        load(lu, op, true);
        break;
    case PN_OP_FACTOR:
        factor(lu, op);
        break;
    case PN_OP_BROADCAST_START:
        broadcast_start(lu, op);
        break;
    case PN_OP_BROADCAST_FINISH:
        broadcast_finish(lu, op);
        break;
    case PN_OP_ROWS_START:
        pn_rows_start(lu->rows, op);
        break;
    case PN_OP_ROWS_FINISH:
        pn_rows_finish(lu->rows, op);
        round_u(lu, op);
        break;
    case PN_OP_MULTIPLY_START:
        multiply_start(lu, op);
        break;
    case PN_OP_MULTIPLY_FINISH:
        multiply_finish(lu);
        break;
    case PN_OP_STORE:
        store_multipliers(lu, op);
        break;
    case PN_OP_KINDS:
        break;
    }
}

static void observe(pn_lu *lu, const pn_op *op)
{
    for (int i = 0; i < lu->request.observer_count; i++)
        if (lu->request.observers[i].before)
            lu->request.observers[i].before(lu->request.observers[i].context, op);
    double begin = pn_clock();
    perform(lu, op);
    double seconds = pn_clock() - begin;
    for (int i = 0; i < lu->request.observer_count; i++)
        if (lu->request.observers[i].after)
            lu->request.observers[i].after(lu->request.observers[i].context, op, begin, seconds);
}

// Performs a list; once a panel with a finding is met only what is under way is finished.
static void perform_list(pn_lu *lu, const pn_op *ops, int count)
{
    for (int i = 0; i < count; i++)
        if (lu->outcome.finding == PN_FINDING_NONE || ops[i].kind == PN_OP_MULTIPLY_FINISH)
            observe(lu, &ops[i]);
}

// Everybody is asked, whatever the others want: an asker may have messages on their way.
static unsigned ask_all(pn_lu *lu, pn_gidx step)
{
    unsigned reasons = 0;
    for (int i = 0; i < lu->request.asker_count; i++) {
        const pn_lu_asker *asker = &lu->request.askers[i];
        if (asker->wants_pause(asker->context, step, lu->outcome.wait_seconds))
            reasons |= 1u << asker->reason;
    }
    return reasons;
}

// Who wants the matrix as it is after a step, without a panel that is ahead of it.
enum { WANTS_STEP_ENDED = 1u << PN_PAUSE_CHECKPOINT | 1u << PN_PAUSE_CHECK | 1u << PN_PAUSE_STOP };

// Whether to pause before this step. Where rows are exchanged between processes, those of this step
// may be under way already, cut for a step after it: then only the next step can be the last. Those
// who want a step ended get nothing any more where there are not two of them.
static bool pauses(pn_lu *lu, pn_gidx step)
{
    bool is_flat = lu->request.plan.layout->height == 1;
    pn_gidx last = pn_plan_end(&lu->request.plan), ended = step + 2;
    lu->idle_since = 0;
    bool is_decided = lu->outcome.reasons != 0; // one step more, and it halts
    if (is_decided || step == lu->request.plan.begin || (is_flat ? step : ended) >= last)
        return false;
    unsigned reasons = ask_all(lu, step);
    if (ended >= last)
        reasons &= ~(unsigned)WANTS_STEP_ENDED;
    bool at_once = is_flat && !(reasons & WANTS_STEP_ENDED);
    lu->outcome.reasons = reasons;
    if (reasons == 0)
        return false;
    lu->request.plan.end = at_once ? step : ended;
    return lu->primed = at_once;
}

// The panel of the first step, unless it was there at the pause.
static void begin(pn_lu *lu)
{
    pn_op ops[PN_PLAN_STEP_LIMIT];
    if (lu->primed)
        begin_step(lu, buffer_of(lu, lu->request.plan.begin));
    else
        perform_list(lu, ops, pn_plan_prologue(&lu->request.plan, lu->request.place, ops));
    lu->primed = false;
}

pn_lu_outcome pn_lu_factor(pn_lu *lu)
{
    pn_op ops[PN_PLAN_STEP_LIMIT];
    lu->outcome = (pn_lu_outcome){.finding = PN_FINDING_NONE};
    lu->comm->idle = do_something_else;
    lu->comm->idle_context = lu;
    begin(lu);
    pn_gidx step = lu->request.plan.begin;
    for (; step < pn_plan_end(&lu->request.plan) && lu->outcome.finding == PN_FINDING_NONE;
         step++) {
        if (pauses(lu, step))
            break;
        perform_list(lu, ops, pn_plan_step(&lu->request.plan, lu->request.place, step, ops));
    }
    lu->outcome.next = step;
    lu->comm->idle = NULL;
    for (int i = 0; i < pn_settings_buffers(&lu->request.plan.settings); i++)
        finish_sending(lu, &lu->panel_buffers[i]);
    lu->compute->ops->wait(lu->compute, PN_TICKET_ALL);
    return lu->outcome;
}

void pn_lu_rehearse(pn_lu *lu)
{
    pn_lu_request is = lu->request;
    double seconds = lu->compute->multiply_seconds, operations = lu->compute->multiply_operations;
    lu->request.observer_count = lu->request.asker_count = lu->request.idler_count = 0;
    lu->request.order = NULL;
    lu->request.plan.end = pn_min(lu->request.plan.begin + 2, lu->request.plan.layout->row_blocks);
    pn_lu_factor(lu);
    lu->request = is;
    lu->outcome = (pn_lu_outcome){.finding = PN_FINDING_NONE};
    lu->compute->multiply_seconds = seconds;
    lu->compute->multiply_operations = operations;
}
