// SPDX-License-Identifier: BSD-3-Clause
#include "config/machine_table.h"

#include "config/machine.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define ROW_TEXT(name) {.key = #name, .kind = PN_ROW_TEXT, .offset = offsetof(OWNER, name)},
#define ROW_DATE(name) {.key = #name, .kind = PN_ROW_DATE, .offset = offsetof(OWNER, name)},
#define ROW_EDITION(name) {.key = #name, .kind = PN_ROW_EDITION, .offset = offsetof(OWNER, name)},
#define ROW_FIGURE(name, unit, low, high)                                                          \
    {.key = #name,                                                                                 \
     .kind = PN_ROW_FIGURE,                                                                        \
     .offset = offsetof(OWNER, name),                                                              \
     .dimension = unit,                                                                            \
     .least = low,                                                                                 \
     .most = high},
#define ROW_LIST(name, shape)                                                                      \
    {.key = #name,                                                                                 \
     .kind = PN_ROW_LIST,                                                                          \
     .offset = offsetof(OWNER, name),                                                              \
     .count_offset = offsetof(OWNER, name##_count),                                                \
     .entries = &shape##_shape},
#define ROWS(list) list(ROW_TEXT, ROW_DATE, ROW_EDITION, ROW_FIGURE, ROW_LIST)
#define SHAPE(words, table)                                                                        \
    {                                                                                              \
        .noun = words, .bytes = sizeof(OWNER), .line_offset = offsetof(OWNER, line),               \
        .rows = table, .count = sizeof table / sizeof *table                                       \
    }

#define OWNER pn_machine_device
static const pn_row device_rows[] = {ROWS(PN_MACHINE_DEVICE)};
static const pn_shape device_shape = SHAPE("a device", device_rows);
#undef OWNER

#define OWNER pn_machine_measurement
static const pn_row measurement_rows[] = {ROWS(PN_MACHINE_MEASUREMENT)};
static const pn_shape measurement_shape = SHAPE("a measurement", measurement_rows);
#undef OWNER

#define OWNER pn_machine_partition
static const pn_row partition_rows[] = {ROWS(PN_MACHINE_PARTITION)};
static const pn_shape partition_shape = SHAPE("a partition", partition_rows);
#undef OWNER

#define OWNER pn_machine_gateway
static const pn_row gateway_rows[] = {ROWS(PN_MACHINE_GATEWAY)};
static const pn_shape gateway_shape = SHAPE("a gateway", gateway_rows);
#undef OWNER

#define OWNER pn_machine
static const pn_row machine_rows[] = {ROWS(PN_MACHINE)};
const pn_shape pn_machine_shape = SHAPE("a machine", machine_rows);
#undef OWNER

int pn_row_count(const pn_row *row, const void *object)
{
    return *(const int *)((const char *)object + row->count_offset);
}

void *pn_row_entry(const pn_row *row, const void *object, int i)
{
    char *entries = *(char **)pn_row_field(row, object);
    return entries + (size_t)i * row->entries->bytes;
}

void *pn_row_append(const pn_row *row, void *object)
{
    int *count = (int *)((char *)object + row->count_offset);
    char **entries = pn_row_field(row, object);
    size_t bytes = row->entries->bytes;
    char *grown = realloc(*entries, (size_t)(*count + 1) * bytes);
    if (!grown)
        return NULL;
    *entries = grown;
    return memset(grown + (size_t)(*count)++ * bytes, 0, bytes);
}

static void release_field(const pn_row *row, void *object)
{
    if (row->kind == PN_ROW_FIGURE) {
        free(((pn_figure *)pn_row_field(row, object))->source);
        return;
    }
    if (row->kind == PN_ROW_LIST)
        for (int i = 0; i < pn_row_count(row, object); i++)
            pn_shape_release(row->entries, pn_row_entry(row, object, i));
    free(*(void **)pn_row_field(row, object));
}

void pn_shape_release(const pn_shape *shape, void *object)
{
    for (int i = 0; i < shape->count; i++)
        release_field(&shape->rows[i], object);
}

// Reads `digits` digits into *value; returns what follows, or NULL.
static const char *read_digits(const char *text, int digits, int *value)
{
    *value = 0;
    for (int i = 0; i < digits; i++, text++) {
        if (!isdigit((unsigned char)*text))
            return NULL;
        *value = *value * 10 + (*text - '0');
    }
    return text;
}

pn_status pn_date_parse(const char *text, int *day)
{
    int year, part[2] = {1, 1};
    const char *at = read_digits(text, 4, &year);
    bool is_parted = at && *at == '-'; // or 20230630
    for (int i = 0; i < 2 && at && *at && (*at == '-') == is_parted; i++)
        at = read_digits(at + is_parted, 2, &part[i]);
    if (!at || *at || part[0] < 1 || part[0] > 12 || part[1] < 1 || part[1] > 31)
        return pn_fail(PN_ERROR_USAGE,
                       "\"%s\" is not a date: 2023, 2023-06 (or 202306) and "
                       "2023-06-30 (or 20230630) are",
                       text);
    *day = (year * 12 + part[0] - 1) * 31 + part[1] - 1;
    return PN_OK;
}

pn_status pn_edition_check(const char *text)
{
    int year, month = 0;
    const char *at = read_digits(text, 4, &year);
    at = at ? read_digits(at, 2, &month) : NULL;
    if (!at || *at || (month != 6 && month != 11) || year < 1993)
        return pn_fail(PN_ERROR_USAGE,
                       "\"%.60s\" is no edition of the list: June or November of a year from 1993 "
                       "on is allowed, such as 202606 and 202511",
                       text);
    return PN_OK;
}
