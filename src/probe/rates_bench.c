// SPDX-License-Identifier: BSD-3-Clause
// The numbers are small random ones, so that nothing overflows however often an operation is
// repeated.
#include "probe/rates_bench.h"

#include "base/lcg.h"

#include <stdlib.h>

enum {
    COLUMNS = 3072,
    COLUMNS_OF_DEVICE = 8192, // of one with memory for it: about a millisecond at 50 TFLOP/s
    COLUMNS_OF_HALF = 16384,  // fast products wait for a matrix that no cache holds, as a run's is,
    ROWS_OF_HALF = 4096,      // a thread; and gain by slabs as large as a run's
    ROWS_A_THREAD = 1536,     // of the matrix
    ROWS_LEAST = 3072,        // so that a device, one thread wide, has enough to do
    ROWS_MOST = 16384,
    SEED = 1
};

static const int64_t enough_memory = (int64_t)8 << 30;

// Numbers in [-2^-10, 2^-10]: a triangular solve with them changes little.
static void fill(void *numbers, pn_element element, pn_lidx count)
{
    enum { CHUNK = 512 };
    double chunk[CHUNK];
    uint64_t state = SEED;
    for (pn_lidx first = 0; first < count; first += CHUNK) {
        pn_lidx some = pn_min(CHUNK, count - first);
        state = pn_lcg_series(chunk, some, state, pn_lcg_jump_by(1));
        for (pn_lidx i = 0; i < some; i++)
            if (element == PN_FLOAT64)
                ((double *)numbers)[first + i] = chunk[i] * 0x1p-9;
            else
                ((float *)numbers)[first + i] = (float)(chunk[i] * 0x1p-9);
    }
}

const char *pn_rate_name(pn_rate_kind kind)
{
#define PN_RATE_NAME(id, name) name,
    static const char *const names[] = {PN_RATE_KINDS(PN_RATE_NAME)};
#undef PN_RATE_NAME
    return names[kind];
}

static pn_status allocate(pn_rate_bench *b)
{
    const pn_compute_ops *ops = b->compute->ops;
    pn_status status = PN_OK;
    void *memory = NULL;
    b->source = calloc((size_t)b->nb, sizeof *b->source);
    b->moved = calloc((size_t)b->nb, sizeof *b->moved);
    if (!b->source || !b->moved)
        return pn_fail_memory("for lists of %d rows", b->nb);
    PN_TRY(ops->allocate(b->compute, b->matrix_bytes, &memory));
    b->matrix.data = memory;
    PN_TRY(ops->allocate(b->compute, b->u_bytes, &memory));
    b->u.data = memory;
    PN_TRY(ops->allocate_host(b->compute, b->panel_bytes, &memory));
    b->panel = memory;
    PN_TRY(ops->allocate_host(b->compute, b->panel_bytes, &memory));
    b->strip = memory;
    if (b->compute->ops->panel_needs_buffer)
        PN_TRY(ops->allocate(b->compute, b->panel_bytes, &b->buffer));
    if (b->compute->product == PN_BFLOAT16)
        PN_TRY(ops->allocate(b->compute, b->panel_bytes + b->u_bytes, &b->rounded));
fail:
    return status;
}

void pn_rate_bench_close(pn_rate_bench *b)
{
    const pn_compute_ops *ops = b->compute->ops;
    ops->release(b->compute, b->matrix.data, b->matrix_bytes);
    ops->release(b->compute, b->u.data, b->u_bytes);
    ops->release(b->compute, b->buffer, b->panel_bytes);
    if (b->rounded)
        ops->release(b->compute, b->rounded, b->panel_bytes + b->u_bytes);
    ops->release_host(b->compute, b->panel, b->panel_bytes);
    ops->release_host(b->compute, b->strip, b->panel_bytes);
    free(b->source);
    free(b->moved);
}

// L21 and U as they are multiplied.
static pn_block rounded_l(const pn_rate_bench *b)
{
    return (pn_block){{b->rounded}, b->nb, b->matrix.rows, b->matrix.rows, PN_BFLOAT16};
}

