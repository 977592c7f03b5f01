// SPDX-License-Identifier: BSD-3-Clause
// The table of constants, and names looked up in it.
#include "machines/constants.h"

#include <assert.h>
#include <ctype.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const pn_device_kind devices[] = {
#define DEVICE(name, memory, holds, cores, introduced, peak, rate, watts, exponent)                \
    {name,        (memory)*1073741824.0, introduced, holds,   cores,                               \
     (peak)*1e12, (rate)*1e12,           watts,      exponent},
#define NETWORK(name, words, bandwidth, latency, processors, devices)
#define PROCESSOR(name, words, flops, efficiency, systems)
#define NODE(words, introduced, least, devices, links)
#define GLOBAL(name, value)
#include "machines/constants.inc"
#undef DEVICE
#undef NETWORK
};

static const pn_network_kind networks[] = {
#define DEVICE(name, memory, holds, cores, introduced, peak, rate, watts, exponent)
#define NETWORK(name, words, bandwidth, latency, processors, devices)                              \
    {name, words, (bandwidth)*1e9, (latency)*1e-6, processors, devices},
#include "machines/constants.inc"
#undef NETWORK
#undef PROCESSOR
};

static const pn_processor_kind processors[] = {
#define NETWORK(name, words, bandwidth, latency, processors, devices)
#define PROCESSOR(name, words, flops, efficiency, systems)                                         \
    {name, words, flops, efficiency, systems},
#include "machines/constants.inc"
#undef PROCESSOR
#undef NODE
};

static const pn_node_form nodes[] = {
#define PROCESSOR(name, words, flops, efficiency, systems)
#define NODE(words, introduced, least, devices, links) {words, introduced, least, devices, links},
#include "machines/constants.inc"
#undef NODE
#undef GLOBAL
};

enum {
    DEVICES = sizeof devices / sizeof devices[0],
    NETWORKS = sizeof networks / sizeof networks[0],
    PROCESSORS = sizeof processors / sizeof processors[0],
    NODES = sizeof nodes / sizeof nodes[0]
};
_Static_assert((int)DEVICES <= (int)PN_DEVICE_KINDS && (int)NETWORKS <= (int)PN_NETWORK_KINDS &&
                   (int)PROCESSORS <= (int)PN_PROCESSOR_KINDS && (int)NODES <= (int)PN_NODE_FORMS,
               "the tables of pn_constants hold all rows");

void pn_constants_load(pn_constants *constants)
{
    *constants = (pn_constants){
        .devices = DEVICES, .networks = NETWORKS, .processors = PROCESSORS, .nodes = NODES};
    memcpy(constants->device, devices, sizeof devices);
    memcpy(constants->network, networks, sizeof networks);
    memcpy(constants->processor, processors, sizeof processors);
    memcpy(constants->node, nodes, sizeof nodes);
#define NODE(words, introduced, least, devices, links)
#define GLOBAL(name, value) constants->name = value;
#include "machines/constants.inc"
}

bool pn_words_match(const char *words, const char *text)
{
    char pattern[160];
    for (;;) {
        size_t length = strcspn(words, "|");
        assert(length + 3 <= sizeof pattern);
        snprintf(pattern, sizeof pattern, "*%.*s*", (int)length, words);
        if (fnmatch(pattern, text, FNM_CASEFOLD) == 0)
            return true;
        if (!words[length])
            return false;
        words += length + 1;
    }
}

double pn_device_age(const pn_device_kind *kind, int list)
{
    int years = list / 100 - kind->introduced / 100;
    int months = list % 100 - kind->introduced % 100;
    return years + months / 12.0;
}

int pn_device_find(const pn_constants *constants, const char *name)
{
    for (int i = 0; i < constants->devices; i++)
        if (strcasecmp(constants->device[i].name, name) == 0)
            return i;
    return -1;
}

enum { PROCESSOR_BYTES = 256 };

// " xeon e5-2670 0 2.60ghz " of "Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz".
static void read_processor(char plain[PROCESSOR_BYTES], const char *text)
{
    static const char *const left_out[] = {"(r)", "(tm)", "cpu ", "processor ", "intel ", "@"};
    size_t used = 1;
    plain[0] = ' ';
    while (*text && used + 2 < PROCESSOR_BYTES) {
        size_t skipped = 0;
        for (size_t i = 0; i < sizeof left_out / sizeof left_out[0] && !skipped; i++)
            if (strncasecmp(text, left_out[i], strlen(left_out[i])) == 0)
                skipped = strlen(left_out[i]);
        char c = skipped ? ' ' : (char)tolower((unsigned char)*text);
        if (c != ' ' || plain[used - 1] != ' ')
            plain[used++] = c;
        text += skipped ? skipped : 1;
    }
    if (plain[used - 1] != ' ')
        plain[used++] = ' ';
    plain[used] = '\0';
}

int pn_device_find_like(const pn_constants *constants, const char *name, double memory)
{
    int best = pn_device_find(constants, name);
    size_t length = strlen(name);
    double least = INFINITY;
    if (best >= 0)
        return best;
    for (int i = 0; i < constants->devices; i++) {
        const pn_device_kind *kind = &constants->device[i];
        if (strncasecmp(kind->name, name, length) != 0 || kind->name[length] != ' ')
            continue;
        double distance = memory > 0 ? fabs(log(kind->memory / memory)) : i;
        if (distance < least) {
            least = distance;
            best = i;
        }
    }
    return best;
}

int pn_processor_find(const pn_constants *constants, const char *text)
{
    char plain[PROCESSOR_BYTES];
    read_processor(plain, text);
    for (int i = 0; i < constants->processors; i++)
        if (pn_words_match(constants->processor[i].words, plain))
            return i;
    return -1;
}

const pn_node_form *pn_node_find(const pn_constants *constants, const char *computer, int device,
                                 double counted)
{
    int introduced = constants->device[device].introduced;
    for (int i = 0; i < constants->nodes - 1; i++) {
        const pn_node_form *form = &constants->node[i];
        if (introduced >= form->introduced && counted >= form->least &&
            pn_words_match(form->words, computer))
            return form;
    }
    return &constants->node[constants->nodes - 1];
}
