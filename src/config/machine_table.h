// SPDX-License-Identifier: BSD-3-Clause
// The format of machine files as data, for the reader, the writer and the destroyer; made from the
// lists in config/machine.h.
#ifndef PN_CONFIG_MACHINE_TABLE_H
#define PN_CONFIG_MACHINE_TABLE_H

#include "base/status.h"
#include "config/units.h"

#include <stddef.h>

typedef enum pn_row_kind {
    PN_ROW_TEXT,
    PN_ROW_DATE,
    PN_ROW_EDITION,
    PN_ROW_FIGURE,
    PN_ROW_LIST
} pn_row_kind;

typedef struct pn_shape pn_shape;

typedef struct pn_row {
    const char *key;
    pn_row_kind kind;
    size_t offset;          // of the field in its struct
    size_t count_offset;    // of a list's count
    pn_dimension dimension; // of a figure, with its plausible range
    double least, most;
    const pn_shape *entries; // of a list
} pn_row;

struct pn_shape {
    const char *noun; // "a partition"
    size_t bytes;     // of the struct
    size_t line_offset;
    const pn_row *rows;
    int count;
};

extern const pn_shape pn_machine_shape;

static inline void *pn_row_field(const pn_row *row, const void *object)
{
    return (char *)object + row->offset;
}

// Entry `i` of the list that `row` is in `object`, and their number.
void *pn_row_entry(const pn_row *row, const void *object, int i);
int pn_row_count(const pn_row *row, const void *object);
// A new zeroed entry at the end; NULL if memory is out.
void *pn_row_append(const pn_row *row, void *object);

// Frees what the fields of `object` own, not the object.
void pn_shape_release(const pn_shape *shape, void *object);

// Days since year 0, months of 31 days: only for comparing. Failure: not a date.
pn_status pn_date_parse(const char *text, int *day);

// Whether `text` is an edition of the TOP500 list: June or November, since June 1993.
pn_status pn_edition_check(const char *text);

#endif
