// SPDX-License-Identifier: BSD-3-Clause
// Kinds of BLAS: how one is recognised once it is open, which of its kernels a variable of the
// environment selects and what of a processor these need, and how its own threads are kept away.
// A library reads its variables when it is opened, so all of them are set before.
#ifndef PN_COMPUTE_BLAS_FAMILY_H
#define PN_COMPUTE_BLAS_FAMILY_H

#include <stdbool.h>
#include <stddef.h>

typedef struct pn_blas_kernel {
    const char *name;  // as the variable takes it
    const char *needs; // words of /proc/cpuinfo's "flags" or "Features"; "": nothing
} pn_blas_kernel;

typedef struct pn_blas_family {
    const char *name;
    const char *variable; // that selects kernels; NULL: there is none
    const pn_blas_kernel *kernels;
    int kernel_count; // the newest first
} pn_blas_family;

enum { PN_BLAS_FAMILIES = 6, PN_BLAS_OTHER = PN_BLAS_FAMILIES - 1 };
const pn_blas_family *pn_blas_family_at(int family);

// What an open library says of itself. Plain bytes.
typedef struct pn_blas_identity {
    int family;
    char name[128];     // "OpenBLAS 0.3.21"
    char kernels[64];   // "Cooperlake"; "" if it does not say
    char threading[16]; // "serial", "pthread", "OpenMP"; "" if it does not say
    char numbered[256]; // kernels whose place in this list, from 0, the variable takes; "": names
    bool serial_only;   // two threads must not call it at once
    char path[512];     // of the file that does the work: what is opened may only pass calls on
} pn_blas_identity;

// `library`: dlopen's handle; `asked`: its name where it has none of its own.
void pn_blas_identify(void *library, const char *asked, pn_blas_identity *identity);

// Sets the variables that keep the threads of all kinds away; to be called before one is opened.
void pn_blas_stay_single(void);
// For an open library, whatever its variables say.
void pn_blas_set_one_thread(void *library);

// Whether a processor with these features, words separated by blanks, executes the kernels.
bool pn_blas_kernel_runs(const pn_blas_kernel *kernel, const char *features);

// What the variable is to be set to: the name, or its place in `numbered` if that has it.
void pn_blas_kernel_value(const pn_blas_kernel *kernel, const char *numbered, char *value,
                          size_t bytes);

#endif
