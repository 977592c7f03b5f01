// SPDX-License-Identifier: BSD-3-Clause
// Machines in a text, their predictions, and what those say.
#ifndef PN_TESTS_OUTCOME_H
#define PN_TESTS_OUTCOME_H

#include "config/machine_read.h"
#include "machines/predict.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "request.h"

typedef struct outcome {
    pn_machine *machine;
    pn_prediction prediction;
} outcome;

static inline pn_machine *machine_of(const char *text)
{
    char whole[8192];
    pn_machine *machine = NULL;
    snprintf(whole, sizeof whole, "machine: Test\n%s", text);
    if (pn_machine_read_text(&machine, "test", whole) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return machine;
}

// Takes the machine over.
static inline outcome predict_machine(pn_machine *machine, pn_gidx n)
{
    outcome of = {.machine = machine};
    pn_prediction_request request = {USUAL, .machine = machine, .settings.n = n, .steps = 300};
    if (pn_predict_machine(&of.prediction, &request) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return of;
}

static inline outcome predict(const char *text)
{
    return predict_machine(machine_of(text), 0);
}

static inline void release(outcome *of)
{
    pn_prediction_release(&of->prediction);
    pn_machine_destroy(of->machine);
}

static inline const char *told(const pn_note *note)
{
    static char text[PN_NOTE_BYTES];
    pn_note_text(note, text);
    return text;
}

static inline bool has_note(const outcome *of, const char *text)
{
    for (int i = 0; i < of->prediction.notes.count; i++)
        if (strstr(told(&of->prediction.notes.note[i]), text))
            return true;
    return false;
}

static inline void assert_note(const outcome *of, const char *text)
{
    if (has_note(of, text))
        return;
    for (int i = 0; i < of->prediction.notes.count; i++)
        print_message("%s\n", told(&of->prediction.notes.note[i]));
    fail_msg("no note tells \"%s\"", text);
}

// As panache probe writes it, with all rates 50 GFLOP/s a thread.
static inline pn_machine *probed(const char *more)
{
    char text[4096];
    size_t used = (size_t)snprintf(
        text, sizeof text,
        "source: measured by panache probe 1.0\npartitions:\n  - name: p\n    nodes: 1\n"
        "    ranks: 1\n    memory: 16GB\n    memory_available: 8GB\n    rate: 50GF\n%s"
        "    measured:\n    - {operation: copy, threads: 1, m: 1536, n: 3072, bandwidth: 20GB/s}\n",
        more);
    for (int nb = 128; nb <= 256; nb *= 2)
        used += (size_t)snprintf(
            text + used, sizeof text - used,
            "    - {operation: multiply, threads: 1, m: 3072, n: 3072, nb: %d, rate: 50GF}\n"
            "    - {operation: strip, threads: 1, m: 3072, n: %d, nb: %d, rate: 40GF}\n"
            "    - {operation: solve, threads: 1, m: %d, n: 3072, nb: %d, rate: 30GF}\n"
            "    - {operation: panel, threads: 1, m: 3072, n: %d, nb: %d, rate: 20GF}\n",
            nb, nb, nb, nb, nb, nb, nb);
    return machine_of(text);
}

// By how much nine in ten may lie above what is expected.
static inline double spread_of(const outcome *of)
{
    return of->prediction.high / of->prediction.forecast.rate - 1;
}

#endif
