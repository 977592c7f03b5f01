// SPDX-License-Identifier: BSD-3-Clause
// One matrix, one panel and one row block serve all kinds. Their numbers are small random ones, so
// that nothing overflows however often an operation is repeated.
#include "compute/rates.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

enum {
    COLUMNS = 3072,
    COLUMNS_OF_DEVICE = 8192, // of one with memory for it: about a millisecond at 50 TFLOP/s
    ROWS_A_THREAD = 1536,     // of the matrix
    ROWS_LEAST = 3072,        // so that a device, one thread wide, has enough to do
    ROWS_MOST = 16384,
    ROWS_FIRST = 128, // of the steady rate, a thread
    PIECES = 32,      // of its time
    REPEATS_LEAST = 3,
    REPEATS_MOST = 99
};

static const int64_t enough_memory = (int64_t)8 << 30;

// What the operations are carried out on.
typedef struct bench {
    pn_compute *compute;
    int nb; // largest
    pn_block matrix, u;
    size_t matrix_bytes, u_bytes, panel_bytes;
    double *panel; // host memory: L11 (nb x nb), then L21 (rows x nb), both column-major
    double *strip; // host memory for the strip
    void *slot;    // the panel in the part's memory, if it needs a place there
    const double *l11, *l;
} bench;

const char *pn_rate_name(pn_rate_kind kind)
{
#define PN_RATE_NAME(id, name) name,
    static const char *const names[] = {PN_RATE_KINDS(PN_RATE_NAME)};
#undef PN_RATE_NAME
    return names[kind];
}

// Numbers in [-2^-10, 2^-10]: a triangular solve with them changes little.
static void fill(double *numbers, size_t count)
{
    uint32_t seed = 1;
    for (size_t i = 0; i < count; i++) {
        seed = seed * 1664525u + 1013904223u;
        numbers[i] = ((double)seed * 0x1p-32 - 0.5) * 0x1p-9;
    }
}

static pn_status allocate(bench *b)
{
    const pn_compute_ops *ops = b->compute->ops;
    pn_status status = PN_OK;
    void *memory = NULL;
    PN_TRY(ops->allocate(b->compute, b->matrix_bytes, &memory));
    b->matrix.data = memory;
    PN_TRY(ops->allocate(b->compute, b->u_bytes, &memory));
    b->u.data = memory;
    PN_TRY(ops->allocate_host(b->compute, b->panel_bytes, &memory));
    b->panel = memory;
    PN_TRY(ops->allocate_host(b->compute, b->panel_bytes, &memory));
    b->strip = memory;
    if (b->compute->ops->panel_needs_slot)
        PN_TRY(ops->allocate(b->compute, b->panel_bytes, &b->slot));
fail:
    return status;
}

static void close_bench(bench *b)
{
    const pn_compute_ops *ops = b->compute->ops;
    ops->release(b->compute, b->matrix.data, b->matrix_bytes);
    ops->release(b->compute, b->u.data, b->u_bytes);
    ops->release(b->compute, b->slot, b->panel_bytes);
    ops->release_host(b->compute, b->panel, b->panel_bytes);
    ops->release_host(b->compute, b->strip, b->panel_bytes);
}

static void fill_bench(bench *b)
{
    const pn_compute_ops *ops = b->compute->ops;
    fill(b->panel, b->panel_bytes / sizeof(double));
    for (pn_lidx row = 0; row < b->matrix.rows; row += b->nb) {
        pn_block band = b->matrix;
        band.data += row * band.ld;
        band.rows = pn_min(b->nb, b->matrix.rows - row);
        ops->write(b->compute, band, b->panel, band.columns);
    }
    ops->write(b->compute, b->u, b->panel, b->u.columns);
    ops->wait(b->compute, PN_TICKET_ALL);
    b->l11 = ops->panel(b->compute, b->panel, b->panel_bytes, b->slot);
    b->l = b->l11 + (size_t)b->nb * (size_t)b->nb;
}

