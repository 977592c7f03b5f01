// SPDX-License-Identifier: BSD-3-Clause
// The peer over MPI: ScaLAPACK's pdgesv on a P x Q grid. Usage: mpirun -np P*Q pdgesv N NB P Q.
// Rank 0 prints GFLOP/s, counting a Linpack's operations in the time of the slowest rank.
#include "random.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

void Cblacs_get(int context, int what, int *value);
void Cblacs_gridinit(int *context, const char *order, int rows, int columns);
void Cblacs_gridinfo(int context, int *rows, int *columns, int *row, int *column);
int numroc_(const int *n, const int *nb, const int *process, const int *source, const int *count);
void descinit_(int *descriptor, const int *m, const int *n, const int *mb, const int *nb,
               const int *row, const int *column, const int *context, const int *lld, int *info);
void pdgesv_(const int *n, const int *columns, double *a, const int *ia, const int *ja,
             const int *desc_a, int *pivots, double *b, const int *ib, const int *jb,
             const int *desc_b, int *info);

typedef struct problem {
    int n, nb, p, q;
} problem;

static void fail(const char *text)
{
    fprintf(stderr, "pdgesv: %s\n", text);
    MPI_Abort(MPI_COMM_WORLD, 2);
}

// This process's part of a random N x columns matrix, and its descriptor.
static double *create(const problem *task, int columns, int context, int descriptor[9])
{
    const int zero = 0;
    int rows, cols, row, column, info;
    Cblacs_gridinfo(context, &rows, &cols, &row, &column);
    int local_rows = numroc_(&task->n, &task->nb, &row, &zero, &rows);
    int local_columns = numroc_(&columns, &task->nb, &column, &zero, &cols);
    int lld = local_rows > 0 ? local_rows : 1;
    // As for dgetrf: no large power of two.
    lld += lld % 64 == 0 ? 8 : 0;
    descinit_(descriptor, &task->n, &columns, &task->nb, &task->nb, &zero, &zero, &context, &lld,
              &info);
    size_t count = (size_t)lld * (size_t)(local_columns > 0 ? local_columns : 1);
    double *matrix = malloc(count * sizeof *matrix);
    if (!matrix || info)
        fail("no memory for the matrix, or ScaLAPACK refused its shape");
    random_fill(matrix, count, (uint64_t)(row * cols + column + 100 * columns));
    return matrix;
}

// Seconds of the slowest rank.
static double solve(const problem *task, int context)
{
    const int one = 1;
    int descriptor_a[9], descriptor_b[9], info = 0;
    double *a = create(task, task->n, context, descriptor_a);
    double *b = create(task, 1, context, descriptor_b);
    int *pivots = malloc((size_t)(task->n + task->nb) * sizeof *pivots);
    if (!pivots)
        fail("no memory for the pivots");
    MPI_Barrier(MPI_COMM_WORLD);
    double seconds = -MPI_Wtime(), slowest;
    pdgesv_(&task->n, &one, a, &one, &one, descriptor_a, pivots, b, &one, &one, descriptor_b,
            &info);
    seconds += MPI_Wtime();
    if (info)
        fail("it reports a failure; expected info = 0");
    MPI_Allreduce(&seconds, &slowest, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    free(a);
    free(b);
    free(pivots);
    return slowest;
}

int main(int argc, char **argv)
{
    int rank, size, context;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (argc != 5)
        fail("usage: pdgesv N NB P Q");
    problem task = {atoi(argv[1]), atoi(argv[2]), atoi(argv[3]), atoi(argv[4])};
    if (task.n < 1 || task.nb < 1 || task.p < 1 || task.q < 1 || task.p * task.q != size)
        fail("N, NB, P and Q must be at least 1, and P x Q the number of ranks");
    Cblacs_get(-1, 0, &context);
    Cblacs_gridinit(&context, "Row", task.p, task.q);
    double seconds = solve(&task, context);
    if (rank == 0)
        printf("%.3f\n", linpack_operations(task.n) / seconds);
    MPI_Finalize();
    return 0;
}
