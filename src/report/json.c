// SPDX-License-Identifier: BSD-3-Clause
// The record, member by member. jansson reports a failed allocation by a NULL that later calls
// accept, so one look at the end is enough.
#include "report/json.h"

#include "config/word.h"
#include "measure/ranking.h"
#include "report/json_checks.h"
#include "report/json_energy.h"
#include "report/json_fp64.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *finding_name(pn_finding finding)
{
    static const char *const names[] = {"none",   "singular",      "not_finite", "residual",
                                        "growth", "not_converged", "emulated"};
    return names[finding];
}

// FLOP/s as GFLOP/s.
static json_t *gigas(double value)
{
    return isfinite(value) ? json_real(value / 1e9) : json_null();
}

// JSON has no word for NaN and infinity.
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *pn_json_string(const char *text)
{
    json_t *valid = json_string(text);
    return valid ? valid : json_string("(not UTF-8)");
}

static json_t *norms_of(const pn_norms *norms)
{
    json_t *object = json_object();
    json_object_set_new(object, "a_one", number(norms->a_one));
    json_object_set_new(object, "a_inf", number(norms->a_inf));
    json_object_set_new(object, "x_one", number(norms->x_one));
    json_object_set_new(object, "x_inf", number(norms->x_inf));
    json_object_set_new(object, "b_inf", number(norms->b_inf));
    return object;
}

static json_t *phases_of(const double seconds[PN_PHASE_COUNT])
{
    json_t *object = json_object();
#define SET_PHASE(id, name) json_object_set_new(object, name, number(seconds[PN_PHASE_##id]));
    PN_PHASES(SET_PHASE)
#undef SET_PHASE
    return object;
}

static json_t *rank_of(const pn_rank_record *rank)
{
    json_t *object = json_object();
    json_object_set_new(object, "rank", json_integer(rank->rank));
    json_object_set_new(object, "row", json_integer(rank->row));
    json_object_set_new(object, "column", json_integer(rank->column));
    json_object_set_new(object, "host", pn_json_string(rank->host));
    json_object_set_new(object, "kind", pn_json_string(rank->kind));
    json_object_set_new(object, "device",
                        *rank->device ? pn_json_string(rank->device) : json_null());
    json_object_set_new(object, "threads", json_integer(rank->threads));
    json_object_set_new(object, "product", json_string(pn_element_name(rank->product)));
    json_object_set_new(object, "kept_bits",
                        rank->kept_bits ? json_integer(rank->kept_bits) : json_null());
    json_object_set_new(object, "turn",
                        rank->cpu_share > 0 ? number(rank->cpu_share) : json_null());
    json_object_set_new(object, "power", pn_json_power(&rank->power));
    json_object_set_new(object, "rate_gflops", gigas(rank->rate));
    json_object_set_new(object, "alone_gflops",
                        rank->alone_rate > 0 ? gigas(rank->alone_rate) : json_null());
    json_object_set_new(object, "block_columns", json_integer(rank->block_columns));
    json_object_set_new(object, "matrix_bytes", json_integer(rank->matrix_bytes));
    json_object_set_new(object, "hosted_bytes", json_integer(rank->hosted_bytes));
    json_object_set_new(object, "busy_seconds", number(rank->busy_seconds));
    json_object_set_new(object, "wait_seconds", number(rank->wait_seconds));
    json_object_set_new(object, "phases", phases_of(rank->phase_seconds));
    return object;
}

static json_t *ranks_of(const pn_result *result)
{
    json_t *array = json_array();
    for (int i = 0; i < result->rank_count; i++)
        json_array_append_new(array, rank_of(&result->ranks[i]));
    return array;
}

static json_t *column_of(const pn_result *result, int column)
{
    const pn_column_record *is = &result->columns[column];
    json_t *object = json_object(), *order = json_array();
    json_object_set_new(object, "height", json_integer(is->height));
    json_object_set_new(object, "share", number(is->share));
    json_object_set_new(object, "cap", is->cap < 0 ? json_null() : json_integer(is->cap));
    json_object_set_new(object, "block_columns", json_integer(is->block_columns));
    for (int row = 0; row < is->height; row++)
        for (int i = 0; i < result->rank_count; i++)
            if (result->ranks[i].column == column && result->ranks[i].row == row) {
                json_array_append_new(order, json_integer(result->ranks[i].rank));
                if (row == 0)
                    json_object_set_new(object, "kind", pn_json_string(result->ranks[i].kind));
            }
    json_object_set_new(object, "ranks", order);
    return object;
}

