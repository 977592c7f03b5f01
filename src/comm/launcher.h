// SPDX-License-Identifier: BSD-3-Clause
// Who started this process, as its environment tells: nobody, or an MPI's launcher or Slurm, with
// the rank and the number of ranks they announced. Reads the environment only.
#ifndef PN_COMM_LAUNCHER_H
#define PN_COMM_LAUNCHER_H

#include "base/status.h"

#include <stdbool.h>

typedef enum pn_family { PN_FAMILY_NONE, PN_FAMILY_OPENMPI, PN_FAMILY_MPICH } pn_family;

typedef struct pn_launch {
    pn_family family;     // the MPI that can talk to this launcher
    const char *launcher; // "mpirun of Open MPI", "mpiexec of MPICH", "srun with PMIx", ...
    const char *variable; // that has the rank; NULL if there is no launcher
    int rank, size;       // size 0: there are others, and only MPI itself knows how many
    int local_size;       // ranks on this host; 0 if not told
    int first_here;       // these are neighbours, the first of them this one; -1: not known which
    char job[64];         // the same for all ranks of the job, different for other jobs on the host
    bool is_guessed;      // other MPIs than `family` may talk to this launcher as well
    bool is_mute;         // several were started, and nothing says how they would find each other
} pn_launch;

// Failures: variables that are no numbers or contradict each other, and (with is_mute set and the
// rest filled in) a Slurm step of several tasks that speaks no MPI.
pn_status pn_launch_detect(pn_launch *launch);

// "Open MPI" / "openmpi": for people and for file names.
const char *pn_family_name(pn_family family);
const char *pn_family_word(pn_family family);

// This process's number among those that its launcher started, by the launcher's environment; 0 if
// there is no launcher. For what is said before, or without, a communicator.
int pn_launch_rank(void);
// The same among those of its host; 0 as well where that cannot be known, so that somebody speaks.
int pn_launch_local_rank(void);

#endif
