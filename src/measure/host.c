// SPDX-License-Identifier: BSD-3-Clause
// hwloc shows the whole machine, including what this process may not use; the launcher's binding
// and the container's cpuset then say which cores are left.
#include "measure/host.h"

#include "base/host_name.h"
#include "measure/limits.h"
#include "measure/midr.h"

#include <hwloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pn_status load_topology(hwloc_topology_t *topology, const char *synthetic)
{
    if (hwloc_topology_init(topology) != 0)
        return pn_fail(PN_ERROR_SYSTEM, "hwloc cannot be started");
    bool described = !synthetic || hwloc_topology_set_synthetic(*topology, synthetic) == 0;
    hwloc_topology_set_flags(*topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
    if (described && hwloc_topology_load(*topology) == 0)
        return PN_OK;
    hwloc_topology_destroy(*topology);
    return pn_fail(PN_ERROR_SYSTEM, "hwloc cannot read the topology of %s",
                   synthetic ? synthetic : "this host");
}

// Processors that are both allowed to this process and within its binding.
static hwloc_bitmap_t usable_set(hwloc_topology_t topology, const pn_host_source *source)
{
    hwloc_bitmap_t set = hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(topology));
    hwloc_bitmap_t binding = hwloc_bitmap_alloc();
    if (!set || !binding) {
        hwloc_bitmap_free(set);
        hwloc_bitmap_free(binding);
        return NULL;
    }
    bool known = source->topology
                     ? source->binding && hwloc_bitmap_list_sscanf(binding, source->binding) == 0
                     : hwloc_get_cpubind(topology, binding, HWLOC_CPUBIND_THREAD) == 0;
    if (known && hwloc_bitmap_intersects(set, binding))
        hwloc_bitmap_and(set, set, binding);
    hwloc_bitmap_free(binding);
    return set;
}

// FNV-1a over the numbers of the set's processors.
static uint64_t hash_set(hwloc_const_bitmap_t set)
{
    uint64_t hash = 14695981039346656037u;
    for (int cpu = hwloc_bitmap_first(set); cpu >= 0; cpu = hwloc_bitmap_next(set, cpu))
        hash = (hash ^ (uint64_t)cpu) * 1099511628211u;
    return hash;
}

static uint64_t hash_text(const char *text)
{
    uint64_t hash = 14695981039346656037u;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return hash;
}

static int domain_of(hwloc_topology_t topology, int cpu)
{
    int count = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_NUMANODE);
    for (int i = 0; i < count; i++) {
        hwloc_obj_t domain = hwloc_get_obj_by_type(topology, HWLOC_OBJ_NUMANODE, (unsigned)i);
        if (hwloc_bitmap_isset(domain->cpuset, (unsigned)cpu))
            return i;
    }
    return 0;
}

// Not every system tells which processors share a core; then each counts as one.
static hwloc_obj_type_t core_type(hwloc_topology_t topology)
{
    return hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE) > 0 ? HWLOC_OBJ_CORE : HWLOC_OBJ_PU;
}

// Appends the cores of one domain (hwloc's order keeps those that share caches together).
static void list_domain(pn_host *host, hwloc_topology_t topology, hwloc_const_bitmap_t set,
                        int domain)
{
    for (int i = 0; i < host->cores; i++) {
        hwloc_obj_t core = hwloc_get_obj_by_type(topology, core_type(topology), (unsigned)i);
        int cpu = hwloc_bitmap_first(core->cpuset);
        while (cpu >= 0 && !hwloc_bitmap_isset(set, (unsigned)cpu))
            cpu = hwloc_bitmap_next(core->cpuset, cpu);
        if (cpu < 0 || domain_of(topology, cpu) != domain)
            continue;
        host->cpus[host->usable] = cpu;
        host->domains[host->usable++] = domain;
    }
}

static pn_status list_cores(pn_host *host, hwloc_topology_t topology, const pn_host_source *source)
{
    hwloc_bitmap_t set = usable_set(topology, source);
    host->cpus = calloc((size_t)host->cores, sizeof *host->cpus);
    host->domains = calloc((size_t)host->cores, sizeof *host->domains);
    if (!set || !host->cpus || !host->domains) {
        hwloc_bitmap_free(set);
        return pn_fail_memory("for a list of %d cores", host->cores);
    }
    host->cpu_set = hash_set(set);
    for (int domain = 0; domain < host->numa_domains; domain++)
        list_domain(host, topology, set, domain);
    hwloc_bitmap_free(set);
    if (host->quota > 0.0)
        host->usable = (int)pn_min(host->usable, (int64_t)ceil(host->quota));
    host->bound = host->usable < host->cores;
    return PN_OK;
}

