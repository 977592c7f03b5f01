// SPDX-License-Identifier: BSD-3-Clause
// The MPI backend, compiled once for each MPI as a plug-in. Messages are bytes; one longer than an
// MPI count goes as a derived type. Errors are returned by MPI, named here with rank and host, and
// end the job.
#include "base/clock.h"
#include "base/exit_code.h"
#include "comm/comm_backend.h"
#include "comm/witness.h"

#include <mpi.h>
#if defined(OPEN_MPI) && __has_include(<mpi-ext.h>)
#include <mpi-ext.h>
#endif

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct mpi_state {
    MPI_Comm comm;
    MPI_Comm unused; // by any message; while helped
    size_t limit;    // bytes of one MPI count
    bool finalize;   // MPI was started here
    bool shared;     // MPI lets threads take turns
    // A thread beside the caller's, which keeps messages moving while that one computes.
    bool helped;
    pthread_t helper;
    pthread_mutex_t turn; // of the two
    atomic_bool enough;
} mpi_state;

// pn_request.handle: the MPI request, and whether it is a receive.
enum { HANDLE_REQUEST, HANDLE_RECEIVES };

_Static_assert(sizeof(MPI_Request) <= sizeof(uintptr_t), "an MPI request fits into a handle");

static mpi_state *take_turn(pn_comm *comm)
{
    mpi_state *state = comm->state;
    if (state->helped)
        pthread_mutex_lock(&state->turn);
    return state;
}

static void give_turn(mpi_state *state)
{
    if (state->helped)
        pthread_mutex_unlock(&state->turn);
}

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
    pn_comm_tell_ending(comm);
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
    mpi_abort(comm, PN_EXIT_FAILURE);
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
    mpi_state *state = take_turn(comm);
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
    give_turn(state);
}

static void mpi_receive_start(pn_comm *comm, void *data, size_t bytes, int from, int tag,
                              pn_request *request)
{
    mpi_state *state = take_turn(comm);
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
    give_turn(state);
}

static bool mpi_test(pn_comm *comm, pn_request *request)
{
    mpi_state *state = take_turn(comm);
    MPI_Request handle = load(request);
    int done = 0;
    check(comm, MPI_Test(&handle, &done, MPI_STATUS_IGNORE), "a transfer", -1);
    store(request, handle);
    give_turn(state);
    request->active = !done;
    return done;
}

static void mpi_cancel(pn_comm *comm, pn_request *request)
{
    mpi_state *state = take_turn(comm);
    MPI_Request handle = load(request);
    if (request->handle[HANDLE_RECEIVES]) {
        check(comm, MPI_Cancel(&handle), "cancelling a receive", -1);
        check(comm, MPI_Wait(&handle, MPI_STATUS_IGNORE), "cancelling a receive", -1);
    } else { // not every MPI can cancel a send
        check(comm, MPI_Request_free(&handle), "giving up a send", -1);
    }
    give_turn(state);
    request->active = false;
}

static bool mpi_hear(pn_comm *comm, void *data, size_t bytes, int tag)
{
    mpi_state *state = take_turn(comm);
    MPI_Status status;
    int found = 0;
    check(comm, MPI_Iprobe(MPI_ANY_SOURCE, tag, state->comm, &found, &status), "listening", -1);
    if (found) {
        int code = MPI_Recv(data, (int)bytes, MPI_BYTE, status.MPI_SOURCE, tag, state->comm,
                            MPI_STATUS_IGNORE);
        check(comm, code, "receiving from", status.MPI_SOURCE);
    }
    give_turn(state);
    return found;
}

// Looking for a message that never comes moves all others on, a little in each turn; a turn in
// which nothing is copied takes next to no time.
static void move_on(mpi_state *state)
{
    enum { QUIET_TURNS = 2, TURNS_MOST = 40 };
    static const double quick = 4e-6;
    for (int turn = 0, quiet = 0; turn < TURNS_MOST && quiet < QUIET_TURNS; turn++) {
        int found;
        double begin = pn_clock();
        MPI_Iprobe(MPI_ANY_SOURCE, 0, state->unused, &found, MPI_STATUS_IGNORE);
        quiet = pn_clock() - begin < quick ? quiet + 1 : 0;
    }
}

static void *help(void *context)
{
    enum { PAUSE_NANOSECONDS = 1000000 };
    mpi_state *state = context;
    while (!atomic_load(&state->enough)) {
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_NANOSECONDS}, NULL);
        if (pthread_mutex_trylock(&state->turn) != 0)
            continue; // the other one is at it
        move_on(state);
        pthread_mutex_unlock(&state->turn);
    }
    return NULL;
}