static pn_block rounded_u(const pn_rate_bench *b)
{
    pn_block u = b->u;
    u.data = (char *)b->rounded + b->panel_bytes;
    u.element = PN_BFLOAT16;
    return u;
}

static void fill_bench(pn_rate_bench *b)
{
    const pn_compute_ops *ops = b->compute->ops;
    pn_element element = b->matrix.element;
    fill(b->panel, element, (pn_lidx)b->panel_bytes / pn_element_bytes(element));
    for (pn_lidx row = 0; row < b->matrix.rows; row += b->nb) {
        pn_block band = pn_block_submatrix(b->matrix, row, 0, pn_min(b->nb, b->matrix.rows - row),
                                           b->matrix.columns);
        ops->write(b->compute, band, b->panel, band.columns);
    }
    ops->write(b->compute, b->u, b->panel, b->u.columns);
    ops->wait(b->compute, PN_TICKET_ALL);
    b->l11 = ops->panel(b->compute, b->panel, b->panel_bytes, b->buffer);
    b->l = pn_element_at(b->l11, element, (pn_lidx)b->nb * b->nb);
    if (!b->rounded)
        return;
    pn_block l = {{(void *)b->l}, b->nb, b->matrix.rows, b->matrix.rows, element};
    ops->round(b->compute, rounded_l(b), l, false);
    ops->round(b->compute, rounded_u(b), b->u, true);
}

pn_status pn_rate_bench_open(pn_rate_bench *b, pn_compute *compute, const pn_rate_shape *at_most,
                             const pn_rate_shape *at_least)
{
    int nb = at_most->nb;
    pn_lidx rows = pn_min(ROWS_MOST, pn_max(ROWS_LEAST, (pn_lidx)ROWS_A_THREAD * compute->threads));
    if (compute->is_device)
        rows = ROWS_MOST;
    pn_lidx columns = compute->memory_bytes >= enough_memory ? COLUMNS_OF_DEVICE : COLUMNS;
    if (!compute->is_device && compute->product == PN_BFLOAT16) {
        rows = pn_min(ROWS_MOST, (pn_lidx)ROWS_OF_HALF * compute->threads);
        columns = COLUMNS_OF_HALF;
    }
    if (at_most->rows)
        rows = pn_min(rows, at_most->rows);
    if (at_most->columns)
        columns = pn_max(nb, pn_min(columns, at_most->columns));
    rows = pn_max(rows, at_least->rows);
    columns = pn_max(columns, at_least->columns);
    *b = (pn_rate_bench){.compute = compute, .nb = nb};
    pn_element element = compute->element;
    size_t size = (size_t)pn_element_bytes(element);
    b->matrix = (pn_block){
        .rows = rows, .columns = columns, .ld = pn_round_up(columns, 8) + 8, .element = element};
    b->u = (pn_block){.rows = nb, .columns = columns, .ld = b->matrix.ld, .element = element};
    b->matrix_bytes = (size_t)(rows * b->matrix.ld) * size;
    b->u_bytes = (size_t)(nb * b->u.ld) * size;
    b->panel_bytes = (size_t)nb * (size_t)pn_max(nb + rows, columns) * size;
    pn_status status = allocate(b);
    if (status == PN_OK)
        fill_bench(b);
    else
        pn_rate_bench_close(b);
    return status;
}

pn_update pn_rate_update_of(const pn_rate_bench *b, const pn_rate *rate)
{
    pn_update update = {.c = b->matrix, .l = b->l, .ld_l = b->matrix.rows, .u = b->u};
    if (b->rounded) {
        update.l = rounded_l(b).data;
        update.u = rounded_u(b);
    }
    update.c.columns = update.u.columns = rate->columns;
    update.u.rows = update.width = rate->nb;
    update.c.rows = rate->rows;
    return update;
}

// Columns for go number `go`: others than those of the go before.
static pn_lidx columns_of_go(const pn_rate_bench *b, pn_lidx width, int go)
{
    return go % pn_max(1, b->matrix.columns / width) * width;
}

static void strip(const pn_rate_bench *b, const pn_rate *rate, int go)
{
    pn_update update = pn_rate_update_of(b, rate);
    update.c.data = pn_block_at(update.c, 0, columns_of_go(b, rate->columns, go));
    b->compute->ops->update_panel(b->compute, &update, b->strip, b->matrix.rows);
}

