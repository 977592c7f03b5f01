// SPDX-License-Identifier: BSD-3-Clause
// The first rank of a host to take an agreed name in Linux's abstract namespace starts the witness,
// and all connect to it. The system closes a rank's connection when it dies, however it dies, and
// epoll hands events out in the order in which they happened. So the first connection that ends
// without a farewell is the rank that fell first, even if the witness only gets the processor when
// the launcher has killed all the others.
//
// Anyone on the host may take the name first, or connect: both sides ask the system whose process
// the other one is, hear only this user's, and wait for nobody.
#include "comm/witness.h"

#include "comm/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct pn_witness {
    int line;
    pid_t process; // of the witness if this rank started it; 0 otherwise
};

typedef enum news_kind { NEWS_HERE, NEWS_FAREWELL, NEWS_JOB_ENDS } news_kind;

typedef struct letter {
    news_kind news;
    int rank;
    long process;
} letter;

// The witness's side of a connection; the listening socket is one without a rank.
typedef struct caller {
    int line;
    letter last;
} caller;

typedef struct watcher {
    int events;
    int listener;
    int parties;
    bool told; // that somebody was refused
    pn_log *log;
} watcher;

static bool attend(watcher *watch, int line)
{
    caller *added = calloc(1, sizeof *added);
    if (!added)
        return false;
    added->line = line;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = added};
    watch->parties++;
    return epoll_ctl(watch->events, EPOLL_CTL_ADD, line, &event) == 0;
}

static void take_leave(watcher *watch, caller *party)
{
    close(party->line); // also leaves the events
    free(party);
    watch->parties--;
}

// Who is none of the ranks is sent away, and told of once.
static bool admit(watcher *watch)
{
    long user;
    int line = accept(watch->listener, NULL, NULL);
    if (line < 0 || pn_peer_is_own(line, &user))
        return line < 0 || attend(watch, line);
    close(line);
    if (!watch->told)
        pn_log_rank(watch->log, "note: refused a process of user %ld that is none of this job's",
                    user);
    watch->told = true;
    return true;
}

// False when there is nothing left to watch.
static bool hear(watcher *watch, caller *party)
{
    if (party->line == watch->listener)
        return admit(watch);
    if (read(party->line, &party->last, sizeof party->last) != (ssize_t)sizeof party->last) {
        watch->log->rank = party->last.rank;
        pn_log_rank(watch->log,
                    "this rank (process %ld) was killed or crashed; the job cannot go on",
                    party->last.process);
        return false;
    }
    if (party->last.news != NEWS_FAREWELL)
        return party->last.news == NEWS_HERE;
    take_leave(watch, party);
    return watch->parties > 1; // the listener
}

static void stand_by(int listener, pn_log *log)
{
    enum { EVENTS = 256 };
    watcher watch = {.events = epoll_create1(0), .listener = listener, .log = log};
    bool going = watch.events >= 0 && attend(&watch, listener);
    while (going) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(watch.events, events, EVENTS, -1);
        going = count >= 0 || errno == EINTR;
        for (int i = 0; i < count && going; i++)
            going = hear(&watch, events[i].data.ptr);
    }
}

// A launcher takes a rank for alive as long as anyone holds its pipes and sockets.
static void close_others(int kept, int also_kept)
{
    enum { FILES_MOST = 65536 };
    long limit = sysconf(_SC_OPEN_MAX);
    for (int i = 0; i < limit && i < FILES_MOST; i++)
        if (i != kept && i != also_kept)
            close(i);
}

static pid_t start_witness(int listener, pn_log *log)
{
    pid_t process = fork();
    if (process != 0)
        return process;
    setsid(); // out of the reach of signals to the rank's group
    prctl(PR_SET_NAME, "panache-witness");
    close_others(listener, log->stream ? fileno(log->stream) : -1);
    stand_by(listener, log);
    _exit(0);
}

static socklen_t name_witness(struct sockaddr_un *name, const char *job)
{
    *name = (struct sockaddr_un){.sun_family = AF_UNIX}; // a leading zero byte: abstract
    int length = snprintf(name->sun_path + 1, sizeof name->sun_path - 1, "panache/%ld/%s/witness",
                          (long)getuid(), job);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

// Without a witness a job runs as well.
static bool do_without(pn_log *log, const char *why)
{
    pn_log_rank(log, "note: %s; if a rank dies, nobody on this host says which", why);
    return false;
}

// Connects, or becomes the one to start the witness; the other may be just about to listen.
static bool find_witness(pn_witness *witness, const char *job, pn_log *log, pn_log *complaint)
{
    enum { ATTEMPTS = 1000, PAUSE_NANOSECONDS = 1000000, BACKLOG = 4096 };
    struct sockaddr_un name;
    socklen_t bytes = name_witness(&name, job);
    int listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    if (bind(listener, (struct sockaddr *)&name, bytes) == 0 && listen(listener, BACKLOG) == 0)
        witness->process = start_witness(listener, log);
    close(listener);
    for (int i = 0; i < ATTEMPTS; i++) {
        long user;
        char why[96];
        if (connect(witness->line, (struct sockaddr *)&name, bytes) == 0) {
            snprintf(why, sizeof why, "a process of another user has taken the witness's name");
            if (pn_peer_is_own(witness->line, &user))
                return true;
            if (user >= 0)
                snprintf(why, sizeof why, "user %ld has taken the witness's name", user);
            return do_without(complaint, why);
        }
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_NANOSECONDS}, NULL);
    }
    return do_without(complaint, "whoever has taken the witness's name does not answer");
}

static void tell(const pn_witness *witness, news_kind news, int rank)
{
    letter note = {.news = news, .rank = rank, .process = getpid()};
    ssize_t sent = send(witness->line, &note, sizeof note, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)sent; // if it fails the witness is gone, and nobody left to tell
}

// Linux closes a dead process's files from the highest number down. The witness's line has to be
// above those by which a launcher learns of the death: it would kill the other ranks, and theirs
// might close before this one's.
static int open_line(void)
{
    enum { HIGH = 1000 }; // below the usual limit of 1024
    int line = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int high = fcntl(line, F_DUPFD_CLOEXEC, HIGH);
    if (high < 0)
        return line;
    close(line);
    return high;
}

pn_witness *pn_witness_call(const char *job, pn_log *log, pn_log *complaint)
{
    pn_witness *witness = calloc(1, sizeof *witness);
    if (!witness)
        return NULL;
    witness->line = open_line();
    if (witness->line < 0 || !find_witness(witness, job, log, complaint)) {
        close(witness->line);
        free(witness);
        return NULL;
    }
    tell(witness, NEWS_HERE, log->rank);
    return witness;
}

void pn_witness_dismiss(pn_witness *witness, bool job_ends)
{
    if (!witness)
        return;
    tell(witness, job_ends ? NEWS_JOB_ENDS : NEWS_FAREWELL, 0);
    close(witness->line);
    if (witness->process > 0) // leaves when the last rank has, at nearly the same time
        waitpid(witness->process, NULL, 0);
    free(witness);
}
