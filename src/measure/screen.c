// SPDX-License-Identifier: BSD-3-Clause
#include "measure/screen.h"

#include "measure/peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINK_KIND_BYTES = 300 };

static const double panel_factor = 2.0, bandwidth_factor = 5.0, latency_factor = 10.0;

const char *pn_screen_aspect_name(pn_screen_aspect aspect)
{
    static const char *const names[] = {
#define PN_SCREEN_NAME(id, name, slow, unit, scale) name,
        PN_SCREEN_ASPECTS(PN_SCREEN_NAME)
#undef PN_SCREEN_NAME
    };
    return names[aspect];
}

static void find(pn_screen *screen, pn_screen_finding finding, double tolerance)
{
    if (finding.relative < 1.0 - tolerance)
        screen->findings[screen->finding_count++] = finding;
}

static pn_status judge_aspect(pn_screen *screen, pn_peer *peers, pn_screen_aspect aspect)
{
    double factor = aspect == PN_SCREEN_PANEL ? panel_factor : 1.0;
    for (int i = 0; i < screen->rank_count; i++)
        peers[i] =
            (pn_peer){.kind = screen->ranks[i].kind, .value = screen->ranks[i].value[aspect]};
    pn_status status = pn_peers_compare(peers, screen->rank_count);
    for (int i = 0; i < screen->rank_count && status == PN_OK; i++) {
        screen->ranks[i].relative[aspect] = peers[i].relative;
        find(screen, (pn_screen_finding){PN_SLOW_RANK, i, aspect, peers[i].relative},
             factor * screen->tolerance);
    }
    return status;
}

// Links between the same two kinds, apart by whether they leave the host.
static void name_link_kind(const pn_screen *screen, const pn_screen_link *link, char *kind)
{
    const pn_screen_rank *a = &screen->ranks[link->from], *b = &screen->ranks[link->to];
    bool in_order = strcmp(a->kind, b->kind) <= 0;
    snprintf(kind, LINK_KIND_BYTES, "%s/%s/%s", in_order ? a->kind : b->kind,
             in_order ? b->kind : a->kind, strcmp(a->host, b->host) == 0 ? "inside" : "between");
}

static pn_status judge_links(pn_screen *screen, pn_peer *peers, char (*kinds)[LINK_KIND_BYTES])
{
    for (int i = 0; i < screen->link_count; i++) {
        name_link_kind(screen, &screen->links[i], kinds[i]);
        peers[i] = (pn_peer){.kind = kinds[i], .value = screen->links[i].bandwidth};
    }
    pn_status status = pn_peers_compare(peers, screen->link_count);
    for (int i = 0; i < screen->link_count && status == PN_OK; i++) {
        screen->links[i].relative_bandwidth = peers[i].relative;
        find(screen,
             (pn_screen_finding){.slow = PN_SLOW_BANDWIDTH, i, .relative = peers[i].relative},
             bandwidth_factor * screen->tolerance);
        double latency = screen->links[i].latency;
        peers[i].value = latency > 0.0 ? 1.0 / latency : 0.0;
    }
    if (status == PN_OK)
        status = pn_peers_compare(peers, screen->link_count);
    for (int i = 0; i < screen->link_count && status == PN_OK; i++) {
        screen->links[i].relative_latency = peers[i].relative;
        find(screen, (pn_screen_finding){.slow = PN_SLOW_LATENCY, i, .relative = peers[i].relative},
             latency_factor * screen->tolerance);
    }
    return status;
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

pn_status pn_screen_judge(pn_screen *screen)
{
    size_t most = (size_t)pn_max(screen->rank_count, screen->link_count) + 1;
    size_t findings =
        (size_t)screen->rank_count * PN_SCREEN_ASPECT_COUNT + 2 * (size_t)screen->link_count + 1;
    pn_peer *peers = calloc(most, sizeof *peers);
    char(*kinds)[LINK_KIND_BYTES] = calloc((size_t)screen->link_count + 1, sizeof *kinds);
    screen->findings = calloc(findings, sizeof *screen->findings);
    screen->finding_count = 0;
    pn_status status =
        peers && kinds && screen->findings
            ? PN_OK
            : pn_fail(PN_ERROR_MEMORY, "no memory to compare %d ranks", screen->rank_count);
    for (int aspect = 0; aspect < PN_SCREEN_ASPECT_COUNT && status == PN_OK; aspect++)
        status = judge_aspect(screen, peers, (pn_screen_aspect)aspect);
    if (status == PN_OK)
        status = judge_links(screen, peers, kinds);
    if (status == PN_OK) {
        compare_kernels(screen);
        qsort(screen->findings, (size_t)screen->finding_count, sizeof *screen->findings,
              worst_first);
    }
    free(peers);
    free(kinds);
    return status;
}

void pn_screen_release(pn_screen *screen)
{
    free(screen->ranks);
    free(screen->links);
    free(screen->findings);
    *screen = (pn_screen){.rank_count = 0};
}
