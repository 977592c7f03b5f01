// SPDX-License-Identifier: BSD-3-Clause
#include "cli/note_list.h"

#include "base/wrap.h"

#include <stdio.h>

void pn_note_list_print(const pn_notes *notes, bool all)
{
    const char *heading = all ? "\n  what this rests on\n" : "\n  assumed, not published\n";
    for (int i = 0; i < notes->count; i++) {
        char text[PN_NOTE_BYTES];
        if (!all && !notes->note[i].assumed)
            continue;
        pn_note_text(&notes->note[i], text);
        printf("%s  - ", heading);
        pn_wrap_text(stdout, text, 4, PN_LINE_WIDTH);
        heading = "";
    }
}
