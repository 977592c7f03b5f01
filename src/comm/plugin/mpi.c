// SPDX-License-Identifier: BSD-3-Clause
// The MPI backend, compiled once for each MPI as a plug-in. Messages are bytes; one longer than an
// MPI count goes as a derived type. Errors are returned by MPI, named here with rank and host, and
// end the job.
#include "comm/backend.h"
#include "comm/witness.h"

#include <mpi.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EXIT_FAILED = 2 };

typedef struct mpi_state {
    MPI_Comm comm;
    size_t limit;  // bytes of one MPI count
    bool finalize; // MPI was started here
} mpi_state;

// pn_request.handle: the MPI request, and whether it is a receive.
enum { HANDLE_REQUEST, HANDLE_RECEIVES };

_Static_assert(sizeof(MPI_Request) <= sizeof(uintptr_t), "an MPI request fits into a handle");

static MPI_Request load(const pn_request *request)
{
    MPI_Request handle;
    memcpy(&handle, &request->handle[HANDLE_REQUEST], sizeof handle);
    return handle;
}

static void store(pn_request *request, MPI_Request handle)
{
    memcpy(&request->handle[HANDLE_REQUEST], &handle, sizeof handle);
}

// A launcher may drop what a rank has said and it has not passed on yet when it ends the job.
static void mpi_abort(pn_comm *comm, int exit_code)
{
    enum { PASSING_ON_NANOSECONDS = 500000000 };
    pn_witness_dismiss(comm->witness, true);
    nanosleep(&(struct timespec){.tv_nsec = PASSING_ON_NANOSECONDS}, NULL);
    MPI_Abort(MPI_COMM_WORLD, exit_code);
    exit(exit_code);
}

static void check(pn_comm *comm, int code, const char *action, int peer)
{
    if (code == MPI_SUCCESS)
        return;
    char text[MPI_MAX_ERROR_STRING];
    int length = 0;
    MPI_Error_string(code, text, &length);
    if (peer >= 0)
        pn_log_rank(comm->log, "%s rank %d failed: %.*s", action, peer, length, text);
    else
        pn_log_rank(comm->log, "%s failed: %.*s", action, length, text);
    mpi_abort(comm, EXIT_FAILED);
}

// `bytes` bytes as one element: whole chunks of `limit`, then the rest.
static int large_type(size_t bytes, size_t limit, MPI_Datatype *type)
{
    size_t chunks = bytes / limit;
    if (chunks > INT_MAX)
        return MPI_ERR_COUNT;
    MPI_Datatype chunk;
    int code = MPI_Type_contiguous((int)limit, MPI_BYTE, &chunk);
    if (code != MPI_SUCCESS)
        return code;
    int lengths[2] = {(int)chunks, (int)(bytes % limit)};
    MPI_Aint offsets[2] = {0, (MPI_Aint)(chunks * limit)};
    MPI_Datatype types[2] = {chunk, MPI_BYTE};
    code = MPI_Type_create_struct(2, lengths, offsets, types, type);
    MPI_Type_free(&chunk);
    return code == MPI_SUCCESS ? MPI_Type_commit(type) : code;
}

static void mpi_send_start(pn_comm *comm, const void *data, size_t bytes, int to, int tag,
                           pn_request *request)
{
    mpi_state *state = comm->state;
    MPI_Request handle = MPI_REQUEST_NULL;
    int code;
    if (bytes <= state->limit) {
        code = MPI_Isend(data, (int)bytes, MPI_BYTE, to, tag, state->comm, &handle);
    } else {
        MPI_Datatype type;
        check(comm, large_type(bytes, state->limit, &type), "describing a message to", to);
        code = MPI_Isend(data, 1, type, to, tag, state->comm, &handle);
        MPI_Type_free(&type);
    }
    check(comm, code, "sending to", to);
    store(request, handle);
    request->handle[HANDLE_RECEIVES] = 0;
}

static void mpi_receive_start(pn_comm *comm, void *data, size_t bytes, int from, int tag,
                              pn_request *request)
{
    mpi_state *state = comm->state;
    MPI_Request handle = MPI_REQUEST_NULL;
    int code;
    if (bytes <= state->limit) {
        code = MPI_Irecv(data, (int)bytes, MPI_BYTE, from, tag, state->comm, &handle);
    } else {
        MPI_Datatype type;
        check(comm, large_type(bytes, state->limit, &type), "describing a message from", from);
        code = MPI_Irecv(data, 1, type, from, tag, state->comm, &handle);
        MPI_Type_free(&type);
    }
    check(comm, code, "receiving from", from);
    store(request, handle);
    request->handle[HANDLE_RECEIVES] = 1;
}

static bool mpi_test(pn_comm *comm, pn_request *request)
{
    MPI_Request handle = load(request);
    int done = 0;
    check(comm, MPI_Test(&handle, &done, MPI_STATUS_IGNORE), "a transfer", -1);
    store(request, handle);
    request->active = !done;
    return done;
}

static void mpi_cancel(pn_comm *comm, pn_request *request)
{
    MPI_Request handle = load(request);
    if (request->handle[HANDLE_RECEIVES]) {
        check(comm, MPI_Cancel(&handle), "cancelling a receive", -1);
        check(comm, MPI_Wait(&handle, MPI_STATUS_IGNORE), "cancelling a receive", -1);
    } else { // not every MPI can cancel a send
        check(comm, MPI_Request_free(&handle), "giving up a send", -1);
    }
    request->active = false;
}

