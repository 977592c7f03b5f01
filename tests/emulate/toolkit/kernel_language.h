// SPDX-License-Identifier: BSD-3-Clause
// What CUDA adds to C++ inside of kernels: qualifiers, built-in variables, and what the threads of
// a block or a warp do together. Memory is seen by the checks through the calls that a compiler
// puts before each access for a thread sanitizer; what is UNCHECKED is the emulation's own.
#ifndef PN_EMULATE_KERNEL_LANGUAGE_H
#define PN_EMULATE_KERNEL_LANGUAGE_H

#include <stddef.h>
#include <stdint.h>

#define __global__
#define __device__
#define __host__
#define __grid_constant__
#define __launch_bounds__(...)
#define __shared__ static __attribute__((section("emulate_shared")))
#define UNCHECKED __attribute__((no_sanitize("thread")))

struct uint3 {
    unsigned x, y, z;
};

struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_)
    {
    }
};

namespace emulate
{
// Of the thread that is running.
uint3 thread_index(void);
uint3 block_index(void);
uint3 block_size(void);
uint3 grid_size(void);

void barrier(const char *file, int line);
void fence(bool system);
void nap(void);
// Hands the values of a warp's lanes in `mask` to each of them: values[32] of this exchange, which
// stay as they are until the lane's next one.
const uint64_t *exchange(unsigned mask, uint64_t value);
int lane(void);
// Of words that the host changes, or looks at, while the kernel runs.
void look_for_host(const void *address, size_t bytes);
void tell_host(void *address, size_t bytes);
// Before an atomic operation on `target`; others may run before it returns.
void atomic(void *target, size_t bytes);

template <class T> UNCHECKED inline uint64_t to_bits(T value)
{
    static_assert(sizeof(T) <= sizeof(uint64_t), "a shuffle takes at most 64 bits");
    uint64_t bits = 0;
    __builtin_memcpy(&bits, &value, sizeof value);
    return bits;
}

template <class T> UNCHECKED inline T from_bits(uint64_t bits)
{
    T value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}
} // namespace emulate

#define threadIdx emulate::thread_index()
#define blockIdx emulate::block_index()
#define blockDim emulate::block_size()
#define gridDim emulate::grid_size()
#define __syncthreads() emulate::barrier(__FILE__, __LINE__)
#define __threadfence() emulate::fence(false)
#define __threadfence_system() emulate::fence(true)
#define __nanosleep(nanoseconds) emulate::nap()
#define __ull2double_rn(value) ((double)(value))

template <class T> UNCHECKED inline T __shfl_down_sync(unsigned mask, T value, unsigned distance)
{
    const uint64_t *values = emulate::exchange(mask, emulate::to_bits(value));
    unsigned source = (unsigned)emulate::lane() + distance;
    return source < 32 ? emulate::from_bits<T>(values[source]) : value;
}

template <class T> UNCHECKED inline T __shfl_sync(unsigned mask, T value, int source)
{
    return emulate::from_bits<T>(emulate::exchange(mask, emulate::to_bits(value))[source & 31]);
}

template <class T> UNCHECKED inline T __shfl_xor_sync(unsigned mask, T value, int distance)
{
    const uint64_t *values = emulate::exchange(mask, emulate::to_bits(value));
    return emulate::from_bits<T>(values[(emulate::lane() ^ distance) & 31]);
}

template <class T> UNCHECKED inline T __ldcv(const T *from)
{
    emulate::look_for_host(from, sizeof *from);
    return *(const volatile T *)from;
}

template <class T> UNCHECKED inline void __stwt(T *to, T value)
{
    emulate::tell_host(to, sizeof *to);
    *(volatile T *)to = value;
}

template <class T> UNCHECKED inline T atomicAdd(T *target, T value)
{
    emulate::atomic(target, sizeof *target);
    T before = *target;
    *target = before + value;
    return before;
}

template <class T> UNCHECKED inline T atomicExch(T *target, T value)
{
    emulate::atomic(target, sizeof *target);
    T before = *target;
    *target = value;
    return before;
}

#endif
