// SPDX-License-Identifier: BSD-3-Clause
#include "report/screening.h"

#include "base/plural.h"
#include "report/standing.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MOST = 20, LETTERS = 26 }; // of ranks, and of links: the slowest are looked for

typedef struct aspect {
    const char *name, *slow, *unit;
    double scale;
} aspect;

static const aspect aspects[] = {
#define ASPECT_ROW(id, name, slow, unit, scale) {name, slow, unit, scale},
    PN_SCREEN_ASPECTS(ASPECT_ROW)
#undef ASPECT_ROW
};

static double worst_of_rank(const pn_screen_rank *rank)
{
    double worst = rank->relative[0];
    for (int i = 1; i < PN_SCREEN_ASPECT_COUNT; i++)
        worst = rank->relative[i] < worst ? rank->relative[i] : worst;
    return worst;
}

static double worst_of_link(const pn_screen_link *link)
{
    return link->relative_bandwidth < link->relative_latency ? link->relative_bandwidth
                                                             : link->relative_latency;
}

enum { PLACE = 192 };

// The host, and which of its devices.
static void place_of(const pn_screen_rank *rank, char *text)
{
    if (*rank->device)
        snprintf(text, PLACE, "%s, device %s", rank->host, rank->device);
    else
        snprintf(text, PLACE, "%s", rank->host);
}

// Kinds of ranks and kernels, told by letters, for their names are as long as a line.
typedef struct listing {
    FILE *stream;
    const pn_screen *screen;
    int kinds;
    int first[LETTERS]; // rank of each kind; of more kinds than letters the rest is "*"
} listing;

static int kind_of(const listing *l, int index)
{
    const pn_screen_rank *rank = &l->screen->ranks[index];
    int kind = 0;
    while (kind < l->kinds &&
           (strcmp(l->screen->ranks[l->first[kind]].kind, rank->kind) != 0 ||
            strcmp(l->screen->ranks[l->first[kind]].kernels, rank->kernels) != 0))
        kind++;
    return kind;
}

static listing list_kinds(FILE *stream, const pn_screen *screen)
{
    listing l = {.stream = stream, .screen = screen};
    for (int i = 0; i < screen->rank_count; i++)
        if (l.kinds < LETTERS && kind_of(&l, i) == l.kinds)
            l.first[l.kinds++] = i;
    return l;
}

static void print_rank(const listing *l, int index)
{
    const pn_screen_rank *rank = &l->screen->ranks[index];
    int kind = kind_of(l, index);
    fprintf(l->stream, "  %5d %-14.14s %c %4d", index, rank->host,
            kind < l->kinds ? 'A' + kind : '*', rank->threads);
    for (int i = 0; i < PN_SCREEN_ASPECT_COUNT; i++)
        fprintf(l->stream, " %9.4g %3.0f %%", rank->value[i] / aspects[i].scale,
                100.0 * rank->relative[i]);
    fputc('\n', l->stream);
}

static void print_heading(FILE *stream)
{
    fprintf(stream, "ranks, each against the median of its kind in the same round\n"
                    "   rank host        kind thr");
    for (int i = 0; i < PN_SCREEN_ASPECT_COUNT; i++)
        fprintf(stream, " %15s", aspects[i].name);
    fprintf(stream, "\n%28s", "");
    for (int i = 0; i < PN_SCREEN_ASPECT_COUNT; i++)
        fprintf(stream, " %15s", aspects[i].unit);
    fputc('\n', stream);
}

static void print_kinds(const listing *l)
{
    for (int i = 0; i < l->kinds; i++) {
        const pn_screen_rank *rank = &l->screen->ranks[l->first[i]];
        fprintf(l->stream, "  kind %c: %s%s%s\n", 'A' + i, rank->kind,
                *rank->kernels ? ", kernels " : "", rank->kernels);
    }
}

static void print_link(const listing *l, int index)
{
    const pn_screen *screen = l->screen;
    const pn_screen_link *link = &screen->links[index];
    char ends[32];
    snprintf(ends, sizeof ends, "%d-%d", link->from, link->to);
    fprintf(l->stream, "  %11s %-12.12s %-12.12s %8.4g %3.0f %% %10.4g %3.0f %%\n", ends,
            screen->ranks[link->from].host, screen->ranks[link->to].host, link->bandwidth / 1e9,
            100.0 * link->relative_bandwidth, link->latency * 1e6, 100.0 * link->relative_latency);
}

