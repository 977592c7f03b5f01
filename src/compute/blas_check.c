// SPDX-License-Identifier: BSD-3-Clause
// The shapes are those that a factorisation calls (panel: dgemm NN and dtrsm LLNU; update: dgemm
// NT), at sizes that no vector or block divides, and a few that nothing here calls.
#include "compute/blas_check.h"

#include "base/lcg.h"

#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAD = 3, ROUNDS = 4 };

// A product, or a solve with `k` unused. Words: transposes of A and B; or side, triangle,
// transpose, diagonal.
typedef struct problem {
    const char *words;
    int m, n, k;
    double alpha, beta;
    bool nan; // one entry of the input is
} problem;

static const problem problems[] = {
    {"NN", 1, 1, 1, -1, 1, false},      {"NT", 7, 5, 3, -1, 1, false},
    {"TN", 9, 11, 6, -1, 1, false},     {"TT", 5, 8, 7, 1, 1, false},
    {"NN", 131, 137, 67, -1, 1, false}, {"NT", 137, 131, 96, -1, 1, false},
    {"NT", 33, 17, 260, -1, 1, false},  {"NN", 64, 64, 64, 1, 0, false},
    {"NT", 45, 23, 13, -1, 1, true},    {"LLNU", 1, 1, 0, 1, 0, false},
    {"LLNU", 37, 29, 0, 1, 0, false},   {"LLNU", 96, 131, 0, 1, 0, false},
    {"LLNU", 131, 19, 0, -1, 0, false}, {"LLNU", 23, 17, 0, 1, 0, true},
    {"LUNN", 37, 29, 0, 1, 0, false},   {"LLTN", 21, 33, 0, 1, 0, false},
    {"RUNN", 29, 37, 0, 1, 0, false},   {"RLTU", 45, 31, 0, -1, 0, false},
};
enum { PROBLEMS = sizeof problems / sizeof problems[0] };

typedef struct matrix {
    double *data; // column-major; PAD rows more than there are
    int rows, columns, ld;
} matrix;

typedef struct data { // of one problem
    matrix a, b, c;   // c as it is handed in; of a solve, its right-hand side, and b is empty
    double *want;     // all of c's memory as it must be afterwards
} data;

static bool is_solve(const problem *p)
{
    return strlen(p->words) == 4;
}

static double random_entry(uint64_t *state)
{
    *state = pn_lcg_next(*state);
    return (double)(*state >> 11) * 0x1p-53 - 0.5;
}

static bool make(matrix *m, int rows, int columns, uint64_t seed)
{
    *m = (matrix){.rows = rows, .columns = columns, .ld = rows + PAD};
    m->data = malloc((size_t)m->ld * (size_t)columns * sizeof *m->data);
    if (!m->data)
        return false;
    for (int i = 0; i < m->ld * columns; i++)
        m->data[i] = random_entry(&seed);
    return true;
}

static double *at(const matrix *m, int i, int j)
{
    return &m->data[i + j * m->ld];
}

// What must not be read becomes NaN, off-diagonals become small and the diagonal is not near 0.
static void make_triangle(const problem *p, matrix *a)
{
    bool lower = p->words[1] == 'L', unit = p->words[3] == 'U';
    for (int j = 0; j < a->columns; j++)
        for (int i = 0; i < a->rows; i++) {
            double *entry = at(a, i, j);
            if (i == j)
                *entry = unit ? NAN : 1.5 + *entry;
            else
                *entry = (i > j) == lower ? *entry / a->rows : NAN;
        }
}

static void multiply_plainly(const problem *p, const data *d, const matrix *want)
{
    for (int j = 0; j < p->n; j++)
        for (int i = 0; i < p->m; i++) {
            double sum = 0;
            for (int l = 0; l < p->k; l++) {
                double left = p->words[0] == 'N' ? *at(&d->a, i, l) : *at(&d->a, l, i);
                sum += left * (p->words[1] == 'N' ? *at(&d->b, l, j) : *at(&d->b, j, l));
            }
            double kept = p->beta == 0 ? 0 : p->beta * *at(want, i, j);
            *at(want, i, j) = kept + p->alpha * sum;
        }
}

static double of_op(const problem *p, const matrix *a, int i, int j)
{
    return p->words[2] == 'N' ? *at(a, i, j) : *at(a, j, i);
}

// One unknown after the other along a row or a column of X. op(A) is lower or upper; from the left
// a lower one is solved from its first row on, from the right an upper one from its first column.
static void solve_plainly(const problem *p, const data *d, const matrix *want)
{
    bool left = p->words[0] == 'L';
    bool lower = (p->words[1] == 'L') == (p->words[2] == 'N');
    int size = d->a.rows, lines = left ? p->n : p->m;
    bool forward = lower == left;
    for (int line = 0; line < lines; line++)
        for (int step = 0; step < size; step++) {
            int i = forward ? step : size - 1 - step;
            double *x = left ? at(want, i, line) : at(want, line, i);
            double sum = p->alpha * *x;
            for (int done = 0; done < step; done++) {
                int j = forward ? done : size - 1 - done;
                double coefficient = left ? of_op(p, &d->a, i, j) : of_op(p, &d->a, j, i);
                sum -= coefficient * (left ? *at(want, j, line) : *at(want, line, j));
            }
            *x = p->words[3] == 'U' ? sum : sum / *at(&d->a, i, i);
        }
}

