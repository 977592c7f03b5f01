// SPDX-License-Identifier: BSD-3-Clause
// What threads of different blocks know of each other: by a fence, an atomic on a word, an atomic
// on the same word in another block, and a fence there.
#include "threads.h"

#include <algorithm>
#include <unordered_map>

namespace emulate
{
void knowledge::add(const point &done)
{
    for (point &p : points)
        if (p.block == done.block && p.thread == done.thread) {
            p.epoch = std::max(p.epoch, done.epoch);
            return;
        }
    points.push_back(done);
}

void knowledge::join(const knowledge &other)
{
    if (epochs.size() < other.epochs.size())
        epochs.resize(other.epochs.size());
    for (size_t i = 0; i < other.epochs.size(); i++)
        epochs[i] = std::max(epochs[i], other.epochs[i]);
    for (const point &p : other.points)
        add(p);
}

bool knowledge::covers(const point &done) const
{
    if ((size_t)done.block < epochs.size() && done.epoch < epochs[(size_t)done.block])
        return true;
    for (const point &p : points)
        if (p.block == done.block && p.thread == done.thread && done.epoch <= p.epoch)
            return true;
    return false;
}

static std::unordered_map<const void *, knowledge> told; // by atomics on that word

void forget_atomics(void)
{
    told.clear();
}

knowledge known_now(void)
{
    const block *mine = running->block;
    knowledge result = mine->known;
    result.join(running->acquired);
    if (result.epochs.size() <= (size_t)mine->number)
        result.epochs.resize((size_t)mine->number + 1);
    result.epochs[(size_t)mine->number] = mine->epoch;
    result.add({mine->number, running->number, mine->epoch});
    return result;
}

void atomic(void *target, size_t bytes)
{
    const void *pc = __builtin_return_address(0);
    if (draw() % 4) {
        running->state = POLLING;
        leave();
    }
    touch_in_kernel(target, bytes, true, true, pc);
    if (running->fenced)
        told[target].join(known_now());
    auto found = told.find(target);
    if (found != told.end())
        running->pending.join(found->second);
}

void fence(bool system)
{
    running->fenced = true;
    running->acquired.join(running->pending);
    running->pending = {};
    if (!system)
        return;
    running->fenced_for_host = true;
    running->acquired.join(running->pending_of_host);
    running->pending_of_host = {};
}

void pass_barrier(block *block, thread *first, size_t count)
{
    for (thread *t = first; t < first + count; t++)
        if (t->state == AT_BARRIER) {
            block->known.join(t->acquired);
            t->acquired = {};
            t->fenced = t->fenced_for_host = false;
            t->state = READY;
        }
    block->waiting = 0;
    block->epoch++;
}

void nap(void)
{
    running->state = POLLING;
    leave();
}
} // namespace emulate
