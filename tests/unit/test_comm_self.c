// SPDX-License-Identifier: BSD-3-Clause
// One process without MPI: messages to oneself, collectives and broadcasts of one member, the idle
// hook and background work.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "comm/broadcast.h"
#include "comm/group.h"
#include "comm/open_comm.h"

#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_self(void **state)
{
    static pn_log log;
    log = pn_log_create(PN_LOG_QUIET);
    pn_comm_request request = {.library = "none", .log = &log};
    return pn_comm_open((pn_comm **)state, &request) == PN_OK ? 0 : -1;
}

static int close_self(void **state)
{
    pn_comm_close(*state);
    return 0;
}

static void it_is_alone(void **state)
{
    pn_comm *comm = *state;
    assert_int_equal(comm->rank, 0);
    assert_int_equal(comm->size, 1);
    assert_string_equal(comm->library, "none");
}

static void messages_match_by_tag_in_order(void **state)
{
    pn_comm *comm = *state;
    int out[4] = {10, 20, 11, 21}, in[4] = {0};
    pn_request receives[4] = {0};
    pn_comm_receive_start(comm, &in[0], sizeof in[0], 0, 1, &receives[0]); // before its message
    assert_false(pn_comm_test(comm, &receives[0]));
    for (int i = 0; i < 4; i++)
        pn_comm_send(comm, &out[i], sizeof out[i], 0, 1 + i % 2);
    assert_true(pn_comm_test(comm, &receives[0]));
    out[1] = out[2] = out[3] = 0; // a done send's buffer is free
    pn_comm_receive_start(comm, &in[1], sizeof in[1], 0, 2, &receives[1]);
    pn_comm_receive_start(comm, &in[2], sizeof in[2], 0, 2, &receives[2]);
    pn_comm_receive_start(comm, &in[3], sizeof in[3], 0, 1, &receives[3]);
    pn_comm_wait_all(comm, 4, receives);
    assert_int_equal(in[0], 10);
    assert_int_equal(in[1], 20);
    assert_int_equal(in[2], 21);
    assert_int_equal(in[3], 11);
}

static void empty_messages_match_too(void **state)
{
    pn_comm *comm = *state;
    pn_request receive = {0};
    pn_comm_receive_start(comm, NULL, 0, 0, 7, &receive);
    assert_false(pn_comm_test(comm, &receive));
    pn_comm_send(comm, NULL, 0, 0, 7);
    assert_true(pn_comm_test(comm, &receive));
}

static void a_cancelled_receive_takes_nothing(void **state)
{
    pn_comm *comm = *state;
    int cancelled = 1, kept = 2, sent = 3;
    pn_request requests[2] = {0};
    pn_comm_receive_start(comm, &cancelled, sizeof cancelled, 0, 4, &requests[0]);
    pn_comm_receive_start(comm, &kept, sizeof kept, 0, 4, &requests[1]);
    pn_comm_cancel(comm, &requests[0]);
    assert_false(requests[0].active);
    pn_comm_send(comm, &sent, sizeof sent, 0, 4);
    pn_comm_wait(comm, &requests[1]);
    assert_int_equal(cancelled, 1);
    assert_int_equal(kept, 3);
}

static void unread_messages_are_freed(void **state)
{
    int left = 1;
    pn_comm_send(*state, &left, sizeof left, 0, 9);
}

typedef struct late_sender {
    pn_background background;
    pn_comm *comm;
    int calls;
} late_sender;

static bool send_at_third_call(void *context)
{
    late_sender *sender = context;
    if (++sender->calls != 3)
        return false;
    pn_comm_send(sender->comm, &sender->calls, sizeof sender->calls, 0, 5);
    return true;
}

static void the_idle_hook_runs_while_waiting(void **state)
{
    pn_comm *comm = *state;
    late_sender sender = {.comm = comm};
    comm->idle = send_at_third_call;
    comm->idle_context = &sender;
    int received = 0;
    pn_comm_receive(comm, &received, sizeof received, 0, 5);
    comm->idle = NULL;
    assert_int_equal(received, 3);
    assert_int_equal(sender.calls, 3);
}

