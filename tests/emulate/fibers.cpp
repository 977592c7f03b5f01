// SPDX-License-Identifier: BSD-3-Clause
// Threads of a kernel are fibers of one thread of the host. A fiber carries threads until one of
// them has to wait; that one keeps it.
#include "threads.h"

#include <setjmp.h>
#include <sys/mman.h>
#include <ucontext.h>

namespace emulate
{
struct fiber {
    char *stack;
    jmp_buf place;
    bool entered;
};

thread *running;
static std::vector<fiber *> idle;
static jmp_buf scheduler;

void leave(void)
{
    fiber *self = running->on;
    if (_setjmp(self->place) == 0)
        _longjmp(scheduler, 1);
}

static void carry_threads(void)
{
    for (;;) {
        kernel->run();
        running->state = OVER;
        leave();
    }
}

static void start_fiber(fiber *f)
{
    static ucontext_t context, back;
    getcontext(&context);
    context.uc_stack.ss_sp = f->stack;
    context.uc_stack.ss_size = STACK;
    context.uc_link = nullptr;
    makecontext(&context, carry_threads, 0);
    f->entered = true;
    swapcontext(&back, &context); // comes back by a jump to the scheduler
}

static fiber *make_fiber(void)
{
    void *stack = mmap(nullptr, STACK, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stack == MAP_FAILED)
        stop("no memory for the stack of a thread");
    return new fiber{(char *)stack, {}, false};
}

// Until it leaves.
static void switch_to(fiber *f)
{
    if (_setjmp(scheduler) != 0)
        return;
    if (f->entered)
        _longjmp(f->place, 1);
    start_fiber(f);
}

void enter(thread *t)
{
    if (!t->on && idle.empty())
        idle.push_back(make_fiber());
    if (!t->on) {
        t->on = idle.back();
        idle.pop_back();
    }
    running = t;
    switch_to(t->on);
    running = nullptr;
    if (t->state == OVER) {
        idle.push_back(t->on);
        t->on = nullptr;
    }
}

bool is_on_stack(const thread *thread, const void *address)
{
    const char *stack = thread->on->stack;
    return (const char *)address >= stack && (const char *)address < stack + STACK;
}
} // namespace emulate
