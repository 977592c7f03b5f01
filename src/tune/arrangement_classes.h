// SPDX-License-Identifier: BSD-3-Clause
// The arrangement of classes of ranks (tune/arrangement.h), without places for single ranks.
#ifndef PN_TUNE_ARRANGEMENT_CLASSES_H
#define PN_TUNE_ARRANGEMENT_CLASSES_H

#include "tune/arrangement.h"
#include "tune/classes.h"

// Tables in place of those that `arrangement` has, empty ones at first, with the columns of a run
// of classes: as high as is asked for of one class, near `height`, or with p 0 as suits each class;
// shares by the rates at block size nb, if not otherwise asked for. Failures: memory; shares of
// another number than there are columns.
pn_status pn_arrangement_make_classes(pn_arrangement *arrangement, const pn_class_run *run,
                                      const pn_tuned_height *height, int nb);

#endif
