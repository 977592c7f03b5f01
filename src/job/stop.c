// SPDX-License-Identifier: BSD-3-Clause
// The signals are blocked everywhere and taken by a thread that does nothing else; having spoken,
// it lets the signal do its usual work, so that a shell or a launcher sees what happened.
#include "job/stop.h"

#include "base/clock.h"
#include "comm/witness.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct pn_stop {
    pn_log *log;
    sigset_t taken, before;
    pthread_t thread;
    bool watched;
    double begin;
    pn_notice notice;
    pthread_mutex_t lock; // of what follows
    pn_comm *comm;        // NULL: there is none yet
    pn_stop_function *before_end;
    void *context; // of it
};

static void end_by(pn_stop *stop, int number)
{
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, number);
    pthread_mutex_lock(&stop->lock);
    if (stop->comm) {
        pn_witness *witness = stop->comm->witness;
        stop->comm->witness = NULL;
        pn_witness_dismiss(witness, true);
    }
    signal(number, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &one, NULL);
    kill(getpid(), number);
}

// Whether the run itself will see to it. A launcher hands signals to all ranks; rank 0 decides.
static bool is_noted(pn_stop *stop, int number)
{
    pn_notice *notice = &stop->notice;
    if (!atomic_load(&notice->open))
        return false;
    if (number == SIGUSR1) {
        atomic_store(&notice->save, true);
        return true;
    }
    int none = 0;
    if ((number != SIGTERM && number != SIGXCPU) ||
        !atomic_compare_exchange_strong(&notice->end, &none, number))
        return false;
    pn_log_all(stop->log, "signal %d (%s): a checkpoint will be written, then the run ends", number,
               strsignal(number));
    return true;
}

// Usually all ranks are told to stop. Rank 0 then speaks for them, and the end of it is theirs.
static void *wait_for_signal(void *argument)
{
    enum { HOLD_BACK_SECONDS = 1 };
    pn_stop *stop = argument;
    int number = 0;
    while (sigwait(&stop->taken, &number) != 0 || is_noted(stop, number))
        ;
    if (stop->log->rank != 0)
        sleep(HOLD_BACK_SECONDS);
    pn_log_rank(stop->log, "stopped by signal %d (%s) %.1f s after the start; there is no result",
                number, strsignal(number), pn_clock() - stop->begin);
    pthread_mutex_lock(&stop->lock);
    if (stop->before_end)
        stop->before_end(stop->context, number);
    pthread_mutex_unlock(&stop->lock);
    end_by(stop, number);
    return NULL;
}

static void choose_signals(sigset_t *taken)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR1};
    sigemptyset(taken);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction action;
        if (sigaction(numbers[i], NULL, &action) == 0 && action.sa_handler == SIG_DFL)
            sigaddset(taken, numbers[i]);
    }
}

pn_status pn_stop_begin(pn_stop **stop, pn_log *log)
{
    pn_stop *begun = calloc(1, sizeof *begun);
    if (!begun)
        return pn_fail_memory("to take signals");
    begun->log = log;
    begun->begin = pn_clock();
    pthread_mutex_init(&begun->lock, NULL);
    choose_signals(&begun->taken);
    pthread_sigmask(SIG_BLOCK, &begun->taken, &begun->before);
    int error = pthread_create(&begun->thread, NULL, wait_for_signal, begun);
    begun->watched = !error;
    if (error) {
        pn_stop_end(begun);
        return pn_fail(PN_ERROR_SYSTEM, "the thread that takes signals cannot be created: %s",
                       strerror(error));
    }
    *stop = begun;
    return PN_OK;
}

void pn_stop_of(pn_stop *stop, pn_comm *comm)
{
    pthread_mutex_lock(&stop->lock);
    stop->comm = comm;
    pthread_mutex_unlock(&stop->lock);
}

void pn_stop_before_end(pn_stop *stop, pn_stop_function *function, void *context)
{
    pthread_mutex_lock(&stop->lock);
    stop->before_end = function;
    stop->context = context;
    pthread_mutex_unlock(&stop->lock);
}

pn_notice *pn_stop_notice(pn_stop *stop)
{
    return &stop->notice;
}

void pn_stop_end(pn_stop *stop)
{
    if (!stop)
        return;
    if (stop->watched) {
        pthread_cancel(stop->thread); // it waits in sigwait, or the process is about to end
        pthread_join(stop->thread, NULL);
    }
    pthread_sigmask(SIG_SETMASK, &stop->before, NULL);
    pthread_mutex_destroy(&stop->lock);
    free(stop);
}
