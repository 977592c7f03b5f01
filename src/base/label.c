// SPDX-License-Identifier: BSD-3-Clause
#include "base/label.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char gap[] = "..";

static void remove_text(char *label, const char *text)
{
    for (char *at; (at = strstr(label, text));)
        memmove(at, at + strlen(text), strlen(at + strlen(text)) + 1);
}

// Of blanks and, before the end or a comma, of " CPU", " Processor", " 96-Core" and " @ 2.60GHz".
static bool is_idle(const char *word, size_t length)
{
    static const char *const idle[] = {"CPU", "Processor", "@"};
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
        if (strlen(idle[i]) == length && strncmp(word, idle[i], length) == 0)
            return true;
    size_t digits = strspn(word, "0123456789.");
    bool is_cores = length - digits == 5 && strncmp(word + digits, "-Core", 5) == 0;
    bool is_clock = length - digits == 3 && strncmp(word + digits, "GHz", 3) == 0;
    return digits > 0 && digits < length && (is_cores || is_clock);
}

void pn_label_trim(char label[PN_LABEL])
{
    char trimmed[PN_LABEL] = "";
    size_t used = 0;
    static const char *const marks[] = {"(R)", "(r)", "(TM)", "(tm)"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        remove_text(label, marks[i]);
    for (const char *at = label; *at;) {
        at += strspn(at, " ");
        size_t length = strcspn(at, " "), name = strcspn(at, " ,");
        bool goes = is_idle(at, name) && used > 0; // never the first word
        const char *word = goes ? at + name : at;  // what is behind a comma stays
        size_t stays = length - (size_t)(word - at);
        if (stays > 0)
            used += (size_t)snprintf(trimmed + used, sizeof trimmed - used, "%s%.*s",
                                     used && !goes ? " " : "", (int)stays, word);
        at += length;
    }
    memcpy(label, trimmed, sizeof trimmed);
}

// Never inside a letter of UTF-8.
static size_t letter_end(const char *label, size_t at)
{
    while (((unsigned char)label[at] & 0xc0) == 0x80)
        at++;
    return at;
}

// `head` bytes, a gap, and the end, `width` in all.
static void cut(char out[PN_LABEL], const char *label, size_t head, size_t width)
{
    size_t length = strlen(label), tail = length - (width - head - strlen(gap));
    if (length <= width) {
        memcpy(out, label, length + 1);
        return;
    }
    while (head > 0 && ((unsigned char)label[head] & 0xc0) == 0x80)
        head--;
    snprintf(out, PN_LABEL, "%.*s%s%s", (int)head, label, gap, label + letter_end(label, tail));
}

// Whether out[i] is like an out[k] although the labels are not.
static bool is_confused(char (*out)[PN_LABEL], char (*labels)[PN_LABEL], int count, int i)
{
    for (int k = 0; k < count; k++)
        if (strcmp(out[i], out[k]) == 0 && strcmp(labels[i], labels[k]) != 0)
            return true;
    return false;
}

// Takes the shorter forms in which no two labels are confused.
static bool try_forms(char (*labels)[PN_LABEL], char (*out)[PN_LABEL], int count)
{
    for (int i = 0; i < count; i++)
        if (is_confused(out, labels, count, i))
            return false;
    memcpy(labels, out, (size_t)count * sizeof *labels);
    return true;
}

void pn_labels_fit(char (*labels)[PN_LABEL], int count, int width)
{
    char(*out)[PN_LABEL] = malloc((size_t)count * sizeof *out + 1);
    if (!out) // they stay as they are
        return;
    memcpy(out, labels, (size_t)count * sizeof *labels);
    for (int i = 0; i < count; i++)
        pn_label_trim(out[i]);
    try_forms(labels, out, count);
    for (int i = 0; i < count; i++)
        cut(out[i], labels[i], (size_t)width / 2, (size_t)width);
    if (!try_forms(labels, out, count)) {
        for (int i = 0; i < count; i++)
            cut(out[i], labels[i], 0, (size_t)width);
        try_forms(labels, out, count);
    }
    free(out);
}