static bool mpi_help(pn_comm *comm)
{
    mpi_state *state = comm->state;
    if (!state->shared || state->helped)
        return state->helped;
    if (MPI_Comm_dup(state->comm, &state->unused) != MPI_SUCCESS)
        return false;
    state->helped = pthread_create(&state->helper, NULL, help, state) == 0;
    if (!state->helped)
        MPI_Comm_free(&state->unused);
    return state->helped;
}

static void dismiss_helper(mpi_state *state)
{
    if (!state->helped)
        return;
    atomic_store(&state->enough, true);
    pthread_join(state->helper, NULL);
    state->helped = false;
    MPI_Comm_free(&state->unused);
}

static void mpi_close(pn_comm *comm)
{
    mpi_state *state = comm->state;
    dismiss_helper(state);
    pthread_mutex_destroy(&state->turn);
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
    .help = mpi_help,
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

static pn_status start_mpi(pn_backend_request *request, mpi_state *state)
{
    int running = 0, level = MPI_THREAD_SINGLE;
    MPI_Initialized(&running);
    state->finalize = !running;
    int code = running
                   ? MPI_Query_thread(&level)
                   : MPI_Init_thread(request->argc, request->argv, MPI_THREAD_SERIALIZED, &level);
    if (code != MPI_SUCCESS)
        return refuse(request, "MPI_Init_thread", code);
    if (level < MPI_THREAD_FUNNELED) {
        snprintf(request->message, sizeof request->message,
                 "this MPI does not allow threads beside its own (MPI_THREAD_FUNNELED)");
        return PN_ERROR_COMMUNICATION;
    }
    state->shared = level >= MPI_THREAD_SERIALIZED;
    return PN_OK;
}

static bool is_set(const char *variable, const char *value)
{
    const char *set = getenv(variable);
    return set && strcmp(set, value) == 0;
}

// As the MPI itself says; those that cannot be asked are told by their users, in the environment.
static pn_comm_devices query_devices(void)
{
    if (is_set("MPIR_CVAR_ENABLE_GPU", "0"))
        return PN_COMM_DEVICES_NO;
#if defined(MPIX_CUDA_AWARE_SUPPORT)
    return MPIX_Query_cuda_support() ? PN_COMM_DEVICES_YES : PN_COMM_DEVICES_NO;
#elif defined(MPIX_GPU_SUPPORT_CUDA)
    int found = 0, code = MPIX_GPU_query_support(MPIX_GPU_SUPPORT_CUDA, &found);
    return code == MPI_SUCCESS && found ? PN_COMM_DEVICES_YES : PN_COMM_DEVICES_NO;
#else
    bool is_on = is_set("MPICH_GPU_SUPPORT_ENABLED", "1") || is_set("MV2_USE_CUDA", "1");
    return is_on ? PN_COMM_DEVICES_YES : PN_COMM_DEVICES_UNKNOWN;
#endif
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
    comm->devices = query_devices();
    shorten_version(comm->library, sizeof comm->library, version);
}

// MPICH: only what a launcher has started has a number among its programs. Open MPI counts itself
// as one, and learns from a server of PMIx whether there are others.
static bool is_alone(int size)
{
#ifdef OPEN_MPI
    static const char server[] = "PMIX_SERVER_URI";
    bool found = false;
    for (char **entry = environ; *entry && !found; entry++)
        found = strncmp(*entry, server, sizeof server - 1) == 0;
#else
    int *number = NULL, found = 0;
    MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_APPNUM, &number, &found);
#endif
    return size == 1 && !found;
}

static pn_status mpi_open(pn_comm **comm, pn_backend_request *request)
{
    pn_comm *opened = calloc(1, sizeof *opened);
    mpi_state *state = calloc(1, sizeof *state);
    pn_status status = PN_ERROR_MEMORY;
    snprintf(request->message, sizeof request->message, "no memory for the communicator");
    if (opened && state)
        status = start_mpi(request, state);
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
    pthread_mutex_init(&state->turn, NULL);
    state->limit = request->message_limit ? request->message_limit : 1u << 30;
    *opened = (pn_comm){.ops = &mpi_ops, .state = state, .log = request->log};
    describe(opened, state);
    request->is_alone = is_alone(opened->size);
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
