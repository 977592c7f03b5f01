// SPDX-License-Identifier: BSD-3-Clause
// A partition of a machine file as a part of a system: whose constants stand for its devices or
// processors, how much memory the matrix may have, what its links give to one process.
#ifndef PN_PREDICT_PARTS_H
#define PN_PREDICT_PARTS_H

#include "predict/predict.h"

typedef enum pn_end { PN_END_LOW = -1, PN_END_MIDDLE = 0, PN_END_HIGH = 1 } pn_end;

// Fills `part` (what the model needs) and `told` (what people read) of a partition, taking `end` of
// every range. Adds the sources of what it used to the prediction's notes when `end` is the middle.
pn_status pn_partition_part(pn_prediction *prediction, const pn_constants *constants,
                            const pn_machine *machine, const pn_machine_partition *partition,
                            pn_end end, pn_system_part *part, pn_predicted_part *told);

// A note in printf style.
pn_status pn_prediction_note(pn_prediction *prediction, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
