// SPDX-License-Identifier: BSD-3-Clause
// The command lines of the xhpl that makers of machines give out, in the words of panache hpl:
// Intel's (-n N, -b NB, -p P, -q Q, -m MiB of a rank), AMD's rocHPL (-N, --NB, -P, -Q, -i FILE) and
// NVIDIA's (--dat FILE).
#ifndef PN_CLI_XHPL_WORDS_H
#define PN_CLI_XHPL_WORDS_H

#include "base/status.h"

enum { PN_XHPL_MADE = 8, PN_XHPL_TEXT = 64, PN_XHPL_WORDS = 256 };

typedef struct pn_xhpl_words { // keep it where it is: the words lead into it
    int count;
    char *const *words;
    char *list[PN_XHPL_WORDS];
    char made[PN_XHPL_MADE][PN_XHPL_TEXT];
    int made_count;
} pn_xhpl_words;

// The words given are borrowed, and stay what they are where they are Panache's own. Failures: a
// value missing or no positive whole number; P without Q.
pn_status pn_xhpl_words_take(pn_xhpl_words *taken, int count, char *const *words);

#endif
