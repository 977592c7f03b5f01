// SPDX-License-Identifier: BSD-3-Clause
// Cray's MPI sends device memory through a library of its own, which compilers link there only if
// a module says so. It is asked for by the environment (MPICH_GPU_SUPPORT_ENABLED=1), and without
// that library the MPI ends the process when it starts.
#ifndef PN_COMM_TRANSPORT_H
#define PN_COMM_TRANSPORT_H

#include "base/status.h"

// To be called once the MPI is in the process, before it starts: opens that library by its name
// where the environment asks for it (the one for CUDA, else that for AMD's devices). Failure: this
// is Cray's MPI and neither can be opened. Others take the variable as they like.
pn_status pn_transport_open(void);

#endif
