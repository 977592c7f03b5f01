// SPDX-License-Identifier: BSD-3-Clause
#include "cli/paths.h"

#include "base/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct place {
    const char *option, *path;
} place;

enum { WRITTEN = 5, READ_OPTIONS = 4, READ_MOST = READ_OPTIONS + PN_OPERANDS + 1 };

// Words that stand for no file in one option or another; a file that bears such a name is there for
// nobody else.
static bool is_file(const char *path)
{
    return *path && strcmp(path, "none") != 0 && strcmp(path, "auto") != 0 &&
           strcmp(path, "-") != 0;
}

static int list_read(const pn_invocation *invocation, const char *read[READ_MOST])
{
    const pn_options *options = &invocation->options;
    const pn_operands *operands = &invocation->operands;
    const char *named[READ_OPTIONS] = {options->file, options->systems, options->catalogue,
                                       options->shares.file};
    int count = 0;
    for (int i = 0; i < operands->count; i++)
        read[count++] = operands->word[i];
    for (int i = 0; i < READ_OPTIONS; i++)
        if (is_file(named[i]))
            read[count++] = named[i];
    if (invocation->command == PN_COMMAND_HPL && operands->count == 0)
        read[count++] = "HPL.dat";
    return count;
}

pn_status pn_paths_check(const pn_invocation *invocation)
{
    const pn_options *options = &invocation->options;
    const place written[WRITTEN] = {{"--json", options->json},
                                    {"--html", options->html},
                                    {"--svg", options->svg},
                                    {"--csv", options->csv},
                                    {"--junit", options->junit}};
    const char *read[READ_MOST];
    int count = list_read(invocation, read);
    for (int i = 0; i < WRITTEN; i++) {
        for (int k = 0; k < count && is_file(written[i].path); k++)
            if (pn_same_file(written[i].path, read[k]))
                return pn_fail(PN_ERROR_USAGE,
                               "option %s: \"%s\" cannot be written: it is \"%s\", which is read; "
                               "allowed: another place, -, or none",
                               written[i].option, written[i].path, read[k]);
        for (int k = 0; k < i && is_file(written[i].path); k++)
            if (strcmp(written[i].path, written[k].path) == 0)
                return pn_fail(PN_ERROR_USAGE,
                               "options %s and %s: both are \"%s\"; allowed: two "
                               "places",
                               written[k].option, written[i].option, written[i].path);
    }
    return PN_OK;
}

void pn_streams_open(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_WRONLY}; // the first two fail as if closed
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) == -1 && errno == EBADF)
            (void)!open("/dev/null", modes[stream]);
}

pn_status pn_streams_close(void)
{
    errno = 0;
    bool failed = ferror(stdout) != 0;
    failed = fclose(stdout) != 0 || failed;
    if (!failed)
        return PN_OK;
    return pn_fail(PN_ERROR_SYSTEM, "standard output: writing failed%s%s", errno ? ": " : "",
                   errno ? strerror(errno) : "");
}
