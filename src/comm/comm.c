// SPDX-License-Identifier: BSD-3-Clause
// Point-to-point transfers: what every backend shares. Waiting is polling, so that relays, the
// caller's idle work and ranks that share the processor all get their turn meanwhile.
#include "comm/comm.h"

#include "base/clock.h"
#include "comm/witness.h"

#include <assert.h>

void pn_comm_send_start(pn_comm *comm, const void *data, size_t bytes, int to, int tag,
                        pn_request *request)
{
    assert(to >= 0 && to < comm->size && tag >= 0 && tag < comm->tag_limit && !request->active);
    request->active = true;
    request->peer = comm->members ? comm->members[to] : to;
    comm->ops->send_start(comm, data, bytes, request->peer, tag, request);
}

void pn_comm_receive_start(pn_comm *comm, void *data, size_t bytes, int from, int tag,
                           pn_request *request)
{
    assert(from >= 0 && from < comm->size && tag >= 0 && tag < comm->tag_limit && !request->active);
    request->active = true;
    request->peer = comm->members ? comm->members[from] : from;
    comm->ops->receive_start(comm, data, bytes, request->peer, tag, request);
}

bool pn_comm_test(pn_comm *comm, pn_request *request)
{
    return !request->active || comm->ops->test(comm, request);
}

static bool advance_background(pn_comm *comm)
{
    bool moved = false;
    for (pn_background *work = comm->background; work; work = work->next)
        moved |= work->advance(work);
    return moved;
}

// A turn in which nothing is copied takes next to no time.
void pn_comm_advance(pn_comm *comm)
{
    enum { QUIET_TURNS = 8, TURNS_MOST = 100 };
    static const double quick = 4e-6;
    double before = pn_clock();
    for (int turn = 0, quiet = 0; comm->background && quiet < QUIET_TURNS && turn < TURNS_MOST;
         turn++) {
        bool moved = advance_background(comm);
        double now = pn_clock();
        quiet = moved || now - before > quick ? 0 : quiet + 1;
        before = now;
    }
}

void pn_comm_pause(pn_comm *comm, long *spins)
{
    // A poll costs far more than a pause instruction, and ranks may outnumber the processors:
    // yield after some tens of polls.
    enum { SPINS_PER_POLL = 50, SPINS_BEFORE_NAP = 4000 };
    static const double nap = 50e-6;
    if (comm->watch)
        comm->watch->turn(comm, *spins);
    bool busy = advance_background(comm);
    if (comm->idle)
        busy |= comm->idle(comm->idle_context);
    if (busy) {
        *spins = 0;
        return;
    }
    if (comm->crowded && *spins >= SPINS_BEFORE_NAP)
        pn_nap(nap);
    else
        pn_relax(*spins);
    *spins += SPINS_PER_POLL;
}

bool pn_comm_help(pn_comm *comm)
{
    return comm->ops->help && comm->ops->help(comm);
}

void pn_comm_background_add(pn_comm *comm, pn_background *work)
{
    work->next = comm->background;
    comm->background = work;
}

void pn_comm_background_remove(pn_comm *comm, pn_background *work)
{
    for (pn_background **link = &comm->background; *link; link = &(*link)->next) {
        if (*link == work) {
            *link = work->next;
            return;
        }
    }
}

void pn_comm_wait(pn_comm *comm, pn_request *request)
{
    long spins = 0;
    comm->awaited = request->peer;
    while (!pn_comm_test(comm, request))
        pn_comm_pause(comm, &spins);
}

void pn_comm_wait_all(pn_comm *comm, int count, pn_request *requests)
{
    for (int i = 0; i < count; i++)
        pn_comm_wait(comm, &requests[i]);
}

void pn_comm_send(pn_comm *comm, const void *data, size_t bytes, int to, int tag)
{
    pn_request request = {0};
    pn_comm_send_start(comm, data, bytes, to, tag, &request);
    pn_comm_wait(comm, &request);
}

void pn_comm_receive(pn_comm *comm, void *data, size_t bytes, int from, int tag)
{
    pn_request request = {0};
    pn_comm_receive_start(comm, data, bytes, from, tag, &request);
    pn_comm_wait(comm, &request);
}

void pn_comm_cancel(pn_comm *comm, pn_request *request)
{
    if (request->active)
        comm->ops->cancel(comm, request);
}

void pn_comm_abort(pn_comm *comm, int exit_code)
{
    comm->ops->abort(comm, exit_code);
}

void pn_comm_close(pn_comm *comm)
{
    if (!comm)
        return;
    pn_witness *witness = comm->witness;
    const pn_comm_watch *watch = comm->watch;
    struct pn_stall *stall = comm->stall;
    if (watch)
        watch->end(comm);
    comm->ops->close(comm);
    if (watch)
        watch->release(stall);
    pn_witness_dismiss(witness, false);
}
