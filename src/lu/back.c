// SPDX-License-Identifier: BSD-3-Clause
// Every process subtracts the products of its own columns from a partial right-hand side of its
// own; a block's partial sums meet along its process row just before the block is solved. Once a
// block is solved, only its product with the block row above it is waited for; what it gives to all
// rows above that is subtracted while the next block is solved elsewhere.
#include "lu/back.h"

#include "base/assertion.h"
#include "base/clones.h"
#include "comm/group.h"

#include <stdlib.h>
#include <string.h>

enum { TAG_ROW = 1024, TAG_COLUMN = 1040 };

struct pn_back {
    const pn_back_request *request;
    pn_compute *compute; // that gave the memory
    pn_group along;      // the column
    int *ranks;          // [columns + height] of the row, then of the column
    void *memory;        // host memory that the part reaches fast, for the next two
    size_t bytes;        // of it
    double *rest;        // [local rows] this process's part of the right-hand side
    void *diagonal;      // [nb x nb] row-major, of the matrix's type
    // the columns that are still to be multiplied with, for local rows [from, to); none: both 0
    pn_lidx from, to, column;
    int width;
    const double *x; // that belongs to them
};

size_t pn_back_bytes(const pn_place *place)
{
    size_t nb = (size_t)place->layout->nb;
    return (nb * nb + (size_t)place->rows) * sizeof(double);
}

static pn_status allocate(pn_back *b, const pn_place *place)
{
    const pn_layout *layout = place->layout;
    b->bytes = pn_back_bytes(place);
    b->ranks = calloc((size_t)(layout->columns + layout->heights[place->column]), sizeof *b->ranks);
    if (!b->ranks || b->compute->ops->allocate_host(b->compute, b->bytes, &b->memory) != PN_OK)
        return pn_fail_memory("for the back substitution");
    b->diagonal = b->memory;
    b->rest = (double *)b->memory + (size_t)layout->nb * (size_t)layout->nb;
    return PN_OK;
}

pn_status pn_back_create(pn_back **back, pn_compute *compute, const pn_place *place)
{
    pn_back *b = *back = calloc(1, sizeof *b);
    if (!b)
        return pn_fail_memory("for the back substitution");
    b->compute = compute;
    pn_status status = allocate(b, place);
    if (status != PN_OK) {
        pn_back_destroy(b);
        *back = NULL;
    }
    return status;
}

void pn_back_destroy(pn_back *back)
{
    if (!back)
        return;
    free(back->ranks);
    if (back->memory)
        back->compute->ops->release_host(back->compute, back->memory, back->bytes);
    free(back);
}

static void begin(pn_back *b, const pn_back_request *request)
{
    const pn_place *place = request->place;
    const pn_layout *layout = place->layout;
    int height = layout->heights[place->column];
    pn_assert(b->compute == request->compute && b->bytes == pn_back_bytes(place),
              "the memory of a back substitution is that of its place");
    b->request = request;
    memset(b->rest, 0, (size_t)place->rows * sizeof(double));
    for (int i = 0; i < height; i++)
        b->ranks[layout->columns + i] = pn_layout_rank(layout, i, place->column);
    b->along = (pn_group){.comm = request->comm,
                          .size = height,
                          .me = place->row,
                          .ranks = b->ranks + layout->columns,
                          .tag = TAG_COLUMN};
    b->from = b->to = 0;
}

// The right-hand side is the last column of the matrix, in the process column that owns it.
static void fetch_right_hand_side(pn_back *b)
{
    const pn_place *place = b->request->place;
    for (pn_lidx i = 0; b->request->right && place->column == 0 && i < place->rows; i++)
        b->rest[i] = b->request->right[pn_place_global_row(place, i)];
    if (b->request->right)
        return;
    pn_assert(b->request->matrix.element == PN_FLOAT64,
              "a right-hand side in the matrix is of FP64");
    if (pn_layout_column_of(place->layout, place->layout->n) != place->column || place->rows == 0)
        return;
    pn_block column = pn_block_submatrix(
        b->request->matrix, 0, pn_place_columns_before(place, place->layout->n), place->rows, 1);
    pn_compute *compute = b->request->compute;
    compute->ops->wait(compute, compute->ops->read(compute, column, b->rest, 1));
}

PN_CLONES static double sum_double(const double *restrict row, const double *restrict x, int count)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int j = 0; j < count; j++)
        sum += row[j] * x[j];
    return sum;
}

PN_CLONES static double sum_single(const float *restrict row, const double *restrict x, int count)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int j = 0; j < count; j++)
        sum += (double)row[j] * x[j];
    return sum;
}

// Of elements [index, index + count) of the diagonal block with x.
static double sum_products(const pn_back *b, int index, const double *x, int count)
{
    return b->request->matrix.element == PN_FLOAT64
               ? sum_double((const double *)b->diagonal + index, x, count)
               : sum_single((const float *)b->diagonal + index, x, count);
}

static double entry(const pn_back *b, int index)
{
    return b->request->matrix.element == PN_FLOAT64 ? ((const double *)b->diagonal)[index]
                                                    : ((const float *)b->diagonal)[index];
}

