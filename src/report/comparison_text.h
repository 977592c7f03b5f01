// SPDX-License-Identifier: BSD-3-Clause
// A comparison for people, and for programs: JSON, CSV and JUnit's XML.
#ifndef PN_REPORT_COMPARISON_TEXT_H
#define PN_REPORT_COMPARISON_TEXT_H

#include "report/comparison.h"

#include <stdio.h>

struct json_t;

typedef struct pn_compared {
    int count;
    const pn_sample *sample;         // [count], the first is what the others stand beside
    const pn_comparison *comparison; // [count], the first of itself
    double fail_below;               // a ratio below it is a finding; 0: none is
} pn_compared;

bool pn_compared_fails(const pn_compared *compared, int index);

void pn_compared_print(FILE *stream, const pn_compared *compared);
// A new reference; NULL without memory.
struct json_t *pn_compared_record(const pn_compared *compared);
// A line a measurement under one of headings.
void pn_compared_csv(FILE *stream, const pn_compared *compared);
// A test case a measurement beside the first.
void pn_compared_junit(FILE *stream, const pn_compared *compared);

#endif
