// SPDX-License-Identifier: BSD-3-Clause
// The messages of a run without its arithmetic, under SimGrid's SMPI, beside what the model says of
// them: every process walks its own plan and sends what the executor would, on a grid of two kinds
// of processes. Computing costs nothing on either side, so what is compared is communication alone.
// Started by bench/simgrid, which makes the platform: 8 columns of 8, the first half of one kind.
#include "predict/model.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { P = 8, Q = 8, SEGMENTS = 16, BUFFER = 1 << 22 };

typedef struct walk {
    const pn_layout *layout;
    pn_place place;
    MPI_Comm column;
    int row;
    char *out, *in;
    MPI_Request relay[SEGMENTS];
    int relays;
} walk;

static void check(pn_status status)
{
    if (status == PN_OK)
        return;
    fprintf(stderr, "simgrid: %s\n", pn_fail_message());
    exit(2);
}

static int at(const walk *w, int column)
{
    return pn_layout_rank(w->layout, w->row, (column + Q) % Q);
}

// Searching the pivot: one exchange of two rows of the panel for each of its columns.
static void factor(walk *w, const pn_op *op)
{
    for (int c = 0; c < op->width; c++)
        MPI_Allreduce(w->out, w->in, 2 * op->width, MPI_DOUBLE, MPI_MAX, w->column);
}

// Every process sends each other its part of the pivot rows of that one's piece, the host of the
// pivot block sends the rows that leave it, and the solved pieces go round.
static void exchange(walk *w, const pn_op *op)
{
    MPI_Request requests[4 * P];
    int count = 0, host = (int)(op->step % P);
    int piece = (int)(8.0 * op->width * (double)op->columns / P);
    for (int d = 1; d < P; d++) {
        int to = (w->row + d) % P, from = (w->row + P - d) % P;
        MPI_Irecv(w->in, piece / P, MPI_BYTE, from, 1, w->column, &requests[count++]);
        MPI_Isend(w->out, piece / P, MPI_BYTE, to, 1, w->column, &requests[count++]);
        if (w->row == host)
            MPI_Isend(w->out, piece, MPI_BYTE, to, 2, w->column, &requests[count++]);
        else if (from == host)
            MPI_Irecv(w->in, piece, MPI_BYTE, from, 2, w->column, &requests[count++]);
    }
    MPI_Waitall(count, requests, MPI_STATUSES_IGNORE);
    for (int d = 1; d < P; d++)
        MPI_Sendrecv(w->out, piece, MPI_BYTE, (w->row + 1) % P, 3, w->in, piece, MPI_BYTE,
                     (w->row + P - 1) % P, 3, w->column, MPI_STATUS_IGNORE);
}

static void relay(walk *w, int bytes, int to)
{
    MPI_Isend(w->out, bytes, MPI_BYTE, to, 4, MPI_COMM_WORLD, &w->relay[w->relays++]);
}

static void settle(walk *w)
{
    MPI_Waitall(w->relays, w->relay, MPI_STATUSES_IGNORE);
    w->relays = 0;
}

static int segment_of(const pn_op *op)
{
    return (int)(8.0 * op->width * (double)(op->rows + op->width) / SEGMENTS);
}

// The next owner first, then the ring behind it.
static void send_panel(walk *w, const pn_op *op)
{
    int owner = w->layout->owner[op->step], bytes = segment_of(op);
    if (owner != w->place.column)
        return;
    settle(w);
    for (int s = 0; s < SEGMENTS; s++)
        MPI_Send(w->out, bytes, MPI_BYTE, at(w, owner + 1), 4, MPI_COMM_WORLD);
    for (int s = 0; s < SEGMENTS; s++)
        relay(w, bytes, at(w, owner + 2));
}

