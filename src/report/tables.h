// SPDX-License-Identifier: BSD-3-Clause
// What tables for people and for programs share: names that fit a column, CSV (RFC 4180) and the
// XML in which systems of continuous integration read tests (JUnit's).
#ifndef PN_REPORT_TABLES_H
#define PN_REPORT_TABLES_H

#include <stddef.h>
#include <stdio.h>

// `text` in at most `width` bytes, its middle left out where it is longer; shortened has room for
// width + 1.
void pn_shorten(char *shortened, size_t width, const char *text);

// A field, in quotation marks where it needs them.
void pn_csv_text(FILE *stream, const char *text);

typedef struct pn_junit {
    FILE *stream;
    const char *suite;
    int tests, failures; // that follow
} pn_junit;

void pn_junit_begin(const pn_junit *junit);
// failure: what went wrong; NULL: nothing.
void pn_junit_case(const pn_junit *junit, const char *name, double seconds, const char *failure);
void pn_junit_end(const pn_junit *junit);

#endif
