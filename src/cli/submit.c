// SPDX-License-Identifier: BSD-3-Clause
// The script goes in by one pipe and both of sbatch's streams come back by another. It is read
// whole before the first answer, so neither side waits for ever.
#include "cli/submit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_NOT_FOUND = 127 };

typedef struct advice {
    const char *said; // part of Slurm's message
    const char *text;
} advice;

// The first that fits; the last fits always.
static const advice advices[] = {
    {"nvalid partition",
     "the machine file's partitions must bear Slurm's names; sinfo -s lists them"},
    {"gres", "the devices of the machine file are not those that Slurm offers; sinfo -o \"%P %G\" "
             "lists them"},
    {"time limit", "ask for less by --time, or for a partition that allows it; sinfo -o \"%P %l\" "
                   "lists the limits"},
    {"rocessors requested",
     "the machine file's cores, or --nodes, are more than Slurm gives one job; "
     "sinfo -o \"%P %D %c\" lists nodes and processors"},
    {"CPU count", "the machine file's cores are more than Slurm's nodes have; sinfo -o \"%P %D "
                  "%c\" lists nodes and processors"},
    {"artition configuration",
     "more nodes or a longer time than the partition allows a job; scontrol "
     "show partition tells its limits"},
    {"node count", "ask for fewer nodes by --nodes; sinfo -s lists how many there are"},
    {"node configuration", "the machine file does not match Slurm's nodes; sinfo -o \"%P %D %c %m "
                           "%G\" lists nodes, processors, memory and devices"},
    {"account", "name yours in the environment variable SBATCH_ACCOUNT"},
    {"QOS", "name one that is yours in the environment variable SBATCH_QOS"},
    {"contact", "Slurm's controller does not answer; scontrol ping tells when it does"},
    {"configuration file", "this host has no configuration of Slurm; submit from a host that has"},
    {"", "print the script without --submit, change it, and hand it to sbatch"},
};

static const char *advice_for(const char *said)
{
    int i = 0;
    while (!strstr(said, advices[i].said))
        i++;
    return advices[i].text;
}

static void become_sbatch(int in, int out)
{
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execlp("sbatch", "sbatch", (char *)NULL);
    _exit(EXIT_NOT_FOUND);
}

static void write_all(int file, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t wrote = write(file, text, left);
        if (wrote <= 0)
            return; // sbatch has gone; its answer says why
        text += wrote;
        left -= (size_t)wrote;
    }
}

// On one line.
static void read_all(int file, char *text, size_t bytes)
{
    size_t used = 0;
    ssize_t got;
    while (used + 1 < bytes && (got = read(file, text + used, bytes - 1 - used)) > 0)
        used += (size_t)got;
    while (used > 0 && text[used - 1] == '\n')
        used--;
    text[used] = '\0';
    for (char *end = strchr(text, '\n'); end; end = strchr(end, '\n'))
        *end = ' ';
}

static pn_status judge(int code, const char *answer)
{
    if (WIFEXITED(code) && WEXITSTATUS(code) == EXIT_NOT_FOUND)
        return pn_fail(PN_ERROR_SYSTEM,
                       "option --submit: there is no sbatch here; submit from a host of Slurm, or "
                       "print the script without --submit and take it there");
    if (WIFEXITED(code) && WEXITSTATUS(code) == 0)
        return PN_OK;
    return pn_fail(PN_ERROR_SYSTEM, "option --submit: Slurm refused the job: %s. What to do: %s",
                   *answer ? answer : "(it did not say why)", advice_for(answer));
}

pn_status pn_submit_slurm(const char *script, char *answer, size_t bytes)
{
    int in[2], out[2], code;
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        return pn_fail(PN_ERROR_SYSTEM, "option --submit: no pipe to sbatch: %s", strerror(errno));
    signal(SIGPIPE, SIG_IGN);
    pid_t process = fork();
    if (process == 0)
        become_sbatch(in[0], out[1]);
    close(in[0]);
    close(out[1]);
    if (process > 0)
        write_all(in[1], script);
    close(in[1]);
    read_all(out[0], answer, bytes);
    close(out[0]);
    if (process < 0 || waitpid(process, &code, 0) != process)
        return pn_fail(PN_ERROR_SYSTEM, "option --submit: sbatch cannot be started: %s",
                       strerror(errno));
    return judge(code, answer);
}