// Who sits where: the ranks of each process column from the first process row on.
static json_t *arrangement_of(const pn_result *result)
{
    json_t *object = json_object(), *columns = json_array(), *left_out = json_array();
    for (int column = 0; result->columns && column < result->settings.q; column++)
        json_array_append_new(columns, column_of(result, column));
    for (int i = 0; i < result->left_out_count; i++)
        json_array_append_new(left_out, json_integer(result->left_out[i]));
    json_object_set_new(object, "virtual_rows", json_integer(result->virtual_rows));
    json_object_set_new(object, "columns", columns);
    json_object_set_new(object, "left_out", left_out);
    return object;
}

static json_t *slow_part_of(const pn_rank_record *rank, pn_ranking_aspect aspect,
                            const pn_ranked_aspect *is)
{
    json_t *object = json_object();
    bool by_rate = aspect == PN_RANKING_COMPUTE;
    json_object_set_new(object, "rank", json_integer(rank->rank));
    json_object_set_new(object, "host", pn_json_string(rank->host));
    json_object_set_new(object, "kind", pn_json_string(rank->kind));
    json_object_set_new(object, "device",
                        *rank->device ? pn_json_string(rank->device) : json_null());
    json_object_set_new(object, "column", json_integer(rank->column));
    json_object_set_new(object, "what", json_string(by_rate ? "multiply" : "rows"));
    json_object_set_new(object, "slow", json_string(pn_ranking_name(aspect)));
    json_object_set_new(object, by_rate ? "rate_gflops_per_thread" : "seconds",
                        by_rate ? gigas(is->value) : number(is->value));
    json_object_set_new(object, by_rate ? "usual_gflops_per_thread" : "usual_seconds",
                        by_rate ? gigas(is->usual) : number(is->usual));
    json_object_set_new(object, "ratio", number(is->ratio));
    json_object_set_new(object, aspect == PN_RANKING_LINK ? "columns_of_kind" : "ranks_of_kind",
                        json_integer(is->peers));
    return object;
}

// Slowest first; slow links once for each process column, by its first rank. NULL without memory,
// as from jansson itself.
static json_t *slow_parts_of(const pn_result *result, double tolerance)
{
    pn_ranked *ranked = calloc((size_t)result->rank_count + 1, sizeof *ranked);
    int count = ranked ? pn_ranking_of_run(result, tolerance, ranked) : -1;
    json_t *array = count < 0 ? NULL : json_array();
    for (int i = 0; i < count; i++)
        for (int aspect = 0; aspect < PN_RANKING_ASPECT_COUNT; aspect++) {
            const pn_rank_record *rank = &result->ranks[ranked[i].index];
            const pn_ranked_aspect *is = &ranked[i].aspect[aspect];
            if (is->is_outlier && (aspect != PN_RANKING_LINK || rank->row == 0))
                json_array_append_new(array, slow_part_of(rank, (pn_ranking_aspect)aspect, is));
        }
    free(ranked);
    return array;
}

