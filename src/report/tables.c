// SPDX-License-Identifier: BSD-3-Clause
#include "report/tables.h"

#include "report/svg.h"

#include <stdbool.h>
#include <string.h>

// Whether a byte begins a character of UTF-8.
static bool begins(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

void pn_shorten(char *shortened, size_t width, const char *text)
{
    size_t length = strlen(text), head = (width - 2) / 2, tail = width - 2 - head;
    if (length <= width) {
        memcpy(shortened, text, length + 1);
        return;
    }
    while (head > 0 && !begins(text[head]))
        head--;
    const char *end = text + length - tail;
    while (*end && !begins(*end))
        end++;
    memcpy(shortened, text, head);
    memcpy(shortened + head, "..", 2);
    memcpy(shortened + head + 2, end, strlen(end) + 1);
}

void pn_csv_text(FILE *stream, const char *text)
{
    // A spreadsheet takes what begins so for a formula.
    bool is_formula = *text && strchr("=+-@", *text);
    if (!strpbrk(text, ",\"\r\n") && !is_formula) {
        fputs(text, stream);
        return;
    }
    fputs(is_formula ? "\"'" : "\"", stream);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', stream);
        putc(*text, stream);
    }
    putc('"', stream);
}

void pn_junit_begin(const pn_junit *junit)
{
    fprintf(junit->stream,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"0\">\n",
            junit->suite, junit->tests, junit->failures);
}

void pn_junit_case(const pn_junit *junit, const char *name, double seconds, const char *failure)
{
    fputs("  <testcase classname=\"panache\" name=\"", junit->stream);
    pn_svg_text(junit->stream, name);
    fprintf(junit->stream, "\" time=\"%.3f\"", seconds);
    if (!failure) {
        fputs("/>\n", junit->stream);
        return;
    }
    fputs(">\n    <failure message=\"", junit->stream);
    pn_svg_text(junit->stream, failure);
    fputs("\"/>\n  </testcase>\n", junit->stream);
}

void pn_junit_end(const pn_junit *junit)
{
    fputs("</testsuite>\n", junit->stream);
}
