// SPDX-License-Identifier: BSD-3-Clause
#include "measure/screen.h"

#include "measure/outlier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KIND_BYTES = 300 };

const char *pn_screen_aspect_name(pn_screen_aspect aspect)
{
    static const char *const names[] = {
#define PN_SCREEN_NAME(id, name, slow, unit, scale) name,
        PN_SCREEN_ASPECTS(PN_SCREEN_NAME)
#undef PN_SCREEN_NAME
    };
    return names[aspect];
}

// A judgement under way: room for the values of one comparison.
typedef struct judgement {
    pn_screen *screen;
    pn_outlier_part *parts;
    pn_standing *standings;
    char (*kinds)[KIND_BYTES]; // of ranks with their threads, then of links
} judgement;

// name: room for its kind.
static pn_outlier_part part_of(const pn_screen_rank *rank, pn_screen_aspect aspect, char *name)
{
    int threads = rank->threads > 0 ? rank->threads : 1;
    double turn = rank->turn > 0 ? rank->turn : 1;
    if (aspect == PN_SCREEN_MULTIPLY && turn == 1)
        return (pn_outlier_part){rank->kind, rank->measured[aspect] / threads};
    snprintf(name, KIND_BYTES, "%s/%d/%.2f", rank->kind, threads, turn);
    return (pn_outlier_part){name, rank->measured[aspect]};
}

// Keeps a figure and how it stands, if it stands better than ever.
static void keep_better(double *value, double *relative, double measured, double ratio)
{
    if (ratio > *relative) {
        *value = measured;
        *relative = ratio;
    }
}

static bool compare_aspect(judgement *j, pn_screen_aspect aspect)
{
    pn_screen *screen = j->screen;
    for (int i = 0; i < screen->rank_count; i++)
        j->parts[i] = part_of(&screen->ranks[i], aspect, j->kinds[i]);
    int measured = pn_outlier_rank(j->parts, screen->rank_count, 0, j->standings);
    for (int i = 0; i < measured; i++) {
        pn_screen_rank *rank = &screen->ranks[j->standings[i].index];
        keep_better(&rank->value[aspect], &rank->relative[aspect], rank->measured[aspect],
                    j->standings[i].ratio);
    }
    return measured >= 0;
}

// Links between the same two kinds, apart by whether they leave the host.
static void name_link_kind(const pn_screen *screen, const pn_screen_link *link, char *kind)
{
    const pn_screen_rank *a = &screen->ranks[link->from], *b = &screen->ranks[link->to];
    bool in_order = strcmp(a->kind, b->kind) <= 0;
    snprintf(kind, KIND_BYTES, "%s/%s/%s", in_order ? a->kind : b->kind,
             in_order ? b->kind : a->kind, strcmp(a->host, b->host) == 0 ? "inside" : "between");
}

static bool compare_bandwidths(judgement *j)
{
    pn_screen *screen = j->screen;
    for (int i = 0; i < screen->link_count; i++)
        j->parts[i] = (pn_outlier_part){j->kinds[i], screen->links[i].measured_bandwidth};
    int measured = pn_outlier_rank(j->parts, screen->link_count, 0, j->standings);
    for (int i = 0; i < measured; i++) {
        pn_screen_link *link = &screen->links[j->standings[i].index];
        keep_better(&link->bandwidth, &link->relative_bandwidth, link->measured_bandwidth,
                    j->standings[i].ratio);
    }
    return measured >= 0;
}

static bool compare_latencies(judgement *j)
{
    pn_screen *screen = j->screen;
    for (int i = 0; i < screen->link_count; i++)
        j->parts[i] = (pn_outlier_part){j->kinds[i], 1.0 / screen->links[i].measured_latency};
    int measured = pn_outlier_rank(j->parts, screen->link_count, 0, j->standings);
    for (int i = 0; i < measured; i++) {
        pn_screen_link *link = &screen->links[j->standings[i].index];
        keep_better(&link->latency, &link->relative_latency, link->measured_latency,
                    j->standings[i].ratio);
    }
    return measured >= 0;
}

