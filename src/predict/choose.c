// SPDX-License-Identifier: BSD-3-Clause
// The order of choosing: threads and memory of each rank, the grid, then NB and N, which depend on
// each other and on the rate. What the user asked for is checked where it would be chosen.
#include "predict/choose.h"

#include "predict/choosing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double default_seconds = 60.0, default_memory_share = 0.8;
enum { NB_LEAST = 32, NB_MOST = 384, NB_STEP = 32, NB_DEVICE = 512, NB_ALLOWED = 16384 };
static const pn_gidx n_allowed = 1000000000;

// A rank among the others in the order of hosts, then processors.
typedef struct place {
    const pn_facts *facts;
    int rank;
} place;

static int compare_hosts(const place *a, const place *b)
{
    return strncmp(a->facts->host, b->facts->host, sizeof a->facts->host);
}

static int compare_places(const void *left, const void *right)
{
    const place *a = left, *b = right;
    int hosts = compare_hosts(a, b);
    if (hosts)
        return hosts;
    if (a->facts->cpu_set != b->facts->cpu_set)
        return a->facts->cpu_set < b->facts->cpu_set ? -1 : 1;
    return (a->rank > b->rank) - (a->rank < b->rank);
}

// The `count` ranks of one host share its memory; those with the same processors share these.
static void place_host(pn_rank_choice *out, const place *places, int count)
{
    int64_t available = places->facts->memory_available;
    for (int i = 1; i < count; i++)
        available = pn_min(available, places[i].facts->memory_available);
    for (int first = 0, next = 1; first < count; next++) {
        if (next < count && places[next].facts->cpu_set == places[first].facts->cpu_set)
            continue;
        for (int i = first; i < next; i++)
            out[places[i].rank] = (pn_rank_choice){.on_host = count,
                                                   .slot = i - first,
                                                   .slots = next - first,
                                                   .bytes_allowed = available};
        first = next;
    }
}

// Sets slot, slots and on_host, and bytes_allowed to all that is available on the host.
static pn_status place_ranks(pn_rank_choice *out, const pn_facts *facts, int ranks)
{
    place *places = calloc((size_t)ranks, sizeof *places);
    if (!places)
        return pn_fail(PN_ERROR_MEMORY, "no memory for the places of %d ranks", ranks);
    for (int rank = 0; rank < ranks; rank++)
        places[rank] = (place){&facts[rank], rank};
    qsort(places, (size_t)ranks, sizeof *places, compare_places);
    for (int first = 0, next = 1; first < ranks; next++)
        if (next == ranks || compare_hosts(&places[next], &places[first]) != 0) {
            place_host(out, &places[first], next - first);
            first = next;
        }
    free(places);
    return PN_OK;
}

static double memory_share(const pn_wishes *wishes)
{
    return wishes->memory_share > 0.0 ? wishes->memory_share : default_memory_share;
}

static pn_status allow_memory(pn_rank_choice *out, const pn_wishes *wishes, const char *host)
{
    char asked[32], there[32];
    int64_t available = out->bytes_allowed;
    int64_t allowed = wishes->memory_bytes ? wishes->memory_bytes
                                           : (int64_t)(memory_share(wishes) * (double)available);
    if (allowed > available) {
        pn_bytes_text(allowed, asked, sizeof asked);
        pn_bytes_text(available, there, sizeof there);
        return pn_fail(PN_ERROR_MEMORY,
                       "--memory asks for %s on host %.63s, where %s is available; at most that is "
                       "allowed",
                       asked, host, there);
    }
    out->bytes_allowed = allowed / out->on_host;
    return PN_OK;
}

pn_status pn_choose_threads(pn_rank_choice *out, const pn_wishes *wishes, const pn_facts *facts,
                            int ranks)
{
    if (wishes->threads < 0 || wishes->memory_bytes < 0 || wishes->memory_share < 0.0 ||
        wishes->memory_share > 1.0)
        return pn_fail(PN_ERROR_USAGE,
                       "--threads %d, --memory %g: threads are 1 or more and a "
                       "share of the memory is above 0 and at most 1",
                       wishes->threads, wishes->memory_share);
    pn_status status = place_ranks(out, facts, ranks);
    for (int rank = 0; rank < ranks && status == PN_OK; rank++) {
        pn_rank_choice *mine = &out[rank];
        int cores = (int)pn_max(1, facts[rank].cores);
        mine->threads = wishes->threads ? wishes->threads : (int)pn_max(1, cores / mine->slots);
        mine->oversubscribed = mine->threads * mine->slots > cores;
        status = allow_memory(mine, wishes, facts[rank].host);
        if (facts[rank].device_memory > 0)
            mine->bytes_allowed = facts[rank].device_memory;
    }
    return status;
}

