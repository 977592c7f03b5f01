// SPDX-License-Identifier: BSD-3-Clause
// What the model makes of every published system at a few rates of its devices or processors. No
// constant that is fitted has any other way into it, so that a fit asks these curves and not the
// model, which takes a thousand times as long.
#ifndef FIT_CURVES_H
#define FIT_CURVES_H

#include "machines/published.h"

enum { FIT_KNOTS = 5, FIT_STEPS = 200 }; // steps with which systems are modelled here

typedef struct fit_curve {
    double rate[FIT_KNOTS]; // ln of the FLOP/s of a device's multiply, ascending; of processors, of
                            // the share of their operations per cycle
    double rmax[FIT_KNOTS]; // ln FLOP/s, as modelled
} fit_curve;

// All factors on the rates at no effect.
void fit_neutralise(pn_constants *constants);

// [list->count] curves. Those of skipped systems, and of those with a part without devices, are not
// set. Failures: memory; a system that cannot be modelled.
pn_status fit_curves_create(fit_curve **curves, const pn_constants *constants,
                            const pn_published_list *list);

// ln Rmax at a rate, and its derivative; beyond the knots as at the last ones.
double fit_curve_at(const fit_curve *curve, double rate, double *slope);

// What a device, or a core in operations per cycle over those it can do, has of Rmax.
double fit_device_share(const pn_constants *constants, const pn_published *system);
double fit_core_share(const pn_constants *constants, const pn_published *system);

#endif
