// SPDX-License-Identifier: BSD-3-Clause
#include "job/mixed.h"

#include "comm/group.h"
#include "compute/half.h"
#include "probe/rates.h"
#include "tune/block_sizes.h"
#include "tune/product_rates.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    TAG = 0,
    FIRST_NB = 256, // of the product that tells how large the others may be
    ROWS_A_THREAD = 512,
    COLUMNS_LEAST = 128,
    COLUMNS_MOST = 3072,
    ROWS_OF_DEVICE = 16384,
    COLUMNS_OF_DEVICE = 4096,
    ROWS_OF_HALF = 8192, // fast products wait for a matrix that no cache holds
    COLUMNS_OF_HALF = 16384,
    SEARCHED = 2000, // below, there is one block size
    BLOCKS_LEAST = 4 // of a matrix in which products are worth a choice
};

static const double go_seconds = 0.01, trial_seconds = 0.25, flops_of_devices = 2e11;
static const double half_seconds = 0.2; // of a go, at most

pn_status pn_mixed_check(const pn_job *job)
{
    if (!pn_blas_has_single(job->blas))
        return pn_fail(PN_ERROR_SYSTEM,
                       "%s (%s) has no sgemm and strsm, with which panache mxp computes; name "
                       "another library by --blas",
                       pn_blas_name(job->blas), pn_blas_path(job->blas));
    return PN_OK;
}

// Of products so fast that a go on a matrix that no cache holds is short as well.
static void shape_half(pn_rate *rate, double flops, int64_t n)
{
    pn_lidx columns = n > 0 ? pn_min(COLUMNS_OF_HALF, pn_round_up(n, 8)) : COLUMNS_OF_HALF;
    double rows = fmin(ROWS_OF_HALF, flops * half_seconds / (2.0 * (double)columns * rate->nb));
    if (rows < (double)rate->rows)
        return;
    rate->rows = n > 0 ? pn_min((pn_lidx)rows, n) : (pn_lidx)rows;
    rate->columns = columns;
}

// A go takes about ten milliseconds, with as many rows as keep the threads busy. What is fast with
// few rows is a device, which shows its pace with many only. n: of the matrix; 0: large.
static void shape_go(pn_rate *rate, double flops, const pn_compute *compute, int64_t n)
{
    bool is_large = compute->is_device && flops > flops_of_devices;
    rate->rows = is_large ? ROWS_OF_DEVICE : ROWS_A_THREAD * compute->threads;
    double columns = flops * go_seconds / (2.0 * (double)rate->rows * rate->nb);
    rate->columns = (pn_lidx)fmin(COLUMNS_MOST, fmax(COLUMNS_LEAST, columns));
    rate->columns = is_large ? COLUMNS_OF_DEVICE : pn_round_up(rate->columns, 8);
    if (!compute->is_device && compute->product == PN_BFLOAT16)
        shape_half(rate, flops, n);
}

// FLOP/s of products of one format at each of the block sizes. Ranks that need not measure wait
// with the others: what is measured together is told together.
static pn_status measure(pn_job *job, pn_element product, bool wanted, double *flops)
{
    pn_rank_info *mine = &job->info[job->comm->rank];
    pn_group world = pn_group_world(job->comm, TAG);
    pn_group_barrier(&world);
    job->compute->product = product;
    pn_rate rates[PN_PRODUCT_RATES], first = {.kind = PN_RATE_MULTIPLY, .nb = FIRST_NB};
    shape_go(&first, 0, job->compute, job->options.n);
    pn_status status = wanted ? pn_rates_measure(&first, 1, job->compute, 0) : PN_OK;
    for (int i = 0; i < mine->product_count; i++) {
        rates[i] = (pn_rate){.kind = PN_RATE_MULTIPLY, .nb = mine->products[i].nb};
        shape_go(&rates[i], first.rate, job->compute, job->options.n);
    }
    if (wanted && status == PN_OK)
        status = pn_rates_measure(rates, mine->product_count, job->compute, trial_seconds);
    for (int i = 0; i < mine->product_count; i++)
        flops[i] = wanted && status == PN_OK ? rates[i].rate : 0;
    return status;
}

// Block sizes that this run may choose; the one that it has to take, if there is no choice.
static void list_sizes(const pn_job *job, pn_rank_info *mine)
{
    const pn_options *options = &job->options;
    int sizes[PN_BLOCK_SIZES] = {(int)options->nb};
    int count = options->nb ? 1 : pn_block_sizes(PN_BLOCKS_OF_MIXED, sizes);
    if (!options->nb && options->n && options->n < SEARCHED) {
        sizes[0] = pn_block_size_of_small(options->n);
        count = 1;
    }
    mine->product_count = 0;
    for (int i = 0; i < count && i < PN_PRODUCT_RATES; i++)
        if (i == 0 || !options->n || sizes[i] * BLOCKS_LEAST <= options->n)
            mine->products[mine->product_count++] = (pn_product_rate){.nb = sizes[i]};
}

