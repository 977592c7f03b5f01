// SPDX-License-Identifier: BSD-3-Clause
// A command line: the first line names the command, each other line is a word. What was read can be
// typed again.
#include "config/options.h"
#include "memory_file.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS = 40 };

static void print_all(const pn_options *options)
{
    int rows;
    char text[4096];
    const pn_option *row = pn_option_rows(&rows);
    for (int i = 0; i < rows; i++)
        pn_option_print(&row[i], options, text, sizeof text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = text_of(data, size), *rest = text, *words[WORDS];
    int count = 0;
    pn_options options;
    pn_operands operands;
    pn_command command = pn_command_of(strsep(&rest, "\n"));
    while (rest && count < WORDS)
        words[count++] = strsep(&rest, "\n");
    pn_options_default(&options);
    if (command != PN_COMMAND_COUNT &&
        pn_options_parse(&options, &operands, command, count, words) == PN_OK)
        print_all(&options);
    free(text);
    return 0;
}
