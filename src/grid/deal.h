// SPDX-License-Identifier: BSD-3-Clause
// Dealing block columns, or virtual rows, in proportion to speeds.
#ifndef PN_GRID_DEAL_H
#define PN_GRID_DEAL_H

#include "base/status.h"
#include "base/types.h"

// Reverse greedy allocation (docs/design.md): deals `blocks` block columns from the last to the
// first, each to the column with the least (count + 1) / share that is below its cap; ties go to
// the faster, then to the one further left. Fills owner[blocks].
pn_status pn_layout_deal(int32_t *owner, pn_gidx blocks, int columns, const double *shares,
                         const pn_gidx *caps);

#endif
