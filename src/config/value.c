// SPDX-License-Identifier: BSD-3-Clause
// Reading and writing of option values. A value is taken whole or not at all: nothing may follow
// it, and what is out of bounds is not bent into them.
#include "config/value.h"

#include "config/word.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The words "auto" and "none" stand for a value of zeros (0 s means something: auto is
// -1).
static const char *word_of_zero(const pn_value_rule *rule)
{
    if (rule->kind == PN_KIND_FAULT || rule->kind == PN_KIND_AMOUNT)
        return "none";
    return rule->has_auto ? "auto" : NULL;
}

static bool is_within(const pn_value_rule *rule, double value)
{
    return value >= rule->least && value <= rule->most;
}

// A whole number at the start of text; *end is after it. Blanks and signs other than - are refused.
static bool read_whole(const char *text, char **end, int64_t *value)
{
    *end = (char *)text;
    if (!isdigit((unsigned char)text[0]) && !(text[0] == '-' && isdigit((unsigned char)text[1])))
        return false;
    long long read = strtoll(text, end, 10);
    *value = read;
    return true; // beyond 64 bits strtoll stays at its limit, which is out of all bounds here
}

static bool read_number(const char *text, char **end, double *value)
{
    *end = (char *)text;
    if (text[0] == '\0' || isspace((unsigned char)text[0]))
        return false;
    *value = strtod(text, end);
    return *end != text;
}

static bool read_count(const pn_value_rule *rule, const char *text, int64_t *value)
{
    char *end;
    int64_t read;
    if (!read_whole(text, &end, &read) || *end || !is_within(rule, (double)read))
        return false;
    *value = read;
    return true;
}

// With or without a hyphen behind the year.
static bool read_month(const pn_value_rule *rule, const char *text, int64_t *value)
{
    enum { YEAR = 4, MONTH = 2 };
    char digits[YEAR + MONTH + 1];
    if (strlen(text) != YEAR + 1 + MONTH || text[YEAR] != '-')
        return read_count(rule, text, value);
    snprintf(digits, sizeof digits, "%.*s%s", YEAR, text, text + YEAR + 1);
    return strspn(digits, "0123456789") == YEAR + MONTH && read_count(rule, digits, value);
}

// A number with a unit: units[i] is worth factor[i]; none is worth 1.
static bool read_with_unit(const char *text, const char *units, const double *factor, double *value)
{
    char *end;
    if (!isdigit((unsigned char)text[0]) || !read_number(text, &end, value))
        return false;
    if (!*end)
        return true;
    const char *unit = strchr(units, *end);
    if (!unit || end[1])
        return false;
    *value *= factor[unit - units];
    return true;
}

static bool read_seconds(const char *text, double *value)
{
    return read_with_unit(text, "smh", (const double[]){1, 60, 3600}, value);
}

static bool read_bytes(const char *text, double *value)
{
    static const double factor[] = {1024.0, 1048576.0, 1073741824.0, 1099511627776.0};
    return read_with_unit(text, "KMGT", factor, value);
}

// As the sizes of language models are written.
static bool read_amount(const char *text, double *value)
{
    return read_with_unit(text, "KMBT", (const double[]){1e3, 1e6, 1e9, 1e12}, value);
}

static bool read_real_kind(const pn_value_rule *rule, const char *text, double *value)
{
    char *end;
    double read;
    bool taken = rule->kind == PN_KIND_SECONDS  ? read_seconds(text, &read)
                 : rule->kind == PN_KIND_AMOUNT ? read_amount(text, &read)
                                                : read_number(text, &end, &read) && !*end;
    if (!taken || !is_within(rule, read))
        return false;
    *value = read;
    return true;
}

static bool read_percent(const pn_value_rule *rule, const char *text, double *value)
{
    double read;
    if (!read_with_unit(text, "%", (const double[]){1}, &read) || !is_within(rule, read))
        return false;
    *value = read / 100;
    return true;
}

static bool read_byte_count(const pn_value_rule *rule, const char *text, int64_t *value)
{
    double read;
    if (!read_bytes(text, &read) || read != floor(read) || !is_within(rule, read))
        return false;
    *value = (int64_t)read;
    return true;
}

static bool read_memory(const pn_value_rule *rule, const char *text, pn_memory *value)
{
    char *end;
    double read;
    if (!isdigit((unsigned char)text[0]) || !read_number(text, &end, &read))
        return false;
    if (*end == '%' && !end[1]) {
        if (read < 1 || read > (rule->kind == PN_KIND_MORE ? 1000 : 100))
            return false;
        *value = (pn_memory){.share = read / 100};
        return true;
    }
    if (!*end || !read_bytes(text, &read) || read < 1048576 || read > rule->most)
        return false;
    *value = (pn_memory){.bytes = (int64_t)read};
    return true;
}

static bool read_grid(const pn_value_rule *rule, const char *text, pn_grid *value)
{
    char *end;
    int64_t p, q;
    if (!read_whole(text, &end, &p) || (*end != 'x' && *end != 'X') ||
        !read_whole(end + 1, &end, &q) || *end)
        return false;
    if (!is_within(rule, (double)p) || !is_within(rule, (double)q) ||
        !is_within(rule, (double)p * (double)q))
        return false;
    *value = (pn_grid){(int)p, (int)q};
    return true;
}

