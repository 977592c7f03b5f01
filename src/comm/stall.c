// SPDX-License-Identifier: BSD-3-Clause
// Notes are small messages with a tag of their own. They are sent without waiting, since a stopped
// rank takes none, and are only written and read when a look is due.
#include "comm/stall.h"

#include "base/clock.h"
#include "base/exit_code.h"
#include "comm/group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_BYTES = 1024, SPINS_BEFORE_LOOK = 2500, COLLECTING_LOOKS = 2, HOLD_BACK_LOOKS = 6 };

typedef enum note_kind {
    NOTE_QUESTION,
    NOTE_ANSWER,
    NOTE_ACCUSATION // of a rank that answers nothing
} note_kind;

typedef struct note {
    int32_t kind;
    int32_t from;
    int32_t about;    // answer: the rank waited for, -1 if none; accusation: the accused
    int32_t is_still; // answer: nothing was done since the look before
    char place[STALL_POSITION_BYTES];
} note;

typedef struct letter { // a note under way
    struct letter *next;
    pn_request request;
    note content;
} letter;

struct pn_stall {
    pn_stall_pulse pulse;
    pn_stall_thread *thread;
    int tag, size;
    int me;                          // also where comm is a part with numbers of its own
    char (*hosts)[STALL_HOST_BYTES]; // [size]
    double next;                     // time of the next look
    long seen;                       // beats at the last look
    int awaited;                     // at the last look
    int target;                      // the end of the chain, as far as it is known
    int unanswered;                  // looks since the target was first asked or has answered
    int still;                       // looks since anybody along the chain did something
    letter *letters;
    int accused, collected; // by others: whom, and for how many looks they have been collected
    char accusers[LIST_BYTES];
};

static void count(atomic_long *counter)
{
    long value = atomic_load_explicit(counter, memory_order_relaxed); // one writer
    atomic_store_explicit(counter, value + 1, memory_order_relaxed);
}

static void drop_delivered(pn_stall *stall, pn_comm *comm)
{
    for (letter **link = &stall->letters; *link;) {
        letter *sent = *link;
        if (pn_comm_test(comm, &sent->request)) {
            *link = sent->next;
            free(sent);
        } else {
            link = &sent->next;
        }
    }
}

static void post(pn_comm *comm, int to, note_kind kind, int about, bool is_still)
{
    pn_stall *stall = comm->stall;
    letter *sent = calloc(1, sizeof *sent);
    if (!sent)
        return; // the next look tries again
    sent->content = (note){.kind = kind, .from = stall->me, .about = about, .is_still = is_still};
    pn_stall_position(&stall->pulse, sent->content.place);
    sent->request.active = true;
    comm->ops->send_start(comm, &sent->content, sizeof sent->content, to, stall->tag,
                          &sent->request);
    sent->next = stall->letters;
    stall->letters = sent;
}

// Speaks for a rank that cannot, and ends the job.
static void name_silent(pn_comm *comm, int rank, const char *waiting)
{
    pn_stall *stall = comm->stall;
    pn_log log = *comm->log;
    log.rank = rank;
    memcpy(log.host, stall->hosts[rank], sizeof log.host);
    pn_log_rank(&log,
                "no sign of life from this rank for %g s (--stall-timeout sets the limit); the job "
                "ends. Waiting for it: %s",
                pn_stall_seconds(&stall->pulse), waiting);
    pn_comm_abort(comm, PN_EXIT_FAILURE);
}

static void name_circle(pn_comm *comm)
{
    char place[STALL_POSITION_BYTES];
    pn_stall_position(&comm->stall->pulse, place);
    pn_log_rank(comm->log,
                "no progress for %g s (--stall-timeout sets the limit): this rank (%s) waits for "
                "rank %d, which waits, perhaps by way of others, for this one; the job ends",
                pn_stall_seconds(&comm->stall->pulse), place, comm->stall->awaited);
    pn_comm_abort(comm, PN_EXIT_FAILURE);
}

// The lowest rank that is not accused collects who waits.
static void collect(pn_stall *stall, const note *accusation)
{
    if (stall->accused >= 0 && stall->accused != accusation->about)
        return;
    char entry[STALL_POSITION_BYTES + 32];
    snprintf(entry, sizeof entry, "rank %d (%.*s)", accusation->from, STALL_POSITION_BYTES - 1,
             accusation->place);
    stall->accused = accusation->about;
    size_t length = strlen(stall->accusers);
    if (!strstr(stall->accusers, entry) && length + strlen(entry) + 3 < LIST_BYTES)
        snprintf(stall->accusers + length, LIST_BYTES - length, "%s%s", length ? ", " : "", entry);
}

static void start_chain(pn_stall *stall, int awaited)
{
    stall->target = awaited;
    stall->unanswered = 0;
}

// Follows the chain to whom the target waits for, if it does.
static void take_answer(pn_comm *comm, const note *answer)
{
    pn_stall *stall = comm->stall;
    if (answer->from != stall->target)
        return;
    stall->unanswered = 0;
    if (answer->about < 0 || !answer->is_still)
        stall->still = 0;
    if (answer->about < 0)
        return;
    if (answer->about == stall->me && stall->still >= pn_stall_looks(&stall->pulse))
        name_circle(comm);
    start_chain(stall, answer->about == stall->me ? stall->awaited : answer->about);
}

static void hear(pn_comm *comm)
{
    pn_stall *stall = comm->stall;
    note heard;
    while (comm->ops->hear(comm, &heard, sizeof heard, stall->tag)) {
        if (heard.kind == NOTE_QUESTION)
            post(comm, heard.from, NOTE_ANSWER, stall->awaited, stall->still > 0);
        else if (heard.kind == NOTE_ANSWER)
            take_answer(comm, &heard);
        else
            collect(stall, &heard);
    }
}

