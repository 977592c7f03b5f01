// SPDX-License-Identifier: BSD-3-Clause
// From a machine file to a forecast: which constants stand for each partition and where they come
// from, what memory the matrix may have, N, and an interval that says how far to trust it all.
#ifndef PN_MACHINES_PREDICT_H
#define PN_MACHINES_PREDICT_H

#include "machines/prediction.h"

typedef struct pn_prediction_request {
    const pn_machine *machine;
    // N, NB and, for one partition, the grid may be open (0); with q 0 as many columns as there
    // are. Shares: by rates, equal, or one a process column.
    pn_settings settings;
    pn_tuned_height height; // of the columns of several partitions; p 0: chosen
    int steps;              // as in pn_class_run
    bool no_interval;       // leave low and high alone: for searches
    bool is_mixed;          // HPL-MxP in the place of Linpack
} pn_prediction_request;

// Failures: a device or a network nobody knows and no figures for it, a figure that is missing
// (which one; never is memory taken to be without end), a memory that its device is not sold with,
// an N that does not fit (with the largest that does), too many partitions.
pn_status pn_predict_machine(pn_prediction *prediction, const pn_prediction_request *request);

// The search for all that the request leaves open, in place of what pn_predict_machine takes
// (`usual`). Failures: the same.
pn_status pn_tune_machine(pn_tuning *tuning, const pn_prediction_request *request);

#endif
