// SPDX-License-Identifier: BSD-3-Clause
// Where the program begins: find the command, read its options, carry it out. What goes wrong
// before there is a communicator is told by the first process of a job only.
#include "base/stack.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/paths.h"
#include "cli/xhpl_words.h"
#include "comm/launcher.h"
#include "probe/blas_trial.h"
#include "probe/blas_trial_serve.h"

#include <signal.h>
#include <string.h>

typedef int command_function(const pn_invocation *invocation);

static command_function *const functions[] = {
#define PN_COMMAND_FUNCTION(id, name, operands, most, summary) pn_command_##name,
    PN_COMMANDS(PN_COMMAND_FUNCTION)
#undef PN_COMMAND_FUNCTION
};

// Which command is meant; `*first` becomes the place of the word after it.
static pn_status find_command(int argc, char **argv, pn_command *command, int *first)
{
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    const char *program = slash ? slash + 1 : argc > 0 ? argv[0] : "";
    *first = 1;
    *command = PN_COMMAND_HPL;
    if (strcmp(program, "xhpl") == 0)
        return PN_OK;
    *first = 2;
    *command = PN_COMMAND_HELP;
    if (argc < 2)
        return pn_fail(PN_ERROR_USAGE, "command line: no command; panache help lists them");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return PN_OK;
    return pn_command_find(command, strcmp(argv[1], "--version") == 0 ? "version" : argv[1]);
}

static int carry_out(int argc, char **argv)
{
    pn_invocation invocation = {.argc = argc, .argv = argv};
    pn_xhpl_words words;
    int first;
    pn_status status;
    PN_TRY(find_command(argc, argv, &invocation.command, &first));
    words = (pn_xhpl_words){.count = argc - first, .words = argv + first};
    if (invocation.command == PN_COMMAND_HPL)
        PN_TRY(pn_xhpl_words_take(&words, argc - first, argv + first));
    PN_TRY(pn_options_parse(&invocation.options, &invocation.operands, invocation.command,
                            words.count, words.words));
    PN_TRY(pn_paths_check(&invocation));
    if (invocation.options.version)
        return pn_command_version(&invocation);
    if (invocation.options.help) {
        if (pn_launch_rank() == 0)
            pn_help_command(stdout, invocation.command);
        return PN_EXIT_PASSED;
    }
    return functions[invocation.command](&invocation);
fail:
    return pn_launch_rank() == 0 ? pn_command_failed() : PN_EXIT_FAILURE;
}

// What was said is checked once for all commands, when nothing more can be said.
static int answer(int argc, char **argv)
{
    int exit_code;
    if (pn_blas_trial_serve(argc, argv, &exit_code))
        return exit_code;
    pn_streams_open();
    exit_code = carry_out(argc, argv);
    pn_status said = pn_streams_close();
    return said == PN_OK || exit_code == PN_EXIT_FAILURE ? exit_code : pn_command_failed();
}

int main(int argc, char **argv)
{
    signal(SIGXFSZ, SIG_IGN); // a limit on files is a write that fails, as a full disk is
    return pn_stack_run(answer, argc, argv);
}
