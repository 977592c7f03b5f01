// SPDX-License-Identifier: BSD-3-Clause
// A partition of a machine file as a class of ranks: whose constants stand for its devices or
// processors, how much memory the matrix may have, what its links give to one process.
#ifndef PN_MACHINES_PARTITION_CLASS_H
#define PN_MACHINES_PARTITION_CLASS_H

#include "machines/kind_class.h"
#include "machines/prediction.h"

// An end of all ranges at once: the one that makes a run slower, the figures as given, or the one
// that makes it faster.
typedef enum pn_end { PN_END_LOW = -1, PN_END_MIDDLE = 0, PN_END_HIGH = 1 } pn_end;

// Of a figure of which more is better.
static inline double pn_figure_at(const pn_figure *figure, pn_end end)
{
    return end == PN_END_LOW ? figure->low : end == PN_END_HIGH ? figure->high : figure->value;
}

// Of a latency.
static inline double pn_latency_at(const pn_figure *figure, pn_end end)
{
    return end == PN_END_LOW ? figure->high : end == PN_END_HIGH ? figure->low : figure->value;
}

// Fills `class` (what the model needs) and `told` (what people read) of a partition, taking `end`
// of every range. Adds the sources of what it used to the prediction's notes when `end` is the
// middle. Failures: those of pn_predict_machine that are a partition's.
pn_status pn_partition_class(pn_prediction *prediction, const pn_constants *constants,
                             const pn_machine *machine, const pn_machine_partition *partition,
                             pn_end end, pn_rank_class *class, pn_predicted_partition *told);

#endif
