// SPDX-License-Identifier: BSD-3-Clause
// The witness holds the other end of a socket pair: the system closes the rank's end when it dies,
// however it dies. All witnesses of a job on a host see a killed job at nearly the same time; the
// first to take an agreed name speaks, the others leave.
#include "comm/witness.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct pn_witness {
    int rank_end; // closed by the system when the rank dies
};

enum { FAREWELL_ALONE = 'a', FAREWELL_JOB = 'j' };

static bool is_first(const char *job)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX}; // a leading zero byte: abstract
    int length = snprintf(address.sun_path + 1, sizeof address.sun_path - 1,
                          "panache/%ld/%s/fallen", (long)getuid(), job);
    int name = socket(AF_UNIX, SOCK_DGRAM, 0);
    socklen_t bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
    return name >= 0 && bind(name, (struct sockaddr *)&address, bytes) == 0;
}

// A launcher takes a rank for alive as long as anyone holds its pipes and sockets.
static void close_others(int kept, int also_kept)
{
    for (int i = 0; i < (int)sysconf(_SC_OPEN_MAX) && i < 65536; i++)
        if (i != kept && i != also_kept)
            close(i);
}

static void stand_by(int end, const char *job, pn_log *log, pid_t rank_process)
{
    enum { HOLD_SECONDS = 2 }; // of the name, until the others have fallen too
    int stream = log->stream ? fileno(log->stream) : -1;
    close_others(end, stream);
    char farewell = 0;
    ssize_t length = read(end, &farewell, 1);
    if ((length == 1 && farewell == FAREWELL_ALONE) || !is_first(job))
        return;
    if (length != 1)
        pn_log_rank(log, "this rank (process %ld) was killed or crashed; the job cannot go on",
                    (long)rank_process);
    if (stream >= 0)
        close(stream);
    sleep(HOLD_SECONDS);
}

// The witness is a grandchild, so that it becomes nobody's zombie.
static void fork_witness(const int ends[2], const char *job, pn_log *log)
{
    pid_t rank_process = getpid();
    pid_t child = fork();
    if (child > 0)
        waitpid(child, NULL, 0);
    if (child != 0)
        return;
    setsid(); // out of the reach of signals to the rank's group
    if (fork() == 0) {
        prctl(PR_SET_NAME, "panache-witness");
        close(ends[0]);
        stand_by(ends[1], job, log, rank_process);
    }
    _exit(0);
}

pn_witness *pn_witness_create(const char *job, pn_log *log)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return NULL;
    fork_witness(ends, job, log);
    close(ends[1]);
    pn_witness *witness = malloc(sizeof *witness);
    if (witness)
        witness->rank_end = ends[0];
    else
        close(ends[0]);
    return witness;
}

void pn_witness_dismiss(pn_witness *witness, bool job_ends)
{
    if (!witness)
        return;
    char farewell = job_ends ? FAREWELL_JOB : FAREWELL_ALONE;
    ssize_t sent = send(witness->rank_end, &farewell, 1, MSG_NOSIGNAL);
    (void)sent; // if it fails the witness is gone already
    close(witness->rank_end);
    free(witness);
}
