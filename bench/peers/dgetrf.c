// SPDX-License-Identifier: BSD-3-Clause
// The peer in shared memory: LAPACK's dgetrf and dgetrs as the BLAS library brings them, with the
// threads the library has. Usage: dgetrf N. Prints GFLOP/s, counting a Linpack's operations.
#include "random.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void dgetrf_(const int *m, const int *n, double *a, const int *lda, int *pivots, int *info);
void dgetrs_(const char *transposed, const int *n, const int *columns, const double *a,
             const int *lda, const int *pivots, double *b, const int *ldb, int *info,
             size_t transposed_length);

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int main(int argc, char **argv)
{
    int n = argc == 2 ? atoi(argv[1]) : 0;
    if (n < 1) {
        fprintf(stderr, "usage: dgetrf N, with N at least 1\n");
        return 2;
    }
    // Leading dimensions that are a large power of two are slow everywhere: spare the peer that.
    int lda = n % 64 == 0 ? n + 8 : n;
    size_t count = (size_t)lda * (size_t)n;
    double *a = malloc(count * sizeof *a), *b = malloc((size_t)n * sizeof *b);
    int *pivots = malloc((size_t)n * sizeof *pivots);
    if (!a || !b || !pivots) {
        fprintf(stderr, "dgetrf: no memory for %d x %d doubles\n", n, n);
        return 2;
    }
    random_fill(a, count, 1);
    random_fill(b, (size_t)n, 2);
    int one = 1, info_factor = 0, info_solve = 0;
    double begin = now();
    dgetrf_(&n, &n, a, &lda, pivots, &info_factor);
    dgetrs_("N", &n, &one, a, &lda, pivots, b, &n, &info_solve, 1);
    double seconds = now() - begin;
    if (info_factor || info_solve) {
        fprintf(stderr, "dgetrf: info = %d, dgetrs: info = %d; expected 0\n", info_factor,
                info_solve);
        return 1;
    }
    printf("%.3f\n", linpack_operations(n) / seconds);
    free(a);
    free(b);
    free(pivots);
    return 0;
}
