// SPDX-License-Identifier: BSD-3-Clause
// One of a few words, written "a|b|c" in tables and numbered from 0.
#ifndef PN_CONFIG_WORD_H
#define PN_CONFIG_WORD_H

#include <stddef.h>
#include <stdint.h>

// Word number `index` of "a|b|c" into `text`; its index back, or -1.
void pn_word_at(const char *words, int64_t index, char *text, size_t bytes);
int64_t pn_word_find(const char *words, const char *word, size_t length);
int pn_word_count(const char *words);

#endif
