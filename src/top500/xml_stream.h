// SPDX-License-Identifier: BSD-3-Clause
// XML of a stranger, parsed as a stream by expat within budgets: no document types (entities that
// grow), no element or attribute that must be held whole for long, no deep nesting, no endless
// number of elements.
#ifndef PN_TOP500_XML_STREAM_H
#define PN_TOP500_XML_STREAM_H

#include "base/status.h"

#include <stddef.h>

typedef struct pn_xml_handler {
    // Names and attributes (names and values in turn, NULL behind the last) without the prefix of
    // a namespace on the name. A failure ends the parsing.
    pn_status (*begin)(void *context, const char *name, const char **attributes);
    pn_status (*end)(void *context, const char *name);
    void (*text)(void *context, const char *text, size_t length); // in pieces
    void *context;
} pn_xml_handler;

typedef struct pn_xml_stream pn_xml_stream;

// `path` is named in failures; both are borrowed.
pn_status pn_xml_stream_create(pn_xml_stream **stream, const char *path,
                               const pn_xml_handler *handler);
void pn_xml_stream_destroy(pn_xml_stream *stream);

// The next bytes; none (length 0) end the text. Failures: no XML, beyond a budget, the handler's.
pn_status pn_xml_stream_feed(pn_xml_stream *stream, const char *bytes, size_t length);

// The value of an attribute, or NULL.
const char *pn_xml_attribute(const char **attributes, const char *name);

#endif
