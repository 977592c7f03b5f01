// SPDX-License-Identifier: BSD-3-Clause
// panache history: the records of a folder in the order of time, with what changed between them. A
// rate below what is usual is a finding.
#include "cli/command.h"
#include "cli/table_files.h"
#include "report/history_text.h"

#include <jansson.h>

static void print(FILE *stream, const void *view)
{
    pn_history_print(stream, view);
}

static void write_csv(FILE *stream, const void *view)
{
    pn_history_csv(stream, view);
}

static void write_junit(FILE *stream, const void *view)
{
    pn_history_junit(stream, view);
}

static json_t *record(const void *view)
{
    return pn_history_record(view);
}

static pn_table table_of(const pn_history_view *view)
{
    return (pn_table){view, print, write_csv, write_junit, record};
}

int pn_command_history(const pn_invocation *invocation)
{
    const pn_options *options = &invocation->options;
    const pn_operands *operands = &invocation->operands;
    pn_history history;
    pn_history_view view = {&history, options->fail_below};
    bool fails = false;
    // As run --output has it where nothing is asked for.
    const char *folder = operands->count ? operands->word[0] : "panache-results";
    if (pn_history_read(&history, folder) != PN_OK)
        return pn_command_failed();
    for (int i = 0; i < history.count; i++)
        fails = fails || pn_history_fails(&history, i, options->fail_below);
    pn_table table = table_of(&view);
    pn_status status = pn_table_tell(&table, options);
    pn_history_release(&history);
    if (status != PN_OK)
        return pn_command_failed();
    return fails ? PN_EXIT_FINDING : PN_EXIT_PASSED;
}
