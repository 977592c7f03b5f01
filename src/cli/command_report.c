// SPDX-License-Identifier: BSD-3-Clause
// panache report: a run's record as a summary here, as a page for a browser and as a picture for a
// paper. What is written lies beside the record unless asked for elsewhere; on standard output it
// stands in the place of the summary.
#include "base/output_file.h"
#include "base/plural.h"
#include "base/rate_text.h"
#include "base/wrap.h"
#include "cli/command.h"
#include "cli/meter_table.h"
#include "measure/fp64.h"
#include "report/corrections.h"
#include "report/html.h"
#include "report/svg.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef pn_status write_function(FILE *stream, const pn_reading *reading,
                                 const pn_rank_kinds *kinds);

static pn_status write_svg(FILE *stream, const pn_reading *reading, const pn_rank_kinds *kinds)
{
    (void)kinds;
    return pn_svg_write(stream, &reading->result);
}

// "auto": the record's name with another ending.
static void name_file(const char *asked, const char *record, const char *ending, char *path)
{
    const char *dot = strrchr(record, '.'), *slash = strrchr(record, '/');
    bool has_ending = dot && (!slash || dot > slash + 1) && dot > record;
    int length = (int)(has_ending ? (size_t)(dot - record) : strlen(record));
    if (strcmp(asked, "auto") == 0)
        snprintf(path, PN_PATH_BYTES, "%.*s%s", length, record, ending);
    else
        snprintf(path, PN_PATH_BYTES, "%s", asked);
}

typedef struct page {
    const char *option;
    const char *asked;
    const char *ending;
    write_function *write;
} page;

static bool is_standard(const page *p)
{
    return strcmp(p->asked, "-") == 0;
}

// Before anything is written: a page that took the place of the record, by whatever name, would
// leave neither.
static pn_status check_page(const page *p, const char *record)
{
    char path[PN_PATH_BYTES];
    if (strcmp(p->asked, "none") == 0 || is_standard(p))
        return PN_OK;
    name_file(p->asked, record, p->ending, path);
    if (pn_same_file(path, record))
        return pn_fail(PN_ERROR_USAGE,
                       "option %s: \"%s\" cannot be written: it is the record itself; allowed: a "
                       "place that can, -, or none",
                       p->option, path);
    pn_status status = pn_output_file_check(path);
    return status == PN_OK ? PN_OK : pn_fail_in(status, "option %s", p->option);
}

static pn_status write_page(const page *p, const char *record, const pn_reading *reading,
                            const pn_rank_kinds *kinds)
{
    char path[PN_PATH_BYTES];
    pn_output_file file = {0};
    pn_status status = PN_OK;
    if (strcmp(p->asked, "none") == 0)
        return PN_OK;
    if (is_standard(p))
        return p->write(stdout, reading, kinds);
    name_file(p->asked, record, p->ending, path);
    PN_TRY(pn_output_file_open(&file, path));
    PN_TRY(p->write(file.stream, reading, kinds));
    PN_TRY(pn_output_file_close(&file));
    return PN_OK;
fail:
    pn_output_file_discard(&file);
    return status;
}

// Of what can be read beside it: not of what stands on standard output itself.
static void tell_page(const page *p, const char *record)
{
    char path[PN_PATH_BYTES];
    name_file(p->asked, record, p->ending, path);
    if (strcmp(p->asked, "none") != 0)
        printf("written: %s\n", path);
}

// Sentences, on lines of a terminal.
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    enum { TEXT = 1024, MARGIN = 2 };
    char text[TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    pn_wrap_text(stdout, text, MARGIN, PN_LINE_WIDTH);
}

static void print_phases(const pn_result *result)
{
    double sum = 0.0;
    for (int phase = 0; phase < PN_PHASE_COUNT; phase++)
        sum += result->trace.total[phase];
    if (!(sum > 0.0) || !(result->seconds > 0.0))
        return;
    char text[512];
    int used = snprintf(text, sizeof text, "time of rank %d:", result->ranks[0].rank); // the first
    for (int phase = 0; phase < PN_PHASE_COUNT && used < (int)sizeof text; phase++) {
        char name[64];
        pn_svg_phase_name((pn_phase)phase, name, sizeof name);
        used += snprintf(text + used, sizeof text - (size_t)used, "%s %s %.1f %%", phase ? "," : "",
                         name, 100.0 * result->trace.total[phase] / result->seconds);
    }
    say("%s", text);
}

