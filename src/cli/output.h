// SPDX-License-Identifier: BSD-3-Clause
// Where results are written. Places are tried before a run, so that none is lost for a folder that
// cannot be written. Rank 0 only.
#ifndef PN_CLI_OUTPUT_H
#define PN_CLI_OUTPUT_H

#include "config/hpldat.h"
#include "job/job.h"
#include "measure/result.h"

// Creates the folder if needed and tries to write there and to the JSON file.
pn_status pn_output_check(const pn_options *options);
// The same of --json alone, for commands that have no results beside it.
pn_status pn_output_check_json(const pn_options *options);

typedef struct pn_output {
    const pn_job *job;
    const pn_options *options;
    pn_command command;
    const pn_result *result; // [count]; of a repeated run more than one, the first of them first
    int count;
    const pn_hpldat *dat; // what HPL's text shows as asked for
} pn_output;

// HPL's text of the job's tests, and its record (a list of them where there are several), to
// standard output and to files as asked for. `files` (bytes long) receives their names without
// ending, "" if none were written.
pn_status pn_output_write(const pn_output *output, char *files, size_t bytes);

// The record of one of them as JSON, to be freed.
pn_status pn_output_record(const pn_output *output, int index, char **text);

#endif
