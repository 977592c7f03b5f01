// SPDX-License-Identifier: BSD-3-Clause
// How a change is told from noise. For each window and column the logarithm of (work left x pace)
// over the mean of all is its imbalance: 0 where the deal suits the speeds. Noise is estimated for
// each column by itself, from the median of the differences between neighbouring windows (times
// 1.4826 it is a standard deviation of normal numbers, over sqrt 2 that of one window), so that a
// single step between two levels does not count as noise. The last 2, 3, ... windows are tried in
// turn, and the first number of them that is beyond noise, has lasted long enough and pays for
// moving is the answer; short trials see abrupt changes early, long ones small biases.
#include "balance/drift.h"

#include "base/assertion.h"
#include "base/median.h"
#include "grid/redeal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double least_gain = 0.03;  // of the remaining time, or nothing is moved
static const double least_bias = 0.015; // the same for rates that were wrong from the beginning
static const double patience_part = 0.04, patience_most = 5.0; // of the run; seconds
static const double lasts_on = 3.0;   // a change goes on for so many times as long as it has lasted
static const double pays_times = 2.0; // what is saved by then, over what moving costs
// Beyond so many standard deviations it is no noise: by chance once in 2,000 looks. Noise is taken
// for `least` at least, and for `assumed` where there are too few windows to see it.
static const double deviations = 3.5, least_noise = 0.01, assumed_noise = 0.05;
// Standard deviation of a median over that of a mean, of normal numbers: sqrt(pi / 2).
static const double median_factor = 1.25;

typedef struct view { // of the drift from a question
    const pn_drift *drift;
    const pn_drift_question *question;
    double *work;              // [columns] that is left
    double *cautious, *likely; // [columns] speeds
    double *noise;             // [columns]
    double *imbalance;         // [PN_DRIFT_WINDOWS * columns], the last window first
    double *mean;              // [PN_DRIFT_WINDOWS]
    int kept;
    int leader; // the column furthest out of balance,
    double by;  // and by how much
} view;

pn_status pn_drift_create(pn_drift *drift, int columns)
{
    *drift = (pn_drift){.columns = columns};
    drift->pace = calloc((size_t)columns * PN_DRIFT_WINDOWS, sizeof *drift->pace);
    drift->scratch = calloc((size_t)columns * (4 + PN_DRIFT_WINDOWS), sizeof *drift->scratch);
    if (drift->pace && drift->scratch)
        return PN_OK;
    pn_drift_release(drift);
    return pn_fail_memory("to follow the speeds of %d columns", columns);
}

void pn_drift_release(pn_drift *drift)
{
    free(drift->pace);
    free(drift->scratch);
    *drift = (pn_drift){0};
}

void pn_drift_add(pn_drift *drift, double seconds, const double *pace)
{
    int64_t at = drift->windows++ % PN_DRIFT_WINDOWS;
    for (int column = 0; column < drift->columns; column++)
        pn_assert(pace[column] > 0 && pace[column] < INFINITY, "a pace is a time");
    drift->seconds[at] = seconds;
    drift->elapsed += seconds;
    memcpy(drift->pace + at * drift->columns, pace, (size_t)drift->columns * sizeof *pace);
}

void pn_drift_migrated(pn_drift *drift)
{
    drift->migrated_at = drift->windows;
}

double pn_drift_predict(const pn_layout *layout, const int32_t *owner, pn_gidx first,
                        const double *speeds)
{
    double *count = calloc((size_t)layout->columns, sizeof *count), seconds = 0, longest = 0;
    if (!count)
        return INFINITY;
    for (pn_gidx step = layout->column_blocks - 2; step >= first; step--) {
        int column = owner[step + 1]; // only this one has more than in the step after it
        count[column] += 1;
        longest = fmax(longest, count[column] / speeds[column]);
        seconds += longest * (double)pn_max(layout->row_blocks - step, 0);
    }
    free(count);
    return seconds;
}

// The window so many before the last one.
static int64_t window(const view *v, int back)
{
    return (v->drift->windows - 1 - back) % PN_DRIFT_WINDOWS;
}

// How much longer than the mean of all a column would be busy with the rest, as a logarithm.
static double imbalance(const view *v, int column, int back)
{
    return v->imbalance[(size_t)back * (size_t)v->drift->columns + (size_t)column];
}

