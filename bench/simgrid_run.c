// SPDX-License-Identifier: BSD-3-Clause
#include "simgrid_run.h"

#include "base/exit_code.h"
#include "comm/group.h"
#include "lu/panel.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRANSFERS = 1024, DONE = 1 };

// Transfers under way, and what of the communicator's they are.
typedef struct transfers {
    pn_background waiting; // first: the communicator knows the object by it
    int count;
    MPI_Request mpi[TRANSFERS];
    pn_request *request[TRANSFERS];
    bool news; // one was found done since this last waited
} transfers;

static MPI_Request *next_transfer(pn_comm *comm, pn_request *request)
{
    transfers *all = comm->state;
    if (all->count == TRANSFERS) {
        fprintf(stderr, "simgrid: more than %d messages under way\n", TRANSFERS);
        exit(PN_EXIT_FAILURE);
    }
    request->handle[0] = 0;
    all->request[all->count] = request;
    return &all->mpi[all->count++];
}

static void send_start(pn_comm *comm, const void *data, size_t bytes, int to, int tag,
                       pn_request *request)
{
    MPI_Isend(data, (int)bytes, MPI_BYTE, to, tag, MPI_COMM_WORLD, next_transfer(comm, request));
}

static void receive_start(pn_comm *comm, void *data, size_t bytes, int from, int tag,
                          pn_request *request)
{
    MPI_Irecv(data, (int)bytes, MPI_BYTE, from, tag, MPI_COMM_WORLD, next_transfer(comm, request));
}

static bool test(pn_comm *comm, pn_request *request)
{
    transfers *all = comm->state;
    if (request->handle[0] != DONE)
        return false;
    request->active = false;
    all->news = true;
    return true;
}

static void cancel(pn_comm *comm, pn_request *request)
{
    (void)comm;
    request->active = false;
}

static void give_up(pn_comm *comm, int exit_code)
{
    (void)comm;
    MPI_Abort(MPI_COMM_WORLD, exit_code);
}

// Comes after the relays, which were added later. What was found done may be what is waited for.
static bool wait_for_next(pn_background *background)
{
    transfers *all = (transfers *)background;
    int i;
    if (!all->news) {
        MPI_Waitany(all->count, all->mpi, &i, MPI_STATUS_IGNORE);
        if (i == MPI_UNDEFINED)
            return false;
        all->request[i]->handle[0] = DONE;
        all->count--;
        all->mpi[i] = all->mpi[all->count];
        all->request[i] = all->request[all->count];
    }
    all->news = false;
    return true;
}

static const pn_comm_ops comm_ops = {.send_start = send_start,
                                     .receive_start = receive_start,
                                     .test = test,
                                     .cancel = cancel,
                                     .abort = give_up};

pn_comm *simgrid_comm_open(void)
{
    pn_comm *comm = calloc(1, sizeof *comm);
    transfers *all = calloc(1, sizeof *all);
    *comm = (pn_comm){.ops = &comm_ops, .tag_limit = INT32_MAX, .state = all, .awaited = -1};
    MPI_Comm_rank(MPI_COMM_WORLD, &comm->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &comm->size);
    all->waiting.advance = wait_for_next;
    pn_comm_background_add(comm, &all->waiting);
    return comm;
}

void simgrid_comm_close(pn_comm *comm)
{
    free(comm->state);
    free(comm);
}

static void combine(void *into, const void *from, size_t bytes)
{
    (void)into;
    (void)from;
    (void)bytes;
}

// In the place of pn_panel_factor (the linker's --wrap): the messages of a panel, and pivots from
// anywhere below.
void __wrap_pn_panel_factor(const pn_panel_engine *engine, pn_panel *panel);
void __wrap_pn_panel_factor(const pn_panel_engine *engine, pn_panel *panel)
{
    pn_gidx n = engine->place->layout->n, top = panel->step * panel->nb;
    uint64_t drawn = (uint64_t)panel->step + 1;
    memset(panel->header, 0, PN_PANEL_HEADER * sizeof *panel->header);
    for (int c = 0; c < panel->width; c++) {
        pn_group_combine(&engine->column, engine->record, pn_panel_record_bytes(panel->width),
                         combine);
        drawn = drawn * 6364136223846793005u + 1442695040888963407u;
        pn_panel_pivots(panel)[c] = top + c + (pn_gidx)((drawn >> 33) % (uint64_t)(n - top - c));
    }
}

