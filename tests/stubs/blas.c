// SPDX-License-Identifier: BSD-3-Clause
// A BLAS of plain loops that calls itself OpenBLAS, with one fault a library (STUB_FAULT): slow,
// product, solve, nan, unsafe (a scratch buffer that threads share), crash, hang, illegal (an
// instruction that no processor has), serial (built without threads), pool (starts threads when it
// is opened), emulated (products by integers of 55 bits, scaled by row and column), or none.
// OPENBLAS_CORETYPE chooses its "kernels"; Haswell's are slow.
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SLOWER = 12 };

// What the loader looks up; nobody includes them.
#define EXPORT __attribute__((visibility("default")))
EXPORT char *openblas_get_config(void);
EXPORT char *openblas_get_corename(void);
EXPORT int openblas_get_parallel(void);
EXPORT void dgemm_(const char *, const char *, const int *, const int *, const int *,
                   const double *, const double *, const int *, const double *, const int *,
                   const double *, double *, const int *);
EXPORT void dtrsm_(const char *, const char *, const char *, const char *, const int *, const int *,
                   const double *, const double *, const int *, double *, const int *);

static char core[32] = "Zen";

static bool has(const char *fault)
{
    return strcmp(STUB_FAULT, fault) == 0;
}

static void *sleep_for_ever(void *unused)
{
    for (;;)
        pause();
    return unused;
}

static void start_pool(void)
{
    const char *threads = getenv("OPENBLAS_NUM_THREADS");
    for (int i = threads ? atoi(threads) : 4; i > 1; i--) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, sleep_for_ever, NULL) == 0)
            pthread_detach(thread);
    }
}

__attribute__((constructor)) static void open_stub(void)
{
    const char *type = getenv("OPENBLAS_CORETYPE");
    if (type && (strcmp(type, "Haswell") == 0 || strcmp(type, "Zen") == 0))
        snprintf(core, sizeof core, "%s", type);
    if (has("pool"))
        start_pool();
}

char *openblas_get_config(void)
{
    static char config[] = "OpenBLAS 9.9-" STUB_FAULT " stub";
    return config;
}

char *openblas_get_corename(void)
{
    return core;
}

int openblas_get_parallel(void)
{
    return has("serial") ? 0 : 1;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time); // that rates are measured in
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void take_longer(double begin)
{
    double spent = now() - begin, end = now() + (SLOWER - 1) * spent;
    while ((has("slow") || strcmp(core, "Haswell") == 0) && now() < end)
        continue;
}

static void break_down(void)
{
    if (has("crash"))
        abort();
    if (has("illegal"))
        raise(SIGILL);
    while (has("hang"))
        pause();
}

typedef struct operand { // op(data)[i, j] = data[i * down + j * right]
    const double *data;
    long down, right;
} operand;

static operand operand_of(const double *data, int ld, char transpose)
{
    return transpose == 'N' ? (operand){data, 1, ld} : (operand){data, ld, 1};
}

// One column of the product; it waits half-way in `column`, which unsafe threads share.
static void multiply_column(operand a, const double *b, long step, int m, int k, double *column)
{
    memset(column, 0, (size_t)m * sizeof *column);
    for (int l = 0; l < k; l++)
        for (int i = 0; i < m; i++)
            column[i] += a.data[i * a.down + l * a.right] * b[l * step];
}

static double *scratch(int m)
{
    static double shared[1 << 16];
    static _Thread_local double own[1 << 16];
    if (m > 1 << 16)
        abort();
    return has("unsafe") ? shared : own;
}

enum { EMULATED_BITS = 55 };

// op(data) of lines x length as emulation takes it: what lies that far below the greatest of its
// line (a row of the left factor, a column of the right one) is cut off. NULL: no memory.
static double *cut(operand of, int lines, int length)
{
    double *copy = malloc((size_t)lines * (size_t)length * sizeof *copy + 1);
    for (int i = 0; copy && i < lines; i++) {
        double most = 0;
        for (int l = 0; l < length; l++)
            most = fmax(most, fabs(of.data[i * of.down + l * of.right]));
        int exponent = most > 0 && isfinite(most) ? ilogb(most) + 1 : 0;
        for (int l = 0; l < length; l++) {
            double entry = of.data[i * of.down + l * of.right];
            double whole = trunc(ldexp(entry, EMULATED_BITS - 1 - exponent));
            copy[i + (long)l * lines] =
                isfinite(whole) ? ldexp(whole, exponent + 1 - EMULATED_BITS) : entry;
        }
    }
    return copy;
}

// Both factors by their copies.
static void cut_both(operand *left, operand *right, const int *m, const int *n, const int *k)
{
    operand across = {right->data, right->right, right->down};
    double *a = cut(*left, *m, *k), *b = cut(across, *n, *k);
    if (!a || !b)
        abort();
    *left = (operand){a, 1, *m};
    *right = (operand){b, *n, 1};
}

void dgemm_(const char *ta, const char *tb, const int *m, const int *n, const int *k,
            const double *alpha, const double *a, const int *lda, const double *b, const int *ldb,
            const double *beta, double *c, const int *ldc)
{
    double begin = now();
    operand left = operand_of(a, *lda, *ta), right = operand_of(b, *ldb, *tb);
    double *column = scratch(*m);
    break_down();
    if (has("emulated"))
        cut_both(&left, &right, m, n, k);
    for (int j = 0; j < *n; j++) {
        multiply_column(left, right.data + j * right.right, right.down, *m, *k, column);
        if (has("unsafe") && *m > 100 && j % 16 == 0)
            sched_yield();
        for (int i = 0; i < *m; i++) {
            double *to = &c[i + (long)j * *ldc];
            double kept = *beta == 0 ? 0 : *beta * *to;
            *to = has("nan") && isnan(column[i]) ? kept : kept + *alpha * column[i];
        }
    }
    if (has("emulated")) {
        free((void *)left.data);
        free((void *)right.data);
    }
    if (has("product") && *m % 8 && *m > 100 && *n > 100)
        c[*m - 1] += 1e-3;
    take_longer(begin);
}

// Both sides as one: along a line of X, unknowns `across` apart, by the rows of op(A), or by its
// columns from the right.
void dtrsm_(const char *side, const char *triangle, const char *transpose, const char *diagonal,
            const int *m, const int *n, const double *alpha, const double *a, const int *lda,
            double *b, const int *ldb)
{
    double begin = now();
    bool is_left = *side == 'L';
    int size = is_left ? *m : *n, lines = is_left ? *n : *m;
    operand op = operand_of(a, *lda, (*transpose == 'N') == is_left ? 'N' : 'T');
    bool forward = (*triangle == 'L') == ((*transpose == 'N') == is_left);
    long across = is_left ? 1 : *ldb, along = is_left ? *ldb : 1;
    break_down();
    for (int line = 0; line < lines; line++)
        for (int step = 0; step < size; step++) {
            double *x = b + line * along, sum;
            int i = forward ? step : size - 1 - step;
            sum = *alpha * x[i * across];
            for (int done = 0; done < step; done++) {
                int j = forward ? done : size - 1 - done;
                sum -= op.data[i * op.down + j * op.right] * x[j * across];
            }
            x[i * across] = *diagonal == 'U' ? sum : sum / op.data[i * (op.down + op.right)];
        }
    if (has("solve") && *n > 8)
        b[0] *= 1.01;
    take_longer(begin);
}
