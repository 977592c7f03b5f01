// SPDX-License-Identifier: BSD-3-Clause
// Rank 0 chooses and the others receive: unlike hosts may round the same formula differently, and
// one block more on one rank would leave all of them waiting for ever. Ranks that take no part only
// agree; those that do are numbered anew where others are left out between them.
#include "job/test_case.h"

#include "base/assertion.h"
#include "check/row_sums.h"
#include "comm/group.h"
#include "comm/stall.h"
#include "config/value_text.h"
#include "job/mixed.h"
#include "job/native.h"
#include "job/rank_compute.h"
#include "job/stop.h"
#include "job/wrong_blas.h"
#include "lu/gpu_aware.h"
#include "run/benchmark.h"
#include "run/deliver.h"
#include "tune/choose.h"
#include "tune/choose_check.h"
#include "tune/product_rates.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG = 0, LOWERINGS = 4 };

// What a rank holds of a test.
typedef struct test_case {
    int *members; // [used] the ranks that take part, ascending
    int *order;   // [used] the member at each place of the grid
    pn_comm part; // of the members
    pn_layout *layout;
    pn_place place;
    bool placed;
    pn_benchmark benchmark;
} test_case;

// A rank that takes no part has -1 as its number.
static pn_status number_members(const pn_job *job, const pn_choice *choice, test_case *test)
{
    const pn_arrangement *a = &choice->arrangement;
    int *number = calloc((size_t)a->ranks, sizeof *number);
    test->members = calloc((size_t)a->used, sizeof *test->members);
    test->order = calloc((size_t)a->used, sizeof *test->order);
    test->part = *job->comm;
    test->part.rank = -1;
    if (!number || !test->members || !test->order) {
        free(number);
        return pn_fail_memory("for the places of %d ranks", a->ranks);
    }
    int count = 0;
    for (int rank = 0; rank < a->ranks; rank++)
        if (a->table.column[rank] >= 0) {
            number[rank] = count;
            test->members[count++] = rank;
            if (rank == job->comm->rank)
                test->part.rank = number[rank];
        }
    for (int place = 0; place < a->used; place++)
        test->order[place] = number[a->table.order[place]];
    test->part.size = count;
    test->part.members = test->members;
    free(number);
    return PN_OK;
}

static pn_checkpoints checkpoints_of(const pn_job *job)
{
    const pn_options *options = &job->options;
    pn_checkpoints is = {.every = options->checkpoint_every, .notice = pn_stop_notice(job->stop)};
    if (strcmp(options->checkpoint, "none") != 0)
        is.folder = options->checkpoint;
    if (job->restart) {
        is.count = job->restart->count;
        is.numbers = job->restart->numbers;
        is.manifests = job->restart->manifests;
    }
    return is;
}

// Of the part of the arithmetic that a restart finds done nothing is left to wait for.
static double seconds_of(const pn_job *job, const pn_choice *choice)
{
    if (!job->restart)
        return choice->seconds;
    const pn_manifest *m = &job->restart->manifests[0];
    return choice->seconds * pow(1 - (double)(m->step * m->nb) / (double)m->n, 3);
}

// FLOP/s of the products of all that take part, alone; 0: not known.
static double product_flops(const pn_job *job, const pn_choice *choice)
{
    double sum = 0;
    for (int rank = 0; rank < choice->rank_count; rank++) {
        const pn_rank_info *info = &job->info[rank];
        double rate =
            info->product_count ? pn_product_flops(info, choice->settings.nb) : info->rate;
        if (choice->arrangement.table.column[rank] < 0)
            continue;
        if (!(rate > 0))
            return 0;
        sum += rate;
    }
    return sum;
}

