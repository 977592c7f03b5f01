// SPDX-License-Identifier: BSD-3-Clause
// A site's meters beside a run: average power over the core phase by the methodology of the Energy
// Efficient HPC Working Group (EEHPC, "Energy Efficient High Performance Computing Power
// Measurement Methodology", 2.0): readings whose interval lies wholly inside, at least ten of them
// and none longer than a tenth of the phase; each set is a kind of nodes, of which some are
// metered, and is extrapolated to all of its kind; sets are added.
#ifndef PN_MEASURE_METER_LOG_H
#define PN_MEASURE_METER_LOG_H

#include "base/status.h"

#include <stdbool.h>

enum { PN_METER_SETS = 64, PN_METER_NAME = 32 };

typedef struct pn_meter_set {
    char name[PN_METER_NAME];
    double metered, nodes; // of the kind: on the meter, and in the run
    bool is_counter;       // it tells joules, not watts
    long readings;         // in all
    double first, last;    // time of the first and the last one, s since 1970
    double counter;        // J at the last one
    long inside;           // intervals that lie in the core phase
    double seconds;        // of these
    double joules;         // of these, as metered
    double longest;        // s, of these
    double watts;          // of all nodes of the kind, on average
    long beside;           // intervals that lie before or behind the whole run
} pn_meter_set;

typedef struct pn_meter_log {
    double core_begin, core_end;   // s since 1970
    double whole_begin, whole_end; // with generation and verification
    int count;
    pn_meter_set set[PN_METER_SETS];
} pn_meter_log;

typedef struct pn_meter_reading {
    const char *set;
    double time;  // s since 1970; that of a set ascends
    double value; // W on average since the reading before, or J since some moment
    bool is_counter;
    double metered, nodes; // the same in all readings of a set
} pn_meter_reading;

// Failures: time does not ascend; a set changes what it is; too many sets; a counter that falls.
pn_status pn_meter_log_add(pn_meter_log *log, const pn_meter_reading *reading);

typedef struct pn_meter_result {
    double watts;      // of all sets
    double joules;     // in the core phase
    int level;         // of the methodology that is reached; 0: none
    char lacking[256]; // what the next level asks for and is not there; "": nothing
} pn_meter_result;

// Failure: a set has no reading in the core phase.
pn_status pn_meter_log_finish(pn_meter_log *log, pn_meter_result *result);

#endif
