// SPDX-License-Identifier: BSD-3-Clause
// Ranks of one host see each other without MPI: each listens at a socket in Linux's abstract
// namespace, named after the job and its rank, and whoever's time is up looks which names are
// taken, by processes of this user.
#include "comm/start.h"

#include "base/clock.h"
#include "base/exit_code.h"
#include "comm/group.h"
#include "comm/peer.h"
#include "comm/roll_call.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { MEETING_TAG = 0 };

struct pn_start {
    pn_start_plan plan;
    int presence; // socket; -1 if there is none
    pthread_t watch;
    bool watched;
    pthread_mutex_t lock; // of what follows
    pthread_cond_t changed;
    bool over;
    bool met; // MPI has started, the ranks now meet
    double deadline;
};

static socklen_t name_presence(struct sockaddr_un *address, const pn_launch *launch, int rank)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX}; // a leading zero byte: abstract
    int length = snprintf(address->sun_path + 1, sizeof address->sun_path - 1, "panache/%ld/%s/%d",
                          (long)getuid(), launch->job, rank);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

static int announce_presence(const pn_launch *launch)
{
    enum { BACKLOG = 4096 }; // connections are never accepted: one a rank that looks
    int presence = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    struct sockaddr_un address;
    socklen_t length = name_presence(&address, launch, launch->rank);
    if (presence >= 0 && (bind(presence, (struct sockaddr *)&address, length) != 0 ||
                          listen(presence, BACKLOG) != 0)) {
        close(presence);
        return -1;
    }
    return presence;
}

static bool is_present(const pn_launch *launch, int rank)
{
    int probe = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0)
        return false;
    struct sockaddr_un address;
    socklen_t length = name_presence(&address, launch, rank);
    bool is_there = connect(probe, (struct sockaddr *)&address, length) == 0;
    bool is_present = is_there ? pn_peer_is_own(probe, NULL) : errno == EAGAIN; // it is asked a lot
    close(probe);
    return is_present;
}

// One rank a host speaks and stays for a moment, so that the others see it and keep silent; usually
// its end is theirs.
static void give_up(pn_start *start, bool met)
{
    enum { STAY_SECONDS = 1, HOLD_BACK_SECONDS = 3, WORDS = 1024 };
    if (met) {
        pn_log_rank(start->plan.log, "rank 0 did not answer within %g s after MPI had started",
                    start->plan.seconds);
    } else if (start->plan.launch->size == 0) {
        if (pn_launch_local_rank() != 0)
            sleep(HOLD_BACK_SECONDS);
        pn_log_rank(start->plan.log,
                    "MPI did not start within %g s (--start-timeout); %s does not say how many "
                    "ranks there are, nor which",
                    start->plan.seconds, start->plan.launch->launcher);
    } else {
        char text[WORDS]; // before the speaker goes, who would then be missing as well
        pn_roll_call roll = {start->plan.launch, start->plan.log->host, is_present};
        pn_roll_call_text(&roll, start->plan.seconds, text, sizeof text);
        if (pn_roll_call_speaker(&roll) != start->plan.launch->rank)
            sleep(HOLD_BACK_SECONDS);
        pn_log_rank(start->plan.log, "%s", text);
        sleep(STAY_SECONDS);
    }
    pn_witness_dismiss(start->plan.witness, true);
    _exit(PN_EXIT_FAILURE);
}

// Until the start is over or it is `*deadline`, which may change meanwhile. The lock is held.
static void wait_until(pn_start *start, const double *deadline)
{
    while (!start->over && pn_clock() < *deadline) {
        struct timespec until = {.tv_sec = (time_t)*deadline};
        until.tv_nsec = (long)(1e9 * (*deadline - (double)until.tv_sec));
        pthread_cond_timedwait(&start->changed, &start->lock, &until);
    }
}

