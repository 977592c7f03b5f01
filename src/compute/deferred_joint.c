// SPDX-License-Identifier: BSD-3-Clause
// One process's rows of a panel, factored in the deferred backend's memory in the order of
// compute/joint_panel.h, as plainly as can be.
#include "compute/deferred_private.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

typedef struct joint {
    const pn_panel_task *is;
    pn_pivot_record *record;
    double scale; // 1 / the last pivot
} joint;

static double *a_at(const joint *j, pn_lidx row, int column)
{
    return j->is->a + column * j->is->ld + row;
}

static double *l11_at(const joint *j, int row, int column)
{
    return j->is->l11 + column * j->is->ld_l11 + row;
}

// First row that is still in play after `pivots` of them.
static pn_lidx live(const joint *j, int pivots)
{
    return j->is->column->has_top ? pivots : 0;
}

// Divides the column before by its pivot, and subtracts what the base has so far.
static void update_column(joint *j, int first, int column)
{
    for (pn_lidx row = live(j, column); row < j->is->rows; row++) {
        if (column > first)
            *a_at(j, row, column - 1) *= j->scale;
        for (int k = first; k < column; k++)
            *a_at(j, row, column) -= *a_at(j, row, k) * *l11_at(j, k, column);
    }
}

static void offer(joint *j, int column)
{
    pn_pivot_record *record = j->record;
    int width = j->is->width;
    *record = (pn_pivot_record){.size = -1, .has_top = j->is->column->has_top};
    for (pn_lidx row = live(j, column); row < j->is->rows; row++) {
        double size = fabs(*a_at(j, row, column));
        record->not_finite += !isfinite(size);
        if (size > record->size) {
            record->size = size;
            record->row = row;
        }
    }
    for (int k = 0; record->size >= 0 && k < width; k++)
        record->values[k] = *a_at(j, record->row, k);
    for (int k = 0; record->has_top && k < width; k++)
        record->values[width + k] = *a_at(j, column, k);
}

static void take(joint *j, int column)
{
    const pn_pivot_record *record = j->record;
    int width = j->is->width;
    for (int k = 0; k < width; k++)
        *l11_at(j, column, k) = record->values[k];
    for (int k = 0; record->row >= 0 && k < width; k++)
        *a_at(j, record->row, k) = record->values[width + k];
    double pivot = record->values[column];
    j->scale = fabs(pivot) >= DBL_MIN && isfinite(pivot) ? 1.0 / pivot : 1.0;
}

// Rows [first, first + count) of U in columns [begin, end).
static void solve(const joint *j, int first, int count, int begin, int end)
{
    for (int column = begin; column < end; column++)
        for (int k = first; k < first + count; k++)
            for (int i = k + 1; i < first + count; i++)
                *l11_at(j, i, column) -= *l11_at(j, i, k) * *l11_at(j, k, column);
}

static void factor_base(joint *j, int first, int columns)
{
    const pn_joint_column *others = j->is->column;
    for (int column = first; column < first + columns; column++) {
        solve(j, first, column - first, column, column + 1);
        update_column(j, first, column);
        offer(j, column);
        others->pause(others->context);
        others->agree(others->context, column, j->record);
        take(j, column);
    }
    int last = first + columns - 1;
    for (pn_lidx row = live(j, last + 1); row < j->is->rows; row++)
        *a_at(j, row, last) *= j->scale;
}

static void factor_columns(joint *j, int first, int columns)
{
    if (columns <= PN_JOINT_BASE) {
        factor_base(j, first, columns);
        return;
    }
    int left = pn_joint_left(columns), middle = first + left, end = first + columns;
    factor_columns(j, first, left);
    solve(j, first, left, middle, end);
    for (int column = middle; column < end; column++)
        for (int k = first; k < middle; k++)
            for (pn_lidx row = live(j, middle); row < j->is->rows; row++)
                *a_at(j, row, column) -= *a_at(j, row, k) * *l11_at(j, k, column);
    factor_columns(j, middle, columns - left);
}

bool pn_deferred_factor_jointly(const pn_panel_task *task)
{
    joint j = {.is = task, .record = malloc(pn_pivot_record_bytes(task->width))};
    if (!j.record)
        return false;
    factor_columns(&j, 0, task->width);
    free(j.record);
    return true;
}
