// SPDX-License-Identifier: BSD-3-Clause
// A diagnosis for people and for programs.
#ifndef PN_REPORT_DIAGNOSIS_TEXT_H
#define PN_REPORT_DIAGNOSIS_TEXT_H

#include "measure/diagnosis.h"

#include <jansson.h>
#include <stdio.h>

typedef struct pn_diagnosis_page {
    const pn_diagnosis *all; // [ranks]
    int ranks;
    const pn_symptom_line *lines; // [count] of pn_diagnosis_join
    int count;
} pn_diagnosis_page;

// A paragraph a symptom, and at the end what costs more than it should.
void pn_diagnosis_text(FILE *stream, const pn_diagnosis_page *page);

// The same as JSON; NULL: memory.
json_t *pn_diagnosis_json(const pn_diagnosis_page *page);

// How many symptoms cost more than 5 %.
int pn_diagnosis_matters(const pn_diagnosis_page *page);

#endif
