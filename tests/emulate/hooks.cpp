// SPDX-License-Identifier: BSD-3-Clause
// What a compiler calls before each load and store of a source that it compiles for its thread
// sanitizer, whose run time these functions replace. Outside of kernels they do nothing: the host's
// threads are not what is checked, and device memory is closed to them by the system.
#include "threads.h"

namespace emulate
{
static void access(const void *address, size_t bytes, bool write, const void *pc)
{
    if (!running || is_on_stack(running, address))
        return;
    if (is_shared(address)) {
        touch_shared(address, bytes, write, pc);
        return;
    }
    const char *argument = (const char *)kernel->argument;
    if ((const char *)address >= argument &&
        (const char *)address < argument + kernel->argument_bytes)
        return;
    touch_in_kernel(address, bytes, write, false, pc);
}
} // namespace emulate

#define READ(name, bytes)                                                                          \
    void name(void *address);                                                                      \
    void name(void *address)                                                                       \
    {                                                                                              \
        emulate::access(address, bytes, false, __builtin_return_address(0));                       \
    }
#define WRITE(name, bytes)                                                                         \
    void name(void *address);                                                                      \
    void name(void *address)                                                                       \
    {                                                                                              \
        emulate::access(address, bytes, true, __builtin_return_address(0));                        \
    }
#define BOTH(bytes)                                                                                \
    READ(__tsan_read##bytes, bytes)                                                                \
    READ(__tsan_unaligned_read##bytes, bytes)                                                      \
    WRITE(__tsan_write##bytes, bytes)                                                              \
    WRITE(__tsan_unaligned_write##bytes, bytes)
#define NOTHING(name, ...)                                                                         \
    void name(__VA_ARGS__);                                                                        \
    void name(__VA_ARGS__)                                                                         \
    {                                                                                              \
    }

extern "C" {
BOTH(1)
BOTH(2)
BOTH(4)
BOTH(8)
BOTH(16)
NOTHING(__tsan_init, void)
NOTHING(__tsan_func_entry, void *)
NOTHING(__tsan_func_exit, void)
NOTHING(__tsan_vptr_update, void **, void *)
NOTHING(__tsan_vptr_read, void **)

// The host's own; kernels have CUDA's.
uint32_t __tsan_atomic32_load(const volatile uint32_t *address, int order);
void __tsan_atomic32_store(volatile uint32_t *address, uint32_t value, int order);
int __tsan_atomic32_compare_exchange_strong(volatile uint32_t *address, uint32_t *expected,
                                            uint32_t value, int order, int otherwise);

uint32_t __tsan_atomic32_load(const volatile uint32_t *address, int)
{
    return __atomic_load_n(address, __ATOMIC_SEQ_CST);
}

void __tsan_atomic32_store(volatile uint32_t *address, uint32_t value, int)
{
    __atomic_store_n(address, value, __ATOMIC_SEQ_CST);
}

int __tsan_atomic32_compare_exchange_strong(volatile uint32_t *address, uint32_t *expected,
                                            uint32_t value, int, int)
{
    return __atomic_compare_exchange_n(address, expected, value, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
}

void __tsan_read_range(void *address, size_t bytes);
void __tsan_write_range(void *address, size_t bytes);
void *__tsan_memcpy(void *to, const void *from, size_t bytes);
void *__tsan_memmove(void *to, const void *from, size_t bytes);
void *__tsan_memset(void *to, int value, size_t bytes);

void __tsan_read_range(void *address, size_t bytes)
{
    emulate::access(address, bytes, false, __builtin_return_address(0));
}

void __tsan_write_range(void *address, size_t bytes)
{
    emulate::access(address, bytes, true, __builtin_return_address(0));
}

void *__tsan_memmove(void *to, const void *from, size_t bytes)
{
    emulate::access(from, bytes, false, __builtin_return_address(0));
    emulate::access(to, bytes, true, __builtin_return_address(0));
    return memmove(to, from, bytes);
}

void *__tsan_memcpy(void *to, const void *from, size_t bytes)
{
    return __tsan_memmove(to, from, bytes);
}

void *__tsan_memset(void *to, int value, size_t bytes)
{
    emulate::access(to, bytes, true, __builtin_return_address(0));
    return memset(to, value, bytes);
}
}
