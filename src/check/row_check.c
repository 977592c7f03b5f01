// SPDX-License-Identifier: BSD-3-Clause
// All ranks have the same differences, so all decide alike without asking each other.
#include "check/row_check.h"

#include "check/replay.h"
#include "check/suspect.h"
#include "comm/group.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TAG = 3120 };

// One check under way.
typedef struct inspection {
    pn_row_check *check;
    const pn_site *site;
    pn_gidx step;
    pn_gidx from; // block row from which rows are compared
    pn_verdict verdict;
    pn_replay *replay;
    pn_check_outcome *outcome;
} inspection;

pn_status pn_row_check_create(pn_row_check *check, pn_compute *compute, const pn_layout *layout)
{
    size_t n = (size_t)layout->n;
    *check = (pn_row_check){.order = calloc(n, sizeof(int64_t)),
                            .good_order = calloc(n, sizeof(int64_t))};
    if (!check->order || !check->good_order)
        return pn_fail_memory("for the order of %zu rows", n);
    return pn_row_sums_create(&check->sums, compute, layout);
}

void pn_row_check_release(pn_row_check *check, pn_compute *compute)
{
    pn_row_sums_release(&check->sums, compute);
    free(check->order);
    free(check->good_order);
    *check = (pn_row_check){0};
}

size_t pn_row_check_bytes(const pn_place *place)
{
    return 2 * sizeof(int64_t) * (size_t)place->layout->n + pn_row_sums_bytes(place->layout) +
           pn_replay_bytes(place);
}

void pn_row_check_begin(pn_row_check *check, const pn_site *site)
{
    pn_row_sums_write(&check->sums, site);
    for (pn_gidx i = 0; i < pn_site_n(site); i++)
        check->order[i] = check->good_order[i] = i;
    check->good = 0;
    check->noise = 0;
}

void pn_row_check_resume(pn_row_check *check, const pn_layout *layout, pn_gidx step)
{
    memcpy(check->good_order, check->order, sizeof(int64_t) * (size_t)layout->n);
    check->good = step;
    check->noise = 0;
}

static pn_gidx first_row(const inspection *is, pn_gidx step)
{
    return pn_min(step * is->site->place->layout->nb, pn_site_n(is->site));
}

// Of rows [begin, end) as they were compared, of which those from the last check on are fresh.
static pn_verdict judge(const inspection *is, pn_gidx begin, pn_gidx end)
{
    pn_row_check *check = is->check;
    pn_gidx fresh = pn_max(begin, pn_min(end, first_row(is, check->good)));
    return pn_verdict_of(&(pn_verdict_request){.difference = check->sums.difference,
                                               .begin = begin,
                                               .n = end,
                                               .fresh = fresh,
                                               .done = first_row(is, is->step),
                                               .noise = check->noise,
                                               .noise_done = first_row(is, check->good),
                                               .scratch = check->sums.local});
}

// A spread that comes again after all was computed again is that of rounding.
static bool passes(const inspection *is)
{
    return is->verdict.count == 0 && (!is->verdict.has_grown || is->check->has_returned);
}

// The rows [begin, end) that alarm are looked at by themselves, and do no more where they are
// noise.
static void weigh(inspection *is, pn_gidx begin, pn_gidx end)
{
    pn_suspects_weigh(&(pn_suspects){.sums = &is->check->sums,
                                     .site = is->site,
                                     .step = is->step,
                                     .begin = begin,
                                     .end = end,
                                     .fresh = first_row(is, is->check->good),
                                     .verdict = &is->verdict});
}

static void compare(inspection *is)
{
    pn_gidx begin = first_row(is, is->from), n = pn_site_n(is->site);
    pn_row_sums_compare(&is->check->sums, is->site, is->from, is->step);
    is->verdict = judge(is, begin, n);
    weigh(is, begin, n);
    is->verdict = judge(is, begin, n);
}

