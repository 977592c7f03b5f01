// SPDX-License-Identifier: BSD-3-Clause
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

void pn_diagonal_store(pn_diagonal *diagonal, const pn_diagonal_task *task)
{
    const pn_panel *panel = task->panel;
    pn_lidx column = pn_place_columns_before(task->place, panel->step * panel->nb);
    pn_block to = pn_block_part(task->matrix, panel->row, column, panel->width, panel->width);
    pn_lidx size = pn_element_bytes(panel->element);
    pn_await(task->comm, task->compute, diagonal->stored);
    for (int i = 0; i < panel->width; i++)
        for (int j = 0; j < panel->width; j++)
            memcpy((char *)diagonal->values + (i * panel->width + j) * size,
                   pn_element_at(panel->l11, panel->element, (pn_lidx)j * panel->nb + i),
                   (size_t)size);
    diagonal->stored = task->compute->ops->write(task->compute, to, diagonal->values, panel->width);
}
