// SPDX-License-Identifier: BSD-3-Clause
// By sorting: a few dozen values at most, and the sorted ones are wanted as often as the middle.
#include "base/median.h"

#include "base/assertion.h"

#include <stdlib.h>

static int upwards(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

void pn_sort(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, upwards);
}

double pn_median(double *values, int count)
{
    pn_assert(count > 0, "there is a value to take the median of");
    pn_sort(values, count);
    return 0.5 * (values[(count - 1) / 2] + values[count / 2]);
}
