// SPDX-License-Identifier: BSD-3-Clause
// How far a run is, as facts: for the line that people read, for JSON lines that dashboards read,
// and for OpenMetrics, which monitoring reads.
#ifndef PN_RUN_PROGRESS_H
#define PN_RUN_PROGRESS_H

#include "base/types.h"
#include "measure/result.h"

// How the announced time spreads over a run: products go with the cube of what is left of the
// matrix, panels and rows with its square.
typedef struct pn_pace {
    double seconds;  // announced for the whole run; 0: unknown
    double products; // of them, in the products alone
    double tail;     // of them, behind the factorisation
} pn_pace;

// flops: FLOP/s of the products of all ranks together; 0: unknown, all is taken for products. tail:
// seconds of them that follow the factorisation.
pn_pace pn_pace_of(double seconds, pn_gidx n, double flops, double tail);

// Seconds that are left when `elapsed` have brought the columns left from `from` N to `left` N. By
// the pace, corrected by what was seen the more the longer it was seen.
double pn_pace_left(const pn_pace *pace, double from, double left, double elapsed);

typedef struct pn_progress {
    pn_gidx n, step, steps; // of the block columns; `step` is under way, steps: the solve is over
    int nb, p, q;
    double share;                  // of the arithmetic of the factorisation, 0 to 1
    double seconds;                // since the clock started
    double left;                   // seconds, expected
    double flops;                  // FLOP/s since the clock started
    double flops_now;              // since this was told last
    double flops_expected;         // of the whole run; 0: unknown
    double moves;                  // of block columns between parts so far
    double phases[PN_PHASE_COUNT]; // seconds of rank 0 in each
} pn_progress;

enum { PN_PROGRESS_TEXT = 4096 };

// One line, a JSON object with {"event": "progress"}, the time of day in seconds, and the facts
// above; rates in GFLOP/s.
void pn_progress_json(const pn_progress *progress, double now, char text[PN_PROGRESS_TEXT]);
// The last of a run, {"event": "end"}: what came of it.
void pn_progress_json_end(const pn_result *result, double now, char text[PN_PROGRESS_TEXT]);

// OpenMetrics 1.0 text, gauges named panache_..., ended by "# EOF". result: NULL as long as the run
// goes on.
void pn_progress_metrics(const pn_progress *progress, const pn_result *result,
                         char text[PN_PROGRESS_TEXT]);

#endif
