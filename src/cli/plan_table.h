// SPDX-License-Identifier: BSD-3-Clause
// A plan as the command line asks for it, and how it is told.
#ifndef PN_CLI_PLAN_TABLE_H
#define PN_CLI_PLAN_TABLE_H

#include "config/options.h"
#include "machines/upgrade.h"
#include "top500/rank_by_knots.h"

typedef struct pn_planning {
    const pn_options *options;
    const char *path;     // of the machine, as the command line has it
    char catalogue[4096]; // path
    pn_upgrade_request request;
    double baseline;       // FLOP/s: what the factor multiplies
    const char *base_name; // what it is of the partitions meant, such as "published peak"
    const pn_knots *list;  // of places
    pn_upgrade_list upgrades;
} pn_planning;

// Writes the table to standard output, and the record where --json asks for it.
pn_status pn_plan_table_tell(const pn_planning *plan);

#endif
