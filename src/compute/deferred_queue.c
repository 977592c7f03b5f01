// SPDX-License-Identifier: BSD-3-Clause
// What was asked for, in order, and when it is carried out.
#include "base/breakdown.h"
#include "compute/deferred_private.h"

#include <stdlib.h>
#include <string.h>

// One time out of `odds`; never if everything is to be as late as allowed.
static bool happens(pn_deferred *deferred, unsigned odds)
{
    if (deferred->random == 0)
        return false;
    deferred->random = deferred->random * 6364136223846793005u + 1442695040888963407u;
    return (deferred->random >> 33) % odds == 0;
}

static void carry_multiply(pn_deferred *deferred)
{
    pn_compute *worker = deferred->worker;
    deferred->multiplying = false;
    const pn_update *task = &deferred->multiply.task.update;
    pn_block l = {{(void *)task->l}, task->width, task->c.rows, task->ld_l, task->u.element};
    pn_deferred_strike(deferred, PN_DEFERRED_L, l);
    pn_deferred_strike(deferred, PN_DEFERRED_U, task->u);
    worker->ops->multiply_start(worker, task, 1);
    worker->ops->multiply_finish(worker);
    pn_deferred_strike(deferred, PN_DEFERRED_TRAILING, task->c);
    deferred->base.multiply_seconds = worker->multiply_seconds;
    deferred->base.multiply_operations = worker->multiply_operations;
}

static void start_multiply(pn_deferred *deferred, const pn_deferred_entry *entry)
{
    if (deferred->multiplying)
        pn_deferred_misused("a multiplication was started before the last one was finished");
    deferred->multiply = *entry;
    deferred->multiplying = true;
}

static pn_block pivot_rows(const pn_row_solve *task)
{
    return pn_block_submatrix(task->matrix, task->top, task->column, task->width, task->columns);
}

static void carry_entry(pn_deferred *deferred, const pn_deferred_entry *e)
{
    pn_compute *worker = deferred->worker;
    switch (e->kind) {
    case PN_DEFERRED_GENERATE:
        worker->ops->generate(worker, &e->task.generate);
        break;
    case PN_DEFERRED_READ:
        worker->ops->read(worker, e->from, e->output, e->ld);
        break;
    case PN_DEFERRED_WRITE:
        worker->ops->write(worker, e->to, e->input, e->ld);
        break;
    case PN_DEFERRED_GATHER:
        worker->ops->gather_rows(worker, &e->task.rows);
        break;
    case PN_DEFERRED_SCATTER:
        worker->ops->scatter_rows(worker, &e->task.rows);
        break;
    case PN_DEFERRED_MOVE:
        worker->ops->move_rows(worker, &e->task.move);
        break;
    case PN_DEFERRED_COPY:
        worker->ops->copy(worker, e->to, e->from);
        pn_deferred_strike(deferred, PN_DEFERRED_STORED_U, e->to);
        break;
    case PN_DEFERRED_UPDATE_PANEL:
        worker->ops->update_panel(worker, &e->task.update, e->output, e->ld);
        break;
    case PN_DEFERRED_FACTOR:
        pn_deferred_factor(&e->task.panel);
        break;
    case PN_DEFERRED_PANEL:
        memcpy(e->output, e->input, e->bytes);
        break;
    case PN_DEFERRED_FACTOR_PLAIN:
        pn_deferred_factor_plain(&e->task.plain);
        break;
    case PN_DEFERRED_KEEP:
        worker->ops->keep(worker, e->to, e->input, e->ld);
        break;
    case PN_DEFERRED_ROUND:
        worker->ops->round(worker, e->to, e->from, e->negates);
        break;
    case PN_DEFERRED_SOLVE_ROWS:
        worker->ops->solve_rows(worker, &e->task.solve);
        pn_deferred_strike(deferred, PN_DEFERRED_STORED_U, pivot_rows(&e->task.solve));
        break;
    case PN_DEFERRED_SOLVE:
        worker->ops->solve(worker, e->input, e->ld, e->to);
        break;
    case PN_DEFERRED_MULTIPLY:
        start_multiply(deferred, e);
        break;
    case PN_DEFERRED_FINISH:
        if (deferred->multiplying)
            carry_multiply(deferred);
        break;
    }
}

static void carry_next(pn_deferred *deferred)
{
    pn_deferred_entry *entry = &deferred->queue[++deferred->carried % PN_DEFERRED_QUEUE];
    if (deferred->multiplying && happens(deferred, 3))
        carry_multiply(deferred);
    carry_entry(deferred, entry);
    free(entry->lists);
    entry->lists = NULL;
}

pn_ticket pn_deferred_give(pn_deferred *deferred, const pn_deferred_entry *entry)
{
    if (deferred->given + 1 == deferred->breaks_at)
        pn_breakdown("deferred device", "carry out an operation", "it was asked to break here");
    if (deferred->given - deferred->carried == PN_DEFERRED_QUEUE)
        carry_next(deferred);
    deferred->queue[++deferred->given % PN_DEFERRED_QUEUE] = *entry;
    while (deferred->carried < deferred->given && happens(deferred, 4))
        carry_next(deferred);
    return deferred->given;
}

void pn_deferred_carry(pn_deferred *deferred, pn_ticket ticket)
{
    while (deferred->carried < deferred->given && deferred->carried < ticket)
        carry_next(deferred);
}

void pn_deferred_pass(pn_deferred *deferred)
{
    enum { PATIENCE = 64 }; // looks after which something happens in any case
    bool must = ++deferred->looks >= PATIENCE;
    if (must)
        deferred->looks = 0;
    if (deferred->carried < deferred->given && (must || happens(deferred, 2)))
        carry_next(deferred);
    else if (deferred->multiplying && happens(deferred, 2))
        carry_multiply(deferred);
}
