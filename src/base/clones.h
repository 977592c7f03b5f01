// SPDX-License-Identifier: BSD-3-Clause
// PN_CLONES before a function: compiled for several generations of vector units, chosen when the
// program starts, so that one binary runs well on old and new processors.
#ifndef PN_BASE_CLONES_H
#define PN_BASE_CLONES_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__)
#define PN_CLONES __attribute__((target_clones("default", "avx2,fma", "arch=skylake-avx512")))
#else
#define PN_CLONES
#endif

#endif
