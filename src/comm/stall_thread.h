// SPDX-License-Identifier: BSD-3-Clause
// The two halves of the watch against stalls: stall.c is the waiting rank's, its looks and the
// notes between ranks; stall_thread.c is the thread that sees operations without an end. They share
// only the two counters and the place, which the rank's main thread alone writes.
#ifndef PN_COMM_STALL_THREAD_H
#define PN_COMM_STALL_THREAD_H

#include "comm/comm.h"

#include <pthread.h>
#include <stdatomic.h>

// Times the limit, outside the steps.
enum { PN_STALL_PATIENCE = 10 };

enum { STALL_LOOKS = 8, STALL_POSITION_BYTES = 96, STALL_HOST_BYTES = 64 };

typedef struct pn_stall_thread pn_stall_thread;

typedef struct pn_stall_pulse {
    atomic_long turns; // grows whenever the main thread passes through the communicator
    atomic_long beats; // grows when it has done something
    _Atomic int64_t step;
    _Atomic(const char *) operation;
    atomic_bool off;       // nothing is judged
    _Atomic double period; // seconds between looks
} pn_stall_pulse;

// "step 17, finish broadcast"
void pn_stall_position(const pn_stall_pulse *pulse, char text[STALL_POSITION_BYTES]);

// Looks in vain until somebody is named, and the same in seconds.
int pn_stall_looks(const pn_stall_pulse *pulse);
double pn_stall_seconds(const pn_stall_pulse *pulse);

// Names this rank for an operation without an end and ends the job.
void pn_stall_name_self(const pn_stall_pulse *pulse, pn_comm *comm);

// The thread ends the process when the pulse has not changed for that many looks. All borrowed.
pn_status pn_stall_thread_start(pn_stall_thread **thread, pn_stall_pulse *pulse, pn_comm *comm);
// The period has changed.
void pn_stall_thread_wake(pn_stall_thread *thread);
void pn_stall_thread_end(pn_stall_thread *thread); // NULL is allowed

#endif
