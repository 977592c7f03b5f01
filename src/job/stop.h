// SPDX-License-Identifier: BSD-3-Clause
// A run that is stopped from outside (Ctrl-C, a terminal that goes away, the end of a job's time)
// says so before it ends, or is asked to write a checkpoint first. A thread waits for the signals,
// so that nothing happens in a handler.
#ifndef PN_JOB_STOP_H
#define PN_JOB_STOP_H

#include "base/log.h"
#include "base/notice.h"
#include "comm/comm.h"

typedef struct pn_stop pn_stop;

// To be called while there is one thread: those to come must not take the signals either. Signals
// that were ignored before stay ignored (nohup). Failure: no memory, no thread.
pn_status pn_stop_begin(pn_stop **stop, pn_log *log);
// From now on there is a communicator whose witness must not take the end for a crash.
void pn_stop_of(pn_stop *stop, pn_comm *comm);
// What signals ask of a run that can write checkpoints, while its notice is open: SIGUSR1 asks for
// one, SIGTERM and SIGXCPU for one and then the end; a second one of these ends it at once.
pn_notice *pn_stop_notice(pn_stop *stop);
// Called with the signal's number, by the thread that takes them, before it ends the run; NULL:
// none.
typedef void pn_stop_function(void *context, int number);
void pn_stop_before_end(pn_stop *stop, pn_stop_function *function, void *context);
// The signals do again what they did before. NULL is allowed.
void pn_stop_end(pn_stop *stop);

#endif
