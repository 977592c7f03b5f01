// SPDX-License-Identifier: BSD-3-Clause
// The ceiling: the rate of the BLAS library's own DGEMM at the shape a Linpack multiplies at,
// C (6000 x 6000) := C - A (6000 x NB) B (NB x 6000), with the threads the library has. Usage:
// dgemm NB. Prints GFLOP/s: the median of the repetitions of about two seconds, after one to warm
// up.
#include "random.h"

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { M = 6000, REPETITIONS_MOST = 200 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double measure(double *a, double *b, double *c, int nb)
{
    double rates[REPETITIONS_MOST];
    int count = -1; // the first does not count
    for (double begin = now(); count < REPETITIONS_MOST && (now() < begin + 2 || count < 3);) {
        double start = now();
        cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, M, M, nb, -1.0, a, M, b, nb, 1.0, c,
                    M);
        if (count >= 0)
            rates[count] = 2e-9 * M * M * nb / (now() - start);
        count++;
    }
    qsort(rates, (size_t)count, sizeof *rates, compare);
    return rates[count / 2];
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts(openblas_get_config());
        return 0;
    }
    int nb = argc == 2 ? atoi(argv[1]) : 0;
    if (nb < 1 || nb > M) {
        fprintf(stderr, "usage: dgemm NB, with NB from 1 to %d\n", M);
        return 2;
    }
    size_t panel = (size_t)M * (size_t)nb, square = (size_t)M * M;
    double *a = malloc(panel * sizeof *a), *b = malloc(panel * sizeof *b);
    double *c = malloc(square * sizeof *c);
    if (!a || !b || !c) {
        fprintf(stderr, "dgemm: no memory for %d x %d doubles\n", M, M);
        return 2;
    }
    random_fill(a, panel, 1);
    random_fill(b, panel, 2);
    random_fill(c, square, 3);
    printf("%.3f\n", measure(a, b, c, nb));
    free(a);
    free(b);
    free(c);
    return 0;
}
