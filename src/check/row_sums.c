// SPDX-License-Identifier: BSD-3-Clause
// The sums of a row that stands are those of its product with a vector of ones, which every backend
// computes where the matrix lies.
#include "check/row_sums.h"

#include "base/assertion.h"
#include "base/clones.h"
#include "base/lcg.h"
#include "base/vector.h"
#include "comm/group.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 512, PARTS = 4, LANES = PARTS * PN_VECTOR, TAG = 3072 };

PN_CLONES static double sum_chunk(const double *entries, pn_lidx count)
{
    pn_vector parts[PARTS] = {{0}};
    double sum = 0;
    pn_lidx j = 0;
    for (; j + LANES <= count; j += LANES)
        for (int l = 0; l < PARTS; l++)
            parts[l] += ((const pn_vector *)(entries + j))[l];
    for (; j < count; j++)
        sum += entries[j];
    for (int l = 0; l < LANES; l++)
        sum += parts[l / PN_VECTOR][l % PN_VECTOR];
    return sum;
}

typedef struct sums_task {
    pn_gidx n, first, last; // rows of this rank
    uint64_t seed;
    double *sums; // [n]
} sums_task;

static void sums_job(void *task, int me, int members)
{
    const sums_task *t = task;
    const pn_lcg_jump along = pn_lcg_jump_by((uint64_t)t->n);
    pn_gidx rows = t->last - t->first, end = t->first + rows * (me + 1) / members;
    double entries[CHUNK];
    for (pn_gidx row = t->first + rows * me / members; row < end; row++) {
        uint64_t state = pn_lcg_state(t->seed, t->n, row, 0);
        double sum = 0;
        for (pn_gidx column = 0; column <= t->n; column += CHUNK) {
            pn_lidx count = pn_min(CHUNK, t->n + 1 - column);
            state = pn_lcg_series(entries, count, state, along);
            sum += sum_chunk(entries, count);
        }
        t->sums[row] = sum;
    }
}

// The column of sums, if it lies here.
static bool holds_sums(const pn_site *site)
{
    return pn_layout_column_of(site->place->layout, pn_site_n(site) + 1) == site->place->column &&
           site->place->rows > 0;
}

static void write_column(pn_row_sums *sums, const pn_site *site)
{
    const pn_place *place = site->place;
    pn_compute *compute = site->compute;
    for (pn_lidx i = 0; i < place->rows; i++)
        sums->local[i] = sums->difference[pn_place_global_row(place, i)];
    pn_lidx column = pn_place_columns_before(place, pn_site_n(site) + 1);
    pn_block block = pn_block_submatrix(site->matrix, 0, column, place->rows, 1);
    compute->ops->wait(compute, compute->ops->write(compute, block, sums->local, 1));
}

void pn_row_sums_write(pn_row_sums *sums, const pn_site *site)
{
    pn_gidx n = pn_site_n(site);
    int rank = site->comm->rank, ranks = site->comm->size;
    double *all = sums->difference;
    sums_task task = {.n = n,
                      .first = n * rank / ranks,
                      .last = n * (rank + 1) / ranks,
                      .seed = site->seed,
                      .sums = all};
    pn_group world = pn_group_world(site->comm, TAG);
    memset(all, 0, (size_t)n * sizeof *all);
    pn_team_run(site->compute->team, sums_job, &task);
    pn_group_combine(&world, all, (size_t)n * sizeof *all, pn_combine_sum);
    if (holds_sums(site))
        write_column(sums, site);
}

// Ones, and -1 for the column of sums.
static void set_signs(pn_row_sums *sums, const pn_site *site)
{
    for (pn_lidx j = 0; j < site->place->columns; j++)
        sums->signs[j] = 1;
    if (holds_sums(site))
        sums->signs[pn_place_columns_before(site->place, pn_site_n(site) + 1)] = -1;
}

// Subtracts what this process holds of local rows [row, row + rows) from local column `column` on
// from `into` [rows].
static void subtract_rows(const pn_row_sums *sums, const pn_site *site, pn_block part, double *into)
{
    if (part.rows > 0 && part.columns > 0)
        site->compute->ops->apply(site->compute, part,
                                  sums->signs + (site->place->columns - part.columns), into);
}

// From local row `row` and column `column` on, `rows` rows.
static pn_block part_of(const pn_site *site, pn_lidx row, pn_lidx rows, pn_lidx column)
{
    return pn_block_submatrix(site->matrix, row, column, rows, site->place->columns - column);
}

// The upper triangle of a block on the diagonal.
static void subtract_triangle(const pn_row_sums *sums, const pn_site *site, pn_block block,
                              double *into)
{
    pn_compute *compute = site->compute;
    compute->ops->wait(compute, compute->ops->read(compute, block, sums->block, block.columns));
    for (pn_lidx i = 0; i < block.rows; i++)
        into[i] -= sum_chunk(sums->block + i * block.columns + i, block.columns - i);
}

