// SPDX-License-Identifier: BSD-3-Clause
// The arrangement of the ranks: the grid that was asked for, or a flat one for like ranks, or
// columns by kind for unlike ones.
#include "tune/choose_grid.h"

#include "base/plural.h"
#include "tune/arrangement_classes.h"
#include "tune/choose_kinds.h"
#include "tune/heights.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double assumed_core_rate = 30e9; // FLOP/s where nothing was measured

static void list_grids(int ranks, char *text, size_t room)
{
    size_t used = 0;
    for (int p = 1; p <= ranks && used < room; p++)
        if (ranks % p == 0)
            used += (size_t)snprintf(text + used, room - used, "%s%dx%d", used ? ", " : "", p,
                                     ranks / p);
}

static pn_status check_grid(const pn_choice_request *request, int ranks)
{
    char allowed[256];
    list_grids(ranks, allowed, sizeof allowed);
    if (request->settings.p < 1 || request->settings.q < 1 ||
        (int64_t)request->settings.p * request->settings.q != ranks)
        return pn_fail(PN_ERROR_USAGE,
                       "--grid %dx%d needs %lld ranks, but there %s %d; allowed: %s",
                       request->settings.p, request->settings.q,
                       (long long)request->settings.p * request->settings.q, pn_plural_are(ranks),
                       ranks, allowed);
    if (request->settings.share_count && request->settings.share_count != request->settings.q)
        return pn_fail(PN_ERROR_USAGE,
                       "--shares has %d entries, but --grid %dx%d has %d process columns; one "
                       "entry a column is allowed",
                       request->settings.share_count, request->settings.p, request->settings.q,
                       request->settings.q);
    return PN_OK;
}

// Ranks on each host if that is one number everywhere, else 1.
static int ranks_a_host(const pn_choice *choice)
{
    for (int rank = 1; rank < choice->rank_count; rank++)
        if (choice->ranks[rank].on_host != choice->ranks[0].on_host)
            return 1;
    return choice->ranks[0].on_host;
}

// Those of a machine's classes, after what suits their speed.
static int heights_of_kinds(const pn_choosing *choosing, pn_tuned_height *heights, int most)
{
    pn_rank_kind kinds[PN_KINDS_SEEN];
    pn_rank_class classes[PN_KINDS_SEEN];
    int count = pn_choosing_kinds(choosing, kinds);
    heights[0] = (pn_tuned_height){.p = 0};
    if (choosing->choice->arrangement.used <= PN_FLAT_RANKS)
        return 1;
    for (int i = 0; i < count; i++)
        classes[i] =
            (pn_rank_class){.ranks = kinds[i].ranks, .rate = kinds[i].rates / kinds[i].ranks};
    return 1 + pn_heights_of_classes(classes, count, &PN_HEIGHT_BANDS_FEW, heights + 1, most - 1);
}

int pn_choosing_heights(const pn_choosing *choosing, pn_tuned_height *heights, int most)
{
    const pn_settings *asked = &choosing->request->settings;
    if (asked->p || asked->q || asked->share_count)
        return 0;
    if (choosing->choice->arrangement.unlike)
        return heights_of_kinds(choosing, heights, most);
    return pn_heights_of_like(choosing->ranks, ranks_a_host(choosing->choice),
                              pn_choosing_has_gaps(choosing), heights, most);
}

static pn_status choose_rows_for(const pn_choosing *choosing, int *p)
{
    const pn_choice_request *request = choosing->request;
    int ranks = choosing->ranks;
    if (request->settings.p || request->settings.q) {
        *p = request->settings.p;
        return check_grid(request, ranks);
    }
    *p = choosing->height.p ? choosing->height.p
                            : pn_height_of_like(ranks, ranks_a_host(choosing->choice));
    if (!request->settings.share_count)
        return PN_OK;
    if (ranks % request->settings.share_count != 0)
        return pn_fail(PN_ERROR_USAGE,
                       "--shares has %d entries, which does not divide the %d rank%s; one entry "
                       "for each process column is allowed",
                       request->settings.share_count, ranks, pn_plural(ranks));
    *p = ranks / request->settings.share_count;
    return PN_OK;
}

static pn_status arrange_grid(pn_choosing *choosing)
{
    const pn_choice_request *request = choosing->request;
    pn_choice *choice = choosing->choice;
    int ranks = choosing->ranks, p = 0;
    pn_status status = choose_rows_for(choosing, &p);
    if (status != PN_OK)
        return status;
    int a_host = ranks_a_host(choice);
    bool by_hosts =
        choosing->has_links && !request->settings.mapping && !request->settings.share_count;
    bool within = (a_host > 1 && a_host < ranks) || by_hosts;
    bool down = request->settings.mapping ? request->settings.mapping == PN_MAPPING_COLUMNS
                                          : within && p > 1;
    status = pn_arrangement_make_grid(&choice->arrangement, p, ranks / p, down);
    if (by_hosts && status == PN_OK)
        pn_arrangement_sort_hosts(&choice->arrangement, choosing->rates);
    for (int column = 0; column < request->settings.share_count && status == PN_OK; column++)
        choice->arrangement.table.shares[column] = request->settings.shares[column];
    return status;
}

