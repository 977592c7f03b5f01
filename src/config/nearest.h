// SPDX-License-Identifier: BSD-3-Clause
// The known word nearest to one that was not understood, for messages such as "did you mean".
#ifndef PN_CONFIG_NEAREST_H
#define PN_CONFIG_NEAREST_H

// Fewest insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. Only
// the first 63 characters count.
int pn_edit_distance(const char *a, const char *b);

// The entry of known[count] with the least distance to `word`, the first of equals; NULL if count
// is 0.
const char *pn_nearest(const char *word, const char *const *known, int count);

#endif
