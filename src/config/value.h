// SPDX-License-Identifier: BSD-3-Clause
// The kinds of values that options take: how each is read from text, what is allowed (in words, for
// messages) and how it is written back.
#ifndef PN_CONFIG_VALUE_H
#define PN_CONFIG_VALUE_H

#include "base/status.h"
#include "base/types.h"

typedef enum pn_kind {
    PN_KIND_COUNT,      // int64_t; 0 for "auto" where that is the default
    PN_KIND_MONTH,      // int64_t: 202306, also written 2023-06; 0 for "auto"
    PN_KIND_REAL,       // double
    PN_KIND_AMOUNT,     // double; K, M, B or T (powers of 1000) may follow; 0 for "none"
    PN_KIND_SECONDS,    // double; s, m or h may follow; -1 for "auto" where that is the default
    PN_KIND_PERCENT,    // double: a share; written as 5%
    PN_KIND_BYTES,      // int64_t; K, M, G or T (powers of 1024) may follow; 0 for "auto"
    PN_KIND_MEMORY,     // pn_memory; a share of up to 100 %
    PN_KIND_MORE,       // pn_memory; a share of up to 1000 %; all 0 for "auto"
    PN_KIND_GRID,       // pn_grid
    PN_KIND_SHARES,     // pn_shares
    PN_KIND_FAULT,      // pn_fault
    PN_KIND_CHECK,      // int64_t: steps between checks, or one of pn_check_wish
    PN_KIND_WORD,       // int64_t: place in a list of words
    PN_KIND_WORD_FLAGS, // int64_t: the same, each word being an option of its own
    PN_KIND_FLAG,       // bool
    PN_KIND_TEXT        // pn_text
} pn_kind;

// What was asked for of checks of the rows; from PN_CHECK_STEPS_LEAST on: every so many steps.
typedef enum pn_check_wish {
    PN_CHECK_AUTO, // as often as they cost little, or not at all
    PN_CHECK_OFF,
    PN_CHECK_ROWS, // in any case, as often as is usual
    PN_CHECK_STEPS_LEAST
} pn_check_wish;

enum { PN_TEXT_BYTES = 512, PN_SHARES_MOST = 1024 };

typedef char pn_text[PN_TEXT_BYTES];

typedef struct pn_grid { // 0 x 0: to be chosen
    int p, q;
} pn_grid;

typedef struct pn_memory { // one of both
    double share;          // of what is available; 0 if bytes
    int64_t bytes;
} pn_memory;

typedef struct pn_shares { // all zero: auto, where rates may be assumed if nothing is said
    bool equal;
    bool is_measured; // "auto" was said: by measured rates
    int count;        // of values, one for each process column
    double value[PN_SHARES_MOST];
    pn_text file; // one for each rank or host; "": none
} pn_shares;

typedef struct pn_fault {
    bool set;
    int64_t row, column; // row -1: the whole column
    double value;
} pn_fault;

typedef struct pn_value_rule {
    pn_kind kind;
    double least, most;
    const char *words;
    bool has_auto; // "auto" is allowed and stands for 0 (-1 s)
} pn_value_rule;

// Reads `text` into `value`, of the kind's type. false: not allowed; `value` is as before.
bool pn_value_read(const pn_value_rule *rule, const char *text, void *value);

#endif
