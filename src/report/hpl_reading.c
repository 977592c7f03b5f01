// SPDX-License-Identifier: BSD-3-Clause
// A row begins with W and the code of its variant; the line of its residual, which says PASSED or
// FAILED, follows before the next row.
#include "report/hpl_reading.h"

#include "base/plural.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 512 };

static bool is_row(const char *line, double *gflops)
{
    long long n, nb, p, q;
    double seconds;
    return line[0] == 'W' &&
           sscanf(line, "W%*s %lld %lld %lld %lld %lf %lf", &n, &nb, &p, &q, &seconds, gflops) == 6;
}

static bool is_verdict(const char *line)
{
    return strncmp(line, "||Ax-b||", 8) == 0;
}

pn_status pn_hpl_reading_parse(pn_hpl_reading *reading, const char *path, const char *text)
{
    *reading = (pn_hpl_reading){0};
    double rate = 0; // of the row whose residual is to come
    while (*text) {
        char line[LINE_BYTES];
        size_t length = strcspn(text, "\n");
        snprintf(line, sizeof line, "%.*s", (int)(length < LINE_BYTES ? length : LINE_BYTES), text);
        text += length + (text[length] == '\n');
        if (is_row(line, &rate)) {
            reading->rows++;
        } else if (is_verdict(line) && strstr(line, "PASSED") && isfinite(rate) && rate > 0) {
            reading->passed++;
            reading->gflops = fmax(reading->gflops, rate);
            rate = 0; // HPL 1 prints three residuals a row
        } else if (is_verdict(line) && strstr(line, "FAILED")) {
            rate = 0;
        }
    }
    if (reading->rows == 0)
        return pn_fail(PN_ERROR_USAGE,
                       "%s is neither a record nor the text of an HPL: no line is a row of its "
                       "table (\"WR11C2R4 ... N NB P Q Time Gflops\").",
                       path);
    if (reading->passed == 0)
        return pn_fail(PN_ERROR_USAGE, "%s has %d row%s and none that passed its residual check.",
                       path, reading->rows, pn_plural(reading->rows));
    return PN_OK;
}