static json_t *steps_of(const pn_trace *trace)
{
    json_t *array = json_array();
    for (pn_gidx i = 0; i < trace->count; i++) {
        json_t *object = json_object();
        json_object_set_new(object, "step", json_integer(trace->records[i].step));
        json_object_set_new(object, "begin", number(trace->records[i].begin));
        json_object_set_new(object, "seconds", phases_of(trace->records[i].seconds));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *timelines_of(const pn_result *result)
{
    json_t *array = json_array();
    for (int i = 0; i < result->timeline_count; i++) {
        json_t *object = json_object();
        json_object_set_new(object, "rank", json_integer(result->timelines[i].rank));
        json_object_set_new(object, "steps", steps_of(&result->timelines[i].trace));
        json_array_append_new(array, object);
    }
    return array;
}

// Block columns from the left: run_blocks[i] neighbours belong to process column run_column[i].
static json_t *layout_of(const pn_ownership *ownership)
{
    json_t *object = json_object(), *columns = json_array(), *blocks = json_array();
    for (int64_t i = 0; i < ownership->runs; i++) {
        json_array_append_new(columns, json_integer(ownership->column[i]));
        json_array_append_new(blocks, json_integer(ownership->blocks[i]));
    }
    json_object_set_new(object, "block_columns", json_integer(ownership->block_columns));
    json_object_set_new(object, "run_column", columns);
    json_object_set_new(object, "run_blocks", blocks);
    return object;
}

static json_t *versions_of(const pn_record *record)
{
    json_t *object = json_object();
    json_object_set_new(object, "panache", json_string(PANACHE_VERSION));
    json_object_set_new(object, "blas", pn_json_string(record->blas));
    json_object_set_new(object, "blas_kernels", pn_json_string(record->blas_kernels));
    json_object_set_new(object, "blas_path", pn_json_string(record->blas_path));
    json_object_set_new(object, "mpi", pn_json_string(record->mpi));
    return object;
}

static json_t *machine_of(const pn_host *host)
{
    json_t *object = json_object();
    json_object_set_new(object, "host", pn_json_string(host->name));
    json_object_set_new(object, "processor", pn_json_string(host->processor));
    json_object_set_new(object, "sockets", json_integer(host->sockets));
    json_object_set_new(object, "numa_domains", json_integer(host->numa_domains));
    json_object_set_new(object, "cores", json_integer(host->cores));
    json_object_set_new(object, "logical_processors", json_integer(host->logical));
    json_object_set_new(object, "usable_cores", json_integer(host->usable));
    json_object_set_new(object, "bound", json_boolean(host->bound));
    json_object_set_new(object, "l1d_bytes", json_integer(host->l1d_bytes));
    json_object_set_new(object, "l2_bytes", json_integer(host->l2_bytes));
    json_object_set_new(object, "l3_bytes", json_integer(host->l3_bytes));
    json_object_set_new(object, "l3_cores", json_integer(host->l3_cores));
    json_object_set_new(object, "memory_total", json_integer(host->memory_total));
    json_object_set_new(object, "memory_available", json_integer(host->memory_available));
    json_object_set_new(object, "memory_bound", pn_json_string(host->memory_bound));
    return object;
}

static json_t *option_of(const pn_option *row, const pn_options *options)
{
    char text[PN_TEXT_BYTES + 64];
    const void *value = pn_option_value(row, options);
    pn_option_print(row, options, text, sizeof text);
    switch (row->kind) {
    case PN_KIND_COUNT:
    case PN_KIND_MONTH:
    case PN_KIND_BYTES:
        return strcmp(text, "auto") == 0 ? json_string(text)
                                         : json_integer(*(const int64_t *)value);
    case PN_KIND_SECONDS:
        if (strcmp(text, "auto") == 0)
            return json_string(text);
        return number(*(const double *)value);
    case PN_KIND_REAL:
        return number(*(const double *)value);
    case PN_KIND_FLAG:
        return json_boolean(*(const bool *)value);
    default:
        return pn_json_string(text);
    }
}

// Those that the command takes; what only makes the program speak of itself is no setting.
static json_t *options_of(pn_command command, const pn_options *options)
{
    int count;
    const pn_option *rows = pn_option_rows(&count);
    json_t *object = json_object();
    for (int i = 0; i < count; i++)
        if ((rows[i].commands & 1u << command) && rows[i].commands != PN_FOR_ALL)
            json_object_set_new(object, rows[i].field, option_of(&rows[i], options));
    return object;
}

static void set_numbers(json_t *object, const pn_result *result)
{
    json_object_set_new(object, "n", json_integer(result->settings.n));
    json_object_set_new(object, "nb", json_integer(result->settings.nb));
    json_object_set_new(object, "grid",
                        json_pack("{s:i, s:i}", "p", result->settings.p, "q", result->settings.q));
    json_object_set_new(object, "seconds", number(result->seconds));
    json_object_set_new(object, "gflops", gigas(result->rate));
    json_object_set_new(object, "residual", number(result->residual));
    json_object_set_new(object, "threshold", number(result->threshold));
    json_object_set_new(object, "passed", json_boolean(result->passed));
    json_object_set_new(object, "finding", json_string(finding_name(result->finding)));
    bool has_place = result->finding == PN_FINDING_SINGULAR ||
                     result->finding == PN_FINDING_NOT_FINITE ||
                     result->finding == PN_FINDING_GROWTH;
    json_object_set_new(object, "finding_column",
                        has_place ? json_integer(result->finding_column) : json_null());
    json_object_set_new(object, "generate_seconds", number(result->generate_seconds));
    json_object_set_new(object, "verify_seconds", number(result->verify_seconds));
    json_object_set_new(object, "expected_seconds", number(result->expected_seconds));
    json_object_set_new(object, "began", json_integer((json_int_t)result->began));
    json_object_set_new(object, "ended", json_integer((json_int_t)result->ended));
}

// In which formats, and how the solution was refined; for HPL-MxP alone.
static json_t *mixed_of(const pn_result *result)
{
    json_t *object = json_object(), *contraction = json_array();
    double n = (double)result->settings.n;
    double rate = 2.0 / 3.0 * n * n * n / result->lu_seconds;
    bool is_test = result->settings.matrix == PN_MATRIX_DOMINANT;
    for (int i = 0; i < result->refinement.steps; i++)
        json_array_append_new(contraction, number(result->refinement.contraction[i]));
    json_object_set_new(object, "storage", json_string(pn_element_name(result->settings.element)));
    json_object_set_new(object, "panel", json_string(pn_element_name(result->settings.element)));
    json_object_set_new(object, "refinement", json_string(pn_element_name(PN_FLOAT64)));
    json_object_set_new(object, "matrix", json_string(is_test ? "dominant" : "mild"));
    json_object_set_new(object, "for_testing_only", json_boolean(is_test));
    json_object_set_new(object, "lu_seconds", number(result->lu_seconds));
    json_object_set_new(object, "lu_gflops", gigas(rate));
    json_object_set_new(object, "steps", json_integer(result->refinement.steps));
    json_object_set_new(object, "gmres_steps", json_integer(result->refinement.gmres));
    json_object_set_new(object, "contraction", contraction);
    return object;
}

// A word of the option that says so.
static json_t *word_of(const char *words, int64_t index)
{
    char word[64];
    pn_word_at(words, index, word, sizeof word);
    return json_string(word);
}

// What the run went by, named as the options that ask for it: there is no "auto" but where the run
// itself decides, step by step.
static json_t *settings_of(const pn_settings *settings)
{
    json_t *object = json_object();
    json_object_set_new(object, "mapping", word_of(PN_MAPPING_WORDS, settings->mapping));
    json_object_set_new(object, "lookahead", json_integer(settings->look_ahead));
    json_object_set_new(object, "bcast", word_of(PN_TOPOLOGY_WORDS, settings->topology));
    json_object_set_new(object, "segment", json_integer(pn_settings_segment(settings)));
    json_object_set_new(object, "panel_threads",
                        settings->crew > 0 ? json_integer(settings->crew) : json_string("auto"));
    json_object_set_new(object, "panel", word_of(PN_PANEL_WORDS, settings->panel_home));
    json_object_set_new(object, "buffers", json_integer(pn_settings_buffers(settings)));
    json_object_set_new(object, "split", number(settings->split));
    return object;
}

// How many block columns each process column gave away, or took.
static json_t *totals_of(const pn_migration_record *move, int columns, bool taken)
{
    json_t *array = json_array();
    for (int column = 0; column < columns; column++) {
        pn_gidx blocks = 0;
        for (int64_t i = 0; i < move->runs; i++)
            if ((taken ? move->run[i].to : move->run[i].from) == column)
                blocks += move->run[i].blocks;
        json_array_append_new(array, json_integer(blocks));
    }
    return array;
}

// Which ones: run_blocks[i] neighbours from block column run_first[i] on went from process column
// run_from[i] to run_to[i].
static void set_runs(json_t *object, const pn_migration_record *move)
{
    json_t *first = json_array(), *blocks = json_array();
    json_t *from = json_array(), *to = json_array();
    for (int64_t i = 0; i < move->runs; i++) {
        json_array_append_new(first, json_integer(move->run[i].first));
        json_array_append_new(blocks, json_integer(move->run[i].blocks));
        json_array_append_new(from, json_integer(move->run[i].from));
        json_array_append_new(to, json_integer(move->run[i].to));
    }
    json_object_set_new(object, "run_first", first);
    json_object_set_new(object, "run_blocks", blocks);
    json_object_set_new(object, "run_from", from);
    json_object_set_new(object, "run_to", to);
}

static json_t *migrations_of(const pn_result *result)
{
    json_t *array = json_array();
    for (int i = 0; i < result->migration_count; i++) {
        const pn_migration_record *move = &result->migrations[i];
        json_t *object = json_object();
        json_object_set_new(object, "step", json_integer(move->step));
        json_object_set_new(object, "block_columns", json_integer(move->blocks));
        json_object_set_new(object, "seconds", number(move->seconds));
        json_object_set_new(object, "expected_gain", number(move->expected_gain));
        json_object_set_new(object, "gave", totals_of(move, result->settings.q, false));
        json_object_set_new(object, "took", totals_of(move, result->settings.q, true));
        set_runs(object, move);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *session_of(const pn_session *is)
{
    json_t *object = json_object(), *parts = json_array();
    json_object_set_new(object, "began", number(is->began));
    json_object_set_new(object, "seconds", number(is->seconds));
    json_object_set_new(object, "first_step", json_integer(is->first));
    json_object_set_new(object, "next_step", json_integer(is->next));
    json_object_set_new(object, "ranks", json_integer(is->ranks));
    json_object_set_new(object, "grid", json_pack("{s:i, s:i}", "p", is->p, "q", is->q));
    json_object_set_new(object, "mpi", pn_json_string(is->mpi));
    for (int i = 0; i < is->kind_count; i++)
        json_array_append_new(
            parts, json_pack("{s:o, s:o, s:i}", "kind", pn_json_string(is->kinds[i].kind), "host",
                             pn_json_string(is->kinds[i].host), "ranks", is->kinds[i].ranks));
    json_object_set_new(object, "parts", parts);
    return object;
}

// The starts that a run took which wrote checkpoints: "seconds" of the record are those since the
// first, those here what each contributed.
static json_t *sessions_of(const pn_result *result)
{
    json_t *object = json_object(), *sessions = json_array();
    for (int i = 0; i < result->session_count; i++)
        json_array_append_new(sessions, session_of(&result->sessions[i]));
    json_object_set_new(object, "computing_seconds", number(result->computing_seconds));
    json_object_set_new(object, "written", json_integer(result->checkpoint_count));
    json_object_set_new(object, "writing_seconds", number(result->checkpoint_seconds));
    json_object_set_new(object, "sessions", sessions);
    return object;
}

static json_t *record_of(const pn_record *record)
{
    const pn_result *result = record->result;
    json_t *object = json_object();
    bool is_mixed = result->settings.element != PN_FLOAT64;
    json_object_set_new(object, "benchmark", json_string(is_mixed ? "HPL-MxP" : "HPL"));
    json_object_set_new(object, "command", json_string(pn_command_rows()[record->command].name));
    set_numbers(object, result);
    json_object_set_new(object, is_mixed ? "mixed" : "fp64",
                        is_mixed ? mixed_of(result) : pn_json_fp64(result));
    json_object_set_new(object, "norms", norms_of(&result->norms));
    json_object_set_new(object, "energy", pn_json_energy(result));
    json_object_set_new(object, "ranks", ranks_of(result));
    json_object_set_new(object, "arrangement", arrangement_of(result));
    json_object_set_new(object, "settings", settings_of(&result->settings));
    json_object_set_new(object, "move_count", json_integer(result->migration_count));
    json_object_set_new(object, "moves", migrations_of(result));
    json_object_set_new(object, "no_room_before_step",
                        result->no_room > 0 ? json_integer(result->no_room) : json_null());
    json_object_set_new(object, "slow_parts", slow_parts_of(result, record->options->tolerance));
    json_object_set_new(object, "phases", phases_of(result->trace.total));
    json_object_set_new(object, "steps", steps_of(&result->trace));
    json_object_set_new(object, "timelines", timelines_of(result));
    json_object_set_new(object, "layout", layout_of(&result->ownership));
    if (result->ownership_after.runs > 0)
        json_object_set_new(object, "layout_after", layout_of(&result->ownership_after));
    if (result->session_count > 0)
        json_object_set_new(object, "checkpoints", sessions_of(result));
    if (result->settings.check_every > 0)
        json_object_set_new(object, "checks", pn_json_checks(result));
    json_object_set_new(object, "versions", versions_of(record));
    json_object_set_new(object, "machine", machine_of(record->host));
    json_object_set_new(object, "options", options_of(record->command, record->options));
    return object;
}

static pn_status dump(json_t *value, char **text)
{
    *text = value ? json_dumps(value, JSON_INDENT(2)) : NULL;
    json_decref(value);
    return *text ? PN_OK : pn_fail_memory("for the JSON record");
}

pn_status pn_json_text(const pn_record *record, char **text)
{
    return dump(record_of(record), text);
}
