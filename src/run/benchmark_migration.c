// SPDX-License-Identifier: BSD-3-Clause
// Block columns that change hands in the middle of a run. All memory is found, and all ranks have
// agreed, before anything moves; what moved is recorded.
#include "base/clock.h"
#include "comm/group.h"
#include "grid/redeal.h"
#include "run/benchmark_private.h"

typedef struct change { // of owners
    pn_layout *layout;
    pn_place place;
    pn_migration_record record;
} change;

bool pn_running_migrates(const pn_running *r)
{
    return r->benchmark->adapt && r->benchmark->layout->columns > 1;
}

static bool wants_to_move(void *context, pn_gidx step, double wait_seconds)
{
    pn_running *r = context;
    if (r->benchmark->decide)
        return !r->adapt.off &&
               r->benchmark->decide(r->benchmark->context, &r->adapt, step, wait_seconds);
    return pn_adapt_pause(&r->adapt, step, wait_seconds);
}

// Who waits for a part that seems to have slowed down will take block columns over from it.
static bool use_idle_time(void *context)
{
    pn_running *r = context;
    return r->adapt.verdict.alert && pn_matrix_grow_ahead(&r->matrix, r->ahead);
}

void pn_running_follow(pn_running *r, pn_lu_request *request)
{
    request->askers = r->askers;
    if (r->saver.on)
        request->asker_count = pn_saver_askers(&r->saver, r->askers);
    if (pn_running_checks(r))
        request->asker_count += pn_running_check_askers(r, r->askers + request->asker_count);
    if (!pn_running_migrates(r))
        return;
    r->askers[request->asker_count++] = (pn_lu_asker){PN_PAUSE_MIGRATION, wants_to_move, r};
    r->grower = (pn_lu_idler){use_idle_time, r};
    request->idlers = &r->grower;
    request->idler_count = 1;
}

// Whether every rank has room to move and for what it will have then, beside what it has anyway.
// A rank that could not even make the new place says so.
static pn_status all_have_room(pn_running *r, pn_status status,
                               const pn_matrix_migration *migration, bool *room)
{
    double worst[2] = {status, 0}; // and whether memory is missing
    if (status == PN_OK) {
        size_t beside = migration->beside;
        int64_t allowed = r->benchmark->memory_allowed;
        worst[1] =
            !pn_matrix_has_room(migration, allowed > 0 ? pn_max(allowed - (int64_t)beside, 1) : 0);
    }
    pn_group world = pn_group_world(r->comm, PN_RUNNING_TAG);
    pn_group_combine(&world, worst, sizeof worst, pn_combine_max);
    *room = worst[1] == 0;
    if (status == PN_OK && worst[0] > 0)
        return pn_fail((pn_status)worst[0], "%s", ""); // the rank it concerns has the message
    return status;
}

// Takes the matrix over into the new distribution, from which the factorisation goes on. All memory
// is found before anything moves, and all ranks agree on that once.
static pn_status change_hands(pn_running *r, pn_gidx step, const change *to)
{
    pn_layout *old_layout = r->layout;
    pn_place old = r->place;
    pn_matrix_migration migration = {&r->matrix, &old, &r->place, pn_running_beside(r, &r->place)};
    pn_matrix then = {0};
    pn_status status;
    r->layout = to->layout;
    r->place = to->place;
    status = pn_matrix_make_room(&migration, &then);
    if (status == PN_OK) {
        pn_lu_request request = pn_running_request(r, step);
        request.matrix = then.block;
        status = pn_lu_resume(r->lu, &request);
    }
    PN_TRY(pn_running_agree(r, status));
    PN_TRY(pn_matrix_migrate(&migration, &then, r->comm));
    r->adapt.layout = to->layout;
fail:
    pn_place_release(&old);
    pn_layout_destroy(old_layout);
    return status;
}

// There is room for it.
static void record_migration(pn_running *r, const pn_migration_record *migration)
{
    r->result->migrations[r->result->migration_count++] = *migration;
    pn_log_all(r->log,
               "the parts' speeds have changed: %lld block columns moved before step %lld in "
               "%.2f s, expected to save %.0f %% of the time left",
               (long long)migration->blocks, (long long)migration->step, migration->seconds,
               100.0 * migration->expected_gain);
}

// Lists what changes while nothing has changed yet.
static pn_status plan_change(pn_running *r, change *to)
{
    pn_status status;
    const pn_layout *now = r->place.layout;
    PN_TRY(pn_layout_with_owners(&to->layout, now, r->adapt.owner));
    PN_TRY(pn_place_create(&to->place, to->layout, r->comm->rank));
    PN_TRY(pn_migration_create(&to->record, now->owner, to->layout->owner, now->column_blocks));
    PN_TRY(pn_result_reserve_migration(r->result));
fail:
    return status;
}

static void forget_change(change *to)
{
    pn_place_release(&to->place);
    pn_layout_destroy(to->layout);
    pn_migration_release(&to->record);
}

static pn_status stay(pn_running *r, pn_gidx step)
{
    pn_lu_request request = pn_running_request(r, step);
    pn_log_all(r->log, "the parts' speeds have changed, but there is no room to move columns");
    r->result->no_room = step;
    r->adapt.off = true;
    return pn_running_agree(r, pn_lu_resume(r->lu, &request));
}

pn_status pn_running_migrate(pn_running *r, pn_gidx step)
{
    change to = {0};
    bool room = false;
    pn_adapt_share(&r->adapt);
    pn_status status = plan_change(r, &to);
    pn_matrix_migration migration = {&r->matrix, &r->place, &to.place, 0};
    if (status == PN_OK)
        migration.beside = pn_running_beside(r, &to.place);
    status = all_have_room(r, status, &migration, &room);
    double begin = pn_clock(); // all have come to a halt
    if (status == PN_OK && room) {
        status = change_hands(r, step, &to);
        if (status != PN_OK) {
            pn_migration_release(&to.record);
            return status;
        }
        to.record.step = step;
        to.record.seconds = pn_clock() - begin;
        to.record.expected_gain = r->adapt.gain;
        pn_adapt_migrated(&r->adapt, to.record.seconds);
        record_migration(r, &to.record);
    } else {
        forget_change(&to);
        if (status == PN_OK)
            status = stay(r, step);
    }
    pn_adapt_begin(&r->adapt, step);
    return status;
}
