// SPDX-License-Identifier: BSD-3-Clause
// The blocks' shared memory: a section of the program's own that each block finds as it left it.
// Words of 4 bytes are told apart.
#include "threads.h"

extern char shared_begin[] __asm__("__start_emulate_shared")
    __attribute__((weak, visibility("hidden")));
extern char shared_end[] __asm__("__stop_emulate_shared")
    __attribute__((weak, visibility("hidden")));

namespace emulate
{
static size_t shared_bytes(void)
{
    return (size_t)(shared_end - shared_begin);
}

bool is_shared(const void *address)
{
    return (const char *)address >= shared_begin && (const char *)address < shared_end;
}

void open_shared(block *block)
{
    block->shared.assign(shared_bytes(), 0xff);
    block->shared_log.assign(shared_bytes() / 4 + 1, thread_log{});
    block->shared_written.assign(shared_bytes() / 4 + 1, 0);
}

void take_shared(block *block, bool in)
{
    if (shared_bytes() == 0)
        return;
    if (in)
        memcpy(shared_begin, block->shared.data(), shared_bytes());
    else
        memcpy(block->shared.data(), shared_begin, shared_bytes());
}

void touch_shared(const void *address, size_t bytes, bool write, const void *pc)
{
    block *b = running->block;
    const char *byte = (const char *)address;
    for (size_t i = 0; i < bytes; i += 4) {
        size_t at = (size_t)(byte + i - shared_begin) / 4;
        if (!write && !b->shared_written[at])
            complain("reads shared memory that was never written", byte + i, pc, "");
        b->shared_written[at] |= write;
        std::string wrong = note_thread(&b->shared_log[at], write, FIRST_HALF);
        if (!wrong.empty())
            complain(write ? "races in shared memory: it writes"
                           : "races in shared memory: it reads",
                     byte + i, pc, wrong);
    }
}
} // namespace emulate
