// SPDX-License-Identifier: BSD-3-Clause
// What a doctor notes: symptoms, each a fact, what it costs and what to do, of one rank and of all.
// Plain bytes: travels as it is.
#ifndef PN_MEASURE_DIAGNOSIS_H
#define PN_MEASURE_DIAGNOSIS_H

#include <stdbool.h>
#include <stdint.h>

enum { PN_SYMPTOMS = 16, PN_SYMPTOM_TEXT = 208 };

typedef struct pn_symptom {
    char name[16];
    char fact[PN_SYMPTOM_TEXT];
    char advice[PN_SYMPTOM_TEXT]; // ""; there is nothing to do
    double cost;                  // part of the rate, 0 to 1; NAN: there is one, not known here
    bool is_measured;             // and thus never quite the same on two ranks
} pn_symptom;

typedef struct pn_diagnosis {
    char host[64];
    int32_t count;
    pn_symptom symptom[PN_SYMPTOMS];
} pn_diagnosis;

// A new symptom without cost and words, to be filled in; the last place is used again if there are
// more than PN_SYMPTOMS.
pn_symptom *pn_diagnosis_add(pn_diagnosis *diagnosis, const char *name);

typedef struct pn_symptom_line { // of all ranks together
    const pn_symptom *symptom;   // borrowed
    int rank;                    // the first that has it; of what is measured that with most cost
    int ranks;                   // that have it; of what is measured all
} pn_symptom_line;

// lines[most]: symptoms in the order in which they were noted, those that are alike once; returns
// how many there are, `most` at most.
int pn_diagnosis_join(const pn_diagnosis *all, int ranks, pn_symptom_line *lines, int most);

// Whether it costs more than anybody should leave alone: 5 %.
bool pn_symptom_matters(const pn_symptom *symptom);

#endif
