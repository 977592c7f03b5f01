// SPDX-License-Identifier: BSD-3-Clause
// Ranks are tied to each other by the panels, so that no step begins before all ranks are at most
// about a step behind. Hence an answer one step later costs no waiting, where one at once would: it
// would take away the slack in which the ranks' small delays even out.
#include "balance/adapt.h"

#include "base/clock.h"
#include "base/element.h"
#include "comm/group.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_ADAPT = 8, TAG_REPORT = TAG_ADAPT + PN_TAG_FREE, TAG_VERDICT };

static const double window_share = 0.004;  // of the run's work, at least
static const double window_seconds = 0.08; // the same
static const double pause_seconds = 0.05;  // in which all come to a halt, and agree

pn_status pn_adapt_create(pn_adapt *adapt, pn_comm *comm, const pn_layout *layout)
{
    size_t ranks = (size_t)comm->size, columns = (size_t)layout->columns;
    *adapt = (pn_adapt){.comm = comm, .layout = layout, .cost_factor = 1};
    adapt->requests = calloc(ranks, sizeof *adapt->requests);
    adapt->reports = calloc(ranks, sizeof *adapt->reports);
    adapt->work = calloc(columns, sizeof *adapt->work);
    adapt->pace = calloc(columns, sizeof *adapt->pace);
    adapt->best = calloc(columns, sizeof *adapt->best);
    adapt->owner = calloc((size_t)layout->column_blocks, sizeof *adapt->owner);
    if (adapt->requests && adapt->reports && adapt->work && adapt->pace && adapt->best &&
        adapt->owner && pn_drift_create(&adapt->drift, layout->columns) == PN_OK)
        return PN_OK;
    pn_adapt_release(adapt);
    return pn_fail_memory("to follow the ranks' speeds");
}

void pn_adapt_release(pn_adapt *adapt)
{
    free(adapt->requests);
    free(adapt->reports);
    free(adapt->work);
    free(adapt->pace);
    free(adapt->best);
    free(adapt->owner);
    pn_drift_release(&adapt->drift);
    *adapt = (pn_adapt){0};
}

void pn_adapt_begin(pn_adapt *adapt, pn_gidx step)
{
    bool just_migrated = step > 0; // what was moved may have to be corrected
    adapt->verdict = (pn_adapt_verdict){.stride = 1, .alert = just_migrated};
    pn_window_begin(&adapt->window, step, 0);
}

// Share of the run's arithmetic that is done before a step.
static double done_before(const pn_layout *layout, pn_gidx step)
{
    double left = 1.0 - (double)step / (double)layout->row_blocks;
    return 1.0 - left * left * left;
}

static bool window_is_full(const pn_adapt *adapt, pn_gidx step)
{
    const pn_layout *layout = adapt->layout;
    return step - adapt->window.step >= adapt->verdict.stride &&
           done_before(layout, step) - done_before(layout, adapt->window.step) >= window_share;
}

// What steps [first, last) give column j to do: its trailing block columns times the block rows,
// summed over the steps.
static void count_work(const pn_layout *layout, pn_gidx first, pn_gidx last, double *work)
{
    memset(work, 0, (size_t)layout->columns * sizeof *work);
    for (pn_gidx block = first + 1; block < layout->column_blocks; block++) {
        double steps = (double)(pn_min(last, block) - first); // by the steps before its own
        work[layout->owner[block]] +=
            steps * ((double)(layout->row_blocks - first) - 0.5 * (steps - 1));
    }
}

static int column_of(const pn_layout *layout, int rank)
{
    for (int column = 0; column < layout->columns; column++)
        for (int row = 0; row < layout->heights[column]; row++)
            if (pn_layout_rank(layout, row, column) == rank)
                return column;
    return 0;
}

static void send_window(pn_adapt *adapt, pn_gidx step, double wait)
{
    pn_comm *comm = adapt->comm;
    pn_window *window = &adapt->window;
    count_work(adapt->layout, window->step, step, adapt->work);
    double mine = adapt->work[column_of(adapt->layout, comm->rank)];
    adapt->all_panels += window->panels;
    adapt->all_work += mine;
    double more = adapt->all_work > 0 ? adapt->all_panels * mine / adapt->all_work : 0;
    adapt->report = pn_window_end(window, step, wait, more);
    adapt->from = window->step;
    adapt->to = step;
    adapt->began = window->time;
    adapt->asked = true;
    adapt->judged = false;
    adapt->reports[0] = adapt->report;
    if (comm->rank > 0)
        pn_comm_send_start(comm, &adapt->report, sizeof adapt->report, 0, TAG_REPORT, &adapt->sent);
    for (int rank = 1; rank < comm->size && comm->rank == 0; rank++)
        pn_comm_receive_start(comm, &adapt->reports[rank], sizeof *adapt->reports, rank, TAG_REPORT,
                              &adapt->requests[rank]);
    pn_window_begin(window, step, wait);
}