typedef void print_one(const listing *l, int index);

static void print_standings(const listing *l, bool of_links)
{
    const pn_screen *screen = l->screen;
    int count = of_links ? screen->link_count : screen->rank_count;
    print_one *print = of_links ? print_link : print_rank;
    pn_standing *line = calloc((size_t)count + 1, sizeof *line);
    for (int i = 0; line && i < count; i++)
        line[i] = (pn_standing){
            of_links ? worst_of_link(&screen->links[i]) : worst_of_rank(&screen->ranks[i]), i};
    if (line)
        qsort(line, (size_t)count, sizeof *line, pn_standing_order);
    for (int i = 0; i < count && i < LINES_MOST; i++)
        print(l, line ? line[i].index : i);
    if (count > LINES_MOST)
        fprintf(l->stream, "  and %d more, all closer to their kind\n", count - LINES_MOST);
    free(line);
}

static void print_slow_rank(FILE *stream, const pn_screen *screen, const pn_screen_finding *finding)
{
    const pn_screen_rank *rank = &screen->ranks[finding->index];
    const aspect *what = &aspects[finding->aspect];
    char place[PLACE];
    place_of(rank, place);
    fprintf(stream,
            "finding: rank %d on %s (%s) is slow in %s: %s %.4g %s with %d thread%s, %.1f %% of "
            "the median of %s\n",
            finding->index, place, rank->kind, what->slow, what->name,
            rank->value[finding->aspect] / what->scale, what->unit, rank->threads,
            pn_plural(rank->threads), 100.0 * finding->relative,
            finding->aspect == PN_SCREEN_MULTIPLY ? "a thread of its kind" : "its kind");
}

static void print_slow_link(FILE *stream, const pn_screen *screen, const pn_screen_finding *finding)
{
    const pn_screen_link *link = &screen->links[finding->index];
    const char *from = screen->ranks[link->from].host, *to = screen->ranks[link->to].host;
    if (finding->slow == PN_SLOW_BANDWIDTH)
        fprintf(stream,
                "finding: the link of rank %d on %s and rank %d on %s is slow: %.4g GB/s, %.1f %% "
                "of the median of its kind\n",
                link->from, from, link->to, to, link->bandwidth / 1e9, 100.0 * finding->relative);
    else
        fprintf(stream,
                "finding: the link of rank %d on %s and rank %d on %s is slow: latency %.4g us, "
                "%.1f times the median of its kind\n",
                link->from, from, link->to, to, link->latency * 1e6,
                finding->relative > 0.0 ? 1.0 / finding->relative : 0.0);
}

static void print_finding(FILE *stream, const pn_screen *screen, const pn_screen_finding *finding)
{
    if (finding->slow == PN_SLOW_RANK)
        print_slow_rank(stream, screen, finding);
    else
        print_slow_link(stream, screen, finding);
}

static void print_passed(FILE *stream, double percent)
{
    fprintf(
        stream,
        "passed: nothing is slower than its kind by more than %g %% (a panel %g %%, memory %g %%, "
        "a link's bandwidth %g %%, its latency %g %%)\n",
        percent, PN_SCREEN_PANEL_FACTOR * percent, PN_SCREEN_MEMORY_FACTOR * percent,
        PN_SCREEN_BANDWIDTH_FACTOR * percent, PN_SCREEN_LATENCY_FACTOR * percent);
}

void pn_screen_text(FILE *stream, const pn_screen *screen)
{
    listing l = list_kinds(stream, screen);
    print_heading(stream);
    print_standings(&l, false);
    print_kinds(&l);
    fprintf(stream, "  (multiply thread for thread, the rest among ranks with as many threads)\n");
    if (screen->link_count) {
        fprintf(stream,
                "links between neighbours of a run, each against its kind\n"
                "        ranks from         to           bandwidth GB/s       latency us\n");
        print_standings(&l, true);
    }
    if (screen->mixed_kernels)
        fprintf(stream, "note: ranks of one kind use different BLAS kernels; see OPENBLAS_CORETYPE "
                        "on the slower ones\n");
    for (int i = 0; i < screen->finding_count && i < LINES_MOST; i++)
        print_finding(stream, screen, &screen->findings[i]);
    if (screen->finding_count > LINES_MOST)
        fprintf(stream, "finding: and %d more, less slow\n", screen->finding_count - LINES_MOST);
    if (screen->finding_count == 0)
        print_passed(stream, 100.0 * screen->tolerance);
}

