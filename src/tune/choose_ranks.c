// SPDX-License-Identifier: BSD-3-Clause
// Threads and memory of each rank. Ranks that may use the same processors share them; the memory of
// a host is shared by those of its ranks whose part of the matrix lies in it, less what ranks with
// devices take of it.
#include "tune/choosing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double default_memory_share = 0.8;
// What a rank with a device takes of its host's memory, as a share of the device's for each panel
// under way: panels are as high as its part and NB wide, twice where rows are dealt unevenly; then
// the messages of rows. Parts of 60 blocks each way stay below. Its driver comes on top.
static const double panel_share = 0.05;
static const int64_t driver_bytes = (int64_t)512 << 20;
enum { LEAST_PANELS = 2 };

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

static bool is_on_host(const pn_facts *facts)
{
    return facts->device_memory == 0;
}

// Of its host's memory, by a rank with a device.
static int64_t device_takes(const pn_facts *facts, int buffers)
{
    int64_t part = facts->device_memory;
    if (facts->memory_bytes)
        part = pn_min(part, facts->memory_bytes);
    double panels = (double)pn_max(LEAST_PANELS, buffers);
    return driver_bytes + (int64_t)(panel_share * panels * (double)part);
}

// Sets what all ranks of a host have in common: its memory without that of its devices' ranks.
static pn_rank_choice share_host(const place *places, int count, int buffers)
{
    pn_rank_choice common = {.on_host = count, .bytes_allowed = INT64_MAX};
    int64_t taken = 0;
    for (int i = 0; i < count; i++) {
        const pn_facts *facts = places[i].facts;
        common.bytes_allowed = pn_min(common.bytes_allowed, facts->memory_available);
        common.sharing += is_on_host(facts);
        taken += is_on_host(facts) ? 0 : device_takes(facts, buffers);
    }
    common.bytes_allowed = pn_max(0, common.bytes_allowed - taken);
    return common;
}

// The `count` ranks of one host share its memory; those with the same processors share these.
static void place_host(pn_rank_choice *out, const place *places, int count, int buffers)
{
    pn_rank_choice common = share_host(places, count, buffers);
    for (int first = 0, next = 1; first < count; next++) {
        if (next < count && places[next].facts->cpu_set == places[first].facts->cpu_set)
            continue;
        for (int i = first; i < next; i++) {
            pn_rank_choice *mine = &out[places[i].rank];
            *mine = common;
            mine->slot = i - first;
            mine->slots = next - first;
        }
        first = next;
    }
}

// Sets slot, slots, on_host and sharing, and bytes_allowed to all that the ranks in the host's
// memory can share.
static pn_status place_ranks(pn_rank_choice *out, const pn_facts *facts, int ranks, int buffers)
{
    place *places = calloc((size_t)ranks, sizeof *places);
    if (!places)
        return pn_fail_memory("for the places of %d ranks", ranks);
    for (int rank = 0; rank < ranks; rank++)
        places[rank] = (place){&facts[rank], rank};
    qsort(places, (size_t)ranks, sizeof *places, compare_places);
    for (int first = 0, next = 1; first < ranks; next++)
        if (next == ranks || compare_hosts(&places[next], &places[first]) != 0) {
            place_host(out, &places[first], next - first, buffers);
            first = next;
        }
    free(places);
    return PN_OK;
}

double pn_choosing_memory_share(const pn_wishes *wishes)
{
    return wishes->memory_share > 0.0 ? wishes->memory_share : default_memory_share;
}

// A device: all that it has for this rank, or as much of it as was asked for.
static pn_status allow_device(pn_rank_choice *out, const pn_wishes *wishes, const pn_facts *facts)
{
    char asked[32], there[32];
    bool own = facts->memory_bytes || facts->memory_share > 0.0;
    int64_t bytes = own ? facts->memory_bytes : wishes->memory_bytes;
    out->bytes_allowed = bytes ? bytes : facts->device_memory;
    if (bytes <= facts->device_memory)
        return PN_OK;
    pn_bytes_text(bytes, asked, sizeof asked);
    pn_bytes_text(facts->device_memory, there, sizeof there);
    return pn_fail(
        PN_ERROR_MEMORY,
        "--memory asks for %s of the device (%.63s on host %.63s), which has %s for this "
        "rank; at most that is allowed",
        asked, facts->kind, facts->host, there);
}

