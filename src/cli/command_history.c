// SPDX-License-Identifier: BSD-3-Clause
// panache history: the records of a folder in the order of time, with what changed between them. A
// rate below what is usual is a finding.
#include "cli/command.h"
#include "cli/json_file.h"
#include "cli/table_files.h"
#include "report/history.h"

#include <string.h>

static void write_csv(FILE *stream, const void *view)
{
    pn_history_csv(stream, view);
}

static void write_junit(FILE *stream, const void *view)
{
    pn_history_junit(stream, view);
}

static pn_status tell(const pn_history_view *view, const pn_options *options)
{
    pn_status status = PN_OK;
    bool speaks = !pn_table_is_standard(options->json) && !pn_table_is_standard(options->csv) &&
                  !pn_table_is_standard(options->junit);
    if (speaks)
        pn_history_print(stdout, view);
    if (strcmp(options->json, "none") != 0)
        PN_TRY(pn_json_file_write(pn_history_record(view), options->json));
    PN_TRY(pn_table_write(options->csv, "--csv", write_csv, view));
    PN_TRY(pn_table_write(options->junit, "--junit", write_junit, view));
fail:
    return status;
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
    pn_status status = tell(&view, options);
    pn_history_release(&history);
    if (status != PN_OK)
        return pn_command_failed();
    return fails ? PN_EXIT_FINDING : PN_EXIT_PASSED;
}
