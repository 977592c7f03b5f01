// SPDX-License-Identifier: BSD-3-Clause
#include "config/nearest.h"

#include "base/types.h"

#include <string.h>

enum { WORD_LIMIT = 48 }; // letters compared

// Optimal string alignment: Levenshtein's table with one row more for exchanged neighbours.
int pn_edit_distance(const char *a, const char *b)
{
    int rows = (int)strnlen(a, WORD_LIMIT), columns = (int)strnlen(b, WORD_LIMIT);
    int table[WORD_LIMIT + 1][WORD_LIMIT + 1];
    for (int i = 0; i <= rows; i++) {
        for (int j = 0; j <= columns; j++) {
            if (i == 0 || j == 0) {
                table[i][j] = i + j;
                continue;
            }
            int64_t best = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            best = pn_min(best, pn_min(table[i - 1][j], table[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = pn_min(best, table[i - 2][j - 2] + 1);
            table[i][j] = (int)best;
        }
    }
    return table[rows][columns];
}

static int common_start(const char *a, const char *b)
{
    int length = 0;
    while (a[length] && a[length] == b[length])
        length++;
    return length;
}

const char *pn_nearest(const char *word, const char *const *words, int count)
{
    const char *nearest = NULL;
    int least = (int)pn_min(3, pn_max(1, (int64_t)strlen(word) / 3)) + 1;
    for (int i = 0; i < count; i++) {
        int distance = pn_edit_distance(word, words[i]);
        bool same = nearest && distance == least &&
                    common_start(word, words[i]) > common_start(word, nearest);
        if (distance < least || same) {
            least = distance;
            nearest = words[i];
        }
    }
    return nearest;
}