static pn_benchmark benchmark_of(const pn_job *job, const pn_choice *choice)
{
    const pn_options *options = &job->options;
    const pn_fault *fault = &options->poison;
    return (pn_benchmark){
        .seed = (uint64_t)options->seed,
        .threshold = options->threshold,
        .settings = choice->settings,
        .adapt = options->adapt == PN_ADAPT_ON,
        .expected_seconds = seconds_of(job, choice),
        .tail_seconds = choice->refinement,
        .product_flops = product_flops(job, choice),
        .onlookers = job->onlookers,
        .is_silent = options->progress == PN_PROGRESS_JSON || options->progress == PN_PROGRESS_NONE,
        .checkpoints = checkpoints_of(job),
        .poison = {
            .row = fault->row, .column = fault->column, .value = fault->value, .set = fault->set}};
}

// Of the ranks that take part on a host the first reads its meters.
static bool reads_meters(const pn_job *job, const pn_choice *choice)
{
    for (int rank = 0; rank < job->comm->rank; rank++)
        if (job->info[rank].host_id == job->info[job->comm->rank].host_id &&
            choice->arrangement.table.column[rank] >= 0)
            return false;
    return true;
}

static pn_status prepare(const pn_job *job, const pn_choice *choice, test_case *test)
{
    pn_status status = number_members(job, choice, test);
    if (status != PN_OK || test->part.rank < 0)
        return status;
    pn_layout_request request =
        pn_arrangement_request(&choice->arrangement, choice->settings.n, choice->settings.nb);
    request.order = test->order;
    if (choice->settings.check_every > 0)
        request.riding = PN_ROW_SUMS_RIDING;
    status = pn_layout_create(&test->layout, &request);
    if (status != PN_OK)
        return status;
    status = pn_place_create(&test->place, test->layout, test->part.rank);
    if (status != PN_OK)
        return status;
    test->placed = true;
    pn_rank_compute_overflow(job->compute, choice->ranks[job->comm->rank].overflow_bytes);
    test->benchmark = benchmark_of(job, choice);
    test->benchmark.memory_allowed = choice->ranks[job->comm->rank].bytes_allowed;
    test->benchmark.layout = test->layout;
    test->benchmark.sysfs = reads_meters(job, choice) ? job->options.sysfs_root : NULL;
    test->benchmark.caps = choice->arrangement.table.caps;
    return pn_gpu_aware_choose(&test->benchmark.gpu_aware,
                               (pn_gpu_aware_choice)job->options.device_mpi, job->comm,
                               job->compute);
}

static void tell_direct(pn_job *job, const test_case *test)
{
    bool exchanges = test->placed && test->layout->heights[test->place.column] > 1;
    if (exchanges && test->benchmark.gpu_aware && job->log.level == PN_LOG_VERBOSE)
        pn_log_rank(&job->log, "exchanges rows out of the memory of its device");
}

static void release(test_case *test)
{
    if (test->placed)
        pn_place_release(&test->place);
    if (test->layout)
        pn_layout_destroy(test->layout);
    free(test->members);
    free(test->order);
}

// The largest part of its allowance that any rank would take.
static pn_status measure_need(pn_job *job, const pn_choice *choice, double *need)
{
    test_case test = {0};
    pn_status status = prepare(job, choice, &test);
    *need = 0;
    if (test.placed)
        *need = (double)pn_benchmark_bytes(&test.benchmark, &test.place) /
                (double)pn_max(1, choice->ranks[job->comm->rank].bytes_allowed);
    release(&test);
    status = pn_job_agree(job, status);
    if (status != PN_OK)
        return status;
    pn_group world = pn_group_world(job->comm, TAG);
    pn_group_combine(&world, need, sizeof *need, pn_combine_max);
    return PN_OK;
}

typedef struct chosen { // as it travels, before the tables of ranks and of the arrangement
    pn_settings settings;
    int32_t used, columns, height, virtual_rows;
    int32_t column_major, unlike, weighted;
    double seconds, other_seconds;
} chosen;

