// SPDX-License-Identifier: BSD-3-Clause
// Rates by the medians of repeats, and the load of a team beside which some are measured.
#include "probe/rates.h"

#include "base/clock.h"
#include "probe/repeat.h"

#include <stdlib.h>

enum { REPEATS_LEAST = 3 };
static const double long_go = 0.25; // seconds: an average by itself, which needs no repeats

struct pn_rate_load {
    pn_rate_bench b;
    double row_seconds; // of the threads beside the caller
    pn_lidx row;        // from which it goes on
    bool is_on;
};

typedef struct measuring { // of one rate
    const pn_rate_bench *b;
    const pn_rate *rate;
    pn_rate_load *load; // beside strips; NULL: nothing is
    double took;        // the go before
} measuring;

static double perform(void *context, int go)
{
    measuring *m = context;
    if (m->load)
        pn_rate_load_begin(m->load, m->rate->nb, m->took);
    double start = pn_clock();
    pn_rate_perform(m->b, m->rate, go);
    m->took = pn_clock() - start;
    if (m->load)
        pn_rate_load_end(m->load);
    return m->took;
}

static void measure(const pn_rate_bench *b, pn_rate *rate, pn_rate_load *load, double seconds)
{
    pn_rate_complete(b, rate);
    measuring m = {.b = b, .rate = rate, .load = rate->kind == PN_RATE_STRIP ? load : NULL};
    pn_repeat_plan plan = {.warm_ups = m.load ? 2 : 1, // the first says how long the load has to be
                           .least = REPEATS_LEAST,
                           .most = PN_REPEATS_MOST,
                           .seconds = seconds,
                           .long_go = long_go,
                           .amount = pn_rate_amount(rate)};
    pn_repeated found = pn_repeat(&plan, perform, &m);
    rate->repeats = found.count;
    rate->rate = found.rate;
    rate->spread = found.spread;
}

static void meet(const pn_rate_meeting *meeting, int times)
{
    for (int i = 0; meeting && i < times; i++)
        meeting->meet(meeting->context);
}

pn_status pn_rates_measure_together(pn_rate *rates, int count, pn_compute *compute, double seconds,
                                    const pn_rate_meeting *meeting)
{
    pn_rate_bench b;
    pn_rate_load *load = NULL;
    pn_rate_shape asked = {.nb = 1};
    bool has_strips = false, is_bounded = count > 0;
    for (int i = 0; i < count; i++) {
        is_bounded &= rates[i].kind == PN_RATE_MULTIPLY && rates[i].rows && rates[i].columns;
        has_strips = has_strips || rates[i].kind == PN_RATE_STRIP;
        asked.nb = (int)pn_max(asked.nb, rates[i].nb);
        asked.rows = pn_max(asked.rows, rates[i].rows);
        asked.columns = pn_max(asked.columns, rates[i].columns);
    }
    double begin = pn_clock();
    pn_rate_shape most = is_bounded ? asked : (pn_rate_shape){.nb = asked.nb};
    pn_status status = pn_rate_bench_open(&b, compute, &most, &asked);
    if (status != PN_OK) {
        meet(meeting, count); // the others would wait
        return status;
    }
    compute->ops->warm(compute, asked.nb);
    if (has_strips)
        status = pn_rate_load_create(&load, compute, asked.nb);
    for (int i = 0; i < count; i++) {
        meet(meeting, 1);
        double left = seconds - (pn_clock() - begin);
        if (status == PN_OK)
            measure(&b, &rates[i], load, left / (count - i));
    }
    pn_rate_load_destroy(load);
    pn_rate_bench_close(&b);
    return status;
}

pn_status pn_rates_measure(pn_rate *rates, int count, pn_compute *compute, double seconds)
{
    return pn_rates_measure_together(rates, count, compute, seconds, NULL);
}

pn_status pn_rate_load_create(pn_rate_load **result, pn_compute *compute, int nb)
{
    *result = NULL;
    if (!pn_rate_has_others(compute))
        return PN_OK;
    pn_rate_load *load = calloc(1, sizeof *load);
    if (!load)
        return pn_fail_memory("to keep a team busy");
    pn_rate_shape shape_of = {.nb = nb};
    pn_status status = pn_rate_bench_open(&load->b, compute, &shape_of, &(pn_rate_shape){.nb = 0});
    if (status != PN_OK) {
        free(load);
        return status;
    }
    pn_rate rate = {.kind = PN_RATE_MULTIPLY, .nb = nb};
    pn_rate_complete(&load->b, &rate);
    pn_rate_perform(&load->b, &rate, 0);
    double begin = pn_clock();
    pn_rate_perform(&load->b, &rate, 1);
    load->row_seconds = (pn_clock() - begin) / (double)rate.rows * compute->threads /
                        (double)(compute->threads - 1);
    *result = load;
    return PN_OK;
}

void pn_rate_load_destroy(pn_rate_load *load)
{
    if (!load)
        return;
    pn_rate_bench_close(&load->b);
    free(load);
}

void pn_rate_load_begin(pn_rate_load *load, int nb, double seconds)
{
    if (!load || seconds <= 0 || load->row_seconds <= 0)
        return;
    const pn_block *matrix = &load->b.matrix;
    pn_lidx rows = (pn_lidx)(seconds / load->row_seconds * load->b.nb / nb) + 1;
    pn_rate rate = {.nb = nb, .rows = pn_min(rows, matrix->rows), .columns = matrix->columns};
    load->row = load->row + rate.rows > matrix->rows ? 0 : load->row;
    pn_update update = pn_rate_update_of(&load->b, &rate);
    update.c.data = pn_block_at(update.c, load->row, 0);
    load->row += rate.rows;
    load->b.compute->ops->multiply_start(load->b.compute, &update, 1);
    load->is_on = true;
}

void pn_rate_load_end(pn_rate_load *load)
{
    if (load && load->is_on) {
        load->b.compute->ops->multiply_finish(load->b.compute);
        load->is_on = false;
    }
}

pn_status pn_rate_quick(double *flops, pn_compute *compute, int nb, double seconds)
{
    pn_rate rate = {.kind = PN_RATE_MULTIPLY, .nb = nb};
    pn_status status = pn_rates_measure(&rate, 1, compute, seconds);
    *flops = status == PN_OK ? rate.rate : 0.0;
    return status;
}
