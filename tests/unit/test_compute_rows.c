// SPDX-License-Identifier: BSD-3-Clause
// The compute seam's moving of numbers: generating, reading, writing, copying, gathering,
// scattering and moving rows, and the product with a vector, against plain loops on every backend.
#include "base/lcg.h"
#include "part.h"

// (The numbers themselves: test_lcg.c.)
static void try_generate(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    enum { N = 800 };
    pn_gidx row[600], column[400];
    part p = make(compute, rows, columns, extra);
    for (pn_lidx i = 0; i < rows; i++)
        row[i] = i + i / 7;
    for (pn_lidx j = 0; j < columns; j++)
        column[j] = j + j / 16 * 15;
    compute->ops->generate(compute, &(pn_generate){p.block, row, column, N, 100, 0});
    compute->ops->wait(compute, PN_TICKET_ALL);
    for (pn_lidx i = 0; i < rows; i++)
        for (pn_lidx j = 0; j < columns; j++)
            *at(&p, i, j) = pn_lcg_value(pn_lcg_state(100, N, row[i], column[j]));
    check(&p);
    unmake(&p);
}

static void try_transfers(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    part p = make(compute, rows, columns, extra), other = make(compute, rows, columns, 2);
    check(&p);
    pn_lidx row = rows / 2, column = columns / 3;
    pn_block inner = pn_block_submatrix(p.block, row, column, rows - row, columns - column);
    pn_lidx ld = inner.columns + 4;
    double *host = make_host(compute, (size_t)(inner.rows * ld), 5);
    compute->ops->wait(compute, compute->ops->write(compute, inner, host, ld));
    pn_block to = pn_block_submatrix(other.block, 0, 0, inner.rows, inner.columns);
    compute->ops->copy(compute, to, inner);
    for (pn_lidx i = 0; i < inner.rows; i++)
        for (pn_lidx j = 0; j < inner.columns; j++)
            *at(&p, row + i, column + j) = *at(&other, i, j) = host[i * ld + j];
    check(&p);
    check(&other);
    unmake_host(compute, host, (size_t)(inner.rows * ld));
    unmake(&p);
    unmake(&other);
}

// Every third row, from the last on.
static pn_lidx list_rows(pn_lidx *index, pn_lidx rows)
{
    pn_lidx count = 0;
    for (pn_lidx row = rows - 1; row >= 0; row -= 3)
        index[count++] = row;
    return count;
}

static void try_row_lists(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    pn_lidx index[600], column = columns / 4, width = columns - column - columns / 8;
    part p = make(compute, rows, columns, extra);
    pn_lidx count = list_rows(index, rows);
    size_t size = (size_t)(count * width);
    double *host = make_host(compute, size, 3);
    pn_row_list list = {p.block, index, count, column, width, host};
    compute->ops->wait(compute, compute->ops->gather_rows(compute, &list));
    for (pn_lidx i = 0; i < count; i++)
        assert_memory_equal(host + i * width, at(&p, index[i], column),
                            (size_t)width * sizeof(double));
    for (size_t i = 0; i < size; i++)
        host[i] = (double)i;
    compute->ops->wait(compute, compute->ops->scatter_rows(compute, &list));
    for (pn_lidx i = 0; i < count; i++)
        memcpy(at(&p, index[i], column), host + i * width, (size_t)width * sizeof(double));
    check(&p);
    unmake_host(compute, host, size);
    unmake(&p);
}

// Messages in the part's own memory in the place of host memory.
static void try_messages(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    pn_lidx index[600], column = columns / 4, width = columns - column;
    void *memory;
    part p = make(compute, rows, columns, extra), to = make(compute, rows, columns, 3);
    pn_lidx count = list_rows(index, rows);
    size_t bytes = (size_t)(count * width) * sizeof(double) + 1;
    if (!compute->ops->allocate_message) {
        assert_int_equal(compute->devices, 0);
        unmake(&p);
        unmake(&to);
        return;
    }
    assert_int_equal(compute->ops->allocate_message(compute, bytes, &memory), PN_OK);
    pn_row_list out = {p.block, index, count, column, width, memory};
    pn_row_list in = {to.block, index, count, column, width, memory};
    compute->ops->gather_rows(compute, &out);
    compute->ops->scatter_rows(compute, &in);
    for (pn_lidx i = 0; i < count; i++)
        memcpy(at(&to, index[i], column), at(&p, index[i], column), (size_t)width * sizeof(double));
    check(&to);
    pn_block top = pn_block_submatrix(p.block, 0, 0, count, width);
    compute->ops->read(compute, top, memory, width);
    top.data = to.block.data;
    top.ld = to.block.ld;
    compute->ops->write(compute, top, memory, width);
    for (pn_lidx i = 0; i < count; i++)
        memcpy(at(&to, i, 0), at(&p, i, 0), (size_t)width * sizeof(double));
    check(&to);
    compute->ops->release(compute, memory, bytes);
    unmake(&p);
    unmake(&to);
}

