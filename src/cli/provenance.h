// SPDX-License-Identifier: BSD-3-Clause
// What this program is made of and finds here: what a question about it has to name.
#ifndef PN_CLI_PROVENANCE_H
#define PN_CLI_PROVENANCE_H

#include <stdio.h>

// Version, commit, and the BLAS, MPI, CUDA and HIP that are found. Opens no library.
void pn_provenance_print(FILE *stream);

#endif
