// SPDX-License-Identifier: BSD-3-Clause
// HPL.dat: 31 lines whose meaning is their position, each beginning with its values; what follows
// them on the line is comment. Blank lines after the two title lines, lists longer than announced
// and lines after the last are passed over. A code for which HPL takes another is taken so too, and
// noted. Everything else that cannot be understood is refused with file, line, what was read and
// what is allowed.
#ifndef PN_CONFIG_HPLDAT_H
#define PN_CONFIG_HPLDAT_H

#include "base/settings.h"
#include "base/status.h"

enum {
    PN_HPLDAT_LIST = 20, // most values of a list, as in HPL
    PN_HPLDAT_TEXT = 256,
    PN_HPLDAT_TAKEN = 16,
    PN_HPLDAT_TESTS = 999999, // most that the lists may span: HPL's text counts to six digits
    PN_HPLDAT_STDOUT = 6,
    PN_HPLDAT_STDERR = 7
};

typedef struct pn_list {
    int64_t count;
    int64_t value[PN_HPLDAT_LIST];
} pn_list;

// A value for which HPL takes another.
typedef struct pn_hpldat_taken {
    char what[32]; // "BCAST"
    int64_t read, as;
} pn_hpldat_taken;

// Plain bytes throughout: may be sent to other ranks. p and q have the same count.
typedef struct pn_hpldat {
    char file[PN_HPLDAT_TEXT]; // output file, for a device other than 6 and 7; may be "" with these
    int64_t device;            // 6 standard output, 7 standard error, else the file
    pn_list n, nb, p, q;
    int64_t column_major; // 1: ranks run down the process columns first
    double threshold;     // HPL checks nothing if it is not above 0
    pn_list pfact, nbmin, ndiv, rfact, bcast, depth;
    int64_t swap, swap_threshold, l1, u, equilibration, alignment;
    pn_hpldat_taken taken[PN_HPLDAT_TAKEN]; // each once
    int32_t taken_count;
    int32_t ns_line, nbs_line, ps_line, qs_line; // of the file, for messages
} pn_hpldat;

// One of the tests that the lists span. The codes of HPL's variant beside the settings only name
// the test; DEPTH beyond 1 is run as 1.
typedef struct pn_hpldat_test {
    pn_settings settings; // n, nb, p, q, mapping, look_ahead and topology; the rest as usual
    int64_t depth, rfact, pfact, nbmin, ndiv;
} pn_hpldat_test;

// `name` is shown in messages. Failures: PN_ERROR_USAGE; of the file: PN_ERROR_SYSTEM.
pn_status pn_hpldat_read(pn_hpldat *dat, const char *name);
pn_status pn_hpldat_parse(pn_hpldat *dat, const char *name, const char *text);

// The values that stand for no choice at all, lists of one: 16.0, one grid 1 x 1, N = NB = 1.
void pn_hpldat_default(pn_hpldat *dat);

// Number of tests, and test number `index` in HPL's order: grids outermost, then N, NB, DEPTH,
// BCAST, RFACT, PFACT, NBMIN, and NDIV innermost.
int64_t pn_hpldat_tests(const pn_hpldat *dat);
pn_hpldat_test pn_hpldat_test_at(const pn_hpldat *dat, int64_t index);

#endif
