// SPDX-License-Identifier: BSD-3-Clause
// PN_CLONES before a function: compiled for several generations of vector units, chosen when the
// program starts, so that one binary runs well on old and new processors.
#ifndef PN_BASE_CLONES_H
#define PN_BASE_CLONES_H

// The levels of the x86-64 ABI, because GCC takes a name such as skylake-avx512 for that processor
// alone, and a list of features for a choice of one.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12 &&           \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define PN_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define PN_CLONES
#endif

#endif
