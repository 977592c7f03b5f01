// SPDX-License-Identifier: BSD-3-Clause
// An MPI that cannot start may end the process from inside its own start, with an exit code that
// means something else here. While it is under way the process's exit is watched.
#ifndef PN_COMM_INIT_EXIT_H
#define PN_COMM_INIT_EXIT_H

#include "comm/launcher.h"
#include "comm/witness.h"

#include <stddef.h>

typedef struct pn_init_exit pn_init_exit;

// From here to its disarming, an exit of the process tells why MPI could not start and has exit
// code PN_EXIT_FAILURE. witness: dismissed then; may be NULL. NULL if nothing can be watched.
pn_init_exit *pn_init_exit_arm(pn_family family, pn_witness *witness);
void pn_init_exit_disarm(pn_init_exit *guard); // NULL is allowed

// Where an MPI puts its files and shared memory.
typedef struct pn_init_folders {
    const char *temporary; // "/tmp", or what TMPDIR says
    const char *shared;    // "/dev/shm"
} pn_init_folders;

// Why an MPI may not start here, as far as that shows: the places that are missing, closed or
// (nearly) full. False, and text is empty, if nothing is wrong with them.
bool pn_init_exit_cause(const pn_init_folders *places, char *text, size_t bytes);

// Refuses where that MPI would end the job with words and an exit code of its own. places: NULL for
// those of this host.
pn_status pn_init_exit_prevent(pn_family family, const pn_init_folders *places);

#endif
