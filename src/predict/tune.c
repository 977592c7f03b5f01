// SPDX-License-Identifier: BSD-3-Clause
// Every block size with every height on some of the steps; the best few again on all of them, with
// the order of the matrix that suits each, and the best of these without look-ahead.
#include "predict/tune.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SEARCH_STEPS = 150, HEIGHTS_MOST = 48, BEST = 5 };

static const int block_sizes[] = {64, 96, 128, 160, 192, 224, 256, 320, 384, 512, 768, 1024, 1536};
enum { SIZES = sizeof block_sizes / sizeof *block_sizes };

typedef struct machine_search {
    const pn_tune_request *request;
    bool several; // partitions
    pn_gidx n;    // 0: chosen for each candidate
    int steps;
    int tried;
} machine_search;

static void set_shares(pn_tuned *tuned, const pn_system_forecast *forecast, int parts)
{
    double *shares = tuned->shares;
    for (int i = 0; i < parts; i++) {
        const pn_part_forecast *part = &forecast->part[i];
        double weight = (double)forecast->columns[i] / forecast->q / forecast->seconds;
        shares[PN_TUNED_MULTIPLY] += weight * part->multiply;
        shares[PN_TUNED_PANEL] += weight * part->panel;
        shares[PN_TUNED_ROWS] += weight * part->rows;
        shares[PN_TUNED_WAIT] += weight * part->wait;
    }
}

static void take(pn_tuned *tuned, const pn_prediction *prediction)
{
    const pn_system_forecast *forecast = &prediction->forecast;
    tuned->n = forecast->n;
    tuned->nb = forecast->nb;
    tuned->p = forecast->p;
    tuned->q = forecast->q;
    tuned->rate = forecast->rate;
    tuned->seconds = forecast->seconds;
    memset(tuned->shares, 0, sizeof tuned->shares);
    set_shares(tuned, forecast, prediction->parts);
}

static pn_prediction_request request_of(const machine_search *search, const pn_tuned *tuned)
{
    const pn_tune_request *asked = search->request;
    pn_prediction_request request = {.machine = asked->machine,
                                     .n = search->n,
                                     .nb = tuned->nb,
                                     .in_turn = tuned->in_turn,
                                     .steps = search->steps,
                                     .no_interval = true};
    if (search->several)
        request.height = tuned->p;
    else
        request.p = tuned->p;
    request.q = search->several ? 0 : asked->q;
    return request;
}

// What does not fit is no failure here: it is only not taken.
static pn_status price(void *context, pn_tuned *tuned)
{
    machine_search *search = context;
    pn_prediction prediction;
    pn_prediction_request request = request_of(search, tuned);
    pn_status status = pn_predict_machine(&prediction, &request);
    search->tried++;
    if (status == PN_OK)
        take(tuned, &prediction);
    pn_prediction_release(&prediction);
    return status == PN_ERROR_USAGE ? PN_OK : status;
}

// In each band of heights the one that leaves the fewest processes out.
static int list_heights(double processes, int *heights)
{
    int count = 0;
    double root = sqrt(processes);
    for (double low = fmax(1, root / 4); low <= 1.5 * root && count < HEIGHTS_MOST; low *= 1.2) {
        int fullest = (int)low;
        for (int p = fullest; p < fmax(1.2 * low, fullest + 1) && p <= processes; p++)
            if (p * floor(processes / p) > fullest * floor(processes / fullest))
                fullest = p;
        if (count == 0 || heights[count - 1] < fullest)
            heights[count++] = fullest;
    }
    return count;
}

static double count_processes(const pn_prediction *prediction)
{
    double processes = 0;
    for (int i = 0; i < prediction->parts; i++)
        processes += prediction->part[i].processes;
    return processes;
}

// The best few once more, by all steps, and the best of them without look-ahead.
static pn_status settle(pn_tuning *tuning, machine_search *search)
{
    pn_tuned found[BEST];
    int count = tuning->count;
    pn_status status = PN_OK;
    memcpy(found, tuning->best, (size_t)count * sizeof *found);
    search->n = search->request->n;
    search->steps = 0;
    tuning->count = 0;
    for (int i = 0; i < count; i++) {
        PN_TRY(price(search, &found[i]));
        if (found[i].rate > 0)
            pn_tuned_insert(tuning->best, BEST, &tuning->count, &found[i]);
    }
    if (tuning->count > 0) {
        pn_tuned waiting = {.nb = tuning->best[0].nb, .p = tuning->best[0].p, .in_turn = true};
        PN_TRY(price(search, &waiting));
        if (waiting.rate > 0)
            tuning->best[tuning->count++] = waiting;
    }
fail:
    return status;
}

pn_status pn_tune_machine(pn_tuning *tuning, const pn_tune_request *request)
{
    machine_search search = {.request = request,
                             .several = request->machine->partitions_count > 1,
                             .steps = SEARCH_STEPS};
    int heights[HEIGHTS_MOST] = {request->p};
    pn_prediction usual;
    pn_prediction_request as_usual = {.machine = request->machine,
                                      .n = request->n,
                                      .nb = request->nb,
                                      .p = request->p,
                                      .q = request->q,
                                      .no_interval = true};
    pn_tune_space space = {.nb = request->nb ? &request->nb : block_sizes,
                           .nbs = request->nb ? 1 : SIZES,
                           .heights = heights,
                           .height_count = 1,
                           .price = price,
                           .context = &search};
    *tuning = (pn_tuning){.count = 0};
    pn_status status = pn_predict_machine(&usual, &as_usual);
    if (status != PN_OK)
        return status;
    take(&tuning->usual, &usual);
    search.n = tuning->usual.n;
    if (request->p == 0)
        space.height_count = list_heights(count_processes(&usual), heights);
    PN_TRY(pn_tune_search(&space, tuning->best, BEST, &tuning->count));
    PN_TRY(settle(tuning, &search));
    tuning->tried = search.tried;
fail:
    pn_prediction_release(&usual);
    return status;
}
