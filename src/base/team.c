// SPDX-License-Identifier: BSD-3-Clause
// Each worker has a mailbox of its own, so that any subset of the team can be put to work. A worker
// that finds its mailbox empty spins for a moment (jobs of one LU step follow each other closely),
// then sleeps.
#include "base/team.h"

#include "base/cache_line.h"
#include "base/clock.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { SPINS_BEFORE_SLEEP = 20000 };

typedef struct member {
    _Alignas(PN_CACHE_LINE) pn_team *team;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    _Atomic unsigned posted;   // jobs given so far
    _Atomic unsigned finished; // jobs done so far
    pn_team_job *job;          // NULL: go home
    void *task;
    int me, members;
    int cpu; // -1: not bound
} member;

struct pn_team {
    int size;
    int threads; // workers that really started
    member *members;
    bool started;
    int crew;
    pn_team_job *started_job;
    void *started_task;
    _Atomic int arrived;
    _Atomic unsigned meetings;
};

static void bind_self(int cpu)
{
    if (cpu < 0)
        return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

static void wait_for_post(member *self, unsigned done)
{
    for (long spins = 0; spins < SPINS_BEFORE_SLEEP; spins++) {
        if (atomic_load_explicit(&self->posted, memory_order_acquire) != done)
            return;
        pn_relax(spins);
    }
    pthread_mutex_lock(&self->lock);
    while (atomic_load_explicit(&self->posted, memory_order_acquire) == done)
        pthread_cond_wait(&self->wake, &self->lock);
    pthread_mutex_unlock(&self->lock);
}

static void *worker_main(void *argument)
{
    member *self = argument;
    bind_self(self->cpu);
    for (unsigned done = 0;; done++) {
        wait_for_post(self, done);
        if (!self->job)
            return NULL;
        self->job(self->task, self->me, self->members);
        atomic_store_explicit(&self->finished, done + 1, memory_order_release);
    }
}

static void post(member *worker, pn_team_job *job, void *task, int me, int members)
{
    worker->job = job;
    worker->task = task;
    worker->me = me;
    worker->members = members;
    pthread_mutex_lock(&worker->lock);
    atomic_fetch_add_explicit(&worker->posted, 1, memory_order_release);
    pthread_cond_signal(&worker->wake);
    pthread_mutex_unlock(&worker->lock);
}

static void wait_until_done(member *worker)
{
    unsigned posted = atomic_load_explicit(&worker->posted, memory_order_relaxed);
    for (long spins = 0; atomic_load_explicit(&worker->finished, memory_order_acquire) != posted;
         spins++)
        pn_relax(spins);
}

static bool start_worker(pn_team *team, int i, const int *cpus)
{
    member *worker = &team->members[i];
    worker->team = team;
    worker->cpu = cpus ? cpus[i] : -1;
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->wake, NULL);
    return pthread_create(&worker->thread, NULL, worker_main, worker) == 0;
}

pn_status pn_team_create(pn_team **result, int size, const int *cpus)
{
    *result = NULL;
    pn_team *team = calloc(1, sizeof *team);
    size_t bytes = (size_t)size * sizeof *team->members;
    if (!team || !(team->members = aligned_alloc(_Alignof(member), bytes))) {
        free(team);
        return pn_fail_memory("for a team of %d threads", size);
    }
    memset(team->members, 0, bytes);
    team->size = size;
    team->threads = 1;
    bind_self(cpus ? cpus[0] : -1);
    for (; team->threads < size; team->threads++)
        if (!start_worker(team, team->threads, cpus)) {
            int running = team->threads;
            pn_team_destroy(team);
            return pn_fail(PN_ERROR_SYSTEM,
                           "the system gave only %d of %d threads; see ulimit -u and the pids "
                           "limit of the cgroup",
                           running, size);
        }
    *result = team;
    return PN_OK;
}

void pn_team_destroy(pn_team *team)
{
    if (!team)
        return;
    for (int i = 1; i < team->threads; i++) {
        post(&team->members[i], NULL, NULL, 0, 0);
        pthread_join(team->members[i].thread, NULL);
        pthread_cond_destroy(&team->members[i].wake);
        pthread_mutex_destroy(&team->members[i].lock);
    }
    free(team->members);
    free(team);
}

int pn_team_size(const pn_team *team)
{
    return team->size;
}

void pn_team_run(pn_team *team, pn_team_job *job, void *task)
{
    int members = team->started ? team->crew : team->size;
    for (int i = 1; i < members; i++)
        post(&team->members[i], job, task, i, members);
    job(task, 0, members);
    for (int i = 1; i < members; i++)
        wait_until_done(&team->members[i]);
}

void pn_team_start(pn_team *team, int crew, pn_team_job *job, void *task)
{
    team->started = true;
    team->crew = crew < 1 ? 1 : crew > team->size ? team->size : crew;
    team->started_job = job;
    team->started_task = task;
    for (int i = team->crew; i < team->size; i++)
        post(&team->members[i], job, task, i, team->size);
}

bool pn_team_is_started(const pn_team *team)
{
    return team->started;
}

void pn_team_join(pn_team *team)
{
    for (int i = 1; i < team->crew; i++)
        post(&team->members[i], team->started_job, team->started_task, i, team->size);
    team->started_job(team->started_task, 0, team->size);
    for (int i = 1; i < team->size; i++)
        wait_until_done(&team->members[i]);
    team->started = false;
}

void pn_team_meet(pn_team *team, int members)
{
    unsigned meeting = atomic_load_explicit(&team->meetings, memory_order_acquire);
    if (atomic_fetch_add_explicit(&team->arrived, 1, memory_order_acq_rel) + 1 == members) {
        atomic_store_explicit(&team->arrived, 0, memory_order_relaxed);
        atomic_store_explicit(&team->meetings, meeting + 1, memory_order_release);
        return;
    }
    for (long spins = 0; atomic_load_explicit(&team->meetings, memory_order_acquire) == meeting;
         spins++)
        pn_relax(spins);
}
