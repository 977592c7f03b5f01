// SPDX-License-Identifier: BSD-3-Clause
// Threads and memory of each rank. Ranks that may use the same processors share them; the memory of
// a host is shared by those of its ranks whose part of the matrix lies in it, less what ranks with
// devices take of it.
#include "tune/choose_ranks.h"

#include "tune/choose_lines.h"

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
static const int64_t own_bytes_of_thread = (int64_t)200 << 20; // 8 + 64 + 128 MiB

// A rank among the others in the order of hosts, then processors.
typedef struct place {
    const pn_rank_info *info;
    int rank;
} place;

static int compare_hosts(const place *a, const place *b)
{
    return a->info->host_id - b->info->host_id;
}

static int compare_places(const void *left, const void *right)
{
    const place *a = left, *b = right;
    int hosts = compare_hosts(a, b);
    if (hosts)
        return hosts;
    if (a->info->cpu_set != b->info->cpu_set)
        return a->info->cpu_set < b->info->cpu_set ? -1 : 1;
    return (a->rank > b->rank) - (a->rank < b->rank);
}

// Of its host's memory, by a rank with a device.
static int64_t device_takes(const pn_rank_info *info, int buffers)
{
    int64_t part = info->device_memory;
    if (info->memory_bytes)
        part = pn_min(part, info->memory_bytes);
    double panels = (double)pn_max(LEAST_PANELS, buffers);
    return driver_bytes + info->overflow_bytes + (int64_t)(panel_share * panels * (double)part);
}

// Sets what those ranks of a host have in common that share its memory, or that of a container's
// limit there: its memory without that of its devices' ranks.
static pn_rank_choice share_host(const place *places, int count, uint64_t group, int buffers)
{
    pn_rank_choice common = {.on_host = count, .bytes_allowed = INT64_MAX};
    int64_t taken = 0;
    for (int i = 0; i < count; i++) {
        const pn_rank_info *info = places[i].info;
        if (info->memory_group != group)
            continue;
        common.bytes_allowed = pn_min(common.bytes_allowed, info->memory_available);
        common.sharing += !info->is_device;
        taken += info->is_device ? device_takes(info, buffers) : 0;
    }
    common.host_taken = taken;
    common.bytes_allowed = pn_max(0, common.bytes_allowed - taken);
    return common;
}

// The `count` ranks of one host share its memory; those with the same processors share these.
static void place_host(pn_rank_choice *out, const place *places, int count, int buffers)
{
    pn_rank_choice common = {0};
    uint64_t group = ~places[0].info->memory_group;
    for (int first = 0, next = 1; first < count; next++) {
        if (next < count && places[next].info->cpu_set == places[first].info->cpu_set)
            continue;
        for (int i = first; i < next; i++) {
            pn_rank_choice *mine = &out[places[i].rank];
            if (places[i].info->memory_group != group) { // mostly all are of one
                group = places[i].info->memory_group;
                common = share_host(places, count, group, buffers);
            }
            *mine = common;
            mine->slot = i - first;
            mine->slots = next - first;
        }
        first = next;
    }
}

// Sets slot, slots, on_host and sharing, and bytes_allowed to all that the ranks in the host's
// memory can share.
static pn_status place_ranks(pn_rank_choice *out, const pn_rank_info *info, int ranks, int buffers)
{
    place *places = calloc((size_t)ranks, sizeof *places);
    if (!places)
        return pn_fail_memory("for the places of %d ranks", ranks);
    for (int rank = 0; rank < ranks; rank++)
        places[rank] = (place){&info[rank], rank};
    qsort(places, (size_t)ranks, sizeof *places, compare_places);
    for (int first = 0, next = 1; first < ranks; next++)
        if (next == ranks || compare_hosts(&places[next], &places[first]) != 0) {
            place_host(out, &places[first], next - first, buffers);
            first = next;
        }
    free(places);
    return PN_OK;
}

double pn_choosing_memory_share(const pn_choice_request *request)
{
    return request->memory_share > 0.0 ? request->memory_share : default_memory_share;
}

// A device: all that it has for this rank, with what may lie in the host's memory beside, or as
// much of it as was asked for.
static pn_status allow_device(pn_rank_choice *out, const pn_choice_request *request,
                              const pn_rank_info *info)
{
    char asked[32], there[32];
    bool own = info->memory_bytes || info->memory_share > 0.0;
    int64_t bytes = own ? info->memory_bytes : request->memory_bytes;
    int64_t most = info->device_memory + info->overflow_bytes;
    out->overflow_bytes = info->overflow_bytes;
    out->bytes_allowed = bytes ? bytes : most;
    if (info->overflow_bytes && out->host_taken > info->memory_available) {
        pn_bytes_text(out->host_taken, asked, sizeof asked);
        pn_bytes_text(info->memory_available, there, sizeof there);
        return pn_fail(PN_ERROR_MEMORY,
                       "--device-memory: with it the ranks that compute on devices take %s of the "
                       "memory of host %.63s, where %s is available; at most that is allowed",
                       asked, info->host, there);
    }
    if (bytes <= most)
        return PN_OK;
    pn_bytes_text(bytes, asked, sizeof asked);
    pn_bytes_text(most, there, sizeof there);
    return pn_fail(
        PN_ERROR_MEMORY,
        "--memory asks for %s of the device (%.63s on host %.63s), which has %s for this "
        "rank; at most that is allowed",
        asked, info->kind, info->host, there);
}

