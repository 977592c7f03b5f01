// SPDX-License-Identifier: BSD-3-Clause
// Files are read whole up to a budget, and what has no end is told from a file.
#include "base/input_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void write_bytes(char path[], const char *bytes, size_t length)
{
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, length), length);
    close(descriptor);
}

static void test_reads_up_to_the_budget(void **state)
{
    (void)state;
    char path[] = "/tmp/panache-input-XXXXXX";
    char *bytes = malloc(200000);
    memset(bytes, 'x', 200000);
    bytes[7] = '\0';
    write_bytes(path, bytes, 200000);
    pn_input_file input;
    assert_int_equal(pn_input_file_read(&input, path, 200000), PN_OK);
    assert_int_equal(input.length, 200000);
    assert_memory_equal(input.text, bytes, 200000);
    assert_int_equal(input.text[200000], 0);
    pn_input_file_release(&input);
    assert_int_equal(pn_input_file_read(&input, path, 199999), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "199999 bytes"));
    assert_null(input.text);
    unlink(path);
    free(bytes);
}

static void test_an_empty_file_is_an_empty_text(void **state)
{
    (void)state;
    char path[] = "/tmp/panache-input-XXXXXX";
    write_bytes(path, "", 0);
    pn_input_file input;
    assert_int_equal(pn_input_file_read(&input, path, 10), PN_OK);
    assert_string_equal(input.text, "");
    pn_input_file_release(&input);
    unlink(path);
}

static void test_a_pipe_without_end_is_left(void **state)
{
    (void)state;
    char path[32];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "0123456789", 10), 10);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    pn_input_file input;
    assert_int_equal(pn_input_file_read(&input, path, 9), PN_ERROR_USAGE);
    close(ends[0]);
}

static void test_what_is_no_file_is_named(void **state)
{
    (void)state;
    pn_input_file input;
    assert_int_equal(pn_input_file_read(&input, "/dev/zero", 1 << 20), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "is a device"));
    assert_int_equal(pn_input_file_read(&input, "/tmp", 1 << 20), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "is a folder"));
    assert_int_equal(pn_input_file_read(&input, "/no/such/file", 1 << 20), PN_ERROR_SYSTEM);
    assert_non_null(strstr(pn_fail_message(), "/no/such/file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_up_to_the_budget),
        cmocka_unit_test(test_an_empty_file_is_an_empty_text),
        cmocka_unit_test(test_a_pipe_without_end_is_left),
        cmocka_unit_test(test_what_is_no_file_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
