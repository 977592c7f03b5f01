// SPDX-License-Identifier: BSD-3-Clause
// Whoever is left out leaves as a whole that has one cause: a kind or the slow ranks of it, a host
// or all far ones, those with the least memory. So the list stays short, and an accident among
// single ranks is never mistaken for a gain.
#include "tune/choose_candidates.h"

#include "tune/choose_grid.h"
#include "tune/choose_kinds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MANY_RANKS = 256 };

// The ranks of a part are as fast, or have as much memory, as the least of it or up to so much
// more; hosts that are reached in so much less time are another part.
static const double part_spread = 1.25;
// Wider blocks than those of the measurement multiply a little faster.
static const double most_modelled = 1.03;

typedef struct far_host {
    int host;
    double seconds; // a message to another host takes, on average; < 0: no rank takes part there
} far_host;

pn_status pn_candidates_create(pn_candidates *candidates, const pn_choosing *choosing)
{
    size_t ranks = (size_t)choosing->ranks, most = PN_CANDIDATES_MOST + 1;
    *candidates = (pn_candidates){.memory = calloc(ranks * most, sizeof *candidates->memory)};
    if (!candidates->memory)
        return pn_fail_memory("to try %d ranks without some", choosing->ranks);
    for (size_t i = 0; i < most; i++)
        candidates->candidate[i].out = candidates->memory + i * ranks;
    return PN_OK;
}

void pn_candidates_release(pn_candidates *candidates)
{
    free(candidates->memory);
    *candidates = (pn_candidates){0};
}

// Where the next candidate is put together: nobody is in it yet.
static bool *begin(pn_candidates *c, const pn_choosing *choosing)
{
    pn_candidate *next = &c->candidate[c->count];
    memset(next->out, 0, (size_t)choosing->ranks * sizeof *next->out);
    next->has_little_memory = false;
    return next->out;
}

static bool is_listed(const pn_candidates *c, const bool *out, int ranks)
{
    for (int i = 0; i < c->count; i++)
        if (memcmp(c->candidate[i].out, out, (size_t)ranks * sizeof *out) == 0)
            return true;
    return false;
}

static void keep(pn_candidates *c, const pn_choosing *choosing)
{
    pn_candidate *next = &c->candidate[c->count];
    double others = 0;
    next->rates = 0;
    for (int rank = 0; rank < choosing->ranks; rank++) {
        const pn_rank_rate *rank_rate = &choosing->rates[rank];
        next->out[rank] = next->out[rank] && !rank_rate->left_out;
        next->rates += next->out[rank] ? rank_rate->rate : 0;
        others += next->out[rank] || rank_rate->left_out ? 0 : rank_rate->rate;
    }
    bool may_gain = others > 0 && most_modelled * others > choosing->choice->rate;
    if (next->rates > 0 && may_gain && c->count < PN_CANDIDATES_MOST &&
        !is_listed(c, next->out, choosing->ranks))
        c->count++;
}

void pn_candidates_even_out(pn_rank_rate *even, const pn_choosing *choosing)
{
    pn_rank_kind kinds[PN_KINDS_SEEN];
    int count = pn_choosing_kinds(choosing, kinds);
    for (int rank = 0; rank < choosing->ranks; rank++) {
        even[rank] = choosing->rates[rank];
        for (int i = 0; i < count && !even[rank].left_out; i++)
            if (kinds[i].id == even[rank].kind)
                even[rank].rate = kinds[i].rates / kinds[i].ranks;
    }
}

static int fewer_of_many(const pn_choosing *choosing, int usual)
{
    return choosing->ranks > MANY_RANKS ? PN_CANDIDATES_FEW : usual;
}

// The ranks of some kinds, up to a rate.
static void add_ranks_of(pn_candidates *c, const pn_choosing *choosing, const pn_rank_kind *kinds,
                         int count, double most)
{
    bool *out = begin(c, choosing);
    for (int rank = 0; rank < choosing->ranks; rank++)
        for (int i = 0; i < count && choosing->rates[rank].rate <= most; i++)
            out[rank] = out[rank] || choosing->rates[rank].kind == kinds[i].id;
    keep(c, choosing);
}

