// SPDX-License-Identifier: BSD-3-Clause
// A run's record as what trains: its ranks by kind, at the rates of products that were measured.
#ifndef PN_CLI_TRAIN_RECORD_H
#define PN_CLI_TRAIN_RECORD_H

#include "machines/trainer.h"

// Failures: those of reading the record, one whose products were in FP64, memory.
pn_status pn_trainers_of_record(pn_trainers *trainers, const char *path);

#endif
