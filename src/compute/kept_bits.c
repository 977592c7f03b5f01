// SPDX-License-Identifier: BSD-3-Clause
#include "compute/kept_bits.h"

#include <math.h>
#include <stdlib.h>

// 2^-ROWS is a normal number, and so are its products with the others.
enum { ORDER = 512, ROWS = 500, COLUMN = 131, MATRICES = 4 };

typedef struct trial {
    pn_compute *compute;
    void *c, *u;  // part memory
    void *l;      // host memory that the part sees, or reads from
    void *buffer; // for it in part memory, if needed
    double *host; // [ORDER^2]
} trial;

static const size_t bytes = sizeof(double) * ORDER * ORDER;

static double next_number(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1;
    return (double)(*state >> 11) * 0x1p-53 - 0.5;
}

static void write(const trial *t, void *to)
{
    pn_block block = pn_block_of(to, ORDER, ORDER, ORDER);
    t->compute->ops->wait(t->compute, t->compute->ops->write(t->compute, block, t->host, ORDER));
}

// Column-major.
static void fill_left(double *l)
{
    uint64_t state = 1;
    for (int i = 0; i < ORDER * ORDER; i++)
        l[i] = next_number(&state);
    for (int i = 1; i <= ROWS; i++)
        for (int k = 0; k < ORDER; k++)
            l[(size_t)k * ORDER + i] = k == 0 ? 1 : k == 1 ? ldexp(1, -i) : 0;
}

// Row-major.
static void fill_right(double *u)
{
    uint64_t state = 2;
    for (int i = 0; i < ORDER * ORDER; i++)
        u[i] = next_number(&state);
    for (int k = 0; k < ORDER; k++)
        u[(size_t)k * ORDER + COLUMN] = k == 1;
}

static pn_status open_trial(trial *t, pn_compute *compute)
{
    const pn_compute_ops *ops = compute->ops;
    pn_status status;
    *t = (trial){.compute = compute, .host = calloc(ORDER * ORDER, sizeof(double))};
    if (!t->host)
        return pn_fail_memory("to try a product");
    PN_TRY(ops->allocate(compute, bytes, &t->c));
    PN_TRY(ops->allocate(compute, bytes, &t->u));
    PN_TRY(ops->allocate_host(compute, bytes, &t->l));
    if (ops->panel_needs_buffer)
        PN_TRY(ops->allocate(compute, bytes, &t->buffer));
fail:
    return status;
}

static void close_trial(trial *t)
{
    const pn_compute_ops *ops = t->compute->ops;
    if (t->c)
        ops->release(t->compute, t->c, bytes);
    if (t->u)
        ops->release(t->compute, t->u, bytes);
    if (t->buffer)
        ops->release(t->compute, t->buffer, bytes);
    if (t->l)
        ops->release_host(t->compute, t->l, bytes);
    free(t->host);
}

// C := 0 - L U.
static void multiply(trial *t)
{
    pn_compute *compute = t->compute;
    const pn_compute_ops *ops = compute->ops;
    write(t, t->c);
    fill_right(t->host);
    write(t, t->u);
    fill_left(t->l);
    pn_update update = {.c = pn_block_of(t->c, ORDER, ORDER, ORDER),
                        .l = ops->panel(compute, t->l, bytes, t->buffer),
                        .ld_l = ORDER,
                        .u = pn_block_of(t->u, ORDER, ORDER, ORDER),
                        .width = ORDER};
    ops->multiply_start(compute, &update, 1);
    ops->multiply_finish(compute);
    ops->wait(compute, ops->read(compute, update.c, t->host, ORDER));
}

pn_status pn_kept_bits(pn_compute *compute, int *bits)
{
    trial t;
    *bits = 0;
    if (compute->is_device && compute->memory_bytes < (int64_t)(MATRICES * bytes))
        return PN_OK;
    pn_status status = open_trial(&t, compute);
    if (status == PN_OK) {
        multiply(&t);
        for (int i = ROWS; i > 0; i--)
            if (t.host[(size_t)i * ORDER + COLUMN] != -ldexp(1, -i))
                *bits = i;
    }
    if (t.host)
        close_trial(&t);
    return status;
}
