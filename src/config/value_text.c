// SPDX-License-Identifier: BSD-3-Clause
#include "config/value_text.h"

#include "config/word.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void words_allowed(const char *words, char *text, size_t bytes)
{
    size_t used = 0;
    for (int i = 0, count = pn_word_count(words); i < count && used < bytes; i++) {
        char word[64];
        pn_word_at(words, i, word, sizeof word);
        const char *between = i == 0 ? "" : i == count - 1 ? " or " : ", ";
        used += (size_t)snprintf(text + used, bytes - used, "%s%s", between, word);
    }
}

// Of kinds of which every option allows the same.
static const char *always_allowed(pn_kind kind)
{
    switch (kind) {
    case PN_KIND_SHARES:
        return "auto, equal, one number above 0 for each process column, such as 3:1, or @FILE";
    case PN_KIND_FAULT:
        return "COLUMN=VALUE or ROW,COLUMN=VALUE, counted from 0, such as 7=nan or 3,7=1e30";
    case PN_KIND_CHECK:
        return "auto, off, rows, or rows:STEPS, of 3 and more";
    case PN_KIND_FLAG:
        return "no value";
    default:
        return NULL;
    }
}

void pn_value_allowed(const pn_value_rule *rule, char *text, size_t bytes)
{
    const char *or_auto = rule->has_auto ? ", or auto" : "";
    const char *always = always_allowed(rule->kind);
    if (always) {
        snprintf(text, bytes, "%s", always);
        return;
    }
    switch (rule->kind) {
    case PN_KIND_COUNT:
        snprintf(text, bytes, "a whole number from %.15g to %.16g%s", rule->least, rule->most,
                 or_auto);
        break;
    case PN_KIND_MONTH:
        snprintf(text, bytes, "a month such as 202306 or 2023-06%s", or_auto);
        break;
    case PN_KIND_REAL:
        snprintf(text, bytes, "a number from %.15g to %.15g", rule->least, rule->most);
        break;
    case PN_KIND_AMOUNT:
        snprintf(text, bytes, "a number from %.15g to %.15g, such as 7B, 3.5T or 1e12, or none",
                 rule->least, rule->most);
        break;
    case PN_KIND_SECONDS:
        snprintf(text, bytes, "a time from %.15g s to %.15g s, such as 60, 90s, 10m or 2h%s",
                 rule->least, rule->most, or_auto);
        break;
    case PN_KIND_PERCENT:
        snprintf(text, bytes, "a share from %.15g%% to %.15g%%", rule->least, rule->most);
        break;
    case PN_KIND_BYTES:
        snprintf(text, bytes, "a size from %.15g to %.15g bytes, such as 65536, 256K or 2M%s",
                 rule->least, rule->most, or_auto);
        break;
    case PN_KIND_MEMORY:
        snprintf(text, bytes, "a share from 1%% to 100%%, or a size of 1M and more, such as 12G");
        break;
    case PN_KIND_MORE:
        snprintf(text, bytes, "a share from 1%% to 1000%%, or a size of 1M and more, such as 12G%s",
                 or_auto);
        break;
    case PN_KIND_GRID:
        snprintf(text, bytes,
                 "two whole numbers from %.15g on, such as 2x4, of product up to %.15g%s",
                 rule->least, rule->most, or_auto);
        break;
    case PN_KIND_WORD:
    case PN_KIND_WORD_FLAGS:
        words_allowed(rule->words, text, bytes);
        break;
    case PN_KIND_TEXT:
        snprintf(text, bytes, "a text of 1 to %d bytes", PN_TEXT_BYTES - 1);
        break;
    default:
        break;
    }
}

static void print_memory(const pn_memory *memory, char *text, size_t bytes)
{
    if (memory->bytes > 0 && memory->bytes % 1024 == 0)
        snprintf(text, bytes, "%" PRId64 "K", memory->bytes / 1024);
    else if (memory->bytes > 0)
        snprintf(text, bytes, "%.6fM", (double)memory->bytes / 1048576.0);
    else if (memory->share > 0)
        snprintf(text, bytes, "%.15g%%", memory->share * 100);
    else
        snprintf(text, bytes, "auto");
}

