// SPDX-License-Identifier: BSD-3-Clause
// A run's record, and everything that panache report makes of it.
#include "memory_file.h"
#include "report/html.h"
#include "report/rank_kinds.h"
#include "report/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show(const pn_reading *reading)
{
    char *text = NULL;
    size_t bytes;
    pn_rank_kinds kinds;
    FILE *stream = open_memstream(&text, &bytes);
    must_hold(stream != NULL, "there is memory for the page");
    must_hold(pn_rank_kinds_create(&kinds, &reading->result) == PN_OK, "the kinds can be told");
    must_hold(pn_html_write(stream, reading, &kinds) == PN_OK, "the page can be written");
    fclose(stream);
    must_hold(!memchr(text, '\x1b', bytes), "a page steers no terminal");
    must_hold(!strstr(text, "\xef\xbf\xbe") && !strstr(text, "\xef\xbf\xbf"),
              "a page holds no U+FFFE");
    pn_rank_kinds_release(&kinds);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pn_reading reading;
    memory_file file = memory_file_of(data, size);
    if (pn_reading_open(&reading, file.path) == PN_OK) {
        show(&reading);
        pn_reading_close(&reading);
    }
    memory_file_close(&file);
    return 0;
}
