// SPDX-License-Identifier: BSD-3-Clause
// The BLAS libraries of this host, found by the names of files in the folders where they are
// installed: those of PANACHE_BLAS_PATH alone if it is set (separated by colons), else those of
// LD_LIBRARY_PATH, of the variables of modules (MKLROOT, OPENBLAS_ROOT, EBROOTBLIS, ...), of the
// system, of Debian's flavours, and below /opt.
#ifndef PN_COMPUTE_BLAS_FIND_H
#define PN_COMPUTE_BLAS_FIND_H

enum { PN_BLAS_FILES = 24, PN_BLAS_FILE = 512 };

typedef struct pn_blas_files {
    int count;
    char path[PN_BLAS_FILES][PN_BLAS_FILE]; // each file once, without links
} pn_blas_files;

// Files of 64-bit integers, by their names, are left out. None found is no failure.
void pn_blas_find(pn_blas_files *files);

#endif
