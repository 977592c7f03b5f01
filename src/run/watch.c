// SPDX-License-Identifier: BSD-3-Clause
// The share that is done is that of the arithmetic, 1 - (left / N)^3, not of the steps, of which
// the first tenth is over a quarter of the work.
#include "run/watch.h"

#include "base/clock.h"
#include "base/flops.h"
#include "base/notice.h"
#include "base/rate_text.h"
#include "comm/stall.h"
#include "measure/result.h"

#include <math.h>
#include <string.h>

static pn_phase phase_of(pn_op_kind kind)
{
    switch (kind) {
    case PN_OP_FACTOR:
        return PN_PHASE_PANEL;
    case PN_OP_BROADCAST_START:
    case PN_OP_BROADCAST_FINISH:
        return PN_PHASE_BROADCAST;
    case PN_OP_ROWS_START:
        return PN_PHASE_ROWS;
    case PN_OP_ROWS_FINISH:
        return PN_PHASE_SOLVE_ROWS;
    case PN_OP_LOAD:
    case PN_OP_STORE:
    case PN_OP_UPDATE_PANEL:
        return PN_PHASE_STRIP;
    case PN_OP_MULTIPLY_START:
    case PN_OP_MULTIPLY_FINISH:
    case PN_OP_KINDS:
        break;
    }
    return PN_PHASE_MULTIPLY;
}

static void file_time(void *context, const pn_op *op, double begin, double seconds)
{
    pn_watch *watch = context;
    if (op->step > watch->step || begin - watch->origin == 0) {
        watch->step = op->step;
        pn_trace_begin_step(watch->trace, op->step, begin - watch->origin);
    }
    pn_trace_add(watch->trace, op->step, phase_of(op->kind), seconds);
}

pn_observer pn_watch_trace(pn_watch *watch)
{
    watch->step = -1;
    return (pn_observer){.after = file_time, .context = watch};
}

// Share of the arithmetic that is done when `left` of `n` columns remain.
static double done_share(pn_gidx n, pn_gidx left)
{
    double rest = (double)left / (double)n;
    return 1.0 - rest * rest * rest;
}

// The same before a step.
static double share_before(const pn_watch *watch, pn_gidx step)
{
    return done_share(watch->n, watch->n - watch->n * step / watch->steps);
}

// Columns that are left before a step, in N.
static double left_before(const pn_watch *watch, pn_gidx step)
{
    return 1 - (double)step / (double)watch->steps;
}

static pn_progress facts(const pn_watch *watch, pn_gidx step, double now)
{
    double share = share_before(watch, step), elapsed = now - watch->origin;
    double first = share_before(watch, watch->first), flops = pn_linpack_flops(watch->n);
    double since = now - fmax(watch->last, watch->origin), before = fmax(watch->share, first);
    pn_progress p = {.n = watch->n,
                     .nb = watch->nb,
                     .p = watch->p,
                     .q = watch->q,
                     .step = step,
                     .steps = watch->steps,
                     .share = share,
                     .seconds = elapsed,
                     .left = pn_pace_left(&watch->pace, left_before(watch, watch->first),
                                          left_before(watch, step), elapsed),
                     .flops = elapsed > 0 ? (share - first) * flops / elapsed : 0,
                     .flops_now = since > 0 ? (share - before) * flops / since : 0,
                     .moves = watch->result->migration_count};
    if (watch->pace.seconds > 0)
        p.flops_expected = (1 - first) * flops / watch->pace.seconds;
    memcpy(p.phases, watch->trace->total, sizeof p.phases);
    return p;
}

static void tell(pn_watch *watch, const pn_progress *p, double now)
{
    char rate[PN_FLOPS_TEXT];
    pn_flops_text(p->flops, rate);
    pn_log_progress(watch->log, "solving: %5.1f %%  %18s  %6.1f s so far, %.0f s left",
                    100.0 * p->share, rate, p->seconds, p->left);
    watch->spoken = now;
}

// For whoever ends the run.
static void note_progress(const pn_watch *watch, pn_gidx step, double now)
{
    pn_notice *notice = watch->notice;
    if (!notice)
        return;
    atomic_store(&notice->share_before, share_before(watch, watch->first));
    atomic_store(&notice->share, share_before(watch, step));
    atomic_store(&notice->seconds, now - watch->origin);
}

// A terminal's line may change often; a log file should get a few dozen lines at most.
static double interval(const pn_watch *watch)
{
    return watch->log->live ? 0.5 : fmax(2.0, watch->pace.seconds / 20.0);
}

// Where the first multiplication of a step begins, all steps before it are done, and no more.
static void tell_sometimes(void *context, const pn_op *op, double begin, double seconds)
{
    pn_watch *watch = context;
    double now = begin + seconds;
    if (op->kind != PN_OP_MULTIPLY_START || op->step <= watch->multiplying)
        return;
    watch->multiplying = op->step;
    note_progress(watch, op->step, now);
    pn_progress progress = facts(watch, op->step, now);
    bool is_silent = watch->is_silent || pn_onlookers_draw(watch->onlookers, progress.seconds);
    if (!is_silent && now - watch->spoken >= interval(watch))
        tell(watch, &progress, now);
    if (!pn_onlookers_want(watch->onlookers, progress.share, progress.seconds))
        return;
    pn_onlookers_tell(watch->onlookers, &progress);
    watch->last = now;
    watch->share = progress.share;
}

pn_observer pn_watch_progress(pn_watch *watch)
{
    watch->spoken = pn_clock();
    watch->multiplying = 0;
    watch->last = watch->share = 0;
    return (pn_observer){.after = tell_sometimes, .context = watch};
}

static void say_place(void *context, const pn_op *op)
{
    pn_stall_at(context, op->step, pn_op_name(op->kind));
}

pn_observer pn_watch_position(pn_comm *comm)
{
    return (pn_observer){.before = say_place, .context = comm};
}
