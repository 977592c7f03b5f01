// SPDX-License-Identifier: BSD-3-Clause
// Where the files lie that come with the program: plug-ins, machines. Searched are the folders that
// an environment variable names (separated by colons), then those beside the executable, in a
// build tree and installed.
#ifndef PN_BASE_PLACE_H
#define PN_BASE_PLACE_H

#include <stdbool.h>

enum { PN_PLACE_PATH = 4096, PN_PLACE_TRIED = 1500 };

typedef struct pn_place {
    char path[PN_PLACE_PATH];
    char tried[PN_PLACE_TRIED]; // where it was looked for in vain, for a message
} pn_place;

// beside: patterns of `count` folders, in which %s stands for the executable's.
typedef struct pn_place_search {
    const char *variable;
    const char *const *beside;
    int count;
} pn_place_search;

// The first file of that name that can be read. False if there is none.
bool pn_place_find(pn_place *place, const pn_place_search *search, const char *file);

#endif
