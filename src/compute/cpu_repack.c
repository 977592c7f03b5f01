// SPDX-License-Identifier: BSD-3-Clause
// Columns that move within the memory of their matrix. Rows of the same length are independent of
// each other. Longer rows go from the last to the first: as many at once as land beyond all that
// has not moved yet, and the last few one by one.
#include "compute/cpu_private.h"

#include <string.h>

// Runs keep their order, so what moves to the left, from the left, and then what moves to the
// right, from the right, never lands on what has not moved yet.
static void repack_row(const pn_repack *t, pn_lidx row)
{
    pn_lidx size = pn_element_bytes(t->matrix.element), longer = row * (t->ld - t->matrix.ld);
    const char *from = pn_block_at(t->matrix, row, 0);
    char *to = pn_element_at(t->matrix.data, t->matrix.element, row * t->ld);
    for (int i = 0; i < t->count; i++)
        if (longer + t->runs[i].to < t->runs[i].from)
            memmove(to + t->runs[i].to * size, from + t->runs[i].from * size,
                    (size_t)(t->runs[i].columns * size));
    for (int i = t->count - 1; i >= 0; i--)
        if (longer + t->runs[i].to > t->runs[i].from)
            memmove(to + t->runs[i].to * size, from + t->runs[i].from * size,
                    (size_t)(t->runs[i].columns * size));
}

typedef struct rows_task {
    const pn_repack *task;
    pn_lidx first, count;
} rows_task;

static void repack_job(void *task, int me, int members)
{
    const rows_task *t = task;
    pn_lidx begin, end;
    pn_cpu_share(t->count, 1, me, members, &begin, &end);
    for (pn_lidx i = begin; i < end; i++)
        repack_row(t->task, t->first + i);
}

void pn_cpu_repack(pn_compute *compute, const pn_repack *task)
{
    enum { FEW = 4 }; // rows for each thread
    pn_team *team = pn_cpu_of(compute)->team;
    pn_lidx rows = task->matrix.rows, first = 0;
    if (task->ld == task->matrix.ld) {
        pn_team_run(team, repack_job, &(rows_task){task, 0, rows});
        return;
    }
    while (first = pn_ceil_div(rows * task->matrix.ld, task->ld),
           rows - first >= FEW * compute->threads) {
        pn_team_run(team, repack_job, &(rows_task){task, first, rows - first});
        rows = first;
    }
    for (pn_lidx row = rows - 1; row >= 0; row--)
        repack_row(task, row);
}
