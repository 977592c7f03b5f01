// SPDX-License-Identifier: BSD-3-Clause
// One benchmark from the empty memory to the checked result: allocate, generate, warm up, factor
// and solve against the clock, regenerate, verify.
#ifndef PN_RUN_BENCHMARK_H
#define PN_RUN_BENCHMARK_H

#include "base/log.h"
#include "comm/broadcast.h"
#include "comm/comm.h"
#include "compute/compute.h"
#include "grid/place.h"
#include "lu/device_panel.h"
#include "measure/result.h"

struct pn_adapt;    // balance/adapt.h
struct pn_manifest; // checkpoint/manifest.h
struct pn_notice;   // base/notice.h

// Checkpoints that are written, and one to go on from.
typedef struct pn_checkpoints {
    const char *folder;       // of the generations; NULL: there are none
    double every;             // seconds from one to the next; 0: as often as can be
    struct pn_notice *notice; // what is asked for from outside; NULL: nobody does
    // Generations to go on from, the newest first, of this N, NB and seed; 0: from the beginning.
    int count;
    const int *numbers;
    const struct pn_manifest *manifests;
} pn_checkpoints;

typedef struct pn_poison { // a deliberate fault in the matrix, to see the alarm ring
    pn_gidx row, column;   // row < 0: the whole column
    double value;
    bool set;
} pn_poison;

typedef struct pn_benchmark {
    const pn_layout *layout;
    uint64_t seed;           // 100 is HPL's
    double threshold;        // 16.0
    pn_settings settings;    // how to go about it; sizes and grid are those of the layout
    bool gpu_aware;          // rows are exchanged out of the part's memory (see lu/gpu_aware.h)
    double expected_seconds; // for the progress line; 0: unknown
    double tail_seconds;     // of them, behind the factorisation
    double product_flops;    // FLOP/s of all products, for the same; 0: unknown
    const char *sysfs;       // where the meters of this rank's host are read; NULL: another does
    bool is_silent;          // no progress line
    struct pn_onlookers *onlookers; // on rank 0; NULL: nobody
    pn_poison poison;
    bool adapt;             // move block columns when parts drift apart
    const pn_gidx *caps;    // [columns] most block columns each can hold; NULL: no limit
    int64_t memory_allowed; // bytes for this rank, moves included; 0: no limit
    pn_checkpoints checkpoints;
    // Asked on all ranks before a step in the place of pn_adapt_pause, as long as columns may move:
    // whether they do now, on all ranks alike. Then rank 0 has set owner, moved and gain of
    // `adapt`. For tests, which cannot wait for a part to slow down; NULL: the speeds that are seen
    // decide.
    bool (*decide)(void *context, struct pn_adapt *adapt, pn_gidx step, double wait_seconds);
    void *context; // of it
} pn_benchmark;

// Every rank calls it. Fills `result` on rank 0 (elsewhere only `passed` and `finding`).
// Failures: memory; no generation that can be read; a signal that asked for an end, once a
// checkpoint is written. A failed residual or a bad pivot is a finding in the result.
pn_status pn_benchmark_run(const pn_benchmark *benchmark, pn_comm *comm, pn_compute *compute,
                           pn_log *log, pn_result *result);

// Bytes this rank will take for a layout, everything included.
size_t pn_benchmark_bytes(const pn_benchmark *benchmark, const pn_place *place);

#endif
