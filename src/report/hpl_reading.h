// SPDX-License-Identifier: BSD-3-Clause
// The text that an HPL writes (HPL.out), read back: any of those that keep to HPL 2.3's table.
#ifndef PN_REPORT_HPL_READING_H
#define PN_REPORT_HPL_READING_H

#include "base/status.h"

typedef struct pn_hpl_reading {
    int rows, passed; // of the table
    double gflops;    // of the fastest row that passed
} pn_hpl_reading;

// `text` is what stands in `path`, which is named in failures: no row of the table, none that
// passed its residual check.
pn_status pn_hpl_reading_parse(pn_hpl_reading *reading, const char *path, const char *text);

#endif
