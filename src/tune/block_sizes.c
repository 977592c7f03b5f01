// SPDX-License-Identifier: BSD-3-Clause
// One table of block sizes, each with those who try it, and the rules that stand where nothing is
// tried: every block size that is ever chosen comes from here.
#include "tune/block_sizes.h"

#include <math.h>

enum {
    CPU = PN_BLOCKS_OF_PROCESSORS,
    GPU = PN_BLOCKS_OF_DEVICES,
    ANY = PN_BLOCKS_SEARCHED,
    USE = PN_BLOCKS_UNSEARCHED,
    FEW = PN_BLOCKS_WITH_HEIGHTS,
    MXP = PN_BLOCKS_OF_MIXED
};

static const struct {
    int nb, uses;
} table[PN_BLOCK_SIZES] = {{64, CPU | ANY},
                           {96, CPU | ANY},
                           {128, CPU | ANY | MXP},
                           {160, CPU | ANY},
                           {192, CPU | ANY | USE | MXP},
                           {224, CPU | ANY},
                           {256, CPU | GPU | ANY | USE | FEW | MXP},
                           {320, CPU | ANY},
                           {384, CPU | GPU | ANY | USE | MXP},
                           {512, GPU | ANY | USE | FEW | MXP},
                           {768, GPU | ANY | USE | MXP},
                           {1024, GPU | ANY | USE | FEW | MXP},
                           {1536, ANY}};

int pn_block_sizes(int uses, int *sizes)
{
    int count = 0;
    for (int i = 0; i < PN_BLOCK_SIZES; i++)
        if (table[i].uses & uses)
            sizes[count++] = table[i].nb;
    return count;
}

int pn_block_size_of_small(long long n)
{
    long long steps = llround(1.5 * sqrt((double)n) / PN_BLOCK_LEAST);
    return (int)(steps > 1 ? steps : 1) * PN_BLOCK_LEAST;
}

double pn_block_size_rule(double n)
{
    return 2.0 * sqrt(n);
}

int pn_block_size_usual(double rate)
{
    return rate > 10e12 ? 1024 : rate > 3e12 ? 512 : 320;
}
