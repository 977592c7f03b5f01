// SPDX-License-Identifier: BSD-3-Clause
#include "top500/xml_stream.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

// A piece that expat has to hold whole may be QUIET_BYTES long. Lists nest ten deep at most.
enum { QUIET_BYTES = 1 << 20, CHUNK = 65536, DEPTH_LIMIT = 64, ELEMENT_LIMIT = 2000000 };

struct pn_xml_stream {
    XML_Parser parser;
    pn_xml_handler handler;
    const char *path;
    pn_status status; // of the first failure inside a handler
    size_t quiet;     // bytes since expat last had something to say
    int depth;
    long elements;
};

static void stop(pn_xml_stream *stream, pn_status status)
{
    if (status == PN_OK || stream->status != PN_OK)
        return;
    stream->status = status;
    XML_StopParser(stream->parser, XML_FALSE);
}

static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static pn_status check_budget(pn_xml_stream *stream)
{
    if (++stream->depth > DEPTH_LIMIT)
        return pn_fail(PN_ERROR_USAGE, "%s: elements nest deeper than %d; no list does.",
                       stream->path, DEPTH_LIMIT);
    if (++stream->elements > ELEMENT_LIMIT)
        return pn_fail(PN_ERROR_USAGE, "%s has more than the %d elements that are allowed.",
                       stream->path, ELEMENT_LIMIT);
    return PN_OK;
}

static void begin_element(void *data, const XML_Char *name, const XML_Char **attributes)
{
    pn_xml_stream *stream = data;
    pn_status status = check_budget(stream);
    stream->quiet = 0;
    if (status == PN_OK && stream->status == PN_OK)
        status = stream->handler.begin(stream->handler.context, local_name(name), attributes);
    stop(stream, status);
}

static void end_element(void *data, const XML_Char *name)
{
    pn_xml_stream *stream = data;
    stream->quiet = 0;
    stream->depth--;
    if (stream->status == PN_OK)
        stop(stream, stream->handler.end(stream->handler.context, local_name(name)));
}

static void take_text(void *data, const XML_Char *text, int length)
{
    pn_xml_stream *stream = data;
    stream->quiet = 0;
    stream->handler.text(stream->handler.context, text, (size_t)length);
}

static void refuse_document_type(void *data, const XML_Char *name, const XML_Char *system,
                                 const XML_Char *public, int has_subset)
{
    pn_xml_stream *stream = data;
    (void)name;
    (void)system;
    (void)public;
    (void)has_subset;
    stop(stream,
         pn_fail(PN_ERROR_USAGE, "%s declares a document type; lists have none.", stream->path));
}

pn_status pn_xml_stream_create(pn_xml_stream **created, const char *path,
                               const pn_xml_handler *handler)
{
    pn_xml_stream *stream = calloc(1, sizeof *stream);
    *created = NULL;
    if (stream)
        stream->parser = XML_ParserCreate(NULL);
    if (!stream || !stream->parser) {
        free(stream);
        return pn_fail_memory("to read %s", path);
    }
    stream->handler = *handler;
    stream->path = path;
    XML_SetUserData(stream->parser, stream);
    XML_SetElementHandler(stream->parser, begin_element, end_element);
    XML_SetCharacterDataHandler(stream->parser, take_text);
    XML_SetStartDoctypeDeclHandler(stream->parser, refuse_document_type);
    *created = stream;
    return PN_OK;
}

void pn_xml_stream_destroy(pn_xml_stream *stream)
{
    if (!stream)
        return;
    XML_ParserFree(stream->parser);
    free(stream);
}

static pn_status feed_chunk(pn_xml_stream *stream, const char *bytes, size_t length)
{
    stream->quiet += length;
    if (XML_Parse(stream->parser, bytes, (int)length, length == 0) == XML_STATUS_ERROR)
        return stream->status != PN_OK
                   ? stream->status
                   : pn_fail(PN_ERROR_USAGE, "%s, line %lu of its XML: %s.", stream->path,
                             (unsigned long)XML_GetCurrentLineNumber(stream->parser),
                             XML_ErrorString(XML_GetErrorCode(stream->parser)));
    if (stream->quiet > QUIET_BYTES)
        return pn_fail(PN_ERROR_USAGE,
                       "%s holds an element, attribute or comment of more than the %d bytes that "
                       "are allowed.",
                       stream->path, QUIET_BYTES);
    return PN_OK;
}

pn_status pn_xml_stream_feed(pn_xml_stream *stream, const char *bytes, size_t length)
{
    pn_status status = PN_OK;
    if (length == 0)
        return feed_chunk(stream, bytes, 0);
    for (size_t at = 0; at < length && status == PN_OK; at += CHUNK)
        status = feed_chunk(stream, bytes + at, length - at < CHUNK ? length - at : CHUNK);
    return status;
}

const char *pn_xml_attribute(const char **attributes, const char *name)
{
    for (int i = 0; attributes[i]; i += 2)
        if (strcmp(attributes[i], name) == 0)
            return attributes[i + 1];
    return NULL;
}
