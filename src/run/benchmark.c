// SPDX-License-Identifier: BSD-3-Clause
// In the order of time: everything is allocated, the matrix is generated, what is called for the
// first time is called once, and then the clock runs over factorisation, pauses and back
// substitution alone. A failure on one rank before or after is the failure of all
// (pn_running_agree); inside of it only a finding or a signal ends the run early.
#include "run/benchmark.h"

#include "base/assertion.h"
#include "base/clock.h"
#include "base/flops.h"
#include "comm/group.h"
#include "comm/stall.h"
#include "lu/extent.h"
#include "run/benchmark_private.h"
#include "run/gather.h"
#include "run/refine.h"
#include "run/verify.h"

#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

enum { TRACE_LIMIT = 2000 };

static pn_lu_request lu_request(const pn_benchmark *benchmark, const pn_place *place)
{
    return (pn_lu_request){.place = place,
                           .matrix.element = benchmark->settings.element,
                           .plan = {.layout = place->layout,
                                    .settings = benchmark->settings,
                                    .keeps_l = benchmark->settings.element != PN_FLOAT64},
                           .gpu_aware = benchmark->gpu_aware};
}

size_t pn_benchmark_bytes(const pn_benchmark *benchmark, const pn_place *place)
{
    pn_lu_request request = lu_request(benchmark, place);
    int vectors = pn_settings_vectors(&benchmark->settings);
    size_t check = benchmark->settings.check_every > 0 ? pn_row_check_bytes(place) : 0;
    return pn_matrix_bytes(benchmark->settings.element, place) + pn_lu_bytes(&request) + check +
           pn_back_bytes(place) + (size_t)vectors * sizeof(double) * (size_t)benchmark->layout->n;
}

size_t pn_running_beside(const pn_running *r, const pn_place *place)
{
    return pn_benchmark_bytes(r->benchmark, place) -
           pn_matrix_bytes(r->benchmark->settings.element, place);
}

pn_lu_request pn_running_request(pn_running *r, pn_gidx step)
{
    pn_lu_request request = lu_request(r->benchmark, &r->place);
    request.plan.begin = step;
    request.comm = r->comm;
    request.compute = r->compute;
    request.matrix = r->matrix.block;
    request.observers = r->observers;
    request.observer_count = PN_RUNNING_OBSERVERS;
    request.order = r->check.order;
    pn_running_follow(r, &request);
    return request;
}

static pn_status allocate_matrix(pn_running *r)
{
    double begin = pn_clock();
    pn_matrix_need need = {pn_running_migrates(r), pn_running_beside(r, &r->place)};
    pn_status status = pn_matrix_create(&r->matrix, r->compute, &r->place, &need);
    r->touch = (pn_clock() - begin) / (double)r->matrix.room.bytes;
    pn_element element = r->benchmark->settings.element;
    size_t more = pn_matrix_bytes_ahead(element, &r->place) - pn_matrix_bytes(element, &r->place);
    size_t all = more + pn_benchmark_bytes(r->benchmark, &r->place);
    if (pn_running_migrates(r) &&
        (r->benchmark->memory_allowed == 0 || all <= (size_t)r->benchmark->memory_allowed))
        r->ahead = r->matrix.room.bytes + more;
    if (r->ahead > 0 && r->compute->ops->grow_alone)
        r->touch = 0;
    return status;
}

static pn_status allocate(pn_running *r)
{
    pn_status status;
    PN_TRY(allocate_matrix(r));
    r->x = calloc((size_t)r->benchmark->layout->n, sizeof *r->x);
    if (!r->x)
        PN_TRY(pn_fail_memory("for the solution vector of %lld numbers",
                              (long long)r->benchmark->layout->n));
    PN_TRY(pn_running_open_saver(r));
    PN_TRY(pn_running_open_check(r));
    PN_TRY(pn_adapt_create(&r->adapt, r->comm, r->benchmark->layout));
    r->adapt.caps = r->benchmark->caps;
    r->adapt.panels_apart = r->benchmark->layout->height == 1 && r->compute->threads == 1;
    pn_lu_request request = pn_running_request(r, 0);
    PN_TRY(pn_lu_create(&r->lu, &request));
    PN_TRY(pn_back_create(&r->back, r->compute, &r->place));
fail:
    return status;
}

