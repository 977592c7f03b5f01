// SPDX-License-Identifier: BSD-3-Clause
#include "machines/training_share.h"

#include "base/median.h"
#include "machines/half_kind.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// How many runs of all others a generation's own ones are weighed against.
static const double pull = 5;

enum { RUNS_LEAST = 3 };

void pn_training_shares_load(pn_training_shares *shares)
{
    static const pn_generation_share fitted[] = {
#define SHARE(name, share, runs) {name, share, runs},
#define SPAN(lowest, highest)
#include "machines/training_share.inc"
#undef SHARE
#undef SPAN
    };
    _Static_assert(sizeof fitted / sizeof *fitted <= PN_GENERATIONS_MOST, "room for all");
    *shares = (pn_training_shares){
        .count = sizeof fitted / sizeof *fitted,
#define SHARE(name, share, runs)
#define SPAN(low, high) .lowest = (low), .highest = (high),
#include "machines/training_share.inc"
#undef SHARE
#undef SPAN
    };
    memcpy(shares->of, fitted, sizeof fitted);
}

const pn_generation_share *pn_training_share_of(const pn_training_shares *shares,
                                                const char *generation)
{
    for (int i = 0; generation && i < shares->count - 1; i++)
        if (strcmp(shares->of[i].name, generation) == 0)
            return &shares->of[i];
    return &shares->of[shares->count - 1];
}

typedef struct fitting {
    const pn_training_runs *runs;
    int left_out;
    double *value; // [runs->count] room for the logarithms of some
} fitting;

static bool counts(const fitting *fit, int i)
{
    return i != fit->left_out && fit->runs->run[i].generation;
}

// Median of the logarithms of a generation's shares (NULL: of all); *count of them.
static double median_of(const fitting *fit, const char *generation, int *count)
{
    *count = 0;
    for (int i = 0; i < fit->runs->count; i++) {
        const pn_training_run *run = &fit->runs->run[i];
        if (counts(fit, i) && (!generation || strcmp(run->generation, generation) == 0))
            fit->value[(*count)++] = log(run->share);
    }
    return *count > 0 ? pn_median(fit->value, *count) : 0;
}

static void set_span(const fitting *fit, pn_training_shares *shares)
{
    shares->lowest = shares->highest = 1;
    for (int i = 0; i < fit->runs->count; i++) {
        const pn_training_run *run = &fit->runs->run[i];
        if (!counts(fit, i))
            continue;
        double over = run->share / pn_training_share_of(shares, run->generation)->share;
        shares->lowest = fmin(shares->lowest, over);
        shares->highest = fmax(shares->highest, over);
    }
}

pn_status pn_training_shares_fit(pn_training_shares *shares, const pn_training_runs *runs,
                                 int left_out)
{
    int known, all, own;
    const pn_half_kind *kinds = pn_half_kinds(&known);
    fitting fit = {runs, left_out, calloc((size_t)runs->count + 1, sizeof(double))};
    *shares = (pn_training_shares){0};
    if (!fit.value)
        return pn_fail_memory("for %d runs", runs->count);
    double middle = median_of(&fit, NULL, &all);
    for (int i = 0; i < known; i++) {
        if (i > 0 && strcmp(kinds[i].generation, kinds[i - 1].generation) == 0)
            continue;
        double of_own = median_of(&fit, kinds[i].generation, &own);
        if (own == 0)
            continue;
        pn_generation_share *share = &shares->of[shares->count++];
        snprintf(share->name, sizeof share->name, "%s", kinds[i].generation);
        share->share = exp((own * of_own + pull * middle) / (own + pull));
        share->runs = own;
    }
    shares->of[shares->count++] = (pn_generation_share){.share = exp(middle), .runs = all};
    set_span(&fit, shares);
    free(fit.value);
    return all >= RUNS_LEAST
               ? PN_OK
               : pn_fail(PN_ERROR_USAGE,
                         "%d published runs on devices that are known; %d and more are allowed.",
                         all, RUNS_LEAST);
}
