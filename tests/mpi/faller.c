// SPDX-License-Identifier: BSD-3-Clause
// A job with something wrong in it, for failures.sh: `faller kill|abort RANK` falls in the midst of
// a run in which all others wait for it; in `faller mute RANK` that rank never reports to rank 0
// after MPI has started; `faller open MPI SECONDS` only opens and closes. Under the watch against
// stalls: in `faller stop|loop RANK` that rank is stopped, or never ends its work; in `faller slow
// RANK` it only takes its time, and all end well; in `faller circle RANK` all wait for each other.
#include "harness.h"

#include "base/clock.h"
#include "comm/group.h"
#include "comm/stall.h"
#include "comm/start.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static void fall(pn_comm *comm, const char *how)
{
    if (strcmp(how, "kill") == 0)
        kill(getpid(), SIGKILL);
    pn_log_rank(comm->log, "this rank gives up");
    pn_comm_abort(comm, 2);
}

static void stay(double seconds)
{
    for (double end = pn_clock() + seconds; pn_clock() < end;)
        usleep(1000);
}

// All ranks wait for the one, at first hand or by way of others.
static int stall(pn_comm *comm, const char *how, int rank)
{
    enum { ROUNDS = 20 };
    const double limit = 2.4, slow = 0.3;
    pn_group world = pn_group_world(comm, 0);
    CHECK(comm, pn_stall_start(comm, limit) == PN_OK);
    for (int64_t round = 0; round < ROUNDS; round++) {
        bool is_due = round == ROUNDS / 2 && comm->rank == rank;
        pn_stall_at(comm, round, "work");
        if (is_due && strcmp(how, "stop") == 0)
            kill(getpid(), SIGSTOP);
        if (is_due && strcmp(how, "loop") == 0)
            stay(60);
        if (comm->rank == rank && strcmp(how, "slow") == 0)
            stay(slow);
        pn_stall_at(comm, round, "barrier");
        if (round == ROUNDS / 2 && strcmp(how, "circle") == 0)
            pn_comm_receive(comm, NULL, 0, (comm->rank + 1) % comm->size, 20);
        pn_group_barrier(&world);
    }
    pn_comm_close(comm);
    return 0;
}

static int open_only(pn_comm_request *request, const char *library, const char *seconds)
{
    pn_comm *comm = NULL;
    request->library = library;
    request->start_timeout = atof(seconds);
    if (pn_comm_open(&comm, request) != PN_OK) {
        pn_log_rank(request->log, "%s", pn_fail_message());
        return 2;
    }
    pn_log_rank(request->log, "opened %s", comm->library);
    pn_comm_close(comm);
    return 0;
}

static int meet_without(pn_comm *comm, int mute)
{
    enum { SECONDS = 2, MUTE_SECONDS = 50 };
    pn_launch launch;
    CHECK(comm, pn_launch_detect(&launch) == PN_OK);
    pn_start *start = NULL;
    pn_start_plan plan = {.launch = &launch, .log = comm->log, .seconds = SECONDS};
    if (comm->rank == mute)
        sleep(MUTE_SECONDS);
    CHECK(comm, pn_start_begin(&start, &plan) == PN_OK);
    pn_start_meet(start, comm);
    pn_start_end(start);
    return 0;
}

int main(int argc, char **argv)
{
    pn_log log = pn_log_create(PN_LOG_NORMAL);
    pn_comm_request request = {.log = &log, .argc = &argc, .argv = &argv};
    if (argc == 4 && strcmp(argv[1], "open") == 0)
        return open_only(&request, argv[2], argv[3]);
    if (argc != 3)
        return 64;
    pn_comm *comm = harness_open(&log, &request);
    if (strcmp(argv[1], "mute") == 0)
        return meet_without(comm, atoi(argv[2]));
    if (strcmp(argv[1], "kill") != 0 && strcmp(argv[1], "abort") != 0)
        return stall(comm, argv[1], atoi(argv[2]));
    pn_group world = pn_group_world(comm, 0);
    for (int round = 0;; round++) {
        pn_group_barrier(&world);
        if (round == 100 && comm->rank == atoi(argv[2]))
            fall(comm, argv[1]);
    }
}
