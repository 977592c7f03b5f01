// SPDX-License-Identifier: BSD-3-Clause
// The machine as data. One YAML format describes a real machine (written by `panache probe`, with
// measured rates) and a machine on paper (partitions, nodes, devices, links, each figure with its
// source, or marked as assumed). The tables below are the format: they make the structs, the
// reader, the writer and the list of keys in error messages.
//
//     machine: Example
//     partitions:
//       - name: gpu
//         nodes: 100
//         devices: 4
//         device: A100
//         link_bandwidth: {value: 200Gb/s, source: "vendor's page", assumed: true}
//
// A figure is a quantity (config/units.h) or a mapping of value, source, assumed and range.
#ifndef PN_CONFIG_MACHINE_H
#define PN_CONFIG_MACHINE_H

#include "base/status.h"
#include "config/units.h"

#include <stdbool.h>
#include <stdio.h>

// The beginning of the source of a machine that was measured.
#define PN_MACHINE_PROBED "measured by panache probe"

// B/s that the links of a node can have together. Nodes of sixteen adapters of 100 GB/s would come
// to 1.6e12; those that exist have up to 0.8e12.
#define PN_MACHINE_LINKS_MOST 2e12

typedef struct pn_figure {
    double value;     // in the dimension's base unit: B, B/s, s, Hz, W, Flop/s, EUR
    double low, high; // range; equal to value if none is given
    bool set;
    bool assumed; // not published: a guess that must be printed as such
    char *source; // NULL: the source of what it belongs to
    int line;     // in the file; 0 if it comes from none
} pn_figure;

// Rows: TEXT(key), DATE(key): YYYY, YYYY-MM or YYYY-MM-DD; EDITION(key): of the TOP500 list, such
// as 202606; FIGURE(key, dimension, least, most), LIST(key, entries). What a key means stands
// beside it.

// A kind of device by its figures, for kinds that the program does not know by name.
#define PN_MACHINE_DEVICE(TEXT, DATE, EDITION, FIGURE, LIST)                                       \
    TEXT(name)                                                                                     \
    TEXT(note)                                                                                     \
    TEXT(source)                                                                                   \
    FIGURE(memory, PN_BYTES, 64e6, 16e12)                                                          \
    FIGURE(memory_bandwidth, PN_BANDWIDTH, 1e9, 200e12)                                            \
    FIGURE(peak, PN_FLOPS, 1e9, 2e15) /* FP64, as published; never a basis of Rmax */              \
    FIGURE(rate, PN_FLOPS, 1e9, 2e15) /* DGEMM, sustained */                                       \
    FIGURE(panel_rate, PN_FLOPS, 1e6, 1e15)                                                        \
    FIGURE(peak_16bit, PN_FLOPS, 1e9, 1e17) /* dense, as published */                              \
    FIGURE(rate_16bit, PN_FLOPS, 1e9, 1e17) /* products of 16 bits, summed in FP32, sustained */   \
    FIGURE(host_bandwidth, PN_BANDWIDTH, 1e8, 5e12) /* between host and device */                  \
    FIGURE(power, PN_WATTS, 1, 10e3)

// A rate measured at one shape: m x n results, inner dimension or block nb.
#define PN_MACHINE_MEASUREMENT(TEXT, DATE, EDITION, FIGURE, LIST)                                  \
    TEXT(operation) /* multiply, strip, solve, panel, copy, message, exchange */                   \
    FIGURE(threads, PN_COUNT, 1, 4096)                                                             \
    FIGURE(m, PN_COUNT, 1, 1e7)                                                                    \
    FIGURE(n, PN_COUNT, 1, 1e7)                                                                    \
    FIGURE(nb, PN_COUNT, 1, 65536)                                                                 \
    FIGURE(rate, PN_FLOPS, 1e6, 2e15)                                                              \
    FIGURE(bandwidth, PN_BANDWIDTH, 1e6, 200e12)                                                   \
    FIGURE(latency, PN_SECONDS, 1e-9, 10)                                                          \
    FIGURE(spread, PN_SHARE, 0, 10) /* (slowest - fastest) / median of the repeats */

