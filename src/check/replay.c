// SPDX-License-Identifier: BSD-3-Clause
// The rows lie in the part's memory as a block of their own, one part of the columns on each
// process column. The processes of a column share the block rows of U among them, so each has its
// own part of the sum that is subtracted: the first begins with the original entries, the others
// with zeros. Where a block column is next its parts are added up, the process that hosts the
// block on the diagonal solves for the multipliers, and all hear of them.
#include "check/replay.h"

#include "base/assertion.h"
#include "comm/group.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_WORLD = 3088, TAG_COLUMN = 3104 };

struct pn_replay {
    pn_site site;
    pn_group world, column;
    int *column_ranks;
    pn_block work;        // [PN_REPLAY_ROWS x local columns] of the part
    pn_block multipliers; // [NB x PN_REPLAY_ROWS] of the part, transposed
    size_t work_bytes, multiplier_bytes;
    double *rows;     // [PN_REPLAY_ROWS x local columns] host memory, as are the others
    double *standing; // [local columns]
    double *diagonal; // [NB x NB]
    double *solved;   // [NB x PN_REPLAY_ROWS] transposed
    double *sums;     // [PN_REPLAY_ROWS]
    double *ones;     // [local columns]
    void *host;       // all of them
    size_t host_bytes;
    pn_gidx *columns; // [local columns] global ones
};

static size_t words_of(const pn_place *place)
{
    size_t nb = (size_t)place->layout->nb, columns = (size_t)place->columns + 1;
    return (PN_REPLAY_ROWS + 2) * columns + nb * nb + PN_REPLAY_ROWS * (nb + 1);
}

size_t pn_replay_bytes(const pn_place *place)
{
    size_t nb = (size_t)place->layout->nb, columns = (size_t)place->columns + 1;
    size_t part = PN_REPLAY_ROWS * (columns + nb) * sizeof(double);
    return part + words_of(place) * sizeof(double) + columns * sizeof(pn_gidx);
}

static void cut_memory(pn_replay *r)
{
    const pn_place *place = r->site.place;
    size_t nb = (size_t)place->layout->nb, columns = (size_t)place->columns + 1;
    r->rows = r->host;
    r->standing = r->rows + PN_REPLAY_ROWS * columns;
    r->ones = r->standing + columns;
    r->diagonal = r->ones + columns;
    r->solved = r->diagonal + nb * nb;
    r->sums = r->solved + nb * PN_REPLAY_ROWS;
}

static pn_status take_memory(pn_replay *r)
{
    const pn_place *place = r->site.place;
    pn_compute *compute = r->site.compute;
    pn_lidx nb = place->layout->nb, columns = place->columns;
    void *work = NULL, *multipliers = NULL;
    pn_status status;
    r->work_bytes = sizeof(double) * PN_REPLAY_ROWS * (size_t)(columns + 1);
    r->multiplier_bytes = sizeof(double) * PN_REPLAY_ROWS * (size_t)nb;
    r->host_bytes = sizeof(double) * words_of(place);
    r->columns = calloc((size_t)columns + 1, sizeof *r->columns);
    if (!r->columns)
        PN_TRY(pn_fail_memory("for the columns of rows that are computed again"));
    PN_TRY(compute->ops->allocate(compute, r->work_bytes, &work));
    r->work = pn_block_of(work, PN_REPLAY_ROWS, columns, columns + 1);
    PN_TRY(compute->ops->allocate(compute, r->multiplier_bytes, &multipliers));
    r->multipliers = pn_block_of(multipliers, nb, PN_REPLAY_ROWS, PN_REPLAY_ROWS);
    PN_TRY(compute->ops->allocate_host(compute, r->host_bytes, &r->host));
    cut_memory(r);
fail:
    return status;
}

static pn_status make_groups(pn_replay *r)
{
    const pn_place *place = r->site.place;
    int height = place->layout->heights[place->column];
    r->column_ranks = calloc((size_t)height, sizeof(int));
    if (!r->column_ranks)
        return pn_fail_memory("for the ranks of a process column");
    for (int i = 0; i < height; i++)
        r->column_ranks[i] = pn_layout_rank(place->layout, i, place->column);
    r->world = pn_group_world(r->site.comm, TAG_WORLD);
    r->column = (pn_group){.comm = r->site.comm,
                           .size = height,
                           .me = place->row,
                           .ranks = r->column_ranks,
                           .tag = TAG_COLUMN};
    return PN_OK;
}

pn_status pn_replay_create(pn_replay **result, const pn_site *site)
{
    *result = NULL;
    pn_replay *r = calloc(1, sizeof *r);
    if (!r)
        return pn_fail_memory("for rows that are computed again");
    r->site = *site;
    pn_status status;
    PN_TRY(make_groups(r));
    PN_TRY(take_memory(r));
    for (pn_lidx j = 0; j < site->place->columns; j++)
        r->columns[j] = pn_place_global_column(site->place, j);
    *result = r;
    return PN_OK;
fail:
    pn_replay_destroy(r);
    return status;
}

