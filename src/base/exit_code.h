// SPDX-License-Identifier: BSD-3-Clause
// Exit codes of every command; launchers pass them on.
#ifndef PN_BASE_EXIT_CODE_H
#define PN_BASE_EXIT_CODE_H

enum {
    PN_EXIT_PASSED = 0,
    PN_EXIT_FINDING = 1, // a failed residual, a singular matrix, a slow part: data in the result
    PN_EXIT_FAILURE = 2  // what was asked for cannot be, or something is missing or died
};

#endif
