// SPDX-License-Identifier: BSD-3-Clause
// A panel that all ranks share as one process column, against textbook elimination on each of them:
// the same pivots (of equal entries the first row of the whole matrix), the same numbers, and
// findings that every rank learns of; whether ranks factor on the host or in a device's memory.
#include "harness.h"

#include "../naive.h"
#include "comm/group.h"
#include "compute/deferred.h"
#include "lu/device_panel.h"

#include <string.h>

typedef struct trial {
    pn_comm *comm;
    pn_panel_engine engine;
    pn_layout *layout;
    pn_place place;
    void *memory;
    pn_panel panel;
    pn_compute *compute; // NULL: this rank factors on the host
    void *part;          // the panel there
    size_t bytes;
    naive_matrix naive; // the whole panel, from its first row on
    int64_t *pivots;
} trial;

static void make(trial *t, pn_gidx n, int nb, pn_gidx step)
{
    pn_layout_request request = {.n = n, .nb = nb, .columns = 1, .virtual_rows = t->comm->size};
    CHECK(t->comm, pn_layout_create(&t->layout, &request) == PN_OK);
    CHECK(t->comm, pn_place_create(&t->place, t->layout, t->comm->rank) == PN_OK);
    t->bytes = (size_t)pn_round_up((int64_t)pn_panel_memory(PN_FLOAT64, nb, t->place.rows), 64);
    t->memory = aligned_alloc(64, t->bytes);
    if (t->compute)
        CHECK(t->comm, t->compute->ops->allocate(t->compute, t->bytes, &t->part) == PN_OK);
    t->engine.record = malloc(pn_panel_record_bytes(nb, pn_team_size(t->engine.team)));
    t->pivots = calloc((size_t)nb, sizeof *t->pivots);
    CHECK(t->comm, t->memory && t->engine.record && t->pivots);
    memset(t->memory, 0x55, t->bytes);
    t->panel = pn_panel_at(t->memory, PN_FLOAT64, &t->place, step);
    pn_lidx rows = n - step * nb, columns = t->panel.width;
    double *numbers = naive_numbers((size_t)(rows * columns), (uint64_t)(n + nb));
    CHECK(t->comm, numbers);
    t->naive = (naive_matrix){numbers, rows, rows, columns};
    t->engine.place = &t->place;
}

static void unmake(trial *t)
{
    if (t->compute)
        t->compute->ops->release(t->compute, t->part, t->bytes);
    free(t->memory);
    free(t->engine.record);
    free(t->pivots);
    free(t->naive.a);
    pn_place_release(&t->place);
    pn_layout_destroy(t->layout);
}

// Row of the textbook's panel that a local row of the panel is.
static pn_lidx naive_row(const trial *t, pn_lidx row)
{
    return pn_place_global_row(&t->place, t->panel.row + row) - t->panel.step * t->panel.nb;
}

static void factor_on_part(trial *t)
{
    pn_device_panel device_panel = {.comm = t->comm,
                                    .compute = t->compute,
                                    .place = &t->place,
                                    .engine = &t->engine,
                                    .panel = &t->panel,
                                    .part = t->part,
                                    .is_kept = true};
    const pn_compute_ops *ops = t->compute->ops;
    ops->panel(t->compute, t->panel.l11, pn_panel_part_bytes(&t->panel), t->part);
    ops->wait(t->compute, PN_TICKET_ALL);
    pn_device_panel_factor(&device_panel);
}

static void factor(trial *t)
{
    for (pn_lidx j = 0; j < t->panel.width; j++)
        for (pn_lidx i = 0; i < t->panel.rows; i++)
            ((double *)t->panel.a)[j * t->panel.ld + i] =
                t->naive.a[j * t->naive.ld + naive_row(t, i)];
    if (t->compute)
        factor_on_part(t);
    else
        pn_panel_factor(&t->engine, &t->panel);
    naive_factor(&t->naive, t->panel.width, t->pivots);
}

static void check_pivots(const trial *t, int count)
{
    for (int i = 0; i < count; i++)
        CHECK(t->comm, pn_panel_pivots(&t->panel)[i] == t->panel.step * t->panel.nb + t->pivots[i]);
}

