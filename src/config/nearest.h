// SPDX-License-Identifier: BSD-3-Clause
// The known word that a person most likely meant.
#ifndef PN_CONFIG_NEAREST_H
#define PN_CONFIG_NEAREST_H

// Edits (insert, remove, replace, exchange of neighbours) that turn `a` into `b`.
int pn_edit_distance(const char *a, const char *b);

// The word of words[count] with the fewest edits from `word`; NULL if none is near (more than a
// third of its letters, or more than 3, differ). Ties go to the longer common
// start ("node" means nodes, not note), then to the first.
const char *pn_nearest(const char *word, const char *const *words, int count);

#endif
