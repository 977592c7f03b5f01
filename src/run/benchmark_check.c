// SPDX-License-Identifier: BSD-3-Clause
// The checks of a run: when they are due, and what is told and recorded of them.
#include "base/clock.h"
#include "base/plural.h"
#include "comm/group.h"
#include "comm/stall.h"
#include "run/benchmark_private.h"

#include <inttypes.h>
#include <stdio.h>

bool pn_running_checks(const pn_running *r)
{
    return r->benchmark->settings.check_every > 0 &&
           r->benchmark->layout->width > r->benchmark->layout->n + 1;
}

static pn_site site_of(const pn_running *r)
{
    return (pn_site){.comm = r->comm,
                     .compute = r->compute,
                     .place = &r->place,
                     .matrix = r->matrix.block,
                     .seed = r->benchmark->seed};
}

pn_status pn_running_open_check(pn_running *r)
{
    return pn_running_checks(r) ? pn_row_check_create(&r->check, r->compute, r->benchmark->layout)
                                : PN_OK;
}

void pn_running_close_check(pn_running *r)
{
    pn_row_check_release(&r->check, r->compute);
}

void pn_running_begin_check(pn_running *r)
{
    pn_site site = site_of(r);
    if (pn_running_checks(r))
        pn_row_check_begin(&r->check, &site);
}

void pn_running_resume_check(pn_running *r)
{
    pn_group world = pn_group_world(r->comm, PN_RUNNING_TAG);
    size_t bytes = (size_t)r->benchmark->layout->n * sizeof(int64_t);
    if (!pn_running_checks(r))
        return;
    pn_group_broadcast(&world, r->check.order, bytes, 0);
    pn_row_check_resume(&r->check, r->benchmark->layout, r->first);
}

// A pause ends the step after the one that it is asked for.
static bool wants_check(void *context, pn_gidx step, double wait_seconds)
{
    const pn_running *r = context;
    (void)wait_seconds;
    return step + 2 >= r->check.good + r->benchmark->settings.check_every;
}

int pn_running_check_askers(pn_running *r, pn_lu_asker *askers)
{
    askers[0] = (pn_lu_asker){PN_PAUSE_CHECK, wants_check, r};
    return 1;
}

// The rank that held the element says so.
static void tell(const pn_running *r, const pn_correction *c)
{
    char again[64] = "put right";
    if (c->again >= 0)
        snprintf(again, sizeof again, "computed again from step %" PRId64 " on", c->again);
    if (c->rank == r->comm->rank)
        pn_log_rank(r->log,
                    "check before step %" PRId64 ": what this rank (%s%s%s) holds of row %" PRId64
                    ", column %" PRId64 " was off by %.3g; %" PRId64 " row%s, %s",
                    c->step, r->compute->kind, *r->compute->bus ? ", " : "", r->compute->bus,
                    c->row, c->column, c->difference, c->rows, pn_plural(c->rows), again);
    if (c->rank < 0)
        pn_log_all(r->log,
                   "check before step %" PRId64
                   ": a pivot was lost, by nobody knows whose error; %s",
                   c->step, again);
}

static pn_status record(pn_running *r, const pn_check_outcome *found)
{
    if (!found->is_found)
        return PN_OK;
    tell(r, &found->correction);
    return pn_running_agree(r, pn_result_add_correction(r->result, &found->correction));
}

// A pivot that was lost may be the fault of an error, and not of the matrix.
static pn_status check_pivot(pn_running *r, pn_gidx *next)
{
    bool is_done;
    pn_site site = site_of(r);
    pn_check_outcome found = {.next = *next};
    pn_status status;
    PN_TRY(pn_row_check_return(&r->check, &site, r->result->finding_column, &is_done, &found));
    if (is_done) {
        r->result->finding = PN_FINDING_NONE;
        *next = found.next;
    }
    PN_TRY(record(r, &found));
fail:
    return status;
}

static pn_status check_rows(pn_running *r, pn_gidx *next)
{
    pn_site site = site_of(r);
    pn_check_outcome found;
    pn_status status;
    PN_TRY(pn_row_check_perform(&r->check, &site, *next, &found));
    *next = found.next;
    PN_TRY(record(r, &found));
fail:
    return status;
}

pn_status pn_running_check(pn_running *r, const pn_lu_outcome *outcome, pn_gidx *next)
{
    const unsigned ended = 1u << PN_PAUSE_CHECK | 1u << PN_PAUSE_CHECKPOINT | 1u << PN_PAUSE_STOP;
    bool is_lost = outcome->finding != PN_FINDING_NONE;
    if (!pn_running_checks(r))
        return PN_OK;
    if (!is_lost && outcome->next < r->benchmark->layout->row_blocks && !(outcome->reasons & ended))
        return PN_OK;
    double begin = pn_clock();
    pn_stall_at(r->comm, *next, "check of the rows");
    pn_status status = is_lost ? check_pivot(r, next) : check_rows(r, next);
    r->result->check_seconds += pn_clock() - begin;
    r->result->check_count = r->check.count;
    r->result->check_noise = r->check.noise;
    r->result->check_largest = r->check.largest;
    return status;
}