enum { WHOLE = -1 };

static double seconds_of(const pn_window_report *report, int quarter)
{
    return quarter == WHOLE ? report->busy : report->quarter[quarter];
}

// The pace of each column in a quarter of the window is that of its busiest process; false if one
// had nothing to do.
static bool find_paces(pn_adapt *adapt, int quarter)
{
    const pn_layout *layout = adapt->layout;
    count_work(layout, adapt->from, adapt->to, adapt->work);
    for (int column = 0; column < layout->columns; column++) {
        double busy = 0;
        for (int row = 0; row < layout->heights[column]; row++)
            busy = fmax(busy,
                        seconds_of(&adapt->reports[pn_layout_rank(layout, row, column)], quarter));
        if (!(adapt->work[column] > 0 && busy > 0))
            return false;
        adapt->pace[column] = busy / adapt->work[column];
    }
    for (int column = 0; column < layout->columns && quarter == WHOLE; column++)
        if (adapt->best[column] <= 0 || adapt->pace[column] < adapt->best[column])
            adapt->best[column] = adapt->pace[column];
    return true;
}

// Bytes of a block column on the process that has the most of it, and of all that the fullest
// holds.
static void count_bytes(const pn_layout *layout, double *block, double *most)
{
    double n = (double)layout->n, entry = (double)pn_element_bytes(PN_FLOAT64);
    *block = *most = 0;
    for (int column = 0; column < layout->columns; column++) {
        double bytes = entry * n * layout->nb / layout->heights[column];
        *block = fmax(*block, bytes);
        *most = fmax(*most, bytes * (double)layout->owned[column]);
    }
}

// By what factor the column that has slowed down most has done so: it copies at that speed, too.
static double slowness(const pn_adapt *adapt)
{
    double worst = 1;
    for (int column = 0; column < adapt->layout->columns; column++)
        if (adapt->best[column] > 0)
            worst = fmax(worst, adapt->pace[column] / adapt->best[column]);
    return worst;
}

// A move: room is made where columns arrive, by touching pages and spreading what is there; then
// they are gathered, sent and scattered; then what stays closes up where they left.
static pn_drift_question question_of(const pn_adapt *adapt)
{
    const pn_layout *layout = adapt->layout;
    const pn_migration_cost *is = &adapt->migration_cost;
    double block, most, slow = slowness(adapt);
    count_bytes(layout, &block, &most);
    double piece = is->touch + is->copy + slow * (is->copy + is->link);
    double kept = is->anew > 0 ? is->touch + is->copy : is->copy;
    return (pn_drift_question){
        .layout = layout,
        .caps = adapt->caps,
        .first = adapt->to + (adapt->at_once ? 0 : 1) + (layout->height > 1 ? 2 : 0),
        .block_seconds = adapt->cost_factor * block * piece,
        .fixed_seconds = adapt->cost_factor * (most * (kept + slow * is->copy) + pause_seconds)};
}

// Whether all ranks know the quarters of the window, and these are long enough to tell anything.
static bool has_quarters(const pn_adapt *adapt, double seconds)
{
    for (int rank = 0; rank < adapt->comm->size; rank++)
        if (adapt->reports[rank].quarter[0] <= 0)
            return false;
    return seconds >= PN_WINDOW_QUARTERS * window_seconds;
}

static double slowest(const pn_adapt *adapt, int quarter)
{
    double seconds = 0;
    for (int rank = 0; rank < adapt->comm->size; rank++)
        seconds = fmax(seconds, adapt->reports[rank].quarter[quarter]);
    return seconds;
}

static void add_parts(pn_adapt *adapt, double seconds)
{
    double sum = 0;
    for (int quarter = 0; quarter < PN_WINDOW_QUARTERS; quarter++)
        sum += slowest(adapt, quarter);
    for (int quarter = 0; quarter < PN_WINDOW_QUARTERS; quarter++)
        if (find_paces(adapt, quarter))
            pn_drift_add(&adapt->drift, seconds * slowest(adapt, quarter) / sum, adapt->pace);
}

