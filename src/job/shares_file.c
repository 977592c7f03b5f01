// SPDX-License-Identifier: BSD-3-Clause
#include "job/shares_file.h"

#include "base/input_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 256, FILE_BYTES = 16 << 20 };

typedef struct reader {
    double *shares;
    const pn_rank_info *info;
    int ranks;
    const char *path;
    int line;
    int numbers; // lines that hold only one
    bool hosts;  // lines that name one were there
} reader;

static pn_status fail_line(const reader *r, const char *read)
{
    return pn_fail(PN_ERROR_USAGE,
                   "--shares @%s, line %d: read \"%s\"; allowed: a number above 0, or a host and a "
                   "number, the same form in all lines",
                   r->path, r->line, read);
}

static bool is_share(const char *word, double *value)
{
    char *end;
    *value = strtod(word, &end);
    return end != word && !*end && *value > 0 && isfinite(*value);
}

static pn_status take_host(reader *r, const char *host, double share)
{
    int taken = 0;
    for (int rank = 0; rank < r->ranks; rank++)
        if (strcmp(r->info[rank].host, host) == 0) {
            r->shares[rank] = share;
            taken++;
        }
    r->hosts = true;
    if (taken == 0)
        return pn_fail(PN_ERROR_USAGE,
                       "--shares @%s, line %d: no rank is on host \"%s\"; rank 0 is on \"%s\"",
                       r->path, r->line, host, r->info[0].host);
    return PN_OK;
}

static pn_status take_line(reader *r, char *line)
{
    char text[LINE_BYTES], *rest;
    double share;
    line[strcspn(line, "#\r\n")] = '\0';
    snprintf(text, sizeof text, "%s", line);
    char *first = strtok_r(line, " \t", &rest);
    char *second = first ? strtok_r(NULL, " \t", &rest) : NULL;
    if (!first)
        return PN_OK;
    bool named = second != NULL;
    if (!is_share(named ? second : first, &share) || strtok_r(NULL, " \t", &rest) ||
        (named ? r->numbers > 0 : r->hosts))
        return fail_line(r, text);
    if (named)
        return take_host(r, first, share);
    if (r->numbers < r->ranks)
        r->shares[r->numbers] = share;
    r->numbers++;
    return PN_OK;
}

static pn_status check_complete(const reader *r)
{
    if (!r->hosts && r->numbers != r->ranks)
        return pn_fail(PN_ERROR_USAGE,
                       "--shares @%s: read %d shares; allowed: one for each of the %d ranks, or "
                       "lines of a host and a number",
                       r->path, r->numbers, r->ranks);
    for (int rank = 0; rank < r->ranks; rank++)
        if (!(r->shares[rank] > 0))
            return pn_fail(PN_ERROR_USAGE,
                           "--shares @%s: host \"%s\" of rank %d has no share; allowed: a line for "
                           "every host",
                           r->path, r->info[rank].host, rank);
    return PN_OK;
}

pn_status pn_shares_read(double *shares, const pn_rank_info *info, int ranks, const char *path)
{
    reader r = {.shares = shares, .info = info, .ranks = ranks, .path = path};
    pn_input_file input;
    pn_status status = pn_input_file_read(&input, path, FILE_BYTES);
    if (status != PN_OK)
        return pn_fail(PN_ERROR_USAGE, "--shares @%s", pn_fail_message());
    const char *at = input.text, *end = input.text + input.length;
    while (status == PN_OK && at < end) {
        char line[LINE_BYTES];
        int length = (int)strcspn(at, "\n");
        snprintf(line, sizeof line, "%.*s", length, at);
        at += length + 1;
        r.line++;
        status = take_line(&r, line);
    }
    pn_input_file_release(&input);
    return status == PN_OK ? check_complete(&r) : status;
}
