// SPDX-License-Identifier: BSD-3-Clause
// Reads a machine file: libyaml makes a tree of nodes that know their lines, and the table of the
// format says what each may hold. Every message names file, line and key.
#include "config/machine_read.h"

#include "base/input_file.h"
#include "config/machine_check.h"
#include "config/machine_make.h"
#include "config/machine_table.h"
#include "config/nearest.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { KEY_LIMIT = 64 };

// What a file may cost. A machine of 16 kinds of ranks with all measurements has 10,000 nodes; an
// alias makes its anchor's nodes count again.
enum {
    FILE_BYTES = 4 << 20,
    NODE_LIMIT = 200000,
    DEPTH_LIMIT = 16, // 7 are used
    ANCHOR_LIMIT = 1000,
    ENTRY_LIMIT = 4096 // of a list
};

typedef struct reader {
    const char *name; // of the file
    yaml_document_t document;
    long nodes; // read, those behind aliases each time
} reader;

static int line_of(const yaml_node_t *node)
{
    return (int)node->start_mark.line + 1;
}

static yaml_node_t *node_at(reader *in, int id)
{
    return yaml_document_get_node(&in->document, id);
}

static const char *scalar(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

static pn_status fail_at(reader *in, const yaml_node_t *node, const char *key)
{
    return pn_fail_in(PN_ERROR_USAGE, "%s, line %d, key \"%s\"", in->name, line_of(node), key);
}

static void join(char *text, size_t bytes, const char *const *words, int count)
{
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < count && used + 1 < bytes; i++) {
        int wrote = snprintf(text + used, bytes - used, "%s%s", i ? ", " : "", words[i]);
        used += (size_t)wrote;
    }
}

static pn_status fail_unknown(reader *in, const yaml_node_t *key, const char *const *known,
                              int count)
{
    const char *word = scalar(key) ? scalar(key) : "(not a word)";
    const char *nearest = pn_nearest(word, known, count);
    char allowed[1024];
    join(allowed, sizeof allowed, known, count);
    return pn_fail(PN_ERROR_USAGE, "%s, line %d: unknown key \"%.60s\"%s%s%s; allowed here: %s",
                   in->name, line_of(key), word, nearest ? ", did you mean \"" : "",
                   nearest ? nearest : "", nearest ? "\"?" : "", allowed);
}

static pn_status count_node(reader *in, const yaml_node_t *node)
{
    if (++in->nodes <= NODE_LIMIT)
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "%s, line %d: the file comes to more than the %d nodes that are allowed, with "
                   "those that its aliases repeat",
                   in->name, line_of(node), NODE_LIMIT);
}

static pn_status read_text(const yaml_node_t *node, char **field)
{
    if (!scalar(node))
        return pn_fail(PN_ERROR_USAGE, "found a list or a mapping; a text is allowed");
    return pn_machine_text(field, scalar(node));
}

static pn_status read_date(const yaml_node_t *node, char **field)
{
    int day;
    pn_status status = read_text(node, field);
    return status == PN_OK ? pn_date_parse(*field, &day) : status;
}

static pn_status read_edition(const yaml_node_t *node, char **field)
{
    pn_status status = read_text(node, field);
    return status == PN_OK ? pn_edition_check(*field) : status;
}

static pn_status read_quantity(const pn_row *row, const yaml_node_t *node, double *value)
{
    if (!scalar(node))
        return pn_fail(PN_ERROR_USAGE, "found a list or a mapping; %s is allowed",
                       pn_dimension_allowed(row->dimension));
    pn_status status = pn_quantity_parse(scalar(node), row->dimension, value);
    if (status != PN_OK || (*value >= row->least && *value <= row->most))
        return status;
    char least[64], most[64];
    pn_quantity_format(row->least, row->dimension, least, sizeof least);
    pn_quantity_format(row->most, row->dimension, most, sizeof most);
    return pn_fail(PN_ERROR_USAGE, "\"%s\" cannot be; from %s to %s is allowed", scalar(node),
                   least, most);
}

static pn_status read_assumed(const yaml_node_t *node, bool *assumed)
{
    const char *word = scalar(node) ? scalar(node) : "";
    *assumed = strcmp(word, "true") == 0;
    if (!*assumed && strcmp(word, "false") != 0)
        return pn_fail(PN_ERROR_USAGE, "assumed is \"%.60s\"; true or false is allowed", word);
    return PN_OK;
}

static pn_status read_range(reader *in, const pn_row *row, const yaml_node_t *node,
                            pn_figure *figure)
{
    const yaml_node_item_t *items =
        node->type == YAML_SEQUENCE_NODE ? node->data.sequence.items.start : NULL;
    if (!items || node->data.sequence.items.top - items != 2)
        return pn_fail(PN_ERROR_USAGE, "range is not a list of two; [low, high] is allowed");
    pn_status status = read_quantity(row, node_at(in, items[0]), &figure->low);
    return status == PN_OK ? read_quantity(row, node_at(in, items[1]), &figure->high) : status;
}