// Many results that nobody has waited for yet: each is there once its own ticket is done.
static void try_tickets(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    enum { TICKETS = 150 };
    pn_ticket tickets[TICKETS];
    part p = make(compute, rows, columns, extra);
    double *host = make_host(compute, (size_t)(TICKETS * columns), 3);
    for (int i = 0; i < TICKETS; i++) {
        pn_lidx row = i % rows;
        pn_row_list list = {p.block, &row, 1, 0, columns, host + i * columns};
        tickets[i] = compute->ops->gather_rows(compute, &list);
        assert_true(i == 0 || tickets[i] >= tickets[i - 1]);
    }
    for (int i = 0; i < TICKETS; i++) {
        if (i % 3 == 1)
            while (!compute->ops->done(compute, tickets[i]))
                continue;
        compute->ops->wait(compute, tickets[i]);
        assert_true(compute->ops->done(compute, tickets[i]));
        assert_memory_equal(host + i * columns, at(&p, i % rows, 0),
                            (size_t)columns * sizeof(double));
    }
    unmake_host(compute, host, (size_t)(TICKETS * columns));
    unmake(&p);
}

static void try_row_moves(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    pn_lidx from[600], to[600], count = rows / 2, column = columns / 4;
    part p = make(compute, rows, columns, extra);
    for (pn_lidx i = 0; i < count; i++) {
        from[i] = count - 1 - i;
        to[i] = count + i;
        memcpy(at(&p, to[i], column), at(&p, from[i], column),
               (size_t)(columns - column) * sizeof(double));
    }
    pn_row_move move = {p.block, from, to, count, column, columns - column};
    compute->ops->move_rows(compute, &move);
    check(&p);
    unmake(&p);
}

static void try_apply(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    part p = make(compute, rows, columns, extra);
    double *x = make_host(compute, (size_t)columns, 1), *y = make_host(compute, (size_t)rows, 2);
    double *before = naive_numbers((size_t)rows, 2);
    compute->ops->apply(compute, p.block, x, y);
    for (pn_lidx i = 0; i < rows; i++) {
        for (pn_lidx j = 0; j < columns; j++)
            before[i] -= *at(&p, i, j) * x[j];
        assert_true(fabs(y[i] - before[i]) <= 1e-12);
    }
    check(&p);
    free(before);
    unmake_host(compute, x, (size_t)columns);
    unmake_host(compute, y, (size_t)rows);
    unmake(&p);
}

static void numbers_are_generated(void **state)
{
    (void)state;
    try_backends(try_generate);
}

static void blocks_are_copied(void **state)
{
    (void)state;
    try_backends(try_transfers);
}

static void rows_are_gathered_and_scattered(void **state)
{
    (void)state;
    try_backends(try_row_lists);
}

static void messages_take_the_place_of_host_memory(void **state)
{
    (void)state;
    try_backends(try_messages);
}

static void results_come_with_their_tickets(void **state)
{
    (void)state;
    try_backends(try_tickets);
}

static void rows_are_moved(void **state)
{
    (void)state;
    try_backends(try_row_moves);
}

static void products_with_a_vector_are_subtracted(void **state)
{
    (void)state;
    try_backends(try_apply);
}

int main(void)
{
    skip_without_device();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_generated),
        cmocka_unit_test(blocks_are_copied),
        cmocka_unit_test(rows_are_gathered_and_scattered),
        cmocka_unit_test(messages_take_the_place_of_host_memory),
        cmocka_unit_test(results_come_with_their_tickets),
        cmocka_unit_test(rows_are_moved),
        cmocka_unit_test(products_with_a_vector_are_subtracted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
