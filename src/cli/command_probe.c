// SPDX-License-Identifier: BSD-3-Clause
// panache probe: this machine as data, on standard output, in the format of machine files. What
// was measured here can be kept, compared, predicted, and scaled to a machine of many such nodes.
// Ranks of one kind make a partition; figures are of one rank, with all of them at work.
#include "base/plural.h"
#include "cli/command.h"
#include "cli/probe_device.h"
#include "comm/group.h"
#include "config/machine.h"
#include "config/machine_check.h"
#include "config/machine_make.h"
#include "config/machine_write.h"
#include "job/open_job.h"
#include "probe/rank_links.h"
#include "probe/shape_rates.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG = 0 };

typedef struct probed_rank { // as it travels
    char kind[64];           // what multiplies: ranks that differ in it are of different kinds
    char host[64], processor[128], blas[512], memory_bound[256];
    int32_t sockets, numa_domains, cores, usable, threads;
    int64_t l1d, l2, l3, memory_total, memory_available;
    int64_t memory_allowed; // to this rank
    int32_t rate_count;
    pn_shape_rate rates[PN_SHAPE_RATES];
    pn_device_rates device;
} probed_rank;

typedef struct probe {
    pn_job job;
    probed_rank *ranks; // [comm->size]
    pn_rank_links links;
    pn_compute *device; // beside the job's processors; NULL: none
    pn_machine *machine;
} probe;

static pn_figure known(int64_t value)
{
    return value > 0 ? pn_figure_of((double)value) : (pn_figure){.set = false};
}

static void describe_rank(pn_job *job, probed_rank *mine)
{
    const pn_host *host = &job->host;
    const char *kernels = pn_blas_kernels(job->blas);
    *mine = (probed_rank){.sockets = host->sockets,
                          .numa_domains = host->numa_domains,
                          .cores = host->cores,
                          .usable = host->usable,
                          .threads = job->compute->threads,
                          .l1d = host->l1d_bytes,
                          .l2 = host->l2_bytes,
                          .l3 = host->l3_bytes,
                          .memory_total = host->memory_total,
                          .memory_available = host->memory_available,
                          .memory_allowed = job->ranks[job->comm->rank].bytes_allowed};
    snprintf(mine->kind, sizeof mine->kind, "%s", job->info[job->comm->rank].kind);
    snprintf(mine->host, sizeof mine->host, "%s", host->name);
    snprintf(mine->processor, sizeof mine->processor, "%s", host->processor);
    snprintf(mine->memory_bound, sizeof mine->memory_bound, "%s", host->memory_bound);
    snprintf(mine->blas, sizeof mine->blas, "%s%s%s, %s", pn_blas_name(job->blas),
             *kernels ? " " : "", kernels, pn_blas_path(job->blas));
}

static bool are_alike(const probed_rank *a, const probed_rank *b)
{
    return strcmp(a->kind, b->kind) == 0 && a->threads == b->threads &&
           strcmp(a->device.kind, b->device.kind) == 0;
}

// A kind of rank, and those that are of it.
typedef struct kind {
    const probed_rank *first;
    int ranks, hosts;
    double allowed; // bytes, over all ranks
} kind;

static kind kind_of(const probe *p, int first)
{
    kind k = {.first = &p->ranks[first]};
    for (int rank = first; rank < p->job.comm->size; rank++) {
        if (!are_alike(&p->ranks[rank], k.first))
            continue;
        bool is_new = true;
        for (int other = first; other < rank; other++)
            is_new = is_new && !(are_alike(&p->ranks[other], k.first) &&
                                 strcmp(p->ranks[other].host, p->ranks[rank].host) == 0);
        k.ranks++;
        k.hosts += is_new;
        k.allowed += (double)p->ranks[rank].memory_allowed;
    }
    return k;
}

static bool is_known(const probe *p, int rank)
{
    for (int other = 0; other < rank; other++)
        if (are_alike(&p->ranks[other], &p->ranks[rank]))
            return true;
    return false;
}

static pn_status name_partition(const probe *p, pn_machine_partition *node, const kind *k)
{
    char text[128];
    int number = p->machine->partitions_count;
    bool is_only = k->ranks == p->job.comm->size;
    snprintf(text, sizeof text, is_only ? "%s" : "%s-%d", k->first->host, number);
    return pn_machine_text(&node->name, text);
}

static pn_status describe_use(pn_machine_partition *node, const kind *k)
{
    const probed_rank *first = k->first;
    char text[512];
    snprintf(text, sizeof text,
             "%d rank%s of %d thread%s, all at work; %d of %d cores and %.0f%% of the memory may "
             "be used (%s)",
             k->ranks, pn_plural(k->ranks), first->threads, pn_plural(first->threads),
             first->usable, first->cores,
             100.0 * (double)first->memory_available / fmax(1.0, (double)first->memory_total),
             first->memory_bound);
    return pn_machine_text(&node->note, text);
}

