// SPDX-License-Identifier: BSD-3-Clause
// Where the files lie that come with the program: plug-ins, machines. Searched are the folders that
// an environment variable names (separated by colons), then those beside the executable, in a
// build tree and installed.
#ifndef PN_BASE_FILE_SEARCH_H
#define PN_BASE_FILE_SEARCH_H

#include <stdbool.h>

enum { PN_FILE_PATH = 4096, PN_FILE_TRIED = 1500 };

typedef struct pn_found_file {
    char path[PN_FILE_PATH];
    char tried[PN_FILE_TRIED]; // where it was looked for in vain, for a message
} pn_found_file;

// beside: patterns of `count` folders, in which %s stands for the executable's.
typedef struct pn_file_search {
    const char *variable;
    const char *const *beside;
    int count;
} pn_file_search;

// The first file of that name that can be read. False if there is none.
bool pn_file_find(pn_found_file *place, const pn_file_search *search, const char *file);

#endif
