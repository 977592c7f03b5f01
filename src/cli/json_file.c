// SPDX-License-Identifier: BSD-3-Clause
// A record into a file or onto standard output.
#include "cli/json_file.h"

#include "base/output_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

pn_status pn_text_file_write(const char *text, const char *path)
{
    pn_output_file file;
    pn_status status;
    if (strcmp(path, "-") == 0) {
        fprintf(stdout, "%s\n", text);
        return fflush(stdout) == 0 ? PN_OK
                                   : pn_fail(PN_ERROR_SYSTEM, "standard output: writing failed: %s",
                                             strerror(errno));
    }
    status = pn_output_file_open(&file, path);
    if (status != PN_OK)
        return status;
    fprintf(file.stream, "%s\n", text);
    return pn_output_file_close(&file);
}

pn_status pn_json_file_write(json_t *root, const char *path)
{
    char *text = root ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) : NULL;
    json_decref(root);
    if (!text)
        return pn_fail_memory("for the record");
    pn_status status = pn_text_file_write(text, path);
    free(text);
    return status;
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