// The part of a diagonal block that `first` and `width` say.
static void solve_piece(pn_back *b, pn_block block, int first, int width, double *x)
{
    pn_compute *compute = b->request->compute;
    pn_block piece = pn_block_submatrix(block, first, first, width, width);
    compute->ops->wait(compute, compute->ops->read(compute, piece, b->diagonal, width));
    for (int i = 0; b->request->lower && i < width; i++)
        x[i] -= sum_products(b, i * width, x, i);
    for (int i = width - 1; !b->request->lower && i >= 0; i--) {
        int right = i + 1;
        double sum = x[i] - sum_products(b, i * width + right, x + right, width - right);
        x[i] = sum / entry(b, i * width + i);
    }
}

// Processors take a wide block in pieces, so that only their triangles are the work of one thread;
// a device is not asked more often than it must be.
static void solve_block(pn_back *b, pn_lidx row, pn_lidx column, int width, double *x)
{
    enum { PIECE = 256 };
    pn_compute *compute = b->request->compute;
    pn_block block = pn_block_submatrix(b->request->matrix, row, column, width, width);
    int most = compute->devices > 0 ? width : PIECE;
    for (int done = 0; done < width; done += most) {
        int piece = pn_min(most, width - done);
        int first = b->request->lower ? done : width - done - piece, last = first + piece;
        solve_piece(b, block, first, piece, x + first);
        int from = b->request->lower ? last : 0, to = b->request->lower ? width : first;
        if (to > from)
            compute->ops->apply(compute, pn_block_submatrix(block, from, first, to - from, piece),
                                x + first, x + from);
    }
}

// For local rows [from, to).
static void subtract(pn_back *b, pn_lidx from, pn_lidx to)
{
    pn_block block = pn_block_submatrix(b->request->matrix, from, b->column, to - from, b->width);
    if (to > from)
        b->request->compute->ops->apply(b->request->compute, block, b->x, b->rest + from);
}

static void subtract_rest(pn_back *b)
{
    subtract(b, b->from, b->to);
    b->from = b->to = 0;
}

// The product of the block column that was just solved, for which the next block waits: local rows
// from `row` upwards, or down.
static void begin_subtracting(pn_back *b, pn_gidx k, pn_lidx row, const double *x)
{
    const pn_place *place = b->request->place;
    const pn_layout *layout = place->layout;
    pn_gidx first = k * layout->nb, next = pn_max(first - layout->nb, 0);
    b->column = pn_place_columns_before(place, first);
    b->width = (int)pn_min(layout->nb, layout->n - first);
    b->x = x;
    if (b->request->lower) {
        pn_lidx below = pn_place_rows_before(place, first + b->width);
        next = pn_min(first + b->width + layout->nb, layout->n);
        b->from = layout->columns > 1 ? pn_place_rows_before(place, next) : place->rows;
        b->to = place->rows;
        subtract(b, below, b->from);
        return;
    }
    b->from = 0;
    b->to = layout->columns > 1 ? pn_place_rows_before(place, next) : 0;
    subtract(b, b->to, row);
}

// Adds up what the hosts of a block row, one in each column, have for it.
static void sum_along_row(pn_back *b, pn_gidx block, double *values, int count)
{
    const pn_place *place = b->request->place;
    const pn_layout *layout = place->layout;
    pn_layout_row_ranks(layout, (int)(block % layout->virtual_rows), b->ranks);
    pn_group row = {.comm = b->request->comm,
                    .size = layout->columns,
                    .me = place->column,
                    .ranks = b->ranks,
                    .tag = TAG_ROW};
    pn_group_combine(&row, values, (size_t)count * sizeof *values, pn_combine_sum);
}

static void step(pn_back *b, pn_gidx k, double *x)
{
    const pn_place *place = b->request->place;
    const pn_layout *layout = place->layout;
    pn_gidx first = k * layout->nb;
    int width = (int)pn_min(layout->nb, layout->n - first), owner = layout->owner[k];
    int host = pn_layout_row_of(layout, place->column, first);
    pn_lidx row = pn_place_rows_before(place, first);
    if (place->row == host && layout->columns > 1)
        sum_along_row(b, k, b->rest + row, width);
    if (place->column != owner) {
        subtract_rest(b);
        return;
    }
    pn_lidx column = pn_place_columns_before(place, first);
    if (place->row == host) {
        for (int i = 0; i < width; i++)
            x[first + i] = b->rest[row + i];
        solve_block(b, row, column, width, x + first);
    }
    if (b->along.size > 1)
        pn_group_broadcast(&b->along, x + first, (size_t)width * sizeof(double), host);
    subtract_rest(b);
    begin_subtracting(b, k, row, x + first);
}

void pn_back_substitute(pn_back *back, const pn_back_request *request, double *x)
{
    begin(back, request);
    fetch_right_hand_side(back);
    pn_gidx blocks = request->place->layout->row_blocks;
    for (pn_gidx k = 0; k < blocks; k++)
        step(back, request->lower ? k : blocks - 1 - k, x);
    back->request = NULL;
}

void pn_back_replicate(const pn_back_request *request, double *x)
{
    const pn_layout *layout = request->place->layout;
    // Processes of one column all hold the same entries: only the first of each contributes.
    if (request->place->row != 0)
        for (pn_gidx i = 0; i < layout->n; i++)
            x[i] = 0.0;
    pn_group world = pn_group_world(request->comm, TAG_ROW);
    if (world.size > 1)
        pn_group_combine(&world, x, (size_t)layout->n * sizeof(double), pn_combine_sum);
}