static pn_status allocate(pn_compute *compute, size_t bytes, void **memory)
{
    (void)compute;
    (void)bytes;
    *memory = NULL;
    return PN_OK;
}

static void release(pn_compute *compute, void *memory, size_t bytes)
{
    (void)compute;
    (void)memory;
    (void)bytes;
}

static pn_status allocate_host(pn_compute *compute, size_t bytes, void **memory)
{
    (void)compute;
    *memory = calloc(1, bytes + 1);
    return *memory ? PN_OK : pn_fail(PN_ERROR_MEMORY, "no memory for %zu bytes", bytes);
}

static void release_host(pn_compute *compute, void *memory, size_t bytes)
{
    (void)compute;
    (void)bytes;
    free(memory);
}

static pn_ticket read_block(pn_compute *compute, pn_block from, double *host, pn_lidx ld)
{
    (void)compute;
    (void)from;
    (void)host;
    (void)ld;
    return 0;
}

static pn_ticket write_block(pn_compute *compute, pn_block to, const double *host, pn_lidx ld)
{
    (void)compute;
    (void)to;
    (void)host;
    (void)ld;
    return 0;
}

static pn_ticket take_rows(pn_compute *compute, const pn_row_list *task)
{
    (void)compute;
    (void)task;
    return 0;
}

static void move_rows(pn_compute *compute, const pn_row_move *task)
{
    (void)compute;
    (void)task;
}

static void copy(pn_compute *compute, pn_block to, pn_block from)
{
    (void)compute;
    (void)to;
    (void)from;
}

static pn_ticket update_panel(pn_compute *compute, const pn_update *task, double *panel, pn_lidx ld)
{
    (void)compute;
    (void)task;
    (void)panel;
    (void)ld;
    return 0;
}

static const double *show_panel(pn_compute *compute, const double *host, size_t bytes, void *buffer)
{
    (void)compute;
    (void)bytes;
    (void)buffer;
    return host;
}

static void solve_rows(pn_compute *compute, const pn_row_solve *task)
{
    (void)compute;
    (void)task;
}

static void solve(pn_compute *compute, const double *l11, pn_lidx ld_l11, pn_block u)
{
    (void)compute;
    (void)l11;
    (void)ld_l11;
    (void)u;
}

static void multiply_start(pn_compute *compute, const pn_update *task, int crew)
{
    (void)compute;
    (void)task;
    (void)crew;
}

static bool multiply_help(pn_compute *compute)
{
    (void)compute;
    return false;
}

static void multiply_finish(pn_compute *compute)
{
    (void)compute;
}

static pn_ticket given(pn_compute *compute)
{
    (void)compute;
    return 0;
}

static bool done(pn_compute *compute, pn_ticket ticket)
{
    (void)compute;
    (void)ticket;
    return true;
}

static void wait_for(pn_compute *compute, pn_ticket ticket)
{
    (void)compute;
    (void)ticket;
}

const pn_compute_ops simgrid_compute_ops = {.allocate = allocate,
                                            .release = release,
                                            .allocate_host = allocate_host,
                                            .release_host = release_host,
                                            .read = read_block,
                                            .write = write_block,
                                            .gather_rows = take_rows,
                                            .scatter_rows = take_rows,
                                            .move_rows = move_rows,
                                            .copy = copy,
                                            .update_panel = update_panel,
                                            .panel = show_panel,
                                            .solve_rows = solve_rows,
                                            .solves_in_place = true,
                                            .solve = solve,
                                            .multiply_start = multiply_start,
                                            .multiply_help = multiply_help,
                                            .multiply_finish = multiply_finish,
                                            .given = given,
                                            .done = done,
                                            .wait = wait_for};
