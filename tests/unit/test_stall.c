// SPDX-License-Identifier: BSD-3-Clause
// One process and its watch: an operation without an end ends the process and is named; one that
// only takes its time is left alone, also when the limit is short, and so is everything without a
// limit. (Several ranks: tests/mpi/failures.sh.)
#include "base/clock.h"
#include "comm/backend.h"
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

// Exit code of a process that does the job, and what it said.
static int attempt(const job *is, char said[SAID_BYTES])
{
    FILE *stream = tmpfile();
    assert_non_null(stream);
    pid_t child = fork();
    if (child == 0)
        be_watched(is, stream);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    rewind(stream);
    said[fread(said, 1, SAID_BYTES - 1, stream)] = '\0';
    fclose(stream);
    return WEXITSTATUS(status);
}

static void an_operation_without_an_end_is_named(void **state)
{
    (void)state;
    char said[SAID_BYTES];
    assert_int_equal(attempt(&(job){0.4, -1, 1, 60, 0, false}, said), 2);
    assert_non_null(strstr(said, "panache: rank 0 on "));
    assert_non_null(strstr(said, "in one operation (step 0, multiply) for 0.4 s without an end"));
    assert_int_equal(attempt(&(job){0, 0.4, 1, 60, 0, false}, said), 2);
    assert_int_equal(attempt(&(job){0.4, -1, 1, 60, 0, true}, said), 2);
    assert_non_null(strstr(said, "in one operation (step 0, multiply) for 0.4 s without an end"));
}

static void one_that_takes_its_time_is_left_alone(void **state)
{
    (void)state;
    char said[SAID_BYTES];
    assert_int_equal(attempt(&(job){2, -1, 6, 0.5, 0, false}, said), 0);
    assert_string_equal(said, "");
}

static void outside_the_steps_there_is_more_patience(void **state)
{
    (void)state;
    char said[SAID_BYTES];
    assert_int_equal(attempt(&(job){0.3, -1, 1, 1.0, -1, false}, said), 0);
    assert_int_equal(attempt(&(job){0.04, -1, 1, 60, -1, false}, said), 2);
    assert_non_null(strstr(said, "in one operation (multiply) for 0.4 s without an end"));
}

static void without_a_limit_nothing_is_judged(void **state)
{
    (void)state;
    char said[SAID_BYTES];
    assert_int_equal(attempt(&(job){0, -1, 1, 0.6, 0, false}, said), 0);
    assert_int_equal(attempt(&(job){0.4, 0, 1, 1, 0, false}, said), 0);
    assert_string_equal(said, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_operation_without_an_end_is_named),
        cmocka_unit_test(one_that_takes_its_time_is_left_alone),
        cmocka_unit_test(outside_the_steps_there_is_more_patience),
        cmocka_unit_test(without_a_limit_nothing_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
