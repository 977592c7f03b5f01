// SPDX-License-Identifier: BSD-3-Clause
// Option values in words: what is allowed, and what is set.
#ifndef PN_CONFIG_VALUE_TEXT_H
#define PN_CONFIG_VALUE_TEXT_H

#include "config/value.h"

// What is allowed: "a whole number from 1 to 16384, or auto".
void pn_value_allowed(const pn_value_rule *rule, char *text, size_t bytes);

// The value as it could be typed.
void pn_value_print(const pn_value_rule *rule, const void *value, char *text, size_t bytes);

#endif
