// SPDX-License-Identifier: BSD-3-Clause
// One process and its watch: an operation without an end ends the process and is named; one that
// only takes its time is left alone, also when the limit is short, and so is everything without a
// limit. (Several ranks: tests/mpi/failures.sh.)
#include "base/clock.h"
#include "comm/comm_backend.h"
#include "comm/self.h"
#include "comm/stall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { SAID_BYTES = 1024 };

typedef struct job {
    double limit, later; // seconds; later: another limit is set, unless it is negative
    int operations;
    double seconds; // of each
    int first;      // step
    bool waits;     // in the communicator, as for a device
} job;

static void work(pn_comm *comm, const job *is)
{
    for (int64_t step = is->first; step < is->first + is->operations; step++) {
        pn_stall_at(comm, step, "multiply");
        long spins = 0;
        for (double end = pn_clock() + is->seconds; pn_clock() < end;) {
            usleep(1000);
            if (is->waits)
                pn_comm_pause(comm, &spins);
        }
    }
}

static void be_watched(const job *is, FILE *stream)
{
    pn_log log = pn_log_create(PN_LOG_NORMAL);
    pn_comm *comm;
    log.stream = stream;
    if (pn_comm_self_open(&comm, &log) != PN_OK || pn_stall_start(comm, is->limit) != PN_OK)
        _exit(1);
    if (is->later >= 0)
        pn_stall_limit(comm, is->later);
    work(comm, is);
    pn_comm_close(comm);
    _exit(0);
}

typedef struct attempt {
    pid_t child;
    FILE *stream;
    int exit_code;
    char said[SAID_BYTES];
} attempt;

static void start(attempt *is, const job *task)
{
    *is = (attempt){.stream = tmpfile()};
    assert_non_null(is->stream);
    is->child = fork();
    if (is->child == 0)
        be_watched(task, is->stream);
    assert_true(is->child > 0);
}

static void finish(attempt *is)
{
    int status;
    assert_int_equal(waitpid(is->child, &status, 0), is->child);
    assert_true(WIFEXITED(status));
    is->exit_code = WEXITSTATUS(status);
    rewind(is->stream);
    is->said[fread(is->said, 1, SAID_BYTES - 1, is->stream)] = '\0';
    fclose(is->stream);
}

// One process a job, all at the same time: they mostly wait. `all` has `count` entries.
static void attempt_all(attempt *all, const job *jobs, int count)
{
    for (int i = 0; i < count; i++)
        start(&all[i], &jobs[i]);
    for (int i = 0; i < count; i++)
        finish(&all[i]);
}

static void operations_without_an_end_are_named(void **state)
{
    (void)state;
    enum { JOBS = 4 };
    static const job jobs[JOBS] = {
        {0.4, -1, 1, 60, 0, false},
        {0, 0.4, 1, 60, 0, false},
        {0.4, -1, 1, 60, 0, true},
        {0.04, -1, 1, 60, -1, false}, // outside the steps there is more patience
    };
    attempt all[JOBS];
    attempt_all(all, jobs, JOBS);
    for (int i = 0; i < JOBS; i++) {
        assert_int_equal(all[i].exit_code, 2);
        assert_non_null(strstr(all[i].said, "panache: rank 0 on "));
        assert_non_null(strstr(
            all[i].said, i < 3 ? "in one operation (step 0, multiply) for 0.4 s without an end"
                               : "in one operation (multiply) for 0.4 s without an end"));
    }
}

static void the_others_are_left_alone(void **state)
{
    (void)state;
    enum { JOBS = 4 };
    static const job jobs[JOBS] = {
        {1, -1, 6, 0.25, 0, false},   // takes longer than the limit, but not in one operation
        {0.15, -1, 1, 0.4, -1, true}, // outside the steps there is more patience
        {0, -1, 1, 0.6, 0, false},    // without a limit nothing is judged
        {0.4, 0, 1, 1, 0, false},
    };
    attempt all[JOBS];
    attempt_all(all, jobs, JOBS);
    for (int i = 0; i < JOBS; i++) {
        assert_string_equal(all[i].said, "");
        assert_int_equal(all[i].exit_code, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_without_an_end_are_named),
        cmocka_unit_test(the_others_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
