// SPDX-License-Identifier: BSD-3-Clause
// Published trainings held against what the others of them say.
#include "cli/train_tell.h"

#include "base/median.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct tally {
    int count, inside;
    double *error; // [count] of the share, relative
} tally;

static pn_status tell_run(const pn_training_runs *runs, int i, tally *all)
{
    const pn_training_run *run = &runs->run[i];
    pn_training_shares others;
    if (!run->generation) {
        printf("  %-24.24s %-18.18s nothing is known of the device\n", run->model, run->device);
        return PN_OK;
    }
    pn_status status = pn_training_shares_fit(&others, runs, i);
    if (status != PN_OK)
        return status;
    double share = pn_training_share_of(&others, run->generation)->share;
    double low = share * others.lowest, high = share * others.highest;
    bool is_inside = run->share >= low && run->share <= high;
    printf("  %-24.24s %-18.18s %8.1f%% %8.1f%%   %5.1f to %5.1f%%  %s\n", run->model, run->device,
           100 * run->share, 100 * share, 100 * low, 100 * high, is_inside ? "inside" : "outside");
    all->error[all->count++] = fabs(run->share / share - 1);
    all->inside += is_inside;
    return PN_OK;
}

// As training_share.inc has them.
static pn_status tell_constants(const pn_training_runs *runs)
{
    pn_training_shares shares;
    pn_status status = pn_training_shares_fit(&shares, runs, -1);
    if (status != PN_OK)
        return status;
    printf("\n");
    for (int i = 0; i < shares.count; i++)
        printf("SHARE(\"%s\", %.3f, %d)\n", shares.of[i].name, shares.of[i].share,
               shares.of[i].runs);
    printf("SPAN(%.3f, %.3f)\n", shares.lowest, shares.highest);
    return PN_OK;
}

pn_status pn_train_tell_runs(const pn_training_runs *runs)
{
    tally all = {.error = calloc((size_t)runs->count + 1, sizeof(double))};
    pn_status status = PN_OK;
    if (!all.error)
        return pn_fail_memory("for %d runs", runs->count);
    printf("  %-24s %-18s %9s %9s %18s\n", "model", "device", "published", "by others",
           "the others span");
    for (int i = 0; i < runs->count; i++)
        PN_TRY(tell_run(runs, i, &all));
    if (all.count > 0)
        printf("%d of %d runs lie in what the others span; median error %.1f %%\n", all.inside,
               all.count, 100 * pn_median(all.error, all.count));
    PN_TRY(tell_constants(runs));
fail:
    free(all.error);
    return status;
}
