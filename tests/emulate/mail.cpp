// SPDX-License-Identifier: BSD-3-Clause
// What a kernel and the host say to each other while it runs, in pinned memory. The kernel writes,
// makes a fence for the whole system, and raises a flag; the host does the same; whoever sees the
// flag makes such a fence and reads. The host is seen by what has changed when a kernel goes on
// that waited for it.
#include "shadow.h"

#include <algorithm>

namespace emulate
{
namespace
{
struct area { // of pinned memory with words that a kernel has looked for, as the kernel left it
    const char *begin;
    std::vector<char> kept;
};
std::vector<area> areas;
std::vector<const void *> written; // by the kernel, since the host looked last
knowledge told;                    // to the host
uint32_t turns;                    // of the host, while the kernel ran
bool is_awaited;
} // namespace

void forget_mail(void)
{
    areas.clear();
    written.clear();
    told = {};
    turns = 0;
}

bool awaits_host(bool forget)
{
    bool result = is_awaited;
    is_awaited = is_awaited && !forget;
    return result;
}

void note_for_host(const void *address)
{
    if (place_of(address) == PINNED)
        written.push_back(address);
}

static bool is_known(const void *address)
{
    for (const area &a : areas)
        if ((const char *)address >= a.begin && (const char *)address < a.begin + a.kept.size())
            return true;
    return false;
}

void look_for_host(const void *address, size_t bytes)
{
    const void *pc = __builtin_return_address(0);
    if (place_of(address) != PINNED)
        complain("looks for the host's word", address, pc, "where the host writes none");
    if (!is_known(address)) {
        size_t size;
        const char *begin = allocation_of(address, &size);
        areas.push_back({begin, std::vector<char>(begin, begin + size)});
    }
    is_awaited = true;
    running->state = POLLING;
    leave();
    touch(address, bytes, false, pc);
    running->pending_of_host.add({HOST_BLOCK, 0, turns});
}

void tell_host(void *address, size_t bytes)
{
    touch_in_kernel(address, bytes, true, true, __builtin_return_address(0));
    if (running->fenced_for_host)
        told.join(known_now());
}

// What the kernel has written to host memory has to be known there by the flag that it raised.
void give_to_host(void)
{
    for (const void *address : written) {
        const touched &by = word_of(address)->threads.writer;
        if (by.block && by.block != HOST_BLOCK + 1 &&
            !told.covers({by.block - 1, by.thread & SEVERAL, by.epoch}))
            stop("kernel %s waits for the host, which need not see yet what thread %d of block %d "
                 "wrote: no fence for the system between that and a flag, or no flag",
                 name_of_kernel().c_str(), by.thread & SEVERAL, by.block - 1);
    }
    written.clear();
    for (area &a : areas)
        memcpy(a.kept.data(), a.begin, a.kept.size());
}

void take_from_host(void)
{
    turns++;
    for (area &a : areas)
        for (size_t i = 0; i < a.kept.size(); i += 8) {
            size_t bytes = std::min((size_t)8, a.kept.size() - i);
            if (memcmp(a.kept.data() + i, a.begin + i, bytes) == 0)
                continue;
            word *w = word_of(a.begin + i);
            w->launch = launches;
            w->threads = {};
            w->threads.writer = {HOST_BLOCK + 1, BOTH_HALVES, turns};
        }
}
} // namespace emulate
