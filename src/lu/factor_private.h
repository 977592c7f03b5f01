// SPDX-License-Identifier: BSD-3-Clause
// What making a factorisation ready (factor_setup.c) and performing it (factor.c) share.
#ifndef PN_LU_FACTOR_PRIVATE_H
#define PN_LU_FACTOR_PRIVATE_H

#include "comm/group.h"
#include "lu/diagonal.h"
#include "lu/factor.h"
#include "lu/rows.h"

// One virtual row's part of a panel buffer and the broadcast that fills it.
typedef struct pn_channel {
    void *memory; // of its own if several virtual rows are hosted here
    pn_panel piece;
    pn_broadcast *broadcast;
} pn_channel;

// A panel buffer.
typedef struct pn_panel_buffer {
    void *host;
    void *part;           // where the part cannot see host memory
    pn_channel *channels; // [hosted]
    pn_panel panel;
    void *rounded;         // L21 of 16 bits, with the leading dimension of the panel
    const void *l11, *l21; // in part memory, once the panel is complete
    pn_ticket taken;       // the part has read the host's
    bool busy;
    bool on_device; // the panel was made in the part's memory
    bool gpu_aware; // it travels out of the part's memory, or into it
} pn_panel_buffer;

struct pn_lu {
    pn_lu_request request;
    pn_comm *comm;
    pn_compute *compute;
    pn_group column;
    int *column_ranks;
    int *row_ranks; // [hosted x columns] those that host the same virtual row
    int *ring;      // [columns] of the broadcast that begins
    pn_panel_buffer *panel_buffers;
    size_t panel_bytes;
    pn_rows *rows;
    pn_block u;
    void *u_memory; // NULL: U is in the matrix, its block moves on with the steps
    size_t u_bytes;
    bool rounds; // multiplications take L21 and U rounded to 16 bits
    pn_block rounded_u;
    double *record; // [2] one for the panel, one lent to its reductions
    size_t record_bytes;
    void *rounding;         // of panels of FP32 on the host (lu/panel.h)
    bool primed;            // paused with the panel of the next step in its buffer
    bool factors_on_device; // panels can be factored in the part's memory
    bool gpu_aware; // panels can travel between parts' memories: pn_gpu_aware_choose, and they are
                    // whole
    pn_diagonal diagonal;
    pn_lu_outcome outcome;
    double operations, operations_before; // of the multiplication under way, of those before it
    double idle_since; // time of the last fruitless look for something to do; 0: none yet
};

#endif
