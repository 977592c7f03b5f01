// SPDX-License-Identifier: BSD-3-Clause
#include "base/stack.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/resource.h>

enum { ENOUGH = 2 << 20, ROOM = 8 << 20 };

typedef struct call {
    int (*body)(int argc, char **argv);
    int argc;
    char **argv;
    int result;
} call;

static void *perform(void *argument)
{
    call *c = argument;
    c->result = c->body(c->argc, c->argv);
    return NULL;
}

static bool is_small(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
           limit.rlim_cur < ENOUGH;
}

int pn_stack_run(int (*body)(int argc, char **argv), int argc, char **argv)
{
    call c = {.body = body, .argc = argc, .argv = argv};
    pthread_attr_t attributes;
    pthread_t thread;
    if (!is_small() || pthread_attr_init(&attributes) != 0)
        return body(argc, argv);
    bool is_set = pthread_attr_setstacksize(&attributes, ROOM) == 0;
#ifdef __GLIBC__
    is_set = is_set && pthread_setattr_default_np(&attributes) == 0; // of libraries' threads, too
#endif
    bool is_started = is_set && pthread_create(&thread, &attributes, perform, &c) == 0;
    pthread_attr_destroy(&attributes);
    if (!is_started)
        return body(argc, argv);
    pthread_join(thread, NULL);
    return c.result;
}
