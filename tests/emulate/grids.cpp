// SPDX-License-Identifier: BSD-3-Clause
// Grids and blocks: threads run one at a time, in an order that is drawn anew each time, until they
// wait for each other. Blocks of an ordinary grid run one after the other, in any order.
#include "threads.h"

#include <algorithm>
#include <numeric>

namespace emulate
{
body *kernel;
bool is_together;
uint32_t launches;

enum { MOST_ROUNDS = 20000 }; // in which threads only poll
static dim3 blocks_now, threads_now;

static size_t volume(const dim3 &d)
{
    return (size_t)d.x * d.y * d.z;
}

namespace
{
struct grid {
    std::vector<block> blocks;
    std::vector<thread> threads; // of one block after the other
    size_t per_block;
    thread *threads_of(const block &b)
    {
        return &threads[(size_t)(&b - &blocks[0]) * per_block];
    }
};
} // namespace

// Forwards, backwards, or anyhow.
static void order_anyhow(std::vector<size_t> &order)
{
    int way = (int)(draw() % 3);
    if (way == 1)
        std::reverse(order.begin(), order.end());
    for (size_t i = order.size() - 1; way == 2 && i > 0; i--)
        std::swap(order[i], order[draw() % (i + 1)]);
}

// Runs a block until none of its threads can go on; whether they passed a barrier.
static bool run_block(grid *g, block *b)
{
    uint32_t epoch = b->epoch;
    thread *threads = g->threads_of(*b);
    std::vector<size_t> order;
    take_shared(b, true);
    for (;;) {
        order.clear();
        for (size_t i = 0; i < g->per_block; i++)
            if (threads[i].state == READY)
                order.push_back(i);
        if (order.empty() && b->alive > 0 && b->waiting == b->alive) {
            pass_barrier(b, threads, g->per_block);
            continue;
        }
        if (order.empty())
            break;
        order_anyhow(order);
        for (size_t i : order) {
            enter(&threads[i]);
            b->alive -= threads[i].state == OVER;
        }
    }
    take_shared(b, false);
    return b->epoch > epoch;
}

static void open_block(grid *g, block *b, unsigned number)
{
    *b = block();
    b->number = (int)number;
    b->alive = (int)g->per_block;
    b->warps.resize((g->per_block + WARP - 1) / WARP);
    open_shared(b);
    for (size_t i = 0; i < g->per_block; i++) {
        thread *t = &g->threads_of(*b)[i];
        unsigned x = (unsigned)i % threads_now.x, y = (unsigned)i / threads_now.x % threads_now.y;
        *t = thread();
        t->block = b;
        t->number = (int)i;
        t->index = {x, y, 0};
        t->block_index = {number % blocks_now.x, number / blocks_now.x, 0};
    }
}

size_t blocks_of_grid(void)
{
    return volume(blocks_now);
}

[[noreturn]] static void tell_hang(const grid *g)
{
    static const char *const states[] = {"could go on", "is at a barrier", "is at a shuffle",
                                         "polls", "is over"};
    for (const thread &t : g->threads)
        if (t.state != OVER)
            stop("kernel %s hangs: block %d, thread %d %s (line %d); %d of the %d threads left of "
                 "its block are at a barrier",
                 name_of_kernel().c_str(), t.block->number, t.number, states[t.state],
                 t.block->line, t.block->waiting, t.block->alive);
    abort();
}

// False: all that is left is to wait for the host.
static bool run_blocks(grid *g)
{
    awaits_host(true);
    for (int rounds = 0;; rounds++) {
        bool passed = false, is_over = true, polls = false;
        for (block &b : g->blocks) {
            passed |= run_block(g, &b);
            is_over &= b.alive == 0;
        }
        if (is_over)
            return true;
        for (thread &t : g->threads)
            polls |= t.state == POLLING;
        bool waits = awaits_host(true) && !passed;
        rounds = passed ? 0 : rounds;
        if (!polls || rounds > MOST_ROUNDS)
            tell_hang(g);
        for (thread &t : g->threads)
            t.state = t.state == POLLING ? READY : t.state;
        if (waits)
            return false;
    }
}

static grid the_grid;

static std::vector<size_t> open_grid(const launch &launch, body *body)
{
    std::vector<size_t> numbers(volume(launch.blocks));
    kernel = body;
    is_together = launch.together;
    blocks_now = launch.blocks;
    threads_now = launch.threads;
    launches++;
    forget_atomics();
    forget_mail();
    std::iota(numbers.begin(), numbers.end(), 0);
    order_anyhow(numbers);
    size_t at_once = launch.together ? numbers.size() : 1;
    the_grid.per_block = volume(launch.threads);
    the_grid.blocks.resize(at_once);
    the_grid.threads.resize(at_once * the_grid.per_block);
    return numbers;
}

// Blocks [first, first + all that run at the same time).
static bool run_some(const std::vector<size_t> &numbers, size_t first)
{
    grid *g = &the_grid;
    for (size_t i = 0; i < g->blocks.size(); i++)
        open_block(g, &g->blocks[i], (unsigned)numbers[first + i]);
    return run_blocks(g);
}

// A kernel that waited for the host.
static bool run_on(const body *body)
{
    if (kernel != body)
        stop("a kernel is carried out while kernel %s waits for the host",
             name_of_kernel().c_str());
    take_from_host();
    return run_blocks(&the_grid);
}

bool run_grid(const launch &launch, body *body)
{
    bool is_over = true;
    if (kernel)
        is_over = run_on(body);
    else {
        std::vector<size_t> numbers = open_grid(launch, body);
        for (size_t first = 0; is_over && first < numbers.size(); first += the_grid.blocks.size())
            is_over = run_some(numbers, first);
        if (!is_over && !is_together)
            stop("kernel %s waits for the host, and not all of its blocks are there",
                 name_of_kernel().c_str());
    }
    if (is_over)
        kernel = nullptr;
    else
        give_to_host();
    return is_over;
}

bool is_kernel_waiting(void)
{
    return kernel != nullptr;
}

uint3 thread_index(void)
{
    return running->index;
}

uint3 block_index(void)
{
    return running->block_index;
}

uint3 block_size(void)
{
    return {threads_now.x, threads_now.y, threads_now.z};
}

uint3 grid_size(void)
{
    return {blocks_now.x, blocks_now.y, blocks_now.z};
}

int lane(void)
{
    return running->number % WARP;
}

void barrier(const char *file, int line)
{
    block *b = running->block;
    if (b->waiting > 0 && b->line != line)
        stop("kernel %s: threads of block %d wait at different barriers: lines %d and %d of %s",
             name_of_kernel().c_str(), b->number, b->line, line, file);
    b->line = line;
    b->waiting++;
    running->state = AT_BARRIER;
    leave();
}

const uint64_t *exchange(unsigned mask, uint64_t value)
{
    thread *self = running;
    warp *w = &self->block->warps[(size_t)self->number / WARP];
    int lane = self->number % WARP, turn = w->turn;
    if (!(mask >> lane & 1) || (w->arrived && w->mask != mask))
        stop("kernel %s, block %d, thread %d: the mask %#x of a shuffle %s",
             name_of_kernel().c_str(), self->block->number, self->number, mask,
             mask >> lane & 1 ? "is not that of the other lanes" : "leaves out the lane itself");
    w->mask = mask;
    w->value[turn][lane] = value;
    w->arrived |= 1u << lane;
    if (w->arrived != mask) {
        self->state = AT_SHUFFLE;
        leave();
        return w->value[turn];
    }
    w->arrived = 0;
    w->turn = !turn;
    for (int i = 0; i < WARP; i++)
        if (mask >> i & 1)
            (self + (i - lane))->state = READY; // the threads of a block are neighbours
    return w->value[turn];
}
} // namespace emulate
