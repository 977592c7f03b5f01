// SPDX-License-Identifier: BSD-3-Clause
// The middle of measured values, which a disturbed one does not move.
#ifndef PN_BASE_MEDIAN_H
#define PN_BASE_MEDIAN_H

// values[count] upwards.
void pn_sort(double *values, int count);

// The middle one of values[count], count > 0, or the mean of both in the middle; sorts them.
double pn_median(double *values, int count);

#endif