static void *watch_start(void *argument)
{
    const double silence = 0.7; // nobody should wait longer for a first word
    pn_start *start = argument;
    double first_word = pn_clock() + silence;
    pthread_mutex_lock(&start->lock);
    wait_until(start, &first_word);
    if (!start->over && !start->met && first_word < start->deadline) {
        char ranks[16] = "all";
        if (start->plan.launch->size)
            snprintf(ranks, sizeof ranks, "%d", start->plan.launch->size);
        pn_log_all(start->plan.log, "waiting for MPI to start %s ranks (for %g s at most)", ranks,
                   start->plan.seconds);
    }
    wait_until(start, &start->deadline);
    bool over = start->over, met = start->met;
    pthread_mutex_unlock(&start->lock);
    if (!over)
        give_up(start, met);
    return NULL;
}

static pn_status start_watch(pn_start *start)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC); // pn_clock's
    pthread_cond_init(&start->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&start->lock, NULL);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); // signals are the main thread's
    int error =
        start->plan.seconds > 0 ? pthread_create(&start->watch, NULL, watch_start, start) : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    start->watched = start->plan.seconds > 0 && !error;
    if (error)
        return pn_fail(PN_ERROR_SYSTEM, "the thread that watches the start cannot be created: %s",
                       strerror(error));
    return PN_OK;
}

pn_status pn_start_begin(pn_start **start, const pn_start_plan *plan)
{
    pn_start *begun = calloc(1, sizeof *begun);
    if (!begun)
        return pn_fail_memory("to watch the start");
    begun->plan = *plan;
    begun->deadline = pn_clock() + plan->seconds;
    begun->presence = announce_presence(plan->launch);
    pn_status status = start_watch(begun);
    if (status != PN_OK) {
        pn_start_end(begun);
        return status;
    }
    *start = begun;
    return PN_OK;
}

// The ranks have a while longer than rank 0, which knows more.
static void extend(pn_start *start, double seconds)
{
    pthread_mutex_lock(&start->lock);
    start->met = true;
    start->deadline = pn_clock() + seconds;
    pthread_cond_signal(&start->changed);
    pthread_mutex_unlock(&start->lock);
}

static void hear_all(pn_start *start, pn_comm *comm, pn_request *reports)
{
    double deadline = pn_clock() + start->plan.seconds;
    int heard = 1;
    for (long spins = 0;
         heard < comm->size && (start->plan.seconds <= 0 || pn_clock() < deadline);) {
        if (pn_comm_test(comm, &reports[heard]))
            heard++;
        else
            pn_comm_pause(comm, &spins);
    }
    if (heard == comm->size)
        return;
    pn_rank_list missing = {.count = 0};
    for (int rank = 1; rank < comm->size; rank++)
        if (!pn_comm_test(comm, &reports[rank]))
            pn_rank_list_add(&missing, rank);
    pn_log_rank(start->plan.log, "no message within %g s from rank %s; the job ends",
                start->plan.seconds, missing.words);
    pn_comm_abort(comm, PN_EXIT_FAILURE);
}

static void meet_as_root(pn_start *start, pn_comm *comm)
{
    pn_request *reports = calloc((size_t)comm->size, sizeof *reports);
    if (!reports) {
        pn_log_rank(start->plan.log, "no memory to meet %d ranks", comm->size);
        pn_comm_abort(comm, PN_EXIT_FAILURE);
        return;
    }
    for (int rank = 1; rank < comm->size; rank++)
        pn_comm_receive_start(comm, NULL, 0, rank, MEETING_TAG, &reports[rank]);
    hear_all(start, comm, reports);
    free(reports);
}

void pn_start_meet(pn_start *start, pn_comm *comm)
{
    enum { GRACE_SECONDS = 5 };
    extend(start, 2 * start->plan.seconds + GRACE_SECONDS);
    if (comm->rank == 0)
        meet_as_root(start, comm);
    else
        pn_comm_send(comm, NULL, 0, 0, MEETING_TAG);
    pn_group world = pn_group_world(comm, MEETING_TAG + 1);
    pn_group_broadcast(&world, NULL, 0, 0);
}

void pn_start_end(pn_start *start)
{
    if (!start)
        return;
    if (start->watched) {
        pthread_mutex_lock(&start->lock);
        start->over = true;
        pthread_cond_signal(&start->changed);
        pthread_mutex_unlock(&start->lock);
        pthread_join(start->watch, NULL);
    }
    pthread_cond_destroy(&start->changed);
    pthread_mutex_destroy(&start->lock);
    if (start->presence >= 0)
        close(start->presence);
    free(start);
}
