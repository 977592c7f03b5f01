// SPDX-License-Identifier: BSD-3-Clause
// What trials of the BLAS libraries of one host gave: a row for each library and each of its
// kernels that was tried, in the order of the trials, and the peak that multiply-adds reach there.
// Plain bytes throughout: tables are kept in files and sent between processes.
#ifndef PN_MEASURE_BLAS_TABLE_H
#define PN_MEASURE_BLAS_TABLE_H

#include <stdbool.h>

typedef enum pn_blas_verdict {
    PN_BLAS_RIGHT,
    PN_BLAS_SLOW,   // not measured to the end: far behind another
    PN_BLAS_WRONG,  // gives wrong results
    PN_BLAS_UNSAFE, // not to be called by several threads
    PN_BLAS_REFUSED // could not be opened, crashed or hung
} pn_blas_verdict;

typedef struct pn_blas_row {
    char path[512];
    char name[64];      // "OpenBLAS 0.3.21"
    char kernels[32];   // in use; "" if the library does not say
    char threading[16]; // that it was built with
    char variable[32];  // of the environment, that selected the kernels; "": the library did
    char value[32];
    pn_blas_verdict verdict;
    char why[160];      // of one that is not right
    double gflops;      // a core, with all threads at work; 0: not measured
    char users_own[64]; // "OPENBLAS_CORETYPE=Zen" if the user's environment asks for these kernels
} pn_blas_row;

enum { PN_BLAS_ROWS = 64 };

typedef struct pn_blas_table {
    char processor[128];
    int threads;        // that called at once
    int nb;             // of the products
    double peak_gflops; // a core, by multiply-adds; 0: not measured
    char peak_unit[16]; // "AVX-512"
    double seconds;     // that the trials took
    bool remembered;    // from an earlier time
    int taken;          // row; -1: none is right
    int count;
    pn_blas_row rows[PN_BLAS_ROWS];
} pn_blas_table;

// The fastest right row, or -1.
int pn_blas_table_best(const pn_blas_table *table);
// "OpenBLAS 0.3.21 Cooperlake".
void pn_blas_row_name(const pn_blas_row *row, char *text, int bytes);
const char *pn_blas_verdict_name(pn_blas_verdict verdict);

// A line on what the user's environment asks for, where that is slower than the row taken or does
// not work; false if there is nothing to say.
bool pn_blas_table_held_back(const pn_blas_table *table, char *text, int bytes);
// A line on the row taken: its rate, its share of the peak, the best of another library.
void pn_blas_table_summary(const pn_blas_table *table, char *text, int bytes);

#endif
