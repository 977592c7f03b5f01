// SPDX-License-Identifier: BSD-3-Clause
// Row exchange inside a process column, and U. Every process gathers the pivot rows it holds, cut
// into as many column pieces as there are processes; piece i goes to process i, which solves it
// with L11, and the solved pieces are passed round the column until everyone has all of U. So
// neither the solve nor any message is done twice. The rows that leave the pivot block go straight
// to their new places.
#ifndef PN_LU_ROWS_H
#define PN_LU_ROWS_H

#include "comm/comm.h"
#include "comm/group.h"
#include "compute/compute.h"
#include "grid/place.h"
#include "lu/interchange.h"
#include "lu/panel.h"
#include "lu/plan.h"

typedef struct pn_rows pn_rows;

typedef struct pn_rows_request {
    const pn_place *place;
    pn_group column; // of the process column; uses tags tag .. tag + PN_SLICES * 3 - 1
    pn_compute *compute;
    pn_block matrix; // the local matrix
    pn_block u;      // NB x (local columns); column c of it belongs to local column c
    pn_lidx widest;  // columns of the widest slice
    bool gpu_aware;  // messages lie in the part's memory (see lu/gpu_aware.h)
} pn_rows_request;

pn_status pn_rows_create(pn_rows **rows, const pn_rows_request *request);
void pn_rows_destroy(pn_rows *rows);
// Host memory for messages, all that is ever needed.
size_t pn_rows_bytes(pn_element element, const pn_place *place, pn_lidx widest);

// Takes over the interchanges of a panel that has arrived; l11 is in part memory. u is where U of
// this step will be (pn_rows_request.u, or the pivot block itself).
void pn_rows_begin_step(pn_rows *rows, const pn_panel *panel, const void *l11, pn_block u);

// Sends what this process holds of a slice and gets ready to receive.
void pn_rows_start(pn_rows *rows, const pn_op *op);
// Completes the slice: afterwards U of its columns is here and the interchanges are done.
void pn_rows_finish(pn_rows *rows, const pn_op *op);

#endif
