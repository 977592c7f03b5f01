// SPDX-License-Identifier: BSD-3-Clause
// The thread-local failure message.
#include "base/status.h"

#include "base/plain_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_BYTES = 2048 };

static _Thread_local char message[MESSAGE_BYTES];

pn_status pn_fail(pn_status status, const char *format, ...)
{
    char text[MESSAGE_BYTES]; // an argument may point into the old message
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pn_plain_text(message, sizeof message, text);
    return status;
}

pn_status pn_fail_memory(const char *format, ...)
{
    char what[512];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return pn_fail(PN_ERROR_MEMORY, "no memory %s", what);
}

pn_status pn_fail_in(pn_status status, const char *format, ...)
{
    char context[512];
    char text[MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(context, sizeof context, format, args);
    va_end(args);
    snprintf(text, sizeof text, "%s: %.*s", context, (int)(sizeof text - sizeof context - 4),
             message);
    pn_plain_text(message, sizeof message, text);
    return status;
}

const char *pn_fail_message(void)
{
    return message;
}
