// SPDX-License-Identifier: BSD-3-Clause
// What must hold, and is cheap to look at, is looked at in every build: a wrong table or a negative
// price that went on would become a wrong figure that nobody doubts. What is dear to look at stays
// with <assert.h>, in builds for debugging.
#ifndef PN_BASE_ASSERTION_H
#define PN_BASE_ASSERTION_H

// Ends the program if `holds` is false, and says where, and what had to be: a sentence's part such
// as "every block column has an owner".
#define pn_assert(holds, what)                                                                     \
    ((holds) ? (void)0 : pn_assertion_fails(__FILE__, __LINE__, #holds, what))

// By the exit code of abort(), by which launchers end the job and debuggers stop.
void pn_assertion_fails(const char *file, int line, const char *condition, const char *what)
    __attribute__((noreturn, cold));

#endif
