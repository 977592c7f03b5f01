// SPDX-License-Identifier: BSD-3-Clause
// A job of one rank measures briefly. Several ranks settle first, for their clocks, and then take
// the best tenth of short pieces; within 5 % of a run of a minute, and a tenth of a shorter one.
#include "job/calibrate.h"

#include "comm/group.h"
#include "probe/bus_rate.h"
#include "probe/panel_rate.h"
#include "probe/rates.h"
#include "probe/rates_steady.h"
#include "tune/product_rates.h"

#include <math.h>

enum { TAG = 0, RATE_NB = 256, PANEL_ROWS = 4096 };

static const double alone_seconds = 0.3, least_seconds = 0.3, most_seconds = 1.5;
static const double part_of_run = 0.025, panel_part = 0.15;
static const double part_of_short = 0.1, short_seconds = 1.0; // a tenth of a run, up to a second
static const double guessed_core_rate = 30e9; // to know about how long a run of known N takes

// Of the measurement of several ranks; longer where some have a processor for a part of it only.
static double seconds_for(const pn_job *job)
{
    const pn_options *options = &job->options;
    double n = (double)options->n, run = options->time, cores = 0, share = 1;
    for (int rank = 0; rank < job->comm->size; rank++) {
        cores += job->ranks[rank].cpu_share * job->ranks[rank].threads;
        share = fmin(share, job->ranks[rank].cpu_share);
    }
    if (options->n)
        run = 2.0 / 3.0 * n * n * n / (guessed_core_rate * cores);
    double seconds = fmax(part_of_run * run, fmin(short_seconds, part_of_short * run));
    return fmin(most_seconds, fmax(least_seconds, seconds / share));
}

// What disturbs a second of measuring from outside falls on all alike in a run, so the undisturbed
// pace counts, for the time in which this system gives the threads a processor: it may be held to a
// part of one. Where ranks take by_cpu_time, who came out ahead in that second says nothing of the
// run: each has its own part of the time, and the pace is that of the time in which it had its
// turn.
static double fair_rate(const pn_job *job, const pn_steady_rate *steady)
{
    const pn_rank_choice *mine = &job->ranks[job->comm->rank];
    if (job->compute->is_device) // the host's threads only wait for it
        return steady->undisturbed;
    if (mine->oversubscribed)
        return steady->by_cpu_time * mine->cpu_share;
    return steady->undisturbed * fmin(1, steady->processor);
}

pn_status pn_calibrate(pn_job *job, pn_rank_rates *rates, double part)
{
    const pn_options *options = &job->options;
    int usual_nb = options->nb ? (int)options->nb : RATE_NB;
    int nb = job->rate_nb ? job->rate_nb : usual_nb;
    pn_group world = pn_group_world(job->comm, TAG);
    pn_group_barrier(&world);
    if (job->compute->overflow_takes > 0) {
        pn_status status = pn_bus_rate_measure(&rates->bus, job->compute);
        if (status != PN_OK)
            return status;
    }
    // A team that is alone has just measured its products of FP32 and 16 bits.
    double known = pn_product_flops(&job->info[job->comm->rank], nb);
    if (job->comm->size == 1 && known > 0 && !job->compute->is_device) {
        rates->multiply = known;
        return PN_OK;
    }
    if (job->comm->size == 1)
        return pn_rate_quick(&rates->multiply, job->compute, nb, alone_seconds);
    double seconds = part * seconds_for(job);
    pn_rate_shape shape = {.nb = nb, .rows = options->n, .columns = options->n};
    pn_panel_rate panel = {.rows = options->n ? pn_min(PANEL_ROWS, pn_max(usual_nb, options->n))
                                              : PANEL_ROWS,
                           .nb = usual_nb,
                           .element = job->compute->element};
    pn_panel_rate device = {.rows = panel.rows, .nb = panel.nb};
    pn_steady_rate steady = {0};
    pn_status status = pn_rate_steady(&steady, job->compute, &shape, seconds);
    if (status == PN_OK)
        rates->multiply = fair_rate(job, &steady);
    if (status == PN_OK && !job->ranks[job->comm->rank].oversubscribed)
        rates->rows = steady.rows * rates->multiply / steady.undisturbed;
    pn_group_barrier(&world);
    if (status == PN_OK)
        status = pn_panel_rate_measure(&panel, job->team, job->blas, panel_part * seconds);
    rates->panel = status == PN_OK ? panel.rate : 0;
    if (status == PN_OK && job->compute->ops->factor_panel && panel.element == PN_FLOAT64)
        status = pn_panel_rate_on_part(&device, job->compute, panel_part * seconds);
    rates->device_panel = status == PN_OK ? device.rate : 0;
    return status;
}