static void list_grids(int ranks, char *text, size_t room)
{
    size_t used = 0;
    for (int p = 1; p <= ranks && used < room; p++)
        if (ranks % p == 0)
            used += (size_t)snprintf(text + used, room - used, "%s%dx%d", used ? ", " : "", p,
                                     ranks / p);
}

static pn_status check_grid(const pn_wishes *wishes, int ranks)
{
    char allowed[256];
    list_grids(ranks, allowed, sizeof allowed);
    if (wishes->p < 1 || wishes->q < 1 || (int64_t)wishes->p * wishes->q != ranks)
        return pn_fail(PN_ERROR_USAGE,
                       "--grid %dx%d needs %lld ranks, but there %s %d; allowed: %s", wishes->p,
                       wishes->q, (long long)wishes->p * wishes->q, ranks == 1 ? "is" : "are",
                       ranks, allowed);
    if (wishes->share_count && wishes->share_count != wishes->q)
        return pn_fail(PN_ERROR_USAGE,
                       "--shares has %d entries, but --grid %dx%d has %d process columns; one "
                       "entry a column is allowed",
                       wishes->share_count, wishes->p, wishes->q, wishes->q);
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

// Process rows: the fewest that are at least sqrt(R/3) (cheap swaps, yet enough hands for the
// panel), at most sqrt(R); among those, rather a number that keeps a column within one host.
static int choose_rows(int ranks, int a_host)
{
    int within = 0, any = 0, below = 1;
    for (int p = 1; p * p <= ranks; p++) {
        if (ranks % p != 0)
            continue;
        below = p;
        if (3 * p * p < ranks)
            continue;
        any = any ? any : p;
        if (a_host % p == 0)
            within = within ? within : p;
    }
    return within ? within : any ? any : below;
}

static pn_status choose_grid(pn_choosing *choosing)
{
    const pn_wishes *wishes = choosing->wishes;
    pn_choice *choice = choosing->choice;
    int ranks = choosing->ranks;
    if (wishes->p || wishes->q) {
        pn_status status = check_grid(wishes, ranks);
        if (status != PN_OK)
            return status;
        choice->p = wishes->p;
    } else if (wishes->share_count) {
        if (ranks % wishes->share_count != 0)
            return pn_fail(
                PN_ERROR_USAGE,
                "--shares has %d entries, which does not divide the %d rank%s; one entry "
                "for each process column is allowed",
                wishes->share_count, ranks, ranks == 1 ? "" : "s");
        choice->p = ranks / wishes->share_count;
    } else {
        choice->p = choose_rows(ranks, ranks_a_host(choice));
    }
    choice->q = ranks / choice->p;
    int a_host = ranks_a_host(choice);
    choice->column_major_ranks =
        wishes->mapping ? wishes->mapping == 'C' : a_host > 1 && a_host < ranks && choice->p > 1;
    return PN_OK;
}

// Panel work grows with NB and the cost of touching the matrix with 1/NB; the best grows as the
// root of N. The factor 2 is measured, on processors; a device's fast multiplication needs more.
static int choose_nb(const pn_choosing *choosing, pn_gidx n)
{
    if (choosing->facts[0].device_memory > 0)
        return (int)pn_min(NB_DEVICE, pn_max(NB_LEAST, n));
    int64_t nb = (int64_t)(2.0 * sqrt((double)n) / NB_STEP + 0.5) * NB_STEP;
    return (int)pn_max(NB_LEAST, pn_min(NB_MOST, nb));
}

// The rank whose part of its host's memory does not even hold its part of the smallest matrix.
static pn_status fail_without_memory(const pn_choosing *choosing)
{
    const pn_choice *choice = choosing->choice;
    char needed[32], allowed[32];
    int rank = 0;
    for (int i = 1; i < choosing->ranks; i++)
        if (choice->ranks[i].bytes_allowed < choice->ranks[rank].bytes_allowed)
            rank = i;
    pn_bytes_text(pn_choosing_bytes(1, choice->nb, choice->p, 1.0), needed, sizeof needed);
    pn_bytes_text(choice->ranks[rank].bytes_allowed, allowed, sizeof allowed);
    return pn_fail(
        PN_ERROR_MEMORY,
        "rank %d on host %.63s may use %s (--memory, shared by %d rank%s there), and the "
        "smallest matrix needs %s a rank",
        rank, choosing->facts[rank].host, allowed, choice->ranks[rank].on_host,
        choice->ranks[rank].on_host > 1 ? "s" : "", needed);
}

static pn_status fail_too_large(const pn_choosing *choosing)
{
    const pn_choice *choice = choosing->choice;
    char needed[32], available[32];
    if (choice->largest_n == 0)
        return fail_without_memory(choosing);
    pn_bytes_text(choice->bytes_needed, needed, sizeof needed);
    pn_bytes_text(choice->bytes_available, available, sizeof available);
    return pn_fail(PN_ERROR_MEMORY,
                   "-N %lld needs %s of memory over all ranks, and %s may be used (--memory); the "
                   "largest N that fits is %lld",
                   (long long)choice->n, needed, available, (long long)choice->largest_n);
}

static void add_up_bytes(pn_choosing *choosing)
{
    pn_choice *choice = choosing->choice;
    choice->bytes_needed = choice->bytes_available = 0;
    for (int rank = 0; rank < choosing->ranks; rank++) {
        double share = pn_choosing_share(choosing, pn_choosing_column(choosing, rank));
        choice->bytes_needed += pn_choosing_bytes(choice->n, choice->nb, choice->p, share);
        choice->bytes_available += choice->ranks[rank].bytes_allowed;
    }
}

static pn_status choose_sizes(pn_choosing *choosing)
{
    const pn_wishes *wishes = choosing->wishes;
    pn_choice *choice = choosing->choice;
    double seconds = wishes->seconds > 0.0 ? wishes->seconds : default_seconds;
    pn_choosing_rate(choosing);
    choice->n = wishes->n;
    choice->nb = wishes->nb;
    if (!choice->nb)
        choice->nb =
            choose_nb(choosing, wishes->n ? wishes->n
                                          : pn_min(pn_choosing_filling(choosing, 256, seconds),
                                                   pn_choosing_largest(choosing, 256)));
    choice->largest_n = pn_choosing_largest(choosing, choice->nb);
    if (!wishes->n) {
        choosing->n_for_time = pn_choosing_filling(choosing, choice->nb, seconds);
        choice->n = pn_max(1, pn_min(choosing->n_for_time, choice->largest_n));
    }
    add_up_bytes(choosing);
    return pn_choosing_fits(choosing, choice->n, choice->nb) ? PN_OK : fail_too_large(choosing);
}

static pn_status check_sizes(const pn_wishes *wishes)
{
    if (wishes->n < 0 || wishes->n > n_allowed)
        return pn_fail(PN_ERROR_USAGE, "-N %lld: a whole number from 1 to %lld is allowed",
                       (long long)wishes->n, (long long)n_allowed);
    if (wishes->nb < 0 || wishes->nb > NB_ALLOWED)
        return pn_fail(PN_ERROR_USAGE, "--nb %d: a whole number from 1 to %d is allowed",
                       wishes->nb, (int)NB_ALLOWED);
    return PN_OK;
}

pn_status pn_choose(pn_choice *choice, const pn_wishes *wishes, const pn_facts *facts, int ranks)
{
    *choice = (pn_choice){.rank_count = ranks};
    pn_choosing choosing = {.wishes = wishes, .facts = facts, .ranks = ranks, .choice = choice};
    choosing.memory_share = memory_share(wishes);
    pn_status status = PN_OK;
    choice->ranks = calloc((size_t)ranks, sizeof *choice->ranks);
    if (!choice->ranks)
        return pn_fail(PN_ERROR_MEMORY, "no memory for the choice of %d ranks", ranks);
    PN_TRY(check_sizes(wishes));
    PN_TRY(pn_choose_threads(choice->ranks, wishes, facts, ranks));
    PN_TRY(choose_grid(&choosing));
    PN_TRY(choose_sizes(&choosing));
    pn_choosing_explain(&choosing);
    return PN_OK;
fail:
    pn_choice_release(choice);
    return status;
}

void pn_choice_release(pn_choice *choice)
{
    free(choice->ranks);
    choice->ranks = NULL;
    choice->rank_count = 0;
}
