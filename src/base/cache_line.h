// SPDX-License-Identifier: BSD-3-Clause
// How far apart words lie that different threads write: the longest line of a cache known (A64FX;
// POWER and Apple have 128 bytes, and x86-64 fetches its lines of 64 in pairs).
#ifndef PN_BASE_CACHE_LINE_H
#define PN_BASE_CACHE_LINE_H

enum { PN_CACHE_LINE = 256 };

#endif