static bool mpi_hear(pn_comm *comm, void *data, size_t bytes, int tag)
{
    mpi_state *state = comm->state;
    MPI_Status status;
    int found = 0;
    check(comm, MPI_Iprobe(MPI_ANY_SOURCE, tag, state->comm, &found, &status), "listening", -1);
    if (!found)
        return false;
    int code = MPI_Recv(data, (int)bytes, MPI_BYTE, status.MPI_SOURCE, tag, state->comm,
                        MPI_STATUS_IGNORE);
    check(comm, code, "receiving from", status.MPI_SOURCE);
    return true;
}

static void mpi_close(pn_comm *comm)
{
    mpi_state *state = comm->state;
    MPI_Comm_free(&state->comm);
    if (state->finalize)
        MPI_Finalize();
    free(state);
    free(comm);
}

static const pn_comm_ops mpi_ops = {
    .send_start = mpi_send_start,
    .receive_start = mpi_receive_start,
    .test = mpi_test,
    .cancel = mpi_cancel,
    .hear = mpi_hear,
    .abort = mpi_abort,
    .close = mpi_close,
};

// "Open MPI v4.1.4, package: ..." -> "Open MPI 4.1.4"; "MPICH Version:<tab>4.0.2<newline>..." ->
// "MPICH 4.0.2".
static void shorten_version(char *out, size_t room, const char *text)
{
    size_t length = 0;
    text += strspn(text, " \t");
    while (*text && !strchr(",\n", *text) && length + 1 < room) {
        if (strncmp(text, "Version:", 8) == 0) {
            text += 8;
            text += strspn(text, " \t");
        } else if (strchr(" \t", *text)) {
            out[length++] = ' ';
            text += strspn(text, " \t");
            text += *text == 'v' && strspn(text + 1, "0123456789") > 0;
        } else {
            out[length++] = *text++;
        }
    }
    out[length] = '\0';
}

static int tag_limit(MPI_Comm comm)
{
    enum { TAGS_GUARANTEED = 32768 };
    int *bound = NULL, found = 0;
    MPI_Comm_get_attr(comm, MPI_TAG_UB, &bound, &found);
    if (!found)
        return TAGS_GUARANTEED;
    return *bound < INT_MAX ? *bound + 1 : INT_MAX;
}

static pn_status refuse(pn_backend_request *request, const char *action, int code)
{
    char text[MPI_MAX_ERROR_STRING];
    int length = 0;
    MPI_Error_string(code, text, &length);
    snprintf(request->message, sizeof request->message, "%s failed: %.*s", action, length, text);
    return PN_ERROR_COMMUNICATION;
}

static pn_status start_mpi(pn_backend_request *request, bool *started_here)
{
    int running = 0, level = MPI_THREAD_SINGLE;
    MPI_Initialized(&running);
    *started_here = !running;
    int code = running ? MPI_Query_thread(&level)
                       : MPI_Init_thread(request->argc, request->argv, MPI_THREAD_FUNNELED, &level);
    if (code != MPI_SUCCESS)
        return refuse(request, "MPI_Init_thread", code);
    if (level < MPI_THREAD_FUNNELED) {
        snprintf(request->message, sizeof request->message,
                 "this MPI does not allow threads beside its own (MPI_THREAD_FUNNELED)");
        return PN_ERROR_COMMUNICATION;
    }
    return PN_OK;
}

static void describe(pn_comm *comm, mpi_state *state)
{
    MPI_Comm_set_errhandler(state->comm, MPI_ERRORS_RETURN);
    MPI_Comm_rank(state->comm, &comm->rank);
    MPI_Comm_size(state->comm, &comm->size);
    comm->tag_limit = tag_limit(state->comm);
    char version[MPI_MAX_LIBRARY_VERSION_STRING];
    int length = 0;
    MPI_Get_library_version(version, &length);
    shorten_version(comm->library, sizeof comm->library, version);
}

static pn_status mpi_open(pn_comm **comm, pn_backend_request *request)
{
    pn_comm *opened = calloc(1, sizeof *opened);
    mpi_state *state = calloc(1, sizeof *state);
    pn_status status = PN_ERROR_MEMORY;
    snprintf(request->message, sizeof request->message, "no memory for the communicator");
    if (opened && state)
        status = start_mpi(request, &state->finalize);
    if (status == PN_OK) {
        int code = MPI_Comm_dup(MPI_COMM_WORLD, &state->comm);
        if (code != MPI_SUCCESS)
            status = refuse(request, "MPI_Comm_dup", code);
    }
    if (status != PN_OK) {
        free(opened);
        free(state);
        return status;
    }
    state->limit = request->message_limit ? request->message_limit : 1u << 30;
    *opened = (pn_comm){.ops = &mpi_ops, .state = state, .log = request->log};
    describe(opened, state);
    *comm = opened;
    return PN_OK;
}

#ifdef OPEN_MPI
#define FAMILY "Open MPI"
#else
#define FAMILY "MPICH"
#endif

__attribute__((visibility("default"))) const pn_backend pn_comm_backend = {
    .version = PN_BACKEND_VERSION,
    .comm_bytes = sizeof(pn_comm),
    .family = FAMILY,
    .open = mpi_open,
};
