// SPDX-License-Identifier: BSD-3-Clause
#include "measure/screen.h"

#include "measure/outlier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KIND_BYTES = 300 };

// A judgement under way: room for the values of one comparison.
typedef struct judgement {
    pn_screen *screen;
    pn_outlier_value *parts;
    pn_standing *standings;
    char (*kinds)[KIND_BYTES];  // of ranks with their threads, then of links
    pn_screen_standing *now;    // how each figure stands in this round
    pn_screen_standing *of_one; // [rounds]
} judgement;

// A rank's figures are its aspects, in order; behind those of all ranks come the links', two each.
static size_t figure_of_rank(int rank, pn_screen_aspect aspect)
{
    return (size_t)rank * PN_SCREEN_ASPECT_COUNT + (size_t)aspect;
}

static size_t figure_of_link(const pn_screen *screen, int link, bool is_latency)
{
    return figure_of_rank(screen->rank_count, 0) + 2 * (size_t)link + is_latency;
}

static size_t count_figures(const pn_screen *screen)
{
    return figure_of_link(screen, screen->link_count, false);
}

// name: room for its kind.
static pn_outlier_value part_of(const pn_screen_rank *rank, pn_screen_aspect aspect, char *name)
{
    int threads = rank->threads > 0 ? rank->threads : 1;
    double share = rank->cpu_share > 0 ? rank->cpu_share : 1;
    if (aspect == PN_SCREEN_MULTIPLY && share == 1)
        return (pn_outlier_value){rank->kind, rank->measured[aspect] / threads};
    snprintf(name, KIND_BYTES, "%s/%d/%.2f", rank->kind, threads, share);
    return (pn_outlier_value){name, rank->measured[aspect]};
}

static bool compare_aspect(judgement *j, pn_screen_aspect aspect)
{
    pn_screen *screen = j->screen;
    for (int i = 0; i < screen->rank_count; i++)
        j->parts[i] = part_of(&screen->ranks[i], aspect, j->kinds[i]);
    int measured = pn_outlier_order(j->parts, screen->rank_count, 0, j->standings);
    for (int i = 0; i < measured; i++) {
        int rank = j->standings[i].index;
        j->now[figure_of_rank(rank, aspect)] =
            (pn_screen_standing){screen->ranks[rank].measured[aspect], j->standings[i].ratio};
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
        j->parts[i] = (pn_outlier_value){j->kinds[i], screen->links[i].measured_bandwidth};
    int measured = pn_outlier_order(j->parts, screen->link_count, 0, j->standings);
    for (int i = 0; i < measured; i++) {
        int link = j->standings[i].index;
        j->now[figure_of_link(screen, link, false)] =
            (pn_screen_standing){screen->links[link].measured_bandwidth, j->standings[i].ratio};
    }
    return measured >= 0;
}

static bool compare_latencies(judgement *j)
{
    pn_screen *screen = j->screen;
    for (int i = 0; i < screen->link_count; i++)
        j->parts[i] = (pn_outlier_value){j->kinds[i], 1.0 / screen->links[i].measured_latency};
    int measured = pn_outlier_order(j->parts, screen->link_count, 0, j->standings);
    for (int i = 0; i < measured; i++) {
        int link = j->standings[i].index;
        j->now[figure_of_link(screen, link, true)] =
            (pn_screen_standing){screen->links[link].measured_latency, j->standings[i].ratio};
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

static int by_relative(const void *left, const void *right)
{
    const pn_screen_standing *a = left, *b = right;
    return (a->relative > b->relative) - (a->relative < b->relative);
}

// How a figure stands by the median of all rounds.
static pn_screen_standing usual(judgement *j, size_t figure)
{
    const pn_screen *screen = j->screen;
    size_t rounds = (size_t)screen->rounds, figures = count_figures(screen);
    for (size_t round = 0; round < rounds; round++)
        j->of_one[round] = screen->standings[round * figures + figure];
    qsort(j->of_one, rounds, sizeof *j->of_one, by_relative);
    return j->of_one[rounds / 2];
}

static void set_results(judgement *j)
{
    pn_screen *screen = j->screen;
    for (int i = 0; i < screen->rank_count; i++)
        for (int aspect = 0; aspect < PN_SCREEN_ASPECT_COUNT; aspect++) {
            pn_screen_standing is = usual(j, figure_of_rank(i, (pn_screen_aspect)aspect));
            screen->ranks[i].value[aspect] = is.value;
            screen->ranks[i].relative[aspect] = is.relative;
        }
    for (int i = 0; i < screen->link_count; i++) {
        pn_screen_link *link = &screen->links[i];
        pn_screen_standing bandwidth = usual(j, figure_of_link(screen, i, false));
        pn_screen_standing latency = usual(j, figure_of_link(screen, i, true));
        link->bandwidth = bandwidth.value;
        link->relative_bandwidth = bandwidth.relative;
        link->latency = latency.value;
        link->relative_latency = latency.relative;
    }
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

// Room for one more round of figures, none of which is known yet.
static bool add_round(judgement *j)
{
    pn_screen *screen = j->screen;
    size_t figures = count_figures(screen), rounds = (size_t)screen->rounds;
    pn_screen_standing *all =
        realloc(screen->standings, (rounds + 1) * (figures + 1) * sizeof *all);
    j->of_one = calloc(rounds + 1, sizeof *j->of_one);
    if (all)
        screen->standings = all;
    if (!all || !j->of_one)
        return false;
    j->now = all + rounds * figures;
    memset(j->now, 0, figures * sizeof *j->now);
    screen->rounds++;
    return true;
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
    screen->findings = calloc(count_figures(screen) + 1, sizeof *screen->findings);
    bool done =
        j.parts && j.standings && j.kinds && screen->findings && add_round(&j) && compare_all(&j);
    if (done)
        set_results(&j);
    free(j.parts);
    free(j.standings);
    free(j.kinds);
    free(j.of_one);
    if (!done)
        return pn_fail_memory("to compare %d ranks", screen->rank_count);
    compare_kernels(screen);
    find_all(screen);
    return PN_OK;
}

void pn_screen_release(pn_screen *screen)
{
    free(screen->ranks);
    free(screen->links);
    free(screen->findings);
    free(screen->standings);
    *screen = (pn_screen){.rank_count = 0};
}
