// SPDX-License-Identifier: BSD-3-Clause
// The machine that a command line means: a file, narrowed by --partitions, --date and --nodes.
#ifndef PN_CLI_MACHINE_OPTIONS_H
#define PN_CLI_MACHINE_OPTIONS_H

#include "base/file_search.h"
#include "config/machine.h"
#include "config/options.h"
#include "machines/predict.h"

// A name without a slash that is no file here, with or without .yaml and in any case, is looked for
// in the folders of PANACHE_MACHINES, then in those of the machines that come with the program.
pn_status pn_machine_for_options(pn_machine **machine, const char *path, const pn_options *options);

// What is asked of its run. Failure: a grid for several partitions, shares out of a file.
pn_status pn_prediction_for_options(pn_prediction_request *request, const pn_machine *machine,
                                    const pn_options *options);

// The same search for any shipped file. `text` receives the path; the failure names where it
// was looked for.
pn_status pn_machine_path(const char *name, char *text, size_t bytes);

// The names that are found so.
void pn_machine_names(pn_file_names *names);

#endif
