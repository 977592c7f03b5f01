// SPDX-License-Identifier: BSD-3-Clause
// Where plug-ins lie: the shared objects panache-<name>.so that are opened at run time, because the
// library behind them may be missing. Searched are the folders in PANACHE_PLUGINS (separated by
// colons), then those beside the executable, in a build tree and installed.
#ifndef PN_BASE_PLUGIN_H
#define PN_BASE_PLUGIN_H

#include <stdbool.h>

enum { PN_PLUGIN_PATH = 4096, PN_PLUGIN_TRIED = 1500 };

typedef struct pn_plugin_place {
    char path[PN_PLUGIN_PATH];
    char tried[PN_PLUGIN_TRIED]; // where it was looked for in vain, for a message
} pn_plugin_place;

// file: "panache-cuda.so". False if there is none.
bool pn_plugin_find(pn_plugin_place *place, const char *file);

#endif
