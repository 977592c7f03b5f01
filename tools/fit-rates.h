// SPDX-License-Identifier: BSD-3-Clause
// The part of the fit that is a linear problem: ln Rmax of a system with devices is nearly the sum
// of the logarithms of its kind's rate, of the factors on it, and of what the walk of the plan
// leaves of it. Solved with each unknown held near its start, so that kinds and networks of few
// systems stay with the others, and with systems far off losing their pull.
#ifndef FIT_RATES_H
#define FIT_RATES_H

#include "predict/published.h"

// Sets the rates and exponents of devices, the networks' shares, and the factors for age, cards,
// Xeons, templates and scale, from the systems that are not left out. The rates start as they are;
// the rest at no effect. Failures: memory; a system that cannot be modelled.
pn_status fit_rates(pn_constants *constants, const pn_published_list *list, const bool *is_out);

#endif