static bool prepare(const problem *p, data *d)
{
    bool solve = is_solve(p), left = p->words[0] == 'L';
    int triangle = left ? p->m : p->n;
    bool ta = !solve && p->words[0] == 'T', tb = !solve && p->words[1] == 'T';
    *d = (data){0};
    bool made = solve ? make(&d->a, triangle, triangle, 1)
                      : make(&d->a, ta ? p->k : p->m, ta ? p->m : p->k, 1) &&
                            make(&d->b, tb ? p->n : p->k, tb ? p->k : p->n, 2);
    if (!made || !make(&d->c, p->m, p->n, 3))
        return false;
    if (solve)
        make_triangle(p, &d->a);
    if (!solve && p->beta == 0)
        *at(&d->c, p->m / 2, p->n / 2) = NAN;
    if (p->nan)
        *(solve ? at(&d->c, 0, p->n / 2) : at(&d->a, p->m / 2, p->k / 2)) = NAN;
    size_t bytes = (size_t)d->c.ld * (size_t)p->n * sizeof *d->want;
    d->want = malloc(bytes);
    if (!d->want)
        return false;
    memcpy(d->want, d->c.data, bytes);
    matrix want = d->c;
    want.data = d->want;
    if (solve)
        solve_plainly(p, d, &want);
    else
        multiply_plainly(p, d, &want);
    return true;
}

static void release(data *d)
{
    free(d->a.data);
    free(d->b.data);
    free(d->c.data);
    free(d->want);
}

static void call(const pn_blas *blas, const problem *p, const data *d, double *c)
{
    const char *w = p->words;
    if (is_solve(p))
        pn_blas_trsm(blas, &(pn_trsm){w[0], w[1], w[2], w[3], p->m, p->n, p->alpha, d->a.data,
                                      d->a.ld, c, d->c.ld, PN_FLOAT64});
    else
        pn_blas_gemm(blas, &(pn_gemm){w[0], w[1], p->m, p->n, p->k, p->alpha, d->a.data, d->a.ld,
                                      d->b.data, d->b.ld, p->beta, c, d->c.ld, PN_FLOAT64});
}

// The first entry that is off, or -1. Memory between the columns must be as it was.
static int first_wrong(const problem *p, const data *d, const double *c)
{
    double bound = 8 * ((is_solve(p) ? d->a.rows : p->k) + 8) * (DBL_EPSILON / 2);
    for (int i = 0; i < d->c.ld * p->n; i++) {
        bool inside = i % d->c.ld < p->m, both_nan = isnan(c[i]) && isnan(d->want[i]);
        if (!both_nan && !(fabs(c[i] - d->want[i]) <= (inside ? bound : 0)))
            return i;
    }
    return -1;
}

static void describe(const problem *p, const data *d, int where, double got, char *text,
                     size_t room)
{
    int row = where % d->c.ld;
    char size[48];
    snprintf(size, sizeof size, is_solve(p) ? "%d x %d" : "%d x %d x %d", p->m, p->n, p->k);
    snprintf(text, room, "%s %s of %s gives %.6g in place of %.6g%s",
             is_solve(p) ? "dtrsm" : "dgemm", p->words, size, got, d->want[where],
             row < p->m ? "" : " beside the matrix");
}

typedef struct check {
    const pn_blas *blas;
    data data[PROBLEMS];
    double *room; // of all members, `words` each
    size_t words;
    pn_blas_faults *faults;
    atomic_bool together; // a member met a wrong result
} check;

// True if the result was right; `c` holds it.
static int try_problem(const check *t, int i, double *c)
{
    const data *d = &t->data[i];
    memcpy(c, d->c.data, (size_t)d->c.ld * (size_t)problems[i].n * sizeof *c);
    call(t->blas, &problems[i], d, c);
    return first_wrong(&problems[i], d, c);
}

static void check_alone(check *t)
{
    for (int i = 0; i < PROBLEMS; i++) {
        int where = try_problem(t, i, t->room);
        if (where < 0)
            continue;
        if (!t->faults->first[0])
            describe(&problems[i], &t->data[i], where, t->room[where], t->faults->first,
                     sizeof t->faults->first);
        *(is_solve(&problems[i]) ? &t->faults->solve : &t->faults->product) = true;
    }
}

// Members begin at different problems, so that unlike calls meet too.
static void check_together(void *task, int me, int members)
{
    check *t = task;
    (void)members;
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < PROBLEMS; i++) {
            int which = (i + me % 2 * round) % PROBLEMS;
            if (try_problem(t, which, t->room + (size_t)me * t->words) >= 0)
                atomic_store(&t->together, true);
        }
}

static bool prepare_all(check *t, int members)
{
    for (int i = 0; i < PROBLEMS; i++) {
        if (!prepare(&problems[i], &t->data[i]))
            return false;
        size_t words = (size_t)t->data[i].c.ld * (size_t)problems[i].n;
        t->words = words > t->words ? words : t->words;
    }
    t->room = malloc((size_t)members * t->words * sizeof *t->room);
    return t->room != NULL;
}

pn_status pn_blas_check(pn_blas_faults *faults, const pn_blas *blas, pn_team *team)
{
    check t = {.blas = blas, .faults = faults};
    *faults = (pn_blas_faults){0};
    pn_status status = PN_OK;
    if (!prepare_all(&t, pn_team_size(team))) {
        status = pn_fail_memory("to check the BLAS");
        goto fail;
    }
    check_alone(&t);
    if (!faults->first[0] && pn_team_size(team) > 1) {
        pn_team_run(team, check_together, &t);
        faults->together = atomic_load(&t.together);
        if (faults->together)
            snprintf(faults->first, sizeof faults->first,
                     "right alone, but wrong when %d threads call it at once", pn_team_size(team));
    }
fail:
    for (int i = 0; i < PROBLEMS; i++)
        release(&t.data[i]);
    free(t.room);
    return status;
}