static void release(pn_running *r)
{
    pn_energy_record unread;
    pn_energy_close(r->energy, &unread);
    pn_lu_destroy(r->lu);
    pn_back_destroy(r->back);
    free(r->x);
    pn_running_close_saver(r);
    pn_running_close_check(r);
    pn_matrix_release(&r->matrix);
    pn_place_release(&r->place);
    pn_layout_destroy(r->layout);
    pn_adapt_release(&r->adapt);
}

// Writes `value` to the places of the poisoned entry or column that are held here.
static void poison(pn_running *r)
{
    const pn_poison *p = &r->benchmark->poison;
    const pn_layout *layout = r->benchmark->layout;
    if (!p->set || pn_layout_column_of(layout, p->column) != r->place.column)
        return;
    pn_lidx column = pn_place_columns_before(&r->place, p->column);
    for (pn_lidx row = 0; row < r->place.rows; row++)
        if (p->row < 0 || pn_place_global_row(&r->place, row) == p->row) {
            pn_block entry = pn_block_submatrix(r->matrix.block, row, column, 1, 1);
            float single = (float)p->value;
            const void *value = entry.element == PN_FLOAT32 ? (void *)&single : (void *)&p->value;
            r->compute->ops->wait(r->compute, r->compute->ops->write(r->compute, entry, value, 1));
        }
}

static double shift_of(const pn_running *r)
{
    pn_settings settings = r->benchmark->settings;
    settings.n = r->benchmark->layout->n;
    return pn_settings_shift(&settings);
}

// All ranks call it, and fail together.
static pn_status generate(pn_running *r)
{
    pn_gidx *rows = malloc(sizeof *rows * (size_t)(r->place.rows + 1));
    pn_gidx *columns = malloc(sizeof *columns * (size_t)(r->place.columns + 1));
    pn_status status = PN_OK;
    if (rows && columns) {
        for (pn_lidx i = 0; i < r->place.rows; i++)
            rows[i] = pn_place_global_row(&r->place, i);
        for (pn_lidx j = 0; j < r->place.columns; j++)
            columns[j] = pn_place_global_column(&r->place, j);
        r->compute->ops->generate(r->compute, &(pn_generate){.matrix = r->matrix.block,
                                                             .row = rows,
                                                             .column = columns,
                                                             .n = r->benchmark->layout->n,
                                                             .seed = r->benchmark->seed,
                                                             .shift = shift_of(r)});
        poison(r);
        r->compute->ops->wait(r->compute, PN_TICKET_ALL);
    } else {
        status = pn_fail_memory("for the index lists of the matrix");
    }
    free(rows);
    free(columns);
    status = pn_running_agree(r, status);
    if (status == PN_OK)
        pn_running_begin_check(r);
    return status;
}

pn_status pn_running_agree(pn_running *r, pn_status status)
{
    double worst = status;
    pn_group world = pn_group_world(r->comm, PN_RUNNING_TAG);
    pn_group_combine(&world, &worst, sizeof worst, pn_combine_max);
    if (status == PN_OK && worst > 0)
        return pn_fail((pn_status)worst, "%s", ""); // the rank it concerns has the message
    return status;
}

static void barrier(pn_running *r)
{
    pn_group world = pn_group_world(r->comm, PN_RUNNING_TAG);
    pn_group_barrier(&world);
}

// Whether the matrix comes from a checkpoint.
static bool resumes(const pn_running *r)
{
    return r->benchmark->checkpoints.count > 0;
}

static void combine_most(void *into, const void *from, size_t bytes)
{
    (void)bytes;
    *(int *)into = (int)pn_max(*(int *)into, *(const int *)from);
}

