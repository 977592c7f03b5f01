// SPDX-License-Identifier: BSD-3-Clause
// Writing a JSON record where --json asks for it.
#ifndef PN_CLI_JSON_FILE_H
#define PN_CLI_JSON_FILE_H

#include "machines/notes.h"

#include <jansson.h>

// Writes `root` to the file, or to standard output for "-", and takes it. Failures: memory (root is
// NULL), a file that cannot be written.
pn_status pn_json_file_write(json_t *root, const char *path);

// The same of a text that is finished, with an end of line behind it; the text is borrowed.
pn_status pn_text_file_write(const char *text, const char *path);

// A new list of them as texts.
json_t *pn_notes_record(const pn_notes *notes);

#endif
