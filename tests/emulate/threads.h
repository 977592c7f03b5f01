// SPDX-License-Identifier: BSD-3-Clause
// The threads of the kernel that is running, and what each of them knows of the others.
//
// A block counts its barriers: its epoch. What a thread did is known to the threads of its own
// block in a later epoch. Across blocks it is known to those that heard of it: by an atomic that
// the one made after a fence, and the other before a fence.
#ifndef PN_EMULATE_THREADS_H
#define PN_EMULATE_THREADS_H

#include "device.h"

namespace emulate
{
enum thread_state { READY, AT_BARRIER, AT_SHUFFLE, POLLING, OVER };

// What is known to have happened: all that block b did before its epoch epochs[b], and what single
// threads did in one of theirs.
struct point {
    int block, thread;
    uint32_t epoch;
};

struct knowledge {
    std::vector<uint32_t> epochs;
    std::vector<point> points;
    void join(const knowledge &other);
    void add(const point &done);
    bool covers(const point &done) const;
};

// Who wrote a word last and who read it since, in the kernel that is running. For more readers than
// there is room for some are forgotten; of three blocks none is.
struct touched {
    uint16_t block;  // + 1; 0: nobody
    uint16_t thread; // or SEVERAL; and the flags below
    uint32_t epoch;
};
enum { SEVERAL = 2047, ATOMIC = 2048, FIRST_HALF = 4096, BOTH_HALVES = 3 * FIRST_HALF };
struct thread_log {
    touched writer, readers[MOST_PROCESSORS];
};

struct warp {
    unsigned arrived = 0, mask = 0;
    int turn = 0;
    uint64_t value[2][WARP];
};

struct block {
    int number = 0;
    uint32_t epoch = 0;
    knowledge known;
    int alive = 0, waiting = 0, line = 0; // threads; where they wait
    std::vector<warp> warps;
    std::vector<uint8_t> shared; // its shared memory while another block is running
    std::vector<thread_log> shared_log;
    std::vector<uint8_t> shared_written;
};

struct fiber;
struct thread {
    emulate::block *block = nullptr;
    int number = 0; // in its block
    thread_state state = READY;
    fiber *on = nullptr;
    uint3 index = {}, block_index = {};
    bool fenced = false; // in this epoch
    bool fenced_for_host = false;
    knowledge pending, acquired; // by atomics; by fences after them
    knowledge pending_of_host;   // by looks at what the host writes
};

extern thread *running; // NULL: no kernel is
extern body *kernel;    // that is running
extern bool is_together;
extern uint32_t launches; // so far

// grids.cpp
// A rule of the project's, not of CUDA's: over the bus few blocks are as fast as all, and the
// others are for something better.
enum { MOST_ON_BUS = 16 };
size_t blocks_of_grid(void); // that is running

// fibers.cpp
enum { STACK = 1 << 16 };
bool is_on_stack(const thread *thread, const void *address);
void enter(thread *thread); // until it is over or has to wait
void leave(void);           // the running thread has to wait

// shared_memory.cpp
bool is_shared(const void *address);
void open_shared(block *block); // for a block that starts
void take_shared(block *block, bool in);
void touch_shared(const void *address, size_t bytes, bool write, const void *pc);

// shadow.cpp
// Notes that the running thread touches a word, its halves by flags; "" or what is wrong with that.
std::string note_thread(thread_log *log, bool write, unsigned flags);

// fences.cpp
void forget_atomics(void); // of the kernel before
knowledge known_now(void); // to the running thread, and what it has done itself

// mail.cpp: a kernel that waits for a word of the host is interrupted, goes on later, and knows
// of what the host has written meanwhile as of another block's doing.
enum { HOST_BLOCK = 65000 };
void forget_mail(void);                  // of the kernel before
bool awaits_host(bool forget);           // whether a thread has looked for the host's word since
void note_for_host(const void *address); // the running kernel writes to host memory
void give_to_host(void);
void take_from_host(void);
void pass_barrier(block *block, thread *first, size_t count);
} // namespace emulate

#endif
