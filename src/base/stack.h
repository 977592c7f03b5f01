// SPDX-License-Identifier: BSD-3-Clause
// Room for the stacks of this program where the system gives little (ulimit -s).
#ifndef PN_BASE_STACK_H
#define PN_BASE_STACK_H

// Runs body(argc, argv) and returns what it returns: as it is where the stack may grow to 2 MiB,
// else on a thread with a stack of 8 MiB, which threads created later have then as well.
int pn_stack_run(int (*body)(int argc, char **argv), int argc, char **argv);

#endif
