// SPDX-License-Identifier: BSD-3-Clause
// Each word of theirs has a meaning; those of one grid wait for each other until the end.
#include "cli/xhpl_words.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum meaning { MEANS_N, MEANS_NB, MEANS_P, MEANS_Q, MEANS_MEMORY, MEANS_FILE } meaning;

static const struct {
    const char *word;
    meaning means;
} known[] = {{"-n", MEANS_N},    {"-N", MEANS_N},      {"-b", MEANS_NB},      {"-NB", MEANS_NB},
             {"--NB", MEANS_NB}, {"-p", MEANS_P},      {"-P", MEANS_P},       {"-q", MEANS_Q},
             {"-Q", MEANS_Q},    {"-m", MEANS_MEMORY}, {"--dat", MEANS_FILE}, {"-i", MEANS_FILE}};

enum { KNOWN = sizeof known / sizeof *known };

typedef struct grid_words {
    const char *p, *q, *memory;
} grid_words;

static bool is_number(const char *word)
{
    return word && *word && strspn(word, "0123456789") == strlen(word);
}

static pn_status push(pn_xhpl_words *taken, char *word)
{
    if (taken->count == PN_XHPL_WORDS)
        return pn_fail(PN_ERROR_USAGE, "command line: read more than %d words; allowed: up to %d",
                       PN_XHPL_WORDS, PN_XHPL_WORDS);
    taken->list[taken->count++] = word;
    return PN_OK;
}

static char *make(pn_xhpl_words *taken, const char *option, const char *value)
{
    if (taken->made_count == PN_XHPL_MADE)
        return NULL;
    char *text = taken->made[taken->made_count++];
    snprintf(text, PN_XHPL_TEXT, "%s=%s", option, value);
    return text;
}

// "--dat FILE" or "--dat=FILE"; -q alone is still the short form of --quiet. -1 if it is none.
static int find(const char *word, const char *next, const char **value)
{
    for (int i = 0; i < KNOWN; i++) {
        size_t length = strlen(known[i].word);
        bool is_long = known[i].word[1] == '-';
        if (strncmp(word, known[i].word, length) != 0)
            continue;
        if (is_long && word[length] == '=') {
            *value = word + length + 1;
            return i;
        }
        *value = next;
        if (!word[length] && (strcmp(word, "-q") != 0 || is_number(next)))
            return i;
    }
    return -1;
}

static pn_status take(pn_xhpl_words *taken, grid_words *grid, int which, const char *value)
{
    const char *word = known[which].word;
    meaning means = known[which].means;
    char *made = NULL;
    if (!value || (means != MEANS_FILE && !is_number(value)))
        return pn_fail(PN_ERROR_USAGE, "option %s: read \"%s\"; allowed: %s", word,
                       value ? value : "", means == MEANS_FILE ? "a file" : "a whole number");
    if (means == MEANS_P)
        grid->p = value;
    else if (means == MEANS_Q)
        grid->q = value;
    else if (means == MEANS_MEMORY)
        grid->memory = value;
    else if (means == MEANS_FILE)
        return push(taken, (char *)value);
    else
        made = make(taken, means == MEANS_N ? "--n" : "--nb", value);
    if (means <= MEANS_NB && !made)
        return pn_fail(PN_ERROR_USAGE, "option %s: N and NB are given too often; allowed: once",
                       word);
    return made ? push(taken, made) : PN_OK;
}

// The N whose matrix fills so many MiB on each rank of the grid.
static pn_status take_memory(pn_xhpl_words *taken, const grid_words *grid)
{
    char value[32];
    double ranks = grid->p ? strtod(grid->p, NULL) * strtod(grid->q, NULL) : 1.0;
    double n = floor(sqrt(strtod(grid->memory, NULL) * ranks * (1 << 20) / sizeof(double)));
    snprintf(value, sizeof value, "%.0f", n);
    char *made = make(taken, "--n", value);
    return made ? push(taken, made) : PN_OK;
}

static pn_status take_grid(pn_xhpl_words *taken, const grid_words *grid)
{
    char value[48];
    if (!grid->p && !grid->q)
        return PN_OK;
    if (!grid->p || !grid->q)
        return pn_fail(PN_ERROR_USAGE, "option %s: it goes with option %s; allowed: both, or none",
                       grid->p ? "-P" : "-Q", grid->p ? "-Q" : "-P");
    snprintf(value, sizeof value, "%.20sx%.20s", grid->p, grid->q);
    char *made = make(taken, "--grid", value);
    return made ? push(taken, made) : PN_OK;
}

pn_status pn_xhpl_words_take(pn_xhpl_words *taken, int count, char *const *words)
{
    grid_words grid = {NULL, NULL, NULL};
    pn_status status = PN_OK;
    *taken = (pn_xhpl_words){.count = 0};
    for (int i = 0; i < count; i++) {
        const char *next = i + 1 < count ? words[i + 1] : NULL, *value;
        int which = find(words[i], next, &value);
        if (which < 0) {
            PN_TRY(push(taken, words[i]));
            continue;
        }
        PN_TRY(take(taken, &grid, which, value));
        i += value == next;
    }
    PN_TRY(take_grid(taken, &grid));
    if (grid.memory)
        PN_TRY(take_memory(taken, &grid));
    taken->words = taken->list;
fail:
    return status;
}