// Hosts with unlike numbers of ranks: each rank counts as a node.
static pn_status describe(const probe *p, pn_machine_partition *node, const kind *k)
{
    const probed_rank *first = k->first;
    bool is_even = k->ranks % k->hosts == 0;
    int nodes = is_even ? k->hosts : k->ranks;
    pn_status status;
    PN_TRY(name_partition(p, node, k));
    PN_TRY(pn_machine_text(&node->processor, first->processor));
    PN_TRY(pn_machine_text(&node->blas, first->blas));
    PN_TRY(describe_use(node, k));
    node->nodes = pn_figure_of(nodes);
    node->ranks = pn_figure_of(k->ranks / nodes);
    node->processors = known(first->sockets);
    node->cores = known(first->cores);
    node->numa_domains = known(first->numa_domains);
    node->l1d = known(first->l1d);
    node->l2 = known(first->l2);
    node->l3 = known(first->l3);
    node->memory = pn_figure_rounded((double)first->memory_total);
    node->memory_available = pn_figure_rounded(k->allowed / nodes);
    node->latency = pn_figure_rounded(p->links.far_latency);
    node->link_bandwidth = pn_figure_rounded(p->links.far_bandwidth);
fail:
    return status;
}

// The mean over the ranks of a kind.
static pn_shape_rate mean_of(const probe *p, const kind *k, int i)
{
    pn_shape_rate mean = k->first->rates[i];
    mean.rate = mean.bandwidth = 0;
    for (int rank = 0; rank < p->job.comm->size; rank++)
        if (are_alike(&p->ranks[rank], k->first)) {
            mean.rate += p->ranks[rank].rates[i].rate / k->ranks;
            mean.bandwidth += p->ranks[rank].rates[i].bandwidth / k->ranks;
            mean.spread = fmax(mean.spread, p->ranks[rank].rates[i].spread);
        }
    return mean;
}

// The same of their devices.
static pn_device_rates mean_device(const probe *p, const kind *k)
{
    pn_device_rates mean = k->first->device;
    mean.rate = mean.panel_rate = mean.bandwidth = 0;
    for (int rank = 0; rank < p->job.comm->size; rank++)
        if (are_alike(&p->ranks[rank], k->first)) {
            const pn_device_rates *device = &p->ranks[rank].device;
            mean.rate += device->rate / k->ranks;
            mean.panel_rate += device->panel_rate / k->ranks;
            mean.bandwidth += device->bandwidth / k->ranks;
        }
    return mean;
}

static pn_status add(pn_machine_partition *node, const pn_shape_rate *rate, double latency)
{
    pn_machine_measurement *entry = pn_machine_add_measurement(node);
    if (!entry)
        return pn_fail_memory("for a measurement");
    entry->threads = known(rate->threads);
    entry->m = known(rate->m);
    entry->n = known(rate->n);
    entry->nb = known(rate->nb);
    entry->rate = pn_figure_rounded(rate->rate);
    entry->bandwidth = pn_figure_rounded(rate->bandwidth);
    entry->latency = pn_figure_rounded(latency);
    if (rate->threads > 0)
        entry->spread = pn_figure_of(round(1000.0 * rate->spread) / 1000.0);
    return pn_machine_text(&entry->operation, rate->operation);
}

static pn_status add_links(const probe *p, pn_machine_partition *node)
{
    const pn_rank_links *links = &p->links;
    pn_shape_rate message = {.operation = "message", .bandwidth = links->bandwidth};
    pn_shape_rate exchange = {.operation = "exchange", .nb = PN_RANK_LINKS_NB};
    pn_status status = PN_OK;
    if (links->bandwidth > 0)
        status = add(node, &message, links->latency);
    if (status == PN_OK && links->exchange > 0)
        status = add(node, &exchange, links->exchange);
    return status;
}

static pn_status add_rates(const probe *p, pn_machine_partition *node, const kind *k)
{
    double best = 0, copied = 0;
    pn_status status = PN_OK;
    for (int i = 0; i < k->first->rate_count; i++) {
        pn_shape_rate mean = mean_of(p, k, i);
        if (strcmp(mean.operation, "multiply") == 0)
            best = fmax(best, mean.rate);
        copied = fmax(copied, mean.bandwidth);
        PN_TRY(add(node, &mean, 0));
    }
    node->rate = pn_figure_rounded(best * node->ranks.value);
    node->memory_bandwidth = pn_figure_rounded(copied * node->ranks.value);
    PN_TRY(add_links(p, node));
fail:
    return status;
}

