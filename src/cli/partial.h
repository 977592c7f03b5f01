// SPDX-License-Identifier: BSD-3-Clause
// What is left of a run that is stopped from outside: a record of how far it was and at what rate.
#ifndef PN_CLI_PARTIAL_H
#define PN_CLI_PARTIAL_H

#include "job/job.h"

typedef struct pn_partial { // of a run that begins; borrowed until pn_partial_end
    pn_job *job;
    pn_command command;
    const pn_settings *settings;
} pn_partial;

// From now on a signal that ends the run has the partial record written where its results would be
// (a name that ends in "-partial.json", and --json FILE), and a line says how far it was. On rank
// 0.
void pn_partial_begin(pn_partial *partial);
void pn_partial_end(const pn_partial *partial);

#endif
