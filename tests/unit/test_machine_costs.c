// SPDX-License-Identifier: BSD-3-Clause
// Machine files that would cost far more than they are: refused by budgets, with the line.
#include "config/machine.h"
#include "config/machine_make.h"
#include "config/machine_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "machine: M\npartitions:\n  - name: a\n    nodes: 3\n"

// HEAD or what else begins the file, `piece` so many times, and what ends it.
static void refuse(const char *begin, const char *piece, int count, const char *end,
                   const char *told)
{
    size_t length = strlen(piece);
    char *text = malloc(strlen(begin) + (size_t)count * length + strlen(end) + 1);
    assert_non_null(text);
    char *at = stpcpy(text, begin);
    for (int i = 0; i < count; i++)
        at = stpcpy(at, piece);
    strcpy(at, end);
    pn_machine *machine = NULL;
    assert_int_equal(pn_machine_read_text(&machine, "file.yaml", text), PN_ERROR_USAGE);
    assert_null(machine);
    if (!strstr(pn_fail_message(), told))
        fail_msg("%s", pn_fail_message());
    free(text);
}

static void nesting_has_an_end(void **state)
{
    (void)state;
    refuse(HEAD "    note: ", "[", 17, "", "line 5: lists and mappings nest deeper");
    refuse("", "{", 40000, "", "line 1: lists and mappings nest deeper");
    refuse("", "- ", 5000, "x", "nest deeper");
}

static void aliases_count_as_what_they_repeat(void **state)
{
    (void)state;
    // A mapping of 1,000 pairs, read again for each of 300 entries.
    char head[12000] = HEAD "    measured:\n    - {threads: &t {", *at = head + strlen(head);
    for (int i = 0; i < 1000; i++)
        at = stpcpy(at, "value: 1, ");
    strcpy(at, "source: x}}\n");
    refuse(head, "    - {threads: *t}\n", 300, "", "with those that its aliases repeat");
}

static void anchors_have_an_end(void **state)
{
    (void)state;
    refuse(HEAD "    measured:\n", "    - &m {operation: copy}\n", 1001, "",
           "line 1006: there are more than 1000 anchors");
    refuse(HEAD "    measured:\n    - &m {operation: copy}\n", "    - *m\n", 1000, "",
           "line 1006: there are more than 1000 anchors");
}

static void nodes_and_entries_have_an_end(void **state)
{
    (void)state;
    refuse(HEAD "    measured: [", "{},", 4097, "]\n",
           "line 5, key \"measured\": the list has 4097");
    refuse(HEAD "    note: [", "1,", 200000, "]\n", "more than 200000 nodes");
}

static void texts_have_an_end(void **state)
{
    (void)state;
    refuse(HEAD "    note: ", "0123456789", 1639, "\n", "has 16390 bytes");
}

static void devices_are_no_machine_files(void **state)
{
    (void)state;
    pn_machine *machine = NULL;
    assert_int_equal(pn_machine_read(&machine, "/dev/zero"), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "is a device"));
}

static void steering_texts_are_refused(void **state)
{
    (void)state;
    refuse("machine: \"m\\e]0;PWN\\a\"\n", "", 0, "", "\"m\" is followed by the control character");
    refuse("machine: \"m\\u202ex\"\n", "", 0, "", "\"m\" is followed by the control character");
    refuse("machine: \"m\\u009bx\"\n", "", 0, "", "\"m\" is followed by the control character");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(aliases_count_as_what_they_repeat),
        cmocka_unit_test(anchors_have_an_end),
        cmocka_unit_test(nodes_and_entries_have_an_end),
        cmocka_unit_test(texts_have_an_end),
        cmocka_unit_test(devices_are_no_machine_files),
        cmocka_unit_test(steering_texts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