static chosen sent(const pn_choice *choice)
{
    const pn_arrangement *a = &choice->arrangement;
    chosen all = {.settings = choice->settings,
                  .used = a->used,
                  .columns = a->columns,
                  .height = a->height,
                  .virtual_rows = a->virtual_rows,
                  .column_major = a->column_major,
                  .unlike = a->unlike,
                  .weighted = a->weighted,
                  .seconds = choice->seconds,
                  .other_seconds = choice->other_seconds};
    all.settings.shares = NULL; // they stand in the arrangement
    return all;
}

static void take(pn_choice *choice, const chosen *all)
{
    pn_arrangement *a = &choice->arrangement;
    choice->settings = all->settings;
    choice->seconds = all->seconds;
    choice->other_seconds = all->other_seconds;
    a->used = all->used;
    a->columns = all->columns;
    a->height = all->height;
    a->virtual_rows = all->virtual_rows;
    a->column_major = all->column_major;
    a->unlike = all->unlike;
    a->weighted = all->weighted;
}

// Rank 0 sends its choice; the others fill what they make room for here. Every rank calls it.
static pn_status receive(pn_job *job, int ranks, pn_choice *choice)
{
    pn_group world = pn_group_world(job->comm, TAG);
    pn_status status = job->comm->rank > 0 ? pn_choice_create(choice, ranks) : PN_OK;
    PN_TRY(pn_job_agree(job, status));
    chosen all = sent(choice);
    pn_assert(job->comm->rank > 0 || pn_settings_is_complete(&all.settings),
              "a choice leaves nothing open");
    pn_group_broadcast(&world, &all, sizeof all, 0);
    take(choice, &all);
    pn_group_broadcast(&world, choice->ranks, (size_t)ranks * sizeof *choice->ranks, 0);
    pn_arrangement_tables *table = &choice->arrangement.table;
    pn_group_broadcast(&world, table->memory, table->bytes, 0);
fail:
    return status;
}

// Panels, U and the buffers of messages are as wide as a block, however small the matrix is.
static pn_status check_block(const pn_settings *settings)
{
    const int small = 1024; // what costs nothing, and is in many an HPL.dat
    if (settings->nb <= settings->n || settings->nb <= small)
        return PN_OK;
    return pn_fail(PN_ERROR_MEMORY,
                   "NB = %d is wider than the whole matrix, N = %" PRId64
                   ", and would take memory for it; up to N, or up to %d, is allowed",
                   settings->nb, settings->n, small);
}

static pn_status check_fault(const pn_options *options, pn_gidx n)
{
    const pn_fault *fault = &options->poison;
    char read[128];
    pn_value_print(&(pn_value_rule){.kind = PN_KIND_FAULT}, fault, read, sizeof read);
    if (fault->set && (fault->column > n || fault->row >= n))
        return pn_fail(PN_ERROR_USAGE,
                       "option --poison: read \"%s\"; allowed for N = %" PRId64
                       ": rows 0 to %" PRId64 ", columns 0 to %" PRId64
                       ", the last being the right-hand side",
                       read, n, n - 1, n);
    return PN_OK;
}

// A run goes on as it began; a deliberate fault is there to be seen, unless checks are asked for.
static int check_every(const pn_job *job, const pn_choice *choice)
{
    int64_t asked = job->options.check;
    const pn_manifest *m = job->restart ? &job->restart->manifests[0] : NULL;
    bool rides = m && m->width > m->n + 1;
    if (m && !rides)
        return 0;
    if (asked == PN_CHECK_AUTO && job->options.poison.set)
        return 0;
    int every = pn_choose_check_every(asked, choice, job->info);
    return every == 0 && rides ? (int)choice->settings.n : every; // the column has to be there
}

