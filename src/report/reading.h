// SPDX-License-Identifier: BSD-3-Clause
// A run's JSON record, read back: the numbers as the result they came from, and the rest (options,
// versions, machine) as it stands, for showing.
#ifndef PN_REPORT_READING_H
#define PN_REPORT_READING_H

#include "base/status.h"
#include "measure/result.h"

struct json_t;

typedef struct pn_reading {
    pn_result result; // what the record does not hold is 0; a residual that was not finite is NAN
    int tests;        // in the file; the fastest one that passed is read
    struct json_t *root;
    struct json_t *record; // of the test; borrowed from root
} pn_reading;

// Failures, with the file and the place in it: it cannot be read, is no JSON, is no record, holds
// what cannot be (with the member, what was read and what is allowed).
pn_status pn_reading_open(pn_reading *reading, const char *path);
void pn_reading_close(pn_reading *reading);

#endif
