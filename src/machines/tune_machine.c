// SPDX-License-Identifier: BSD-3-Clause
// Every block size with every height on some of the steps, the best few of them also with equal
// shares and without look-ahead; the best few of all again on all steps, with the order of the
// matrix that suits each, beside what is taken without a search.
#include "machines/tune_machine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SEARCH_STEPS = 150, HEIGHTS_MOST = 48, BEST = 5 };
_Static_assert((int)PN_SYSTEM_PARTS <= (int)PN_TUNED_PARTS,
               "a candidate tells all parts of a system");

// Of the memory, beside panels and whole blocks.
static const double fill = 0.955;

static const int block_sizes[] = {64, 96, 128, 160, 192, 224, 256, 320, 384, 512, 768, 1024, 1536};
enum { SIZES = sizeof block_sizes / sizeof *block_sizes };

typedef struct machine_search {
    const pn_tune_request *request;
    bool several; // partitions
    pn_gidx n;    // 0: chosen for each candidate
    int steps;
    int tried;
} machine_search;

static void set_time(pn_tuned *tuned, const pn_system_forecast *forecast)
{
    double *time = tuned->time;
    memset(time, 0, sizeof tuned->time);
    for (int i = 0; i < tuned->parts; i++) {
        const pn_part_forecast *part = &forecast->part[i];
        double weight = (double)forecast->columns[i] / forecast->q / forecast->seconds;
        time[PN_TUNED_MULTIPLY] += weight * part->multiply;
        time[PN_TUNED_PANEL] += weight * part->panel;
        time[PN_TUNED_ROWS] += weight * part->rows;
        time[PN_TUNED_WAIT] += weight * part->wait;
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
    tuned->parts = prediction->parts;
    for (int i = 0; i < tuned->parts; i++)
        tuned->part[i] = (pn_tuned_part){.height = forecast->heights[i],
                                         .columns = forecast->columns[i],
                                         .share = forecast->shares[i]};
    set_time(tuned, forecast);
}

static pn_prediction_request request_of(const machine_search *search, const pn_tuned *tuned)
{
    const pn_tune_request *asked = search->request;
    pn_prediction_request request = {.machine = asked->machine,
                                     .n = search->n,
                                     .nb = tuned->nb,
                                     .differ = tuned->differs,
                                     .equal_shares = tuned->equal,
                                     .in_turn = tuned->in_turn,
                                     .steps = search->steps,
                                     .no_interval = true};
    if (search->several)
        request.height = tuned->height;
    else
        request.p = tuned->height;
    request.q = search->several ? 0 : asked->q;
    return request;
}

// The order of the matrix of which equal shares fill the first process.
static double largest_of_equals(const pn_prediction *prediction)
{
    const pn_system_forecast *forecast = &prediction->forecast;
    double least = INFINITY;
    for (int i = 0; i < prediction->parts; i++)
        if (prediction->part[i].memory > 0)
            least = fmin(least, prediction->part[i].memory * forecast->heights[i]);
    return sqrt(least * forecast->q / 8.0);
}

// Equal shares know no full process: where there is one, a smaller matrix is predicted in place.
static pn_status make_room(const machine_search *search, pn_prediction_request *request,
                           pn_prediction *prediction)
{
    double most = fill * largest_of_equals(prediction);
    if ((double)prediction->forecast.n <= most)
        return PN_OK;
    pn_prediction_release(prediction);
    if (search->request->n > 0)
        return pn_fail(PN_ERROR_USAGE, "N = %lld does not fit with equal shares; %.0f is the most.",
                       (long long)search->request->n, most);
    request->n = (pn_gidx)most;
    return pn_predict_machine(prediction, request);
}

// What does not fit is no failure here: it is only not taken.
static pn_status price(void *context, pn_tuned *tuned)
{
    machine_search *search = context;
    pn_prediction prediction;
    pn_prediction_request request = request_of(search, tuned);
    pn_status status = pn_predict_machine(&prediction, &request);
    search->tried++;
    tuned->rate = 0;
    if (status == PN_OK && tuned->equal)
        status = make_room(search, &request, &prediction);
    if (status == PN_OK)
        take(tuned, &prediction);
    pn_prediction_release(&prediction);
    return status == PN_ERROR_USAGE ? PN_OK : status;
}

// Speed left in use if all columns are p high.
static double rate_in_use(const pn_prediction *prediction, int p)
{
    double rate = 0;
    for (int i = 0; i < prediction->parts; i++) {
        const pn_predicted_part *part = &prediction->part[i];
        double height = fmin(p, part->processes);
        rate += part->rate * height * floor(part->processes / height);
    }
    return rate;
}

static double count_processes(const pn_prediction *prediction)
{
    double processes = 0;
    for (int i = 0; i < prediction->parts; i++)
        processes += prediction->part[i].processes;
    return processes;
}

// In each band of heights the one that leaves the least speed out.
static int list_heights(const pn_prediction *prediction, int *heights)
{
    int count = 0;
    double processes = count_processes(prediction), root = sqrt(processes);
    for (double low = fmax(1, root / 4); low <= 1.5 * root && count < HEIGHTS_MOST; low *= 1.2) {
        int fullest = (int)low;
        for (int p = fullest; p < fmax(1.2 * low, fullest + 1) && p <= processes; p++)
            if (rate_in_use(prediction, p) > rate_in_use(prediction, fullest))
                fullest = p;
        if (count == 0 || heights[count - 1] < fullest)
            heights[count++] = fullest;
    }
    return count;
}

// What is taken without a search is a candidate like the others.
static void insert_usual(pn_tuning *tuning)
{
    int same = 0;
    while (same < tuning->count && !pn_tuned_is_same(&tuning->best[same], &tuning->usual))
        same++;
    if (same < tuning->count) { // of two orders of the matrix the better one stays
        if (tuning->best[same].rate >= tuning->usual.rate)
            return;
        tuning->count--;
        memmove(&tuning->best[same], &tuning->best[same + 1],
                (size_t)(tuning->count - same) * sizeof *tuning->best);
    }
    pn_tuned_insert(tuning->best, BEST, &tuning->count, &tuning->usual);
}

// Adds what a choice is worth that none of the best makes.
static pn_status add_other(pn_tuning *tuning, machine_search *search, const pn_tuned *choice)
{
    pn_tuned other = *choice;
    for (int i = 0; i < tuning->count; i++)
        if (tuning->best[i].equal >= other.equal && tuning->best[i].in_turn >= other.in_turn)
            return PN_OK;
    pn_status status = price(search, &other);
    if (status == PN_OK && other.rate > 0)
        pn_tuned_insert(tuning->best, PN_TUNED_MOST, &tuning->count, &other);
    return status;
}

// The best few once more, by all steps.
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
    insert_usual(tuning);
    pn_tuned equal = pn_tuned_again(&tuning->best[0]), waiting = equal;
    equal.equal = waiting.in_turn = true;
    if (search->several)
        PN_TRY(add_other(tuning, search, &equal));
    PN_TRY(add_other(tuning, search, &waiting));
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
                           .may_differ = search.several,
                           .may_be_equal = search.several,
                           .may_wait = true,
                           .price = price,
                           .context = &search};
    *tuning = (pn_tuning){.count = 0};
    pn_status status = pn_predict_machine(&usual, &as_usual);
    if (status != PN_OK)
        return status;
    take(&tuning->usual, &usual);
    tuning->usual.height = request->p;
    search.n = tuning->usual.n;
    if (request->p == 0)
        space.height_count = list_heights(&usual, heights);
    PN_TRY(pn_tune_search(&space, tuning->best, BEST, &tuning->count));
    PN_TRY(settle(tuning, &search));
    tuning->tried = search.tried;
fail:
    pn_prediction_release(&usual);
    return status;
}
