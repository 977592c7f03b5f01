// SPDX-License-Identifier: BSD-3-Clause
// One process without MPI. Messages to oneself are matched by tag in order: one that comes before
// its receive is copied and kept, so a send is done at once.
#include "comm/self.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

// A message without a receive (its bytes follow the struct) or a receive without a message.
typedef struct entry {
    struct entry *next;
    int tag;
    size_t bytes;
    pn_request *receiver;
    void *into;
    char content[];
} entry;

typedef struct self_state {
    entry *messages; // oldest first; never a message and a receive of one tag at a time
    entry *receives;
} self_state;

static entry *take(entry **list, int tag)
{
    while (*list && (*list)->tag != tag)
        list = &(*list)->next;
    entry *found = *list;
    if (found)
        *list = found->next;
    return found;
}

static entry *append(pn_comm *comm, entry **list, int tag, size_t content_bytes)
{
    entry *added = calloc(1, sizeof *added + content_bytes);
    if (!added) {
        pn_log_rank(comm->log, "no memory for a message of %zu bytes", content_bytes);
        pn_comm_abort(comm, 2);
        return NULL;
    }
    added->tag = tag;
    while (*list)
        list = &(*list)->next;
    return *list = added;
}

static void copy_message(void *into, size_t room, const void *data, size_t bytes)
{
    assert(bytes <= room);
    (void)room;
    if (bytes)
        memcpy(into, data, bytes);
}

static void self_send_start(pn_comm *comm, const void *data, size_t bytes, int to, int tag,
                            pn_request *request)
{
    (void)to;
    self_state *state = comm->state;
    request->active = false;
    entry *receive = take(&state->receives, tag);
    if (receive) {
        copy_message(receive->into, receive->bytes, data, bytes);
        receive->receiver->active = false;
        free(receive);
        return;
    }
    entry *message = append(comm, &state->messages, tag, bytes);
    message->bytes = bytes;
    copy_message(message->content, bytes, data, bytes);
}

static void self_receive_start(pn_comm *comm, void *data, size_t bytes, int from, int tag,
                               pn_request *request)
{
    (void)from;
    self_state *state = comm->state;
    entry *message = take(&state->messages, tag);
    if (message) {
        copy_message(data, bytes, message->content, message->bytes);
        request->active = false;
        free(message);
        return;
    }
    entry *receive = append(comm, &state->receives, tag, 0);
    receive->bytes = bytes;
    receive->receiver = request;
    receive->into = data;
}

static bool self_test(pn_comm *comm, pn_request *request)
{
    (void)comm;
    return !request->active;
}

static void self_cancel(pn_comm *comm, pn_request *request)
{
    self_state *state = comm->state;
    for (entry **link = &state->receives; *link; link = &(*link)->next) {
        entry *receive = *link;
        if (receive->receiver == request) {
            *link = receive->next;
            free(receive);
            break;
        }
    }
    request->active = false;
}

static void self_abort(pn_comm *comm, int exit_code)
{
    pn_comm_tell_ending(comm);
    exit(exit_code);
}

static void free_list(entry *list)
{
    while (list) {
        entry *next = list->next;
        free(list);
        list = next;
    }
}

static void self_close(pn_comm *comm)
{
    self_state *state = comm->state;
    free_list(state->messages);
    free_list(state->receives);
    free(state);
    free(comm);
}

static const pn_comm_ops self_ops = {
    .send_start = self_send_start,
    .receive_start = self_receive_start,
    .test = self_test,
    .cancel = self_cancel,
    .abort = self_abort,
    .close = self_close,
};

pn_status pn_comm_self_open(pn_comm **comm, pn_log *log)
{
    pn_comm *opened = calloc(1, sizeof *opened);
    self_state *state = calloc(1, sizeof *state);
    if (!opened || !state) {
        free(opened);
        free(state);
        return pn_fail_memory("for the communicator");
    }
    *opened = (pn_comm){.ops = &self_ops,
                        .size = 1,
                        .tag_limit = INT32_MAX,
                        .library = "none",
                        .state = state,
                        .log = log};
    opened->ending = &opened->own_ending;
    *comm = opened;
    return PN_OK;
}
