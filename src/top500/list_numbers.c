// SPDX-License-Identifier: BSD-3-Clause
#include "top500/list_numbers.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct mark {
    int count;
    const char *last;
    size_t before, after; // digits before the first, and behind the last
} mark;

static mark find_mark(const char *text, char c)
{
    const char *first = strchr(text, c);
    mark found = {.last = strrchr(text, c)};
    if (!first)
        return found;
    for (const char *at = first; *at; at++)
        found.count += *at == c;
    found.after = strspn(found.last + 1, "0123456789");
    for (const char *at = first; at > text && isdigit((unsigned char)at[-1]); at--)
        found.before++;
    return found;
}

// Thousands come in groups of three, at most three digits stand before them, and no zero alone.
static bool may_be_thousands(const mark *m)
{
    bool is_zero = m->before == 0 || (m->before == 1 && m->last[-1] == '0' && m->count == 1);
    return m->after == 3 && m->before <= 3 && !is_zero;
}

pn_decimal pn_decimal_of(const char *text)
{
    mark point = find_mark(text, '.'), comma = find_mark(text, ',');
    if (point.count && comma.count)
        return comma.last > point.last ? PN_DECIMAL_COMMA : PN_DECIMAL_POINT;
    if (point.count > 1 || (comma.count == 1 && !may_be_thousands(&comma)))
        return PN_DECIMAL_COMMA;
    if (comma.count > 1 || (point.count == 1 && !may_be_thousands(&point)))
        return PN_DECIMAL_POINT;
    return PN_DECIMAL_OPEN;
}

// Bytes of a mark of thousands at `text` other than comma and point; 0: none. Blanks may be those
// that do not break a line.
static size_t thousands_mark(const char *text)
{
    static const char *const marks[] = {" ", "'", "\u00a0", "\u202f", "\u2019"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (strncmp(text, marks[i], strlen(marks[i])) == 0)
            return strlen(marks[i]);
    return 0;
}

bool pn_list_number(const char *text, pn_decimal decimal, double *value)
{
    char digits[64], *end;
    char thousands = decimal == PN_DECIMAL_COMMA ? '.' : ',';
    size_t length = 0;
    while (*text && length + 1 < sizeof digits) {
        size_t skipped = thousands_mark(text);
        if (skipped == 0 && *text != thousands)
            digits[length++] = decimal == PN_DECIMAL_COMMA && *text == ',' ? '.' : *text;
        text += skipped ? skipped : 1;
    }
    digits[length] = '\0';
    if (!isdigit((unsigned char)digits[0]) && digits[0] != '.')
        return false; // strtod takes "inf" and signs too
    *value = strtod(digits, &end);
    return end != digits && !*end && !*text && isfinite(*value) && *value > 0;
}
