// SPDX-License-Identifier: BSD-3-Clause
// Where plug-ins lie: the shared objects panache-<name>.so that are opened at run time, because the
// library behind them may be missing. PANACHE_PLUGINS names folders to search first.
#ifndef PN_BASE_PLUGIN_H
#define PN_BASE_PLUGIN_H

#include "base/file_search.h"

// file: "panache-cuda.so". False if there is none.
bool pn_plugin_find(pn_found_file *place, const char *file);

#endif
