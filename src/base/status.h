// SPDX-License-Identifier: BSD-3-Clause
// Failures: a returned status with a message set where it happened. A bug asserts instead, and a
// finding (failed residual, singular pivot, slow part) is data in the result; the three are never
// mixed. The message lives in a thread-local buffer, as dlerror's does: the one mutable global.
#ifndef PN_BASE_STATUS_H
#define PN_BASE_STATUS_H

typedef enum pn_status {
    PN_OK = 0,
    PN_ERROR_USAGE,        // what the user asked for cannot be: option, input file, share list
    PN_ERROR_MEMORY,       // not enough memory
    PN_ERROR_SYSTEM,       // file, library or operating system refused
    PN_ERROR_COMMUNICATION // a rank is missing, died or disagrees
} pn_status;

// Sets this thread's message (printf style, no newline) and returns `status` for `return`. What
// would steer a terminal is written out (base/plain_text.h).
pn_status pn_fail(pn_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

// The failure that memory ran out: pn_fail_memory("for %d ranks", ranks) says "no memory for 3
// ranks". Returns PN_ERROR_MEMORY.
pn_status pn_fail_memory(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Puts "context: " before the message that is already set; returns `status`.
pn_status pn_fail_in(pn_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// The message of the last failure on this thread; "" if none. Valid until the next failure.
const char *pn_fail_message(void);

// Runs a call that returns pn_status; on failure goes to the function's one `fail:` label with
// `status` (a local of that name) set.
#define PN_TRY(call)                                                                               \
    do {                                                                                           \
        status = (call);                                                                           \
        if (status != PN_OK)                                                                       \
            goto fail;                                                                             \
    } while (0)

#endif
