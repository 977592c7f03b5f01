// SPDX-License-Identifier: BSD-3-Clause
// What is known of 8 bytes of device or pinned memory. Accesses of 4 bytes are told apart by flags.
#ifndef PN_EMULATE_SHADOW_H
#define PN_EMULATE_SHADOW_H

#include "threads.h"

namespace emulate
{
// The last operation that wrote: stream + 1 and index; and which halves were written ever.
struct writer {
    uint32_t halves : 2, stream : 3, index : 27;
};

struct word {
    writer written;
    uint32_t read[STREAMS]; // index of the last operation of each stream that read it
    uint32_t launch;        // of the kernel that the rest is about
    thread_log threads;
};
static_assert(sizeof(word) == 64, "a word's record fills a line of the cache");
} // namespace emulate

#endif