static pn_status allow_memory(pn_rank_choice *out, const pn_wishes *wishes, const pn_facts *facts)
{
    char asked[32], there[32];
    const char *host = facts->host;
    int64_t available = out->bytes_allowed;
    int64_t bytes = wishes->memory_bytes;
    double share = pn_choosing_memory_share(wishes);
    if (facts->memory_bytes || facts->memory_share > 0.0) {
        bytes = facts->memory_bytes;
        share = facts->memory_share;
    }
    int64_t allowed = bytes ? bytes : (int64_t)(share * (double)available);
    if (allowed > available) {
        pn_bytes_text(allowed, asked, sizeof asked);
        pn_bytes_text(available, there, sizeof there);
        return pn_fail(
            PN_ERROR_MEMORY,
            "--memory asks for %s on host %.63s, where %s is available%s; at most that is "
            "allowed",
            asked, host, there,
            out->sharing < out->on_host ? " beside what its devices' ranks take" : "");
    }
    out->bytes_allowed = allowed / out->sharing;
    return PN_OK;
}

// Ranks that share processors get equal parts of them; where their numbers of threads are unlike
// and all fit, one after the other, as one beside a device may need few. ranks: 0 if all have the
// same number.
static void place_threads(pn_rank_choice *out, const pn_facts *facts, int ranks, int rank)
{
    int before = 0, all = 0;
    int cores = (int)pn_max(1, facts[rank].cores);
    bool are_alike = true;
    for (int other = 0; other < ranks; other++)
        if (strcmp(facts[other].host, facts[rank].host) == 0 &&
            facts[other].cpu_set == facts[rank].cpu_set) {
            before += out[other].slot < out[rank].slot ? out[other].threads : 0;
            all += out[other].threads;
            are_alike &= out[other].threads == out[rank].threads;
        }
    bool in_turn = !are_alike && all <= cores;
    out[rank].core = in_turn ? before : out[rank].slot;
    out[rank].cores = in_turn ? cores : out[rank].slots;
    out[rank].oversubscribed = !in_turn && out[rank].threads * out[rank].slots > cores;
    int together = ranks > 0 ? all : out[rank].threads * out[rank].slots;
    out[rank].turn = fmin(1, (double)cores / together);
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
    pn_status status = place_ranks(out, facts, ranks, wishes->buffers);
    for (int rank = 0; rank < ranks && status == PN_OK; rank++) {
        pn_rank_choice *mine = &out[rank];
        int cores = (int)pn_max(1, facts[rank].cores);
        int asked = facts[rank].threads ? facts[rank].threads : wishes->threads;
        mine->threads = asked ? asked : (int)pn_max(1, cores / mine->slots);
        status = is_on_host(&facts[rank]) ? allow_memory(mine, wishes, &facts[rank])
                                          : allow_device(mine, wishes, &facts[rank]);
    }
    bool are_alike = true;
    for (int rank = 1; rank < ranks; rank++)
        are_alike &= out[rank].threads == out[0].threads;
    for (int rank = 0; rank < ranks && status == PN_OK; rank++)
        place_threads(out, facts, are_alike ? 0 : ranks, rank);
    return status;
}

static bool are_of_a_kind(const pn_rank_choice *choices, const pn_facts *facts, int a, int b)
{
    return strcmp(facts[a].kind, facts[b].kind) == 0 && choices[a].threads == choices[b].threads &&
           choices[a].oversubscribed == choices[b].oversubscribed;
}

static int first_of_kind(const pn_rank_choice *choices, const pn_facts *facts, int rank)
{
    int first = 0;
    while (!are_of_a_kind(choices, facts, first, rank))
        first++;
    return first;
}

bool pn_choose_disagree(const pn_rank_choice *choices, const pn_facts *facts, int ranks)
{
    for (int first = 0; first < ranks; first++) {
        double least = facts[first].rate_gflops, most = least;
        if (choices[first].oversubscribed || first_of_kind(choices, facts, first) < first)
            continue;
        for (int rank = first + 1; rank < ranks; rank++)
            if (are_of_a_kind(choices, facts, first, rank)) {
                least = fmin(least, facts[rank].rate_gflops);
                most = fmax(most, facts[rank].rate_gflops);
            }
        if (!pn_arrange_are_like(least, most))
            return true;
    }
    return false;
}