// Goes on after a pause in which nothing moved.
static pn_status go_on(pn_running *r, pn_gidx step)
{
    pn_lu_request request = pn_running_request(r, step);
    pn_status status = pn_running_agree(r, pn_lu_resume(r->lu, &request));
    pn_adapt_begin(&r->adapt, step);
    return status;
}

// Factors, with pauses in which rows are checked, checkpoints are written and block columns move.
static pn_status factor(pn_running *r)
{
    pn_status status = PN_OK;
    const unsigned saves = 1u << PN_PAUSE_CHECKPOINT | 1u << PN_PAUSE_STOP;
    pn_adapt_begin(&r->adapt, r->first);
    for (;;) {
        pn_lu_outcome outcome = pn_lu_factor(r->lu);
        pn_gidx next = outcome.next;
        pn_adapt_settle(&r->adapt);
        pn_saver_settle(&r->saver);
        r->wait_seconds += outcome.wait_seconds;
        r->result->finding = outcome.finding;
        r->result->finding_column = outcome.column;
        PN_TRY(pn_running_check(r, &outcome, &next));
        if (r->result->finding != PN_FINDING_NONE || next >= r->benchmark->layout->row_blocks)
            return PN_OK;
        if (outcome.reasons & saves && next == outcome.next)
            PN_TRY(pn_running_save(r, next));
        PN_TRY(outcome.reasons & 1u << PN_PAUSE_MIGRATION ? pn_running_migrate(r, next)
                                                          : go_on(r, next));
    }
fail:
    return status;
}

// Devices load their kernels, and libraries choose theirs, when they are called for the first time
// with such a size: where any rank has one, all perform two steps before the clock starts.
static pn_status rehearse(pn_running *r)
{
    int devices = r->compute->devices;
    pn_group world = pn_group_world(r->comm, PN_RUNNING_TAG);
    pn_group_combine(&world, &devices, sizeof devices, combine_most);
    if (devices == 0)
        return PN_OK;
    pn_stall_at(r->comm, -1, "steps before the clock starts");
    pn_status status = resumes(r) ? generate(r) : PN_OK; // any numbers do
    if (status != PN_OK)
        return status;
    pn_lu_rehearse(r->lu);
    return resumes(r) ? PN_OK : generate(r);
}

// With the factors as they are, to the digits of FP64.
static pn_status refine(pn_running *r)
{
    pn_result *result = r->result;
    pn_refine_request request = {.place = &r->place,
                                 .comm = r->comm,
                                 .compute = r->compute,
                                 .back = r->back,
                                 .matrix = r->matrix.block,
                                 .seed = r->benchmark->seed,
                                 .shift = shift_of(r),
                                 .threshold = r->benchmark->threshold};
    pn_stall_at(r->comm, -1, "refinement");
    pn_status status = pn_refine(&request, r->x, &result->refinement);
    if (status == PN_OK && result->refinement.diverged)
        result->finding = PN_FINDING_DIVERGED;
    return status;
}

static pn_status solve(pn_running *r)
{
    pn_status status;
    bool refines = r->benchmark->settings.element != PN_FLOAT64;
    barrier(r);
    r->result->began = time(NULL);
    double begin = r->watch.origin = r->watch.spoken = pn_clock();
    pn_running_begin_session(r);
    PN_TRY(factor(r));
    pn_back_request back = {
        .place = &r->place, .comm = r->comm, .compute = r->compute, .matrix = r->matrix.block};
    double factored = pn_clock();
    if (r->result->finding == PN_FINDING_NONE && refines)
        PN_TRY(refine(r));
    else if (r->result->finding == PN_FINDING_NONE)
        pn_back_substitute(r->back, &back, r->x);
    double wait = pn_clock();
    barrier(r);
    double end = pn_clock();
    r->wait_seconds += end - wait;
    r->result->ended = time(NULL);
    r->result->seconds = r->solve_seconds = end - begin;
    r->result->lu_seconds = factored - begin;
    pn_running_end_session(r);
    r->result->trace.total[PN_PHASE_BACK] = end - factored;
    if (r->result->finding == PN_FINDING_NONE && !refines)
        pn_back_replicate(&back, r->x);
fail:
    pn_saver_close_notice(&r->saver);
    return status;
}

