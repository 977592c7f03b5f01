// SPDX-License-Identifier: BSD-3-Clause
// panache probe: this machine as data, on standard output, in the format of machine files. What
// was measured here can be kept, compared, and scaled to a machine of many such nodes.
#include "cli/command.h"
#include "compute/cpu.h"
#include "compute/open.h"
#include "compute/rates.h"
#include "config/machine.h"
#include "lu/panel_rate.h"
#include "measure/host.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int block_sizes[] = {128, 192, 256, 384};
static const int device_block_sizes[] = {256, 512, 768, 1024};
enum { SIZES = sizeof block_sizes / sizeof *block_sizes, USUAL_NB = 256, PANEL_ROWS = 8192 };
static const double seconds_alone = 0.5, seconds_team = 3.0, seconds_panel = 0.2,
                    seconds_device = 2.0;

typedef struct probe {
    pn_host host;
    pn_blas *blas;
    pn_team *team;
    pn_compute *compute;
    pn_machine *machine;
    pn_machine_partition *node;
} probe;

// Four digits: more would only be noise.
static pn_figure rounded(double value)
{
    double unit = pow(10.0, floor(log10(fmax(value, 1e-300))) - 3.0);
    return pn_figure_of(value > 0.0 ? round(value / unit) * unit : 0.0);
}

static pn_figure known(int64_t value)
{
    return value > 0 ? pn_figure_of((double)value) : (pn_figure){.set = false};
}

static pn_status open_team(probe *p, int threads, bool bind)
{
    int *cpus = calloc((size_t)threads, sizeof *cpus);
    if (!cpus)
        return pn_fail(PN_ERROR_MEMORY, "%d threads: no memory to bind them", threads);
    pn_host_cpus(&p->host, 0, 1, threads, cpus);
    pn_status status = pn_team_create(&p->team, threads, bind ? cpus : NULL);
    free(cpus);
    return status == PN_OK ? pn_compute_cpu_open(&p->compute, p->team, p->blas) : status;
}

static void close_team(probe *p)
{
    if (p->compute)
        p->compute->ops->close(p->compute);
    pn_team_destroy(p->team);
    p->compute = NULL;
    p->team = NULL;
}

static pn_status describe_blas(probe *p)
{
    char text[1024];
    const char *kernels = pn_blas_kernels(p->blas);
    snprintf(text, sizeof text, "%s%s%s, %s", pn_blas_name(p->blas), *kernels ? " " : "", kernels,
             pn_blas_path(p->blas));
    return pn_machine_text(&p->node->blas, text);
}

static pn_status describe_use(probe *p)
{
    const pn_host *host = &p->host;
    char text[512];
    snprintf(text, sizeof text, "%d of %d cores and %.0f%% of the memory may be used (%s)",
             host->usable, host->cores,
             100.0 * (double)host->memory_available / fmax(1.0, (double)host->memory_total),
             host->memory_bound);
    return pn_machine_text(&p->node->note, text);
}

static pn_status describe(probe *p)
{
    const pn_host *host = &p->host;
    pn_status status = PN_OK;
    PN_TRY(pn_machine_create(&p->machine, host->name));
    p->node = pn_machine_add_partition(p->machine);
    if (!p->node)
        return pn_fail(PN_ERROR_MEMORY, "no memory to describe %s", host->name);
    PN_TRY(pn_machine_text(&p->machine->source, "measured by panache probe " PANACHE_VERSION));
    PN_TRY(pn_machine_text(&p->node->name, host->name));
    PN_TRY(pn_machine_text(&p->node->processor, host->processor));
    PN_TRY(describe_use(p));
    PN_TRY(describe_blas(p));
    p->node->nodes = pn_figure_of(1);
    p->node->processors = known(host->sockets);
    p->node->cores = known(host->cores);
    p->node->numa_domains = known(host->numa_domains);
    p->node->l1d = known(host->l1d_bytes);
    p->node->l2 = known(host->l2_bytes);
    p->node->l3 = known(host->l3_bytes);
    p->node->memory = rounded((double)host->memory_total);
    p->node->memory_available = rounded((double)host->memory_available);
fail:
    return status;
}

static pn_status add(probe *p, const char *operation, const pn_rate *rate)
{
    pn_machine_measurement *entry = pn_machine_add_measurement(p->node);
    if (!entry)
        return pn_fail(PN_ERROR_MEMORY, "no memory for a measurement");
    entry->threads = pn_figure_of(rate->threads);
    entry->m = pn_figure_of((double)rate->rows);
    entry->n = pn_figure_of((double)rate->columns);
    entry->spread = pn_figure_of(round(1000.0 * rate->spread) / 1000.0);
    if (rate->kind == PN_RATE_COPY) {
        entry->bandwidth = rounded(rate->rate);
    } else {
        entry->nb = pn_figure_of(rate->nb);
        entry->rate = rounded(rate->rate);
    }
    return pn_machine_text(&entry->operation, operation);
}

static pn_status measure_alone(probe *p, bool bind)
{
    pn_rate rate = {.kind = PN_RATE_MULTIPLY, .nb = USUAL_NB};
    pn_status status = open_team(p, 1, bind);
    if (status == PN_OK)
        status = pn_rates_measure(&rate, 1, p->compute, seconds_alone);
    if (status == PN_OK)
        status = add(p, pn_rate_name(rate.kind), &rate);
    close_team(p);
    return status;
}