static json_t *rank_of(const pn_screen *screen, int index)
{
    const pn_screen_rank *rank = &screen->ranks[index];
    json_t *object = json_object();
    json_object_set_new(object, "rank", json_integer(index));
    json_object_set_new(object, "host", json_string(rank->host));
    json_object_set_new(object, "kind", json_string(rank->kind));
    json_object_set_new(object, "device", *rank->device ? json_string(rank->device) : json_null());
    json_object_set_new(object, "kernels", json_string(rank->kernels));
    json_object_set_new(object, "threads", json_integer(rank->threads));
    for (int i = 0; i < PN_SCREEN_ASPECT_COUNT; i++)
        json_object_set_new(
            object, aspects[i].name,
            json_pack("{s:f, s:f}", "rate", rank->value[i], "relative", rank->relative[i]));
    return object;
}

static json_t *link_of(const pn_screen_link *link)
{
    return json_pack("{s:i, s:i, s:f, s:f, s:f, s:f}", "from", link->from, "to", link->to,
                     "bandwidth", link->bandwidth, "relative_bandwidth", link->relative_bandwidth,
                     "latency", link->latency, "relative_latency", link->relative_latency);
}

static json_t *finding_of(const pn_screen *screen, const pn_screen_finding *finding)
{
    bool is_rank = finding->slow == PN_SLOW_RANK;
    const pn_screen_link *link = is_rank ? NULL : &screen->links[finding->index];
    int rank = is_rank ? finding->index : link->from;
    json_t *object = json_object();
    json_object_set_new(object, "slow",
                        json_string(is_rank ? aspects[finding->aspect].slow : "link"));
    json_object_set_new(object, "by",
                        json_string(is_rank ? aspects[finding->aspect].name
                                    : finding->slow == PN_SLOW_BANDWIDTH ? "bandwidth"
                                                                         : "latency"));
    json_object_set_new(object, "rank", json_integer(rank));
    json_object_set_new(object, "to", link ? json_integer(link->to) : json_null());
    json_object_set_new(object, "host", json_string(screen->ranks[rank].host));
    json_object_set_new(object, "kind", json_string(screen->ranks[rank].kind));
    json_object_set_new(object, "device",
                        is_rank && *screen->ranks[rank].device
                            ? json_string(screen->ranks[rank].device)
                            : json_null());
    json_object_set_new(object, "relative", json_real(finding->relative));
    return object;
}

pn_status pn_screen_json(const pn_screen *screen, char **text)
{
    json_t *object = json_object(), *ranks = json_array(), *links = json_array();
    json_t *findings = json_array();
    for (int i = 0; i < screen->rank_count; i++)
        json_array_append_new(ranks, rank_of(screen, i));
    for (int i = 0; i < screen->link_count; i++)
        json_array_append_new(links, link_of(&screen->links[i]));
    for (int i = 0; i < screen->finding_count; i++)
        json_array_append_new(findings, finding_of(screen, &screen->findings[i]));
    json_object_set_new(object, "command", json_string("screen"));
    json_object_set_new(object, "passed", json_boolean(screen->finding_count == 0));
    json_object_set_new(object, "tolerance_percent",
                        json_real(round(screen->tolerance * 1e6) / 1e4));
    json_object_set_new(object, "mixed_kernels", json_boolean(screen->mixed_kernels));
    json_object_set_new(object, "findings", findings);
    json_object_set_new(object, "ranks", ranks);
    json_object_set_new(object, "links", links);
    *text = json_dumps(object, JSON_INDENT(2));
    json_decref(object);
    return *text ? PN_OK : pn_fail_memory("for the JSON record");
}