static bool take_turns(const pn_choosing *choosing, int rank, int other)
{
    const pn_rank_info *a = &choosing->info[rank], *b = &choosing->info[other];
    const pn_rank_choice *ranks = choosing->choice->ranks;
    return ranks[rank].oversubscribed && ranks[other].oversubscribed && a->cpu_set == b->cpu_set &&
           ranks[rank].threads == ranks[other].threads && a->host_id == b->host_id &&
           a->kind_id == b->kind_id;
}

// Who of the ranks that take turns on the same processors came out ahead in a second of measuring
// says nothing of the run: they are as fast as each other.
static double rate_of_sharers(const pn_choosing *choosing, int rank)
{
    double sum = choosing->info[rank].rate;
    int count = 1;
    for (int other = 0; other < choosing->ranks; other++)
        if (other != rank && take_turns(choosing, rank, other)) {
            sum += choosing->info[other].rate;
            count++;
        }
    return sum / count;
}

pn_status pn_choosing_order_hosts(pn_choosing *choosing)
{
    const pn_host_links *links = choosing->request->links;
    if (!links)
        return PN_OK;
    choosing->has_links = true;
    choosing->order.place = calloc(2 * (size_t)links->hosts, sizeof *choosing->order.place);
    if (!choosing->order.place)
        return pn_fail_memory("for the order of %d hosts", links->hosts);
    choosing->order.gaps = choosing->order.place + links->hosts;
    return pn_hosts_order(links, &choosing->order);
}

bool pn_choosing_has_gaps(const pn_choosing *choosing)
{
    return choosing->has_links &&
           pn_hosts_gap(&choosing->order, 0, choosing->request->links->hosts - 1) > 0;
}

void pn_choosing_set_rates(pn_choosing *choosing)
{
    double shares = 0.0, rates = 0.0;
    for (int rank = 0; rank < choosing->ranks; rank++) {
        const pn_rank_info *info = &choosing->info[rank];
        const pn_rank_choice *choice = &choosing->choice->ranks[rank];
        double rate = rate_of_sharers(choosing, rank);
        if (!(rate > 0.0)) {
            double cores = (double)pn_max(1, info->cores) / choice->slots;
            rate = assumed_core_rate * fmin(cores, choice->threads);
            choosing->rate_assumed = true;
        }
        shares += info->share;
        rates += rate;
        choosing->rates[rank] = (pn_rank_rate){
            .kind = info->kind_id,
            .host = info->host_id,
            .rate = rate,
            .host_order = choosing->has_links ? choosing->order.place[info->host_id] : 0};
    }
    bool given = choosing->request->settings.share_mode == PN_SHARE_MODE_RANKS;
    for (int rank = 0; rank < choosing->ranks; rank++) {
        if (given)
            choosing->rates[rank].rate = choosing->info[rank].share * rates / shares;
        choosing->choice->ranks[rank].rate = choosing->rates[rank].rate;
    }
}

// Rates that are only assumed say nothing about who is unlike.
static bool is_by_rate(const pn_choosing *choosing)
{
    pn_share_mode mode = choosing->request->settings.share_mode;
    bool is_judged =
        mode == PN_SHARE_MODE_RANKS || (mode == PN_SHARE_MODE_AUTO && !choosing->rate_assumed);
    for (int rank = 0; rank < choosing->ranks; rank++)
        if (choosing->rates[rank].left_out)
            return true;
    return is_judged && !pn_arrangement_is_like(choosing->rates, choosing->ranks);
}

static pn_status arrange_ranks(pn_choosing *choosing)
{
    pn_choice *choice = choosing->choice;
    bool has_grid = choosing->request->settings.p || choosing->request->settings.q;
    bool by_rate = is_by_rate(choosing);
    pn_status status = PN_OK;
    if (!by_rate || has_grid)
        status = arrange_grid(choosing);
    if (status == PN_OK && by_rate)
        status = has_grid ? pn_arrangement_set_weights(&choice->arrangement, choosing->rates)
                          : pn_arrangement_make_kinds(&choice->arrangement, choosing->rates,
                                                      &choosing->height);
    if (status == PN_OK && choosing->has_links)
        status = pn_arrangement_set_gaps(&choice->arrangement, choosing->rates, &choosing->order);
    return status;
}

pn_status pn_choosing_arrange(pn_choosing *choosing)
{
    pn_choice *choice = choosing->choice;
    pn_status status = choosing->classes
                           ? pn_arrangement_make_classes(&choice->arrangement, choosing->classes,
                                                         &choosing->height, choosing->nb)
                           : arrange_ranks(choosing);
    choice->settings.p = choice->arrangement.height;
    choice->settings.q = choice->arrangement.columns;
    return status;
}
