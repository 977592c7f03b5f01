// SPDX-License-Identifier: BSD-3-Clause
// What the entries of a matrix, a panel or a message are. A block carries its element type, and
// sizes come from here: nothing but arithmetic itself needs to know that entries are 8 bytes today.
#ifndef PN_BASE_ELEMENT_H
#define PN_BASE_ELEMENT_H

#include "base/types.h"

#include <string.h>

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

static inline const char *pn_element_name(pn_element element)
{
    static const char *const names[] = {"fp64", "fp32", "fp16", "bf16"};
    return names[element];
}

// The bits of the bfloat16 nearest to a number, ties to even. NaN stays one.
static inline uint16_t pn_bfloat16_of(float number)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    if ((bits & INT32_MAX) > UINT32_C(0x7f800000))
        return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static inline float pn_bfloat16_value(uint16_t number)
{
    uint32_t bits = (uint32_t)number << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// Entry `index` of an array that begins at `first`; the address is not looked at.
static inline void *pn_element_at(const void *first, pn_element element, pn_lidx index)
{
    return (char *)first + index * pn_element_bytes(element);
}

#endif
