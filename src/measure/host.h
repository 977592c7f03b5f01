// SPDX-License-Identifier: BSD-3-Clause
// One host as this process may use it: processors, caches, memory, names. Facts only; what to do
// with them is chosen elsewhere (tune/choose). Processors are those that the launcher, the
// container and the operating system leave to this process; memory is what can still be had within
// the control groups' limits, not what is installed.
#ifndef PN_MEASURE_HOST_H
#define PN_MEASURE_HOST_H

#include "base/status.h"
#include "base/types.h"

// Where to look; NULL stands for the real thing. Others are for tests and recorded machines.
typedef struct pn_host_source {
    const char *proc;     // "/proc"
    const char *topology; // hwloc's synthetic description, such as "numa:2 core:4 pu:2"
    const char *binding;  // with `topology`: the processors left to this process, such as "0-3,8"
} pn_host_source;

typedef struct pn_host {
    char name[64];       // for people
    uint64_t machine;    // equal for two processes if and only if they run on one machine that has
                         // been up since then, in whatever container; 0: not known
    char processor[128]; // model; "unknown" if the system does not say
    int sockets, numa_domains, cores, logical; // of the whole machine
    int64_t l1d_bytes, l2_bytes, l3_bytes;     // one instance of each; 0 if there is none
    int l3_cores;                              // cores that share one L3; 0 if there is none

    int usable;       // physical cores that this process may use, at most `quota`
    int *cpus;        // [usable] one logical processor of each, domain by domain
    int *domains;     // [usable] NUMA domain of each, counted from 0
    uint64_t cpu_set; // equal for two processes of one host if they may use the same processors
    bool bound;       // usable < cores: by the launcher, a container or the user
    double quota;     // processors' worth of time that the control groups allow; 0: no limit

    int64_t memory_total;     // bytes installed
    int64_t memory_available; // bytes that can be had now, within the limits
    char memory_bound[256];   // what sets it: "MemAvailable", a limit's file, or "ulimit -v"
    int64_t memory_shared;    // the same without the limits of this process alone
    int64_t memory_own;       // what these leave to it; 0: there are none
    char own_bound[16];       // which: "ulimit -v"
    uint64_t memory_group;    // see pn_limits
} pn_host;

// To be called before this thread is bound to one of the processors. source may be NULL.
// Failures: the topology cannot be read.
pn_status pn_host_observe(pn_host *host, const pn_host_source *source);
void pn_host_release(pn_host *host);

// Logical processors for the `threads` members of process `slot` of `slots` that share this host's
// usable cores: cpus[threads]. Compact, and within one NUMA domain where the slot's part of the
// cores allows it. Processes bound apart by their launcher each ask as slot 0 of 1. When there are
// more threads than are left from the slot's first core on, these are used again from that one. (So
// slot 4 of as many slots as cores, with 12 threads, are the fifth core and the 11 after it.)
void pn_host_cpus(const pn_host *host, int slot, int slots, int threads, int *cpus);

#endif