static void tell_rates(pn_job *job, const pn_rank_info *mine)
{
    for (int i = 0; job->log.level == PN_LOG_VERBOSE && i < mine->product_count; i++)
        if (mine->products[i].single > 0)
            pn_log_rank(&job->log, "at NB = %d multiplies FP32 at %.0f GFLOP/s, 16 bits at %.0f",
                        mine->products[i].nb, 1e-9 * mine->products[i].single,
                        1e-9 * mine->products[i].half);
}

// Of both formats at each block size, as far as there is a choice.
static pn_status measure_all(pn_job *job, bool has_half)
{
    double single[PN_PRODUCT_RATES], half[PN_PRODUCT_RATES];
    pn_rank_info *mine = &job->info[job->comm->rank];
    list_sizes(job, mine);
    bool has_choice = mine->product_count > 1;
    bool may_half = has_half && job->options.product != PN_PRODUCT_FP32;
    bool may_single = job->options.product != PN_PRODUCT_BF16;
    pn_status status = measure(job, PN_FLOAT32, may_single && (has_choice || may_half), single);
    pn_status second = measure(job, PN_BFLOAT16, may_half && (has_choice || may_single), half);
    for (int i = 0; i < mine->product_count; i++) {
        mine->products[i].single = single[i];
        mine->products[i].half = half[i];
    }
    tell_rates(job, mine);
    return status != PN_OK ? status : second;
}

// "oneDNN", "" for a device, whose library is its own; NULL: there is none that can be used.
static const char *name_of_half(const pn_job *job)
{
    pn_half_kind kind = pn_blas_half(job->blas)->kind;
    if (job->compute->is_device)
        return job->compute->ops->round ? "" : NULL;
    return kind == PN_HALF_NONE ? NULL : pn_half_name(kind);
}

// What is multiplied at this block size: as asked for, else the faster of both.
static pn_element product_at(const pn_job *job, int nb)
{
    if (!name_of_half(job) || job->options.product == PN_PRODUCT_FP32)
        return PN_FLOAT32;
    if (job->options.product == PN_PRODUCT_BF16)
        return PN_BFLOAT16;
    return pn_product_format(&job->info[job->comm->rank], nb);
}

// "AMD EPYC 9B14, OpenBLAS Cooperlake": ranks that multiply other numbers are another kind.
static void name_kind(pn_job *job)
{
    char *kind = job->compute->kind, product[24];
    size_t room = sizeof job->compute->kind;
    const char *half = name_of_half(job);
    memcpy(kind, job->part_kind, room);
    if (job->compute->product == PN_BFLOAT16)
        snprintf(product, sizeof product, ", bf16%s%s", *half ? " " : "", half);
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
    memcpy(job->part_kind, job->compute->kind, sizeof job->part_kind);
    if (wish != PN_PRODUCT_FP32 && !job->compute->is_device)
        pn_blas_open_half(job->blas);
    const char *refused =
        job->compute->is_device ? job->compute->no_half : pn_blas_half(job->blas)->refused;
    bool has_half = name_of_half(job) != NULL;
    if (wish != PN_PRODUCT_FP32 && refused[0])
        pn_log_rank(&job->log, "finding: 16-bit products: not taken: %s", refused);
    status = measure_all(job, has_half);
    if (wish == PN_PRODUCT_BF16 && !has_half)
        status = pn_fail(PN_ERROR_SYSTEM,
                         "option --product: read \"bf16\"; on %s there is no library of 16-bit "
                         "products that can be used%s; allowed: auto, fp32",
                         job->host.name, job->compute->is_device ? "" : " (Debian: libdnnl2)");
    job->rate_nb = pn_product_best(&job->info[job->comm->rank]);
    job->compute->product = product_at(job, job->rate_nb);
    name_kind(job);
    return status;
}

void pn_mixed_take(pn_job *job, int nb)
{
    job->compute->product = product_at(job, nb);
    name_kind(job);
}

void pn_mixed_settings(pn_settings *settings, const pn_options *options)
{
    settings->element = PN_FLOAT32;
    settings->matrix =
        options->matrix == PN_MATRIX_WORD_DOMINANT ? PN_MATRIX_DOMINANT : PN_MATRIX_MILD;
}
