// SPDX-License-Identifier: BSD-3-Clause
// What the files of the late backend share. Operations are queued with addresses that the backend
// itself can use, and carried out by a processor backend of its own with a single thread, so that
// they can be carried out in the middle of anything the host's threads are doing.
#ifndef PN_COMPUTE_LATE_PRIVATE_H
#define PN_COMPUTE_LATE_PRIVATE_H

#include "compute/compute.h"

typedef enum pn_late_kind {
    PN_LATE_GENERATE,
    PN_LATE_READ,
    PN_LATE_WRITE,
    PN_LATE_GATHER,
    PN_LATE_SCATTER,
    PN_LATE_MOVE,
    PN_LATE_COPY,
    PN_LATE_STRIP,
    PN_LATE_FACTOR,
    PN_LATE_PANEL,
    PN_LATE_SOLVE_ROWS,
    PN_LATE_SOLVE,
    PN_LATE_MULTIPLY,
    PN_LATE_FINISH // of the multiplication
} pn_late_kind;

// An operation that was asked for.
typedef struct pn_late_entry {
    pn_late_kind kind;
    union {
        pn_generate generate;
        pn_row_list rows;
        pn_row_move move;
        pn_update update;
        pn_row_solve solve;
        pn_part_panel panel;
    } task;
    pn_block to, from; // of the simple transfers; `to` is the block of a solve
    const void *input;
    void *output; // strip: the panel
    pn_lidx ld;
    size_t bytes;
    pn_lidx *lists;          // copies of the index lists, owned
    const void *first, *end; // host memory that it will read
} pn_late_entry;

// A piece of memory: the host is given `given`, which it cannot touch; `used` is the same memory.
typedef struct pn_late_area {
    char *given, *used;
    size_t bytes;
    struct pn_late_area *next;
} pn_late_area;

enum { PN_LATE_QUEUE = 48 };

typedef struct pn_late {
    pn_compute base;
    pn_team *team; // of one: carries the operations out
    pn_compute *worker;
    pn_late_area *areas;
    pn_late_entry queue[PN_LATE_QUEUE]; // entry of ticket t at t % PN_LATE_QUEUE
    uint64_t given, carried;            // tickets
    uint64_t breaks_at;                 // a ticket never given; 0: it does not
    pn_late_entry multiply;             // in the background
    bool multiplying;
    uint64_t random; // 0: as late as allowed
    int looks;       // without anything having been carried out
} pn_late;

static inline pn_late *pn_late_of(pn_compute *compute)
{
    return compute->state;
}

// late_memory.c
pn_status pn_late_allocate(pn_compute *compute, size_t bytes, void **memory);
// Memory that a communicator may touch: the host's address has all permissions.
pn_status pn_late_allocate_message(pn_compute *compute, size_t bytes, void **memory);
void pn_late_release(pn_compute *compute, void *memory, size_t bytes);
// The backend's own address of `bytes` bytes of the part's memory. Ends the program if they are
// not.
void *pn_late_use(const pn_late *late, const void *given, size_t bytes);
pn_block pn_late_use_block(const pn_late *late, pn_block given);
_Noreturn void pn_late_misused(const char *what);

// late_panel.c
void pn_late_factor(const pn_part_panel *task);

// late_weigh.c
bool pn_late_weigh(pn_compute *compute, const pn_weigh *task);

// late_queue.c
pn_ticket pn_late_give(pn_late *late, const pn_late_entry *entry);
// Carries out what was given up to `ticket`.
void pn_late_carry(pn_late *late, pn_ticket ticket);
// Someone looked: time has passed.
void pn_late_pass(pn_late *late);

#endif
