// SPDX-License-Identifier: BSD-3-Clause
// The order of the rows in a checkpoint, where they are checked: which row of the generator's
// matrix stands at each place. A file beside the shards, N numbers and their checksum.
#ifndef PN_CHECKPOINT_ROW_ORDER_H
#define PN_CHECKPOINT_ROW_ORDER_H

#include "checkpoint/generation.h"

// Writes order[n] into the folder of a generation that is there, and brings it to the disk. One
// rank calls it, before the manifest is put in place.
pn_status pn_row_order_save(const char *folder, int number, const int64_t *order, pn_gidx n);

// Failures: it is missing, not of its size, damaged, or no order of n rows.
pn_status pn_row_order_load(const char *folder, int number, int64_t *order, pn_gidx n);

#endif
