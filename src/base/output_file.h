// SPDX-License-Identifier: BSD-3-Clause
// A file that is there whole or not at all: written beside its place, brought to the disk and then
// renamed, so that a full disk, a limit or a kill costs no file that was there. What is no file (a
// pipe, a device) is written where it is. No symbolic link is followed that a stranger may have
// laid there.
#ifndef PN_BASE_OUTPUT_FILE_H
#define PN_BASE_OUTPUT_FILE_H

#include "base/status.h"

#include <stdbool.h>
#include <stdio.h>

enum { PN_PATH_BYTES = 1024 };

typedef struct pn_output_file {
    FILE *stream;                    // to write to
    char path[PN_PATH_BYTES];        // where it will be
    char beside[PN_PATH_BYTES + 64]; // where it is so far; "" in its place
} pn_output_file;

// A path that ends in "/" is a folder, for a file whose place is named later. Failures: a link of
// another user in a folder that others may write to; what the system refuses. The messages
// begin with the path.
pn_status pn_output_file_open(pn_output_file *file, const char *path);

// Ends it and puts it in its place, over a file that is there. Failure: writing failed, then or
// before; nothing is left of it then.
pn_status pn_output_file_close(pn_output_file *file);

// The same in two steps, for files of more than one place: the end, then a place that must be free.
// Where it is not, `*taken` is set and the file waits for another place.
pn_status pn_output_file_finish(pn_output_file *file);
pn_status pn_output_file_put(pn_output_file *file, const char *path, bool *taken);

// Leaves nothing of it.
void pn_output_file_discard(pn_output_file *file);

// Whether it could be opened; leaves nothing behind that was not there.
pn_status pn_output_file_check(const char *path);

// Failure: on the way to `path` lies a symbolic link of another user, in a folder that others may
// write to.
pn_status pn_path_trust(const char *path);

// Both are there and are one, by whatever names.
bool pn_same_file(const char *path, const char *other);

#endif
