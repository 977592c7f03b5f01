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
    pn_lidx *source, *moved; // [nb] rows that an interchange brings to the pivot block, and takes
} bench;

struct pn_rate_load {
    bench b;
    double row_seconds; // of the threads beside the caller
    pn_lidx row;        // from which it goes on
    bool is_on;
};

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
    b->source = calloc((size_t)b->nb, sizeof *b->source);
    b->moved = calloc((size_t)b->nb, sizeof *b->moved);
    if (!b->source || !b->moved)
        return pn_fail(PN_ERROR_MEMORY, "no memory for lists of %d rows", b->nb);
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
    free(b->source);
    free(b->moved);
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

// Columns for go number `go`: others than those of the go before.
static pn_lidx columns_of_go(const bench *b, pn_lidx width, int go)
{
    return go % pn_max(1, b->matrix.columns / width) * width;
}

static void strip(const bench *b, const pn_rate *rate, int go)
{
    pn_update update = update_of(b, rate);
    update.c.data += columns_of_go(b, rate->columns, go);
    b->compute->ops->strip(b->compute, &update, b->strip, b->matrix.rows);
}

// A pivot block that changes places with rows from all over the matrix.
static void exchange_rows(const bench *b, const pn_rate *rate, int go)
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
        task.u.data += top * b->matrix.ld;
    }
    task.u.rows = width;
    task.u.columns = rate->columns;
    compute->ops->solve_rows(compute, &task);
}

static void apply(const bench *b, const pn_rate *rate, int go)
{
    pn_block block = b->matrix;
    block.rows = rate->rows;
    block.columns = rate->columns;
    block.data += columns_of_go(b, rate->columns, go);
    b->compute->ops->apply(b->compute, block, b->panel, b->strip);
}

// Carries the operation out once.
static void perform(const bench *b, const pn_rate *rate, int go)
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

// A team of processors of which one factors a panel while the others multiply.
static bool has_others(const pn_compute *compute)
{
    return compute->threads > 1 && compute->memory_bytes == 0;
}