static void accuse(pn_comm *comm)
{
    pn_stall *stall = comm->stall;
    int judge = stall->target == 0 ? 1 : 0, looks = pn_stall_looks(&stall->pulse);
    note own = {.from = stall->me, .about = stall->target};
    pn_stall_position(&stall->pulse, own.place);
    if (judge == stall->me) {
        collect(stall, &own);
    } else if (stall->unanswered == looks) {
        post(comm, judge, NOTE_ACCUSATION, stall->target, true);
    } else if (stall->unanswered >=
               STALL_LOOKS + HOLD_BACK_LOOKS) { // the judge is not there either
        collect(stall, &own);
        name_silent(comm, stall->target, stall->accusers);
    }
}

// awaited: -1 between operations, and where this rank waits for its own part (a device).
static void look(pn_comm *comm, int awaited)
{
    pn_stall *stall = comm->stall;
    long beats = atomic_load_explicit(&stall->pulse.beats, memory_order_relaxed);
    bool moved = beats != stall->seen || awaited != stall->awaited;
    stall->next = pn_clock() + atomic_load(&stall->pulse.period);
    stall->seen = beats;
    stall->awaited = awaited;
    stall->still = moved ? 0 : stall->still + 1;
    if (moved)
        start_chain(stall, awaited);
    else
        stall->unanswered++;
    if (awaited < 0 && stall->still >= pn_stall_looks(&stall->pulse))
        pn_stall_name_self(&stall->pulse, comm);
    if (stall->size == 1)
        return;
    drop_delivered(stall, comm);
    hear(comm);
    if (stall->accused >= 0 && ++stall->collected > COLLECTING_LOOKS)
        name_silent(comm, stall->accused, stall->accusers);
    if (moved || awaited < 0 || stall->target < 0)
        return;
    post(comm, stall->target, NOTE_QUESTION, -1, true);
    if (stall->unanswered >= pn_stall_looks(&stall->pulse))
        accuse(comm);
}

static bool is_due(const pn_comm *comm)
{
    const pn_stall *stall = comm->stall;
    return !atomic_load(&stall->pulse.off) && pn_clock() >= stall->next;
}

static void take_turn(pn_comm *comm, long spins)
{
    pn_stall *stall = comm->stall;
    count(&stall->pulse.turns);
    if (spins == 0)
        count(&stall->pulse.beats);
    else if (spins > SPINS_BEFORE_LOOK && is_due(comm))
        look(comm, stall->size > 1 ? comm->awaited : -1);
}

void pn_stall_at(pn_comm *comm, int64_t step, const char *operation)
{
    pn_stall *stall = comm->stall;
    if (!stall)
        return;
    atomic_store_explicit(&stall->pulse.step, step, memory_order_relaxed);
    atomic_store_explicit(&stall->pulse.operation, operation, memory_order_relaxed);
    count(&stall->pulse.turns);
    count(&stall->pulse.beats);
    if (is_due(comm))
        look(comm, -1);
}

static void set_limit(pn_stall *stall, double seconds)
{
    atomic_store(&stall->pulse.period, seconds > 0 ? seconds / STALL_LOOKS : 3600.0);
    atomic_store(&stall->pulse.off, seconds <= 0);
    stall->next = pn_clock() + atomic_load(&stall->pulse.period);
}

void pn_stall_limit(pn_comm *comm, double seconds)
{
    if (!comm->stall)
        return;
    set_limit(comm->stall, seconds);
    pn_stall_thread_wake(comm->stall->thread);
}

static void share_hosts(pn_comm *comm, pn_stall *stall)
{
    snprintf(stall->hosts[comm->rank], STALL_HOST_BYTES, "%s", comm->log->host);
    pn_group world = pn_group_world(comm, 0);
    pn_group_gather_all(&world, stall->hosts, STALL_HOST_BYTES);
}

// All ranks meet, then the watch ends; what it sent may be read until the communicator is closed.
static void end(pn_comm *comm)
{
    pn_stall *stall = comm->stall;
    pn_group world = pn_group_world(comm, 0);
    pn_stall_at(comm, -1, "end of the job");
    pn_group_barrier(&world);
    pn_stall_thread_end(stall->thread);
    for (letter *sent = stall->letters; sent; sent = sent->next)
        pn_comm_cancel(comm, &sent->request);
    comm->stall = NULL;
    comm->watch = NULL;
}

static void release(pn_stall *stall)
{
    while (stall->letters) {
        letter *next = stall->letters->next;
        free(stall->letters);
        stall->letters = next;
    }
    free(stall->hosts);
    free(stall);
}

pn_status pn_stall_start(pn_comm *comm, double seconds)
{
    pn_stall *stall = calloc(1, sizeof *stall);
    if (stall)
        stall->hosts = calloc((size_t)comm->size, sizeof *stall->hosts);
    if (!stall || !stall->hosts) { // the others are about to meet this rank
        pn_log_rank(comm->log, "no memory for the names of the hosts of %d ranks", comm->size);
        pn_comm_abort(comm, PN_EXIT_FAILURE);
        return PN_ERROR_MEMORY;
    }
    atomic_store(&stall->pulse.step, -1);
    atomic_store(&stall->pulse.operation, "preparation");
    stall->size = comm->size;
    stall->me = comm->rank;
    stall->accused = stall->awaited = stall->target = -1;
    stall->tag = --comm->tag_limit; // out of everybody else's reach
    set_limit(stall, seconds);
    share_hosts(comm, stall);
    static const pn_comm_watch watch = {take_turn, end, release};
    comm->stall = stall;
    comm->watch = &watch;
    return pn_stall_thread_start(&stall->thread, &stall->pulse, comm);
}
