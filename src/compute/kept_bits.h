// SPDX-License-Identifier: BSD-3-Clause
// Whether products of FP64 are native: by the path that a run takes, and by what they lose.
#ifndef PN_COMPUTE_KEPT_BITS_H
#define PN_COMPUTE_KEPT_BITS_H

#include "compute/compute.h"

// A product of 512 x 512 matrices in the part's memory, in the background as in a run. Row i of the
// first is (1, 2^-i, 0 ...) and a column of the second (0, 1, 0 ...), all others are at random;
// native arithmetic, in whatever order, gives 2^-i to the last bit. One that scales rows or columns
// as a whole to integers, as emulation does, loses it from some i on: `*bits` is the first that was
// lost, about the bits that it keeps; 0: none was.
//
// Emulation that finds out for each product how many bits it needs, and takes native arithmetic
// where they are too many, loses nothing here, and is not told apart. A device without room for
// such matrices is not tried. Failure: memory.
pn_status pn_kept_bits(pn_compute *compute, int *bits);

#endif
