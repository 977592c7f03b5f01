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

enum { PN_FILE_NAMES = 256, PN_FILE_NAME = 64 };

typedef struct pn_file_names {
    int count;
    char name[PN_FILE_NAMES][PN_FILE_NAME]; // sorted, each once
} pn_file_names;

// The names without `ending` of the files in all those folders that have it. Longer names, and more
// than there is room for, are left out.
void pn_file_list(pn_file_names *names, const pn_file_search *search, const char *ending);

// The first file of that name that can be read. False if there is none.
bool pn_file_find(pn_found_file *place, const pn_file_search *search, const char *file);

#endif
