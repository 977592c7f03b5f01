// SPDX-License-Identifier: BSD-3-Clause
// The run's own factorisation, on a layout of one process.
#include "lu/panel_rate.h"

#include "base/clock.h"
#include "compute/rates.h"
#include "lu/panel.h"

#include <stdlib.h>

enum { REPEATS_LEAST = 3, REPEATS_MOST = 99, LINE_BYTES = 64 };

// A panel in memory and what factors it.
typedef struct bench {
    pn_layout *layout;
    pn_place place;
    void *memory, *record;
    pn_panel panel;
    pn_panel_engine engine;
} bench;

static void close_bench(bench *b)
{
    free(b->memory);
    free(b->record);
    pn_place_release(&b->place);
    pn_layout_destroy(b->layout);
}

static pn_status open_bench(bench *b, const pn_panel_rate *rate, pn_team *team, const pn_blas *blas)
{
    pn_layout_request request = {.n = rate->rows, .nb = rate->nb, .columns = 1, .virtual_rows = 1};
    size_t bytes = pn_panel_memory(rate->nb, rate->rows);
    size_t record_bytes = pn_panel_record_bytes(rate->nb);
    pn_status status = PN_OK;
    PN_TRY(pn_layout_create(&b->layout, &request));
    PN_TRY(pn_place_create(&b->place, b->layout, 0));
    b->memory = aligned_alloc(LINE_BYTES, (size_t)pn_round_up((int64_t)bytes, LINE_BYTES));
    b->record = aligned_alloc(LINE_BYTES, (size_t)pn_round_up((int64_t)record_bytes, LINE_BYTES));
    if (!b->memory || !b->record)
        return pn_fail(PN_ERROR_MEMORY, "no memory to measure a panel of %lld x %d",
                       (long long)rate->rows, rate->nb);
    b->panel = pn_panel_at(b->memory, &b->place, 0);
    b->engine = (pn_panel_engine){
        .column = {.size = 1}, .team = team, .blas = blas, .place = &b->place, .record = b->record};
fail:
    return status;
}

static void fill(const pn_panel *panel)
{
    uint32_t seed = 1;
    for (pn_lidx i = 0; i < panel->width * panel->ld; i++) {
        seed = seed * 1664525u + 1013904223u;
        panel->a[i] = (double)seed * 0x1p-32 - 0.5;
    }
}

static double factor_once(bench *b)
{
    fill(&b->panel);
    double begin = pn_clock();
    pn_panel_factor(&b->engine, &b->panel);
    return pn_clock() - begin;
}

static void measure(bench *b, pn_panel_rate *rate, double seconds)
{
    double nb = rate->nb, operations = nb * nb * ((double)rate->rows - nb / 3.0);
    double values[REPEATS_MOST], begin = pn_clock();
    factor_once(b);
    rate->repeats = 0;
    do {
        double took = factor_once(b);
        if (took > 0.0)
            values[rate->repeats++] = operations / took;
    } while (rate->repeats < REPEATS_LEAST ||
             (rate->repeats < REPEATS_MOST && pn_clock() - begin < seconds));
    rate->rate = pn_rate_median(values, rate->repeats, &rate->spread);
}

pn_status pn_panel_rate_measure(pn_panel_rate *rate, pn_team *team, const pn_blas *blas,
                                double seconds)
{
    bench b = {.layout = NULL};
    pn_status status = open_bench(&b, rate, team, blas);
    if (status == PN_OK)
        measure(&b, rate, seconds);
    close_bench(&b);
    return status;
}
