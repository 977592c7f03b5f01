// SPDX-License-Identifier: BSD-3-Clause
// A name is cut into words at all that is no letter, digit or decimal point. Numbers find their
// unit in the same word or in the next one.
#include "machines/network_name.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_BYTES = 32, SPEEDS = 4, FAMILIES = 2 }; // the last kinds of a table stand for families

typedef struct word_reader {
    const char *at;
    char raw[WORD_BYTES], word[WORD_BYTES]; // as it stands, and in lower case
    bool is_by_second;                      // "/s" follows
    pn_network_name *name;
    double speed[SPEEDS];
    int speeds;
    bool is_ethernet, is_infiniband, has_generation, is_fast;
    double unnumbered; // Gbit/s of "Gigabit Ethernet", which has no number
} word_reader;

static bool is_any(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

static const char *const giga[] = {"g",       "gb",       "gbe",  "gbit", "gbits",
                                   "gbps",    "gib",      "gige", "gibe", "gbase",
                                   "gigabit", "gigabits", "gbt",  "gt",   NULL};
static const char *const mega[] = {"m",     "mb",   "mbe",     "mbit",     "mbits", "mbps",
                                   "mbase", "base", "megabit", "megabits", NULL};
static const char *const ethernets[] = {"ethernet", "eth", "gbe",  "gige",      "roce",
                                        "rocev2",   "nic", "base", "netxtreme", NULL};
static const char *const infinibands[] = {"infiniband", "ib", "connectx", "mt28908", NULL};
static const char *const generations[] = {"sdr",    "ddr", "qdr",    "fdr",    "fdr10", "fdr14",
                                          "edr",    "hdr", "hdr100", "hdr200", "ndr",   "ndr200",
                                          "ndr400", "xdr", "xdr800", NULL};

// The next word, or false at the end.
static bool next_word(word_reader *in)
{
    const char *at = in->at;
    size_t length = 0;
    while (*at && !isalnum((unsigned char)*at))
        at++;
    while (isalnum((unsigned char)*at) ||
           (*at == '.' && length > 0 && isdigit((unsigned char)at[-1]) &&
            isdigit((unsigned char)at[1]))) {
        if (length + 1 < WORD_BYTES)
            in->raw[length++] = *at;
        at++;
    }
    in->raw[length] = '\0';
    for (size_t i = 0; i <= length; i++)
        in->word[i] = (char)tolower((unsigned char)in->raw[i]);
    in->is_by_second = at[0] == '/' && (at[1] == 's' || at[1] == 'S');
    in->at = at;
    return length > 0;
}

static void add_text(pn_network_name *name, const char *word)
{
    size_t used = strlen(name->text);
    snprintf(name->text + used, sizeof name->text - used, "%s ", word);
}

static void add_speed(word_reader *in, double gbit)
{
    for (int i = 0; i < in->speeds; i++)
        if (in->speed[i] == gbit)
            return;
    if (in->speeds < SPEEDS)
        in->speed[in->speeds++] = gbit;
}

// Gbit/s of one of the unit, 0: it is none. "GB/s" are bytes; a bare "GB" is sloppy.
static double unit_of(const char *raw, bool is_by_second)
{
    char unit[WORD_BYTES];
    size_t length = 0;
    for (; raw[length]; length++)
        unit[length] = (char)tolower((unsigned char)raw[length]);
    unit[length] = '\0';
    double bytes = strcmp(raw, "GB") == 0 && is_by_second ? 8 : 1;
    return is_any(unit, giga) ? bytes : is_any(unit, mega) ? 1e-3 : 0;
}

// What stands behind the digits of a word: "gbe" of "10GbE".
static const char *behind_digits(const char *raw)
{
    return raw + strspn(raw, "0123456789.");
}

static bool take_number(word_reader *in)
{
    double number = atof(in->raw);
    const char *rest = behind_digits(in->raw);
    if (rest == in->raw)
        return false;
    if (*rest) {
        double unit = unit_of(rest, in->is_by_second);
        if (unit > 0)
            add_speed(in, number * unit);
        in->is_ethernet |= unit > 0 && (strchr(rest, 'e') || strchr(rest, 'E')); // GbE
        return unit > 0;
    }
    word_reader next = *in;
    double unit = next_word(&next) ? unit_of(next.raw, next.is_by_second) : 0;
    if (unit == 0)
        return false;
    add_speed(in, number * unit);
    in->is_ethernet |= is_any(next.word, ethernets);
    in->at = next.at;
    return true;
}

// "2x", "2x25G" and "dual": how many links; what follows the x is read as a word of its own.
static bool take_links(word_reader *in)
{
    const char *rest = behind_digits(in->word);
    if (rest != in->word && *rest == 'x' && strcmp(rest, "xdr") != 0) {
        double count = atof(in->word);
        in->name->links = count >= 1 && count <= 64 ? count : 1;
        in->at -= strlen(rest + 1);
        return true;
    }
    double count = strcmp(in->word, "dual") == 0   ? 2
                   : strcmp(in->word, "quad") == 0 ? 4
                   : strcmp(in->word, "octo") == 0 ? 8
                                                   : 0;
    if (count > 0)
        in->name->links = count;
    return count > 0;
}

static void take_word(word_reader *in)
{
    if (strcmp(in->word, "s") == 0 || take_links(in) || take_number(in))
        return;
    bool is_gigabit = strcmp(in->word, "gbe") == 0 || strcmp(in->word, "gige") == 0 ||
                      strcmp(in->word, "gigabit") == 0;
    if (is_gigabit)
        in->unnumbered = 1;
    in->is_ethernet |= is_any(in->word, ethernets);
    in->has_generation |= is_any(in->word, generations);
    in->is_infiniband |= in->has_generation || is_any(in->word, infinibands);
    in->is_fast |= strcmp(in->word, "fast") == 0;
    add_text(in->name, in->word);
}

// "4X" before a generation of InfiniBand is the width of its links, not their number.
static void settle(word_reader *in)
{
    pn_network_name *name = in->name;
    if (in->is_fast && in->is_ethernet)
        in->unnumbered = 0.1;
    if (in->unnumbered > 0 && in->speeds == 0)
        add_speed(in, in->unnumbered);
    if (in->is_infiniband && name->links == 4 && !strstr(name->text, " rail "))
        name->links = 1;
    if (in->is_infiniband)
        add_text(name, in->has_generation ? "infiniband generation" : "infiniband");
    else if (in->is_ethernet)
        add_text(name, "ethernet");
    add_text(name, ".");
    for (int i = 0; i < in->speeds; i++) {
        char speed[WORD_BYTES];
        snprintf(speed, sizeof speed, "%gg", in->speed[i]);
        add_text(name, speed);
    }
    add_text(name, ".");
    name->gbit = in->speeds == 1 ? in->speed[0] : 0;
    name->differs = in->speeds > 1;
}

void pn_network_name_read(pn_network_name *name, const char *text)
{
    *name = (pn_network_name){.text = " ", .links = 1};
    word_reader in = {.at = text, .name = name};
    while (next_word(&in))
        take_word(&in);
    settle(&in);
}

static int find_words(const pn_constants *constants, const pn_network_name *name, int kinds)
{
    for (int i = 0; i < kinds; i++)
        if (pn_words_match(constants->network[i].words, name->text))
            return i;
    return -1;
}

// What a link signals is up to a third more than what it carries.
static bool is_contradicted(const pn_network_kind *kind, const pn_network_name *name)
{
    double carried = kind->bandwidth * 8e-9;
    return name->gbit > 0 && fabs(log(name->gbit / carried)) > log(1.35);
}

int pn_network_find(const pn_constants *constants, const pn_network_name *name)
{
    int kind = name->differs ? -1 : find_words(constants, name, constants->networks - FAMILIES);
    return kind >= 0 && is_contradicted(&constants->network[kind], name) ? -1 : kind;
}

int pn_network_guess(const pn_constants *constants, const pn_network_name *name)
{
    int kind = pn_network_find(constants, name);
    return kind >= 0 ? kind : find_words(constants, name, constants->networks);
}