static void print_summary(const pn_reading *reading, const pn_rank_kinds *kinds)
{
    const pn_result *r = &reading->result;
    char rate[PN_FLOPS_TEXT], not_native[PN_FP64_TEXT];
    if (reading->tests > 1)
        printf("the fastest of %d tests that passed\n", reading->tests);
    pn_flops_text(r->rate, rate);
    printf("%s: %s, N = %lld, NB = %d, %d x %d, %.2f s\n", r->passed ? "passed" : "FAILED", rate,
           (long long)r->settings.n, r->settings.nb, r->settings.p, r->settings.q, r->seconds);
    pn_fp64 fp64 = pn_fp64_of(r);
    pn_fp64_text(&fp64, not_native);
    if (not_native[0])
        puts(not_native);
    for (int i = 0; i < kinds->count; i++) {
        pn_flops_text(kinds->kind[i].rate, rate);
        say("part %s: %d rank%s, %s multiplying, %.1f %% of the matrix, waited %.1f "
            "%% of the time",
            kinds->kind[i].name, kinds->kind[i].ranks, pn_plural(kinds->kind[i].ranks), rate,
            100.0 * kinds->kind[i].share, 100.0 * kinds->kind[i].wait);
    }
    const pn_rank_record *slow = &r->ranks[kinds->slowest];
    pn_flops_text(slow->rate, rate);
    say("slowest against its kind: rank %d on %s, %s, %.1f %% of the median", slow->rank,
        slow->host, rate, 100.0 * kinds->relative[kinds->slowest]);
    print_phases(r);
    pn_corrections_text(stdout, r);
}

static pn_status write_all(const page pages[2], const char *record, const pn_reading *reading,
                           const pn_rank_kinds *kinds)
{
    bool speaks = !is_standard(&pages[0]) && !is_standard(&pages[1]);
    pn_status status = PN_OK;
    if (speaks)
        print_summary(reading, kinds);
    for (int i = 0; i < 2; i++) {
        PN_TRY(write_page(&pages[i], record, reading, kinds));
        if (speaks)
            tell_page(&pages[i], record);
    }
fail:
    return status;
}

static pn_status carry_out(const pn_options *options, const char *record)
{
    const page pages[] = {{"--html", options->html, ".html", pn_html_write},
                          {"--svg", options->svg, ".svg", write_svg}};
    pn_reading reading;
    pn_rank_kinds kinds;
    pn_status status = pn_reading_open(&reading, record);
    if (status != PN_OK)
        return status;
    for (int i = 0; i < 2; i++)
        PN_TRY(check_page(&pages[i], record));
    if (is_standard(&pages[0]) && is_standard(&pages[1]))
        PN_TRY(pn_fail(PN_ERROR_USAGE, "options --html and --svg: both are \"-\"; allowed: one of "
                                       "them"));
    PN_TRY(pn_rank_kinds_create(&kinds, &reading.result));
    status = write_all(pages, record, &reading, &kinds);
    pn_rank_kinds_release(&kinds);
    bool speaks = !is_standard(&pages[0]) && !is_standard(&pages[1]);
    if (status == PN_OK && speaks && strcmp(options->power, "none") != 0)
        status = pn_meter_table_tell(options->power, &reading.result);
fail:
    pn_reading_close(&reading);
    return status;
}

int pn_command_report(const pn_invocation *invocation)
{
    const pn_operands *operands = &invocation->operands;
    pn_status status = operands->count
                           ? carry_out(&invocation->options, operands->word[0])
                           : pn_fail(PN_ERROR_USAGE,
                                     "command line: panache report needs the JSON record of a run");
    return status == PN_OK ? PN_EXIT_PASSED : pn_command_failed();
}
