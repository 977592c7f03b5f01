// SPDX-License-Identifier: BSD-3-Clause
// A file that a stranger may have written, read whole into memory up to a budget: a device without
// end, a folder or a file far too large is a message, never a process without memory.
#ifndef PN_BASE_INPUT_FILE_H
#define PN_BASE_INPUT_FILE_H

#include "base/status.h"

#include <stddef.h>

typedef struct pn_input_file {
    char *text; // of `length` bytes, ended by a zero that is not counted
    size_t length;
} pn_input_file;

// Failures: not to be opened or read (with the system's reason), a device that is no terminal,
// longer than `most` bytes, memory. The message begins with the path.
pn_status pn_input_file_read(pn_input_file *input, const char *path, size_t most);
void pn_input_file_release(pn_input_file *input);

#endif