// rows, columns: of the matrix at most, or at least; 0: no limit.
static pn_status open_bench(bench *b, pn_compute *compute, const pn_rate_shape *at_most,
                            const pn_rate_shape *at_least)
{
    int nb = at_most->nb;
    pn_lidx rows = pn_min(ROWS_MOST, pn_max(ROWS_LEAST, (pn_lidx)ROWS_A_THREAD * compute->threads));
    if (compute->memory_bytes > 0)
        rows = ROWS_MOST;
    pn_lidx columns = compute->memory_bytes >= enough_memory ? COLUMNS_OF_DEVICE : COLUMNS;
    if (at_most->rows)
        rows = pn_min(rows, at_most->rows);
    if (at_most->columns)
        columns = pn_max(nb, pn_min(columns, at_most->columns));
    rows = pn_max(rows, at_least->rows);
    columns = pn_max(columns, at_least->columns);
    *b = (bench){.compute = compute, .nb = nb};
    b->matrix = (pn_block){.rows = rows, .columns = columns, .ld = pn_round_up(columns, 8) + 8};
    b->u = (pn_block){.rows = nb, .columns = columns, .ld = b->matrix.ld};
    b->matrix_bytes = (size_t)(rows * b->matrix.ld) * sizeof(double);
    b->u_bytes = (size_t)(nb * b->u.ld) * sizeof(double);
    b->panel_bytes = (size_t)nb * (size_t)pn_max(nb + rows, columns) * sizeof(double);
    pn_status status = allocate(b);
    if (status == PN_OK)
        fill_bench(b);
    else
        close_bench(b);
    return status;
}

static pn_update update_of(const bench *b, const pn_rate *rate)
{
    pn_update update = {.c = b->matrix, .l = b->l, .ld_l = b->matrix.rows, .u = b->u};
    update.c.columns = update.u.columns = rate->columns;
    update.u.rows = update.width = rate->nb;
    update.c.rows = rate->rows;
    return update;
}

// Carries the operation out once.
static void perform(const bench *b, const pn_rate *rate)
{
    pn_compute *compute = b->compute;
    const pn_compute_ops *ops = compute->ops;
    pn_update update = update_of(b, rate);
    pn_block lower = b->matrix;
    switch (rate->kind) {
    case PN_RATE_MULTIPLY:
        ops->multiply_start(compute, &update, compute->threads);
        ops->multiply_finish(compute);
        break;
    case PN_RATE_STRIP:
        ops->strip(compute, &update, b->strip, b->matrix.rows);
        break;
    case PN_RATE_SOLVE:
        ops->solve(compute, b->l11, b->nb, update.u);
        break;
    default:
        lower.rows /= 2;
        lower.data += lower.rows * lower.ld;
        ops->copy(compute, lower, (pn_block){b->matrix.data, lower.rows, lower.columns, lower.ld});
    }
    ops->wait(compute, PN_TICKET_ALL);
}

// Operations, or bytes moved, of one go.
static double amount(const pn_rate *rate)
{
    double rows = (double)rate->rows, columns = (double)rate->columns, nb = rate->nb;
    switch (rate->kind) {
    case PN_RATE_SOLVE:
        return nb * nb * columns;
    case PN_RATE_COPY:
        return 2.0 * sizeof(double) * rows * columns;
    default:
        return 2.0 * rows * columns * nb;
    }
}

static void shape(const bench *b, pn_rate *rate)
{
    rate->threads = b->compute->threads;
    if (rate->columns == 0 || rate->kind == PN_RATE_STRIP)
        rate->columns = rate->kind == PN_RATE_STRIP ? rate->nb : b->matrix.columns;
    if (rate->rows == 0 || rate->kind == PN_RATE_SOLVE)
        rate->rows = rate->kind == PN_RATE_SOLVE  ? rate->nb
                     : rate->kind == PN_RATE_COPY ? b->matrix.rows / 2
                                                  : b->matrix.rows;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

double pn_rate_median(double *values, int count, double *spread)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    double median = 0.5 * (values[(count - 1) / 2] + values[count / 2]);
    *spread = (values[count - 1] - values[0]) / median;
    return median;
}

