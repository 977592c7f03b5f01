// SPDX-License-Identifier: BSD-3-Clause
// Messages to people, on standard error. A line is spoken either by one rank for all (pn_log_all,
// silent elsewhere than rank 0) or by the rank it concerns (pn_log_rank, prefixed host and rank).
#ifndef PN_BASE_LOG_H
#define PN_BASE_LOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

typedef enum pn_log_level { PN_LOG_QUIET, PN_LOG_NORMAL, PN_LOG_VERBOSE } pn_log_level;

typedef struct pn_log {
    FILE *stream; // where to speak; NULL is silence
    pn_log_level level;
    int rank;
    int ranks;
    char host[64];
    bool live;                   // a terminal: one progress line may be rewritten in place
    atomic_bool pending;         // a live line stands unfinished; a thread beside may speak too
    void (*leave)(void *screen); // a picture is drawn there, which this leaves; NULL: none is
    void *screen;
} pn_log;

// A log on standard error for a process that is alone so far.
pn_log pn_log_create(pn_log_level level);

// Rank 0 speaks for all.
void pn_log_all(pn_log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

// The same on lines of 80 columns at most: words go to a next line that begins at column `margin`.
void pn_log_wrapped(pn_log *log, int margin, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// The same where people read along at a terminal; elsewhere one line, however long, for scripts.
void pn_log_long(pn_log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Ends a progress line that still stands on a terminal, before something else is written there.
void pn_log_settle(pn_log *log);

// The rank it concerns speaks.
void pn_log_rank(pn_log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Rank 0 passes on what another rank has to say: said as pn_log_rank would there.
void pn_log_for(pn_log *log, int rank, const char *host, const char *text);

// The last failure's message (base/status.h), of a process that has no log yet or any more.
void pn_log_failure(void);

// Rank 0's progress: rewritten in place on a terminal, a plain line otherwise.
void pn_log_progress(pn_log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
