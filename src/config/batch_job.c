// SPDX-License-Identifier: BSD-3-Clause
#include "config/batch_job.h"

#include <stdlib.h>

// What a rank of this partition has to itself, and how many of it a node has.
static void choose_ranks(pn_batch_component *component)
{
    const pn_machine_partition *p = component->partition;
    component->each = "node";
    component->ranks_a_node = 1;
    if (p->devices.set) {
        component->each = "device";
        component->ranks_a_node = (int)p->devices.value;
    } else if (p->numa_domains.set) {
        component->each = "NUMA domain";
        component->ranks_a_node = (int)p->numa_domains.value;
    } else if (p->processors.set) {
        component->each = "socket";
        component->ranks_a_node = (int)p->processors.value;
    }
}

// What is installed holds the system as well; what was found available was so only then.
static int64_t allow_memory(const pn_machine_partition *p)
{
    const double of_installed = 0.8, of_available = 0.9;
    if (p->devices.set)
        return 0;
    if (p->memory_available.set)
        return (int64_t)(of_available * p->memory_available.value);
    return p->memory.set ? (int64_t)(of_installed * p->memory.value) : 0;
}

static pn_status plan_component(pn_batch_component *component, int64_t nodes)
{
    const pn_machine_partition *p = component->partition;
    if ((double)nodes > p->nodes.value)
        return pn_fail(PN_ERROR_USAGE,
                       "it has %.0f nodes and %lld are asked for; up to %.0f are allowed",
                       p->nodes.value, (long long)nodes, p->nodes.value);
    if (!p->cores.set)
        return pn_fail(PN_ERROR_USAGE,
                       "\"cores\" is missing; the physical cores of a node are needed to give each "
                       "rank its threads");
    component->nodes = nodes ? (int)nodes : (int)p->nodes.value;
    choose_ranks(component);
    component->threads = (int)p->cores.value / component->ranks_a_node;
    if (component->threads < 1)
        return pn_fail(PN_ERROR_USAGE,
                       "%.0f cores do not suffice for %d ranks a node, one for each %s; "
                       "at least a core for each is allowed",
                       p->cores.value, component->ranks_a_node, component->each);
    component->memory = allow_memory(p);
    return PN_OK;
}

int64_t pn_batch_component_ranks(const pn_batch_component *component)
{
    return (int64_t)component->nodes * component->ranks_a_node;
}

pn_status pn_batch_job_plan(pn_batch_job *job, const pn_machine *machine, int64_t nodes)
{
    *job = (pn_batch_job){.machine = machine, .count = machine->partitions_count};
    job->components = calloc((size_t)job->count, sizeof *job->components);
    if (!job->components)
        return pn_fail_memory("for a job of %d partitions", job->count);
    for (int i = 0; i < job->count; i++) {
        pn_batch_component *component = &job->components[i];
        component->partition = &machine->partitions[i];
        pn_status status = plan_component(component, nodes);
        if (status != PN_OK) {
            pn_batch_job_release(job);
            return pn_fail_in(status, "line %d, partition \"%s\"", machine->partitions[i].line,
                              machine->partitions[i].name);
        }
        job->nodes += component->nodes;
        job->ranks += pn_batch_component_ranks(component);
    }
    return PN_OK;
}

void pn_batch_job_release(pn_batch_job *job)
{
    free(job->components);
    *job = (pn_batch_job){.components = NULL};
}
