// SPDX-License-Identifier: BSD-3-Clause
// What trials gave is remembered in the user's cache (XDG_CACHE_HOME, else ~/.cache; folder
// panache), one file for each processor (model, microcode, features), list of libraries (path, size
// and time of the last change), setting of their variables, number of threads, NB and version of
// this program. A file that is damaged, or that others own or may write to, is ignored; a new one
// is written beside and renamed into place, so that there is never half of one.
#ifndef PN_PROBE_BLAS_MEMORY_H
#define PN_PROBE_BLAS_MEMORY_H

#include "compute/blas_find.h"
#include "measure/blas_table.h"

typedef struct pn_blas_processor {
    char name[128], microcode[32];
    char features[4096]; // words separated by blanks
} pn_blas_processor;

// From /proc/cpuinfo, or the file named; what is missing there is "".
void pn_blas_processor_read(pn_blas_processor *processor, const char *file);

typedef struct pn_blas_memory {
    const char *folder; // NULL: the user's cache; "": nothing is remembered
    const pn_blas_processor *processor;
    const pn_blas_files *files;
} pn_blas_memory;

// table->threads and ->nb say what is looked for; false, and the table as it was, if that is not
// remembered.
bool pn_blas_memory_load(const pn_blas_memory *memory, pn_blas_table *table);
// A place that cannot be written is no failure: it is measured again next time.
void pn_blas_memory_store(const pn_blas_memory *memory, const pn_blas_table *table);

#endif
