// SPDX-License-Identifier: BSD-3-Clause
// A record into a file or onto standard output.
#include "cli/json_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

pn_status pn_json_file_write(json_t *root, const char *path)
{
    if (!root)
        return pn_fail_memory("for the record");
    FILE *stream = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    if (!stream) {
        json_decref(root);
        return pn_fail(PN_ERROR_SYSTEM, "%s cannot be written: %s.", path, strerror(errno));
    }
    bool failed = json_dumpf(root, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) != 0 ||
                  fputc('\n', stream) == EOF;
    failed = (stream == stdout ? fflush(stream) : fclose(stream)) != 0 || failed;
    json_decref(root);
    return failed ? pn_fail(PN_ERROR_SYSTEM, "%s cannot be written: %s.", path, strerror(errno))
                  : PN_OK;
}

json_t *pn_notes_record(const pn_notes *notes)
{
    json_t *texts = json_array();
    for (int i = 0; i < notes->count; i++) {
        char text[PN_NOTE_BYTES];
        pn_note_text(&notes->note[i], text);
        json_array_append_new(texts, json_string(text));
    }
    return texts;
}
