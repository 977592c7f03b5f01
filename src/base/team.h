// SPDX-License-Identifier: BSD-3-Clause
// A process's threads: the caller (member 0) and size-1 workers that sleep until a job is posted.
// Either all members do one job together (run), or the workers start on a job while the caller,
// with a small crew if asked for, does something else and joins them later (start ... join).
#ifndef PN_BASE_TEAM_H
#define PN_BASE_TEAM_H

#include "base/status.h"

#include <stdbool.h>

typedef struct pn_team pn_team;

// A member's share of a job: member 0 <= me < members. All members get the same `task`.
typedef void pn_team_job(void *task, int me, int members);

// `cpus[i]`: the logical processor that member i is bound to, or cpus = NULL to leave them free.
pn_status pn_team_create(pn_team **team, int size, const int *cpus);
void pn_team_destroy(pn_team *team);
int pn_team_size(const pn_team *team);

// All members do the job; returns when the last is done. While workers are busy with a started job
// the caller does it alone (or with its crew), as member 0 of that many.
void pn_team_run(pn_team *team, pn_team_job *job, void *task);

// Workers crew..size-1 start on the job (as members crew..size-1 of size); returns at once. Workers
// 1..crew-1 stay with the caller for pn_team_run until pn_team_join sends them after the others.
void pn_team_start(pn_team *team, int crew, pn_team_job *job, void *task);
bool pn_team_is_started(const pn_team *team);

// The crew joins the started job, the caller as member 0; returns when all members are done.
void pn_team_join(pn_team *team);

// Meeting point inside a job: returns when all `members` of the running job have arrived.
void pn_team_meet(pn_team *team, int members);

#endif
