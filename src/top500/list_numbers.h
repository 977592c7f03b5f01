// SPDX-License-Identifier: BSD-3-Clause
// Numbers as lists hold them: 1,234.5 or 1.234,5 or 1'234.5 or 1 234,5. Which of comma and point is
// the decimal one is told by the numbers of a whole column, since 1,234 alone says nothing.
#ifndef PN_TOP500_LIST_NUMBERS_H
#define PN_TOP500_LIST_NUMBERS_H

#include <stdbool.h>

typedef enum pn_decimal { PN_DECIMAL_OPEN, PN_DECIMAL_POINT, PN_DECIMAL_COMMA } pn_decimal;

// What one number tells.
pn_decimal pn_decimal_of(const char *text);

// Whether `text` is a positive finite number, and which. Marks of thousands are left out.
bool pn_list_number(const char *text, pn_decimal decimal, double *value);

#endif