static pn_status choose_once(pn_job *job, const pn_settings *asked, int ranks, pn_choice *choice)
{
    pn_choice_request request = pn_job_request(&job->options);
    request.settings = *asked;
    request.links = job->links.hosts ? &job->links : NULL;
    *choice = (pn_choice){.rank_count = 0};
    pn_status status = PN_OK;
    if (job->comm->rank == 0) {
        status = pn_choose(choice, &request, job->info, ranks);
        if (status == PN_OK)
            choice->settings.check_every = check_every(job, choice);
        if (status == PN_OK)
            status = check_fault(&job->options, choice->settings.n);
        if (status == PN_OK)
            status = check_block(&choice->settings);
        if (status != PN_OK && job->source)
            pn_fail_in(status, "%s", job->source);
    }
    status = pn_job_agree(job, status);
    return status == PN_OK ? receive(job, ranks, choice) : status;
}

static pn_gidx lowered(const pn_choice *choice, double need)
{
    pn_gidx n = (pn_gidx)((double)choice->settings.n / sqrt(need));
    return n >= choice->settings.nb ? n - n % choice->settings.nb : n;
}

static void explain_lowering(pn_choice *choice)
{
    pn_choice_line *line = &choice->lines[PN_CHOICE_N];
    snprintf(line->reason, sizeof line->reason,
             "the largest that fits the memory allowed on every rank with these shares");
}

pn_status pn_test_case_choose(pn_job *job, const pn_settings *asked, int ranks, pn_choice *choice)
{
    double need;
    pn_settings lower = *asked;
    pn_status status = choose_once(job, asked, ranks, choice);
    for (int i = 0; status == PN_OK; i++) {
        status = measure_need(job, choice, &need);
        if (status != PN_OK || need <= 1)
            break;
        pn_gidx n = lowered(choice, need);
        if (asked->n == 0 && i < LOWERINGS && n >= 1) {
            pn_choice_release(choice);
            lower.n = n;
            status = choose_once(job, &lower, ranks, choice);
            explain_lowering(choice);
            continue;
        }
        status = pn_job_agree(
            job, pn_fail(PN_ERROR_MEMORY,
                         "N = %" PRId64 ": one rank would take %.2f times the memory it is "
                         "allowed with these shares; about N = %" PRId64 " fits, or allow "
                         "more by --memory",
                         choice->settings.n, need, n));
    }
    if (status != PN_OK)
        pn_choice_release(choice);
    return status;
}

// Where the outcome is known to rank 0 only it would be alone with its exit code.
static void share_outcome(pn_job *job, pn_result *result)
{
    struct {
        int32_t passed, finding;
    } outcome = {result->passed, (int32_t)result->finding};
    pn_group world = pn_group_world(job->comm, TAG);
    pn_group_broadcast(&world, &outcome, sizeof outcome, 0);
    result->passed = outcome.passed;
    result->finding = (pn_finding)outcome.finding;
    bool is_solved = result->finding == PN_FINDING_NONE || result->finding == PN_FINDING_RESIDUAL ||
                     result->finding == PN_FINDING_DIVERGED;
    if (!is_solved) { // no solution, hence no rate, and nothing was verified
        result->rate = 0;
        result->residual = NAN;
        result->norms = (pn_norms){NAN, NAN, NAN, NAN, NAN};
    }
}

// A result that nobody would take for what it is.
static void judge_fp64(const pn_job *job, const pn_choice *choice, pn_result *result)
{
    int asked;
    bool is_emulated = false;
    (void)pn_native_asked(&job->options, &asked);
    for (int rank = 0; job->kept_bits && rank < job->comm->size; rank++)
        is_emulated = is_emulated || job->kept_bits[rank] > 0;
    bool is_double = choice->settings.element == PN_FLOAT64;
    if (is_double && is_emulated && asked == 0 && result->finding == PN_FINDING_NONE)
        result->finding = PN_FINDING_EMULATED;
}

