// SPDX-License-Identifier: BSD-3-Clause
// How large the things beside the matrix are that the factorisation works with.
#ifndef PN_LU_EXTENT_H
#define PN_LU_EXTENT_H

#include "lu/factor.h"

// Leading dimension of U: off powers of two, because rows must not share cache sets.
pn_lidx pn_extent_u_ld(const pn_place *place);
// A process alone in its column can solve for U where it belongs, in the matrix: false. compute may
// be NULL: unknown.
bool pn_extent_u_is_apart(const pn_place *place, const pn_compute *compute);
// Columns of the widest slice whose rows are exchanged.
pn_lidx pn_extent_widest(const pn_lu_request *request);

// Bytes it will take beside the matrix, on the host and in the part's memory together.
size_t pn_lu_bytes(const pn_lu_request *request);

#endif