// Rank 0, once all have reported.
static void judge(pn_adapt *adapt)
{
    pn_comm *comm = adapt->comm;
    double seconds = adapt->window.time - adapt->began;
    for (int rank = 0; rank < comm->size; rank++) // this one may be ahead of the others
        seconds = fmax(seconds, adapt->reports[rank].busy);
    pn_drift_answer answer = {0};
    bool quarters = has_quarters(adapt, seconds);
    if (quarters)
        add_parts(adapt, seconds);
    if (find_paces(adapt, WHOLE)) {
        pn_drift_question question = question_of(adapt);
        if (!quarters)
            pn_drift_add(&adapt->drift, seconds, adapt->pace);
        answer = pn_drift_ask(&adapt->drift, &question, adapt->owner);
    }
    adapt->migrated = answer.migrated;
    adapt->gain = answer.gain;
    double step = seconds / (double)(adapt->to - adapt->from);
    adapt->verdict = (pn_adapt_verdict){.migrate = answer.migrated > 0 && adapt->at_once,
                                        .stride = (int32_t)fmin(1e6, ceil(window_seconds / step)),
                                        .alert = answer.suspicious};
    for (int rank = 1; rank < comm->size; rank++)
        pn_comm_send_start(comm, &adapt->verdict, sizeof adapt->verdict, rank, TAG_VERDICT,
                           &adapt->requests[rank]);
    adapt->judged = true;
}

// Ends what a window has under way; afterwards the verdict is there.
static void hear_verdict(pn_adapt *adapt)
{
    pn_comm *comm = adapt->comm;
    if (comm->rank == 0 && !adapt->judged) {
        pn_comm_wait_all(comm, comm->size - 1, adapt->requests + 1);
        judge(adapt);
    }
    if (comm->rank == 0) {
        pn_comm_wait_all(comm, comm->size - 1, adapt->requests + 1);
    } else {
        pn_comm_wait(comm, &adapt->sent);
        pn_comm_receive(comm, &adapt->verdict, sizeof adapt->verdict, 0, TAG_VERDICT);
    }
    adapt->asked = false;
}

bool pn_adapt_pause(pn_adapt *adapt, pn_gidx step, double wait_seconds)
{
    if (adapt->off || adapt->layout->columns == 1)
        return false;
    if (adapt->asked) {
        hear_verdict(adapt);
        if (adapt->verdict.migrate)
            return true;
    }
    if (!window_is_full(adapt, step))
        return false;
    adapt->at_once = adapt->verdict.alert;
    send_window(adapt, step, wait_seconds);
    if (adapt->at_once)
        hear_verdict(adapt);
    return adapt->at_once && adapt->verdict.migrate;
}

static void judge_early(void *context, const pn_op *op)
{
    pn_adapt *adapt = context;
    bool all = adapt->asked && adapt->comm->rank == 0 && !adapt->judged;
    (void)op;
    for (int rank = 1; rank < adapt->comm->size && all; rank++)
        all = !adapt->requests[rank].active || pn_comm_test(adapt->comm, &adapt->requests[rank]);
    if (all)
        judge(adapt);
}

static void see(void *context, const pn_op *op, double begin, double seconds)
{
    pn_adapt *adapt = context;
    (void)begin;
    pn_window_see(&adapt->window, op, seconds, adapt->panels_apart);
}

static void see_piece(void *context, double done, double wait_seconds)
{
    pn_adapt *adapt = context;
    pn_window_piece(&adapt->window, done, wait_seconds);
}

pn_observer pn_adapt_observer(pn_adapt *adapt)
{
    return (pn_observer){.before = judge_early, .after = see, .piece = see_piece, .context = adapt};
}

void pn_adapt_settle(pn_adapt *adapt)
{
    if (adapt->asked)
        hear_verdict(adapt);
}

void pn_adapt_share(pn_adapt *adapt)
{
    struct {
        int64_t migrated;
        double gain;
    } decided = {adapt->migrated, adapt->gain};
    pn_group world = pn_group_world(adapt->comm, TAG_ADAPT);
    pn_group_broadcast(&world, &decided, sizeof decided, 0);
    pn_group_broadcast(&world, adapt->owner,
                       (size_t)adapt->layout->column_blocks * sizeof *adapt->owner, 0);
    adapt->migrated = decided.migrated;
    adapt->gain = decided.gain;
}

void pn_adapt_migrated(pn_adapt *adapt, double seconds)
{
    pn_drift_question question = question_of(adapt);
    double reckoned = question.fixed_seconds + question.block_seconds * (double)adapt->migrated;
    adapt->cost_factor *= seconds / reckoned;
    pn_drift_migrated(&adapt->drift);
}
