// SPDX-License-Identifier: BSD-3-Clause
#include "probe/blas_named.h"

#include "probe/blas_trial.h"

#include <stdlib.h>

static const double shortest = 1e-3, usual_limit = 8; // seconds of the measurement, and of all

pn_status pn_blas_named_try(const char *path, int threads, double limit)
{
    enum { NB = 128 };
    pn_blas_trial trial;
    pn_blas_trial_request request = {.path = path,
                                     .threads = threads,
                                     .nb = NB,
                                     .seconds = shortest,
                                     .limit = limit > 0 ? limit : usual_limit};
    for (int i = 0; i < PN_BLAS_FAMILIES && !request.variable; i++) {
        const char *variable = pn_blas_family_at(i)->variable;
        request.value = variable ? getenv(variable) : NULL;
        request.variable = request.value ? variable : NULL;
    }
    pn_status status = pn_blas_trial_run(&trial, &request);
    if (status != PN_OK || !trial.is_broken)
        return status;
    return pn_fail(
        PN_ERROR_SYSTEM,
        "option --blas: %s cannot be used%s%s%s%s: %s; name another, or leave the choice "
        "to --blas auto",
        path, request.variable ? " with " : "", request.variable ? request.variable : "",
        request.variable ? "=" : "", request.variable ? request.value : "", trial.why);
}
