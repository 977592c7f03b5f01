// SPDX-License-Identifier: BSD-3-Clause
// Quantities as people write them: 80GB, 200Gb/s, 1.2us, 3.1GHz, 25MW, 19.5TF, 50MEUR. A number,
// perhaps a space, a prefix (k M G T P E, or Ki Mi Gi Ti Pi for bytes) and the unit of the
// dimension. Case counts where it must: 200Gb/s are bits, 200GB/s are bytes. It does not in rates
// and frequencies, where people write Gflops, TFLOPS, PFLOP/s and MHZ.
#ifndef PN_CONFIG_UNITS_H
#define PN_CONFIG_UNITS_H

#include "base/status.h"

#include <stddef.h>

typedef enum pn_dimension {
    PN_COUNT,     // a whole number without a unit
    PN_NUMBER,    // a number without a unit
    PN_SHARE,     // 0.8 or 80%
    PN_BYTES,     // B
    PN_BANDWIDTH, // B/s; b/s or bit/s are divided by 8
    PN_SECONDS,   // s; min and h
    PN_HERTZ,     // Hz
    PN_WATTS,     // W
    PN_FLOPS,     // F, F/s, Flop, Flops, Flop/s, Flops/s: operations per second
    PN_MONEY,     // EUR
    PN_DIMENSIONS
} pn_dimension;

// Value in the base unit named above. Failure says what was read and what is allowed, without
// the place (the caller's pn_fail_in).
pn_status pn_quantity_parse(const char *text, pn_dimension dimension, double *value);

// The shortest text that reads back as `value` to 12 digits: "80GB", "32MiB", "25GB/s".
void pn_quantity_format(double value, pn_dimension dimension, char *text, size_t bytes);

// Such as "a number of bytes such as 80GB".
const char *pn_dimension_allowed(pn_dimension dimension);

#endif