static void check_numbers(const trial *t)
{
    const pn_panel *panel = &t->panel;
    const double *l11 = panel->l11, *a = panel->a;
    for (int j = 0; j < panel->width; j++) {
        const double *wanted = t->naive.a + j * t->naive.ld;
        for (int i = 0; i < panel->width; i++)
            CHECK(t->comm, fabs(l11[j * panel->nb + i] - wanted[i]) <= 1e-10);
        for (pn_lidx i = panel->top; i < panel->rows; i++)
            CHECK(t->comm, fabs(a[j * panel->ld + i] - wanted[naive_row(t, i)]) <= 1e-10);
    }
}

static void check_finding(trial *t, pn_finding wanted, int bad)
{
    pn_gidx column;
    CHECK(t->comm, pn_panel_finding(&t->panel, &column) == wanted);
    CHECK(t->comm, wanted == PN_FINDING_NONE || column == t->panel.step * t->panel.nb + bad);
    check_pivots(t, bad);
}

static void try_size(trial *t, pn_gidx n, int nb, pn_gidx step)
{
    make(t, n, nb, step);
    factor(t);
    check_finding(t, PN_FINDING_NONE, t->panel.width);
    check_numbers(t);
    unmake(t);
}

// Small whole numbers in two columns: many equal ones on many ranks, and exact arithmetic.
static void try_ties(trial *t, int span)
{
    uint64_t chance = (uint64_t)span;
    make(t, 150, 2, 3);
    for (pn_lidx i = 0; i < t->naive.rows * 2; i++)
        t->naive.a[i] = (int)naive_below(&chance, (unsigned)(2 * span + 1)) - span;
    factor(t);
    check_pivots(t, 2);
    check_numbers(t);
    unmake(t);
}

// One bad number, or a whole column of it.
static void try_bad(trial *t, double value, bool whole)
{
    enum { BAD = 5 };
    make(t, 120, 16, 2);
    for (pn_lidx i = whole ? 0 : 61; i < (whole ? t->naive.rows : 62); i++)
        t->naive.a[BAD * t->naive.ld + i] = value;
    factor(t);
    check_finding(t, value == 0 ? PN_FINDING_SINGULAR : PN_FINDING_NOT_FINITE, BAD);
    unmake(t);
}

static void try_all(trial *t)
{
    static const pn_gidx sizes[][3] = {{1, 1, 0},   {1, 8, 0},   {9, 8, 1},    {40, 1, 7},
                                       {64, 64, 0}, {70, 64, 1}, {300, 33, 1}, {300, 7, 0}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        try_size(t, sizes[i][0], (int)sizes[i][1], sizes[i][2]);
    for (int span = 1; span <= 3; span++)
        try_ties(t, span);
    for (int whole = 0; whole <= 1; whole++) {
        try_bad(t, NAN, whole);
        try_bad(t, -INFINITY, whole);
    }
    try_bad(t, 0.0, true);
}

// On devices: everywhere, on every other rank, or on the others.
static void try_parts(trial *t, const pn_blas *blas)
{
    enum { EVERYWHERE, ODD, EVEN, MIXES };
    for (int mix = 0; mix < MIXES; mix++) {
        int odd = t->comm->rank % 2;
        if (mix == EVERYWHERE || (mix == ODD) == (odd == 1))
            CHECK(t->comm, pn_compute_deferred_open(&t->compute, t->engine.team, blas,
                                                    (uint64_t)mix) == PN_OK);
        try_all(t);
        if (t->compute)
            t->compute->ops->close(t->compute);
        t->compute = NULL;
    }
}

int main(int argc, char **argv)
{
    pn_log log;
    trial t = {.comm = harness_open(&log, &(pn_comm_request){.argc = &argc, .argv = &argv})};
    pn_blas *blas;
    CHECK(t.comm, argc < 2 || t.comm->size == atoi(argv[1]));
    CHECK(t.comm, pn_blas_open(&blas, "auto") == PN_OK);
    for (int threads = 1; threads <= 2; threads++) {
        pn_team *team;
        CHECK(t.comm, pn_team_create(&team, threads, NULL) == PN_OK);
        t.engine =
            (pn_panel_engine){.column = pn_group_world(t.comm, 0), .team = team, .blas = blas};
        try_all(&t);
        if (threads == 1)
            try_parts(&t, blas);
        pn_team_destroy(team);
    }
    pn_blas_close(blas);
    pn_comm_close(t.comm);
    return 0;
}