static void accept(inspection *is)
{
    pn_row_check *check = is->check;
    const pn_verdict *v = &is->verdict;
    check->good = is->step;
    check->noise = fmax(check->noise, v->noise);
    check->has_returned = false;
    if (v->worst >= 0)
        check->largest = fmax(check->largest, fabs(check->sums.difference[v->worst]) / v->noise);
    memcpy(check->good_order, check->order, sizeof(int64_t) * (size_t)pn_site_n(is->site));
}

// The memory for rows that are computed again; all ranks have it, or fail.
static pn_status open_replay(inspection *is)
{
    pn_status status = pn_replay_create(&is->replay, is->site);
    double worst = status;
    pn_group world = pn_group_world(is->site->comm, TAG);
    pn_group_combine(&world, &worst, sizeof worst, pn_combine_max);
    if (status == PN_OK && worst > 0)
        return pn_fail((pn_status)worst, "%s", ""); // the rank it concerns has the message
    return status;
}

static pn_replay_row row_at(const inspection *is, pn_gidx place, pn_gidx step)
{
    return (pn_replay_row){.place = place,
                           .original = is->check->order[place],
                           .limit = pn_min(place, first_row(is, step))};
}

// Who is named: a row of U before all that were computed with it, else the one that is worst.
static void name_origin(inspection *is, bool has_trailing)
{
    const pn_verdict *v = &is->verdict;
    bool in_u = v->first >= 0 && v->first < first_row(is, is->step);
    pn_gidx place = in_u || !has_trailing ? v->first : v->worst;
    pn_correction *c = &is->outcome->correction;
    pn_replay_finding finding;
    *c = (pn_correction){
        .step = is->step, .row = place, .column = -1, .rank = -1, .rows = v->count, .again = -1};
    is->outcome->is_found = true;
    if (place < 0)
        return;
    pn_replay_row row = row_at(is, place, is->step);
    pn_replay_rows(is->replay, &row, 1, false, &finding);
    c->column = finding.column;
    c->difference = finding.difference;
    c->rank = (int)finding.rank;
}

// The rows of U that alarm, before place `end`, each after those that it depends on.
static void mend_u(inspection *is, pn_gidx end)
{
    const double *difference = is->check->sums.difference;
    pn_replay_finding finding;
    for (pn_gidx i = first_row(is, is->from); i < end; i++)
        if (pn_verdict_alarms(&is->verdict, difference[i])) {
            pn_replay_row row = row_at(is, i, is->step);
            pn_replay_rows(is->replay, &row, 1, true, &finding);
        }
}

// At most PN_CHECK_ROWS_MOST.
static void mend_trailing(inspection *is, pn_gidx begin)
{
    const double *difference = is->check->sums.difference;
    pn_replay_row rows[PN_CHECK_ROWS_MOST];
    pn_replay_finding findings[PN_CHECK_ROWS_MOST];
    int count = 0;
    for (pn_gidx i = begin; i < pn_site_n(is->site); i++)
        if (pn_verdict_alarms(&is->verdict, difference[i]))
            rows[count++] = row_at(is, i, is->step);
    if (count > 0)
        pn_replay_rows(is->replay, rows, count, true, findings);
}

static void mend(inspection *is)
{
    pn_gidx trailing = first_row(is, is->step);
    mend_u(is, trailing);
    mend_trailing(is, trailing);
    compare(is);
}

static pn_status fail_again(const inspection *is, const char *why)
{
    const pn_correction *c = &is->outcome->correction;
    return pn_fail(PN_ERROR_SYSTEM,
                   "the check before step %" PRId64 " found %" PRId64
                   " rows that do not add up, and %s; the first lead is row %" PRId64
                   ", column %" PRId64 ", off by %.3g, on rank %d",
                   is->step, c->rows, why, c->row, c->column, c->difference, c->rank);
}

static void count_alarms(inspection *is, pn_gidx end)
{
    is->verdict.count = 0;
    for (pn_gidx i = 0; i < end; i++)
        is->verdict.count += pn_verdict_alarms(&is->verdict, is->check->sums.difference[i]);
}

