// SPDX-License-Identifier: BSD-3-Clause
// What the CUDA plug-in says of a driver that is of no use, from the tests' own driver
// (tests/stubs/cuda_driver.c). Each answer is asked for in a process of its own, because the
// runtime asks a driver once. Skipped, by name, where the plug-in could not be built.
#include "base/plugin.h"
#include "compute/open_compute.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { MESSAGE = 1024 };

// Ends the process: 0 if opening failed, as it has to.
_Noreturn static void open_device(int out)
{
    pn_compute *compute;
    char reason[PN_COMPUTE_REASON];
    pn_compute_request request = {.device = "cuda", .local_ranks = 1};
    pn_status status = pn_compute_open(&compute, &request, reason);
    const char *message = pn_fail_message();
    ssize_t written = write(out, message, strlen(message));
    _exit(status != PN_OK && written == (ssize_t)strlen(message) ? 0 : 1);
}

static void ask(const char *driver, const char *answer, char message[MESSAGE])
{
    int ends[2], code;
    size_t length = 0;
    ssize_t count;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        setenv("PANACHE_STUB_DRIVER", driver, 1);
        setenv("PANACHE_STUB_ANSWER", answer, 1);
        open_device(ends[1]);
    }
    close(ends[1]);
    while ((count = read(ends[0], message + length, MESSAGE - 1 - length)) > 0)
        length += (size_t)count;
    message[length] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
}

static void says(const char *driver, const char *answer, const char *expected)
{
    char message[MESSAGE];
    ask(driver, answer, message);
    if (!strstr(message, expected))
        fail_msg("\"%s\" is not in \"%s\"", expected, message);
}

static void no_driver_at_all(void **state)
{
    (void)state;
    says("0", "0", "there is no CUDA driver on this host");
}

static void a_driver_without_devices(void **state)
{
    (void)state;
    says("99000", "100", "knows no device on this host (see nvidia-smi and CUDA_VISIBLE_DEVICES)");
}

static void a_driver_that_is_too_old(void **state)
{
    (void)state;
    says("10020", "0", "the CUDA driver of this host (for CUDA 10.2) is too old for the plug-in");
    says("10020", "0", "update the driver, or build Panache with an older toolkit");
}

static void a_driver_that_fails(void **state)
{
    (void)state;
    says("99000", "999", "the CUDA driver does not answer: unknown error");
}

int main(void)
{
    enum { SKIPPED = 77 };
    pn_found_file place;
    if (!pn_plugin_find(&place, "panache-cuda.so")) {
        print_message("skipped: no CUDA plug-in was built\n");
        return SKIPPED;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_driver_at_all),
        cmocka_unit_test(a_driver_without_devices),
        cmocka_unit_test(a_driver_that_is_too_old),
        cmocka_unit_test(a_driver_that_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
