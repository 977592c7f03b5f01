// SPDX-License-Identifier: BSD-3-Clause
// A panel of FP32 without pivoting, for matrices that need none (run/refine.h): the pivot block is
// factored where it is hosted, all of the column hear of it, and everyone solves for his own rows.
#ifndef PN_LU_PANEL_PLAIN_H
#define PN_LU_PANEL_PLAIN_H

#include "lu/panel.h"

// As pn_panel_factor leaves it, with every pivot on the diagonal. A pivot that is zero or not
// finite, or so small beside its column in the block that FP32 would lose half its digits, becomes
// the panel's finding, and the factorisation goes on.
void pn_panel_factor_plain(const pn_panel_engine *engine, pn_panel *panel);

// Bytes of the engine's `rounding`; 0: a panel this wide has no products so deep
// (base/rules.h).
size_t pn_panel_rounding_bytes(int nb, int threads);

#endif