static int worst_first(const void *left, const void *right)
{
    const pn_screen_finding *a = left, *b = right;
    return (a->relative > b->relative) - (a->relative < b->relative);
}

static void compare_kernels(pn_screen *screen)
{
    for (int i = 1; i < screen->rank_count; i++) {
        const pn_screen_rank *first = screen->ranks, *rank = &screen->ranks[i];
        while (strcmp(first->kind, rank->kind) != 0)
            first++;
        if (strcmp(first->kernels, rank->kernels) != 0)
            screen->mixed_kernels = true;
    }
}

static bool compare_all(judgement *j)
{
    for (int aspect = 0; aspect < PN_SCREEN_ASPECT_COUNT; aspect++)
        if (!compare_aspect(j, (pn_screen_aspect)aspect))
            return false;
    for (int i = 0; i < j->screen->link_count; i++)
        name_link_kind(j->screen, &j->screen->links[i], j->kinds[i]);
    return compare_bandwidths(j) && compare_latencies(j);
}

// found: with its relative. Nothing is said of what was not measured.
static void find(pn_screen *screen, double factor, pn_screen_finding found)
{
    if (found.relative > 0 && found.relative < 1.0 - factor * screen->tolerance)
        screen->findings[screen->finding_count++] = found;
}

static void find_all(pn_screen *screen)
{
    static const double factors[PN_SCREEN_ASPECT_COUNT] = {
        [PN_SCREEN_MULTIPLY] = 1,
        [PN_SCREEN_PANEL] = PN_SCREEN_PANEL_FACTOR,
        [PN_SCREEN_MEMORY] = PN_SCREEN_MEMORY_FACTOR};
    screen->finding_count = 0;
    for (int i = 0; i < screen->rank_count; i++)
        for (int aspect = 0; aspect < PN_SCREEN_ASPECT_COUNT; aspect++)
            find(screen, factors[aspect],
                 (pn_screen_finding){PN_SLOW_RANK, i, (pn_screen_aspect)aspect,
                                     screen->ranks[i].relative[aspect]});
    for (int i = 0; i < screen->link_count; i++) {
        const pn_screen_link *link = &screen->links[i];
        find(screen, PN_SCREEN_BANDWIDTH_FACTOR,
             (pn_screen_finding){
                 .slow = PN_SLOW_BANDWIDTH, .index = i, .relative = link->relative_bandwidth});
        find(screen, PN_SCREEN_LATENCY_FACTOR,
             (pn_screen_finding){
                 .slow = PN_SLOW_LATENCY, .index = i, .relative = link->relative_latency});
    }
    qsort(screen->findings, (size_t)screen->finding_count, sizeof *screen->findings, worst_first);
}

pn_status pn_screen_judge(pn_screen *screen)
{
    size_t links = (size_t)screen->link_count, ranks = (size_t)screen->rank_count;
    size_t most = (links > ranks ? links : ranks) + 1;
    judgement j = {.screen = screen,
                   .parts = calloc(most, sizeof *j.parts),
                   .standings = calloc(most, sizeof *j.standings),
                   .kinds = calloc(most, sizeof *j.kinds)};
    free(screen->findings);
    screen->findings =
        calloc(ranks * PN_SCREEN_ASPECT_COUNT + 2 * links + 1, sizeof *screen->findings);
    bool done = j.parts && j.standings && j.kinds && screen->findings && compare_all(&j);
    free(j.parts);
    free(j.standings);
    free(j.kinds);
    if (!done)
        return pn_fail(PN_ERROR_MEMORY, "no memory to compare %d ranks", screen->rank_count);
    compare_kernels(screen);
    find_all(screen);
    return PN_OK;
}

void pn_screen_release(pn_screen *screen)
{
    free(screen->ranks);
    free(screen->links);
    free(screen->findings);
    *screen = (pn_screen){.rank_count = 0};
}