// One entry of the long form {value: ..., source: ..., assumed: ..., range: [...]}.
static pn_status read_figure_entry(reader *in, const pn_row *row, const yaml_node_pair_t *pair,
                                   pn_figure *figure)
{
    static const char *const known[] = {"value", "source", "assumed", "range"};
    const yaml_node_t *key = node_at(in, pair->key), *value = node_at(in, pair->value);
    const char *word = scalar(key) ? scalar(key) : "";
    if (strcmp(word, "value") == 0) {
        figure->set = true;
        return read_quantity(row, value, &figure->value);
    }
    if (strcmp(word, "source") == 0)
        return read_text(value, &figure->source);
    if (strcmp(word, "assumed") == 0)
        return read_assumed(value, &figure->assumed);
    if (strcmp(word, "range") == 0)
        return read_range(in, row, value, figure);
    const char *nearest = pn_nearest(word, known, 4);
    return pn_fail(
        PN_ERROR_USAGE, "unknown key \"%.60s\"%s%s%s; value, source, assumed and range are allowed",
        word, nearest ? ", did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

static pn_status read_figure(reader *in, const pn_row *row, const yaml_node_t *node,
                             pn_figure *figure)
{
    pn_status status = PN_OK;
    figure->line = line_of(node);
    if (node->type != YAML_MAPPING_NODE) {
        figure->set = true;
        status = read_quantity(row, node, &figure->value);
        figure->low = figure->high = figure->value;
        return status;
    }
    const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
    for (; pair < node->data.mapping.pairs.top && status == PN_OK; pair++) {
        status = count_node(in, node);
        if (status == PN_OK)
            status = read_figure_entry(in, row, pair, figure);
    }
    if (status != PN_OK)
        return status;
    if (!figure->set)
        return pn_fail(PN_ERROR_USAGE, "the mapping has no value; {value: ..., source: ...} is "
                                       "allowed");
    if (figure->high == 0.0 && figure->low == 0.0)
        figure->low = figure->high = figure->value;
    if (figure->low > figure->value || figure->high < figure->value)
        return pn_fail(PN_ERROR_USAGE, "the value lies outside its range");
    return PN_OK;
}

static pn_status read_object(reader *in, const yaml_node_t *node, const pn_shape *shape,
                             void *object);

static pn_status read_list(reader *in, const pn_row *row, const yaml_node_t *node, void *object)
{
    if (node->type != YAML_SEQUENCE_NODE) {
        pn_fail(PN_ERROR_USAGE, "a list is allowed here, each entry %s begun by \"- \"",
                row->entries->noun);
        return fail_at(in, node, row->key);
    }
    const yaml_node_item_t *item = node->data.sequence.items.start;
    if (node->data.sequence.items.top - item > ENTRY_LIMIT)
        return pn_fail(PN_ERROR_USAGE,
                       "%s, line %d, key \"%s\": the list has %d entries; %d at most are allowed",
                       in->name, line_of(node), row->key,
                       (int)(node->data.sequence.items.top - item), ENTRY_LIMIT);
    for (; item < node->data.sequence.items.top; item++) {
        void *entry = pn_row_append(row, object);
        if (!entry)
            return pn_fail(PN_ERROR_MEMORY, "%s: no memory for a machine", in->name);
        pn_status status = read_object(in, node_at(in, *item), row->entries, entry);
        if (status != PN_OK)
            return status;
    }
    return PN_OK;
}

static pn_status read_field(reader *in, const pn_row *row, const yaml_node_t *node, void *object)
{
    void *field = pn_row_field(row, object);
    if (row->kind == PN_ROW_LIST)
        return read_list(in, row, node, object);
    pn_status status = row->kind == PN_ROW_TEXT      ? read_text(node, field)
                       : row->kind == PN_ROW_DATE    ? read_date(node, field)
                       : row->kind == PN_ROW_EDITION ? read_edition(node, field)
                                                     : read_figure(in, row, node, field);
    return status == PN_OK ? PN_OK : fail_at(in, node, row->key);
}

static pn_status read_pair(reader *in, const yaml_node_pair_t *pair, const pn_shape *shape,
                           void *object, bool *seen)
{
    const yaml_node_t *key = node_at(in, pair->key);
    const char *known[KEY_LIMIT], *word = scalar(key) ? scalar(key) : "";
    for (int i = 0; i < shape->count; i++) {
        known[i] = shape->rows[i].key;
        if (strcmp(word, known[i]) != 0)
            continue;
        if (seen[i])
            return pn_fail(PN_ERROR_USAGE, "%s, line %d: key \"%s\" is given twice in %s", in->name,
                           line_of(key), word, shape->noun);
        seen[i] = true;
        return read_field(in, &shape->rows[i], node_at(in, pair->value), object);
    }
    return fail_unknown(in, key, known, shape->count);
}

static pn_status read_object(reader *in, const yaml_node_t *node, const pn_shape *shape,
                             void *object)
{
    bool seen[KEY_LIMIT] = {false};
    *(int *)((char *)object + shape->line_offset) = line_of(node);
    if (node->type != YAML_MAPPING_NODE)
        return pn_fail(PN_ERROR_USAGE, "%s, line %d: %s is \"key: value\" lines; found %s",
                       in->name, line_of(node), shape->noun,
                       scalar(node) ? scalar(node) : "a list");
    const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
    pn_status status = count_node(in, node);
    for (; pair < node->data.mapping.pairs.top && status == PN_OK; pair++) {
        status = count_node(in, node_at(in, pair->value));
        if (status == PN_OK)
            status = read_pair(in, pair, shape, object, seen);
    }
    return status;
}

static pn_status read_document(reader *in, pn_machine *machine)
{
    yaml_node_t *root = yaml_document_get_root_node(&in->document);
    if (!root)
        return pn_fail(PN_ERROR_USAGE, "%s is empty; a machine begins with \"machine: NAME\"",
                       in->name);
    pn_status status = read_object(in, root, &pn_machine_shape, machine);
    return status == PN_OK ? pn_machine_check(machine, in->name) : status;
}

static pn_status fail_syntax(const yaml_parser_t *parser, const char *name)
{
    return pn_fail(PN_ERROR_USAGE, "%s, line %d: not YAML: %s", name,
                   (int)parser->problem_mark.line + 1,
                   parser->problem ? parser->problem : "no memory");
}

static pn_status open_parser(yaml_parser_t *parser, const char *name, const char *text,
                             size_t length)
{
    if (!yaml_parser_initialize(parser))
        return pn_fail_memory("to read %s", name);
    yaml_parser_set_input_string(parser, (const unsigned char *)text, length);
    return PN_OK;
}

// What an event adds to the costs of a file.
typedef struct costs {
    int depth, nodes, anchors;
} costs;

static const char *add_event(costs *sum, const yaml_event_t *event)
{
    bool opens =
        event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT;
    bool closes = event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT;
    const unsigned char *anchor =
        event->type == YAML_SCALAR_EVENT           ? event->data.scalar.anchor
        : event->type == YAML_SEQUENCE_START_EVENT ? event->data.sequence_start.anchor
        : event->type == YAML_MAPPING_START_EVENT  ? event->data.mapping_start.anchor
        : event->type == YAML_ALIAS_EVENT          ? event->data.alias.anchor
                                                   : NULL;
    sum->depth += opens - closes;
    sum->nodes++;
    sum->anchors += anchor != NULL;
    return sum->depth > DEPTH_LIMIT      ? "lists and mappings nest deeper than 16"
           : sum->nodes > NODE_LIMIT     ? "there are more than 200000 nodes"
           : sum->anchors > ANCHOR_LIMIT ? "there are more than 1000 anchors and aliases"
                                         : NULL;
}

// Goes through the events before a tree is made of them, which some files would make forbiddingly
// large or slow.
static pn_status check_budgets(const char *name, const char *text, size_t length)
{
    yaml_parser_t parser;
    costs sum = {0};
    pn_status status = open_parser(&parser, name, text, length);
    if (status != PN_OK)
        return status;
    for (bool is_over = false; !is_over && status == PN_OK;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            status = fail_syntax(&parser, name);
            break;
        }
        const char *beyond = add_event(&sum, &event);
        if (beyond)
            status = pn_fail(PN_ERROR_USAGE, "%s, line %d: %s; no machine needs so many", name,
                             (int)event.start_mark.line + 1, beyond);
        is_over = event.type == YAML_STREAM_END_EVENT || event.type == YAML_DOCUMENT_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return status;
}

static pn_status read_tree(pn_machine **machine, const char *name, yaml_parser_t *parser)
{
    reader in = {.name = name};
    *machine = calloc(1, sizeof **machine);
    if (!*machine)
        return pn_fail_memory("for the machine of %s", name);
    pn_status status;
    if (yaml_parser_load(parser, &in.document)) {
        status = read_document(&in, *machine);
        yaml_document_delete(&in.document);
    } else {
        status = fail_syntax(parser, name);
    }
    if (status != PN_OK) {
        pn_machine_destroy(*machine);
        *machine = NULL;
    }
    return status;
}

static pn_status read_bytes(pn_machine **machine, const char *name, const char *text, size_t length)
{
    yaml_parser_t parser;
    pn_status status = check_budgets(name, text, length);
    if (status != PN_OK)
        return status;
    PN_TRY(open_parser(&parser, name, text, length));
    status = read_tree(machine, name, &parser);
    yaml_parser_delete(&parser);
fail:
    return status;
}

pn_status pn_machine_read_text(pn_machine **machine, const char *name, const char *text)
{
    return read_bytes(machine, name, text, strlen(text));
}

pn_status pn_machine_read(pn_machine **machine, const char *path)
{
    pn_input_file input;
    pn_status status = pn_input_file_read(&input, path, FILE_BYTES);
    if (status != PN_OK)
        return pn_fail(PN_ERROR_USAGE, "machine file %s", pn_fail_message());
    status = read_bytes(machine, path, input.text, input.length);
    pn_input_file_release(&input);
    return status;
}
