// SPDX-License-Identifier: BSD-3-Clause
// What was asked for, in order, and when it is carried out.
#include "base/breakdown.h"
#include "compute/late_private.h"

#include <stdlib.h>
#include <string.h>

// One time out of `odds`; never if everything is to be as late as allowed.
static bool happens(pn_late *late, unsigned odds)
{
    if (late->random == 0)
        return false;
    late->random = late->random * 6364136223846793005u + 1442695040888963407u;
    return (late->random >> 33) % odds == 0;
}

static void carry_multiply(pn_late *late)
{
    pn_compute *worker = late->worker;
    late->multiplying = false;
    worker->ops->multiply_start(worker, &late->multiply.task.update, 1);
    worker->ops->multiply_finish(worker);
    late->base.multiply_seconds = worker->multiply_seconds;
    late->base.multiply_operations = worker->multiply_operations;
}

static void start_multiply(pn_late *late, const pn_late_entry *entry)
{
    if (late->multiplying)
        pn_late_misused("a multiplication was started before the last one was finished");
    late->multiply = *entry;
    late->multiplying = true;
}

static void carry_entry(pn_late *late, const pn_late_entry *e)
{
    pn_compute *worker = late->worker;
    switch (e->kind) {
    case PN_LATE_GENERATE:
        worker->ops->generate(worker, &e->task.generate);
        break;
    case PN_LATE_READ:
        worker->ops->read(worker, e->from, e->output, e->ld);
        break;
    case PN_LATE_WRITE:
        worker->ops->write(worker, e->to, e->input, e->ld);
        break;
    case PN_LATE_GATHER:
        worker->ops->gather_rows(worker, &e->task.rows);
        break;
    case PN_LATE_SCATTER:
        worker->ops->scatter_rows(worker, &e->task.rows);
        break;
    case PN_LATE_MOVE:
        worker->ops->move_rows(worker, &e->task.move);
        break;
    case PN_LATE_COPY:
        worker->ops->copy(worker, e->to, e->from);
        break;
    case PN_LATE_STRIP:
        worker->ops->strip(worker, &e->task.update, e->output, e->ld);
        break;
    case PN_LATE_FACTOR:
        pn_late_factor(&e->task.panel);
        break;
    case PN_LATE_PANEL:
        memcpy(e->output, e->input, e->bytes);
        break;
    case PN_LATE_SOLVE_ROWS:
        worker->ops->solve_rows(worker, &e->task.solve);
        break;
    case PN_LATE_SOLVE:
        worker->ops->solve(worker, e->input, e->ld, e->to);
        break;
    case PN_LATE_MULTIPLY:
        start_multiply(late, e);
        break;
    case PN_LATE_FINISH:
        if (late->multiplying)
            carry_multiply(late);
        break;
    }
}

static void carry_next(pn_late *late)
{
    pn_late_entry *entry = &late->queue[++late->carried % PN_LATE_QUEUE];
    if (late->multiplying && happens(late, 3))
        carry_multiply(late);
    carry_entry(late, entry);
    free(entry->lists);
    entry->lists = NULL;
}

pn_ticket pn_late_give(pn_late *late, const pn_late_entry *entry)
{
    if (late->given + 1 == late->breaks_at)
        pn_breakdown("late device", "carry out an operation", "it was asked to break here");
    if (late->given - late->carried == PN_LATE_QUEUE)
        carry_next(late);
    late->queue[++late->given % PN_LATE_QUEUE] = *entry;
    while (late->carried < late->given && happens(late, 4))
        carry_next(late);
    return late->given;
}

void pn_late_carry(pn_late *late, pn_ticket ticket)
{
    while (late->carried < late->given && late->carried < ticket)
        carry_next(late);
}

void pn_late_pass(pn_late *late)
{
    enum { PATIENCE = 64 }; // looks after which something happens in any case
    bool must = ++late->looks >= PATIENCE;
    if (must)
        late->looks = 0;
    if (late->carried < late->given && (must || happens(late, 2)))
        carry_next(late);
    else if (late->multiplying && happens(late, 2))
        carry_multiply(late);
}
