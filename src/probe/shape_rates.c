// SPDX-License-Identifier: BSD-3-Clause
#include "probe/shape_rates.h"

#include "base/assertion.h"
#include "probe/panel_rate.h"
#include "probe/repeat.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const int block_sizes[] = {128, 192, 256, 384};
static const pn_lidx panel_rows[] = {8192, 2048};
static const struct {
    pn_lidx rows, columns;
} products[] = {{6144, 4608}, {3072, 768}, {768, 4608}, {768, 768}};
enum {
    SIZES = sizeof block_sizes / sizeof *block_sizes,
    PRODUCTS = sizeof products / sizeof *products,
    PANELS = sizeof panel_rows / sizeof *panel_rows
};
static const double seconds_a_round = 1.5, seconds_a_panel = 0.02;

struct pn_shape_rates {
    pn_shape_request request;
    pn_rate_load *load; // beside the panels of one thread; NULL: there are no others
    pn_shape_rate rates[PN_SHAPE_RATES];
    double values[PN_SHAPE_RATES][PN_SHAPE_ROUNDS_MOST];
    bool is_bandwidth[PN_SHAPE_RATES];
    int count, round;
    pn_lidx tall; // rows of what a run finds in main memory
};

// Of a matrix that no cache holds, if there is room for eight such.
static pn_lidx tall_rows(int64_t bytes_allowed)
{
    const double most = 12288, least = 3072, rooms = 8;
    double row_bytes = sizeof(double) * (double)products[0].columns;
    return (pn_lidx)fmax(least, fmin(most, floor((double)bytes_allowed / rooms / row_bytes)));
}

static bool has_bandwidth(pn_rate_kind kind)
{
    return kind == PN_RATE_COPY || kind == PN_RATE_APPLY;
}

// The next measurement of the round; those of the first round say what they are of.
static void keep(pn_shape_rates *p, const pn_shape_rate *rate, double value)
{
    if (p->round == 0)
        p->rates[p->count] = *rate;
    p->values[p->count++][p->round] = value;
}

static void keep_rates(pn_shape_rates *p, const pn_rate *rates, int count)
{
    for (int i = 0; i < count; i++) {
        pn_shape_rate rate = {.threads = rates[i].threads,
                              .nb = has_bandwidth(rates[i].kind) ? 0 : rates[i].nb,
                              .m = rates[i].rows,
                              .n = rates[i].columns};
        snprintf(rate.operation, sizeof rate.operation, "%s", pn_rate_name(rates[i].kind));
        p->is_bandwidth[p->count] = has_bandwidth(rates[i].kind);
        keep(p, &rate, rates[i].rate);
    }
}

static pn_status measure_team(pn_shape_rates *p)
{
    pn_rate rates[(PRODUCTS + 3) * SIZES + 2];
    int count = 0;
    for (int i = 0; i < SIZES; i++) {
        for (int k = 0; k < PRODUCTS; k++)
            rates[count++] = (pn_rate){.kind = PN_RATE_MULTIPLY,
                                       .nb = block_sizes[i],
                                       .rows = pn_min(products[k].rows, p->tall),
                                       .columns = products[k].columns};
        rates[count++] = (pn_rate){.kind = PN_RATE_SOLVE, .nb = block_sizes[i]};
        rates[count++] = (pn_rate){.kind = PN_RATE_ROWS, .nb = block_sizes[i]};
        rates[count++] = (pn_rate){.kind = PN_RATE_STRIP, .nb = block_sizes[i], .rows = p->tall};
    }
    rates[count++] = (pn_rate){.kind = PN_RATE_COPY, .nb = block_sizes[0]};
    rates[count++] = (pn_rate){.kind = PN_RATE_APPLY, .nb = block_sizes[0], .rows = p->tall};
    pn_status status = pn_rates_measure(rates, count, p->request.compute, seconds_a_round);
    if (status == PN_OK)
        keep_rates(p, rates, count);
    return status;
}

static pn_status measure_panels(pn_shape_rates *p, pn_rate_load *beside)
{
    pn_team *team = p->request.team;
    for (int i = 0; i < SIZES * PANELS; i++) {
        pn_panel_rate panel = {
            .rows = panel_rows[i % PANELS], .nb = block_sizes[i / PANELS], .beside = beside};
        pn_status status = pn_panel_rate_measure(&panel, team, p->request.blas, seconds_a_panel);
        if (status != PN_OK)
            return status;
        keep(p,
             &(pn_shape_rate){.operation = "panel",
                              .threads = beside ? 1 : pn_team_size(team),
                              .nb = panel.nb,
                              .m = panel.rows,
                              .n = panel.nb},
             panel.rate);
    }
    return PN_OK;
}

pn_status pn_shape_rates_create(pn_shape_rates **result, const pn_shape_request *request)
{
    pn_shape_rates *p = *result = calloc(1, sizeof *p);
    if (!p)
        return pn_fail_memory("for the rates of a rank");
    p->request = *request;
    if (p->request.rounds == 0)
        p->request.rounds = PN_SHAPE_ROUNDS;
    p->tall = tall_rows(request->bytes_allowed);
    pn_status status = pn_rate_load_create(&p->load, request->compute, block_sizes[SIZES - 1]);
    if (status != PN_OK) {
        free(p);
        *result = NULL;
    }
    return status;
}

void pn_shape_rates_destroy(pn_shape_rates *p)
{
    if (p)
        pn_rate_load_destroy(p->load);
    free(p);
}

int pn_shape_rates_rounds(const pn_shape_rates *p)
{
    return p->request.rounds;
}

pn_status pn_shape_rates_round(pn_shape_rates *p, int round)
{
    pn_status status;
    pn_assert(round < p->request.rounds && p->request.rounds <= PN_SHAPE_ROUNDS_MOST,
              "there is room for the values of every round");
    p->count = 0;
    p->round = round;
    PN_TRY(measure_team(p));
    if (p->load)
        PN_TRY(measure_panels(p, p->load));
    PN_TRY(measure_panels(p, NULL));
fail:
    return status;
}

int pn_shape_rates_median(pn_shape_rates *p, pn_shape_rate *found)
{
    for (int i = 0; i < p->count; i++) {
        found[i] = p->rates[i];
        double median = pn_repeat_median(p->values[i], p->request.rounds, &found[i].spread);
        *(p->is_bandwidth[i] ? &found[i].bandwidth : &found[i].rate) = median;
    }
    return p->count;
}
