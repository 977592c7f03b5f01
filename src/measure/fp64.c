// SPDX-License-Identifier: BSD-3-Clause
#include "measure/fp64.h"

#include "base/plural.h"

#include <stdio.h>

pn_fp64 pn_fp64_of(const pn_result *result)
{
    pn_fp64 fp64 = {.asked = result->fp64_asked};
    for (int i = 0; i < result->rank_count; i++) {
        int bits = result->ranks[i].kept_bits;
        if (bits == 0)
            continue;
        if (fp64.emulated++ == 0)
            fp64.first = result->ranks[i].rank;
        fp64.least = fp64.least == 0 || bits < fp64.least ? bits : fp64.least;
    }
    return fp64;
}

bool pn_fp64_is_native(const pn_fp64 *fp64)
{
    return fp64->asked == 0 && fp64->emulated == 0;
}

void pn_fp64_text(const pn_fp64 *fp64, char text[PN_FP64_TEXT])
{
    char kept[64] = "", asked[32] = ", unasked";
    text[0] = '\0';
    if (pn_fp64_is_native(fp64))
        return;
    if (fp64->emulated > 0)
        snprintf(kept, sizeof kept, " on %d rank%s, keeping %d bits", fp64->emulated,
                 pn_plural(fp64->emulated), fp64->least);
    if (fp64->asked > 0)
        snprintf(asked, sizeof asked, " (%d asked for)", fp64->asked);
    snprintf(text, PN_FP64_TEXT, "FP64 is emulated%s%s: " PN_NOT_COMPARABLE, kept, asked);
}
