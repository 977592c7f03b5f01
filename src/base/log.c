// SPDX-License-Identifier: BSD-3-Clause
// Messages to people; each is written with one call so that ranks do not tear each other's lines.
#include "base/log.h"

#include "base/host_name.h"
#include "base/plain_text.h"
#include "base/status.h"
#include "base/wrap.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 4096 };

pn_log pn_log_create(pn_log_level level)
{
    pn_log log = {.stream = stderr, .level = level, .rank = 0, .ranks = 1};
    pn_host_name(log.host);
    log.live = isatty(STDERR_FILENO);
    return log;
}

static void finish_live_line(pn_log *log)
{
    if (atomic_exchange(&log->pending, false))
        fputc('\n', log->stream);
    if (log->leave)
        log->leave(log->screen);
}

static bool is_silent(const pn_log *log)
{
    return !log || !log->stream || log->level == PN_LOG_QUIET;
}

// The finished line, with nothing in it that steers the terminal.
__attribute__((format(printf, 2, 0))) static void write_line(char line[LINE_BYTES],
                                                             const char *format, va_list args)
{
    char text[LINE_BYTES];
    vsnprintf(text, sizeof text, format, args);
    pn_plain_text(line, LINE_BYTES, text);
}

void pn_log_all(pn_log *log, const char *format, ...)
{
    if (is_silent(log) || log->rank != 0)
        return;
    char line[LINE_BYTES];
    va_list args;
    va_start(args, format);
    write_line(line, format, args);
    va_end(args);
    finish_live_line(log);
    fprintf(log->stream, "%s\n", line);
    fflush(log->stream);
}

// The text on lines of 80 columns, in one write; its first `laid` bytes are laid out already.
static void print_wrapped(pn_log *log, int margin, int laid, const char *line)
{
    char *text = NULL;
    size_t bytes, first = strnlen(line, (size_t)laid);
    FILE *stream = open_memstream(&text, &bytes);
    if (stream) {
        pn_wrap_text(stream, line + first, margin, PN_LINE_WIDTH);
        fclose(stream);
    }
    finish_live_line(log);
    fprintf(log->stream, "%.*s%s", (int)first, line, stream ? text : "\n");
    fflush(log->stream);
    free(text);
}

void pn_log_wrapped(pn_log *log, int margin, const char *format, ...)
{
    if (is_silent(log) || log->rank != 0)
        return;
    char line[LINE_BYTES];
    va_list args;
    va_start(args, format);
    write_line(line, format, args);
    va_end(args);
    print_wrapped(log, margin, margin, line);
}

void pn_log_long(pn_log *log, const char *format, ...)
{
    enum { MARGIN = 2 };
    if (is_silent(log) || log->rank != 0)
        return;
    char line[LINE_BYTES];
    va_list args;
    va_start(args, format);
    write_line(line, format, args);
    va_end(args);
    if (log->live)
        print_wrapped(log, MARGIN, 0, line);
    else
        pn_log_all(log, "%s", line);
}

void pn_log_settle(pn_log *log)
{
    finish_live_line(log);
    fflush(log->stream);
}

void pn_log_rank(pn_log *log, const char *format, ...)
{
    if (!log || !log->stream)
        return;
    char line[LINE_BYTES];
    va_list args;
    va_start(args, format);
    write_line(line, format, args);
    va_end(args);
    finish_live_line(log);
    fprintf(log->stream, "panache: rank %d on %s: %s\n", log->rank, log->host, line);
    fflush(log->stream);
}

void pn_log_for(pn_log *log, int rank, const char *host, const char *text)
{
    if (!log || !log->stream || log->rank != 0)
        return;
    char line[LINE_BYTES], name[sizeof log->host];
    pn_plain_text(line, sizeof line, text);
    pn_plain_text(name, sizeof name, host);
    finish_live_line(log);
    if (rank == 0)
        fprintf(log->stream, "panache: %s\n", line);
    else
        fprintf(log->stream, "panache: rank %d on %s: %s\n", rank, name, line);
    fflush(log->stream);
}

void pn_log_failure(void)
{
    fprintf(stderr, "panache: %s\n", pn_fail_message());
}

void pn_log_progress(pn_log *log, const char *format, ...)
{
    if (is_silent(log) || log->rank != 0)
        return;
    char line[LINE_BYTES];
    va_list args;
    va_start(args, format);
    write_line(line, format, args);
    va_end(args);
    fprintf(log->stream, log->live ? "\r\033[K%s" : "%s\n", line);
    log->pending = log->live;
    fflush(log->stream);
}