static bool advance_sender(pn_background *background)
{
    return send_at_third_call(background); // its first member
}

static bool advance_counter(pn_background *background)
{
    ((late_sender *)background)->calls++;
    return false;
}

static void background_work_runs_until_removed(void **state)
{
    pn_comm *comm = *state;
    late_sender sender = {.background.advance = advance_sender, .comm = comm};
    late_sender counter = {.background.advance = advance_counter};
    pn_comm_background_add(comm, &counter.background);
    pn_comm_background_add(comm, &sender.background);
    int received = 0;
    pn_comm_receive(comm, &received, sizeof received, 0, 5);
    assert_int_equal(received, 3);
    assert_int_equal(counter.calls, 3);
    pn_comm_background_remove(comm, &counter.background);
    pn_comm_background_remove(comm, &sender.background);
    long spins = 0;
    pn_comm_pause(comm, &spins);
    assert_true(spins > 0);
    assert_int_equal(counter.calls, 3);
    assert_null(comm->background);
}

static void collectives_of_one_leave_the_data(void **state)
{
    pn_group world = pn_group_world(*state, 10);
    double value = 2.5;
    pn_group_barrier(&world);
    pn_group_broadcast(&world, &value, sizeof value, 0);
    pn_group_gather_all(&world, &value, sizeof value);
    pn_group_combine(&world, &value, sizeof value, pn_combine_sum);
    assert_true(value == 2.5);
}

static void combinations_do_what_they_say(void **state)
{
    (void)state;
    double left[4] = {1, -2, NAN, 7}, right[4] = {2, -3, 1, NAN};
    pn_combine_max(left, right, sizeof left);
    assert_true(left[0] == 2 && left[1] == -2 && isnan(left[2]) && isnan(left[3]));
    double sum[2] = {1, 2}, term[2] = {10, 20};
    pn_combine_sum(sum, term, sizeof sum);
    assert_true(sum[0] == 11 && sum[1] == 22);
}

static void a_broadcast_of_one_is_complete(void **state)
{
    pn_group world = pn_group_world(*state, 20);
    for (pn_topology topology = 0; topology < PN_TOPOLOGIES; topology++) {
        pn_broadcast *broadcast = NULL;
        char data[100] = "panel";
        assert_int_equal(
            pn_broadcast_create(&broadcast, &world, &(pn_broadcast_way){topology, 8, 32}), PN_OK);
        pn_broadcast_start(broadcast, data, sizeof data, (int[]){0});
        assert_true(pn_broadcast_progress(broadcast));
        pn_broadcast_finish(broadcast);
        assert_string_equal(data, "panel");
        pn_broadcast_destroy(broadcast);
    }
}

static void tell(void *context)
{
    _exit(*(int *)context);
}

// What waits for this process hears of its end before it comes, by copies of the communicator too.
static void an_abort_is_told(void **state)
{
    int code = 7, status = 0;
    pn_comm *comm = *state, copy = *comm;
    pid_t child = fork();
    if (child == 0) {
        *copy.ending = (pn_comm_ending){tell, &code};
        pn_comm_abort(comm, 1);
    }
    assert_true(waitpid(child, &status, 0) == child && WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), code);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_self, close_self)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_alone),
        TEST(messages_match_by_tag_in_order),
        TEST(empty_messages_match_too),
        TEST(a_cancelled_receive_takes_nothing),
        TEST(unread_messages_are_freed),
        TEST(the_idle_hook_runs_while_waiting),
        TEST(background_work_runs_until_removed),
        TEST(collectives_of_one_leave_the_data),
        TEST(combinations_do_what_they_say),
        TEST(a_broadcast_of_one_is_complete),
        TEST(an_abort_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
