// SPDX-License-Identifier: BSD-3-Clause
// The block sizes that are tried, and by whom: few where each costs a grid of its own.
#ifndef PN_TUNE_BLOCK_SIZES_H
#define PN_TUNE_BLOCK_SIZES_H

typedef enum pn_block_use {
    PN_BLOCKS_OF_PROCESSORS = 1, // by ranks that compute on processors
    PN_BLOCKS_OF_DEVICES = 2,    // by ranks that compute on devices
    PN_BLOCKS_SEARCHED = 4,      // by the search on a machine file
    PN_BLOCKS_UNSEARCHED = 8,    // by a prediction, for classes of unlike speeds
    PN_BLOCKS_WITH_HEIGHTS = 16, // by a prediction, together with heights
    PN_BLOCKS_OF_MIXED = 32      // in a matrix of FP32, at each of which products are measured
} pn_block_use;

enum { PN_BLOCK_SIZES = 13 };

// Fills sizes[PN_BLOCK_SIZES] with those of any of the uses, ascending; returns how many.
int pn_block_sizes(int uses, int *sizes);

// Root of a matrix too small for a search, in steps of the least: 1.5 sqrt(N).
int pn_block_size_of_small(long long n);

// That around which runs of N were fastest where it was measured (docs/performance.md): 2 sqrt(N).
double pn_block_size_rule(double n);

// With which measured ranks are arranged before the search, and the least N that is worth one.
enum { PN_BLOCK_FIRST = 256, PN_BLOCK_SEARCH_LEAST = 2000 };

// Those that HPL codes take on processes of such a speed, FLOP/s.
int pn_block_size_usual(double rate);

// The smallest that is ever taken.
enum { PN_BLOCK_LEAST = 32 };

#endif
