// SPDX-License-Identifier: BSD-3-Clause
// The virtual rows of a process column and their hosts. The rows repeat in cycles of V, and a
// trailing submatrix is the end of one cycle and whole ones after it: what is dealt from the last
// row to the first is balanced for every such end.
#include "grid/virtual_rows.h"

#include "grid/deal.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS_A_PROCESS = 16 };

static const double excess_allowed = 1.01;

static int count_rows(const int *host, int virtual_rows, int row)
{
    int count = 0;
    for (int v = 0; v < virtual_rows; v++)
        count += host[v] == row;
    return count;
}

// A process without any row would receive no panel, and with it no pivots: it takes the first row
// of the process that hosts most.
static void host_one_each(int *host, int virtual_rows, int height)
{
    for (int row = 0; row < height; row++) {
        int most = 0;
        for (int other = 1; other < height; other++)
            if (count_rows(host, virtual_rows, other) > count_rows(host, virtual_rows, most))
                most = other;
        for (int v = 0; v < virtual_rows && count_rows(host, virtual_rows, row) == 0; v++)
            if (host[v] == most)
                host[v] = row;
    }
}

// Reversed on the way in and out, so that ties go to the process further down: equal weights then
// give the cyclic order.
static pn_status host_by_weight(int *host, int virtual_rows, int height, const double *weights)
{
    int32_t *owner = calloc((size_t)virtual_rows, sizeof *owner);
    double *reversed = calloc((size_t)height, sizeof *reversed);
    pn_status status = PN_OK;
    if (owner && reversed) {
        for (int row = 0; row < height; row++)
            reversed[row] = weights[height - 1 - row];
        status = pn_layout_deal(owner, virtual_rows, height, reversed, NULL);
        for (int v = 0; v < virtual_rows && status == PN_OK; v++)
            host[v] = height - 1 - owner[v];
        if (status == PN_OK)
            host_one_each(host, virtual_rows, height);
        if (status != PN_OK)
            pn_fail_in(status, "weights of the processes of one column, counted from the last");
    } else {
        status = pn_fail_memory("to find hosts for %d virtual rows", virtual_rows);
    }
    free(owner);
    free(reversed);
    return status;
}

pn_status pn_virtual_rows_assign(int *host, int virtual_rows, int height, const double *weights)
{
    if (weights)
        return host_by_weight(host, virtual_rows, height, weights);
    for (int v = 0; v < virtual_rows; v++)
        host[v] = v % height;
    return PN_OK;
}

// The most that a process hosts in relation to its due, if that is more than *excess.
static pn_status raise_excess(double *excess, int *host, int virtual_rows, int height,
                              const double *weights)
{
    if (!weights) {
        double most = (double)pn_ceil_div(virtual_rows, height);
        *excess = fmax(*excess, most * height / virtual_rows);
        return PN_OK;
    }
    pn_status status = pn_virtual_rows_assign(host, virtual_rows, height, weights);
    double sum = 0;
    for (int row = 0; row < height; row++)
        sum += weights[row];
    for (int row = 0; row < height && status == PN_OK; row++) {
        int hosted = count_rows(host, virtual_rows, row);
        *excess = fmax(*excess, hosted * sum / (virtual_rows * weights[row]));
    }
    return status;
}

pn_status pn_virtual_rows_choose(int *virtual_rows, int columns, const int *heights,
                                 const double *weights)
{
    int tallest = 0;
    double least = INFINITY;
    for (int column = 0; column < columns; column++)
        tallest = (int)pn_max(tallest, heights[column]);
    int most = tallest * ROWS_A_PROCESS;
    int *host = calloc((size_t)most, sizeof *host);
    if (!host)
        return pn_fail_memory("to try %d virtual rows", most);
    pn_status status = PN_OK;
    for (int rows = tallest; rows <= most && least > excess_allowed && status == PN_OK; rows++) {
        double excess = 0;
        const double *next = weights;
        for (int column = 0; column < columns && status == PN_OK; column++) {
            // Columns of one height and no weights are alike, and mostly beside each other.
            if (weights || column == 0 || heights[column] != heights[column - 1])
                status = raise_excess(&excess, host, rows, heights[column], next);
            next = next ? next + heights[column] : NULL;
        }
        if (excess < least) {
            least = excess;
            *virtual_rows = rows;
        }
    }
    free(host);
    return status;
}