static void describe(pn_running *r, pn_rank_record *record)
{
    *record = (pn_rank_record){.rank = r->comm->rank,
                               .row = r->place.row,
                               .column = r->place.column,
                               .threads = r->compute->threads,
                               .block_columns = r->place.layout->owned[r->place.column],
                               .matrix_bytes = (int64_t)r->matrix.room.bytes,
                               .hosted_bytes = (int64_t)r->matrix.room.hosted,
                               .wait_seconds = r->wait_seconds,
                               .busy_seconds = r->solve_seconds - r->wait_seconds};
    if (r->compute->multiply_seconds > 0)
        record->rate =
            r->compute->multiply_operations / r->compute->multiply_seconds * r->compute->threads;
    record->power = r->power;
    memcpy(record->host, r->log->host, sizeof record->host);
    memcpy(record->kind, r->compute->kind, sizeof record->kind);
    memcpy(record->device, r->compute->bus, sizeof record->device);
    record->product = r->compute->product;
    memcpy(record->phase_seconds, r->result->trace.total, sizeof record->phase_seconds);
}

static pn_status gather_records(pn_running *r)
{
    pn_rank_record *records = calloc((size_t)r->comm->size, sizeof *records);
    if (!records)
        return pn_fail_memory("for the records of %d ranks", r->comm->size);
    describe(r, &records[r->comm->rank]);
    pn_group world = pn_group_world(r->comm, PN_RUNNING_TAG);
    pn_group_gather_all(&world, records, sizeof *records);
    r->result->ranks = records;
    r->result->rank_count = r->comm->size;
    const pn_layout *layout = r->place.layout;
    pn_status status = pn_gather_story(r->result, r->benchmark->layout, r->comm);
    if (status == PN_OK && r->comm->rank == 0)
        status = pn_running_tell_sessions(r);
    if (status == PN_OK && r->comm->rank == 0 && r->result->migration_count > 0)
        status =
            pn_ownership_create(&r->result->ownership_after, layout->owner, layout->column_blocks);
    return status;
}

// After the verification, which belongs to the whole run.
static pn_status gather_energy(pn_running *r)
{
    pn_energy_record *records = calloc((size_t)r->comm->size, sizeof *records);
    if (!records)
        return pn_fail_memory("for the energy of %d ranks", r->comm->size);
    pn_energy_close(r->energy, &records[r->comm->rank]);
    r->energy = NULL;
    pn_group world = pn_group_world(r->comm, PN_RUNNING_TAG);
    pn_group_gather_all(&world, records, sizeof *records);
    for (int i = 0; i < r->result->rank_count; i++)
        r->result->ranks[i].energy = records[i];
    free(records);
    return PN_OK;
}

static pn_status verify(pn_running *r)
{
    pn_result *result = r->result;
    if (result->finding != PN_FINDING_NONE && result->finding != PN_FINDING_DIVERGED)
        return PN_OK;
    double begin = pn_clock();
    pn_stall_at(r->comm, -1, "verification");
    pn_log_all(r->log, "verifying with the matrix generated again");
    pn_verify_request request = {.n = result->settings.n,
                                 .seed = r->benchmark->seed,
                                 .shift = shift_of(r),
                                 .x = r->x,
                                 .comm = r->comm,
                                 .team = r->compute->team,
                                 .compute = r->compute};
    pn_status status = pn_verify_solution(&request, &result->norms, &result->residual);
    result->verify_seconds = pn_clock() - begin;
    if (status != PN_OK)
        return status; // nothing was found out about the residual
    result->passed = result->residual < result->threshold;
    if (result->passed)
        result->finding = PN_FINDING_NONE;
    else if (result->finding == PN_FINDING_NONE)
        result->finding = PN_FINDING_RESIDUAL;
    return PN_OK;
}

