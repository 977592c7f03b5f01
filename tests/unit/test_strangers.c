// SPDX-License-Identifier: BSD-3-Clause
// Other users of a host can take the names of this job's sockets, and connect to them. Neither
// keeps a job from starting nor makes it say that a rank died. Skipped, by name, where this test
// may not become another user.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/log.h"
#include "comm/peer.h"
#include "comm/start.h"
#include "comm/witness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STRANGER = 65534, SETTLE_MICROSECONDS = 200000 };

typedef struct stranger {
    pid_t process;
    int line; // it waits for the end of this
} stranger;

static struct sockaddr_un name(const char *job, const char *what, socklen_t *bytes)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "panache/%ld/%s/%s",
                          (long)getuid(), job, what);
    *bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
    return address;
}

// Takes the name and lets nobody in: one connection of its own fills it.
static void squat(const struct sockaddr_un *address, socklen_t bytes, bool full)
{
    int listener = socket(AF_UNIX, SOCK_SEQPACKET, 0), caller = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    if (bind(listener, (const struct sockaddr *)address, bytes) != 0 ||
        listen(listener, full ? 0 : 16) != 0)
        _exit(1);
    if (full && connect(caller, (const struct sockaddr *)address, bytes) != 0)
        _exit(1);
}

static void spoof(const struct sockaddr_un *address, socklen_t bytes)
{
    int caller = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    if (connect(caller, (const struct sockaddr *)address, bytes) == 0)
        (void)!write(caller, "x", 1);
}

// A process of another user; returns when it has done its worst.
static stranger call_stranger(const char *job, const char *what, const char *deed)
{
    int ready[2], end[2];
    socklen_t bytes;
    struct sockaddr_un address = name(job, what, &bytes);
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(end), 0);
    pid_t process = fork();
    if (process == 0) {
        char byte = 0;
        close(end[1]);
        if (setuid(STRANGER) != 0)
            _exit(1);
        if (strcmp(deed, "spoof") == 0)
            spoof(&address, bytes);
        else
            squat(&address, bytes, strcmp(deed, "fill") == 0);
        (void)!write(ready[1], &byte, 1);
        _exit((int)read(end[0], &byte, 1)); // 0 at its end
    }
    char byte;
    close(ready[1]);
    close(end[0]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return (stranger){process, end[1]};
}

static void send_away(stranger s)
{
    int ended;
    close(s.line);
    assert_int_equal(waitpid(s.process, &ended, 0), s.process);
    assert_int_equal(ended, 0);
}

// Who is root only in a namespace of users may be the only one there.
static bool can_become_another(void)
{
    int ended = 1;
    pid_t process = geteuid() == 0 ? fork() : -1;
    if (process == 0)
        _exit(setuid(STRANGER) != 0);
    return process > 0 && waitpid(process, &ended, 0) == process && ended == 0;
}

static void need_root(void)
{
    if (!can_become_another()) {
        print_message("skipped: this process cannot become another user\n");
        skip();
    }
}

static char *said(FILE *stream)
{
    static char text[4096];
    rewind(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    fclose(stream);
    return text;
}

static pn_log log_to_file(void)
{
    pn_log log = pn_log_create(PN_LOG_NORMAL);
    log.stream = tmpfile();
    assert_non_null(log.stream);
    return log;
}

static void a_stranger_makes_no_rank_dead(void **state)
{
    (void)state;
    need_root();
    pn_log log = log_to_file();
    pn_witness *witness = pn_witness_call("test-spoof", &log, &log);
    assert_non_null(witness);
    send_away(call_stranger("test-spoof", "witness", "spoof"));
    usleep(SETTLE_MICROSECONDS);
    pn_witness_dismiss(witness, false);
    const char *text = said(log.stream);
    assert_null(strstr(text, "killed or crashed"));
    assert_non_null(strstr(text, "refused a process of user 65534"));
}

static void a_name_that_is_taken_holds_nobody(void **state)
{
    (void)state;
    need_root();
    static const char *const deeds[] = {"take", "fill"};
    static const char *const words[] = {"user 65534 has taken the witness's name",
                                        "does not answer"};
    for (int i = 0; i < 2; i++) {
        pn_log log = log_to_file();
        stranger s = call_stranger("test-squat", "witness", deeds[i]);
        pn_witness *witness = pn_witness_call("test-squat", &log, &log);
        send_away(s);
        assert_null(witness);
        assert_non_null(strstr(said(log.stream), words[i]));
    }
}

static void own_processes_are_told_from_others(void **state)
{
    (void)state;
    int ends[2];
    long user;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    assert_true(pn_peer_is_own(ends[0], &user));
    assert_int_equal(user, geteuid());
    close(ends[0]);
    close(ends[1]);
    assert_false(pn_peer_is_own(ends[0], &user)); // no socket any more
    assert_int_equal(user, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_processes_are_told_from_others),
        cmocka_unit_test(a_stranger_makes_no_rank_dead),
        cmocka_unit_test(a_name_that_is_taken_holds_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
