// SPDX-License-Identifier: BSD-3-Clause
#include "cli/probe_device.h"

#include "comm/group.h"
#include "config/machine_make.h"
#include "job/rank_compute.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TAG = 0 };

pn_status pn_probe_device_open(pn_job *job, const char *wanted, pn_compute **device)
{
    pn_status status = pn_rank_compute_open(job, wanted, device);
    if (status == PN_OK && (*device)->devices == 0) {
        (*device)->ops->close(*device);
        *device = NULL;
    }
    return status;
}

pn_status pn_probe_device_measure(pn_job *job, pn_compute *device, pn_device_rates *found)
{
    pn_group world = pn_group_world(job->comm, TAG);
    pn_status status = PN_OK;
    *found = (pn_device_rates){.count = 0};
    pn_group_barrier(&world);
    if (device) {
        pn_log_progress(&job->log, "measuring %s", device->kind);
        status = pn_device_rates_measure(found, device);
    }
    return pn_job_agree(job, status);
}

static bool is_listed(const pn_machine *machine, const char *kind)
{
    for (int i = 0; i < machine->devices_count; i++)
        if (strcmp(machine->devices[i].name, kind) == 0)
            return true;
    return false;
}

// sharers: ranks that measured the same device at the same time, each its part of it.
static pn_status list_device(pn_machine *machine, const pn_device_rates *found, double sharers)
{
    pn_machine_device *device = pn_machine_add_device(machine);
    if (!device)
        return pn_fail_memory("to describe %s", found->kind);
    device->memory = pn_figure_rounded(sharers * (double)found->memory);
    device->memory_bandwidth = pn_figure_rounded(sharers * found->bandwidth);
    device->rate = pn_figure_rounded(sharers * found->rate);
    device->panel_rate = pn_figure_rounded(found->panel_rate);
    return pn_machine_text(&device->name, found->kind);
}

pn_status pn_probe_device_describe(pn_machine *machine, pn_machine_partition *node,
                                   const pn_device_rates *found, double ranks)
{
    if (found->count == 0)
        return PN_OK;
    node->devices = pn_figure_of(found->count);
    pn_status status = pn_machine_text(&node->device, found->kind);
    if (status == PN_OK && !is_listed(machine, found->kind))
        status = list_device(machine, found, fmax(1.0, ranks / found->count));
    return status;
}