// What is left to do for each column, and the time each window's speeds would need for it together.
static void look(view *v)
{
    const pn_layout *layout = v->question->layout;
    int columns = v->drift->columns;
    memset(v->work, 0, (size_t)columns * sizeof *v->work);
    double sum = 0;
    for (pn_gidx block = v->question->first + 1; block < layout->column_blocks; block++) {
        double steps = (double)(block - v->question->first), rows = (double)layout->row_blocks;
        double work = steps * (rows - (double)v->question->first - 0.5 * (steps - 1));
        v->work[layout->owner[block]] += work;
        sum += work;
    }
    for (int back = 0; back < v->kept; back++) {
        int64_t at = window(v, back);
        double speed = 0;
        for (int column = 0; column < columns; column++)
            speed += 1 / v->drift->pace[at * columns + column];
        v->mean[at] = sum / speed;
    }
}

// The standard deviation between windows, from the median of the differences between neighbours: a
// step, a ramp or a spike does not count as noise.
static double deviation(const view *v, int column)
{
    enum { ENOUGH = 4 };
    double step[PN_DRIFT_WINDOWS];
    if (v->kept <= ENOUGH)
        return assumed_noise;
    for (int back = 0; back + 1 < v->kept; back++)
        step[back] = fabs(imbalance(v, column, back) - imbalance(v, column, back + 1));
    return fmax(least_noise, 1.4826 / sqrt(2.0) * pn_median(step, v->kept - 1));
}

// Once all columns are known to have work.
static void set_weights(view *v)
{
    int columns = v->drift->columns;
    for (int back = 0; back < v->kept; back++) {
        int64_t at = window(v, back);
        for (int column = 0; column < columns; column++)
            v->imbalance[(size_t)back * (size_t)columns + (size_t)column] =
                log(v->work[column] * v->drift->pace[at * columns + column] / v->mean[at]);
    }
    for (int column = 0; column < columns; column++)
        v->noise[column] = deviation(v, column);
}

// The one nearer to 0; 0 if they do not agree on the side.
static double weaker(double a, double b)
{
    if (a * b <= 0)
        return 0;
    return fabs(a) < fabs(b) ? a : b;
}

// The last windows that differ most from those before them, by more than noise explains; all, if
// none do.
static int since_step(double noise, const double *values, int windows)
{
    int since = windows;
    double most = deviations * noise, all = 0, after = 0;
    for (int back = 0; back < windows; back++)
        all += values[back];
    for (int count = 1; count < windows; count++) {
        after += values[count - 1];
        double before = (all - after) / (windows - count);
        double differ = fabs(after / count - before) / sqrt(1.0 / count + 1.0 / (windows - count));
        if (differ > most) {
            most = differ;
            since = count;
        }
    }
    return since;
}

// How many of the last windows came after the change. It may take several.
static int since_change(double noise, const double *values, int windows)
{
    int since = windows, before = 0;
    while (since != before) {
        before = since;
        since = since_step(noise, values, since);
    }
    return since;
}

static void list_imbalances(const view *v, int column, int windows, double *values)
{
    for (int back = 0; back < windows; back++)
        values[back] = imbalance(v, column, back);
}

// By how much each column is out of balance beyond what noise explains, into sure[columns]; the
// column of which that is most becomes the leader. Returns how much that is.
static double find_leader(view *v, int windows, double *sure)
{
    double largest = 0;
    for (int column = 0; column < v->drift->columns; column++) {
        double values[PN_DRIFT_WINDOWS];
        list_imbalances(v, column, windows, values);
        double last = weaker(values[0], values[1]);
        double seen = weaker(last, pn_median(values, windows));
        double limit = deviations * median_factor * v->noise[column] / sqrt(windows);
        sure[column] = copysign(fmax(0, fabs(seen) - limit), seen);
        if (fabs(sure[column]) > largest) {
            largest = fabs(sure[column]);
            v->leader = column;
        }
    }
    return largest;
}

// Sets the speeds as the last `windows` show them, the likely ones as those since the change do;
// returns the largest imbalance that noise does not explain.
static double estimate(view *v, int windows)
{
    double values[PN_DRIFT_WINDOWS], *sure = v->cautious, mean = v->mean[window(v, 0)];
    double largest = find_leader(v, windows, sure);
    list_imbalances(v, v->leader, windows, values);
    int since = since_change(v->noise[v->leader], values, windows);
    for (int column = 0; column < v->drift->columns; column++) {
        list_imbalances(v, column, since, values);
        double middle = pn_median(values, since);
        v->likely[column] = v->work[column] / (exp(sure[column] != 0 ? middle : 0) * mean);
        v->cautious[column] = v->work[column] / (exp(sure[column]) * mean);
        if (column == v->leader)
            v->by = middle;
    }
    return largest;
}

