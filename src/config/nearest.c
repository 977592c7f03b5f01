// SPDX-License-Identifier: BSD-3-Clause
// Edit distance with swaps of neighbours, by the usual table of prefixes.
#include "config/nearest.h"

#include <string.h>

enum { LONGEST = 63 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

int pn_edit_distance(const char *a, const char *b)
{
    int rows = (int)strnlen(a, LONGEST), columns = (int)strnlen(b, LONGEST);
    int table[LONGEST + 1][LONGEST + 1];
    for (int i = 0; i <= rows; i++)
        table[i][0] = i;
    for (int j = 0; j <= columns; j++)
        table[0][j] = j;
    for (int i = 1; i <= rows; i++) {
        for (int j = 1; j <= columns; j++) {
            int replaced = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            int best = least(replaced, 1 + least(table[i - 1][j], table[i][j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = least(best, table[i - 2][j - 2] + 1);
            table[i][j] = best;
        }
    }
    return table[rows][columns];
}

const char *pn_nearest(const char *word, const char *const *known, int count)
{
    const char *nearest = NULL;
    int nearest_distance = 2 * LONGEST;
    for (int i = 0; i < count; i++) {
        int distance = pn_edit_distance(word, known[i]);
        if (distance < nearest_distance) {
            nearest = known[i];
            nearest_distance = distance;
        }
    }
    return nearest;
}
