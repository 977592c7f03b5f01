// SPDX-License-Identifier: BSD-3-Clause
// The side that waits. The process inherits where it may run; it stands in a process group of its
// own, so that Ctrl-C is this program's to answer.
#include "probe/blas_trial.h"

#include "base/clock.h"
#include "base/types.h"
#include "probe/blas_trial_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { ARGUMENTS = 9 };

static bool is_variable_of_kernels(const char *entry)
{
    for (int i = 0; i < PN_BLAS_FAMILIES; i++) {
        const char *variable = pn_blas_family_at(i)->variable;
        size_t length = variable ? strlen(variable) : 0;
        if (length && strncmp(entry, variable, length) == 0 && entry[length] == '=')
            return true;
    }
    return false;
}

// The environment with no variable that selects kernels but the one asked for; `room` holds that.
static char **environment_of(const pn_blas_trial_request *request, char *room, size_t bytes)
{
    size_t count = 0, kept = 0;
    while (environ[count])
        count++;
    char **copy = calloc(count + 2, sizeof *copy);
    if (!copy)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (!is_variable_of_kernels(environ[i]))
            copy[kept++] = environ[i];
    if (request->variable) {
        snprintf(room, bytes, "%s=%s", request->variable, request->value);
        copy[kept] = room;
    }
    return copy;
}

static int spawn(const pn_blas_trial_request *r, int pipe_end, pid_t *process)
{
    char fd[16], threads[16], nb[16], seconds[32], beat[32], room[PN_BLAS_TRIAL_TEXT];
    snprintf(fd, sizeof fd, "%d", pipe_end);
    snprintf(threads, sizeof threads, "%d", r->threads);
    snprintf(nb, sizeof nb, "%d", r->nb);
    snprintf(seconds, sizeof seconds, "%.6f", r->seconds);
    snprintf(beat, sizeof beat, "%.6f", r->beat);
    char *round = r->is_final ? "final" : "first";
    char *arguments[ARGUMENTS + 1] = {
        "panache", PN_BLAS_TRIAL_WORD, fd, (char *)r->path, threads, nb, seconds, beat, round};
    char **variables = environment_of(r, room, sizeof room);
    if (!variables)
        return ENOMEM;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETPGROUP);
    int error = posix_spawn(process, "/proc/self/exe", &actions, &attributes, arguments, variables);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    free(variables);
    return error;
}

typedef enum hearing { HEARD_ALL, HEARD_ENOUGH, HEARD_NOTHING } hearing;

// Keeps the last whole report, until the process closes its end, or says what is known, or the time
// is over.
static hearing listen(int fd, const pn_blas_trial_request *r, pn_blas_trial *trial)
{
    union {
        pn_blas_trial report;
        char bytes[sizeof(pn_blas_trial)];
    } in;
    size_t have = 0;
    double end = pn_clock() + r->limit;
    for (;;) {
        double left = end - pn_clock();
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int ready = left > 0 ? poll(&wait, 1, (int)(1e3 * left) + 1) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return HEARD_NOTHING;
        ssize_t got = read(fd, in.bytes + have, sizeof in.bytes - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return HEARD_ALL;
        have += (size_t)got;
        if (have < sizeof in.bytes)
            continue;
        *trial = in.report;
        have = 0;
        if (trial->stage == PN_BLAS_OPENED && r->is_known && r->is_known(r->context, trial))
            return HEARD_ENOUGH;
    }
}

static const char *signal_text(int number)
{
    switch (number) {
    case SIGILL:
        return "an instruction that this processor does not have";
    case SIGSEGV:
    case SIGBUS:
        return "it crashed on memory that is not its own";
    case SIGABRT:
        return "it gave up (abort)";
    case SIGFPE:
        return "it divided by zero";
    default:
        return "it was ended by a signal";
    }
}

static void explain_end(pn_blas_trial *trial, int ended, bool in_time, double limit)
{
    static const char *const during[] = {[PN_BLAS_STARTED] = "when opened",
                                         [PN_BLAS_OPENED] = "during its check",
                                         [PN_BLAS_CHECKED] = "while it was measured",
                                         [PN_BLAS_MEASURED] = "at its end"};
    const char *when = during[trial->stage];
    trial->is_hung = !in_time;
    trial->is_broken = !in_time || WIFSIGNALED(ended);
    if (!in_time)
        snprintf(trial->why, sizeof trial->why, "no answer for %.3g s %s", limit, when);
    else if (WIFSIGNALED(ended))
        snprintf(trial->why, sizeof trial->why, "%s, %s", signal_text(WTERMSIG(ended)), when);
    else if (!trial->why[0])
        snprintf(trial->why, sizeof trial->why, "it ended the process (exit code %d) %s",
                 WEXITSTATUS(ended), when);
}

static pn_status start(pid_t *process, int ends[2], const pn_blas_trial_request *request)
{
    if (pipe2(ends, O_CLOEXEC) != 0)
        return pn_fail(PN_ERROR_SYSTEM, "trial of a BLAS: no pipe: %s", strerror(errno));
    int inherited = fcntl(ends[1], F_DUPFD, STDERR_FILENO + 1); // without O_CLOEXEC
    int error = inherited < 0 ? errno : spawn(request, inherited, process);
    if (inherited >= 0)
        close(inherited);
    close(ends[1]);
    if (error == 0)
        return PN_OK;
    close(ends[0]);
    return pn_fail(PN_ERROR_SYSTEM, "trial of a BLAS: no process can be started: %s",
                   strerror(error));
}

pn_status pn_blas_trial_run(pn_blas_trial *trial, const pn_blas_trial_request *request)
{
    pid_t process;
    int ends[2], ended = 0;
    *trial = (pn_blas_trial){0};
    pn_status status = start(&process, ends, request);
    if (status != PN_OK)
        return status;
    hearing heard = listen(ends[0], request, trial);
    if (heard != HEARD_ALL)
        kill(process, SIGKILL);
    close(ends[0]);
    while (waitpid(process, &ended, 0) < 0 && errno == EINTR)
        continue;
    if (trial->stage < PN_BLAS_MEASURED && heard != HEARD_ENOUGH)
        explain_end(trial, ended, heard == HEARD_ALL, request->limit);
    return PN_OK;
}
