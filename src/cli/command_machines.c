// SPDX-License-Identifier: BSD-3-Clause
// panache machines: the machine files that need no path, by the names that other commands take.
#include "base/plain_text.h"
#include "base/wrap.h"
#include "cli/command.h"
#include "cli/machine_options.h"
#include "comm/launcher.h"
#include "config/machine_make.h"
#include "config/machine_read.h"

#include <stdio.h>
#include <string.h>

enum { NAME = 18, LINE = 512 };

static void print_machine(const char *name)
{
    char path[PN_FILE_PATH], text[LINE], plain[LINE];
    pn_machine *machine = NULL;
    pn_status status = pn_machine_path(name, path, sizeof path);
    if (status == PN_OK)
        status = pn_machine_read(&machine, path);
    if (status != PN_OK)
        snprintf(text, sizeof text, "cannot be read: %s", pn_fail_message());
    else if (machine->partitions_count == 0)
        snprintf(text, sizeof text, "%s", machine->machine);
    else
        snprintf(text, sizeof text, "%s%s%s: %d partition%s", machine->machine,
                 machine->site ? ", " : "", machine->site ? machine->site : "",
                 machine->partitions_count, machine->partitions_count == 1 ? "" : "s");
    pn_plain_text(plain, sizeof plain, text);
    printf("  %-*s", NAME - 2, name);
    if (strlen(name) >= NAME - 2)
        printf("\n%*s", NAME, "");
    pn_wrap_text(stdout, plain, NAME, PN_LINE_WIDTH);
    pn_machine_destroy(machine);
}

int pn_command_machines(const pn_invocation *invocation)
{
    (void)invocation;
    pn_file_names names;
    if (pn_launch_rank() > 0) // of a job: one process tells it
        return PN_EXIT_PASSED;
    pn_machine_names(&names);
    puts("Machines that predict, tune, plan and launch take by name:\n");
    for (int i = 0; i < names.count; i++)
        print_machine(names.name[i]);
    if (names.count == 0)
        puts("  none: PANACHE_MACHINES may name folders of them, separated by colons");
    else
        puts("\nFiles of your own are named by their path, or lie in a folder of\n"
             "PANACHE_MACHINES.");
    return PN_EXIT_PASSED;
}
