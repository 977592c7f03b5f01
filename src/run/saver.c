// SPDX-License-Identifier: BSD-3-Clause
// A decision is sent at one step and taken at the next: by then it has arrived, and nobody has
// waited for it. Once one is due no more are asked for until it has been performed.
#include "run/saver.h"

#include "base/clock.h"

enum { TAG = 8192 };

static int32_t decide(pn_saver *saver)
{
    pn_notice *notice = saver->notice;
    int end = notice ? atomic_load(&notice->end) : 0;
    if (end > 0)
        return end;
    bool wanted = notice && atomic_exchange(&notice->save, false);
    return wanted || pn_clock() >= saver->next ? PN_SAVER_SAVE : 0;
}

static void take(pn_saver *saver)
{
    pn_comm *comm = saver->comm;
    if (!saver->asked)
        return;
    if (comm->rank == 0)
        pn_comm_wait_all(comm, comm->size, saver->requests);
    else
        pn_comm_receive(comm, &saver->told, sizeof saver->told, 0, TAG);
    if (saver->told != 0)
        saver->due = saver->told;
    saver->asked = false;
}

static void tell(pn_saver *saver)
{
    pn_comm *comm = saver->comm;
    if (comm->rank == 0) {
        saver->told = decide(saver);
        for (int rank = 1; rank < comm->size; rank++)
            pn_comm_send_start(comm, &saver->told, sizeof saver->told, rank, TAG,
                               &saver->requests[rank]);
    }
    saver->asked = true;
}

// The first that is asked moves the messages along.
static bool wants_save(void *context, pn_gidx step, double wait_seconds)
{
    pn_saver *saver = context;
    (void)step;
    (void)wait_seconds;
    take(saver);
    if (saver->due == 0)
        tell(saver);
    if (saver->comm->size == 1)
        take(saver);
    return saver->due != 0;
}

static bool wants_end(void *context, pn_gidx step, double wait_seconds)
{
    const pn_saver *saver = context;
    (void)step;
    (void)wait_seconds;
    return saver->due > 0;
}

int pn_saver_askers(pn_saver *saver, pn_lu_asker *askers)
{
    askers[0] = (pn_lu_asker){PN_PAUSE_CHECKPOINT, wants_save, saver};
    askers[1] = (pn_lu_asker){PN_PAUSE_STOP, wants_end, saver};
    return 2;
}

void pn_saver_settle(pn_saver *saver)
{
    if (saver->on)
        take(saver);
}

void pn_saver_open_notice(pn_saver *saver)
{
    if (saver->on && saver->notice)
        atomic_store(&saver->notice->open, true);
}

void pn_saver_close_notice(pn_saver *saver)
{
    if (saver->on && saver->notice)
        atomic_store(&saver->notice->open, false);
}
