// SPDX-License-Identifier: BSD-3-Clause
// Hands a batch script to Slurm's sbatch.
#ifndef PN_CLI_SUBMIT_H
#define PN_CLI_SUBMIT_H

#include "base/status.h"

#include <stddef.h>

// `answer` (bytes long) receives what sbatch said: "Submitted batch job 12". Failures: no sbatch
// here, or Slurm refuses; then the message holds Slurm's own and what to do about it.
pn_status pn_submit_slurm(const char *script, char *answer, size_t bytes);

#endif