// Of the rows of U before place `end`, against the noise of the last check.
static void judge_good_u(inspection *is, pn_gidx end)
{
    pn_row_sums_compare(&is->check->sums, is->site, 0, is->check->good);
    is->verdict = judge(is, 0, end);
    is->verdict.noise = is->check->noise;
    is->verdict.limit = PN_VERDICT_SIGMAS * is->check->noise;
    count_alarms(is, end);
    weigh(is, 0, end);
    count_alarms(is, end);
}

// U up to the last check that passed may have been damaged since.
static pn_status mend_good_u(inspection *is)
{
    pn_row_check *check = is->check;
    pn_gidx end = first_row(is, check->good);
    is->from = 0;
    is->step = check->good;
    if (end == 0)
        return PN_OK;
    for (int pass = 0; pass < 2; pass++) {
        judge_good_u(is, end);
        if (is->verdict.count == 0)
            return PN_OK;
        if (pass > 0 || is->verdict.count > PN_CHECK_ROWS_MOST)
            break;
        mend_u(is, end);
    }
    return fail_again(is, "rows of U that were right before are not any more");
}

// All rows from the last check that passed on, as they were then.
static pn_status go_back(inspection *is)
{
    pn_row_check *check = is->check;
    pn_replay_row rows[PN_REPLAY_ROWS];
    pn_replay_finding findings[PN_REPLAY_ROWS];
    pn_gidx n = pn_site_n(is->site);
    if (check->has_returned)
        return fail_again(is, "computing all again from the last check that passed did not help");
    check->has_returned = true;
    memcpy(check->order, check->good_order, sizeof(int64_t) * (size_t)n);
    pn_status status = mend_good_u(is);
    if (status != PN_OK)
        return status;
    for (pn_gidx place = first_row(is, is->step); place < n;) {
        int count = 0;
        for (; count < PN_REPLAY_ROWS && place < n; place++)
            rows[count++] = row_at(is, place, is->step);
        pn_replay_rows(is->replay, rows, count, true, findings);
    }
    is->from = is->step;
    compare(is);
    is->outcome->next = is->outcome->correction.again = is->step;
    return is->verdict.count == 0 ? PN_OK : fail_again(is, "computed again they do not either");
}

pn_status pn_row_check_perform(pn_row_check *check, const pn_site *site, pn_gidx step,
                               pn_check_outcome *outcome)
{
    bool is_end = step >= site->place->layout->row_blocks;
    inspection is = {.check = check,
                     .site = site,
                     .step = step,
                     .from = is_end ? 0 : check->good,
                     .outcome = outcome};
    *outcome = (pn_check_outcome){.next = step};
    check->count++;
    compare(&is);
    if (passes(&is)) {
        accept(&is);
        return PN_OK;
    }
    pn_status status;
    PN_TRY(open_replay(&is));
    name_origin(&is, true);
    if (is.verdict.count <= PN_CHECK_ROWS_MOST && !is.verdict.has_grown)
        mend(&is);
    if (passes(&is))
        accept(&is);
    else
        PN_TRY(go_back(&is));
fail:
    pn_replay_destroy(is.replay);
    return status;
}

pn_status pn_row_check_return(pn_row_check *check, const pn_site *site, pn_gidx column,
                              bool *is_done, pn_check_outcome *outcome)
{
    pn_gidx panel = column / site->place->layout->nb;
    inspection is = {
        .check = check, .site = site, .step = panel, .from = check->good, .outcome = outcome};
    pn_status status;
    *is_done = !check->has_returned;
    if (check->has_returned)
        return PN_OK;
    check->count++;
    PN_TRY(open_replay(&is));
    pn_row_sums_compare(&check->sums, site, check->good, panel); // U before the panel is complete
    is.verdict = judge(&is, first_row(&is, check->good), first_row(&is, panel));
    name_origin(&is, false);
    PN_TRY(go_back(&is));
fail:
    pn_replay_destroy(is.replay);
    return status;
}
