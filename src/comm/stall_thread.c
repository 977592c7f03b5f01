// SPDX-License-Identifier: BSD-3-Clause
// Looks at the pulse from time to time. MPI belongs to the main thread; the one call from here is
// its abort, when the main thread does not come back: an exit alone would leave the launcher to
// choose the exit code.
#include "comm/stall_thread.h"
#include "base/clock.h"
#include "base/exit_code.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct pn_stall_thread {
    pn_stall_pulse *pulse;
    pn_comm *comm;
    pthread_t thread;
    pthread_mutex_t lock; // of what follows
    pthread_cond_t changed;
    bool over, woken;
};

void pn_stall_position(const pn_stall_pulse *pulse, char text[STALL_POSITION_BYTES])
{
    long long step = atomic_load(&pulse->step);
    const char *operation = atomic_load(&pulse->operation);
    if (step >= 0)
        snprintf(text, STALL_POSITION_BYTES, "step %lld, %s", step, operation);
    else
        snprintf(text, STALL_POSITION_BYTES, "%s", operation);
}

int pn_stall_looks(const pn_stall_pulse *pulse)
{
    return STALL_LOOKS * (atomic_load(&pulse->step) < 0 ? PN_STALL_PATIENCE : 1);
}

double pn_stall_seconds(const pn_stall_pulse *pulse)
{
    return pn_stall_looks(pulse) * atomic_load(&pulse->period);
}

void pn_stall_name_self(const pn_stall_pulse *pulse, pn_comm *comm)
{
    char place[STALL_POSITION_BYTES];
    pn_stall_position(pulse, place);
    pn_log_rank(comm->log,
                "this rank has been in one operation (%s) for %g s without an end "
                "(--stall-timeout sets the limit); the job ends",
                place, pn_stall_seconds(pulse));
    if (comm->size > 1)
        comm->ops->abort(comm, PN_EXIT_FAILURE);
    _exit(PN_EXIT_FAILURE);
}

// A period passes, or something has changed. True if the watch is over.
static bool rest(pn_stall_thread *watch)
{
    double until = pn_clock() + atomic_load(&watch->pulse->period);
    struct timespec moment = {.tv_sec = (time_t)until};
    moment.tv_nsec = (long)(1e9 * (until - (double)moment.tv_sec));
    pthread_mutex_lock(&watch->lock);
    bool timed_out = false;
    while (!watch->over && !watch->woken && !timed_out)
        timed_out = pthread_cond_timedwait(&watch->changed, &watch->lock, &moment) != 0;
    watch->woken = false;
    bool over = watch->over;
    pthread_mutex_unlock(&watch->lock);
    return over;
}

static void *look_on(void *argument)
{
    pn_stall_thread *watch = argument;
    long seen = -1;
    for (int looks = 0; !rest(watch); looks++) {
        long turns = atomic_load_explicit(&watch->pulse->turns, memory_order_relaxed);
        if (turns != seen || atomic_load(&watch->pulse->off))
            looks = 0;
        seen = turns;
        if (looks >= pn_stall_looks(watch->pulse))
            pn_stall_name_self(watch->pulse, watch->comm);
    }
    return NULL;
}

pn_status pn_stall_thread_start(pn_stall_thread **thread, pn_stall_pulse *pulse, pn_comm *comm)
{
    pn_stall_thread *watch = calloc(1, sizeof *watch);
    if (!watch)
        return pn_fail_memory("for the thread that watches for stalls");
    watch->pulse = pulse;
    watch->comm = comm;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC); // pn_clock's
    pthread_cond_init(&watch->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&watch->lock, NULL);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); // signals are the main thread's
    int error = pthread_create(&watch->thread, NULL, look_on, watch);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error) {
        free(watch);
        return pn_fail(PN_ERROR_SYSTEM, "the thread that watches for stalls cannot be created: %s",
                       strerror(error));
    }
    *thread = watch;
    return PN_OK;
}

static void signal_change(pn_stall_thread *watch, bool over)
{
    pthread_mutex_lock(&watch->lock);
    watch->woken = true;
    watch->over = over;
    pthread_cond_signal(&watch->changed);
    pthread_mutex_unlock(&watch->lock);
}

void pn_stall_thread_wake(pn_stall_thread *thread)
{
    signal_change(thread, false);
}

void pn_stall_thread_end(pn_stall_thread *thread)
{
    if (!thread)
        return;
    signal_change(thread, true);
    pthread_join(thread->thread, NULL);
    pthread_cond_destroy(&thread->changed);
    pthread_mutex_destroy(&thread->lock);
    free(thread);
}