static void measure(const bench *b, pn_rate *rate, double seconds)
{
    double values[REPEATS_MOST], begin = pn_clock();
    shape(b, rate);
    perform(b, rate);
    rate->repeats = 0;
    do {
        double start = pn_clock();
        perform(b, rate);
        double end = pn_clock();
        if (end > start)
            values[rate->repeats++] = amount(rate) / (end - start);
    } while (rate->repeats < REPEATS_LEAST ||
             (rate->repeats < REPEATS_MOST && pn_clock() - begin < seconds));
    rate->rate = pn_rate_median(values, rate->repeats, &rate->spread);
}

pn_status pn_rates_measure(pn_rate *rates, int count, pn_compute *compute, double seconds)
{
    bench b;
    pn_rate_shape asked = {.nb = 1};
    for (int i = 0; i < count; i++) {
        asked.nb = (int)pn_max(asked.nb, rates[i].nb);
        asked.rows = pn_max(asked.rows, rates[i].rows);
        asked.columns = pn_max(asked.columns, rates[i].columns);
    }
    double begin = pn_clock();
    pn_status status = open_bench(&b, compute, &(pn_rate_shape){.nb = asked.nb}, &asked);
    if (status != PN_OK)
        return status;
    compute->ops->warm(compute, asked.nb);
    for (int i = 0; i < count; i++) {
        double left = seconds - (pn_clock() - begin);
        measure(&b, &rates[i], left / (count - i));
    }
    close_bench(&b);
    return PN_OK;
}

pn_status pn_rate_quick(double *gflops, pn_compute *compute, int nb, double seconds)
{
    pn_rate rate = {.kind = PN_RATE_MULTIPLY, .nb = nb};
    pn_status status = pn_rates_measure(&rate, 1, compute, seconds);
    *gflops = status == PN_OK ? rate.rate * 1e-9 : 0.0;
    return status;
}

// Rows of which `piece` seconds' worth is multiplied at once, by one go on a few.
static pn_lidx rows_for(const bench *b, pn_rate *rate, double piece)
{
    double begin = pn_clock();
    rate->rows = pn_min(b->matrix.rows, (pn_lidx)ROWS_FIRST * b->compute->threads);
    perform(b, rate);
    double took = pn_clock() - begin;
    double rows = took > 0.0 ? (double)rate->rows * piece / took : (double)b->matrix.rows;
    return pn_min(b->matrix.rows, pn_max(rate->rows, (pn_lidx)rows));
}

pn_status pn_rate_steady(pn_steady_rate *steady, pn_compute *compute,
                         const pn_rate_shape *shape_of_run, double seconds)
{
    bench b;
    pn_rate rate = {.kind = PN_RATE_MULTIPLY, .nb = shape_of_run->nb};
    double counted = 0.0, had = 0.0, now;
    pn_status status = open_bench(&b, compute, shape_of_run, &(pn_rate_shape){.nb = 0});
    if (status != PN_OK)
        return status;
    compute->ops->warm(compute, rate.nb);
    shape(&b, &rate);
    double begin = pn_clock(), since = begin;
    rate.rows = rows_for(&b, &rate, seconds / PIECES);
    do {
        perform(&b, &rate);
        now = pn_clock();
        if (since == begin && now - begin >= seconds / 3.0) {
            since = now;
            had = pn_processor_seconds();
        } else if (since > begin) {
            counted += amount(&rate);
        }
    } while (now - begin < seconds || counted == 0.0);
    double wall = now - since;
    *steady =
        (pn_steady_rate){.gflops = counted / wall * 1e-9,
                         .processor = (pn_processor_seconds() - had) / (wall * compute->threads)};
    close_bench(&b);
    return PN_OK;
}
