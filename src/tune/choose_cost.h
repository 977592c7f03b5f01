// SPDX-License-Identifier: BSD-3-Clause
// What a matrix takes of the memory of the ranks, and what each column gets of it by that and by
// its speed.
#ifndef PN_TUNE_CHOOSE_COST_H
#define PN_TUNE_CHOOSE_COST_H

#include "tune/choosing.h"

// Whether unlike memory may keep columns from their share.
bool pn_choosing_has_caps(const pn_choosing *choosing);
// Sets the caps of the arrangement from memory. false: N does not fit.
bool pn_choosing_set_caps(const pn_choosing *choosing, pn_gidx n, int nb);
// Block columns that each column owns with the caps set, or would own if they do not hold the
// matrix.
void pn_choosing_deal(const pn_choosing *choosing, pn_gidx n, int nb, pn_gidx *count);

// Bytes of a rank in a column that owns so many block columns.
int64_t pn_choosing_bytes(const pn_choosing *choosing, int rank, pn_gidx n, int nb, pn_gidx blocks);
bool pn_choosing_fits(const pn_choosing *choosing, pn_gidx n, int nb);
// Sets is_full of all ranks for the N and NB chosen.
void pn_choosing_mark_full(const pn_choosing *choosing);
// Whether some column is full before it has its share, with the caps set.
bool pn_choosing_is_full(const pn_choosing *choosing, pn_gidx n, int nb);
// Sets choosing->rate.
void pn_choosing_rate(pn_choosing *choosing);

#endif
