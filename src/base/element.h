// SPDX-License-Identifier: BSD-3-Clause
// What the entries of a matrix, a panel or a message are. A block carries its element type, and
// sizes come from here: nothing but arithmetic itself needs to know that entries are 8 bytes today.
#ifndef PN_BASE_ELEMENT_H
#define PN_BASE_ELEMENT_H

#include "base/types.h"

typedef enum pn_element {
    PN_FLOAT64, // what is left at 0 is what HPL asks for
    PN_FLOAT32,
    PN_FLOAT16,
    PN_BFLOAT16
} pn_element;

static inline pn_lidx pn_element_bytes(pn_element element)
{
    return element == PN_FLOAT64 ? 8 : element == PN_FLOAT32 ? 4 : 2;
}

// Entry `index` of an array that begins at `first`; the address is not looked at.
static inline void *pn_element_at(const void *first, pn_element element, pn_lidx index)
{
    return (char *)first + index * pn_element_bytes(element);
}

#endif
