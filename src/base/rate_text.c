// SPDX-License-Identifier: BSD-3-Clause
#include "base/rate_text.h"

#include <stdio.h>

typedef struct rate_scale {
    double unit; // FLOP/s
    char prefix;
    int decimals;
} rate_scale;

static rate_scale scale_of(double flops)
{
    static const char prefixes[] = {'G', 'T', 'P', 'E'};
    const double next = 999.95, little = 0.0995; // four digits below the next prefix; no exponent
    int i = 0;
    double unit = 1e9;
    for (; i + 1 < (int)sizeof prefixes && flops / unit >= next; i++)
        unit *= 1000;
    double value = flops / unit;
    int decimals = value < little ? 6 : value < 9.9995 ? 3 : value < 99.995 ? 2 : 1;
    return (rate_scale){unit, prefixes[i], decimals};
}

void pn_flops_text(double flops, char text[PN_FLOPS_TEXT])
{
    rate_scale scale = scale_of(flops);
    snprintf(text, PN_FLOPS_TEXT, "%.*f %cFLOP/s", scale.decimals, flops / scale.unit,
             scale.prefix);
}

void pn_flops_range_text(double flops, double low, double high, char text[PN_FLOPS_TEXT])
{
    rate_scale scale = scale_of(flops);
    snprintf(text, PN_FLOPS_TEXT, "%.*f to %.*f", scale.decimals, low / scale.unit, scale.decimals,
             high / scale.unit);
}
