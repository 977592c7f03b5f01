// SPDX-License-Identifier: BSD-3-Clause
#include "tune/choose_overflow.h"

#include "tune/choose_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Of a device's memory, what is tried in host memory beside it; and the part of the rate that it
// has to bring, about the model's usual error.
static const double tried[] = {0.1, 0.25, 0.5, 1};
static const double least_gain = 0.02;

static bool is_asked(const pn_choosing_from *from)
{
    for (int rank = 0; rank < from->ranks; rank++)
        if (from->info[rank].overflow_bytes > 0)
            return true;
    return false;
}

static bool is_open(const pn_choosing_from *from)
{
    for (int rank = 0; rank < from->ranks; rank++)
        if (from->info[rank].overflow_is_open)
            return true;
    return false;
}

// share: beside what a device has, of those of which it is open; negative: nothing beside any.
static void set_overflow(pn_rank_info *info, int ranks, double share)
{
    for (int rank = 0; rank < ranks; rank++) {
        pn_rank_info *mine = &info[rank];
        if (share < 0 && mine->overflow_bytes > 0) {
            mine->device_memory += mine->overflow_takes;
            mine->overflow_bytes = 0;
        } else if (share > 0 && mine->overflow_is_open) {
            mine->overflow_bytes = (int64_t)(share * (double)mine->device_memory);
            mine->device_memory = pn_max(1, mine->device_memory - mine->overflow_takes);
        }
    }
}

static pn_status choose_with(const pn_choosing_from *from, double share, pn_choice *choice)
{
    size_t bytes = (size_t)from->ranks * sizeof *from->info;
    pn_rank_info *info = malloc(bytes);
    if (!info)
        return pn_fail_memory("for the facts of %d ranks", from->ranks);
    memcpy(info, from->info, bytes);
    set_overflow(info, from->ranks, share);
    pn_status status = from->choose(choice, from->request, info, from->ranks);
    free(info);
    return status;
}

// Put behind what the table says of the memory.
static void tell(pn_choice *choice, double rate_within)
{
    char host[32], *reason = choice->lines[PN_CHOICE_MEMORY].reason;
    size_t used = strlen(reason), room = sizeof choice->lines[PN_CHOICE_MEMORY].reason - used;
    int64_t bytes = 0;
    for (int rank = 0; rank < choice->rank_count; rank++)
        bytes += choice->ranks[rank].overflow_bytes;
    pn_bytes_text(bytes, host, sizeof host);
    if (rate_within > 0)
        snprintf(reason + used, room,
                 "; devices have up to %s of theirs in host memory, which brings %+.1f %%", host,
                 100 * (choice->rate / rate_within - 1));
    else
        snprintf(reason + used, room,
                 "; devices have up to %s of theirs in host memory, without which it would not fit",
                 host);
}

static pn_status choose_asked(pn_choice *choice, const pn_choosing_from *from)
{
    pn_choice within = {0};
    pn_status status = from->choose(choice, from->request, from->info, from->ranks);
    if (status != PN_OK)
        return status;
    bool fits = choose_with(from, -1, &within) == PN_OK;
    tell(choice, fits ? within.rate : 0);
    if (fits)
        pn_choice_release(&within);
    return PN_OK;
}

// More and more, as long as that brings something.
static pn_status choose_open(pn_choice *choice, const pn_choosing_from *from)
{
    pn_status status = from->choose(choice, from->request, from->info, from->ranks);
    double rate_within = status == PN_OK ? choice->rate : 0, least = rate_within;
    bool taken = false;
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        pn_choice more = {0};
        pn_status found = choose_with(from, tried[i], &more);
        bool is_better = found == PN_OK && more.rate > (1 + least_gain) * least;
        if (is_better && status == PN_OK)
            pn_choice_release(choice);
        if (is_better) {
            *choice = more;
            status = PN_OK;
            least = more.rate;
            taken = true;
        } else if (found == PN_OK)
            pn_choice_release(&more);
        if (taken && !is_better)
            break;
    }
    if (taken)
        tell(choice, rate_within);
    return status == PN_OK ? PN_OK // else once more, for its message
                           : from->choose(choice, from->request, from->info, from->ranks);
}

pn_status pn_choose_overflow(pn_choice *choice, const pn_choosing_from *from)
{
    if (is_asked(from))
        return choose_asked(choice, from);
    if (is_open(from))
        return choose_open(choice, from);
    return from->choose(choice, from->request, from->info, from->ranks);
}
