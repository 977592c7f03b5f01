// SPDX-License-Identifier: BSD-3-Clause
// What the files of the deferred backend share. Operations are queued with addresses that the
// backend itself can use, and carried out by a processor backend of its own with a single thread,
// so that they can be carried out in the middle of anything the host's threads are doing.
#ifndef PN_COMPUTE_DEFERRED_PRIVATE_H
#define PN_COMPUTE_DEFERRED_PRIVATE_H

#include "compute/deferred.h"

typedef enum pn_deferred_kind {
    PN_DEFERRED_GENERATE,
    PN_DEFERRED_READ,
    PN_DEFERRED_WRITE,
    PN_DEFERRED_GATHER,
    PN_DEFERRED_SCATTER,
    PN_DEFERRED_MOVE,
    PN_DEFERRED_COPY,
    PN_DEFERRED_UPDATE_PANEL,
    PN_DEFERRED_FACTOR,
    PN_DEFERRED_PANEL,
    PN_DEFERRED_FACTOR_PLAIN,
    PN_DEFERRED_KEEP,
    PN_DEFERRED_ROUND,
    PN_DEFERRED_SOLVE_ROWS,
    PN_DEFERRED_SOLVE,
    PN_DEFERRED_MULTIPLY,
    PN_DEFERRED_FINISH // of the multiplication
} pn_deferred_kind;

// An operation that was asked for.
typedef struct pn_deferred_entry {
    pn_deferred_kind kind;
    union {
        pn_generate generate;
        pn_row_list rows;
        pn_row_move move;
        pn_update update;
        pn_row_solve solve;
        pn_panel_task panel;
        pn_plain_panel plain;
    } task;
    pn_block to, from; // of the simple transfers; `to` is the block of a solve
    bool negates;      // of rounding
    const void *input;
    void *output; // strip: the panel
    pn_lidx ld;
    size_t bytes;
    pn_lidx *lists;          // copies of the index lists, owned
    const void *first, *end; // host memory that it will read
} pn_deferred_entry;

// A piece of memory: the host is given `given`, which it cannot touch; `used` is the same memory.
typedef struct pn_deferred_area {
    char *given, *used;
    size_t bytes;
    size_t hosted; // of them, those that do not count as the device's
    struct pn_deferred_area *next;
} pn_deferred_area;

enum { PN_DEFERRED_QUEUE = 48 };

typedef struct pn_deferred {
    pn_compute base;
    pn_team *team; // of one: carries the operations out
    pn_compute *worker;
    pn_deferred_area *areas;
    pn_deferred_entry queue[PN_DEFERRED_QUEUE]; // entry of ticket t at t % PN_DEFERRED_QUEUE
    uint64_t given, carried;                    // tickets
    uint64_t breaks_at;                         // a ticket never given; 0: it does not
    pn_deferred_entry multiply;                 // in the background
    bool multiplying;
    uint64_t random;        // 0: as deferred as allowed
    pn_deferred_flip *flip; // NULL: everything goes well
    int looks;              // without anything having been carried out
} pn_deferred;

static inline pn_deferred *pn_deferred_of(pn_compute *compute)
{
    return compute->state;
}

// deferred_memory.c
pn_status pn_deferred_allocate(pn_compute *compute, size_t bytes, void **memory);
// Memory that a communicator may touch: the host's address has all permissions.
pn_status pn_deferred_allocate_message(pn_compute *compute, size_t bytes, void **memory);
pn_status pn_deferred_reserve(pn_compute *compute, pn_room *room);
void pn_deferred_release(pn_compute *compute, void *memory, size_t bytes);
// The backend's own address of `bytes` bytes of the part's memory. Ends the program if they are
// not.
void *pn_deferred_use(const pn_deferred *deferred, const void *given, size_t bytes);
pn_block pn_deferred_use_block(const pn_deferred *deferred, pn_block given);
_Noreturn void pn_deferred_misused(const char *what);

// deferred_panel.c
void pn_deferred_factor(const pn_panel_task *task);
void pn_deferred_factor_plain(const pn_plain_panel *task);

// deferred_joint.c: false: no memory
bool pn_deferred_factor_jointly(const pn_panel_task *task);

// deferred_residual.c
bool pn_deferred_residual(pn_compute *compute, const pn_residual_sums *task);

// deferred_flip.c: an element of `victim` is in the backend's own memory, and may be struck.
void pn_deferred_strike(pn_deferred *deferred, pn_deferred_victim victim, pn_block block);

// deferred_queue.c
pn_ticket pn_deferred_give(pn_deferred *deferred, const pn_deferred_entry *entry);
// Carries out what was given up to `ticket`.
void pn_deferred_carry(pn_deferred *deferred, pn_ticket ticket);
// Someone looked: time has passed.
void pn_deferred_pass(pn_deferred *deferred);

#endif