// Step k has (N - k NB)^2 of the sum's N^3 / (3 NB): the first takes 3 NB / N of the time.
static void watch_for_stalls(pn_job *job, const pn_choice *choice)
{
    double first =
        choice->seconds * fmin(1.0, 3.0 * choice->settings.nb / (double)choice->settings.n);
    double longest = fmax(first, choice->other_seconds / PN_STALL_PATIENCE);
    pn_stall_limit(job->comm, pn_job_stall_limit(&job->options, longest));
}

static void list_left_out(const pn_arrangement *a, pn_result *result)
{
    for (int rank = 0; rank < a->ranks; rank++)
        if (a->table.column[rank] < 0)
            result->left_out[result->left_out_count++] = rank;
}

// Adds who sat where to rank 0's result, in the job's own numbers.
static pn_status describe(const pn_job *job, const test_case *test, const pn_choice *choice,
                          pn_result *result)
{
    const pn_arrangement *a = &choice->arrangement;
    result->columns = calloc((size_t)a->columns, sizeof *result->columns);
    result->left_out = calloc((size_t)a->ranks, sizeof *result->left_out);
    if (!result->columns || !result->left_out)
        return pn_fail_memory("for the record of %d process columns", a->columns);
    result->settings = choice->settings;
    result->settings.shares = NULL; // those of the columns stand with them
    result->settings.share_count = 0;
    (void)pn_native_asked(&job->options, &result->fp64_asked); // it was read before
    result->settings.mapping = a->column_major ? PN_MAPPING_COLUMNS : PN_MAPPING_ROWS;
    result->virtual_rows = a->virtual_rows;
    for (int column = 0; column < a->columns; column++)
        result->columns[column] = (pn_column_record){.height = a->table.heights[column],
                                                     .share = a->table.shares[column],
                                                     .cap = a->table.caps[column]};
    for (int i = 0; i < result->rank_count; i++) {
        pn_rank_record *record = &result->ranks[i];
        record->rank = test->members[record->rank];
        const pn_rank_info *info = &job->info[record->rank];
        record->alone_rate = info->product_count && info->rate > 0
                                 ? pn_product_flops(info, result->settings.nb)
                                 : info->rate;
        record->host_id = info->host_id;
        record->kept_bits = job->kept_bits ? job->kept_bits[record->rank] : 0;
        record->cpu_share = info->is_device ? 1 : choice->ranks[record->rank].cpu_share;
        result->columns[record->column].block_columns = record->block_columns;
    }
    for (int i = 0; i < result->correction_count; i++)
        if (result->corrections[i].rank >= 0)
            result->corrections[i].rank = test->members[result->corrections[i].rank];
    for (int i = 0; i < result->timeline_count; i++)
        result->timelines[i].rank = test->members[result->timelines[i].rank];
    list_left_out(a, result);
    return PN_OK;
}

pn_status pn_test_case_run(pn_job *job, const pn_choice *choice, pn_result *result)
{
    test_case test = {0};
    pn_log log = job->log;
    pn_status status = prepare(job, choice, &test);
    *result = (pn_result){0};
    watch_for_stalls(job, choice);
    if (choice->settings.element != PN_FLOAT64)
        pn_mixed_take(job, choice->settings.nb);
    PN_TRY(pn_job_agree(job, status));
    tell_direct(job, &test);
    if (test.part.rank == 0)
        log.rank = 0; // it speaks for all in the place of one left out
    if (test.part.rank >= 0)
        status = pn_benchmark_run(&test.benchmark, &test.part, job->compute, &log, result);
    PN_TRY(pn_job_agree(job, status));
    pn_deliver_result(result, job->comm, test.members[0]); // rank 0 tells it
    status = job->comm->rank == 0 ? describe(job, &test, choice, result) : PN_OK;
    PN_TRY(pn_job_agree(job, status));
    share_outcome(job, result);
    judge_fp64(job, choice, result);
    if (!result->passed && !job->options.poison.set)
        PN_TRY(pn_wrong_blas_tell(job, PN_WRONG_BLAS_AFTER));
fail:
    release(&test);
    return status;
}
