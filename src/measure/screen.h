// SPDX-License-Identifier: BSD-3-Clause
// Which part of a machine is slower than its like: what was measured on every rank and every link
// between neighbours, held against the median of the same kind. Multiplication is compared thread
// by thread; memory and panel, which do not grow so, among ranks with as many threads. Ranks whose
// threads share cores are held against those alone that share them as much. Pure.
#ifndef PN_MEASURE_SCREEN_H
#define PN_MEASURE_SCREEN_H

#include "base/status.h"
#include "base/types.h"

// What a rank is measured by: (identifier, name, what is slow then, unit, units in one of it). More
// is better.
#define PN_SCREEN_ASPECTS(X)                                                                       \
    X(MULTIPLY, "multiply", "compute", "GFLOP/s", 1e9)                                             \
    X(PANEL, "panel", "compute", "GFLOP/s", 1e9)                                                   \
    X(MEMORY, "memory", "memory", "GB/s", 1e9)

typedef enum pn_screen_aspect {
#define PN_SCREEN_ENUM(id, name, slow, unit, scale) PN_SCREEN_##id,
    PN_SCREEN_ASPECTS(PN_SCREEN_ENUM)
#undef PN_SCREEN_ENUM
        PN_SCREEN_ASPECT_COUNT
} pn_screen_aspect;

// Flat: may be sent between ranks as bytes.
typedef struct pn_screen_rank {
    char host[64];
    char kind[128];   // processor or device
    char device[32];  // its address on the host's bus; "" for processors
    char kernels[64]; // of the BLAS; "" if unknown. Other kernels are no other kind
    int32_t threads;  // that it was measured with; 1 for a device
    double cpu_share; // part of the time that each of them can have a core; 0: all of it
    double measured[PN_SCREEN_ASPECT_COUNT]; // in this round
    double value[PN_SCREEN_ASPECT_COUNT];    // results: of the round in which it stood as usual,
    double relative[PN_SCREEN_ASPECT_COUNT]; // and that to the median of its kind then; 0: unknown
} pn_screen_rank;

typedef struct pn_screen_link {
    int from, to;
    double measured_latency, measured_bandwidth; // in this round: seconds, bytes a second
    double latency, bandwidth; // results: of the round in which each stood as usual
    double relative_latency;   // then to the median of the links between the same kinds on the
    double relative_bandwidth; // same host, or on different ones; more is better for both
} pn_screen_link;

typedef enum pn_screen_slow { PN_SLOW_RANK, PN_SLOW_BANDWIDTH, PN_SLOW_LATENCY } pn_screen_slow;

typedef struct pn_screen_finding {
    pn_screen_slow slow;
    int index; // of the rank or the link
    pn_screen_aspect aspect;
    double relative;
} pn_screen_finding;

typedef struct pn_screen_standing { // of one figure in one round
    double value, relative;
} pn_screen_standing;

typedef struct pn_screen {
    int rank_count;
    pn_screen_rank *ranks;
    int link_count;
    pn_screen_link *links;
    double tolerance; // 0.05: five per cent below the median is too slow
    int finding_count;
    pn_screen_finding *findings; // the worst first
    bool mixed_kernels;          // ranks of one kind do not use the same BLAS kernels
    int rounds;                  // that were judged, and how each figure stood in each of them
    pn_screen_standing *standings;
} pn_screen;

// How many times the tolerance others than a rank's multiplication are allowed: memory is shared
// with neighbours, a panel is short, and a link depends on the way between two places.
enum {
    PN_SCREEN_PANEL_FACTOR = 2,
    PN_SCREEN_MEMORY_FACTOR = 2,
    PN_SCREEN_BANDWIDTH_FACTOR = 5,
    PN_SCREEN_LATENCY_FACTOR = 10
};

// Compares what was measured in a round, and sets the results above. Of several rounds the median
// standing of each figure counts, of two middle ones the better: what is slow is slow in most of
// them, and a passing disturbance, of the part or of its peers, is not. Failure: memory.
pn_status pn_screen_judge(pn_screen *screen);
void pn_screen_release(pn_screen *screen);

#endif
