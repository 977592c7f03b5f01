// SPDX-License-Identifier: BSD-3-Clause
// Rates on a screen and on paper: four digits with the prefix that fits.
#ifndef PN_BASE_RATE_TEXT_H
#define PN_BASE_RATE_TEXT_H

enum { PN_FLOPS_TEXT = 32 };

// "102.3 GFLOP/s" for 102.3e9, "213.3 TFLOP/s" for 2.133e14; GFLOP/s for all that is less.
void pn_flops_text(double flops, char text[PN_FLOPS_TEXT]);

// "15.20 to 24.10" about a rate, in its unit and with its decimals.
void pn_flops_range_text(double flops, double low, double high, char text[PN_FLOPS_TEXT]);

#endif