// What a limit of this process alone leaves to the matrix: addresses are also taken by the stack
// and the heap of each thread, and by the buffer that a BLAS gets for each.
static pn_status allow_own(pn_rank_choice *out, const pn_rank_info *info, int64_t bytes,
                           double share)
{
    char own[32], taken[32], asked[32];
    int64_t threads = own_bytes_of_thread * out->threads;
    int64_t left = info->memory_own - threads;
    pn_bytes_text(info->memory_own, own, sizeof own);
    pn_bytes_text(threads, taken, sizeof taken);
    pn_bytes_text(bytes, asked, sizeof asked);
    if (left <= 0)
        return pn_fail(PN_ERROR_MEMORY,
                       "%s leaves %s to a rank on host %.63s, and its %d threads take about %s of "
                       "it: raise that limit, or take fewer --threads",
                       info->own_bound, own, info->host, out->threads, taken);
    if (bytes / out->sharing > left)
        return pn_fail(PN_ERROR_MEMORY,
                       "--memory asks for %s on host %.63s, where %s leaves %s to a rank, and its "
                       "%d threads take about %s of it",
                       asked, info->host, info->own_bound, own, out->threads, taken);
    out->own_allowed = bytes ? left : (int64_t)(share * (double)left);
    return PN_OK;
}

static pn_status allow_memory(pn_rank_choice *out, const pn_choice_request *request,
                              const pn_rank_info *info)
{
    pn_status status;
    out->own_allowed = INT64_MAX;
    char asked[32], there[32];
    const char *host = info->host;
    int64_t available = out->bytes_allowed;
    int64_t bytes = request->memory_bytes;
    double share = pn_choosing_memory_share(request);
    if (info->memory_bytes || info->memory_share > 0.0) {
        bytes = info->memory_bytes;
        share = info->memory_share;
    }
    int64_t allowed = bytes ? bytes : (int64_t)(share * (double)available);
    if (info->memory_own)
        PN_TRY(allow_own(out, info, bytes, share));
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
    out->bytes_allowed = pn_min(allowed / out->sharing, out->own_allowed);
    out->is_held = out->bytes_allowed < allowed / out->sharing;
    status = PN_OK;
fail:
    return status;
}

// Ranks that share processors get equal parts of them; where their numbers of threads are unlike
// and all fit, one after the other, as one beside a device may need few. ranks: 0 if all have the
// same number.
static void place_threads(pn_rank_choice *out, const pn_rank_info *info, int ranks, int rank)
{
    int before = 0, all = 0;
    int cores = (int)pn_max(1, info[rank].cores);
    bool are_alike = true;
    for (int other = 0; other < ranks; other++)
        if (info[other].host_id == info[rank].host_id &&
            info[other].cpu_set == info[rank].cpu_set) {
            before += out[other].slot < out[rank].slot ? out[other].threads : 0;
            all += out[other].threads;
            are_alike &= out[other].threads == out[rank].threads;
        }
    bool side_by_side = !are_alike && all <= cores;
    out[rank].core = side_by_side ? before : out[rank].slot;
    out[rank].cores = side_by_side ? cores : out[rank].slots;
    out[rank].oversubscribed = !side_by_side && out[rank].threads * out[rank].slots > cores;
    int together = ranks > 0 ? all : out[rank].threads * out[rank].slots;
    out[rank].cpu_share = fmin(1, (double)cores / together);
}

static int threads_of(const pn_rank_info *info, int cores)
{
    int threads = info->threads_bound ? (int)pn_min(info->threads_bound, cores) : cores;
    return (int)pn_max(1, threads);
}

pn_status pn_choose_threads(pn_rank_choice *out, const pn_choice_request *request,
                            pn_rank_info *info, int ranks)
{
    if (request->threads < 0 || request->memory_bytes < 0 || request->memory_share < 0.0 ||
        request->memory_share > 1.0)
        return pn_fail(PN_ERROR_USAGE,
                       "--threads %d, --memory %g: threads are 1 or more and a "
                       "share of the memory is above 0 and at most 1",
                       request->threads, request->memory_share);
    pn_rank_info_number(info, ranks);
    pn_status status = place_ranks(out, info, ranks, request->settings.buffers);
    for (int rank = 0; rank < ranks && status == PN_OK; rank++) {
        pn_rank_choice *mine = &out[rank];
        int cores = (int)pn_max(1, info[rank].cores);
        int asked = info[rank].threads ? info[rank].threads : request->threads;
        mine->threads = asked ? asked : threads_of(&info[rank], cores / mine->slots);
        status = info[rank].is_device ? allow_device(mine, request, &info[rank])
                                      : allow_memory(mine, request, &info[rank]);
    }
    bool are_alike = true;
    for (int rank = 1; rank < ranks; rank++)
        are_alike &= out[rank].threads == out[0].threads;
    for (int rank = 0; rank < ranks && status == PN_OK; rank++)
        place_threads(out, info, are_alike ? 0 : ranks, rank);
    return status;
}

static bool are_of_a_kind(const pn_rank_choice *choices, const pn_rank_info *info, int a, int b)
{
    return info[a].kind_id == info[b].kind_id && choices[a].threads == choices[b].threads &&
           choices[a].oversubscribed == choices[b].oversubscribed;
}

static int first_of_kind(const pn_rank_choice *choices, const pn_rank_info *info, int rank)
{
    int first = 0;
    while (!are_of_a_kind(choices, info, first, rank))
        first++;
    return first;
}

bool pn_choose_disagree(const pn_rank_choice *choices, const pn_rank_info *info, int ranks)
{
    for (int first = 0; first < ranks; first++) {
        double least = info[first].rate, most = least;
        if (choices[first].oversubscribed || first_of_kind(choices, info, first) < first)
            continue;
        for (int rank = first + 1; rank < ranks; rank++)
            if (are_of_a_kind(choices, info, first, rank)) {
                least = fmin(least, info[rank].rate);
                most = fmax(most, info[rank].rate);
            }
        if (!pn_arrangement_are_like(least, most))
            return true;
    }
    return false;
}
