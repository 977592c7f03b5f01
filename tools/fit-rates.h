// SPDX-License-Identifier: BSD-3-Clause
// The fit itself, a problem that is nearly linear: ln Rmax of a system is nearly the sum of the
// logarithms of its kind's rate, of the factors on it, and of what the walk of the plan leaves of
// it. Solved with each unknown held near its start, so that kinds and networks of few systems stay
// with the others, and with systems far off (runs on a part of the machine) losing their pull.
#ifndef FIT_RATES_H
#define FIT_RATES_H

#include "fit-curves.h"

typedef struct fit_table {
    const pn_published_list *list;
    const fit_curve *curve; // [list->count]
    const bool *is_out;     // [list->count] left out of the fit
} fit_table;

// Sets the rates and exponents of devices, the networks' factors on them, and the factors for age,
// cards, Xeons, templates and scale. The rates start as they are; the rest at no effect. Failure:
// memory.
pn_status fit_devices(pn_constants *constants, const fit_table *table);

// Sets the shares of their operations per cycle that processors reach, and what networks leave of
// them. Both start as they are. Failure: memory.
pn_status fit_processors(pn_constants *constants, const fit_table *table);

#endif