static void prepare_result(pn_running *r)
{
    const pn_layout *layout = r->benchmark->layout;
    *r->result = (pn_result){
        .settings = {.n = layout->n, .nb = layout->nb, .p = layout->height, .q = layout->columns},
        .threshold = r->benchmark->threshold,
        .expected_seconds = r->benchmark->expected_seconds};
}

// What choosing and measuring took is not needed again, and ranks are many.
static void return_memory(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

static pn_status prepare(pn_running *r)
{
    pn_status status;
    const pn_layout *layout = r->benchmark->layout;
    return_memory();
    prepare_result(r);
    PN_TRY(pn_place_create(&r->place, layout, r->comm->rank));
    PN_TRY(pn_trace_create(&r->result->trace, layout->row_blocks, TRACE_LIMIT));
    r->watch =
        (pn_watch){.trace = &r->result->trace,
                   .log = r->log,
                   .notice = r->benchmark->checkpoints.notice,
                   .n = layout->n,
                   .steps = layout->row_blocks,
                   .nb = layout->nb,
                   .p = r->benchmark->settings.p,
                   .q = r->benchmark->settings.q,
                   .result = r->result,
                   .onlookers = r->benchmark->onlookers,
                   .is_silent = r->benchmark->is_silent,
                   .pace = pn_pace_of(r->benchmark->expected_seconds, layout->n,
                                      r->benchmark->product_flops, r->benchmark->tail_seconds)};
    r->observers[0] = pn_watch_trace(&r->watch);
    r->observers[1] = pn_watch_progress(&r->watch);
    r->observers[2] = pn_watch_position(r->comm);
    r->observers[3] = pn_adapt_observer(&r->adapt);
    pn_stall_at(r->comm, -1, "allocation of the matrix");
    pn_log_all(r->log, "%s the matrix: N = %lld, %.2f GB in all",
               resumes(r) ? "making room for" : "generating", (long long)layout->n,
               1e-9 * (double)pn_element_bytes(r->benchmark->settings.element) * (double)layout->n *
                   (double)layout->n);
    PN_TRY(allocate(r));
fail:
    return status;
}

pn_status pn_benchmark_run(const pn_benchmark *benchmark, pn_comm *comm, pn_compute *compute,
                           pn_log *log, pn_result *result)
{
    pn_running r = {
        .benchmark = benchmark, .comm = comm, .compute = compute, .log = log, .result = result};
    pn_status status;
    pn_assert(compute->element == benchmark->settings.element,
              "a part is told what the matrix is of before it runs");
    // First, so that what it needs for a moment is not needed beside the matrix.
    compute->ops->warm(compute, benchmark->layout->nb);
    PN_TRY(pn_running_agree(&r, prepare(&r)));
    if (pn_running_migrates(&r))
        pn_migration_cost_measure(&r.adapt.migration_cost, comm, compute, &r.matrix.block, r.touch);
    r.energy = benchmark->sysfs ? pn_energy_open(benchmark->sysfs) : NULL;
    double begin = pn_clock();
    pn_stall_at(comm, -1, "generation of the matrix");
    if (!resumes(&r))
        PN_TRY(generate(&r));
    result->generate_seconds = pn_clock() - begin;
    pn_lu_warm(r.lu);
    PN_TRY(pn_running_agree(&r, rehearse(&r)));
    if (resumes(&r))
        PN_TRY(pn_running_restore(&r));
    pn_running_open_session(&r);
    pn_log_all(log, "solving");
    pn_power *power = pn_power_start(compute->bus);
    pn_energy_begin(r.energy);
    status = solve(&r);
    pn_energy_end(r.energy);
    pn_power_stop(power, &r.power);
    PN_TRY(pn_running_agree(&r, status));
    result->rate = pn_linpack_flops(result->settings.n) / result->seconds;
    PN_TRY(pn_running_agree(&r, gather_records(&r)));
    PN_TRY(pn_running_agree(&r, verify(&r)));
    PN_TRY(pn_running_agree(&r, gather_energy(&r)));
    pn_onlookers_end(benchmark->onlookers, result);
fail:
    release(&r);
    return status;
}
