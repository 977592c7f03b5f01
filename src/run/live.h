// SPDX-License-Identifier: BSD-3-Clause
// The picture of a run on a terminal, by ncurses, which is opened at run time: without it, and
// where standard error is no terminal that can be drawn on, there is none. What has to be said
// meanwhile is said on the terminal's usual page; the picture comes back with the next drawing.
#ifndef PN_RUN_LIVE_H
#define PN_RUN_LIVE_H

#include "base/log.h"
#include "run/progress.h"

typedef struct pn_live pn_live;

// NULL: lines do. From here on the log leaves the picture before it says anything.
pn_live *pn_live_open(pn_log *log, bool is_mixed);
void pn_live_note(pn_live *live, const pn_progress *progress);
void pn_live_show(pn_live *live);
// Back to the usual page; what was noted is forgotten.
void pn_live_end(pn_live *live);
void pn_live_close(pn_live *live);

#endif
