// SPDX-License-Identifier: BSD-3-Clause
#include "probe/bus_rate.h"

#include "base/clock.h"
#include "probe/repeat.h"

static const double most_seconds = 0.1;

typedef struct bench {
    pn_compute *device;
    pn_block block;
    void *host;
} bench;

static double there_and_back(void *context, int go)
{
    (void)go;
    const bench *b = context;
    const pn_compute_ops *ops = b->device->ops;
    double begin = pn_clock();
    ops->write(b->device, b->block, b->host, b->block.ld);
    ops->wait(b->device, ops->read(b->device, b->block, b->host, b->block.ld));
    return pn_clock() - begin;
}

pn_status pn_bus_rate_measure(double *rate, pn_compute *device)
{
    enum { MOST_BYTES = 32 << 20, PART = 16, COLUMNS = 512, GOES = 9 };
    const pn_compute_ops *ops = device->ops;
    int64_t row = (int64_t)sizeof(double) * COLUMNS;
    pn_lidx rows = pn_max(1, pn_min(MOST_BYTES, device->memory_bytes / PART) / row);
    size_t bytes = (size_t)(rows * row);
    bench b = {.device = device, .block = pn_block_of(NULL, rows, COLUMNS, COLUMNS)};
    pn_repeat_plan plan = {.warm_ups = 1,
                           .least = 3,
                           .most = GOES,
                           .seconds = most_seconds,
                           .amount = 2 * (double)bytes};
    pn_status status;
    PN_TRY(ops->allocate(device, bytes, &b.block.data));
    PN_TRY(ops->allocate_host(device, bytes, &b.host));
    for (pn_lidx i = 0; i < rows * COLUMNS; i++)
        ((double *)b.host)[i] = 0;
    *rate = pn_repeat(&plan, there_and_back, &b).rate;
fail:
    if (b.host)
        ops->release_host(device, b.host, bytes);
    ops->release(device, b.block.data, bytes);
    return status;
}
