// SPDX-License-Identifier: BSD-3-Clause
// Where plug-ins lie: the shared objects panache-<name>.so that are opened at run time, because the
// library behind them may be missing. PANACHE_PLUGINS names folders to search first.
#ifndef PN_BASE_PLUGIN_H
#define PN_BASE_PLUGIN_H

#include "base/file_search.h"
#include "base/status.h"

// file: "panache-cuda.so". False if there is none.
bool pn_plugin_find(pn_found_file *place, const char *file);

// Whether a plug-in may be opened: nobody but root, this user and the owner of the program itself
// can put other code into its file, or another file in its place. Looked at are the file and every
// folder up to /: their owners, and that others may not write there (a folder with the sticky bit
// keeps what others own). The group counts as others, unless it is root's or its owner's own. The
// failure names what is open to whom. A file that is not there is left to who opens it.
pn_status pn_plugin_trust(const char *path);

#endif
