// SPDX-License-Identifier: BSD-3-Clause
#include "config/units.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct spelling {
    const char *name;
    double scale;
} spelling;

typedef struct dimension_row {
    const char *allowed;
    bool prefixed;         // takes k, M, G ...
    bool bare;             // the unit may be left out
    bool any_case;         // of the unit and its prefix
    spelling spellings[7]; // the first is the one written
} dimension_row;

static const dimension_row dimensions[PN_DIMENSIONS] = {
    [PN_COUNT] = {"a whole number", false, true, false, {{"", 1}}},
    [PN_NUMBER] = {"a number", false, true, false, {{"", 1}}},
    [PN_SHARE] = {"a share such as 80% or 0.8", false, true, false, {{"%", 0.01}}},
    [PN_BYTES] = {"a number of bytes such as 80GB or 512MiB", true, false, false, {{"B", 1}}},
    [PN_BANDWIDTH] = {"a bandwidth such as 200Gb/s (bits) or 25GB/s (bytes)",
                      true,
                      false,
                      false,
                      {{"B/s", 1}, {"b/s", 0.125}, {"bit/s", 0.125}, {"byte/s", 1}}},
    [PN_SECONDS] = {"a time such as 1.2us, 90s, 10min or 2h",
                    true,
                    false,
                    false,
                    {{"s", 1}, {"min", 60}, {"h", 3600}}},
    [PN_HERTZ] = {"a frequency such as 3.1GHz", true, false, true, {{"Hz", 1}}},
    [PN_WATTS] = {"a power such as 700W or 25MW", true, false, false, {{"W", 1}}},
    [PN_FLOPS] = {"a rate such as 19.5TF (TFLOP/s)",
                  true,
                  false,
                  true,
                  {{"F", 1}, {"F/s", 1}, {"Flop/s", 1}, {"Flops", 1}, {"Flops/s", 1}, {"Flop", 1}}},
    [PN_MONEY] = {"an amount in euros such as 50MEUR or 12000EUR",
                  true,
                  false,
                  false,
                  {{"EUR", 1}, {"\u20ac", 1}}},
};

typedef struct prefix {
    const char *name;
    double scale;
    bool written; // by pn_quantity_format; those in descending order
} prefix;

static const prefix prefixes[] = {
    {"Ki", 1024.0, false},
    {"Mi", 1048576.0, false},
    {"Gi", 1073741824.0, false},
    {"Ti", 1099511627776.0, false},
    {"Pi", 1125899906842624.0, false},
    {"E", 1e18, true},
    {"P", 1e15, true},
    {"T", 1e12, true},
    {"G", 1e9, true},
    {"M", 1e6, true},
    {"k", 1e3, true},
    {"K", 1e3, false},
    {"", 1.0, true},
    {"m", 1e-3, true},
    {"u", 1e-6, true},
    {"\u00b5", 1e-6, false}, // micro sign
    {"\u03bc", 1e-6, false}, // Greek mu
    {"n", 1e-9, true},
};
enum { PREFIXES = sizeof prefixes / sizeof *prefixes };

const char *pn_dimension_allowed(pn_dimension dimension)
{
    return dimensions[dimension].allowed;
}

static bool prefix_suits(const prefix *p, pn_dimension dimension)
{
    if (p->scale == 1.0)
        return true;
    if (!dimensions[dimension].prefixed)
        return false;
    if (p->name[0] && p->name[1] == 'i')
        return dimension == PN_BYTES;
    return (p->scale < 1.0) == (dimension == PN_SECONDS);
}

// Scale of a unit with its prefix ("Gb/s"), or 0.
static double unit_scale(const char *unit, pn_dimension dimension)
{
    const dimension_row *row = &dimensions[dimension];
    int (*compare)(const char *, const char *) = row->any_case ? strcasecmp : strcmp;
    if (!*unit)
        return row->bare ? 1.0 : 0.0;
    for (int i = 0; i < PREFIXES; i++) {
        size_t length = strlen(prefixes[i].name);
        bool begins = row->any_case ? strncasecmp(unit, prefixes[i].name, length) == 0
                                    : strncmp(unit, prefixes[i].name, length) == 0;
        if (!begins || !prefix_suits(&prefixes[i], dimension))
            continue;
        for (const spelling *s = row->spellings; s->name; s++)
            if (compare(unit + length, s->name) == 0 && *s->name)
                return prefixes[i].scale * s->scale;
    }
    return 0.0;
}

// strtod takes "nan", "inf" and hexadecimal numbers too, which nobody means here.
static bool starts_number(const char *text)
{
    size_t sign = *text == '-' || *text == '+';
    return strspn(text + sign, "0123456789.") > 0 && text[sign + 1] != 'x' && text[sign + 1] != 'X';
}

pn_status pn_quantity_parse(const char *text, pn_dimension dimension, double *value)
{
    char *end = NULL;
    double number = starts_number(text) ? strtod(text, &end) : 0.0;
    if (end && end != text && isfinite(number)) {
        double scale = unit_scale(end + strspn(end, " "), dimension);
        bool whole = dimension != PN_COUNT || (number == floor(number) && fabs(number) < 9e15);
        if (scale > 0.0 && whole) {
            *value = number * scale;
            return PN_OK;
        }
    }
    return pn_fail(PN_ERROR_USAGE, "\"%s\" is not %s", text, dimensions[dimension].allowed);
}

// The largest prefix that leaves at least 1 before the decimal point, or the smallest there is.
static const prefix *prefix_for(double value, pn_dimension dimension)
{
    const prefix *last = NULL;
    for (int i = 0; i < PREFIXES; i++) {
        if (!prefixes[i].written || !prefix_suits(&prefixes[i], dimension))
            continue;
        last = &prefixes[i];
        if (fabs(value) >= last->scale)
            return last;
    }
    return last;
}

// "32MiB" where a size is a whole number of those, as caches are.
static bool format_binary(double value, char *text, size_t bytes)
{
    for (int i = 0; i < PREFIXES && prefixes[i].name[1] == 'i'; i++) {
        double count = value / prefixes[i].scale;
        if (count != floor(count) || count < 1.0 || count >= 1024.0)
            continue;
        snprintf(text, bytes, "%.0f%sB", count, prefixes[i].name);
        return true;
    }
    return false;
}

void pn_quantity_format(double value, pn_dimension dimension, char *text, size_t bytes)
{
    const char *unit = dimensions[dimension].spellings[0].name;
    if (dimension == PN_BYTES && format_binary(value, text, bytes))
        return;
    if (dimension == PN_SHARE)
        snprintf(text, bytes, "%.12g%%", value * 100.0);
    else if (!dimensions[dimension].prefixed || value == 0.0)
        snprintf(text, bytes, "%.15g%s", value, unit);
    else {
        const prefix *p = prefix_for(value, dimension);
        snprintf(text, bytes, "%.12g%s%s", value / p->scale, p->name, unit);
    }
}
