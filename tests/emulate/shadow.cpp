// SPDX-License-Identifier: BSD-3-Clause
// Whether operations and threads that touch the same word are ordered. Nothing depends on when they
// happened to run: an operation knows by its clock what is over before it.
#include "shadow.h"

#include <sys/mman.h>

#include <algorithm>

namespace emulate
{
void forget_words(word *first, size_t bytes)
{
    size_t count = (bytes + 7) / 8;
    uintptr_t begin = (uintptr_t)first, end = (uintptr_t)(first + count);
    uintptr_t page = (begin + 4095) / 4096 * 4096, last = end / 4096 * 4096;
    if (last > page) { // whole pages come back as zeros
        madvise((void *)page, last - page, MADV_DONTNEED);
        memset((void *)begin, 0, page - begin);
        memset((void *)last, 0, end - last);
    } else
        memset((void *)first, 0, count * sizeof *first);
}

static std::string operation_text(int stream, uint32_t index)
{
    return "operation " + std::to_string(index) + " of stream " + std::to_string(stream);
}

static void note_operation(word *w, const void *address, unsigned halves, bool write,
                           const void *pc)
{
    const operation *op = current;
    int last = (int)w->written.stream - 1;
    if (last >= 0 && op->clock.at[last] < w->written.index)
        complain(write ? "writes without waiting for who wrote before"
                       : "reads without waiting for who wrote",
                 address, pc, operation_text(last, w->written.index));
    if (!write) {
        if ((w->written.halves & halves) != halves && place_of(address) == DEVICE &&
            op->name != "copy") // a copy of a block takes what lies between its columns along
            complain("reads what was never written", address, pc, "");
        w->read[op->stream] = op->index;
        return;
    }
    for (int s = 0; s < STREAMS; s++)
        if (op->clock.at[s] < w->read[s])
            complain("writes without waiting for who reads", address, pc,
                     operation_text(s, w->read[s]));
    w->written = {w->written.halves | halves, (uint32_t)op->stream + 1, op->index};
}

static std::string thread_text(const touched &t)
{
    char text[200];
    int thread = t.thread & SEVERAL;
    if (t.block == HOST_BLOCK + 1)
        return "the host";
    snprintf(text, sizeof text, "%s %d of block %d after %u barriers",
             thread == SEVERAL ? "threads, of them not only" : "thread", thread, t.block - 1,
             t.epoch);
    return text;
}

static bool is_before(const touched &t)
{
    const block *mine = running->block;
    point done = {t.block - 1, t.thread & SEVERAL, t.epoch};
    if (done.block == mine->number && (done.thread == running->number || done.epoch < mine->epoch))
        return true;
    return mine->known.covers(done) || running->acquired.covers(done);
}

static bool conflicts(const touched &t, unsigned flags)
{
    bool both_atomic = t.thread & flags & ATOMIC, same_half = t.thread & flags & BOTH_HALVES;
    return t.block && !both_atomic && same_half && !is_before(t);
}

static void note_reader(thread_log *log, const touched &me)
{
    touched *mine = nullptr, *free_one = &log->readers[me.epoch % MOST_PROCESSORS];
    for (touched &r : log->readers) {
        if (r.block == me.block)
            mine = &r;
        else if (!r.block)
            free_one = &r;
    }
    if (mine && mine->epoch == me.epoch && (mine->thread & SEVERAL) != (me.thread & SEVERAL))
        mine->thread = (uint16_t)((mine->thread | me.thread) | SEVERAL);
    else
        *(mine ? mine : free_one) = me;
}

std::string note_thread(thread_log *log, bool write, unsigned flags)
{
    touched me = {(uint16_t)(running->block->number % 65535 + 1),
                  (uint16_t)((unsigned)running->number | flags), running->block->epoch};
    if (conflicts(log->writer, flags))
        return thread_text(log->writer) + " wrote it";
    if (!write) {
        note_reader(log, me);
        return "";
    }
    for (touched &r : log->readers)
        if (conflicts(r, flags))
            return thread_text(r) + " read it";
    log->writer = me;
    for (touched &r : log->readers)
        r.block = 0;
    return "";
}

static void check_range(const void *address, size_t bytes, bool write, const void *pc)
{
    if (!is_allocated(address, bytes))
        complain(write ? "writes to memory that is not allocated"
                       : "reads memory that is not allocated",
                 address, pc, "");
}

static unsigned halves_of(const char *address, size_t bytes)
{
    bool first = (uintptr_t)address % 8 < 4, second = (uintptr_t)address % 8 + bytes > 4;
    return first + 2u * second;
}

void touch(const void *address, size_t bytes, bool write, const void *pc)
{
    if (bytes == 0 || !current || place_of(address) == HOST)
        return; // the host's own memory, which is read and written before a call returns
    check_range(address, bytes, write, pc);
    word *w = word_of(address);
    const char *byte = (const char *)address, *end = byte + bytes;
    while (byte < end) {
        size_t here = std::min((size_t)(end - byte), 8 - (uintptr_t)byte % 8);
        note_operation(w++, byte, halves_of(byte, here), write, pc);
        byte += here;
    }
}

void touch_columns(const void *address, size_t bytes, size_t columns, size_t stride, bool write)
{
    for (size_t i = 0; i < columns; i++)
        touch((const char *)address + i * stride, bytes, write);
}

void touch_in_kernel(const void *address, size_t bytes, bool write, bool atomic, const void *pc)
{
    if (place_of(address) == HOST)
        complain(write ? "writes to memory of the host" : "reads memory of the host", address, pc,
                 "");
    if ((place_of(address) == PINNED || is_hosted(address)) && blocks_of_grid() > MOST_ON_BUS)
        complain("in a grid of more than 16 blocks touches host memory over the bus", address, pc,
                 "");
    touch(address, bytes, write, pc);
    if (write && !atomic)
        note_for_host(address);
    const char *byte = (const char *)address, *end = byte + bytes;
    for (word *w = word_of(address); byte < end; w++) {
        size_t here = std::min((size_t)(end - byte), 8 - (uintptr_t)byte % 8);
        if (w->launch != launches) {
            w->launch = launches;
            w->threads = {};
        }
        std::string wrong = note_thread(&w->threads, write,
                                        halves_of(byte, here) * FIRST_HALF + (atomic ? ATOMIC : 0));
        if (!wrong.empty())
            complain(write ? "races: it writes" : "races: it reads", byte, pc, wrong);
        byte += here;
    }
}
} // namespace emulate
