// SPDX-License-Identifier: BSD-3-Clause
// The rate of multiplications after the first moments, by short pieces.
#include "probe/rates_steady.h"

#include "base/clock.h"
#include "base/median.h"
#include "probe/repeat.h"

#include <math.h>

enum {
    ROWS_FIRST = 128, // a thread, to know about how long a piece takes
    ROWS_PIECE = 512, // the same: with fewer, slow parts lose more to packing than in a run
    PIECES = 16,      // of the time given
    ROWS_GOES = 9     // of the interchange
};

// Makes the shape so large that it takes `piece` seconds, by one go on a few rows: as many rows on
// every part, so that what depends on them is the same for all, and as many columns as fit.
static void shape_piece(const pn_rate_bench *b, pn_rate *rate, double piece)
{
    double begin = pn_clock();
    pn_lidx threads = b->compute->threads, few = ROWS_PIECE * threads;
    rate->rows = pn_min(b->matrix.rows, ROWS_FIRST * threads);
    pn_rate_perform(b, rate, 0);
    double took = fmax(pn_clock() - begin, 1e-6);
    double entries = (double)rate->rows * (double)rate->columns * piece / took;
    rate->rows = pn_min(b->matrix.rows, few);
    if (entries < (double)rate->rows * (double)rate->columns)
        rate->columns = pn_max(pn_min(rate->nb, rate->columns),
                               pn_round_up((pn_lidx)(entries / (double)rate->rows), 8));
    else
        rate->rows =
            pn_max(rate->rows, // the matrix may have fewer than those few
                   pn_min(b->matrix.rows, (pn_lidx)(entries / (double)rate->columns) / few * few));
}

// On rows other than those of the piece before, which are no longer in a cache.
static void multiply_piece(const pn_rate_bench *b, const pn_rate *rate, int piece)
{
    const pn_compute_ops *ops = b->compute->ops;
    pn_update update = pn_rate_update_of(b, rate);
    pn_lidx pieces = pn_max(1, b->matrix.rows / rate->rows);
    update.c.data = pn_block_at(update.c, piece % pieces * rate->rows, 0);
    ops->multiply_start(b->compute, &update, b->compute->threads);
    ops->multiply_finish(b->compute);
    ops->wait(b->compute, PN_TICKET_ALL);
}

typedef struct rows_bench {
    const pn_rate_bench *b;
    pn_rate rate;
} rows_bench;

static double exchange_rows(void *context, int go)
{
    rows_bench *rows = context;
    double begin = pn_clock();
    pn_rate_perform(rows->b, &rows->rate, go);
    return pn_clock() - begin;
}

static double measure_rows(const pn_rate_bench *b, int nb)
{
    rows_bench rows = {b, {.kind = PN_RATE_ROWS, .nb = nb}};
    pn_rate_complete(b, &rows.rate);
    pn_repeat_plan plan = {
        .least = ROWS_GOES, .most = ROWS_GOES, .amount = pn_rate_amount(&rows.rate)};
    return pn_repeat(&plan, exchange_rows, &rows).rate;
}

pn_status pn_rate_steady(pn_steady_rate *steady, pn_compute *compute,
                         const pn_rate_shape *shape_of_run, double seconds)
{
    pn_rate_bench b;
    pn_rate rate = {.kind = PN_RATE_MULTIPLY, .nb = shape_of_run->nb};
    double values[PIECES], by_cpu_time[PIECES], counted = 0.0, had = 0.0, now;
    int pieces = 0, go = 0;
    pn_status status = pn_rate_bench_open(&b, compute, shape_of_run, &(pn_rate_shape){.nb = 0});
    if (status != PN_OK)
        return status;
    compute->ops->warm(compute, rate.nb);
    pn_rate_complete(&b, &rate);
    double begin = pn_clock(), since = begin;
    shape_piece(&b, &rate, seconds / PIECES);
    do {
        double start = pn_clock(), spent = pn_processor_seconds();
        multiply_piece(&b, &rate, go++);
        now = pn_clock();
        spent = (pn_processor_seconds() - spent) / compute->threads;
        if (since == begin && now - begin >= seconds / 3.0) {
            since = now;
            had = pn_processor_seconds();
        } else if (since > begin) {
            counted += pn_rate_amount(&rate);
            by_cpu_time[pieces % PIECES] = pn_rate_amount(&rate) / fmax(spent, 1e-9);
            values[pieces++ % PIECES] = pn_rate_amount(&rate) / (now - start);
        }
    } while (now - begin < seconds || counted == 0.0);
    double wall = now - since;
    pieces = (int)pn_min(pieces, PIECES);
    pn_sort(values, pieces);
    pn_sort(by_cpu_time, pieces);
    *steady =
        (pn_steady_rate){.undisturbed = values[pieces * 9 / 10],
                         .by_cpu_time = by_cpu_time[pieces * 9 / 10],
                         .mean = counted / wall,
                         .processor = (pn_processor_seconds() - had) / (wall * compute->threads)};
    steady->rows = measure_rows(&b, rate.nb);
    pn_rate_bench_close(&b);
    return PN_OK;
}