static void add_kinds(pn_candidates *c, const pn_choosing *choosing)
{
    pn_rank_kind kinds[PN_KINDS_SEEN];
    int count = pn_choosing_kinds(choosing, kinds),
        most = fewer_of_many(choosing, PN_CANDIDATE_KINDS);
    for (int i = 0; i < count && i < PN_CANDIDATE_KINDS; i++) {
        add_ranks_of(c, choosing, kinds, i + 1, INFINITY);
        if (i >= most)
            continue;
        add_ranks_of(c, choosing, &kinds[i], 1, INFINITY);
        add_ranks_of(c, choosing, &kinds[i], 1, part_spread * kinds[i].slowest);
    }
}

static double memory_of(const pn_choosing *choosing, int rank, bool for_its_rate)
{
    double bytes = (double)choosing->choice->ranks[rank].bytes_allowed;
    return for_its_rate ? bytes / choosing->rates[rank].rate : bytes;
}

static void add_poor(pn_candidates *c, const pn_choosing *choosing, bool for_their_rate)
{
    double least = INFINITY;
    bool *out = begin(c, choosing);
    for (int rank = 0; rank < choosing->ranks; rank++)
        if (!choosing->rates[rank].left_out)
            least = fmin(least, memory_of(choosing, rank, for_their_rate));
    for (int rank = 0; rank < choosing->ranks; rank++)
        out[rank] = memory_of(choosing, rank, for_their_rate) <= part_spread * least;
    c->candidate[c->count].has_little_memory = true;
    keep(c, choosing);
}

static int by_seconds(const void *left, const void *right)
{
    const far_host *a = left, *b = right;
    if (a->seconds != b->seconds)
        return a->seconds > b->seconds ? -1 : 1;
    return a->host - b->host;
}

static void measure_ways(const pn_choosing *choosing, far_host *hosts)
{
    const pn_host_links *links = choosing->request->links;
    int count = 0;
    for (int host = 0; host < links->hosts; host++)
        hosts[host] = (far_host){host, -1};
    for (int rank = 0; rank < choosing->ranks; rank++) {
        far_host *mine = &hosts[choosing->info[rank].host_id];
        count += !choosing->rates[rank].left_out && mine->seconds < 0;
        mine->seconds = choosing->rates[rank].left_out ? mine->seconds : 0;
    }
    for (int host = 0; host < links->hosts && count > 1; host++)
        for (int other = 0; other < links->hosts && hosts[host].seconds >= 0; other++)
            if (other != host && hosts[other].seconds >= 0)
                hosts[host].seconds += pn_hosts_seconds(links, host, other) / (count - 1);
}

static void add_ranks_on(pn_candidates *c, const pn_choosing *choosing, const far_host *hosts,
                         int count)
{
    bool *out = begin(c, choosing);
    for (int rank = 0; rank < choosing->ranks; rank++)
        for (int i = 0; i < count; i++)
            out[rank] = out[rank] || choosing->info[rank].host_id == hosts[i].host;
    keep(c, choosing);
}

static void add_hosts(pn_candidates *c, const pn_choosing *choosing)
{
    int count = pn_choosing_has_gaps(choosing) ? choosing->request->links->hosts : 0, together = 0;
    int most = fewer_of_many(choosing, PN_CANDIDATE_HOSTS);
    far_host *hosts = calloc((size_t)count + 1, sizeof *hosts);
    if (!hosts || count == 0) {
        free(hosts);
        return; // then they are not tried
    }
    measure_ways(choosing, hosts);
    qsort(hosts, (size_t)count, sizeof *hosts, by_seconds);
    for (int i = 0; i < count && i < most; i++)
        add_ranks_on(c, choosing, &hosts[i], 1);
    for (int i = 1; i < count - 1 && together < most; i++)
        if (hosts[i].seconds > part_spread * hosts[i + 1].seconds) {
            add_ranks_on(c, choosing, hosts, i + 1);
            together++;
        }
    free(hosts);
}

void pn_candidates_list(pn_candidates *candidates, const pn_choosing *choosing)
{
    candidates->count = 0;
    add_kinds(candidates, choosing);
    add_hosts(candidates, choosing);
    add_poor(candidates, choosing, false);
    add_poor(candidates, choosing, true);
}
