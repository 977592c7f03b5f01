// SPDX-License-Identifier: BSD-3-Clause
// panache help and panache version: the two commands that only speak of the program itself.
#include "cli/command.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/manual.h"
#include "cli/provenance.h"
#include "comm/launcher.h"

int pn_command_help(const pn_invocation *invocation)
{
    if (pn_launch_rank() > 0)
        return PN_EXIT_PASSED;
    pn_shell shell = (pn_shell)invocation->options.completion;
    bool has_command = invocation->operands.count > 0;
    pn_command command = PN_COMMAND_HELP;
    if (has_command && pn_command_find(&command, invocation->operands.word[0]) != PN_OK)
        return pn_command_failed();
    if (invocation->options.man && command == PN_COMMAND_HPL)
        pn_manual_write_xhpl(stdout);
    else if (invocation->options.man)
        pn_manual_write(stdout);
    else if (shell != PN_SHELL_NONE)
        pn_completion_write(stdout, shell);
    else if (!has_command)
        pn_help_overview(stdout);
    else
        pn_help_command(stdout, command);
    return PN_EXIT_PASSED;
}

int pn_command_version(const pn_invocation *invocation)
{
    (void)invocation;
    if (pn_launch_rank() == 0)
        pn_provenance_print(stdout);
    return PN_EXIT_PASSED;
}
