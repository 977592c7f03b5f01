// SPDX-License-Identifier: BSD-3-Clause
// The panel is column-major and the matrix row-major: the block is turned round in host memory that
// the part can read, one block at a time, each waiting until the part has taken the one before it.
// Parts of FP32 turn panels round by themselves (pn_compute_ops.keep).
#include "lu/diagonal.h"

#include "lu/await.h"

#include <string.h>

size_t pn_diagonal_bytes(pn_element element, int nb)
{
    return (size_t)((pn_lidx)nb * nb * pn_element_bytes(element));
}

pn_status pn_diagonal_create(pn_diagonal *diagonal, pn_compute *compute, pn_element element, int nb)
{
    *diagonal = (pn_diagonal){.bytes = pn_diagonal_bytes(element, nb)};
    return compute->ops->allocate_host(compute, diagonal->bytes, &diagonal->values);
}

void pn_diagonal_release(pn_diagonal *diagonal, pn_compute *compute)
{
    if (diagonal->values)
        compute->ops->release_host(compute, diagonal->values, diagonal->bytes);
}

// Rows of a column-major array, leading dimension ld, to the matrix at `row`.
static void store(pn_diagonal *diagonal, const pn_diagonal_task *task, const void *from, pn_lidx ld,
                  pn_block to)
{
    const pn_panel *panel = task->panel;
    pn_lidx size = pn_element_bytes(panel->element);
    pn_await(task->comm, task->compute, diagonal->stored);
    for (pn_lidx i = 0; i < to.rows; i++)
        for (pn_lidx j = 0; j < to.columns; j++)
            memcpy((char *)diagonal->values + (i * to.columns + j) * size,
                   pn_element_at(from, panel->element, j * ld + i), (size_t)size);
    diagonal->stored = task->compute->ops->write(task->compute, to, diagonal->values, to.columns);
}

static pn_block target(const pn_diagonal_task *task, pn_lidx row, pn_lidx rows)
{
    const pn_panel *panel = task->panel;
    pn_lidx column = pn_place_columns_before(task->place, panel->step * panel->nb);
    return pn_block_submatrix(task->matrix, panel->row + row, column, rows, panel->width);
}

void pn_diagonal_store(pn_diagonal *diagonal, const pn_diagonal_task *task)
{
    const pn_panel *panel = task->panel;
    const pn_compute_ops *ops = task->compute->ops;
    if (panel->element == PN_FLOAT32)
        ops->keep(task->compute, target(task, 0, panel->width), task->l11, panel->nb);
    else
        store(diagonal, task, panel->l11, panel->nb, target(task, 0, panel->width));
}

void pn_diagonal_store_below(pn_diagonal *diagonal, const pn_diagonal_task *task)
{
    const pn_panel *panel = task->panel;
    const pn_compute_ops *ops = task->compute->ops;
    pn_lidx below = panel->rows - panel->top;
    if (panel->element == PN_FLOAT32) {
        ops->keep(task->compute, target(task, panel->top, below), task->l21, panel->ld);
        return;
    }
    for (pn_lidx row = panel->top; row < panel->rows; row += panel->nb) {
        pn_lidx rows = pn_min(panel->nb, panel->rows - row);
        store(diagonal, task, pn_element_at(panel->a, panel->element, row), panel->ld,
              target(task, row, rows));
    }
}
