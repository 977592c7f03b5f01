// SPDX-License-Identifier: BSD-3-Clause
// A file of records as one measurement: its fastest test that passed, and with it all others that
// passed with the same N, NB and grid, which are its repetitions.
#ifndef PN_REPORT_SAMPLE_H
#define PN_REPORT_SAMPLE_H

#include "report/reading.h"

typedef struct pn_sample {
    char name[128];     // of the file, for showing
    pn_reading reading; // the fastest
    int count;          // repetitions, itself included
    double rate;        // median of them, FLOP/s
    double least, most; // of them
} pn_sample;

// Failures: those of pn_reading_open; memory; a repetition without a rate.
pn_status pn_sample_open(pn_sample *sample, const char *path);
void pn_sample_close(pn_sample *sample);

// Seconds of a phase, the mean of the ranks that took part.
double pn_sample_phase(const pn_sample *sample, pn_phase phase);

#endif
