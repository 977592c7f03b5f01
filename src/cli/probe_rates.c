// SPDX-License-Identifier: BSD-3-Clause
// In rounds through all operations, so that a time in which the machine is slow weighs on all of
// them alike; the median of the rounds counts.
#include "cli/probe_rates.h"

#include "base/clock.h"
#include "compute/cpu.h"
#include "compute/rates.h"
#include "lu/panel_rate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int block_sizes[] = {128, 192, 256, 384};
static const pn_lidx panel_rows[] = {8192, 2048};
static const struct {
    pn_lidx rows, columns;
} products[] = {{3072, 4608}, {3072, 768}, {768, 4608}, {768, 768}};
enum {
    SIZES = sizeof block_sizes / sizeof *block_sizes,
    PRODUCTS = sizeof products / sizeof *products,
    PANELS = sizeof panel_rows / sizeof *panel_rows,
    ROUNDS = 5, // if nothing is said
    MOST_ROUNDS = 99,
    TAG = 0
};
static const double seconds_a_round = 1.0, seconds_a_panel = 0.02;

typedef struct probing {
    pn_session *session;
    pn_team *alone; // one thread; NULL: the session's team has only one
    pn_compute *compute_alone;
    pn_probe_rate *rates;
    double (*values)[MOST_ROUNDS]; // [PN_PROBE_RATES]
    int count, round, rounds;
} probing;

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
                              .nb = rates[i].kind == PN_RATE_COPY ? 0 : rates[i].nb,
                              .m = rates[i].rows,
                              .n = rates[i].columns};
        snprintf(rate.operation, sizeof rate.operation, "%s", pn_rate_name(rates[i].kind));
        keep(p, &rate, rates[i].rate);
    }
}

static pn_status measure_team(probing *p)
{
    pn_rate rates[(PRODUCTS + 1) * SIZES + 1];
    int count = 0;
    for (int i = 0; i < SIZES; i++) {
        for (int k = 0; k < PRODUCTS; k++)
            rates[count++] = (pn_rate){.kind = PN_RATE_MULTIPLY,
                                       .nb = block_sizes[i],
                                       .rows = products[k].rows,
                                       .columns = products[k].columns};
        rates[count++] = (pn_rate){.kind = PN_RATE_SOLVE, .nb = block_sizes[i]};
    }
    rates[count++] = (pn_rate){.kind = PN_RATE_COPY, .nb = block_sizes[0]};
    pn_status status = pn_rates_measure(rates, count, p->session->compute, seconds_a_round);
    if (status == PN_OK)
        keep_rates(p, rates, count);
    return status;
}

static pn_status measure_strips(probing *p)
{
    pn_rate rates[SIZES];
    for (int i = 0; i < SIZES; i++)
        rates[i] = (pn_rate){.kind = PN_RATE_STRIP, .nb = block_sizes[i]};
    pn_compute *compute = p->alone ? p->compute_alone : p->session->compute;
    pn_status status = pn_rates_measure(rates, SIZES, compute, 0.3 * seconds_a_round);
    if (status == PN_OK)
        keep_rates(p, rates, SIZES);
    return status;
}

static pn_status measure_panels(probing *p, pn_team *team)
{
    for (int i = 0; i < SIZES * PANELS; i++) {
        pn_panel_rate panel = {.rows = panel_rows[i % PANELS], .nb = block_sizes[i / PANELS]};
        pn_status status = pn_panel_rate_measure(&panel, team, p->session->blas, seconds_a_panel);
        if (status != PN_OK)
            return status;
        keep(p,
             &(pn_probe_rate){.operation = "panel",
                              .threads = pn_team_size(team),
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
    PN_TRY(measure_strips(p));
    if (p->alone)
        PN_TRY(measure_panels(p, p->alone));
    PN_TRY(measure_panels(p, p->session->team));
fail:
    return status;
}

static void sum_up(const probing *p)
{
    for (int i = 0; i < p->count; i++) {
        pn_probe_rate *rate = &p->rates[i];
        double median = pn_rate_median(p->values[i], p->rounds, &rate->spread);
        *(strcmp(rate->operation, "copy") == 0 ? &rate->bandwidth : &rate->rate) = median;
    }
}

static pn_status open_alone(probing *p)
{
    pn_session *session = p->session;
    const pn_rank_choice *mine = &session->ranks[session->comm->rank];
    bool is_bound = !session->options.no_bind && !mine->oversubscribed;
    int cpu;
    if (pn_team_size(session->team) == 1)
        return PN_OK;
    if (is_bound)
        pn_host_cpus(&session->host, mine->slot, mine->slots, 1, &cpu);
    pn_status status = pn_team_create(&p->alone, 1, is_bound ? &cpu : NULL);
    return status == PN_OK ? pn_compute_cpu_open(&p->compute_alone, p->alone, session->blas)
                           : status;
}

pn_status pn_probe_measure(pn_session *session, pn_probe_rate rates[PN_PROBE_RATES], int *count)
{
    probing p = {.session = session, .rates = rates, .rounds = ROUNDS};
    pn_group world = pn_group_world(session->comm, TAG);
    pn_status status = PN_OK;
    if (session->options.rounds > 0)
        p.rounds = (int)session->options.rounds;
    p.values = calloc(PN_PROBE_RATES, sizeof *p.values);
    if (!p.values)
        status = pn_fail(PN_ERROR_MEMORY, "no memory for the rates of a rank");
    if (status == PN_OK)
        status = open_alone(&p);
    for (p.round = 0; p.round < p.rounds; p.round++) {
        PN_TRY(pn_session_agree(session, status));
        pn_log_progress(&session->log, "measuring all ranks at once: %d of %d", p.round + 1,
                        p.rounds);
        pn_group_barrier(&world);
        status = measure_round(&p);
    }
    PN_TRY(pn_session_agree(session, status));
    sum_up(&p);
    *count = p.count;
fail:
    if (p.compute_alone)
        p.compute_alone->ops->close(p.compute_alone);
    pn_team_destroy(p.alone);
    free(p.values);
    return status;
}