// A pivot block that changes places with rows from all over the matrix.
static void exchange_rows(const pn_rate_bench *b, const pn_rate *rate, int go)
{
    pn_compute *compute = b->compute;
    pn_lidx width = rate->nb, others = b->matrix.rows - width;
    pn_lidx top = go % pn_max(1, others / width) * width;
    for (pn_lidx i = 0; i < width; i++) {
        b->source[i] = (top + width + others / width * i) % b->matrix.rows;
        b->moved[i] = top + i;
    }
    pn_row_solve task = {.matrix = b->matrix,
                         .columns = rate->columns,
                         .top = top,
                         .width = rate->nb,
                         .source = b->source,
                         .moved_from = b->moved,
                         .moved_to = b->source,
                         .moved = width,
                         .l11 = b->l11,
                         .ld_l11 = b->nb,
                         .u = b->u};
    if (compute->ops->solves_in_place) {
        task.u = b->matrix;
        task.u.data = pn_block_at(b->matrix, top, 0);
    }
    task.u.rows = width;
    task.u.columns = rate->columns;
    compute->ops->solve_rows(compute, &task);
}

static void apply(const pn_rate_bench *b, const pn_rate *rate, int go)
{
    pn_block block = pn_block_submatrix(b->matrix, 0, columns_of_go(b, rate->columns, go),
                                        rate->rows, rate->columns);
    b->compute->ops->apply(b->compute, block, b->panel, b->strip);
}

void pn_rate_perform(const pn_rate_bench *b, const pn_rate *rate, int go)
{
    pn_compute *compute = b->compute;
    const pn_compute_ops *ops = compute->ops;
    pn_update update = pn_rate_update_of(b, rate);
    pn_block lower = b->matrix;
    switch (rate->kind) {
    case PN_RATE_MULTIPLY:
        ops->multiply_start(compute, &update, compute->threads);
        ops->multiply_finish(compute);
        break;
    case PN_RATE_STRIP:
        strip(b, rate, go);
        break;
    case PN_RATE_SOLVE:
        ops->solve(compute, b->l11, b->nb, update.u);
        break;
    case PN_RATE_ROWS:
        exchange_rows(b, rate, go);
        break;
    case PN_RATE_APPLY:
        apply(b, rate, go);
        break;
    default:
        lower.rows /= 2;
        lower.data = pn_block_at(lower, lower.rows, 0);
        ops->copy(compute, lower, pn_block_submatrix(b->matrix, 0, 0, lower.rows, lower.columns));
    }
    ops->wait(compute, PN_TICKET_ALL);
}

double pn_rate_amount(const pn_rate *rate)
{
    double rows = (double)rate->rows, columns = (double)rate->columns, nb = rate->nb;
    switch (rate->kind) {
    case PN_RATE_SOLVE:
    case PN_RATE_ROWS:
        return nb * nb * columns;
    case PN_RATE_APPLY:
        return sizeof(double) * rows * columns;
    case PN_RATE_COPY:
        return 2.0 * sizeof(double) * rows * columns;
    default:
        return 2.0 * rows * columns * nb;
    }
}

bool pn_rate_has_others(const pn_compute *compute)
{
    return compute->threads > 1 && !compute->is_device;
}

void pn_rate_complete(const pn_rate_bench *b, pn_rate *rate)
{
    bool is_narrow = rate->kind == PN_RATE_STRIP || rate->kind == PN_RATE_APPLY;
    bool is_flat = rate->kind == PN_RATE_SOLVE || rate->kind == PN_RATE_ROWS;
    rate->threads =
        rate->kind == PN_RATE_STRIP && pn_rate_has_others(b->compute) ? 1 : b->compute->threads;
    if (rate->columns == 0 || is_narrow)
        rate->columns = is_narrow ? rate->nb : b->matrix.columns;
    if (rate->rows == 0 || is_flat)
        rate->rows = is_flat                      ? rate->nb
                     : rate->kind == PN_RATE_COPY ? b->matrix.rows / 2
                                                  : b->matrix.rows;
}