static bool read_text(const char *text, char *value)
{
    size_t length = strlen(text);
    if (length == 0 || length >= PN_TEXT_BYTES)
        return false;
    memset(value, 0, PN_TEXT_BYTES);
    memcpy(value, text, length);
    return true;
}

static bool read_share_word(const char *text, pn_shares *value)
{
    pn_shares read = {.equal = strcmp(text, "equal") == 0};
    if (!read.equal && (text[0] != '@' || !read_text(text + 1, read.file)))
        return false;
    *value = read;
    return true;
}

static bool read_shares(const pn_value_rule *rule, const char *text, pn_shares *value)
{
    if (read_share_word(text, value))
        return true;
    int count = 0;
    double share[PN_SHARES_MOST];
    for (;;) {
        char *end;
        if (count == PN_SHARES_MOST || !read_number(text, &end, &share[count]) ||
            !(share[count] > 0) || share[count] > rule->most)
            return false;
        count++;
        if (!*end)
            break;
        if (*end != ':')
            return false;
        text = end + 1;
    }
    *value = (pn_shares){.count = count};
    memcpy(value->value, share, (size_t)count * sizeof *share);
    return true;
}

static bool read_fault(const pn_value_rule *rule, const char *text, pn_fault *value)
{
    pn_fault fault = {.set = true, .row = -1};
    char *end;
    if (!read_whole(text, &end, &fault.column))
        return false;
    if (*end == ',') {
        fault.row = fault.column;
        if (!is_within(rule, (double)fault.row) || !read_whole(end + 1, &end, &fault.column))
            return false;
    }
    if (!is_within(rule, (double)fault.column) || *end != '=' ||
        !read_number(end + 1, &end, &fault.value) || *end)
        return false;
    *value = fault;
    return true;
}

static bool read_check(const pn_value_rule *rule, const char *text, int64_t *value)
{
    static const char rows[] = "rows:";
    if (strcmp(text, "auto") == 0)
        *value = PN_CHECK_AUTO;
    else if (strcmp(text, "off") == 0)
        *value = PN_CHECK_OFF;
    else if (strcmp(text, "rows") == 0)
        *value = PN_CHECK_ROWS;
    else if (strncmp(text, rows, strlen(rows)) == 0)
        return read_count(rule, text + strlen(rows), value);
    else
        return false;
    return true;
}

static bool read_word(const pn_value_rule *rule, const char *text, int64_t *value)
{
    int64_t index = pn_word_find(rule->words, text, strlen(text));
    if (index >= 0)
        *value = index;
    return index >= 0;
}

static bool read_flag(const char *text, bool *value)
{
    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
        return false;
    *value = text[0] == 'y';
    return true;
}

static void set_zero(pn_kind kind, void *value)
{
    switch (kind) {
    case PN_KIND_GRID:
        *(pn_grid *)value = (pn_grid){0};
        break;
    case PN_KIND_MORE:
        *(pn_memory *)value = (pn_memory){.bytes = 0};
        break;
    case PN_KIND_SHARES:
        *(pn_shares *)value = (pn_shares){.is_measured = true};
        break;
    case PN_KIND_FAULT:
        *(pn_fault *)value = (pn_fault){0};
        break;
    case PN_KIND_SECONDS:
        *(double *)value = -1;
        break;
    case PN_KIND_AMOUNT:
        *(double *)value = 0;
        break;
    default:
        *(int64_t *)value = 0;
    }
}

bool pn_value_read(const pn_value_rule *rule, const char *text, void *value)
{
    const char *zero = word_of_zero(rule);
    if (zero && strcmp(text, zero) == 0) {
        set_zero(rule->kind, value);
        return true;
    }
    switch (rule->kind) {
    case PN_KIND_COUNT:
        return read_count(rule, text, value);
    case PN_KIND_MONTH:
        return read_month(rule, text, value);
    case PN_KIND_REAL:
    case PN_KIND_AMOUNT:
    case PN_KIND_SECONDS:
        return read_real_kind(rule, text, value);
    case PN_KIND_PERCENT:
        return read_percent(rule, text, value);
    case PN_KIND_BYTES:
        return read_byte_count(rule, text, value);
    case PN_KIND_MEMORY:
    case PN_KIND_MORE:
        return read_memory(rule, text, value);
    case PN_KIND_GRID:
        return read_grid(rule, text, value);
    case PN_KIND_SHARES:
        return read_shares(rule, text, value);
    case PN_KIND_FAULT:
        return read_fault(rule, text, value);
    case PN_KIND_CHECK:
        return read_check(rule, text, value);
    case PN_KIND_WORD:
    case PN_KIND_WORD_FLAGS:
        return read_word(rule, text, value);
    case PN_KIND_FLAG:
        return read_flag(text, value);
    case PN_KIND_TEXT:
        return read_text(text, value);
    }
    return false;
}