// Nodes of one kind on one network. Figures are of one node unless said otherwise.
#define PN_MACHINE_PARTITION(TEXT, DATE, EDITION, FIGURE, LIST)                                    \
    TEXT(name)                                                                                     \
    TEXT(note)                                                                                     \
    TEXT(source) /* of every figure here that names none itself */                                 \
    DATE(since)  /* in service from ... */                                                         \
    DATE(until)  /* ... to before */                                                               \
    FIGURE(nodes, PN_COUNT, 1, 1e6)                                                                \
    TEXT(processor)                                                                                \
    FIGURE(processors, PN_COUNT, 1, 64) /* sockets */                                              \
    FIGURE(cores, PN_COUNT, 1, 8192)    /* physical, over all processors of the node */            \
    FIGURE(clock, PN_HERTZ, 1e8, 1e10)                                                             \
    FIGURE(ranks, PN_COUNT, 1, 8192) /* processes of a run; `measured` is of one of them */        \
    FIGURE(numa_domains, PN_COUNT, 1, 1024)                                                        \
    FIGURE(l1d, PN_BYTES, 1e3, 1e9)                                                                \
    FIGURE(l2, PN_BYTES, 1e3, 1e10)                                                                \
    FIGURE(l3, PN_BYTES, 1e3, 1e11)                                                                \
    FIGURE(memory, PN_BYTES, 64e6, 256e12)                                                         \
    FIGURE(memory_available, PN_BYTES, 1e6, 256e12)                                                \
    FIGURE(memory_bandwidth, PN_BANDWIDTH, 1e8, 200e12)                                            \
    FIGURE(rate, PN_FLOPS, 1e9, 2e15)       /* DGEMM of the node's processors, all cores */        \
    FIGURE(rate_16bit, PN_FLOPS, 1e9, 1e17) /* the same of products of 16 bits, summed in FP32 */  \
    TEXT(blas)                                                                                     \
    TEXT(device) /* a name the program knows, or one of `devices` */                               \
    FIGURE(devices, PN_COUNT, 1, 64)                                                               \
    FIGURE(device_memory, PN_BYTES, 64e6, 16e12) /* of one, where its kind leaves it open */       \
    FIGURE(device_cores, PN_COUNT, 1, 1e6)       /* that lists count for one, in total_cores */    \
    TEXT(network)                                                                                  \
    FIGURE(links, PN_COUNT, 1, 64)                                                                 \
    FIGURE(link_bandwidth, PN_BANDWIDTH, 1e6, 400e9) /* of one link, one way */                    \
    FIGURE(latency, PN_SECONDS, 1e-8, 1)                                                           \
    FIGURE(power, PN_WATTS, 1, 1e6)                                                                \
    FIGURE(price, PN_MONEY, 1, 1e8)                                                                \
    FIGURE(total_cores, PN_COUNT, 1, 1e9)   /* of the partition, as published: must agree */       \
    FIGURE(total_devices, PN_COUNT, 1, 1e7) /* the same */                                         \
    FIGURE(peak, PN_FLOPS, 1e9, 1e20)       /* of the partition, as published */                   \
    EDITION(listed)                         /* the last edition it was on */                       \
    FIGURE(listed_rmax, PN_FLOPS, 1e9, 1e20)                                                       \
    FIGURE(listed_rpeak, PN_FLOPS, 1e9, 1e20)                                                      \
    FIGURE(listed_n, PN_COUNT, 1, 1e9)                                                             \
    FIGURE(listed_power, PN_WATTS, 1, 1e9)                                                         \
    LIST(measured, measurement)

// What joins two networks.
#define PN_MACHINE_GATEWAY(TEXT, DATE, EDITION, FIGURE, LIST)                                      \
    TEXT(from) /* partition */                                                                     \
    TEXT(to)   /* partition */                                                                     \
    TEXT(note)                                                                                     \
    TEXT(source)                                                                                   \
    FIGURE(bandwidth, PN_BANDWIDTH, 1e6, 1e15) /* over all its links, one way */                   \
    FIGURE(latency, PN_SECONDS, 1e-8, 1)

#define PN_MACHINE(TEXT, DATE, EDITION, FIGURE, LIST)                                              \
    TEXT(machine) /* its name */                                                                   \
    TEXT(site)                                                                                     \
    TEXT(note)                                                                                     \
    TEXT(source)                                                                                   \
    DATE(as_of) /* when these facts held */                                                        \
    LIST(partitions, partition)                                                                    \
    LIST(gateways, gateway)                                                                        \
    LIST(devices, device)

#define PN_FIELD_TEXT(key) char *key;
#define PN_FIELD_FIGURE(key, dimension, least, most) pn_figure key;
#define PN_FIELD_LIST(key, entries)                                                                \
    struct pn_machine_##entries *key;                                                              \
    int key##_count;
#define PN_FIELDS(rows)                                                                            \
    rows(PN_FIELD_TEXT, PN_FIELD_TEXT, PN_FIELD_TEXT, PN_FIELD_FIGURE, PN_FIELD_LIST) int line;

typedef struct pn_machine_device {
    PN_FIELDS(PN_MACHINE_DEVICE)
} pn_machine_device;

typedef struct pn_machine_measurement {
    PN_FIELDS(PN_MACHINE_MEASUREMENT)
} pn_machine_measurement;

typedef struct pn_machine_partition {
    PN_FIELDS(PN_MACHINE_PARTITION)
    bool is_network_asked; // by an option; the file says nothing of it
} pn_machine_partition;

typedef struct pn_machine_gateway {
    PN_FIELDS(PN_MACHINE_GATEWAY)
} pn_machine_gateway;

typedef struct pn_machine {
    PN_FIELDS(PN_MACHINE)
} pn_machine;

// Index of the partition of that name, or -1, and the failure to report then.
int pn_machine_find(const pn_machine *machine, const char *name);
pn_status pn_machine_fail_unknown(const pn_machine *machine, const char *name);

// The machine's own entry of a partition's device, or NULL.
const pn_machine_device *pn_machine_device_of(const pn_machine *machine,
                                              const pn_machine_partition *partition);

// A figure that is known, one that was measured (four digits: more would only be noise; unknown if
// it is not above 0), and a copied text (of one line, which may end in a newline: that is left
// out; other control characters are refused, with a failure).
pn_figure pn_figure_of(double value);
pn_figure pn_figure_rounded(double value);
pn_status pn_machine_text(char **field, const char *text);

// Mean spread of the repeats of the multiplications that were measured of a partition; 0: nothing
// was. On a quiet machine it is some per cent.
double pn_machine_disagreement(const pn_machine_partition *partition);

#define PN_MACHINE_USUAL_SPREAD 0.15

#endif
