// SPDX-License-Identifier: BSD-3-Clause
#include "cli/train_record.h"

#include "machines/half_kind.h"
#include "report/reading.h"

#include <stdio.h>
#include <string.h>

static bool is_of(const pn_trainer *trainer, const pn_rank_record *rank, const char *name)
{
    return strcmp(trainer->kind, rank->kind) == 0 && strcmp(trainer->name, name) == 0;
}

// The ranks of one kind and format become one, at the mean of their rates.
static pn_status add_rank(pn_trainers *trainers, const pn_rank_record *rank)
{
    char name[32];
    snprintf(name, sizeof name, "%s products", pn_element_name(rank->product));
    for (int i = 0; i < trainers->count; i++) {
        pn_trainer *trainer = &trainers->of[i];
        if (!is_of(trainer, rank, name))
            continue;
        trainer->rate = (trainer->rate * trainer->count + rank->rate) / (trainer->count + 1);
        trainer->count++;
        return PN_OK;
    }
    pn_trainer trainer = {.count = 1, .rate = rank->rate, .source = PN_RATE_MEASURED};
    snprintf(trainer.name, sizeof trainer.name, "%s", name);
    snprintf(trainer.kind, sizeof trainer.kind, "%s", rank->kind);
    return pn_trainers_add(trainers, &trainer);
}

static pn_status check_product(const char *path, const pn_rank_record *rank)
{
    if (rank->product == PN_FLOAT64)
        return pn_fail(PN_ERROR_USAGE,
                       "%s: rank %d multiplied in FP64, and nothing is trained in that; the record "
                       "of panache mxp, whose products are of 16 bits or FP32, is needed.",
                       path, rank->rank);
    if (!(rank->rate > 0))
        return pn_fail(PN_ERROR_USAGE, "%s: \"rate_gflops\" of rank %d is %g; more is needed.",
                       path, rank->rank, rank->rate / 1e9);
    return PN_OK;
}

static pn_status add_ranks(pn_trainers *trainers, const char *path, const pn_result *result)
{
    pn_training_shares shares;
    pn_status status = PN_OK;
    pn_training_shares_load(&shares);
    if (result->rank_count == 0)
        return pn_fail(PN_ERROR_USAGE, "%s: the record names no ranks.", path);
    for (int i = 0; i < result->rank_count; i++) {
        PN_TRY(check_product(path, &result->ranks[i]));
        PN_TRY(add_rank(trainers, &result->ranks[i]));
    }
    for (int i = 0; i < trainers->count; i++) {
        pn_trainer *trainer = &trainers->of[i];
        const pn_half_kind *kind = pn_half_kind_of(trainer->kind);
        double all = trainer->count * trainer->rate;
        trainer->rates = (pn_range){all, all};
        pn_trainer_set_share(trainer, &shares, kind ? kind->generation : NULL);
    }
fail:
    return status;
}

pn_status pn_trainers_of_record(pn_trainers *trainers, const char *path)
{
    pn_reading reading;
    *trainers = (pn_trainers){0};
    pn_status status = pn_reading_open(&reading, path);
    if (status != PN_OK)
        return status;
    status = add_ranks(trainers, path, &reading.result);
    pn_reading_close(&reading);
    if (status != PN_OK)
        pn_trainers_release(trainers);
    return status;
}