void pn_replay_destroy(pn_replay *r)
{
    if (!r)
        return;
    pn_compute *compute = r->site.compute;
    if (r->work.data)
        compute->ops->release(compute, r->work.data, r->work_bytes);
    if (r->multipliers.data)
        compute->ops->release(compute, r->multipliers.data, r->multiplier_bytes);
    if (r->host)
        compute->ops->release_host(compute, r->host, r->host_bytes);
    free(r->columns);
    free(r->column_ranks);
    free(r);
}

static void read_to(const pn_replay *r, pn_block from, double *host)
{
    pn_compute *compute = r->site.compute;
    if (from.rows > 0 && from.columns > 0)
        compute->ops->wait(compute, compute->ops->read(compute, from, host, from.columns));
}

static void write_from(const pn_replay *r, pn_block to, const double *host)
{
    pn_compute *compute = r->site.compute;
    if (to.rows > 0 && to.columns > 0)
        compute->ops->wait(compute, compute->ops->write(compute, to, host, to.columns));
}

// Local columns of `count` rows from global column `column` on.
static pn_block rows_from(const pn_replay *r, pn_gidx column, int count)
{
    pn_lidx first = pn_place_columns_before(r->site.place, column);
    return pn_block_submatrix(r->work, 0, first, count, r->site.place->columns - first);
}

// The sums of the original rows, in their column of the first process.
static void add_sums(pn_replay *r, int count)
{
    const pn_place *place = r->site.place;
    pn_compute *compute = r->site.compute;
    pn_gidx n = pn_site_n(&r->site);
    pn_lidx before = pn_place_columns_before(place, n + 1);
    for (pn_lidx j = 0; j < place->columns; j++)
        r->ones[j] = -1;
    memset(r->sums, 0, (size_t)count * sizeof *r->sums);
    if (place->row == 0 && before > 0)
        compute->ops->apply(compute, pn_block_submatrix(r->work, 0, 0, count, before), r->ones,
                            r->sums);
    pn_group_combine(&r->world, r->sums, (size_t)count * sizeof *r->sums, pn_combine_sum);
    if (place->row == 0)
        write_from(r, rows_from(r, n + 1, count), r->sums);
}

static void begin(pn_replay *r, const pn_replay_row *rows, int count)
{
    const pn_place *place = r->site.place;
    pn_compute *compute = r->site.compute;
    pn_gidx originals[PN_REPLAY_ROWS];
    pn_block work = rows_from(r, 0, count);
    for (int i = 0; i < count; i++)
        originals[i] = rows[i].original;
    if (place->row == 0 && place->columns > 0) {
        compute->ops->generate(compute, &(pn_generate){.matrix = work,
                                                       .row = originals,
                                                       .column = r->columns,
                                                       .n = pn_site_n(&r->site),
                                                       .seed = r->site.seed});
        compute->ops->wait(compute, PN_TICKET_ALL);
    } else {
        memset(r->rows, 0, sizeof(double) * (size_t)(work.rows * work.columns));
        write_from(r, work, r->rows);
    }
    add_sums(r, count);
}

// One row of a block: columns left of its limit become multipliers, the others what is left there.
// The multipliers go to a column of `solved`, zeros where there is none.
static void solve_row(const pn_replay *r, double *row, int width, pn_gidx before, int index)
{
    int eliminated = (int)pn_max(0, pn_min(before, width));
    for (int j = 0; j < width; j++) {
        for (int t = 0; t < pn_min(j, eliminated); t++)
            row[j] -= row[t] * r->diagonal[t * width + j];
        if (j < eliminated)
            row[j] /= r->diagonal[j * width + j];
        r->solved[j * PN_REPLAY_ROWS + index] = j < eliminated ? row[j] : 0;
    }
}

// On the process that hosts the block on the diagonal.
static void solve_block(pn_replay *r, const pn_replay_row *rows, int count, pn_block diagonal,
                        pn_gidx first)
{
    int width = (int)diagonal.columns;
    read_to(r, diagonal, r->diagonal);
    for (int i = 0; i < count; i++)
        solve_row(r, r->rows + i * width, width, rows[i].limit - first, i);
}

// In the process column that owns block k: the parts of what is left there become one again.
static void solve(pn_replay *r, const pn_replay_row *rows, int count, pn_gidx k)
{
    const pn_place *place = r->site.place;
    pn_gidx first = k * place->layout->nb;
    int width = (int)pn_min(place->layout->nb, pn_site_n(&r->site) - first);
    pn_lidx column = pn_place_columns_before(place, first);
    pn_block block = pn_block_submatrix(r->work, 0, column, count, width);
    size_t bytes = (size_t)(count * width) * sizeof(double);
    read_to(r, block, r->rows);
    pn_group_combine(&r->column, r->rows, bytes, pn_combine_sum);
    if (pn_layout_row_of(place->layout, place->column, first) == place->row)
        solve_block(r, rows, count,
                    pn_block_submatrix(r->site.matrix, pn_place_rows_before(place, first), column,
                                       width, width),
                    first);
    else
        memset(r->rows, 0, bytes);
    write_from(r, block, r->rows);
}

