// SPDX-License-Identifier: BSD-3-Clause
// In rounds through all operations, so that a time in which the machine is slow weighs on all of
// them alike; the median of the rounds counts.
#include "cli/probe_rates.h"

#include "base/clock.h"
#include "probe/panel_rate.h"
#include "probe/rates.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int block_sizes[] = {128, 192, 256, 384};
static const pn_lidx panel_rows[] = {8192, 2048};
static const struct {
    pn_lidx rows, columns;
} products[] = {{6144, 4608}, {3072, 768}, {768, 4608}, {768, 768}};
enum {
    SIZES = sizeof block_sizes / sizeof *block_sizes,
    PRODUCTS = sizeof products / sizeof *products,
    PANELS = sizeof panel_rows / sizeof *panel_rows,
    ROUNDS = 5, // if nothing is said
    MOST_ROUNDS = 99,
    TAG = 0
};
static const double seconds_a_round = 1.5, seconds_a_panel = 0.02;

typedef struct probing {
    pn_job *job;
    pn_rate_load *load; // beside the panels of one thread; NULL: there are no others
    pn_probe_rate *rates;
    double (*values)[MOST_ROUNDS]; // [PN_PROBE_RATES]
    bool is_bandwidth[PN_PROBE_RATES];
    int count, round, rounds;
    pn_lidx tall; // rows of what a run finds in main memory
} probing;

// Of a matrix that no cache holds, if there is room for eight such.
static pn_lidx tall_rows(const pn_job *job)
{
    const double most = 12288, least = 3072, rooms = 8;
    double row_bytes = sizeof(double) * (double)products[0].columns;
    double allowed = (double)job->ranks[job->comm->rank].bytes_allowed;
    return (pn_lidx)fmax(least, fmin(most, floor(allowed / rooms / row_bytes)));
}

static bool has_bandwidth(pn_rate_kind kind)
{
    return kind == PN_RATE_COPY || kind == PN_RATE_APPLY;
}

// The next measurement of the round; those of the first round say what they are of.
static void keep(probing *p, const pn_probe_rate *rate, double value)
{
    if (p->round == 0)
        p->rates[p->count] = *rate;
    p->values[p->count++][p->round] = value;
}

static void keep_rates(probing *p, const pn_rate *rates, int count)
{
    for (int i = 0; i < count; i++) {
        pn_probe_rate rate = {.threads = rates[i].threads,
                              .nb = has_bandwidth(rates[i].kind) ? 0 : rates[i].nb,
                              .m = rates[i].rows,
                              .n = rates[i].columns};
        snprintf(rate.operation, sizeof rate.operation, "%s", pn_rate_name(rates[i].kind));
        p->is_bandwidth[p->count] = has_bandwidth(rates[i].kind);
        keep(p, &rate, rates[i].rate);
    }
}

static pn_status measure_team(probing *p)
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
    pn_status status = pn_rates_measure(rates, count, p->job->compute, seconds_a_round);
    if (status == PN_OK)
        keep_rates(p, rates, count);
    return status;
}

static pn_status measure_panels(probing *p, pn_rate_load *beside)
{
    pn_team *team = p->job->team;
    for (int i = 0; i < SIZES * PANELS; i++) {
        pn_panel_rate panel = {
            .rows = panel_rows[i % PANELS], .nb = block_sizes[i / PANELS], .beside = beside};
        pn_status status = pn_panel_rate_measure(&panel, team, p->job->blas, seconds_a_panel);
        if (status != PN_OK)
            return status;
        keep(p,
             &(pn_probe_rate){.operation = "panel",
                              .threads = beside ? 1 : pn_team_size(team),
                              .nb = panel.nb,
                              .m = panel.rows,
                              .n = panel.nb},
             panel.rate);
    }
    return PN_OK;
}

static pn_status measure_round(probing *p)
{
    pn_status status;
    p->count = 0;
    PN_TRY(measure_team(p));
    if (p->load)
        PN_TRY(measure_panels(p, p->load));
    PN_TRY(measure_panels(p, NULL));
fail:
    return status;
}

static void sum_up(const probing *p)
{
    for (int i = 0; i < p->count; i++) {
        pn_probe_rate *rate = &p->rates[i];
        double median = pn_rate_median(p->values[i], p->rounds, &rate->spread);
        *(p->is_bandwidth[i] ? &rate->bandwidth : &rate->rate) = median;
    }
}

pn_status pn_probe_measure(pn_job *job, pn_probe_rate rates[PN_PROBE_RATES], int *count)
{
    probing p = {.job = job, .rates = rates, .rounds = ROUNDS, .tall = tall_rows(job)};
    pn_group world = pn_group_world(job->comm, TAG);
    pn_status status = PN_OK;
    if (job->options.rounds > 0)
        p.rounds = (int)job->options.rounds;
    p.values = calloc(PN_PROBE_RATES, sizeof *p.values);
    if (!p.values)
        status = pn_fail(PN_ERROR_MEMORY, "no memory for the rates of a rank");
    if (status == PN_OK)
        status = pn_rate_load_create(&p.load, job->compute, block_sizes[SIZES - 1]);
    for (p.round = 0; p.round < p.rounds; p.round++) {
        PN_TRY(pn_job_agree(job, status));
        pn_log_progress(&job->log, "measuring all ranks at once: %d of %d", p.round + 1, p.rounds);
        pn_group_barrier(&world);
        status = measure_round(&p);
    }
    PN_TRY(pn_job_agree(job, status));
    sum_up(&p);
    *count = p.count;
fail:
    pn_rate_load_destroy(p.load);
    free(p.values);
    return status;
}
