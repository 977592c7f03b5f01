// SPDX-License-Identifier: BSD-3-Clause
// What the tests of the compute seam share: the backends that they run on, matrices and panels in a
// part's memory with an image in host memory to compare with, and the sizes to try. A part's memory
// is only touched through the seam.
#ifndef PN_TESTS_UNIT_PART_H
#define PN_TESTS_UNIT_PART_H

#include "compute/cpu.h"
#include "compute/deferred.h"
#include "compute/open_compute.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../naive.h"

// One row a backend: every test of the seam runs on all of them.
typedef struct backend {
    const char *name;
    int threads;
    pn_status (*open)(pn_compute **compute, pn_team *team, const pn_blas *blas);
} backend;

static inline pn_status open_deferred(pn_compute **compute, pn_team *team, const pn_blas *blas)
{
    return pn_compute_deferred_open(compute, team, blas, 0);
}

static inline pn_status open_deferred_now_and_then(pn_compute **compute, pn_team *team,
                                                   const pn_blas *blas)
{
    return pn_compute_deferred_open(compute, team, blas, 7);
}

static inline pn_status open_cuda(pn_compute **compute, pn_team *team, const pn_blas *blas)
{
    char reason[PN_COMPUTE_REASON];
    pn_status status = pn_compute_open(
        compute,
        &(pn_compute_request){.device = "cuda", .local_ranks = 1, .team = team, .blas = blas},
        reason);
    if (status == PN_OK && getenv("PANACHE_TEST_OVERFLOW") && (*compute)->overflow_takes > 0)
        (*compute)->overflow_bytes = INT64_MAX;
    return status;
}

#ifdef PN_TEST_CUDA // the same tests once more, for machines with a device
static const backend backends[] = {{"cuda", 1, open_cuda}};
#else
static const backend backends[] = {
    {"cpu, 1 thread", 1, pn_compute_cpu_open},
    {"cpu, 2 threads", 2, pn_compute_cpu_open},
    {"cpu, 5 threads", 5, pn_compute_cpu_open},
    {"deferred", 1, open_deferred},
    {"deferred, now and then", 1, open_deferred_now_and_then},
};
#endif

static const double outside = 12345.0; // where nothing may be written

// A matrix in the part's memory and its image here, both with the same leading dimension; columns
// beyond `columns` hold `outside`.
typedef struct part {
    pn_compute *compute;
    pn_block block;
    size_t bytes;
    double *image;
} part;

static inline part make_within(pn_compute *compute, pn_block block, bool hosted)
{
    pn_lidx rows = block.rows, columns = block.columns;
    part p = {.compute = compute, .block = block};
    size_t count = (size_t)(rows * p.block.ld);
    pn_room room = {.bytes = (count + 1) * sizeof(double)};
    p.bytes = room.bytes;
    if (hosted) { // the first half
        room.hosted = room.bytes / 2;
        assert_int_equal(compute->ops->reserve(compute, &room), PN_OK);
        assert_true(room.hosted >= p.bytes / 2);
    } else
        assert_int_equal(compute->ops->allocate(compute, p.bytes, &room.memory), PN_OK);
    p.block.data = room.memory;
    p.image = naive_numbers(count, (uint64_t)(rows * 1000 + columns));
    assert_non_null(p.image);
    for (pn_lidx i = 0; i < rows; i++)
        for (pn_lidx j = columns; j < p.block.ld; j++)
            p.image[i * p.block.ld + j] = outside;
    pn_block all = p.block;
    all.columns = all.ld;
    compute->ops->wait(compute, compute->ops->write(compute, all, p.image, all.ld));
    return p;
}

// Half in host memory where the part is to take such memory.
static inline part make(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    pn_block block = pn_block_of(NULL, rows, columns, columns + extra);
    return make_within(compute, block, compute->overflow_bytes > 0);
}

// In the part's own memory, as all but the matrix is.
static inline part make_apart(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    return make_within(compute, pn_block_of(NULL, rows, columns, columns + extra), false);
}

// Whether the part holds what its image says, to rounding in sums of some hundred terms.
static inline void check(const part *p)
{
    pn_block all = p->block;
    all.columns = all.ld;
    size_t count = (size_t)(all.rows * all.ld);
    double *now = calloc(count + 1, sizeof *now);
    assert_non_null(now);
    p->compute->ops->wait(p->compute, p->compute->ops->read(p->compute, all, now, all.ld));
    for (size_t i = 0; i < count; i++)
        assert_true(fabs(now[i] - p->image[i]) <= 1e-12 * (1 + fabs(p->image[i])));
    free(now);
}

