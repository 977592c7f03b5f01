// SPDX-License-Identifier: BSD-3-Clause
// What one rank of a job has, as the others are told: flat, so that it travels as bytes. Rates are
// in FLOP/s. Hosts and kinds are named for people and numbered for loops.
#ifndef PN_TUNE_RANK_INFO_H
#define PN_TUNE_RANK_INFO_H

#include <stdint.h>

// Of products in a matrix of FP32 at one block size, FLOP/s by what is multiplied; 0: it was not
// measured.
typedef struct pn_product_rate {
    int32_t nb;
    double single, half; // FP32, 16 bits
} pn_product_rate;

enum { PN_PRODUCT_RATES = 8 };

typedef struct pn_rank_info {
    char host[64];            // its name, for people
    char kind[64];            // processor or device, and what multiplies there
    int32_t host_id, kind_id; // numbered from 0 as they first appear: pn_rank_info_number
    int32_t is_device;        // its part of the matrix lies in the memory of a device
    int32_t cores;            // physical cores it may use (shared with the ranks of equal cpu_set)
    int32_t host_cores;       // physical cores of its host
    uint64_t machine;         // pn_host.machine: equal on ranks of one host; 0: the name tells
    uint64_t memory_group;    // pn_host.memory_group: who shares memory_available, there
    int64_t memory_own;       // pn_host.memory_own: bytes left to this rank alone; 0: no such limit
    char own_bound[16];       // by what: "ulimit -v"
    int32_t threads_bound;    // most threads, where none were asked for; 0: as the cores allow
    char bound_by[24];        // the variable that says so: "OMP_NUM_THREADS"
    uint64_t cpu_set;         // pn_host.cpu_set: equal on ranks that may use the same processors
    int64_t memory_available; // bytes on its host, for all ranks there
    int64_t device_memory;    // bytes that its device has for the matrix
    int64_t overflow_bytes;   // and that the first rows may take of its host's memory beside
    int32_t overflow_is_open; // whether they take some is for the model to say
    int64_t overflow_takes;   // bytes of its device, if they do
    double bus_rate;          // bytes a second to the device and back; 0: not measured
    double rate;              // of multiplication with its threads; 0: not measured
    double panel_rate;        // of a panel alone, by the host's threads; 0: not measured
    double device_panel_rate; // of one that its device factors itself; 0: it does not
    double rows_rate;         // of exchanging NB rows and solving for U; 0: not measured
    int32_t rate_nb;          // block size at which these were measured; 0: the usual one
    int32_t product_count;    // in ascending order: tune/product_rates.h
    pn_product_rate products[PN_PRODUCT_RATES];
    double share; // relative speed that was given for it; 0: none was
    // What was asked for where this rank was started, in place of what all were; 0: nothing.
    int32_t threads;
    double memory_share;
    int64_t memory_bytes;
} pn_rank_info;

// Sets host_id and kind_id of info[ranks]: two ranks have the same number if and only if they are
// on the same machine, or of the same name where no machine is known; and of the same kind.
void pn_rank_info_number(pn_rank_info *info, int ranks);

#endif
