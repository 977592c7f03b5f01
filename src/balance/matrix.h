// SPDX-License-Identifier: BSD-3-Clause
// A rank's part of the matrix with its memory. When block columns move it stays where it is, grown
// where it has to, if the backend can do that; else it moves into memory of another size.
#ifndef PN_BALANCE_MATRIX_H
#define PN_BALANCE_MATRIX_H

#include "comm/comm.h"
#include "compute/compute.h"
#include "grid/place.h"

typedef struct pn_matrix {
    pn_compute *compute;
    pn_block block;
    pn_room room;
} pn_matrix;

// Bytes of the part of this place.
size_t pn_matrix_bytes(pn_element element, const pn_place *place);

typedef struct pn_matrix_need {
    bool migrates; // block columns may come later
    size_t beside; // bytes of the part's memory that others have, or will
} pn_matrix_need;

// Of the part's element type. What a device's own memory has no room for lies in the host's, where
// that was asked for. Failure: memory.
pn_status pn_matrix_create(pn_matrix *matrix, pn_compute *compute, const pn_place *place,
                           const pn_matrix_need *need);
void pn_matrix_release(pn_matrix *matrix); // one that was never created, too

// Bytes that it would take if a part of the other columns fell to half its speed, the one that
// holds most of them.
size_t pn_matrix_bytes_ahead(pn_element element, const pn_place *place);
// Finds a little of the memory up to so many bytes; false: there is no more to find.
bool pn_matrix_grow_ahead(pn_matrix *matrix, size_t bytes);

// A change of owners, `from` to `to`, in two halves, because all ranks have to agree in between.
typedef struct pn_matrix_migration {
    pn_matrix *matrix;
    const pn_place *from, *to;
    size_t beside; // as pn_matrix_need has it, without the matrix that moves
} pn_matrix_migration;

// Whether the memory for it can be had, if matrix and messages may take so many bytes meanwhile
// (0: no limit).
bool pn_matrix_has_room(const pn_matrix_migration *migration, int64_t allowed);
// Finds the memory: `then` is where the matrix will be, perhaps in what it has. Failure: memory;
// nothing has changed.
pn_status pn_matrix_make_room(const pn_matrix_migration *migration, pn_matrix *then);
// All ranks: moves, and *matrix is `then`. Failure: as pn_migrate.
pn_status pn_matrix_migrate(const pn_matrix_migration *migration, const pn_matrix *then,
                            pn_comm *comm);

#endif
