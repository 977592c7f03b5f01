// SPDX-License-Identifier: BSD-3-Clause
#include "lu/diagonal.h"

#include "lu/await.h"

size_t pn_diagonal_bytes(int nb)
{
    return (size_t)nb * (size_t)nb * sizeof(double);
}

pn_status pn_diagonal_create(pn_diagonal *diagonal, pn_compute *compute, int nb)
{
    void *memory = NULL;
    pn_status status = compute->ops->allocate_host(compute, pn_diagonal_bytes(nb), &memory);
    *diagonal = (pn_diagonal){.values = memory};
    return status;
}

void pn_diagonal_release(pn_diagonal *diagonal, pn_compute *compute, int nb)
{
    if (diagonal->values)
        compute->ops->release_host(compute, diagonal->values, pn_diagonal_bytes(nb));
}

void pn_diagonal_store(pn_diagonal *diagonal, const pn_diagonal_task *task)
{
    const pn_panel *panel = task->panel;
    pn_block to = task->matrix;
    to.data += panel->row * to.ld + pn_place_columns_before(task->place, panel->step * panel->nb);
    to.rows = to.columns = panel->width;
    pn_await(task->comm, task->compute, diagonal->stored);
    for (int i = 0; i < panel->width; i++)
        for (int j = 0; j < panel->width; j++)
            diagonal->values[i * panel->width + j] = panel->l11[j * panel->nb + i];
    diagonal->stored = task->compute->ops->write(task->compute, to, diagonal->values, panel->width);
}
