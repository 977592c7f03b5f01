// SPDX-License-Identifier: BSD-3-Clause
#include "cli/hpl_knobs.h"

#include "base/types.h"

#include <inttypes.h>

void pn_hpl_knobs_tell(pn_log *log, const pn_hpldat *dat, double usual)
{
    int64_t deepest = 0, widest = 0;
    for (int64_t i = 0; i < dat->depth.count; i++)
        deepest = pn_max(deepest, dat->depth.value[i]);
    for (int64_t i = 0; i < dat->q.count; i++)
        widest = pn_max(widest, dat->q.value[i]);
    pn_log_long(log, "no effect: PFACT, NBMIN, NDIV, RFACT (panels are factored in one way; the "
                     "values only name the tests)");
    pn_log_long(log, "no effect: SWAP, swapping threshold (rows are exchanged in one way)");
    pn_log_long(log, "no effect: L1, U (their forms are fixed)");
    pn_log_long(log, "no effect: Equilibration");
    pn_log_long(log, "no effect: memory alignment (whole pages)");
    if (deepest > 1)
        pn_log_long(log, "no effect: DEPTH %" PRId64 " beyond 1 (run as 1)", deepest);
    if (widest == 1)
        pn_log_long(log, "no effect: BCAST (one process column)");
    if (dat->threshold <= 0)
        pn_log_long(log, "no effect: threshold %g (every result is checked, against %g)",
                    dat->threshold, usual);
    for (int i = 0; i < dat->taken_count; i++)
        pn_log_long(log, "no effect: %s %" PRId64 " (taken as %" PRId64 ", as HPL takes it)",
                    dat->taken[i].what, dat->taken[i].read, dat->taken[i].as);
}