static void compare_block_row(const pn_row_sums *sums, const pn_site *site, pn_gidx k)
{
    const pn_place *place = site->place;
    const pn_layout *layout = place->layout;
    pn_gidx first = k * layout->nb;
    pn_lidx width = pn_min(layout->nb, layout->n - first);
    if (pn_layout_row_of(layout, place->column, first) != place->row)
        return;
    pn_lidx row = pn_place_rows_before(place, first);
    pn_lidx right = pn_place_columns_before(place, first + width);
    double *into = sums->difference + first;
    subtract_rows(sums, site, part_of(site, row, width, right), into);
    if (layout->owner[k] == place->column)
        subtract_triangle(sums, site,
                          pn_block_submatrix(site->matrix, row, right - width, width, width), into);
}

void pn_row_sums_compare(pn_row_sums *sums, const pn_site *site, pn_gidx from, pn_gidx step)
{
    const pn_place *place = site->place;
    int nb = place->layout->nb;
    pn_gidx n = pn_site_n(site), begin = from * nb, trailing = pn_min(step * nb, n);
    pn_lidx row = pn_place_rows_before(place, trailing), rows = place->rows - row;
    double *all = sums->difference;
    memset(all, 0, (size_t)n * sizeof *all);
    memset(sums->local, 0, (size_t)n * sizeof *all);
    set_signs(sums, site);
    subtract_rows(sums, site, part_of(site, row, rows, pn_place_columns_before(place, trailing)),
                  sums->local);
    for (pn_lidx i = 0; i < rows; i++)
        all[pn_place_global_row(place, row + i)] = sums->local[i];
    for (pn_gidx k = from; k * nb < trailing; k++)
        compare_block_row(sums, site, k);
    pn_group world = pn_group_world(site->comm, TAG);
    pn_group_combine(&world, all + begin, (size_t)(n - begin) * sizeof *all, pn_combine_sum);
    for (pn_gidx i = begin; i < n; i++)
        all[i] = -all[i];
}

// The sum of squares of local row `row` from local column `column` on, without the column of sums.
static double squares_of(const pn_row_sums *sums, const pn_site *site, pn_lidx row, pn_lidx column)
{
    pn_compute *compute = site->compute;
    pn_lidx end = site->place->columns - holds_sums(site);
    pn_lidx piece = site->place->layout->nb * (pn_lidx)site->place->layout->nb;
    double squares = 0;
    for (; column < end; column += piece) {
        pn_lidx count = pn_min(piece, end - column);
        pn_block part = pn_block_submatrix(site->matrix, row, column, 1, count);
        compute->ops->wait(compute, compute->ops->read(compute, part, sums->block, count));
        for (pn_lidx j = 0; j < count; j++)
            squares += sums->block[j] * sums->block[j];
    }
    return squares;
}

void pn_row_sums_scale(pn_row_sums *sums, const pn_site *site, pn_gidx step, const pn_gidx *rows,
                       int count, double *scale)
{
    const pn_place *place = site->place;
    pn_gidx n = pn_site_n(site), trailing = pn_min(step * place->layout->nb, n);
    pn_assert(count <= PN_ROW_SCALES, "no more rows are weighed than there is room for");
    for (int i = 0; i < count; i++) {
        pn_gidx left = pn_min(rows[i], trailing);
        scale[i] = 0;
        if (pn_layout_row_of(place->layout, place->column, rows[i]) == place->row)
            scale[i] = squares_of(sums, site, pn_place_rows_before(place, rows[i]),
                                  pn_place_columns_before(place, left));
    }
    pn_group world = pn_group_world(site->comm, TAG);
    pn_group_combine(&world, scale, (size_t)count * sizeof *scale, pn_combine_sum);
    for (int i = 0; i < count; i++)
        scale[i] = sqrt(scale[i] / (double)(n + 1 - pn_min(rows[i], trailing)));
}

size_t pn_row_sums_bytes(const pn_layout *layout)
{
    size_t nb = (size_t)layout->nb;
    return (2 * (size_t)layout->n + (size_t)layout->width + nb * nb) * sizeof(double);
}

pn_status pn_row_sums_create(pn_row_sums *sums, pn_compute *compute, const pn_layout *layout)
{
    size_t nb = (size_t)layout->nb, n = (size_t)layout->n;
    void *block = NULL;
    *sums = (pn_row_sums){.difference = calloc(n, sizeof(double)),
                          .local = calloc(n, sizeof(double)),
                          .signs = calloc((size_t)layout->width, sizeof(double)),
                          .block_bytes = nb * nb * sizeof(double)};
    if (!sums->difference || !sums->local || !sums->signs)
        return pn_fail_memory("for the sums of %lld rows", (long long)layout->n);
    pn_status status = compute->ops->allocate_host(compute, sums->block_bytes, &block);
    sums->block = block;
    return status;
}

void pn_row_sums_release(pn_row_sums *sums, pn_compute *compute)
{
    free(sums->difference);
    free(sums->local);
    free(sums->signs);
    if (sums->block)
        compute->ops->release_host(compute, sums->block, sums->block_bytes);
    *sums = (pn_row_sums){0};
}