static pn_status measure_panel(probe *p, int nb)
{
    pn_panel_rate panel = {.rows = PANEL_ROWS, .nb = nb};
    pn_status status = pn_panel_rate_measure(&panel, p->team, p->blas, seconds_panel);
    if (status != PN_OK)
        return status;
    return add(p, "panel",
               &(pn_rate){.kind = PN_RATE_STRIP,
                          .nb = nb,
                          .threads = pn_team_size(p->team),
                          .rows = PANEL_ROWS,
                          .columns = nb,
                          .rate = panel.rate,
                          .spread = panel.spread});
}

static pn_status measure_team(probe *p)
{
    pn_rate rates[3 * SIZES + 1];
    int count = 0;
    for (int kind = 0; kind < PN_RATE_COPY; kind++)
        for (int i = 0; i < SIZES; i++)
            rates[count++] = (pn_rate){.kind = (pn_rate_kind)kind, .nb = block_sizes[i]};
    rates[count++] = (pn_rate){.kind = PN_RATE_COPY, .nb = USUAL_NB};
    double best = 0.0;
    pn_status status = pn_rates_measure(rates, count, p->compute, seconds_team);
    for (int i = 0; i < count && status == PN_OK; i++) {
        if (rates[i].kind == PN_RATE_MULTIPLY)
            best = fmax(best, rates[i].rate);
        status = add(p, pn_rate_name(rates[i].kind), &rates[i]);
    }
    for (int i = 0; i < SIZES && status == PN_OK; i++)
        status = measure_panel(p, block_sizes[i]);
    p->node->rate = rounded(best);
    p->node->memory_bandwidth = rounded(rates[count - 1].rate);
    return status;
}

static pn_status measure_device_panel(probe *p, pn_machine_device *device)
{
    if (!p->compute->ops->factor_panel)
        return PN_OK;
    for (int i = 0; i < SIZES; i++) {
        pn_panel_rate panel = {.rows = PANEL_ROWS, .nb = device_block_sizes[i]};
        pn_status status = pn_panel_rate_on_part(&panel, p->compute, seconds_panel);
        if (status != PN_OK)
            return status;
        device->panel_rate = rounded(fmax(panel.rate, device->panel_rate.value));
    }
    return PN_OK;
}

// The rates of the device by its own operations; the best multiplication is what it is worth.
static pn_status measure_device(probe *p, pn_machine_device *device)
{
    pn_rate rates[SIZES + 1];
    double best = 0.0;
    for (int i = 0; i < SIZES; i++)
        rates[i] = (pn_rate){.kind = PN_RATE_MULTIPLY, .nb = device_block_sizes[i]};
    rates[SIZES] = (pn_rate){.kind = PN_RATE_COPY, .nb = USUAL_NB};
    pn_status status = pn_rates_measure(rates, SIZES + 1, p->compute, seconds_device);
    if (status != PN_OK)
        return status;
    for (int i = 0; i < SIZES; i++)
        best = fmax(best, rates[i].rate);
    device->rate = rounded(best);
    device->memory_bandwidth = rounded(rates[SIZES].rate);
    return measure_device_panel(p, device);
}

// With "auto" a host without devices is no failure.
static pn_status probe_device(probe *p, const char *wanted)
{
    char reason[PN_COMPUTE_REASON];
    bool is_free = strcmp(wanted, "auto") == 0;
    pn_compute_request request = {
        .device = is_free ? "cuda" : wanted, .local_ranks = 1, .team = p->team, .blas = p->blas};
    p->compute->ops->close(p->compute);
    p->compute = NULL;
    pn_status status = pn_compute_open(&p->compute, &request, reason);
    if (status != PN_OK)
        return is_free ? PN_OK : status;
    pn_machine_device *device = pn_machine_add_device(p->machine);
    if (!device)
        return pn_fail(PN_ERROR_MEMORY, "no memory to describe %s", p->compute->kind);
    PN_TRY(pn_machine_text(&device->name, p->compute->kind));
    PN_TRY(pn_machine_text(&p->node->device, p->compute->kind));
    p->node->devices = pn_figure_of(p->compute->devices);
    if (p->compute->memory_bytes > 0)
        device->memory = rounded((double)p->compute->memory_bytes);
    PN_TRY(measure_device(p, device));
fail:
    return status;
}

static pn_status carry_out(probe *p, const pn_options *options)
{
    pn_status status = PN_OK;
    PN_TRY(pn_host_observe(&p->host, NULL));
    PN_TRY(pn_blas_open(&p->blas, options->blas));
    PN_TRY(describe(p));
    int threads = options->threads ? (int)options->threads : p->host.usable;
    bool bind = !options->no_bind && threads <= p->host.usable;
    if (threads > 1)
        PN_TRY(measure_alone(p, bind));
    PN_TRY(open_team(p, threads, bind));
    PN_TRY(measure_team(p));
    if (strcmp(options->device, "cpu") != 0)
        PN_TRY(probe_device(p, options->device));
    PN_TRY(pn_machine_check(p->machine, "this machine"));
    PN_TRY(pn_machine_write(p->machine, stdout));
fail:
    return status;
}

int pn_command_probe(const pn_invocation *invocation)
{
    probe p = {.blas = NULL};
    pn_status status = carry_out(&p, &invocation->options);
    close_team(&p);
    pn_machine_destroy(p.machine);
    pn_blas_close(p.blas);
    pn_host_release(&p.host);
    return status == PN_OK ? PN_EXIT_PASSED : pn_command_failed();
}
