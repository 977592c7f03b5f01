// SPDX-License-Identifier: BSD-3-Clause
// Machine files in a text: partitions of a test machine, and texts that are refused.
#ifndef PN_TESTS_MACHINES_H
#define PN_TESTS_MACHINES_H

#include "config/machine.h"
#include "config/machine_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static inline pn_machine *machine_of(const char *partitions)
{
    char text[4096];
    pn_machine *machine = NULL;
    snprintf(text, sizeof text, "machine: Test\npartitions:\n%s", partitions);
    if (pn_machine_read_text(&machine, "test", text) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return machine;
}

typedef struct refusal { // a wrong text, and the words that its message must hold
    const char *text;
    const char *words[3];
} refusal;

static inline void expect_refusals(const refusal *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pn_machine *machine = NULL;
        if (pn_machine_read_text(&machine, "file.yaml", cases[i].text) != PN_ERROR_USAGE)
            fail_msg("accepted:\n%s", cases[i].text);
        assert_null(machine);
        assert_non_null(strstr(pn_fail_message(), "file.yaml"));
        for (int j = 0; j < 3 && cases[i].words[j]; j++)
            if (!strstr(pn_fail_message(), cases[i].words[j]))
                fail_msg("\"%s\" is not in: %s", cases[i].words[j], pn_fail_message());
    }
}

#endif
