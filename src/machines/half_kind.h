// SPDX-License-Identifier: BSD-3-Clause
// What devices do in 16-bit floating point, by their names: the peak that their makers publish
// (half_kind.inc). It is a basis of forecasts only together with the share of it that was reached.
#ifndef PN_MACHINES_HALF_KIND_H
#define PN_MACHINES_HALF_KIND_H

typedef struct pn_half_kind {
    const char *generation; // kinds of one reach like shares of their peaks
    const char *words;      // see pn_words_match
    double peak;            // FLOP/s, dense
} pn_half_kind;

const pn_half_kind *pn_half_kinds(int *count);

// The kind of a device by its name, or NULL.
const pn_half_kind *pn_half_kind_of(const char *device);

#endif
