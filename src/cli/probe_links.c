// SPDX-License-Identifier: BSD-3-Clause
// The links between neighbouring ranks, and what a combination of all of them costs while they all
// take part, as in the search for a pivot.
#include "base/clock.h"
#include "cli/probe_rates.h"
#include "probe/links.h"
#include "probe/rates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TAG = 0, TAG_LINKS = 64, GOES = 15, COMBINATIONS = 40, ROWS = 2 };

// Median of the links within hosts, or between them; 0: there is none.
static double median_of(const pn_job *job, const pn_links_plan *plan, bool far, bool latency)
{
    int count = 0;
    double spread, *values = calloc((size_t)plan->count, sizeof *values);
    for (int i = 0; values && i < plan->count; i++) {
        const pn_link *link = &plan->links[i];
        const char *from = job->info[link->from].host, *to = job->info[link->to].host;
        if ((strcmp(from, to) != 0) == far)
            values[count++] = latency ? link->latency : link->bandwidth;
    }
    double median = count > 0 ? pn_rate_median(values, count, &spread) : 0;
    free(values);
    return median;
}

// Seconds of one round of a combination, of which it takes log2 of the ranks.
static double exchange_seconds(pn_job *job)
{
    double data[ROWS * PN_PROBE_EXCHANGE_NB] = {0}, values[GOES], spread;
    pn_group world = pn_group_world(job->comm, TAG);
    for (int go = 0; go < GOES; go++) {
        pn_group_barrier(&world);
        double begin = pn_clock();
        for (int i = 0; i < COMBINATIONS; i++)
            pn_group_combine(&world, data, sizeof data, pn_combine_max);
        values[go] = (pn_clock() - begin) / COMBINATIONS;
    }
    double seconds = pn_rate_median(values, GOES, &spread) / ceil(log2(job->comm->size));
    pn_group_combine(&world, &seconds, sizeof seconds, pn_combine_max);
    return seconds;
}

pn_status pn_probe_measure_links(pn_job *job, pn_probe_links *result)
{
    pn_comm *comm = job->comm;
    *result = (pn_probe_links){0};
    if (comm->size == 1)
        return PN_OK;
    pn_link *links = calloc((size_t)comm->size, sizeof *links);
    pn_links_plan plan = {.comm = comm, .links = links, .tag = TAG_LINKS};
    pn_status status =
        links ? PN_OK : pn_fail(PN_ERROR_MEMORY, "no memory for the links of %d ranks", comm->size);
    PN_TRY(pn_job_agree(job, status));
    plan.count = pn_links_ring(links, comm->size);
    pn_log_progress(&job->log, "measuring the links of %d ranks", comm->size);
    PN_TRY(pn_job_agree(job, pn_links_measure(&plan)));
    result->latency = median_of(job, &plan, false, true);
    result->bandwidth = median_of(job, &plan, false, false);
    result->far_latency = median_of(job, &plan, true, true);
    result->far_bandwidth = median_of(job, &plan, true, false);
    result->exchange = exchange_seconds(job);
fail:
    free(links);
    return status;
}