static void receive_panel(walk *w, const pn_op *op)
{
    int owner = w->layout->owner[op->step], bytes = segment_of(op);
    int distance = (w->place.column - owner + Q) % Q;
    if (distance == 0)
        return;
    settle(w);
    int from = at(w, distance < 3 ? owner : w->place.column - 1);
    for (int s = 0; s < SEGMENTS; s++) {
        MPI_Recv(w->in, bytes, MPI_BYTE, from, 4, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        if (distance > 1 && distance < Q - 1)
            relay(w, bytes, at(w, w->place.column + 1));
    }
}

static void perform(walk *w, const pn_op *op)
{
    switch (op->kind) {
    case PN_OP_FACTOR:
        factor(w, op);
        break;
    case PN_OP_BROADCAST_START:
        send_panel(w, op);
        break;
    case PN_OP_BROADCAST_FINISH:
        receive_panel(w, op);
        break;
    case PN_OP_ROWS_START:
        exchange(w, op);
        break;
    case PN_OP_ROWS_FINISH:
    case PN_OP_LOAD:
    case PN_OP_UPDATE_STRIP:
    case PN_OP_MULTIPLY_START:
    case PN_OP_MULTIPLY_FINISH:
    case PN_OP_KINDS:
        break;
    }
}

static double walk_plan(walk *w)
{
    pn_plan plan = {.layout = w->layout, .look_ahead = 1, .first_share = 0.5};
    pn_op ops[PN_PLAN_STEP_LIMIT];
    MPI_Barrier(MPI_COMM_WORLD);
    double begin = MPI_Wtime(), mine, last;
    int count = pn_plan_prologue(&plan, &w->place, ops);
    for (int i = 0; i < count; i++)
        perform(w, &ops[i]);
    for (pn_gidx k = 0; k < w->layout->row_blocks; k++) {
        count = pn_plan_step(&plan, &w->place, k, ops);
        for (int i = 0; i < count; i++)
            perform(w, &ops[i]);
    }
    settle(w);
    mine = MPI_Wtime() - begin;
    MPI_Allreduce(&mine, &last, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    return last;
}

static double model_of(const pn_layout *layout, const pn_link links[2])
{
    int part_of[Q];
    pn_part_model parts[2] = {0};
    pn_link between[4] = {links[0], links[1], links[1], links[1]}; // the slower of two ends
    pn_forecast whole;
    pn_part_forecast of_parts[2];
    for (int j = 0; j < Q; j++)
        part_of[j] = j < Q / 2 ? 0 : 1;
    for (int i = 0; i < 2; i++)
        parts[i].column = parts[i].row = links[i];
    pn_model model = {.layout = layout,
                      .look_ahead = 1,
                      .first_share = 0.5,
                      .buffers = 2,
                      .parts = 2,
                      .part = parts,
                      .part_of = part_of,
                      .between = between,
                      .stride = 1};
    check(pn_model_run(&model, &whole, of_parts));
    return whole.seconds - whole.back;
}

// simgrid N NB SHARE LATENCY BANDWIDTH BANDWIDTH: SHARE times the columns for one of the first
// kind; seconds from one process to another; bytes per second of a process of each kind.
int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    if (argc != 7 || 8.0 * atof(argv[1]) * atof(argv[2]) / P > BUFFER) {
        fprintf(stderr, "simgrid: six figures are needed, and N * NB of at most %d\n", BUFFER);
        exit(2);
    }
    double shares[Q], latency = atof(argv[4]);
    int heights[Q], rank;
    pn_layout *layout;
    walk w = {0};
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    for (int j = 0; j < Q; j++) {
        heights[j] = P;
        shares[j] = j < Q / 2 ? atof(argv[3]) : 1;
    }
    pn_layout_request request = {.n = atoll(argv[1]),
                                 .nb = atoi(argv[2]),
                                 .columns = Q,
                                 .heights = heights,
                                 .virtual_rows = P,
                                 .shares = shares,
                                 .column_major_ranks = true};
    check(pn_layout_create(&layout, &request));
    check(pn_place_create(&w.place, layout, rank));
    w.layout = layout;
    w.row = w.place.row;
    w.out = malloc(BUFFER);
    w.in = malloc(BUFFER);
    MPI_Comm_split(MPI_COMM_WORLD, w.place.column, w.row, &w.column);
    double simulated = walk_plan(&w);
    if (rank == 0) {
        pn_link links[2] = {{latency, 1 / atof(argv[5])}, {latency, 1 / atof(argv[6])}};
        clock_t begin = clock();
        double modelled = model_of(layout, links);
        printf("simulated %.4f s, modelled %.4f s (%+.1f %%), by the model in %.4f s\n", simulated,
               modelled, 100 * (modelled / simulated - 1),
               (double)(clock() - begin) / CLOCKS_PER_SEC);
    }
    MPI_Finalize();
    return 0;
}
