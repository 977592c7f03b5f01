// SPDX-License-Identifier: BSD-3-Clause
#include "job/mixed.h"

#include "compute/half.h"
#include "probe/rates.h"

#include <stdio.h>
#include <string.h>

enum { TAG = 0, TRIAL_NB = 256 };

static const double trial_seconds = 0.15;

pn_status pn_mixed_check(const pn_job *job)
{
    const char *device = job->options.device;
    if (strcmp(device, "auto") != 0 && strcmp(device, "cpu") != 0)
        return pn_fail(PN_ERROR_USAGE,
                       "option --device: read \"%s\"; panache mxp computes on processors: auto and "
                       "cpu are allowed",
                       device);
    if (!pn_blas_has_single(job->blas))
        return pn_fail(PN_ERROR_SYSTEM,
                       "%s (%s) has no sgemm and strsm, with which panache mxp computes; name "
                       "another library by --blas",
                       pn_blas_name(job->blas), pn_blas_path(job->blas));
    return PN_OK;
}

// Those who need no trial wait with the others: what is measured together is told together.
static pn_status measure(pn_job *job, pn_element product, double *rate)
{
    int nb = job->options.nb ? (int)job->options.nb : TRIAL_NB;
    pn_group world = pn_group_world(job->comm, TAG);
    pn_group_barrier(&world);
    job->compute->product = product;
    return job->options.product == PN_PRODUCT_AUTO
               ? pn_rate_quick(rate, job->compute, nb, trial_seconds)
               : PN_OK;
}

// By rates, unless both take the same for want of a library.
static pn_status try_both(pn_job *job, bool has_half)
{
    double single = 0, half = 0;
    pn_status status = measure(job, PN_FLOAT32, &single);
    pn_status second = measure(job, has_half ? PN_BFLOAT16 : PN_FLOAT32, &half);
    job->compute->product = has_half && half > single ? PN_BFLOAT16 : PN_FLOAT32;
    if (job->log.level == PN_LOG_VERBOSE && single > 0)
        pn_log_rank(&job->log, "multiplies FP32 at %.0f GFLOP/s, 16 bits by %s at %.0f",
                    1e-9 * single, pn_half_name(pn_blas_half(job->blas)->kind),
                    has_half ? 1e-9 * half : 0.0);
    return status != PN_OK ? status : second;
}

// "AMD EPYC 9B14, OpenBLAS Cooperlake": ranks that multiply other numbers are another kind.
static void name_kind(pn_job *job)
{
    char *kind = job->compute->kind, product[24];
    size_t room = sizeof job->compute->kind;
    if (job->compute->product == PN_BFLOAT16)
        snprintf(product, sizeof product, ", bf16 %s", pn_half_name(pn_blas_half(job->blas)->kind));
    else
        snprintf(product, sizeof product, ", fp32");
    size_t at = strlen(kind) < room - strlen(product) ? strlen(kind) : room - 1 - strlen(product);
    snprintf(kind + at, room - at, "%s", product);
}

pn_status pn_mixed_open(pn_job *job)
{
    int64_t wish = job->options.product;
    pn_status status = PN_OK;
    job->compute->element = job->compute->product = PN_FLOAT32;
    if (wish != PN_PRODUCT_FP32)
        pn_blas_open_half(job->blas);
    const pn_half *half = pn_blas_half(job->blas);
    bool has_half = half->kind != PN_HALF_NONE;
    if (half->refused[0])
        pn_log_rank(&job->log, "finding: 16-bit products: not taken: %s", half->refused);
    status = try_both(job, has_half);
    if (wish == PN_PRODUCT_BF16 && has_half)
        job->compute->product = PN_BFLOAT16;
    else if (wish == PN_PRODUCT_BF16)
        status = pn_fail(PN_ERROR_SYSTEM,
                         "option --product: read \"bf16\"; on %s there is no library of 16-bit "
                         "products that can be used (Debian: libdnnl2); allowed: auto, fp32",
                         job->host.name);
    name_kind(job);
    return status;
}

void pn_mixed_settings(pn_settings *settings, const pn_options *options)
{
    settings->element = PN_FLOAT32;
    settings->matrix =
        options->matrix == PN_MATRIX_WORD_DOMINANT ? PN_MATRIX_DOMINANT : PN_MATRIX_MILD;
}
