// SPDX-License-Identifier: BSD-3-Clause
#include "report/html.h"

#include "base/plain_text.h"
#include "base/plural.h"
#include "base/rate_text.h"
#include "measure/fp64.h"
#include "report/corrections.h"
#include "report/svg.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { RANKS_MOST = 200, NAME_BYTES = 128, VALUE_BYTES = 1024 };

static const char style[] =
    "body{font-family:sans-serif;color:#222;max-width:1000px;margin:2em auto;padding:0 1em}"
    "h1{font-size:24px}h2{font-size:18px;margin-top:2em}"
    "table{border-collapse:collapse;font-size:14px}"
    "td,th{padding:4px 12px 4px 0;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}"
    "td.n,th.n{text-align:right}.big{font-size:36px;margin:0.3em 0}.failed{color:#b02a1f}"
    "svg{max-width:100%;height:auto}";

static void say(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(FILE *stream, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    pn_svg_text(stream, text);
}

static void cell(FILE *stream, const char *text)
{
    fputs("<td>", stream);
    pn_svg_text(stream, text);
    fputs("</td>", stream);
}

static void cell_number(FILE *stream, const char *format, double value)
{
    fputs("<td class=\"n\">", stream);
    fprintf(stream, format, value);
    fputs("</td>", stream);
}

static void write_head(FILE *stream, const pn_result *r)
{
    char rate[PN_FLOPS_TEXT];
    pn_flops_text(r->rate, rate);
    fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>", stream);
    say(stream, "Panache: %s, N = %lld", rate, (long long)r->settings.n);
    fprintf(stream, "</title>\n<style>%s</style></head>\n<body>\n<h1>Panache</h1>\n", style);
    fprintf(stream, "<p class=\"big%s\">", r->passed ? "" : " failed");
    say(stream, "%s, %s", rate, r->passed ? "passed" : "FAILED");
    fputs("</p>\n", stream);
    pn_fp64 fp64 = pn_fp64_of(r);
    char not_native[PN_FP64_TEXT];
    pn_fp64_text(&fp64, not_native);
    if (not_native[0]) {
        fputs("<p class=\"big failed\">", stream);
        say(stream, "%s", not_native);
        fputs("</p>\n", stream);
    }
}

static void row(FILE *stream, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void row(FILE *stream, const char *name, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fputs("<tr>", stream);
    cell(stream, name);
    cell(stream, text);
    fputs("</tr>\n", stream);
}

static void write_numbers(FILE *stream, const pn_reading *reading)
{
    const pn_result *r = &reading->result;
    char moment[64] = "unknown";
    struct tm parts;
    if (r->began && gmtime_r(&r->began, &parts))
        strftime(moment, sizeof moment, "%Y-%m-%d %H:%M:%S UTC", &parts);
    fputs("<table>\n", stream);
    row(stream, "Order of the matrix", "N = %lld, in blocks of NB = %d", (long long)r->settings.n,
        r->settings.nb);
    row(stream, "Grid", "%d x %d, %d rank%s", r->settings.p, r->settings.q, r->rank_count,
        pn_plural(r->rank_count));
    row(stream, "Time of the solve", "%.2f s; expected were %.2f s", r->seconds,
        r->expected_seconds);
    row(stream, "Beside it", "%.2f s to generate the matrix, %.2f s to verify", r->generate_seconds,
        r->verify_seconds);
    row(stream, "Scaled residual", "%.6g; below %g passes", r->residual, r->threshold);
    row(stream, "Began", "%s", moment);
    fputs("</table>\n", stream);
}

static void write_kinds(FILE *stream, const pn_reading *reading, const pn_rank_kinds *kinds)
{
    fputs("<h2>Parts</h2>\n<table><tr><th>Kind</th><th class=\"n\">Ranks</th><th class=\"n\">"
          "GFLOP/s multiplying</th><th class=\"n\">Share of the matrix</th><th class=\"n\">Time "
          "waited</th></tr>\n",
          stream);
    for (int i = 0; i < kinds->count; i++) {
        const pn_rank_kind *kind = &kinds->kind[i];
        fputs("<tr>", stream);
        cell(stream, kind->name);
        cell_number(stream, "%.0f", kind->ranks);
        cell_number(stream, "%.4g", 1e-9 * kind->rate);
        cell_number(stream, "%.1f %%", 100.0 * kind->share);
        cell_number(stream, "%.1f %%", 100.0 * kind->wait);
        fputs("</tr>\n", stream);
    }
    fputs("</table>\n", stream);
    if (kinds->slowest < 0)
        return;
    const pn_rank_record *slow = &reading->result.ranks[kinds->slowest];
    char rate[PN_FLOPS_TEXT];
    pn_flops_text(slow->rate, rate);
    fputs("<p>", stream);
    say(stream, "The slowest against its own kind is rank %d on %s: %s, %.1f %% of the median.",
        slow->rank, slow->host, rate, 100.0 * kinds->relative[kinds->slowest]);
    fputs("</p>\n", stream);
}

// What was put right during the run, a paragraph a line.
static void write_corrections(FILE *stream, const pn_result *result)
{
    char *text = NULL;
    size_t bytes;
    FILE *lines = open_memstream(&text, &bytes);
    if (!lines)
        return;
    pn_corrections_text(lines, result);
    fclose(lines);
    char *rest = text;
    for (char *line; rest && *rest && (line = strsep(&rest, "\n"));) {
        fputs("<p>", stream);
        pn_svg_text(stream, line);
        fputs("</p>\n", stream);
    }
    free(text);
}

static void write_rank(FILE *stream, const pn_rank_record *rank, double relative)
{
    fputs("<tr>", stream);
    cell_number(stream, "%.0f", rank->rank);
    cell(stream, rank->host);
    cell(stream, rank->kind);
    cell_number(stream, "%.0f", rank->threads);
    cell_number(stream, "%.0f", (double)rank->block_columns);
    cell_number(stream, "%.2f", (double)rank->matrix_bytes / (1 << 30));
    cell_number(stream, "%.4g", 1e-9 * rank->rate);
    cell_number(stream, "%.1f %%", 100.0 * relative);
    cell_number(stream, "%.2f", rank->busy_seconds);
    cell_number(stream, "%.2f", rank->wait_seconds);
    fputs("</tr>\n", stream);
}

static void write_ranks(FILE *stream, const pn_result *result, const pn_rank_kinds *kinds)
{
    int count = result->rank_count < RANKS_MOST ? result->rank_count : RANKS_MOST;
    fputs("<h2>Ranks</h2>\n", stream);
    if (count < result->rank_count) {
        fputs("<p>", stream);
        say(stream, "The first %d of %d; the record holds all.", count, result->rank_count);
        fputs("</p>\n", stream);
    }
    fputs("<table><tr><th class=\"n\">Rank</th><th>Host</th><th>Kind</th><th class=\"n\">Threads"
          "</th><th class=\"n\">Block columns</th><th class=\"n\">GiB</th><th class=\"n\">GFLOP/s"
          "</th><th class=\"n\">Of its kind</th><th class=\"n\">Busy s</th><th class=\"n\">Waited "
          "s</th></tr>\n",
          stream);
    for (int i = 0; i < count; i++)
        write_rank(stream, &result->ranks[i], kinds->relative[i]);
    fputs("</table>\n", stream);
}

// An object of the record as it stands: names and values.
static void write_object(FILE *stream, const pn_reading *reading, const char *part,
                         const char *title)
{
    json_t *object = json_object_get(reading->record, part), *value;
    const char *key;
    if (!json_is_object(object))
        return;
    fprintf(stream, "<h2>%s</h2>\n<table>\n", title);
    json_object_foreach(object, key, value)
    {
        char *dumped = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY);
        const char *text = dumped ? dumped : json_string_value(value);
        char name[NAME_BYTES], plain[VALUE_BYTES];
        pn_plain_text(name, sizeof name, key);
        pn_plain_text(plain, sizeof plain, text ? text : "");
        row(stream, name, "%s", plain);
        free(dumped);
    }
    fputs("</table>\n", stream);
}

pn_status pn_html_write(FILE *stream, const pn_reading *reading, const pn_rank_kinds *kinds)
{
    write_head(stream, &reading->result);
    write_numbers(stream, reading);
    write_corrections(stream, &reading->result);
    write_kinds(stream, reading, kinds);
    fputs("<h2>The run as a picture</h2>\n", stream);
    pn_status status = pn_svg_write(stream, &reading->result);
    if (status != PN_OK)
        return status;
    write_ranks(stream, &reading->result, kinds);
    write_object(stream, reading, "options", "Asked for");
    write_object(stream, reading, "versions", "Versions");
    write_object(stream, reading, "machine", "The machine of rank 0");
    fputs("</body></html>\n", stream);
    return PN_OK;
}
