// SPDX-License-Identifier: BSD-3-Clause
// Writes a machine as the reader takes it: keys in the order of the table, what is not set left
// out, a figure in its short form where it has no source of its own and is not assumed.
#include "config/machine_write.h"

#include "config/machine_table.h"

#include <errno.h>
#include <string.h>
#include <yaml.h>

typedef struct writer {
    yaml_emitter_t emitter;
    bool failed;
} writer;

// Takes over the event; after the first failure the others are dropped.
static void put(writer *out, yaml_event_t *event, int made)
{
    if (!made)
        out->failed = true;
    else if (out->failed)
        yaml_event_delete(event);
    else if (!yaml_emitter_emit(&out->emitter, event))
        out->failed = true;
}

static void put_text(writer *out, const char *text)
{
    yaml_event_t event;
    put(out, &event,
        yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text,
                                     (int)strlen(text), 1, 1, YAML_ANY_SCALAR_STYLE));
}

static void begin_mapping(writer *out, bool on_one_line)
{
    yaml_event_t event;
    put(out, &event,
        yaml_mapping_start_event_initialize(&event, NULL, NULL, 1,
                                            on_one_line ? YAML_FLOW_MAPPING_STYLE
                                                        : YAML_BLOCK_MAPPING_STYLE));
}

static void end_mapping(writer *out)
{
    yaml_event_t event;
    put(out, &event, yaml_mapping_end_event_initialize(&event));
}

static void begin_list(writer *out, bool on_one_line)
{
    yaml_event_t event;
    put(out, &event,
        yaml_sequence_start_event_initialize(&event, NULL, NULL, 1,
                                             on_one_line ? YAML_FLOW_SEQUENCE_STYLE
                                                         : YAML_BLOCK_SEQUENCE_STYLE));
}

static void end_list(writer *out)
{
    yaml_event_t event;
    put(out, &event, yaml_sequence_end_event_initialize(&event));
}

static void put_quantity(writer *out, const pn_row *row, double value)
{
    char text[64];
    pn_quantity_format(value, row->dimension, text, sizeof text);
    put_text(out, text);
}

static void put_figure(writer *out, const pn_row *row, const pn_figure *figure)
{
    bool ranged = figure->low < figure->value || figure->high > figure->value;
    if (!ranged && !figure->source && !figure->assumed) {
        put_quantity(out, row, figure->value);
        return;
    }
    begin_mapping(out, true);
    put_text(out, "value");
    put_quantity(out, row, figure->value);
    if (ranged) {
        put_text(out, "range");
        begin_list(out, true);
        put_quantity(out, row, figure->low);
        put_quantity(out, row, figure->high);
        end_list(out);
    }
    if (figure->assumed) {
        put_text(out, "assumed");
        put_text(out, "true");
    }
    if (figure->source) {
        put_text(out, "source");
        put_text(out, figure->source);
    }
    end_mapping(out);
}

static bool is_set(const pn_row *row, const void *object)
{
    if (row->kind == PN_ROW_LIST)
        return pn_row_count(row, object) > 0;
    if (row->kind == PN_ROW_FIGURE)
        return ((const pn_figure *)pn_row_field(row, object))->set;
    return *(char **)pn_row_field(row, object) != NULL;
}

static bool has_lists(const pn_shape *shape)
{
    for (int i = 0; i < shape->count; i++)
        if (shape->rows[i].kind == PN_ROW_LIST)
            return true;
    return false;
}

// Recursion ends with the shapes: a measurement has no lists.
static void put_object(writer *out, const pn_shape *shape, const void *object, bool on_one_line)
{
    begin_mapping(out, on_one_line);
    for (int i = 0; i < shape->count; i++) {
        const pn_row *row = &shape->rows[i];
        if (!is_set(row, object))
            continue;
        put_text(out, row->key);
        if (row->kind == PN_ROW_FIGURE) {
            put_figure(out, row, pn_row_field(row, object));
        } else if (row->kind == PN_ROW_LIST) {
            begin_list(out, false);
            for (int j = 0; j < pn_row_count(row, object); j++)
                put_object(out, row->entries, pn_row_entry(row, object, j),
                           !has_lists(row->entries));
            end_list(out);
        } else {
            put_text(out, *(char **)pn_row_field(row, object));
        }
    }
    end_mapping(out);
}

pn_status pn_machine_write(const pn_machine *machine, FILE *stream)
{
    writer out = {.failed = false};
    if (!yaml_emitter_initialize(&out.emitter))
        return pn_fail_memory("to write a machine");
    yaml_emitter_set_output_file(&out.emitter, stream);
    yaml_emitter_set_unicode(&out.emitter, 1);
    yaml_emitter_set_width(&out.emitter, -1);
    yaml_event_t event;
    put(&out, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
    put(&out, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1));
    put_object(&out, &pn_machine_shape, machine, false);
    put(&out, &event, yaml_document_end_event_initialize(&event, 1));
    put(&out, &event, yaml_stream_end_event_initialize(&event));
    yaml_emitter_delete(&out.emitter);
    if (out.failed || fflush(stream) != 0)
        return pn_fail(PN_ERROR_SYSTEM, "the machine %s cannot be written: %s", machine->machine,
                       strerror(errno));
    return PN_OK;
}