static void describe_caches(pn_host *host, hwloc_topology_t topology)
{
    hwloc_obj_t at = hwloc_get_pu_obj_by_os_index(topology, (unsigned)host->cpus[0]);
    for (; at; at = at->parent) {
        int64_t size = hwloc_obj_type_is_cache(at->type) ? (int64_t)at->attr->cache.size : 0;
        if (at->type == HWLOC_OBJ_L1CACHE)
            host->l1d_bytes = size;
        if (at->type == HWLOC_OBJ_L2CACHE)
            host->l2_bytes = size;
        if (at->type != HWLOC_OBJ_L3CACHE)
            continue;
        host->l3_bytes = size;
        host->l3_cores =
            hwloc_get_nbobjs_inside_cpuset_by_type(topology, at->cpuset, core_type(topology));
    }
}

static void describe_machine(pn_host *host, hwloc_topology_t topology, const char *proc)
{
    hwloc_obj_t package = hwloc_get_obj_by_type(topology, HWLOC_OBJ_PACKAGE, 0);
    const char *model = package ? hwloc_obj_get_info_by_name(package, "CPUModel") : NULL;
    if (model || !pn_midr_name(proc, host->processor, sizeof host->processor))
        snprintf(host->processor, sizeof host->processor, "%s", model ? model : "unknown");
    host->sockets = (int)pn_max(1, hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PACKAGE));
    host->numa_domains = (int)pn_max(1, hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_NUMANODE));
    host->logical = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PU);
    host->cores = hwloc_get_nbobjs_by_type(topology, core_type(topology));
}

static void describe_limits(pn_host *host, const char *proc)
{
    pn_limits limits;
    pn_limits_observe(&limits, proc);
    host->memory_total = limits.memory_total;
    host->memory_available = limits.memory_available;
    host->memory_shared = limits.memory_available;
    host->memory_own = limits.own_available;
    host->memory_group = limits.memory_group;
    memcpy(host->memory_bound, limits.memory_bound, sizeof host->memory_bound);
    memcpy(host->own_bound, limits.own_bound, sizeof host->own_bound);
    if (host->memory_own && host->memory_own < host->memory_available) {
        host->memory_available = host->memory_own;
        snprintf(host->memory_bound, sizeof host->memory_bound, "%s", host->own_bound);
    }
    host->quota = limits.quota;
}

// The system draws a number for itself at each start.
static uint64_t find_machine(const char *proc)
{
    char path[512], text[64] = "";
    snprintf(path, sizeof path, "%.400s/sys/kernel/random/boot_id", proc);
    FILE *file = fopen(path, "re");
    if (file && !fgets(text, sizeof text, file))
        text[0] = '\0';
    if (file)
        fclose(file);
    return text[0] ? hash_text(text) : 0;
}

pn_status pn_host_observe(pn_host *host, const pn_host_source *source)
{
    const pn_host_source here = {NULL, NULL, NULL};
    hwloc_topology_t topology;
    source = source ? source : &here;
    *host = (pn_host){.cpus = NULL};
    pn_host_name(host->name);
    host->machine = find_machine(source->proc ? source->proc : "/proc");
    pn_status status = load_topology(&topology, source->topology);
    if (status != PN_OK)
        return status;
    const char *proc = source->proc ? source->proc : "/proc";
    describe_machine(host, topology, proc);
    describe_limits(host, proc);
    status = list_cores(host, topology, source);
    if (status == PN_OK && host->usable == 0)
        status =
            pn_fail(PN_ERROR_SYSTEM, "host %s: no processor is left to this process", host->name);
    if (status == PN_OK)
        describe_caches(host, topology);
    else
        pn_host_release(host);
    hwloc_topology_destroy(topology);
    return status;
}

void pn_host_release(pn_host *host)
{
    free(host->cpus);
    free(host->domains);
    host->cpus = host->domains = NULL;
    host->usable = 0;
}

void pn_host_cpus(const pn_host *host, int slot, int slots, int threads, int *cpus)
{
    int64_t first = (int64_t)slot * host->usable / slots;
    int64_t last = (int64_t)(slot + 1) * host->usable / slots; // one past
    int part = (int)pn_max(last - first, pn_min(threads, host->usable - first));
    part = (int)pn_max(1, part);
    int start = (int)first;
    for (int i = start; i + threads <= last; i++)
        if (host->domains[i] == host->domains[i + threads - 1]) {
            part -= i - start;
            start = i;
            break;
        }
    for (int i = 0; i < threads; i++)
        cpus[i] = host->cpus[start + i % part];
}
