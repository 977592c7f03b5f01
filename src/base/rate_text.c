// SPDX-License-Identifier: BSD-3-Clause
#include "base/rate_text.h"

#include <stdio.h>

void pn_flops_text(double flops, char text[PN_FLOPS_TEXT])
{
    static const char prefixes[] = {'G', 'T', 'P', 'E'};
    const double next = 999.95, least = 1e-3; // four digits below the next prefix; no exponent
    double value = 1e-9 * flops;
    int prefix = 0;
    for (; prefix + 1 < (int)sizeof prefixes && value >= next; prefix++)
        value *= 1e-3;
    snprintf(text, PN_FLOPS_TEXT, value < least ? "%.6f %cFLOP/s" : "%.4g %cFLOP/s", value,
             prefixes[prefix]);
}