static void print_grid(const pn_grid *grid, char *text, size_t bytes)
{
    if (grid->p == 0)
        snprintf(text, bytes, "auto");
    else
        snprintf(text, bytes, "%dx%d", grid->p, grid->q);
}

static void print_shares(const pn_shares *shares, char *text, size_t bytes)
{
    if (shares->file[0])
        snprintf(text, bytes, "@%s", shares->file);
    else if (shares->count == 0)
        snprintf(text, bytes, shares->equal ? "equal" : "auto");
    size_t used = 0;
    for (int i = 0; i < shares->count && used < bytes; i++)
        used +=
            (size_t)snprintf(text + used, bytes - used, "%s%.15g", i ? ":" : "", shares->value[i]);
}

static void print_fault(const pn_fault *fault, char *text, size_t bytes)
{
    if (!fault->set)
        snprintf(text, bytes, "none");
    else if (fault->row < 0)
        snprintf(text, bytes, "%" PRId64 "=%.17g", fault->column, fault->value);
    else
        snprintf(text, bytes, "%" PRId64 ",%" PRId64 "=%.17g", fault->row, fault->column,
                 fault->value);
}

static void print_check(int64_t check, char *text, size_t bytes)
{
    static const char *const words[] = {"auto", "off", "rows"};
    if (check < PN_CHECK_STEPS_LEAST)
        snprintf(text, bytes, "%s", words[check]);
    else
        snprintf(text, bytes, "rows:%" PRId64, check);
}

static void print_count(const pn_value_rule *rule, int64_t count, char *text, size_t bytes)
{
    if (rule->has_auto && count == 0)
        snprintf(text, bytes, "auto");
    else
        snprintf(text, bytes, "%" PRId64, count);
}

static void print_seconds(const pn_value_rule *rule, double seconds, char *text, size_t bytes)
{
    if (rule->has_auto && seconds < 0)
        snprintf(text, bytes, "auto");
    else
        snprintf(text, bytes, "%.15g", seconds);
}

// With the letter that leaves the shortest number.
static void print_amount(double amount, char *text, size_t bytes)
{
    static const char letters[] = "TBMK";
    double factor = 1e12;
    for (int i = 0; letters[i]; i++, factor /= 1000)
        if (amount >= factor) {
            snprintf(text, bytes, "%.15g%c", amount / factor, letters[i]);
            return;
        }
    snprintf(text, bytes, amount == 0 ? "none" : "%.15g", amount);
}

void pn_value_print(const pn_value_rule *rule, const void *value, char *text, size_t bytes)
{
    switch (rule->kind) {
    case PN_KIND_COUNT:
    case PN_KIND_MONTH:
    case PN_KIND_BYTES:
        print_count(rule, *(const int64_t *)value, text, bytes);
        break;
    case PN_KIND_SECONDS:
        print_seconds(rule, *(const double *)value, text, bytes);
        break;
    case PN_KIND_REAL:
        snprintf(text, bytes, "%.15g", *(const double *)value);
        break;
    case PN_KIND_AMOUNT:
        print_amount(*(const double *)value, text, bytes);
        break;
    case PN_KIND_PERCENT:
        snprintf(text, bytes, "%.15g%%", *(const double *)value * 100);
        break;
    case PN_KIND_MEMORY:
    case PN_KIND_MORE:
        print_memory(value, text, bytes);
        break;
    case PN_KIND_GRID:
        print_grid(value, text, bytes);
        break;
    case PN_KIND_SHARES:
        print_shares(value, text, bytes);
        break;
    case PN_KIND_FAULT:
        print_fault(value, text, bytes);
        break;
    case PN_KIND_CHECK:
        print_check(*(const int64_t *)value, text, bytes);
        break;
    case PN_KIND_WORD:
    case PN_KIND_WORD_FLAGS:
        pn_word_at(rule->words, *(const int64_t *)value, text, bytes);
        break;
    case PN_KIND_FLAG:
        snprintf(text, bytes, "%s", *(const bool *)value ? "yes" : "no");
        break;
    case PN_KIND_TEXT:
        snprintf(text, bytes, "%s", (const char *)value);
        break;
    }
}
