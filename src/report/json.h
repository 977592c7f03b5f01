// SPDX-License-Identifier: BSD-3-Clause
// The record of a run as JSON, for programs to read: every number of the result, what was asked
// for, and what it ran on. A number that is not finite is null; `finding` says why. Rates are in
// GFLOP/s (keys with "gflops"), times in seconds, memory in bytes, shares from 0 to 1; block
// columns, steps, ranks and process columns are counted from 0. Keys are added, never renamed:
// records are compared over years.
#ifndef PN_REPORT_JSON_H
#define PN_REPORT_JSON_H

#include "base/status.h"
#include "config/options.h"
#include "measure/host.h"
#include "measure/result.h"

typedef struct pn_record { // everything is borrowed; texts may be ""
    const pn_result *result;
    const pn_options *options;
    const pn_host *host; // of rank 0
    pn_command command;
    const char *blas, *blas_kernels, *blas_path;
    const char *mpi;
} pn_record;

struct json_t;

// A name as JSON has it: one of a host or a file need not be UTF-8, and says so then. A new
// reference; NULL without memory.
struct json_t *pn_json_string(const char *text);

// The record as text, without a newline at its end, to be freed by the caller. Failure: memory.
pn_status pn_json_text(const pn_record *record, char **text);

#endif
