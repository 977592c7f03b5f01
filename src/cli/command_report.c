// SPDX-License-Identifier: BSD-3-Clause
// panache report: a run's record as a summary here, as a page for a browser and as a picture for a
// paper. What is written lies beside the record unless asked for elsewhere.
#include "base/plural.h"
#include "cli/command.h"
#include "report/html.h"
#include "report/svg.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = 1024 };

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
        snprintf(path, PATH_BYTES, "%.*s%s", length, record, ending);
    else
        snprintf(path, PATH_BYTES, "%s", asked);
}

typedef struct page {
    const char *option;
    const char *asked;
    const char *ending;
    write_function *write;
} page;

static pn_status write_page(const page *p, const char *record, const pn_reading *reading,
                            const pn_rank_kinds *kinds)
{
    char path[PATH_BYTES];
    if (strcmp(p->asked, "none") == 0)
        return PN_OK;
    name_file(p->asked, record, p->ending, path);
    FILE *file = strcmp(path, record) == 0 ? NULL : fopen(path, "w");
    if (!file)
        return pn_fail(PN_ERROR_SYSTEM,
                       "option %s: \"%s\" cannot be written: %s; allowed: a place "
                       "that can, or none",
                       p->option, path,
                       strcmp(path, record) == 0 ? "it is the record itself" : strerror(errno));
    pn_status status = p->write(file, reading, kinds);
    bool failed = ferror(file);
    failed = fclose(file) != 0 || failed;
    if (status == PN_OK && failed)
        status = pn_fail(PN_ERROR_SYSTEM, "\"%s\": writing failed: %s", path, strerror(errno));
    if (status == PN_OK)
        printf("written: %s\n", path);
    return status;
}

static void print_phases(const pn_result *result)
{
    double sum = 0.0;
    for (int phase = 0; phase < PN_PHASE_COUNT; phase++)
        sum += result->trace.total[phase];
    if (!(sum > 0.0) || !(result->seconds > 0.0))
        return;
    printf("time of rank %d:", result->ranks[0].rank); // of the first that took part
    for (int phase = 0; phase < PN_PHASE_COUNT; phase++) {
        char name[64];
        pn_svg_phase_name((pn_phase)phase, name, sizeof name);
        printf("%s %s %.1f %%", phase ? "," : "", name,
               100.0 * result->trace.total[phase] / result->seconds);
    }
    putchar('\n');
}

static void print_summary(const pn_reading *reading, const pn_rank_kinds *kinds)
{
    const pn_result *r = &reading->result;
    if (reading->tests > 1)
        printf("the fastest of %d tests that passed\n", reading->tests);
    printf("%s: %.4g GFLOP/s, N = %lld, NB = %d, %d x %d, %.2f s\n",
           r->passed ? "passed" : "FAILED", 1e-9 * r->rate, (long long)r->settings.n,
           r->settings.nb, r->settings.p, r->settings.q, r->seconds);
    for (int i = 0; i < kinds->count; i++)
        printf("part %s: %d rank%s, %.4g GFLOP/s multiplying, %.1f %% of the matrix, waited %.1f "
               "%% of the time\n",
               kinds->kind[i].name, kinds->kind[i].ranks, pn_plural(kinds->kind[i].ranks),
               1e-9 * kinds->kind[i].rate, 100.0 * kinds->kind[i].share,
               100.0 * kinds->kind[i].wait);
    const pn_rank_record *slow = &r->ranks[kinds->slowest];
    printf("slowest against its kind: rank %d on %s, %.4g GFLOP/s, %.1f %% of the median\n",
           slow->rank, slow->host, 1e-9 * slow->rate, 100.0 * kinds->relative[kinds->slowest]);
    print_phases(r);
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
    status = pn_rank_kinds_create(&kinds, &reading.result);
    if (status == PN_OK) {
        print_summary(&reading, &kinds);
        for (size_t i = 0; i < sizeof pages / sizeof *pages && status == PN_OK; i++)
            status = write_page(&pages[i], record, &reading, &kinds);
        pn_rank_kinds_release(&kinds);
    }
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
