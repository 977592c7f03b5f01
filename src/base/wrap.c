// SPDX-License-Identifier: BSD-3-Clause
#include "base/wrap.h"

#include <string.h>

// Of UTF-8: what continues a letter takes no column.
static int columns_of(const char *word, int bytes)
{
    int columns = 0;
    for (int i = 0; i < bytes; i++)
        columns += ((unsigned char)word[i] & 0xc0) != 0x80;
    return columns;
}

void pn_wrap_text(FILE *stream, const char *text, int margin, int width)
{
    int column = margin;
    while (*text) {
        int length = (int)strcspn(text, " "), columns = columns_of(text, length);
        if (column > margin && column + 1 + columns > width) {
            fprintf(stream, "\n%*s", margin, "");
            column = margin;
        }
        column += columns + (column > margin);
        fprintf(stream, "%s%.*s", column > margin + columns ? " " : "", length, text);
        text += length + (text[length] == ' ');
    }
    fputc('\n', stream);
}
