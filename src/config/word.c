// SPDX-License-Identifier: BSD-3-Clause
#include "config/word.h"

#include <stdio.h>
#include <string.h>

int pn_word_count(const char *words)
{
    int count = 1;
    for (; *words; words++)
        count += *words == '|';
    return count;
}

void pn_word_at(const char *words, int64_t index, char *text, size_t bytes)
{
    for (; index > 0 && strchr(words, '|'); index--)
        words = strchr(words, '|') + 1;
    snprintf(text, bytes, "%.*s", (int)strcspn(words, "|"), words);
}

int64_t pn_word_find(const char *words, const char *word, size_t length)
{
    for (int64_t index = 0;; index++) {
        size_t here = strcspn(words, "|");
        if (here == length && memcmp(words, word, length) == 0)
            return index;
        if (!words[here])
            return -1;
        words += here + 1;
    }
}
