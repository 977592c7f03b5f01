// SPDX-License-Identifier: BSD-3-Clause
// panache compare: records beside the first of them. A ratio below --fail-below, or a run that did
// not pass, is a finding.
#include "base/plain_text.h"
#include "cli/command.h"
#include "cli/table_files.h"
#include "report/comparison_text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static pn_status open_all(pn_compared *compared, pn_sample *samples, const pn_operands *operands)
{
    for (int i = 0; i < operands->count; i++) {
        pn_status status = pn_sample_open(&samples[i], operands->word[i]);
        if (status != PN_OK)
            return status;
        compared->count++;
    }
    return PN_OK;
}

// Files of one name in two folders are told apart by their paths.
static void name_all(pn_sample *samples, const pn_operands *operands)
{
    for (int i = 0; i < operands->count; i++)
        for (int k = 0; k < i; k++)
            if (strcmp(samples[i].name, samples[k].name) == 0) {
                pn_plain_text(samples[i].name, sizeof samples[i].name, operands->word[i]);
                pn_plain_text(samples[k].name, sizeof samples[k].name, operands->word[k]);
            }
}

static void print(FILE *stream, const void *compared)
{
    pn_compared_print(stream, compared);
}

static void write_csv(FILE *stream, const void *compared)
{
    pn_compared_csv(stream, compared);
}

static void write_junit(FILE *stream, const void *compared)
{
    pn_compared_junit(stream, compared);
}

static json_t *record(const void *compared)
{
    return pn_compared_record(compared);
}

static pn_table table_of(const pn_compared *compared)
{
    return (pn_table){compared, print, write_csv, write_junit, record};
}

static pn_status compare(const pn_invocation *invocation, pn_compared *compared, bool *fails)
{
    const pn_operands *operands = &invocation->operands;
    pn_comparison *comparisons = calloc((size_t)operands->count, sizeof *comparisons);
    pn_sample *samples = calloc((size_t)operands->count, sizeof *samples);
    pn_table table;
    pn_status status;
    compared->sample = samples;
    compared->comparison = comparisons;
    if (!comparisons || !samples)
        PN_TRY(pn_fail_memory("for %d records", operands->count));
    PN_TRY(open_all(compared, samples, operands));
    name_all(samples, operands);
    for (int i = 0; i < compared->count; i++) {
        PN_TRY(pn_comparison_make(&comparisons[i], &samples[0], &samples[i]));
        *fails = *fails || (i > 0 && pn_compared_fails(compared, i));
    }
    table = table_of(compared);
    PN_TRY(pn_table_tell(&table, &invocation->options));
fail:
    for (int i = 0; i < compared->count; i++)
        pn_sample_close(&samples[i]);
    free(samples);
    free(comparisons);
    return status;
}

int pn_command_compare(const pn_invocation *invocation)
{
    pn_compared compared = {.fail_below = invocation->options.fail_below};
    bool fails = false;
    pn_status status =
        invocation->operands.count < 2
            ? pn_fail(PN_ERROR_USAGE,
                      "command line: panache compare needs the JSON records of two runs or more")
            : compare(invocation, &compared, &fails);
    if (status != PN_OK)
        return pn_command_failed();
    return fails ? PN_EXIT_FINDING : PN_EXIT_PASSED;
}