// How long the change has lasted.
static double seconds_of(const view *v, int windows)
{
    double seconds = 0;
    for (int back = 0; back < windows; back++) {
        double part = imbalance(v, v->leader, back) / v->by;
        seconds += fmin(1, fmax(0, part)) * v->drift->seconds[window(v, back)];
    }
    return seconds;
}

static pn_gidx deal(const view *v, const double *speeds, int32_t *owner)
{
    const pn_layout *layout = v->question->layout;
    memcpy(owner, layout->owner, (size_t)layout->column_blocks * sizeof *owner);
    return pn_layout_redeal(owner, v->question->first + 1, layout->column_blocks, layout->columns,
                            speeds, v->question->caps);
}

static double gain_of(const view *v, const double *speeds, const int32_t *owner, double *now)
{
    const pn_layout *layout = v->question->layout;
    *now = pn_drift_predict(layout, layout->owner, v->question->first, speeds);
    return *now > 0 ? 1 - pn_drift_predict(layout, owner, v->question->first, speeds) / *now : 0;
}

// Whether the last window alone shows more than noise explains, and other owners would help.
static bool looks_suspicious(const view *v, int32_t *owner)
{
    double now, largest = 0;
    for (int column = 0; column < v->drift->columns; column++) {
        double seen = imbalance(v, column, 0);
        largest = fmax(largest, fabs(seen) - deviations * v->noise[column]);
        v->likely[column] = v->work[column] / (exp(seen) * v->mean[window(v, 0)]);
    }
    if (largest < least_gain)
        return false;
    deal(v, v->likely, owner);
    return gain_of(v, v->likely, owner, &now) >= least_gain;
}

static pn_drift_answer try_windows(view *v, int windows, int32_t *owner)
{
    const pn_drift *drift = v->drift;
    double now, largest = estimate(v, windows);
    bool bias = windows == drift->windows - drift->migrated_at;
    if (largest < (bias ? least_bias : least_gain))
        return (pn_drift_answer){0};
    double span = seconds_of(v, windows);
    deal(v, v->cautious, owner);
    double sure = gain_of(v, v->cautious, owner, &now);
    pn_drift_answer answer = {.migrated = deal(v, v->likely, owner)};
    answer.gain = gain_of(v, v->likely, owner, &now);
    double lasts = bias ? now : fmin(now, lasts_on * span);
    double cost = v->question->fixed_seconds + v->question->block_seconds * (double)answer.migrated;
    bool long_enough = span >= fmin(patience_most, patience_part * (drift->elapsed + now));
    bool pays = answer.gain * lasts > pays_times * cost;
    bool matters = fmin(sure, answer.gain) >= (bias ? least_bias : least_gain);
    return long_enough && pays && matters ? answer : (pn_drift_answer){0};
}

pn_drift_answer pn_drift_ask(const pn_drift *drift, const pn_drift_question *question,
                             int32_t *owner)
{
    double mean[PN_DRIFT_WINDOWS] = {0};
    size_t columns = (size_t)drift->columns;
    view v = {.drift = drift,
              .question = question,
              .work = drift->scratch,
              .cautious = drift->scratch + columns,
              .likely = drift->scratch + 2 * columns,
              .noise = drift->scratch + 3 * columns,
              .imbalance = drift->scratch + 4 * columns,
              .mean = mean,
              .kept = (int)pn_min(drift->windows, PN_DRIFT_WINDOWS)};
    pn_drift_answer answer = {0};
    if (v.kept < 2 || question->first + 1 >= question->layout->column_blocks)
        return answer;
    look(&v);
    for (int column = 0; column < drift->columns; column++)
        if (v.work[column] <= 0)
            return answer; // a column that holds nothing tells nothing of its speed
    set_weights(&v);
    for (int windows = 2; windows <= v.kept && answer.migrated == 0; windows++)
        answer = try_windows(&v, windows, owner);
    answer.suspicious = answer.migrated > 0 || looks_suspicious(&v, owner);
    return answer;
}
