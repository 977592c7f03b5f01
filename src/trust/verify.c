// SPDX-License-Identifier: BSD-3-Clause
// Each thread of each rank takes an even run of rows and walks it in tiles: a strip of columns, as
// many streams of the generator, goes down the rows of the tile, so that each entry is made, used
// for its row and its column, and forgotten within the registers and the first-level cache.
#include "trust/verify.h"

#include "base/clones.h"
#include "base/lcg.h"

#include <math.h>
#include <stdlib.h>

enum { LANES = 8, STRIP = 512, TILE = 128, TAG_VERIFY = 0 };

// What one thread finds in its rows.
typedef struct part {
    double *column_sums; // [n] of absolute values
    double a_inf, b_inf, error_inf;
} part;

typedef struct check {
    pn_gidx n;
    uint64_t seed;
    const double *x;
    pn_gidx first, end; // this rank's rows
    pn_lcg_jump to_next_column;
    part *parts; // [members]
} check;

// The sums of one row so far, in lanes that a vector unit keeps apart.
typedef struct row_sums {
    double absolute[LANES];
    double product[LANES];
} row_sums;

static double larger(double a, double b)
{
    return a > b || isnan(a) ? a : b;
}

static double sum_of(const double *lanes)
{
    double sum = 0;
    for (int lane = 0; lane < LANES; lane++)
        sum += lanes[lane];
    return sum;
}

// One row of a strip: `state` is at the row on entry, at the next one on return.
PN_CLONES static void add_row(row_sums *row, uint64_t *restrict state, double *restrict column_sums,
                              const double *restrict x, int count)
{
    row_sums sums = *row;
    const pn_lcg_jump to_next_row = {UINT64_C(6364136223846793005), 1};
    for (int j = 0; j + LANES <= count; j += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            double value = pn_lcg_value(state[j + lane]);
            state[j + lane] = pn_lcg_advance(to_next_row, state[j + lane]);
            column_sums[j + lane] += fabs(value);
            sums.absolute[lane] += fabs(value);
            sums.product[lane] += value * x[j + lane];
        }
    for (int j = count - count % LANES; j < count; j++) {
        double value = pn_lcg_value(state[j]);
        state[j] = pn_lcg_advance(to_next_row, state[j]);
        column_sums[j] += fabs(value);
        sums.absolute[0] += fabs(value);
        sums.product[0] += value * x[j];
    }
    *row = sums;
}

static void add_strip(const check *c, part *found, pn_gidx top, int rows, pn_gidx left,
                      row_sums *sums)
{
    uint64_t state[STRIP];
    int count = (int)pn_min(STRIP, c->n - left);
    state[0] = pn_lcg_state(c->seed, (uint64_t)top + (uint64_t)left * (uint64_t)c->n);
    for (int j = 1; j < count; j++)
        state[j] = pn_lcg_advance(c->to_next_column, state[j - 1]);
    for (int i = 0; i < rows; i++)
        add_row(&sums[i], state, found->column_sums + left, c->x + left, count);
}

static void add_tile(const check *c, part *found, pn_gidx top, int rows)
{
    row_sums sums[TILE] = {0};
    for (pn_gidx left = 0; left < c->n; left += STRIP)
        add_strip(c, found, top, rows, left, sums);
    uint64_t state = pn_lcg_state(c->seed, (uint64_t)top + (uint64_t)c->n * (uint64_t)c->n);
    for (int i = 0; i < rows; i++) {
        double b = pn_lcg_value(state);
        state = pn_lcg_advance(pn_lcg_jump_by(1), state);
        found->a_inf = larger(found->a_inf, sum_of(sums[i].absolute));
        found->b_inf = larger(found->b_inf, fabs(b));
        found->error_inf = larger(found->error_inf, fabs(sum_of(sums[i].product) - b));
    }
}

static void check_job(void *task, int me, int members)
{
    const check *c = task;
    pn_gidx rows = c->end - c->first;
    pn_gidx end = c->first + rows * (me + 1) / members;
    for (pn_gidx top = c->first + rows * me / members; top < end; top += TILE)
        add_tile(c, &c->parts[me], top, (int)pn_min(TILE, end - top));
}

static void fold_parts(part *parts, int count, pn_gidx n)
{
    for (int i = 1; i < count; i++) {
        for (pn_gidx j = 0; j < n; j++)
            parts[0].column_sums[j] += parts[i].column_sums[j];
        parts[0].a_inf = larger(parts[0].a_inf, parts[i].a_inf);
        parts[0].b_inf = larger(parts[0].b_inf, parts[i].b_inf);
        parts[0].error_inf = larger(parts[0].error_inf, parts[i].error_inf);
    }
}

static void combine_ranks(const pn_group *world, part *all, pn_gidx n)
{
    double most[] = {all->a_inf, all->b_inf, all->error_inf};
    pn_group_combine(world, most, sizeof most, pn_combine_max);
    pn_group_combine(world, all->column_sums, sizeof(double) * (size_t)n, pn_combine_sum);
    all->a_inf = most[0];
    all->b_inf = most[1];
    all->error_inf = most[2];
}

static void measure(const pn_verify_request *request, const part *all, pn_norms *norms,
                    double *residual)
{
    *norms = (pn_norms){.a_inf = all->a_inf, .b_inf = all->b_inf};
    for (pn_gidx i = 0; i < request->n; i++) {
        norms->a_one = larger(norms->a_one, all->column_sums[i]);
        norms->x_one += fabs(request->x[i]);
        norms->x_inf = larger(norms->x_inf, fabs(request->x[i]));
    }
    double scale = 0x1p-53 * (norms->a_inf * norms->x_inf + norms->b_inf) * (double)request->n;
    *residual = all->error_inf / scale;
}

// All ranks learn whether one of them has no memory, before any waits for its numbers.
static pn_status allocate(const pn_group *world, part *parts, int members, pn_gidx n)
{
    double missing = parts == NULL;
    for (int i = 0; i < members && parts; i++) {
        parts[i].column_sums = calloc((size_t)n, sizeof(double));
        missing = larger(missing, parts[i].column_sums == NULL);
    }
    pn_group_combine(world, &missing, sizeof missing, pn_combine_max);
    if (missing > 0)
        return pn_fail(PN_ERROR_MEMORY,
                       "no memory on some rank to verify: it takes %lld bytes a "
                       "thread",
                       (long long)n * (long long)sizeof(double));
    return PN_OK;
}

pn_status pn_verify_solution(const pn_verify_request *request, pn_norms *norms, double *residual)
{
    pn_status status;
    pn_group world = pn_group_world(request->comm, TAG_VERIFY);
    int members = pn_team_size(request->team);
    part *parts = calloc((size_t)members, sizeof *parts);
    check c = {.n = request->n,
               .seed = request->seed,
               .x = request->x,
               .first = request->n * world.me / world.size,
               .end = request->n * (world.me + 1) / world.size,
               .to_next_column = pn_lcg_jump_by((uint64_t)request->n),
               .parts = parts};
    PN_TRY(allocate(&world, parts, members, request->n));
    pn_team_run(request->team, check_job, &c);
    fold_parts(parts, members, request->n);
    combine_ranks(&world, &parts[0], request->n);
    measure(request, &parts[0], norms, residual);
fail:
    for (int i = 0; i < members && parts; i++)
        free(parts[i].column_sums);
    free(parts);
    return status;
}