// What was measured beside other work says little of the machine.
static void tell_disagreement(probe *p)
{
    for (int i = 0; i < p->machine->partitions_count; i++) {
        const pn_machine_partition *node = &p->machine->partitions[i];
        double spread = pn_machine_disagreement(node);
        if (spread > PN_MACHINE_USUAL_SPREAD)
            pn_log_all(&p->job.log,
                       "note: the measurements of %s disagree by %.0f %%, as on a busy machine; "
                       "probe it again when it is quiet",
                       node->name, 100 * spread);
    }
}

static pn_status describe_all(probe *p)
{
    pn_status status;
    PN_TRY(pn_machine_create(&p->machine, p->ranks[0].host));
    PN_TRY(pn_machine_text(&p->machine->source, PN_MACHINE_PROBED " " PANACHE_VERSION));
    for (int rank = 0; rank < p->job.comm->size; rank++) {
        if (is_known(p, rank))
            continue;
        kind k = kind_of(p, rank);
        pn_machine_partition *node = pn_machine_add_partition(p->machine);
        if (!node)
            return pn_fail_memory("to describe %s", p->ranks[rank].host);
        PN_TRY(describe(p, node, &k));
        PN_TRY(add_rates(p, node, &k));
        pn_device_rates device = mean_device(p, &k);
        PN_TRY(pn_probe_device_describe(p->machine, node, &device, node->ranks.value));
    }
    PN_TRY(pn_machine_check(p->machine, "this machine"));
    tell_disagreement(p);
    PN_TRY(pn_machine_write(p->machine, stdout));
fail:
    return status;
}

// All ranks at once, round by round.
static pn_status measure_rates(pn_job *job, probed_rank *mine)
{
    pn_shape_request request = {.compute = job->compute,
                                .team = job->team,
                                .blas = job->blas,
                                .bytes_allowed = job->ranks[job->comm->rank].bytes_allowed,
                                .rounds = (int)job->options.rounds};
    pn_group world = pn_group_world(job->comm, TAG);
    pn_shape_rates *rates = NULL;
    pn_status status = pn_shape_rates_create(&rates, &request);
    PN_TRY(pn_job_agree(job, status));
    for (int round = 0; round < pn_shape_rates_rounds(rates); round++) {
        pn_log_progress(&job->log, "measuring all ranks at once: %d of %d", round + 1,
                        pn_shape_rates_rounds(rates));
        pn_group_barrier(&world);
        PN_TRY(pn_job_agree(job, pn_shape_rates_round(rates, round)));
    }
    mine->rate_count = pn_shape_rates_median(rates, mine->rates);
fail:
    pn_shape_rates_destroy(rates);
    return status;
}

static pn_status measure_links(pn_job *job, pn_rank_links *links)
{
    int size = job->comm->size;
    int *host_of = calloc((size_t)size, sizeof *host_of);
    pn_status status =
        pn_job_agree(job, host_of ? PN_OK : pn_fail_memory("for the hosts of %d ranks", size));
    if (status == PN_OK) {
        for (int rank = 0; rank < size; rank++)
            host_of[rank] = job->info[rank].host_id;
        pn_log_progress(&job->log, "measuring the links of %d ranks", size);
        status = pn_job_agree(job, pn_rank_links_measure(links, job->comm, host_of));
    }
    free(host_of);
    return status;
}

static pn_status carry_out(probe *p, const char *device)
{
    pn_job *job = &p->job;
    pn_comm *comm = job->comm;
    pn_group world = pn_group_world(comm, TAG);
    pn_status status = PN_OK;
    p->ranks = calloc((size_t)comm->size, sizeof *p->ranks);
    if (!p->ranks)
        status = pn_fail_memory("to describe %d ranks", comm->size);
    PN_TRY(pn_job_agree(job, status));
    probed_rank *mine = &p->ranks[comm->rank];
    PN_TRY(pn_job_agree(job, pn_probe_device_open(job, device, &p->device)));
    describe_rank(job, mine);
    PN_TRY(measure_rates(job, mine));
    PN_TRY(pn_probe_device_measure(job, p->device, &mine->device));
    if (comm->size > 1)
        PN_TRY(measure_links(job, &p->links));
    pn_group_gather_all(&world, p->ranks, sizeof *p->ranks);
    PN_TRY(pn_job_agree(job, comm->rank == 0 ? describe_all(p) : PN_OK));
fail:
    return status;
}

int pn_command_probe(const pn_invocation *invocation)
{
    probe p = {.ranks = NULL};
    pn_invocation on_processors = *invocation; // a device is probed beside them
    snprintf(on_processors.options.device, sizeof on_processors.options.device, "cpu");
    pn_status status = pn_job_open(&p.job, &on_processors);
    if (status == PN_OK)
        status = carry_out(&p, invocation->options.device);
    pn_machine_destroy(p.machine);
    if (p.device)
        p.device->ops->close(p.device);
    free(p.ranks);
    pn_job_close(&p.job);
    return status == PN_OK ? PN_EXIT_PASSED : PN_EXIT_FAILURE;
}
