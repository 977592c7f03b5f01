// SPDX-License-Identifier: BSD-3-Clause
// A TOP500 list that the user downloaded from TOP500.org, as .xlsx, .xml or a text of cells
// (top500/table_file.h): exact places and names.
// The columns are found by their headings ("Rank", "Rmax [TFlop/s]", "Name", "Computer", "Site"),
// so the many layouts that the lists have had since 1993 all read alike.
#ifndef PN_TOP500_LIST_FILE_H
#define PN_TOP500_LIST_FILE_H

#include "base/status.h"

typedef struct pn_list_entry {
    int rank;
    double rmax; // TFLOP/s
    char *name;  // of the system, or of its computer where it has none
    char *site;  // "" where the file has none
    long row;    // of the file
} pn_list_entry;

typedef struct pn_list_file {
    int count;
    pn_list_entry *entries; // rising rank
} pn_list_file;

// Failures: not readable, neither kind of file, no headings, a rank or an Rmax that is no number
// (the message says file, row, column and text), an Rmax heading without a unit whose figures match
// no known list, ranks that are not 1, 2, 3 and so on (systems of equal Rmax may share one), a
// rank with more than the one before it. The first so many of a list will do.
pn_status pn_list_file_read(pn_list_file *list, const char *path);
void pn_list_file_release(pn_list_file *list);

// Place that `tflops` takes: one more than the number of systems above it.
int pn_list_file_rank(const pn_list_file *list, double tflops);

#endif
