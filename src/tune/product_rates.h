// SPDX-License-Identifier: BSD-3-Clause
// What a rank multiplies in a matrix of FP32, and how fast, at each block size that such a run may
// choose: products of 16 bits pay only from a certain depth on, so that format and NB are one
// choice. Each rank has its own.
#ifndef PN_TUNE_PRODUCT_RATES_H
#define PN_TUNE_PRODUCT_RATES_H

#include "base/element.h"
#include "tune/rank_info.h"

// FLOP/s at this block size by the faster format, its time interpolated between those that were
// measured; 0: nothing was.
double pn_product_flops(const pn_rank_info *info, int nb);

// The same in FP32 alone; 0: not measured.
double pn_product_flops_single(const pn_rank_info *info, int nb);

// The format that is faster there; of what cannot be told apart FP32.
pn_element pn_product_format(const pn_rank_info *info, int nb);

// The block size of the highest rate; 0: nothing was measured.
int pn_product_best(const pn_rank_info *info);

// Scales what was measured briefly so that it is `rate` at this block size.
void pn_product_scale(pn_rank_info *info, int nb, double rate);

#endif
