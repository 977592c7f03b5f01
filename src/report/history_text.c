// SPDX-License-Identifier: BSD-3-Clause
// A history for people, and for programs.
#include "report/history_text.h"
#include "base/rate_text.h"
#include "report/json.h"
#include "report/tables.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

enum { BAR = 20, DATE_BYTES = 24 };

static void date_of(char text[DATE_BYTES], time_t began)
{
    struct tm date;
    if (began <= 0 || !gmtime_r(&began, &date) ||
        strftime(text, DATE_BYTES, "%Y-%m-%d %H:%M", &date) == 0)
        strcpy(text, "-");
}

static double best_of(const pn_history *history, int series)
{
    double best = 0;
    for (int i = 0; i < history->count; i++)
        if (history->run[i].series == series)
            best = fmax(best, history->run[i].rate);
    return best;
}

static void print_bar(FILE *stream, double part)
{
    int length = part > 0 ? (int)(part * BAR + 0.5) : 0;
    for (int i = 0; i < length; i++)
        putc('#', stream);
}

static void print_run(FILE *stream, const pn_history_view *view, int index, double best)
{
    const pn_history_run *run = &view->history->run[index];
    char date[DATE_BYTES], rate[PN_FLOPS_TEXT];
    date_of(date, run->began);
    pn_flops_text(run->rate, rate);
    fprintf(stream, "  %-16s %16s %7.3f  ", date, rate, pn_history_ratio(run));
    print_bar(stream, best > 0 ? run->rate / best : 0);
    fprintf(stream, "%s%s%s\n", run->passed ? "" : " FAILED", run->is_regression ? " slower" : "",
            run->changed[0] ? " *" : "");
    if (run->changed[0])
        fprintf(stream, "    * %s\n", run->changed);
}

static void print_series(FILE *stream, const pn_history_view *view, int series)
{
    const pn_history *history = view->history;
    bool is_first = true;
    for (int i = 0; i < history->count; i++) {
        const pn_history_run *run = &history->run[i];
        if (run->series != series)
            continue;
        if (is_first)
            fprintf(stream, "%s%s: N = %lld, NB = %d, %d x %d, %s\n", series > 1 ? "\n" : "",
                    run->host, (long long)run->settings.n, run->settings.nb, run->settings.p,
                    run->settings.q, pn_element_name(run->settings.element));
        if (is_first)
            fprintf(stream, "  %-16s %16s %7s\n", "began (UTC)", "rate", "usual");
        is_first = false;
        print_run(stream, view, i, best_of(history, series));
    }
}

static void print_findings(FILE *stream, const pn_history_view *view)
{
    const pn_history *history = view->history;
    for (int i = 0; i < history->count; i++) {
        const pn_history_run *run = &history->run[i];
        if (!pn_history_fails(history, i, view->fail_below))
            continue;
        if (!run->passed)
            fprintf(stream, "finding: %s did not pass\n", run->file);
        else
            fprintf(stream, "finding: %s is %.1f %% below what is usual (spread %.1f %%)\n",
                    run->file, 100 * (1 - pn_history_ratio(run)), 100 * run->spread);
    }
}

void pn_history_print(FILE *stream, const pn_history_view *view)
{
    const pn_history *history = view->history;
    for (int series = 1; series <= history->series; series++)
        print_series(stream, view, series);
    if (history->skipped > 0)
        fprintf(stream, "\nnot read: %d of the .json files are no records of runs\n",
                history->skipped);
    print_findings(stream, view);
}

json_t *pn_history_record(const pn_history_view *view)
{
    json_t *array = json_array();
    for (int i = 0; i < view->history->count; i++) {
        const pn_history_run *run = &view->history->run[i];
        json_t *object = json_object();
        json_object_set_new(object, "file", pn_json_string(run->file));
        json_object_set_new(object, "began", json_integer((json_int_t)run->began));
        json_object_set_new(object, "host", pn_json_string(run->host));
        json_object_set_new(object, "series", json_integer(run->series));
        json_object_set_new(object, "n", json_integer(run->settings.n));
        json_object_set_new(object, "passed", json_boolean(run->passed));
        json_object_set_new(object, "gflops", json_real(run->rate / 1e9));
        json_object_set_new(object, "ratio", json_real(pn_history_ratio(run)));
        json_object_set_new(object, "spread", json_real(run->spread));
        json_object_set_new(object, "regression", json_boolean(run->is_regression));
        json_object_set_new(object, "changed", pn_json_string(run->changed));
        json_object_set_new(object, "fails",
                            json_boolean(pn_history_fails(view->history, i, view->fail_below)));
        json_array_append_new(array, object);
    }
    return array;
}

void pn_history_csv(FILE *stream, const pn_history_view *view)
{
    fputs("file,began,host,series,n,nb,p,q,passed,gflops,ratio,regression,changed\n", stream);
    for (int i = 0; i < view->history->count; i++) {
        const pn_history_run *run = &view->history->run[i];
        pn_csv_text(stream, run->file);
        fprintf(stream, ",%lld,", (long long)run->began);
        pn_csv_text(stream, run->host);
        fprintf(stream, ",%d,%lld,%d,%d,%d,%s,%.6g,%.6g,%s,", run->series,
                (long long)run->settings.n, run->settings.nb, run->settings.p, run->settings.q,
                run->passed ? "true" : "false", run->rate / 1e9, pn_history_ratio(run),
                run->is_regression ? "true" : "false");
        pn_csv_text(stream, run->changed);
        putc('\n', stream);
    }
}

void pn_history_junit(FILE *stream, const pn_history_view *view)
{
    const pn_history *history = view->history;
    pn_junit junit = {.stream = stream, .suite = "panache history", .tests = history->count};
    for (int i = 0; i < history->count; i++)
        junit.failures += pn_history_fails(history, i, view->fail_below);
    pn_junit_begin(&junit);
    for (int i = 0; i < history->count; i++) {
        const pn_history_run *run = &history->run[i];
        char why[96];
        snprintf(why, sizeof why, "%s, %.3f of what is usual", run->passed ? "passed" : "FAILED",
                 pn_history_ratio(run));
        pn_junit_case(&junit, run->file, 0,
                      pn_history_fails(history, i, view->fail_below) ? why : NULL);
    }
    pn_junit_end(&junit);
}
