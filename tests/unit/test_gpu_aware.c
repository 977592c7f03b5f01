// SPDX-License-Identifier: BSD-3-Clause
// When messages may lie in a part's own memory: what was asked for, what the communicator says, and
// what the part has.
#include "lu/gpu_aware.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static pn_status allocate_nothing(pn_compute *compute, size_t bytes, void **memory)
{
    (void)compute, (void)bytes;
    *memory = NULL;
    return PN_OK;
}

static const pn_compute_ops of_device = {.allocate_message = allocate_nothing};
static const pn_compute_ops of_processors = {.allocate_message = NULL};

static void try_choice(pn_gpu_aware_choice wish, pn_comm_devices devices, bool expected)
{
    pn_comm comm = {.size = 2, .devices = devices, .library = "some MPI 1.0"};
    pn_comm alone = {.size = 1, .devices = devices};
    pn_compute device = {.ops = &of_device}, processors = {.ops = &of_processors};
    bool gpu_aware = !expected;
    assert_int_equal(pn_gpu_aware_choose(&gpu_aware, wish, &comm, &device), PN_OK);
    assert_int_equal(gpu_aware, expected);
    assert_int_equal(pn_gpu_aware_choose(&gpu_aware, wish, &comm, &processors), PN_OK);
    assert_false(gpu_aware);
    assert_int_equal(pn_gpu_aware_choose(&gpu_aware, wish, &alone, &device), PN_OK);
    assert_false(gpu_aware);
}

static void the_communicator_is_asked(void **state)
{
    (void)state;
    try_choice(PN_GPU_AWARE_AUTO, PN_COMM_DEVICES_UNKNOWN, false);
    try_choice(PN_GPU_AWARE_AUTO, PN_COMM_DEVICES_NO, false);
    try_choice(PN_GPU_AWARE_AUTO, PN_COMM_DEVICES_YES, true);
    try_choice(PN_GPU_AWARE_ON, PN_COMM_DEVICES_UNKNOWN, true);
    try_choice(PN_GPU_AWARE_ON, PN_COMM_DEVICES_YES, true);
    try_choice(PN_GPU_AWARE_OFF, PN_COMM_DEVICES_YES, false);
    try_choice(PN_GPU_AWARE_OFF, PN_COMM_DEVICES_NO, false);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    pn_comm comm = {.size = 2, .devices = PN_COMM_DEVICES_NO, .library = "some MPI 1.0"};
    pn_compute device = {.ops = &of_device};
    bool gpu_aware = true;
    assert_int_equal(pn_gpu_aware_choose(&gpu_aware, PN_GPU_AWARE_ON, &comm, &device),
                     PN_ERROR_USAGE);
    assert_false(gpu_aware);
    assert_non_null(strstr(pn_fail_message(), "some MPI 1.0 says that it cannot"));
}

static void messages_that_anybody_can_touch_need_no_leave(void **state)
{
    (void)state;
    pn_comm comm = {.size = 2, .devices = PN_COMM_DEVICES_NO};
    pn_compute device = {.ops = &of_device, .plain_messages = true};
    bool gpu_aware = false;
    assert_int_equal(pn_gpu_aware_choose(&gpu_aware, PN_GPU_AWARE_AUTO, &comm, &device), PN_OK);
    assert_true(gpu_aware);
    assert_int_equal(pn_gpu_aware_choose(&gpu_aware, PN_GPU_AWARE_OFF, &comm, &device), PN_OK);
    assert_false(gpu_aware);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_communicator_is_asked),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(messages_that_anybody_can_touch_need_no_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