static inline void unmake(part *p)
{
    p->compute->ops->release(p->compute, p->block.data, p->bytes);
    free(p->image);
}

static inline double *at(const part *p, pn_lidx row, pn_lidx column)
{
    return p->image + row * p->block.ld + column;
}

// Host memory that both sides see, with random numbers.
static inline double *make_host(pn_compute *compute, size_t count, uint64_t seed)
{
    void *memory;
    assert_int_equal(compute->ops->allocate_host(compute, (count + 1) * sizeof(double), &memory),
                     PN_OK);
    for (size_t i = 0; i < count; i++)
        ((double *)memory)[i] = naive_number(&seed);
    return memory;
}

static inline void unmake_host(pn_compute *compute, double *memory, size_t count)
{
    compute->ops->release_host(compute, memory, (count + 1) * sizeof(double));
}

// A panel as lu/ has it: column-major, `height` rows of leading dimension ld, unit lower on top.
typedef struct panel {
    pn_compute *compute;
    double *host;
    const double *seen; // by the part
    void *buffer;
    pn_lidx ld;
    size_t count;
} panel;

static inline panel make_panel(pn_compute *compute, pn_lidx height, int width)
{
    panel p = {.compute = compute, .ld = height + 5};
    p.count = (size_t)(p.ld * width);
    p.host = make_host(compute, p.count, (uint64_t)(height + width));
    if (compute->ops->panel_needs_buffer)
        assert_int_equal(compute->ops->allocate(compute, p.count * sizeof(double), &p.buffer),
                         PN_OK);
    p.seen = compute->ops->panel(compute, p.host, p.count * sizeof(double), p.buffer);
    return p;
}

static inline void unmake_panel(panel *p)
{
    if (p->buffer)
        p->compute->ops->release(p->compute, p->buffer, p->count * sizeof(double));
    unmake_host(p->compute, p->host, p->count);
}

// Images: C := C - L U; U := inv(L) U, L unit lower triangular.
static inline void naive_multiply(const part *c, const panel *l, const part *u)
{
    for (pn_lidx i = 0; i < c->block.rows; i++)
        for (pn_lidx k = 0; k < u->block.rows; k++)
            for (pn_lidx j = 0; j < c->block.columns; j++)
                *at(c, i, j) -= l->host[k * l->ld + i] * *at(u, k, j);
}

static inline void naive_solve(const part *u, const panel *l)
{
    for (pn_lidx k = 0; k < u->block.rows; k++)
        for (pn_lidx i = k + 1; i < u->block.rows; i++)
            for (pn_lidx j = 0; j < u->block.columns; j++)
                *at(u, i, j) -= l->host[k * l->ld + i] * *at(u, k, j);
}

static const pn_lidx part_rows[] = {1, 2, 7, 8, 33, 100, 600};
static const pn_lidx part_columns[] = {1, 3, 8, 17, 65, 400};

typedef void trial(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra);

static inline void try_sizes(pn_compute *compute, trial *run)
{
    for (size_t i = 0; i < sizeof part_rows / sizeof part_rows[0]; i++)
        for (size_t j = 0; j < sizeof part_columns / sizeof part_columns[0]; j++)
            run(compute, part_rows[i], part_columns[j], (pn_lidx)(i + j) % 3 * 5);
}

// Ends the program, as skipped, where it is meant for a device and there is none.
static inline void skip_without_device(void)
{
#ifdef PN_TEST_CUDA
    enum { SKIPPED = 77 };
    pn_compute *compute;
    if (open_cuda(&compute, NULL, NULL) != PN_OK) {
        print_message("skipped: no device: %s\n", pn_fail_message());
        exit(SKIPPED);
    }
    compute->ops->close(compute);
#endif
}

// Runs a trial on every backend, for all sizes; says on which one it is.
static inline void try_backends(trial *run)
{
    for (size_t i = 0; i < sizeof backends / sizeof backends[0]; i++) {
        pn_team *team;
        pn_blas *blas;
        pn_compute *compute;
        print_message("           on %s\n", backends[i].name);
        assert_int_equal(pn_team_create(&team, backends[i].threads, NULL), PN_OK);
        assert_int_equal(pn_blas_open(&blas, "auto"), PN_OK);
        assert_int_equal(backends[i].open(&compute, team, blas), PN_OK);
        try_sizes(compute, run);
        compute->ops->close(compute);
        pn_blas_close(blas);
        pn_team_destroy(team);
    }
}

#endif
