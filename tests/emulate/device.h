// SPDX-License-Identifier: BSD-3-Clause
// What the parts of the emulated device share. It checks, at every load and store of a kernel, and
// for every other operation as a whole:
//
//   memory   only device memory and pinned memory that is allocated is touched, and of device
//            memory only what was written is read; the host never touches device memory;
//   threads  two threads of a kernel that touch one word, one of them writing, have a barrier
//            between them or, in any two blocks, a fence, an atomic and a fence;
//   streams  two operations that touch one word, one of them writing, are ordered by their stream,
//            by events, or by the host having waited; whatever the order in which they happened.
//
// What is found ends the process by a message that names kernel, block, thread, address, operation.
//
// The environment says how it behaves: PANACHE_EMULATE_SEED (0: every operation as late as can be;
// others draw when and in which order), _PROCESSORS (multiprocessors, 1 to 3), _DEVICES, _MIB (its
// memory), _BREAKS (after so many operations every call fails), _HELD (multiprocessors that others
// hold, so that no grid of blocks that wait for each other gets them), _COOPERATIVE (0: the device
// has no such grids), _HALF (0: products of 16 bits are refused, 2: they come out wrong), _DRIVER
// (of which CUDA the driver is: 12000 maps no memory), _HOST_MIB (host memory that it maps at
// most).
#ifndef PN_EMULATE_DEVICE_H
#define PN_EMULATE_DEVICE_H

#include "toolkit/cublas_v2.h"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace emulate
{
enum { STREAMS = 6, MOST_PROCESSORS = 3, MOST_THREADS = 1024, WARP = 32 };

// For each stream, how many of its operations are known to be over.
struct clock {
    uint32_t at[STREAMS] = {};
    void join(const clock &other);
};

struct mark { // an event, as it was recorded last
    emulate::clock clock;
    bool over = false;
    double time = 0;
};

struct operation {
    std::string name;
    std::function<void()> run;
    std::shared_ptr<mark> wait, record;
    emulate::clock clock; // of what is over before it, itself included
    int stream = 0;
    uint32_t index = 0;
};

// complain.cpp
int setting(const char *name, int otherwise);
uint64_t draw(void);
[[noreturn]] void stop(const char *format, ...) __attribute__((format(printf, 1, 2)));
// Function, file and line of an address in the program's text.
std::string line_of(const void *address);
std::string name_of_kernel(void); // that is running
// Who touches memory now: the thread of a kernel, or the operation.
std::string who(void);

// memory.cpp
enum place { HOST, DEVICE, PINNED };
place place_of(const void *address);
void *allocate(place place, size_t bytes); // NULL: the memory is used up
bool release(place place, void *memory);
size_t total_memory(void);
size_t free_memory(void);
bool is_allocated(const void *address, size_t bytes);
// Where the allocation begins that the address lies in, and its size.
const char *allocation_of(const void *address, size_t *bytes);
std::string where(const void *address);
// The host may touch device memory while operations are carried out, and only then.
void open_memory(bool open);
// Addresses of device memory behind which nothing is yet, and memory that stands there.
char *take_addresses(size_t bytes);
void give_addresses(const char *begin, size_t bytes);
void open_range(char *begin, size_t bytes);
void close_range(char *begin, size_t bytes);
void count_device(ptrdiff_t bytes); // of its memory that are used more
struct word;
word *word_of(const void *address); // of device or pinned memory

// mappings.cpp: host memory behind addresses of the device's; whether so much is of two mappings.
bool is_hosted(const void *address);
bool crosses_mappings(const void *address, size_t bytes);

// shadow.cpp: an operation, or a thread of a kernel, touches this memory. pc: by whose instruction.
void touch(const void *address, size_t bytes, bool write, const void *pc = nullptr);
void touch_columns(const void *address, size_t bytes, size_t columns, size_t stride, bool write);
void touch_in_kernel(const void *address, size_t bytes, bool write, bool atomic, const void *pc);
[[noreturn]] void complain(const char *what, const void *address, const void *pc,
                           const std::string &other);
void forget_words(word *first, size_t bytes); // of memory that is given back

// streams.cpp
extern const operation *current; // that is being carried out
void give(emulate_stream *stream, const std::string &name, std::function<void()> run);
void leave_unfinished(void); // the operation under way: it will be run again
// Carries out something, now and then.
void perhaps(void);
void wait_for_stream(emulate_stream *stream);
bool is_broken(void);

// properties.cpp
int processors(void);
cudaError_t remember(cudaError_t error); // what cudaGetLastError will say

// grids.cpp: false: the kernel waits for the host, and goes on when the same is called again
bool run_grid(const launch &launch, body *body);
bool is_kernel_waiting(void);
} // namespace emulate

struct emulate_stream {
    int number = 0;
    emulate::clock clock;
    std::deque<emulate::operation> queue;
};

struct emulate_event {
    std::shared_ptr<emulate::mark> mark;
};

#endif
