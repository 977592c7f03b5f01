// SPDX-License-Identifier: BSD-3-Clause
// The compute seam's memory that grows where it is, and columns that move within it: against an
// image, on every backend that can.
#include "part.h"

enum { MOST_COLUMNS = 800 };

static bool can(pn_compute *compute)
{
    bool all = compute->ops->reserve && compute->ops->grow && compute->ops->repack;
    assert_true(all || !(compute->ops->grow || compute->ops->repack));
    return all;
}

static pn_block open_room(pn_compute *compute, pn_room *room, pn_lidx rows, pn_lidx columns)
{
    *room = (pn_room){.bytes = sizeof(double) * (size_t)(rows * columns),
                      .most = sizeof(double) * (size_t)(rows * MOST_COLUMNS)};
    assert_int_equal(compute->ops->reserve(compute, room), PN_OK);
    return pn_block_of(room->memory, rows, columns, columns);
}

static double value(pn_lidx row, pn_lidx column)
{
    return (double)(row * MOST_COLUMNS + column);
}

static void fill(pn_compute *compute, pn_block block)
{
    double *image = malloc(sizeof *image * (size_t)(block.rows * block.columns));
    assert_non_null(image);
    for (pn_lidx i = 0; i < block.rows; i++)
        for (pn_lidx j = 0; j < block.columns; j++)
            image[i * block.columns + j] = value(i, j);
    compute->ops->wait(compute, compute->ops->write(compute, block, image, block.columns));
    free(image);
}

// Some columns go, others stay, with gaps of random widths between them, or none.
static int draw_runs(pn_run *runs, pn_lidx columns, pn_lidx most, uint64_t *chance)
{
    int count = 0;
    pn_lidx from = 0, to = 0;
    while (from < columns) {
        pn_lidx width = pn_min(columns - from, 1 + naive_below(chance, 40));
        pn_lidx spare = most - to - (columns - from);
        to += spare > 0 ? naive_below(chance, (unsigned)spare + 1) : 0;
        if (naive_below(chance, 3)) {
            runs[count++] = (pn_run){from, to, width};
            to += width;
        }
        from += width;
    }
    return count;
}

static void check_runs(pn_compute *compute, pn_block block, const pn_run *runs, int count)
{
    double *now = malloc(sizeof *now * (size_t)(block.rows * block.ld));
    assert_non_null(now);
    block.columns = block.ld;
    compute->ops->wait(compute, compute->ops->read(compute, block, now, block.ld));
    for (pn_lidx i = 0; i < block.rows; i++)
        for (int r = 0; r < count; r++)
            for (pn_lidx j = 0; j < runs[r].columns; j++)
                assert_true(now[i * block.ld + runs[r].to + j] == value(i, runs[r].from + j));
    free(now);
}

static void try_repack(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    static const pn_lidx longer[] = {0, 1, 30, 400};
    uint64_t chance = (uint64_t)(rows + columns + extra);
    for (int i = 0; i < 4 && can(compute); i++) {
        pn_run runs[MOST_COLUMNS];
        pn_room room;
        pn_block block = open_room(compute, &room, rows, columns);
        pn_lidx ld = columns + longer[i];
        fill(compute, block);
        size_t bytes = sizeof(double) * (size_t)(rows * ld);
        assert_int_equal(compute->ops->grow(compute, &room, bytes), PN_OK);
        assert_ptr_equal(room.memory, block.data);
        int count = draw_runs(runs, columns, ld, &chance);
        compute->ops->repack(compute, &(pn_repack){block, ld, runs, count});
        block.ld = ld;
        check_runs(compute, block, runs, count);
        compute->ops->release(compute, room.memory, room.most);
    }
}

static void try_growth(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    (void)extra;
    if (!can(compute))
        return;
    pn_room room;
    pn_block block = open_room(compute, &room, rows, columns);
    size_t most = room.most;
    fill(compute, block);
    assert_int_equal(compute->ops->grow(compute, &room, most + 1), PN_ERROR_MEMORY);
    assert_true(room.bytes == sizeof(double) * (size_t)(rows * columns) && room.most == most);
    assert_int_equal(compute->ops->grow_alone(compute, &room, most + 1), PN_ERROR_MEMORY);
    assert_int_equal(compute->ops->grow_alone(compute, &room, most - most / 8), PN_OK);
    assert_int_equal(compute->ops->grow(compute, &room, most), PN_OK);
    assert_int_equal(compute->ops->grow(compute, &room, most / 2), PN_OK);
    assert_true(room.bytes == most && room.memory == (void *)block.data);
    check_runs(compute, block, &(pn_run){0, 0, columns}, 1);
    compute->ops->release(compute, room.memory, room.most);
}

static void columns_move_within_their_memory(void **state)
{
    (void)state;
    try_backends(try_repack);
}

static void memory_grows_where_it_is(void **state)
{
    (void)state;
    try_backends(try_growth);
}

int main(void)
{
    skip_without_device();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_move_within_their_memory),
        cmocka_unit_test(memory_grows_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
