// SPDX-License-Identifier: BSD-3-Clause
#include "tune/choose_check.h"

#include "tune/class_cost.h"

#include <math.h>

enum { MOST = 20, USUAL = 5 }; // checks of a run; where nothing is said of how often

static const double spent = 0.01;                        // of the time, at most
static const double panel_of_rate = 0.45;                // where panels were not measured
static const double trailing = 1.0 / 3, upper = 1.0 / 2; // parts of the matrix that are read, in
                                                         // the mean of all checks and at the end

typedef struct check_cost {
    double matrix; // of reading all of it, s
    double panel;  // of half the height of the matrix, s
} check_cost;

// All ranks read their parts at once, and are done about together.
static check_cost cost_of(const pn_choice *choice, const pn_rank_info *info)
{
    const pn_settings *is = &choice->settings;
    const pn_arrangement *a = &choice->arrangement;
    double n = (double)is->n, bytes_a_second = 0, slowest = INFINITY;
    for (int rank = 0; rank < a->ranks; rank++) {
        double rate = choice->ranks[rank].rate;
        if (a->table.column[rank] < 0 || !(rate > 0))
            continue;
        double panel = info[rank].panel_rate > 0 ? info[rank].panel_rate : panel_of_rate * rate;
        slowest = fmin(slowest, panel * a->table.heights[a->table.column[rank]]);
        // As the back substitution reads the matrix; a device as it moves rows.
        int threads = choice->ranks[rank].threads;
        pn_process_cost cost = pn_cost_of_rank(&info[rank], threads, rate, is->nb);
        bytes_a_second += 1 / (cost.read > 0 ? cost.read : cost.move);
    }
    return (check_cost){.matrix = (double)sizeof(double) * n * n / bytes_a_second,
                        .panel = n / 2 * is->nb * is->nb / slowest};
}

int pn_choose_check_every(int64_t asked, const pn_choice *choice, const pn_rank_info *info)
{
    const pn_settings *is = &choice->settings;
    if (asked == PN_CHECK_OFF || is->element != PN_FLOAT64)
        return 0;
    if (asked >= PN_CHECK_STEPS_LEAST)
        return (int)asked;
    int64_t steps = pn_ceil_div(is->n, is->nb), checks = USUAL;
    if (asked == PN_CHECK_AUTO) {
        check_cost cost = cost_of(choice, info);
        double left = spent * choice->seconds - upper * cost.matrix;
        double most = left / (trailing * cost.matrix + cost.panel);
        if (!(most >= 1))
            return 0;
        checks = (int64_t)fmin(most, MOST);
    }
    return (int)pn_max(PN_CHECK_STEPS_LEAST, pn_ceil_div(steps, checks + 1));
}
