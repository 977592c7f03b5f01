// SPDX-License-Identifier: BSD-3-Clause
// Who looks on while a run is solved, beside the people before its terminal: a stream of JSON
// lines, and a file of metrics that is replaced as a whole each time (as node_exporter's textfile
// collector wants it). What cannot be written is said once, and the run goes on.
#ifndef PN_RUN_ONLOOKERS_H
#define PN_RUN_ONLOOKERS_H

#include "base/log.h"
#include "run/progress.h"

typedef struct pn_onlookers pn_onlookers;

typedef struct pn_onlookers_request {
    const char *lines;   // a path, "fd:NUMBER" of a descriptor that is open, or "none"
    const char *metrics; // a path or "none"
    bool speaks;         // JSON lines take the place of words on standard error
    bool draws;          // a picture does, where there is a terminal for it,
    double draws_after;  // so many seconds
    bool is_mixed;       // what is solved is HPL-MxP
    pn_log *log;         // borrowed
} pn_onlookers_request;

// NULL if nobody looks on. Failures, by option: no such descriptor; a file that cannot be made.
pn_status pn_onlookers_open(pn_onlookers **onlookers, const pn_onlookers_request *request);
// After each hundredth of the arithmetic that takes a quarter of a second, or after ten seconds.
bool pn_onlookers_want(const pn_onlookers *onlookers, double share, double seconds);
// Whether a picture takes the place of lines of progress by now.
bool pn_onlookers_draw(const pn_onlookers *onlookers, double seconds);
void pn_onlookers_tell(pn_onlookers *onlookers, const pn_progress *progress);
void pn_onlookers_end(pn_onlookers *onlookers, const pn_result *result);
void pn_onlookers_close(pn_onlookers *onlookers);

#endif
