// SPDX-License-Identifier: BSD-3-Clause
#include "probe/migration_cost.h"

#include "base/clock.h"
#include "comm/group.h"

enum {
    TAG_MOVE = 16,
    TAG_RING = TAG_MOVE + PN_TAG_FREE,
    MESSAGE = 1 << 20,
    MESSAGES = 4,
    MESSAGE_BYTES = 2 * MESSAGE // one that goes, one that comes
};

static const double assumed =
    1e-9; // where the part is too small to tell, or there is no memory for messages

static double copying(pn_compute *compute, const pn_block *matrix)
{
    enum { MOST_BYTES = 1 << 25 };
    pn_lidx row_bytes = (pn_lidx)sizeof(double) * matrix->ld;
    pn_lidx rows = pn_min(matrix->rows / 2, pn_max(1, MOST_BYTES / row_bytes));
    pn_block upper = pn_block_submatrix(*matrix, 0, 0, rows, matrix->columns);
    pn_block lower = pn_block_submatrix(*matrix, rows, 0, rows, matrix->columns);
    if (upper.rows == 0 || upper.columns == 0)
        return assumed;
    compute->ops->wait(compute, PN_TICKET_ALL);
    double begin = pn_clock();
    compute->ops->copy(compute, lower, upper);
    compute->ops->wait(compute, PN_TICKET_ALL);
    return (pn_clock() - begin) / (double)(upper.rows * upper.columns * (pn_lidx)sizeof(double));
}

// All ranks at once; the first message makes the connection.
static double sending(pn_comm *comm, char *memory)
{
    int next = (comm->rank + 1) % comm->size, last = (comm->rank + comm->size - 1) % comm->size;
    double begin = 0;
    for (int i = 0; i <= MESSAGES; i++) {
        pn_request requests[2] = {0};
        begin = i == 1 ? pn_clock() : begin;
        pn_comm_receive_start(comm, memory, MESSAGE, last, TAG_RING, &requests[0]);
        pn_comm_send_start(comm, memory + MESSAGE, MESSAGE, next, TAG_RING, &requests[1]);
        pn_comm_wait_all(comm, 2, requests);
    }
    return (pn_clock() - begin) / ((double)MESSAGES * MESSAGE);
}

// The matrix is not made yet: where the host can write to it, it is room enough for messages.
static bool lends_memory(const pn_compute *compute, const pn_block *matrix)
{
    return compute->ops->grow &&
           sizeof(double) * (size_t)matrix->ld * (size_t)matrix->rows >= MESSAGE_BYTES;
}

void pn_migration_cost_measure(pn_migration_cost *cost, pn_comm *comm, pn_compute *compute,
                               const pn_block *matrix, double touch)
{
    bool lent = lends_memory(compute, matrix);
    void *memory = lent ? matrix->data : NULL;
    pn_group world = pn_group_world(comm, TAG_MOVE);
    double none = !lent && compute->ops->allocate_host(compute, MESSAGE_BYTES, &memory) != PN_OK;
    pn_group_combine(&world, &none, sizeof none, pn_combine_max);
    *cost = (pn_migration_cost){touch, copying(compute, matrix), assumed, !compute->ops->grow};
    if (none == 0 && comm->size > 1)
        cost->link = sending(comm, memory);
    if (memory && !lent)
        compute->ops->release_host(compute, memory, MESSAGE_BYTES);
    pn_group_combine(&world, cost, sizeof *cost, pn_combine_max);
}
