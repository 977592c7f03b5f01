// SPDX-License-Identifier: BSD-3-Clause
#include "trust/adapt.h"

#include "base/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_ADAPT = 8, LEAST_STEPS = 4 };

static const double window_share = 0.02; // of the run's work between two comparisons
static const double least_gain = 0.04;   // of the remaining time, or nothing is moved
static const double least_window = 0.25; // seconds; shorter ones say more of noise than of speed
// A move has to pay for itself several times over: its bytes at a slow memory's speed, and the
// panel that nobody factors meanwhile.
static const double move_speed = 1e9, move_pause = 0.05, pays_times = 3.0;

pn_status pn_adapt_create(pn_adapt *adapt, pn_comm *comm, const pn_layout *layout)
{
    *adapt = (pn_adapt){.comm = comm, .layout = layout};
    adapt->busy = calloc((size_t)comm->size, sizeof *adapt->busy);
    adapt->speeds = calloc((size_t)layout->columns, sizeof *adapt->speeds);
    adapt->owner = calloc((size_t)layout->column_blocks, sizeof *adapt->owner);
    if (adapt->busy && adapt->speeds && adapt->owner)
        return PN_OK;
    pn_adapt_release(adapt);
    return pn_fail(PN_ERROR_MEMORY, "no memory to follow the ranks' speeds");
}

void pn_adapt_release(pn_adapt *adapt)
{
    free(adapt->busy);
    free(adapt->speeds);
    free(adapt->owner);
    *adapt = (pn_adapt){0};
}

void pn_adapt_begin(pn_adapt *adapt, pn_gidx step)
{
    adapt->step = adapt->compared = step;
    adapt->time = pn_clock();
    adapt->wait = 0;
    memset(adapt->speeds, 0, (size_t)adapt->layout->columns * sizeof *adapt->speeds);
}

// Share of the run's arithmetic that is done before a step.
static double done_before(const pn_layout *layout, pn_gidx step)
{
    double left = 1.0 - (double)step / (double)layout->row_blocks;
    return 1.0 - left * left * left;
}

static bool window_is_full(const pn_adapt *adapt, pn_gidx step)
{
    const pn_layout *layout = adapt->layout;
    return step - adapt->compared >= pn_max(LEAST_STEPS, layout->columns) &&
           done_before(layout, step) - done_before(layout, adapt->compared) >= window_share;
}

// What steps [first, last) give column j to do: its trailing block columns times the block rows,
// summed over the steps. work[columns].
static void count_work(const pn_layout *layout, pn_gidx first, pn_gidx last, double *work)
{
    memset(work, 0, (size_t)layout->columns * sizeof *work);
    for (pn_gidx block = first + 1; block < layout->column_blocks; block++) {
        pn_gidx steps = pn_min(last, block); // a block is updated by the steps before its own
        double rows = 0;
        for (pn_gidx step = first; step < steps; step++)
            rows += (double)(layout->row_blocks - step);
        work[layout->owner[block]] += rows;
    }
}

double pn_adapt_predict(const pn_layout *layout, const int32_t *owner, pn_gidx first,
                        const double *speeds)
{
    double *count = calloc((size_t)layout->columns, sizeof *count), seconds = 0;
    if (!count)
        return INFINITY;
    for (pn_gidx step = layout->column_blocks - 2; step >= first; step--) {
        double longest = 0;
        count[owner[step + 1]] += 1;
        for (int column = 0; column < layout->columns; column++)
            longest = fmax(longest, count[column] / speeds[column]);
        seconds += longest * (double)pn_max(layout->row_blocks - step, 0);
    }
    free(count);
    return seconds;
}

// The busiest process of each column, gathered from all ranks.
static void gather_busy(pn_adapt *adapt, double busy, double *columns)
{
    const pn_layout *layout = adapt->layout;
    pn_group world = pn_group_world(adapt->comm, TAG_ADAPT);
    adapt->busy[adapt->comm->rank] = busy;
    pn_group_gather_all(&world, adapt->busy, sizeof busy);
    for (int column = 0; column < layout->columns; column++) {
        columns[column] = 0;
        for (int row = 0; row < layout->heights[column]; row++)
            columns[column] =
                fmax(columns[column], adapt->busy[pn_layout_rank(layout, row, column)]);
    }
}

// Expected part of the remaining time that new owners for these speeds would save, 0 if it does not
// pay; fills owner.
static double consider(pn_adapt *adapt, pn_gidx first, const double *speeds)
{
    const pn_layout *layout = adapt->layout;
    memcpy(adapt->owner, layout->owner, (size_t)layout->column_blocks * sizeof *adapt->owner);
    adapt->moved = pn_layout_redeal(adapt->owner, first, layout->column_blocks, layout->columns,
                                    speeds, adapt->caps);
    double now = pn_adapt_predict(layout, layout->owner, first, speeds);
    double saved = now - pn_adapt_predict(layout, adapt->owner, first, speeds);
    double bytes = 8.0 * (double)adapt->moved * layout->nb * (double)layout->n / layout->height;
    bool pays = saved > pays_times * (bytes / move_speed + move_pause);
    return pays && saved > least_gain * now ? saved / now : 0;
}

// Both this window and the one before must speak for it: a hiccup is not a drift.
static bool decide(pn_adapt *adapt, pn_gidx step, const double *speeds)
{
    pn_gidx first = step + 2; // the next step still runs as it is
    bool before = adapt->speeds[0] > 0 && consider(adapt, first, adapt->speeds) > 0;
    adapt->gain = consider(adapt, first, speeds);
    memcpy(adapt->speeds, speeds, (size_t)adapt->layout->columns * sizeof *speeds);
    return before && adapt->gain > 0;
}

// This window's speed of each column; false if it was too short to tell, or if a column had nothing
// to do.
static bool measure(pn_adapt *adapt, pn_gidx step, double busy, double *speeds)
{
    const pn_layout *layout = adapt->layout;
    double *seconds = calloc((size_t)layout->columns, sizeof *seconds), longest = 0;
    if (!seconds)
        pn_comm_abort(adapt->comm, 2);
    count_work(layout, adapt->step, step, speeds);
    gather_busy(adapt, busy, seconds);
    bool measured = true;
    for (int column = 0; column < layout->columns; column++) {
        longest = fmax(longest, seconds[column]);
        measured &= speeds[column] > 0 && seconds[column] > 0;
        speeds[column] /= fmax(seconds[column], 1e-9);
    }
    free(seconds);
    return measured && longest >= least_window;
}

bool pn_adapt_pause(void *context, pn_gidx step, double wait_seconds)
{
    pn_adapt *adapt = context;
    const pn_layout *layout = adapt->layout;
    if (adapt->off || layout->columns == 1 || !window_is_full(adapt, step))
        return false;
    double *speeds = calloc((size_t)layout->columns, sizeof *speeds);
    if (!speeds)
        pn_comm_abort(adapt->comm, 2);
    double busy = (pn_clock() - adapt->time) - (wait_seconds - adapt->wait);
    bool pause = false;
    adapt->compared = step;
    if (measure(adapt, step, busy, speeds)) {
        pause = decide(adapt, step, speeds);
        adapt->step = step;
        adapt->time = pn_clock();
        adapt->wait = wait_seconds;
    }
    free(speeds);
    return pause;
}