static void shape(const bench *b, pn_rate *rate)
{
    bool is_narrow = rate->kind == PN_RATE_STRIP || rate->kind == PN_RATE_APPLY;
    bool is_flat = rate->kind == PN_RATE_SOLVE || rate->kind == PN_RATE_ROWS;
    rate->threads = rate->kind == PN_RATE_STRIP && has_others(b->compute) ? 1 : b->compute->threads;
    if (rate->columns == 0 || is_narrow)
        rate->columns = is_narrow ? rate->nb : b->matrix.columns;
    if (rate->rows == 0 || is_flat)
        rate->rows = is_flat                      ? rate->nb
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

// load: beside strips; NULL: nothing is.
static void measure(const bench *b, pn_rate *rate, pn_rate_load *load, double seconds)
{
    double values[REPEATS_MOST], begin = pn_clock(), took = 0;
    int go = 0;
    shape(b, rate);
    perform(b, rate, go++);
    rate->repeats = 0;
    do {
        if (rate->kind == PN_RATE_STRIP)
            pn_rate_load_begin(load, rate->nb, took);
        double start = pn_clock();
        perform(b, rate, go++);
        took = pn_clock() - start;
        if (rate->kind == PN_RATE_STRIP)
            pn_rate_load_end(load);
        if (took > 0 && (go > 2 || !load))
            values[rate->repeats++] = amount(rate) / took;
    } while (rate->repeats < REPEATS_LEAST ||
             (rate->repeats < REPEATS_MOST && pn_clock() - begin < seconds));
    rate->rate = pn_rate_median(values, rate->repeats, &rate->spread);
}

pn_status pn_rates_measure(pn_rate *rates, int count, pn_compute *compute, double seconds)
{
    bench b;
    pn_rate_load *load = NULL;
    pn_rate_shape asked = {.nb = 1};
    bool has_strips = false;
    for (int i = 0; i < count; i++) {
        has_strips = has_strips || rates[i].kind == PN_RATE_STRIP;
        asked.nb = (int)pn_max(asked.nb, rates[i].nb);
        asked.rows = pn_max(asked.rows, rates[i].rows);
        asked.columns = pn_max(asked.columns, rates[i].columns);
    }
    double begin = pn_clock();
    pn_status status = open_bench(&b, compute, &(pn_rate_shape){.nb = asked.nb}, &asked);
    if (status != PN_OK)
        return status;
    compute->ops->warm(compute, asked.nb);
    if (has_strips)
        status = pn_rate_load_create(&load, compute, asked.nb);
    for (int i = 0; i < count && status == PN_OK; i++) {
        double left = seconds - (pn_clock() - begin);
        measure(&b, &rates[i], load, left / (count - i));
    }
    pn_rate_load_destroy(load);
    close_bench(&b);
    return status;
}

pn_status pn_rate_load_create(pn_rate_load **result, pn_compute *compute, int nb)
{
    *result = NULL;
    if (!has_others(compute))
        return PN_OK;
    pn_rate_load *load = calloc(1, sizeof *load);
    if (!load)
        return pn_fail(PN_ERROR_MEMORY, "no memory to keep a team busy");
    pn_rate_shape shape_of = {.nb = nb};
    pn_status status = open_bench(&load->b, compute, &shape_of, &(pn_rate_shape){.nb = 0});
    if (status != PN_OK) {
        free(load);
        return status;
    }
    pn_rate rate = {.kind = PN_RATE_MULTIPLY, .nb = nb};
    shape(&load->b, &rate);
    perform(&load->b, &rate, 0);
    double begin = pn_clock();
    perform(&load->b, &rate, 1);
    load->row_seconds = (pn_clock() - begin) / (double)rate.rows * compute->threads /
                        (double)(compute->threads - 1);
    *result = load;
    return PN_OK;
}

void pn_rate_load_destroy(pn_rate_load *load)
{
    if (!load)
        return;
    close_bench(&load->b);
    free(load);
}

void pn_rate_load_begin(pn_rate_load *load, int nb, double seconds)
{
    if (!load || seconds <= 0 || load->row_seconds <= 0)
        return;
    const pn_block *matrix = &load->b.matrix;
    pn_lidx rows = (pn_lidx)(seconds / load->row_seconds * load->b.nb / nb) + 1;
    pn_rate rate = {.nb = nb, .rows = pn_min(rows, matrix->rows), .columns = matrix->columns};
    load->row = load->row + rate.rows > matrix->rows ? 0 : load->row;
    pn_update update = update_of(&load->b, &rate);
    update.c.data += load->row * matrix->ld;
    load->row += rate.rows;
    load->b.compute->ops->multiply_start(load->b.compute, &update, 1);
    load->is_on = true;
}

void pn_rate_load_end(pn_rate_load *load)
{
    if (load && load->is_on) {
        load->b.compute->ops->multiply_finish(load->b.compute);
        load->is_on = false;
    }
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
    perform(b, rate, 0);
    double took = pn_clock() - begin;
    double rows = took > 0.0 ? (double)rate->rows * piece / took : (double)b->matrix.rows;
    return pn_min(b->matrix.rows, pn_max(rate->rows, (pn_lidx)rows));
}

pn_status pn_rate_steady(pn_steady_rate *steady, pn_compute *compute,
                         const pn_rate_shape *shape_of_run, double seconds)
{
    bench b;
    pn_rate rate = {.kind = PN_RATE_MULTIPLY, .nb = shape_of_run->nb};
    double values[PIECES], counted = 0.0, had = 0.0, now;
    int pieces = 0;
    pn_status status = open_bench(&b, compute, shape_of_run, &(pn_rate_shape){.nb = 0});
    if (status != PN_OK)
        return status;
    compute->ops->warm(compute, rate.nb);
    shape(&b, &rate);
    double begin = pn_clock(), since = begin;
    rate.rows = rows_for(&b, &rate, seconds / PIECES);
    do {
        double start = pn_clock();
        perform(&b, &rate, 0);
        now = pn_clock();
        if (since == begin && now - begin >= seconds / 3.0) {
            since = now;
            had = pn_processor_seconds();
        } else if (since > begin) {
            counted += amount(&rate);
            values[pieces++ % PIECES] = amount(&rate) / (now - start);
        }
    } while (now - begin < seconds || counted == 0.0);
    double wall = now - since;
    pieces = (int)pn_min(pieces, PIECES);
    qsort(values, (size_t)pieces, sizeof *values, compare);
    *steady =
        (pn_steady_rate){.undisturbed = values[pieces * 9 / 10] * 1e-9,
                         .mean = counted / wall * 1e-9,
                         .processor = (pn_processor_seconds() - had) / (wall * compute->threads)};
    close_bench(&b);
    return PN_OK;
}
