// SPDX-License-Identifier: BSD-3-Clause
// The numbers travel as they lie in memory. Each list behind a pointer follows in a message of its
// own: what a pointer of another process says means nothing here.
#include "run/deliver.h"
#include "base/exit_code.h"
#include "comm/group.h"

#include <stdlib.h>

enum { TAG = PN_TAG_FREE };

typedef struct delivery {
    pn_comm *comm;
    int from;
} delivery;

// The list where it is of use: the sender's own, or what rank 0 received in its place. An empty
// one sends no message.
static void *pass(const delivery *d, void *list, size_t bytes)
{
    pn_comm *comm = d->comm;
    if (comm->rank == d->from) {
        if (bytes > 0)
            pn_comm_send(comm, list, bytes, 0, TAG);
        return list;
    }
    if (bytes == 0)
        return NULL;
    list = malloc(bytes);
    if (!list) {
        pn_log_rank(comm->log, "no memory for %zu bytes of the result", bytes);
        pn_comm_abort(comm, PN_EXIT_FAILURE); // the sender is waiting
    }
    pn_comm_receive(comm, list, bytes, d->from, TAG);
    return list;
}

static void pass_trace(const delivery *d, pn_trace *trace)
{
    trace->records = pass(d, trace->records, (size_t)trace->count * sizeof *trace->records);
}

static void pass_ownership(const delivery *d, pn_ownership *ownership)
{
    size_t runs = (size_t)ownership->runs;
    ownership->column = pass(d, ownership->column, runs * sizeof *ownership->column);
    ownership->blocks = pass(d, ownership->blocks, runs * sizeof *ownership->blocks);
}

static void pass_timelines(const delivery *d, pn_result *result)
{
    size_t count = (size_t)result->timeline_count;
    result->timelines = pass(d, result->timelines, count * sizeof *result->timelines);
    for (size_t i = 0; i < count; i++)
        pass_trace(d, &result->timelines[i].trace);
}

static void pass_migrations(const delivery *d, pn_result *result)
{
    size_t count = (size_t)result->migration_count;
    result->migrations = pass(d, result->migrations, count * sizeof *result->migrations);
    for (size_t i = 0; i < count; i++) {
        pn_migration_record *migration = &result->migrations[i];
        migration->run = pass(d, migration->run, (size_t)migration->runs * sizeof *migration->run);
    }
}

void pn_deliver_result(pn_result *result, pn_comm *comm, int from)
{
    delivery d = {comm, from};
    if (from == 0 || (comm->rank != 0 && comm->rank != from))
        return;
    if (comm->rank == from) {
        pn_comm_send(comm, result, sizeof *result, 0, TAG);
    } else {
        pn_comm_receive(comm, result, sizeof *result, from, TAG);
        result->columns = NULL;
        result->left_out = NULL;
        result->left_out_count = 0;
    }
    result->ranks = pass(&d, result->ranks, (size_t)result->rank_count * sizeof *result->ranks);
    result->sessions =
        pass(&d, result->sessions, (size_t)result->session_count * sizeof *result->sessions);
    result->corrections = pass(&d, result->corrections,
                               (size_t)result->correction_count * sizeof *result->corrections);
    pass_timelines(&d, result);
    pass_migrations(&d, result);
    pass_trace(&d, &result->trace);
    pass_ownership(&d, &result->ownership);
    pass_ownership(&d, &result->ownership_after);
}
