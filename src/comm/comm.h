// SPDX-License-Identifier: BSD-3-Clause
// The communication seam: point-to-point messages between ranks 0..size-1, and a few collectives
// made of them. Backends: `self` (one process, no MPI) and plug-ins over an MPI library, opened at
// run time, so that one executable serves every MPI and starts where there is none.
//
// All calls come from the thread that opened the communicator. A message that cannot be delivered
// ends the job (the backend names rank and host); hence transfers return nothing.
#ifndef PN_COMM_COMM_H
#define PN_COMM_COMM_H

#include "base/log.h"
#include "base/status.h"
#include "base/types.h"

typedef struct pn_comm pn_comm;

// A transfer under way; idle when `active` is false. Owned by the caller, who keeps it and the
// buffer in place until it is done.
typedef struct pn_request {
    bool active;
    int peer;            // the other rank
    uintptr_t handle[2]; // the backend's own
} pn_request;

typedef struct pn_comm_ops {
    void (*send_start)(pn_comm *, const void *data, size_t bytes, int to, int tag, pn_request *);
    void (*receive_start)(pn_comm *, void *data, size_t bytes, int from, int tag, pn_request *);
    bool (*test)(pn_comm *, pn_request *); // true, and inactive, once done
    void (*cancel)(pn_comm *, pn_request *);
    // Takes a message of that tag from whichever rank; false if there is none. Of `bytes` bytes.
    bool (*hear)(pn_comm *, void *data, size_t bytes, int tag); // NULL where there is one rank only
    bool (*help)(pn_comm *);                 // see pn_comm_help; NULL: there is no help
    void (*abort)(pn_comm *, int exit_code); // ends every rank; does not return
    void (*close)(pn_comm *);
} pn_comm_ops;

// Work that moves along whenever a blocking call waits, such as the relaying of a broadcast;
// `advance` never blocks and returns true if anything moved. Embedded in its owner's object.
typedef struct pn_background {
    bool (*advance)(struct pn_background *);
    struct pn_background *next;
} pn_background;

struct pn_stall;

// Who watches over the waiting of this rank (comm/stall.h), as the communicator needs it.
typedef struct pn_comm_watch {
    void (*turn)(pn_comm *, long spins); // one of a waiting loop
    void (*end)(pn_comm *);              // before the communicator is closed
    void (*release)(struct pn_stall *);  // after that
} pn_comm_watch;

// Called by `abort` before the process ends, by whichever thread: for what would else wait for this
// process and be waited for.
typedef struct pn_comm_ending {
    void (*call)(void *context); // may be NULL
    void *context;
} pn_comm_ending;

// Whether messages may lie in the memory of CUDA devices.
typedef enum pn_comm_devices {
    PN_COMM_DEVICES_UNKNOWN,
    PN_COMM_DEVICES_NO,
    PN_COMM_DEVICES_YES
} pn_comm_devices;

struct pn_comm {
    const pn_comm_ops *ops;
    int rank;
    int size;
    const int *members; // [size] the backend's own numbers of these ranks; NULL: the same. Borrowed
    int tag_limit;      // tags 0..tag_limit-1 are usable
    char library[256];  // "Open MPI 4.1.4", "MPICH 4.0.2", "none"
    pn_comm_devices devices;
    void *state; // the backend's own
    pn_log *log; // borrowed; may be NULL
    pn_background *background;
    struct pn_witness *witness; // see witness.h; NULL if there is none
    const pn_comm_watch *watch; // NULL if nobody watches
    struct pn_stall *stall;     // its state
    // the rank, as the backend numbers it, that the last blocking call waits for; -1: this rank's
    // own part
    int awaited;
    bool crowded; // ranks outnumber the processors: who waits shall leave them to the others
    // Of the communicator that was opened, which its copies point to; NULL: nobody asks.
    pn_comm_ending *ending, own_ending;
    // Called while a blocking call waits, so that a single-threaded rank can compute meanwhile;
    // returns true if it did something. Must not block. May be NULL.
    bool (*idle)(void *context);
    void *idle_context;
};

void pn_comm_send_start(pn_comm *comm, const void *data, size_t bytes, int to, int tag,
                        pn_request *request);
void pn_comm_receive_start(pn_comm *comm, void *data, size_t bytes, int from, int tag,
                           pn_request *request);
bool pn_comm_test(pn_comm *comm, pn_request *request);
void pn_comm_wait(pn_comm *comm, pn_request *request);
void pn_comm_wait_all(pn_comm *comm, int count, pn_request *requests);
void pn_comm_send(pn_comm *comm, const void *data, size_t bytes, int to, int tag);
void pn_comm_receive(pn_comm *comm, void *data, size_t bytes, int from, int tag);
// Gives up a transfer that may never be matched. A receive's buffer is free afterwards; a send's
// may still be read.
void pn_comm_cancel(pn_comm *comm, pn_request *request);
void pn_comm_abort(pn_comm *comm, int exit_code);

// By backends, in their `abort`.
static inline void pn_comm_tell_ending(const pn_comm *comm)
{
    if (comm->ending && comm->ending->call)
        comm->ending->call(comm->ending->context);
}

void pn_comm_close(pn_comm *comm); // NULL is allowed

// One turn of a waiting loop: background work, the idle hook, else a pause that grows with *spins
// (0 before the first turn). Whoever waits without pn_comm_wait sets comm->awaited before.
void pn_comm_pause(pn_comm *comm, long *spins);
// Lets background work go on while there is something to move: over a network, the library moves a
// little of a message in each turn. For whoever computes long between two turns.
void pn_comm_advance(pn_comm *comm);
// From now on a thread of the backend's own keeps messages moving while the caller computes; for
// networks that need the processor, whose messages would else stand still. All ranks call it. It
// cannot see device memory. false: this backend or library does not allow it.
bool pn_comm_help(pn_comm *comm);
void pn_comm_background_add(pn_comm *comm, pn_background *work);
void pn_comm_background_remove(pn_comm *comm, pn_background *work);

#endif
