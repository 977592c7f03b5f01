// SPDX-License-Identifier: BSD-3-Clause
#include "machines/half_kind.h"

#include "machines/constants.h"

#include <stddef.h>

static const pn_half_kind kinds[] = {
#define HALF(generation, words, peak) {generation, words, (peak)*1e12},
#include "machines/half_kind.inc"
#undef HALF
};

const pn_half_kind *pn_half_kinds(int *count)
{
    *count = sizeof kinds / sizeof kinds[0];
    return kinds;
}

const pn_half_kind *pn_half_kind_of(const char *device)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (pn_words_match(kinds[i].words, device))
            return &kinds[i];
    return NULL;
}
