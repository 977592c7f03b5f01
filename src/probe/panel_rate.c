// SPDX-License-Identifier: BSD-3-Clause
// The run's own factorisation, on a layout of one process.
#include "probe/panel_rate.h"

#include "base/clock.h"
#include "base/lcg.h"
#include "lu/panel.h"
#include "lu/panel_plain.h"
#include "probe/repeat.h"

#include <stdlib.h>

enum { REPEATS_LEAST = 3, LINE_BYTES = 64, SEED = 1 };

// A panel in memory and what factors it.
typedef struct bench {
    pn_layout *layout;
    pn_place place;
    void *memory, *record;
    pn_panel panel;
    pn_panel_engine engine;
    pn_rate_load *beside;
    double (*seconds)(void);
    double took; // the last time
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
    size_t bytes = pn_panel_memory(rate->element, rate->nb, rate->rows);
    size_t record_bytes = pn_panel_record_bytes(rate->nb, pn_team_size(team));
    pn_status status = PN_OK;
    PN_TRY(pn_layout_create(&b->layout, &request));
    PN_TRY(pn_place_create(&b->place, b->layout, 0));
    b->memory = aligned_alloc(LINE_BYTES, (size_t)pn_round_up((int64_t)bytes, LINE_BYTES));
    b->record = aligned_alloc(LINE_BYTES, (size_t)pn_round_up((int64_t)record_bytes, LINE_BYTES));
    if (!b->memory || !b->record)
        return pn_fail_memory("to measure a panel of %lld x %d", (long long)rate->rows, rate->nb);
    b->panel = pn_panel_at(b->memory, rate->element, &b->place, 0);
    b->engine = (pn_panel_engine){
        .column = {.size = 1}, .team = team, .blas = blas, .place = &b->place, .record = b->record};
fail:
    return status;
}

// A diagonal that makes pivoting superfluous.
static void fill_single(const pn_panel *panel)
{
    float *a = panel->a;
    for (pn_lidx i = 0; i < panel->width * panel->ld; i++)
        a[i] = (float)(i % 31) * 0x1p-6F - 0.25F;
    for (pn_lidx j = 0; j < panel->width; j++)
        a[j * panel->ld + j] += (float)panel->width;
}

static double factor_once(void *context, int go)
{
    bench *b = context;
    (void)go;
    bool single = b->panel.element == PN_FLOAT32;
    if (single)
        fill_single(&b->panel);
    else
        pn_lcg_series(b->panel.a, b->panel.width * b->panel.ld, SEED, pn_lcg_jump_by(1));
    pn_rate_load_begin(b->beside, b->panel.nb, b->took);
    double begin = b->seconds();
    if (single)
        pn_panel_factor_plain(&b->engine, &b->panel);
    else
        pn_panel_factor(&b->engine, &b->panel);
    b->took = b->seconds() - begin;
    pn_rate_load_end(b->beside);
    return b->took;
}

static void measure(pn_panel_rate *rate, pn_repeat_go *factor, void *context, double seconds)
{
    double nb = rate->nb;
    pn_repeat_plan plan = {.warm_ups =
                               rate->beside ? 2 : 1, // the first says how long others are busy
                           .least = REPEATS_LEAST,
                           .most = PN_REPEATS_MOST,
                           .seconds = seconds,
                           .amount = nb * nb * ((double)rate->rows - nb / 3.0)};
    pn_repeated found = pn_repeat(&plan, factor, context);
    rate->repeats = found.count;
    rate->rate = found.rate;
    rate->spread = found.spread;
}

pn_status pn_panel_rate_measure(pn_panel_rate *rate, pn_team *team, const pn_blas *blas,
                                double seconds)
{
    bench b = {.beside = rate->beside, .seconds = rate->seconds ? rate->seconds : pn_clock};
    pn_status status = open_bench(&b, rate, team, blas);
    if (status == PN_OK)
        measure(rate, factor_once, &b, seconds);
    close_bench(&b);
    return status;
}

// A panel in a part's memory: L11 as a place for the result, then the panel itself.
typedef struct part_bench {
    pn_compute *compute;
    pn_panel_task task;
    void *host, *part;
    size_t bytes, host_bytes; // host: after the same, pivots and what is bad
} part_bench;

static double factor_on_part(void *context, int go)
{
    part_bench *b = context;
    (void)go;
    const pn_compute_ops *ops = b->compute->ops;
    pn_lcg_series(b->host, (pn_lidx)(b->bytes / sizeof(double)), SEED, pn_lcg_jump_by(1));
    ops->panel(b->compute, b->host, b->bytes, b->part);
    ops->wait(b->compute, PN_TICKET_ALL);
    double begin = pn_clock();
    ops->wait(b->compute, ops->factor_panel(b->compute, &b->task));
    return pn_clock() - begin;
}

pn_status pn_panel_rate_on_part(pn_panel_rate *rate, pn_compute *compute, double seconds)
{
    const pn_compute_ops *ops = compute->ops;
    size_t nb = (size_t)rate->nb, rows = (size_t)rate->rows;
    part_bench b = {.compute = compute, .bytes = nb * (nb + rows) * sizeof(double)};
    b.host_bytes = b.bytes + (nb + 2) * sizeof(int64_t);
    pn_status status = PN_OK;
    PN_TRY(ops->allocate(compute, b.bytes, &b.part));
    PN_TRY(ops->allocate_host(compute, b.host_bytes, &b.host));
    double *part = b.part, *host = b.host;
    int64_t *pivots = (int64_t *)(host + nb * (nb + rows));
    b.task = (pn_panel_task){.a = part + nb * nb,
                             .ld = rate->rows,
                             .rows = rate->rows,
                             .width = rate->nb,
                             .l11 = part,
                             .ld_l11 = rate->nb,
                             .pivots = pivots,
                             .bad = pivots + nb,
                             .host_l11 = host};
    measure(rate, factor_on_part, &b, seconds);
fail:
    if (b.host)
        ops->release_host(compute, b.host, b.host_bytes);
    ops->release(compute, b.part, b.bytes);
    return status;
}