static void multiply(pn_replay *r, int count, pn_gidx k)
{
    const pn_place *place = r->site.place;
    pn_compute *compute = r->site.compute;
    pn_gidx first = k * place->layout->nb;
    int width = (int)pn_min(place->layout->nb, pn_site_n(&r->site) - first);
    pn_block rest = rows_from(r, first + width, count);
    if (rest.columns == 0 || pn_layout_row_of(place->layout, place->column, first) != place->row)
        return;
    pn_block l = pn_block_submatrix(r->multipliers, 0, 0, width, PN_REPLAY_ROWS);
    write_from(r, l, r->solved);
    pn_update task = {.c = rest,
                      .l = l.data,
                      .ld_l = l.ld,
                      .u = pn_block_submatrix(r->site.matrix, pn_place_rows_before(place, first),
                                              place->columns - rest.columns, width, rest.columns),
                      .width = width};
    compute->ops->multiply_start(compute, &task, 1);
    while (compute->ops->multiply_help(compute))
        continue;
    compute->ops->multiply_finish(compute);
}

static void eliminate(pn_replay *r, const pn_replay_row *rows, int count, pn_gidx k)
{
    const pn_layout *layout = r->site.place->layout;
    int owner = layout->owner[k];
    int root = pn_layout_rank(layout, pn_layout_row_of(layout, owner, k * layout->nb), owner);
    if (r->site.place->column == owner)
        solve(r, rows, count, k);
    pn_group_broadcast(&r->world, r->solved, sizeof(double) * PN_REPLAY_ROWS * (size_t)layout->nb,
                       root);
    multiply(r, count, k);
}

static void combine_findings(void *into, const void *from, size_t bytes)
{
    pn_replay_finding *a = into;
    const pn_replay_finding *b = from;
    for (size_t i = 0; i < bytes / sizeof *a; i++)
        if (b[i].column >= 0 && (a[i].column < 0 || fabs(b[i].difference) > fabs(a[i].difference)))
            a[i] = b[i];
}

// Rows of this process: what stands against what should be.
static pn_replay_finding compare(const pn_replay *r, const pn_block *stands, const double *should)
{
    pn_replay_finding found = {0, -1, r->site.comm->rank};
    pn_lidx left = r->site.place->columns - stands->columns;
    read_to(r, *stands, r->standing);
    for (pn_lidx j = 0; j < stands->columns; j++) {
        double difference = r->standing[j] - should[j];
        if (isnan(difference))
            difference = INFINITY;
        if (fabs(difference) > fabs(found.difference)) {
            found.difference = difference;
            found.column = r->columns[left + j];
        }
    }
    return found;
}

static void take_row(pn_replay *r, const pn_replay_row *row, const double *values, bool writes,
                     pn_replay_finding *finding)
{
    const pn_place *place = r->site.place;
    pn_lidx column = pn_place_columns_before(place, row->limit);
    *finding = (pn_replay_finding){0, -1, -1};
    if (pn_layout_row_of(place->layout, place->column, row->place) != place->row)
        return;
    pn_block stands = pn_block_submatrix(r->site.matrix, pn_place_rows_before(place, row->place),
                                         column, 1, place->columns - column);
    *finding = compare(r, &stands, values + column);
    if (writes)
        write_from(r, stands, values + column);
}

static int compare_originals(const void *a, const void *b)
{
    pn_gidx x = ((const pn_replay_row *)a)->original, y = ((const pn_replay_row *)b)->original;
    return (x > y) - (x < y);
}

void pn_replay_rows(pn_replay *r, pn_replay_row *rows, int count, bool writes,
                    pn_replay_finding *finding)
{
    const pn_place *place = r->site.place;
    pn_gidx limit = 0;
    pn_assert(count >= 0 && count <= PN_REPLAY_ROWS, "so many rows are computed at once");
    qsort(rows, (size_t)count, sizeof *rows, compare_originals);
    memset(r->solved, 0, sizeof(double) * PN_REPLAY_ROWS * (size_t)place->layout->nb);
    for (int i = 0; i < count; i++)
        limit = pn_max(limit, rows[i].limit);
    begin(r, rows, count);
    for (pn_gidx k = 0; k * place->layout->nb < limit; k++)
        eliminate(r, rows, count, k);
    read_to(r, rows_from(r, 0, count), r->rows);
    pn_group_combine(&r->column, r->rows, sizeof(double) * (size_t)(count * place->columns),
                     pn_combine_sum);
    for (int i = 0; i < count; i++)
        take_row(r, &rows[i], r->rows + i * place->columns, writes, &finding[i]);
    pn_group_combine(&r->world, finding, (size_t)count * sizeof *finding, combine_findings);
}
