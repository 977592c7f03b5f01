// SPDX-License-Identifier: BSD-3-Clause
// U of a pivot block's own columns on its way from the factored panel back to the matrix, where the
// back substitution finds it.
#ifndef PN_LU_DIAGONAL_H
#define PN_LU_DIAGONAL_H

#include "comm/comm.h"
#include "compute/compute.h"
#include "lu/panel.h"

typedef struct pn_diagonal {
    void *values; // [nb x nb] host memory that the part reads
    size_t bytes;
    pn_ticket stored; // it is free again
} pn_diagonal;

size_t pn_diagonal_bytes(pn_element element, int nb);
pn_status pn_diagonal_create(pn_diagonal *diagonal, pn_compute *compute, pn_element element,
                             int nb);
void pn_diagonal_release(pn_diagonal *diagonal, pn_compute *compute);

typedef struct pn_diagonal_task {
    pn_comm *comm;
    pn_compute *compute;
    const pn_place *place;
    const pn_panel *panel; // with its pivot block on this process
    const void *l11, *l21; // where the part has its numbers
    pn_block matrix;
} pn_diagonal_task;
void pn_diagonal_store(pn_diagonal *diagonal, const pn_diagonal_task *task);

// The rows of L below the pivot block, block by block by way of the same memory.
void pn_diagonal_store_below(pn_diagonal *diagonal, const pn_diagonal_task *task);

#endif
