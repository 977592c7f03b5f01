// SPDX-License-Identifier: BSD-3-Clause
// The messages of a run without its arithmetic, under SimGrid's SMPI, beside what the model says of
// them: the executor itself, on processes of two kinds. Computing costs nothing on either side, so
// what is compared is communication alone. Started by bench/simgrid, which makes the platform: 8
// columns of 8, the first half of one kind.
#include "simgrid_run.h"

#include "base/exit_code.h"
#include "lu/factor.h"
#include "model/model.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { P = 8, Q = 8, BUFFERS = 2 };

typedef struct timer { // of one process, by what the operations are
    double seconds[PN_OP_KINDS];
} timer;

static void check(pn_status status)
{
    if (status == PN_OK)
        return;
    fprintf(stderr, "simgrid: %s\n", pn_fail_message());
    exit(PN_EXIT_FAILURE);
}

static pn_settings settings_of(size_t segment)
{
    pn_settings settings = PN_SETTINGS_USUAL;
    settings.segment = (int64_t)segment;
    settings.buffers = BUFFERS;
    return settings;
}

static void file_time(void *context, const pn_op *op, double begin, double seconds)
{
    timer *t = context;
    (void)begin;
    t->seconds[op->kind] += seconds;
}

// The simulated seconds of the factorisation, and what the processes spent them on.
static double run(const pn_place *place, size_t segment, timer *mine)
{
    pn_comm *comm = simgrid_comm_open();
    pn_compute compute = {.ops = &simgrid_compute_ops, .threads = 1};
    pn_observer observer = {.after = file_time, .context = mine};
    pn_lu_request request = {.place = place,
                             .comm = comm,
                             .compute = &compute,
                             .matrix = {.rows = place->rows, .columns = place->columns},
                             .plan = {.layout = place->layout, .settings = settings_of(segment)},
                             .observers = &observer,
                             .observer_count = 1};
    pn_lu *lu;
    double begin, seconds, last;
    check(pn_lu_create(&lu, &request));
    MPI_Barrier(MPI_COMM_WORLD);
    begin = MPI_Wtime();
    pn_lu_factor(lu);
    seconds = MPI_Wtime() - begin;
    MPI_Allreduce(&seconds, &last, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    pn_lu_destroy(lu);
    simgrid_comm_close(comm);
    return last;
}

static double model_of(const pn_layout *layout, const pn_link links[2], size_t segment,
                       pn_class_time of_parts[2])
{
    int class_of[Q];
    pn_class_cost costs[2] = {0};
    pn_link between[4] = {links[0], links[1], links[1], links[1]}; // the slower of two ends
    pn_forecast whole;
    for (int j = 0; j < Q; j++)
        class_of[j] = j < Q / 2 ? 0 : 1;
    for (int i = 0; i < 2; i++)
        costs[i].column = costs[i].row = links[i];
    pn_model model = {.layout = layout,
                      .settings = settings_of(segment),
                      .classes = {2, costs, class_of, between}};
    check(pn_model_run(&model, &whole, of_parts));
    return whole.seconds - whole.back;
}

static pn_layout *layout_of(pn_gidx n, int nb, double share)
{
    double shares[Q];
    int heights[Q];
    pn_layout *layout;
    for (int j = 0; j < Q; j++) {
        heights[j] = P;
        shares[j] = j < Q / 2 ? share : 1;
    }
    pn_layout_request request = {.n = n,
                                 .nb = nb,
                                 .columns = Q,
                                 .heights = heights,
                                 .virtual_rows = P,
                                 .shares = shares,
                                 .column_major_ranks = true};
    check(pn_layout_create(&layout, &request));
    return layout;
}

// What the processes of each kind spent their time on, mean of simulation and of model.
static void tell_parts(const timer sums[2], const pn_class_time of_parts[2])
{
    printf("%-24s%10s%10s%10s\n", "seconds on", "panels", "rows", "waiting");
    for (int i = 0; i < 2; i++) {
        const double *s = sums[i].seconds;
        const double processes = P * Q / 2.0;
        printf("%-24s%10.4f%10.4f%10.4f\n", i ? "slow links, simulated" : "fast links, simulated",
               s[PN_OP_FACTOR] / processes,
               (s[PN_OP_ROWS_START] + s[PN_OP_ROWS_FINISH]) / processes,
               (s[PN_OP_BROADCAST_START] + s[PN_OP_BROADCAST_FINISH] + s[PN_OP_UPDATE_PANEL]) /
                   processes);
        printf("%-24s%10.4f%10.4f%10.4f\n", i ? "slow links, modelled" : "fast links, modelled",
               of_parts[i].panel, of_parts[i].rows, of_parts[i].wait);
    }
}

// simgrid N NB SHARE LATENCY BANDWIDTH BANDWIDTH SEGMENT: SHARE times the columns for one of the
// first kind; seconds from one process to another; bytes per second of a process of each kind;
// bytes in which panels are sent.
int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    if (argc != 8) {
        fprintf(stderr, "simgrid: seven figures are needed\n");
        exit(PN_EXIT_FAILURE);
    }
    int rank;
    timer mine = {{0}}, sums[2];
    pn_place place;
    double latency = atof(argv[4]);
    size_t segment = (size_t)atoll(argv[7]);
    pn_layout *layout = layout_of(atoll(argv[1]), atoi(argv[2]), atof(argv[3]));
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    check(pn_place_create(&place, layout, rank));
    double simulated = run(&place, segment, &mine);
    for (int i = 0; i < 2; i++) {
        timer counted = (place.column < Q / 2) == (i == 0) ? mine : (timer){{0}};
        MPI_Reduce(counted.seconds, sums[i].seconds, PN_OP_KINDS, MPI_DOUBLE, MPI_SUM, 0,
                   MPI_COMM_WORLD);
    }
    if (rank == 0) {
        pn_class_time of_parts[2];
        pn_link links[2] = {{latency, 1 / atof(argv[5])}, {latency, 1 / atof(argv[6])}};
        clock_t begin = clock();
        double modelled = model_of(layout, links, segment, of_parts);
        double took = (double)(clock() - begin) / CLOCKS_PER_SEC;
        tell_parts(sums, of_parts);
        printf("simulated %.4f s, modelled %.4f s (%+.1f %%), by the model in %.4f s\n", simulated,
               modelled, 100 * (modelled / simulated - 1), took);
    }
    pn_place_release(&place);
    pn_layout_destroy(layout);
    MPI_Finalize();
    return 0;
}
