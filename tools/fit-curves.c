// SPDX-License-Identifier: BSD-3-Clause
// Curves through a few modelled points, linear in logarithms between them.
#include "fit-curves.h"

#include <math.h>
#include <stdlib.h>

// Over what a system's own Rmax leaves for one device or core.
static const double factors[FIT_KNOTS] = {0.6, 0.85, 1.15, 1.5, 2};

double fit_device_share(const pn_constants *constants, const pn_published *system)
{
    return system->rmax / (system->devices * pn_published_recount(constants, system));
}

double fit_core_share(const pn_constants *constants, const pn_published *system)
{
    double flops = constants->processor[system->processor].flops_per_cycle;
    return system->rmax / (system->cores * system->hertz * flops);
}

void fit_neutralise(pn_constants *constants)
{
    for (int i = 0; i < constants->devices; i++)
        constants->device[i].power_exponent = 0;
    for (int i = 0; i < constants->networks; i++)
        constants->network[i].processor_share = constants->network[i].device_share = 1;
    constants->device_young = 1;
    constants->device_xeon = constants->device_template = 1;
    constants->device_scale = 0;
}

static pn_status trace(fit_curve *curve, pn_constants *constants, const pn_published *system)
{
    bool has_devices = system->device >= 0;
    double *rate = has_devices ? &constants->device[system->device].rate
                               : &constants->processor[system->processor].efficiency;
    double kept = *rate, share = has_devices ? fit_device_share(constants, system)
                                             : fit_core_share(constants, system);
    pn_status status = PN_OK;
    for (int k = 0; k < FIT_KNOTS && status == PN_OK; k++) {
        double rmax;
        *rate = factors[k] * share;
        status = pn_published_predict(constants, system, FIT_STEPS, &rmax);
        curve->rate[k] = log(*rate);
        curve->rmax[k] = log(rmax);
    }
    *rate = kept;
    return status;
}

pn_status fit_curves_create(fit_curve **curves, const pn_constants *constants,
                            const pn_published_list *list)
{
    pn_status status = PN_OK;
    pn_constants *neutral = malloc(sizeof *neutral);
    *curves = calloc((size_t)list->count, sizeof **curves);
    if (!neutral || !*curves) {
        status = pn_fail(PN_ERROR_MEMORY, "There is no memory to fit %d systems.", list->count);
        goto fail;
    }
    *neutral = *constants;
    fit_neutralise(neutral);
    for (int i = 0; i < list->count; i++) {
        const pn_published *s = &list->system[i];
        if (!s->skipped && (s->device < 0 || !pn_published_is_mixed(constants, s)))
            PN_TRY(trace(&(*curves)[i], neutral, s));
    }
fail:
    free(neutral);
    return status;
}

double fit_curve_at(const fit_curve *curve, double rate, double *slope)
{
    int k = 0;
    while (k < FIT_KNOTS - 2 && rate > curve->rate[k + 1])
        k++;
    *slope = (curve->rmax[k + 1] - curve->rmax[k]) / (curve->rate[k + 1] - curve->rate[k]);
    return curve->rmax[k] + *slope * (rate - curve->rate[k]);
}
