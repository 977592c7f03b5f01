// SPDX-License-Identifier: BSD-3-Clause
// One exchange, from `start` to `finish`: every process sends each other the columns of its pivot
// rows that are that one's piece; the owner of the pivot block sends the rows that leave it to
// where the pivots came from; the pieces are solved with L11; and the solved ones are passed round
// the column. Each process then has all of U. At most 2 (P - 1) messages leave a process, whatever
// the pivots are, and P - 1 more the owner.
#include "lu/rows.h"

#include "base/assertion.h"
#include "comm/group.h"
#include "lu/await.h"
#include "lu/rows_private.h"

#include <assert.h>
#include <string.h>

enum { TAG_PIECES, TAG_MOVED, TAG_GATHERED, TAGS_PER_SLICE };

static int processes(const pn_rows *rows)
{
    return rows->request.column.size;
}

// Column piece of process i: columns [begin, end) of a slice.
static pn_lidx piece_begin(const pn_rows *rows, pn_lidx columns, int i)
{
    return pn_min(columns,
                  pn_ceil_div(columns, PN_ROWS_GRAIN) * i / processes(rows) * PN_ROWS_GRAIN);
}

static pn_lidx piece_columns(const pn_rows *rows, pn_lidx columns, int i)
{
    return piece_begin(rows, columns, i + 1) - piece_begin(rows, columns, i);
}

static pn_lidx bytes_of(const pn_rows *rows, pn_lidx entries)
{
    return entries * pn_element_bytes(rows->request.matrix.element);
}

static int holder(const pn_rows *rows, pn_gidx row)
{
    return pn_layout_row_of(rows->request.place->layout, rows->request.place->column, row);
}

static pn_lidx local_row(const pn_rows *rows, int process, pn_gidx row)
{
    return pn_layout_rows_before(rows->request.place->layout, process, rows->request.place->column,
                                 row);
}

// Orders the pivot rows by the process that holds them, and the moved rows by their destination.
static void sort_rows(pn_rows *rows)
{
    const pn_interchange *x = &rows->interchange;
    int held = 0, moved = 0;
    for (int process = 0; process < processes(rows); process++) {
        rows->piece_begin[process] = held;
        for (int i = 0; i < x->width; i++)
            if (holder(rows, x->source[i]) == process) {
                rows->held_row[held] = local_row(rows, process, x->source[i]);
                rows->held_u[held++] = i;
            }
        rows->moved_begin[process] = moved;
        for (int i = 0; i < x->moved; i++)
            if (holder(rows, x->moved_to[i]) == process) {
                rows->moved_from[moved] = local_row(rows, rows->owner, x->moved_from[i]);
                rows->moved_to[moved++] = local_row(rows, process, x->moved_to[i]);
            }
    }
    rows->piece_begin[processes(rows)] = held;
    rows->moved_begin[processes(rows)] = moved;
}

void pn_rows_begin_step(pn_rows *rows, const pn_panel *panel, const void *l11, pn_block u)
{
    rows->request.u = u;
    pn_gidx top = panel->step * panel->nb;
    pn_interchange_fill(&rows->interchange, pn_panel_pivots(panel), top, panel->width);
    rows->l11 = l11;
    rows->ld_l11 = panel->nb;
    rows->owner = holder(rows, top);
    sort_rows(rows);
}

static int held_count(const pn_rows *rows, int process)
{
    return rows->piece_begin[process + 1] - rows->piece_begin[process];
}

static int moved_count(const pn_rows *rows, int process)
{
    return rows->moved_begin[process + 1] - rows->moved_begin[process];
}

static int moved_to_others(const pn_rows *rows)
{
    return rows->request.column.me == rows->owner
               ? rows->interchange.moved - moved_count(rows, rows->owner)
               : 0;
}

// Cuts the slice's area into its buffers. Where this process holds far more than its share of the
// pivots, what moves to it has no room beside what it sends, and comes after it.
static void lay_out(pn_rows *rows, const pn_op *op)
{
    pn_rows_exchange *e = &rows->exchanges[op->slice];
    pn_rows_area *where =
        op->slice == PN_SLICE_LOOK_AHEAD ? &rows->look_ahead_area : &rows->wide_area;
    int me = rows->request.column.me, width = rows->interchange.width;
    pn_lidx own = piece_columns(rows, op->columns, me);
    pn_lidx outgoing =
        held_count(rows, me) * (op->columns - own) + moved_to_others(rows) * op->columns;
    pn_lidx moved = me == rows->owner ? 0 : moved_count(rows, me) * op->columns;
    pn_assert((size_t)bytes_of(rows, width * (own + op->columns)) <= where->bytes &&
                  pn_max(outgoing, moved) <= width * op->columns,
              "the messages of a slice fit into what was taken for them");
    e->incoming = where->memory;
    e->outgoing = e->solved = e->incoming + bytes_of(rows, width * own);
    e->moved_last = outgoing + moved > width * op->columns;
    e->moved = e->outgoing + (e->moved_last ? 0 : bytes_of(rows, outgoing));
    e->send_count = e->receive_count = 0;
}

static int tag_of(const pn_rows *rows, const pn_op *op, int kind)
{
    return rows->request.column.tag + TAGS_PER_SLICE * (int)op->slice + kind;
}

static void send(pn_rows *rows, const pn_op *op, const void *data, pn_lidx entries, int to,
                 int kind)
{
    const pn_group *column = &rows->request.column;
    pn_rows_exchange *e = &rows->exchanges[op->slice];
    if (entries > 0)
        pn_comm_send_start(column->comm, data, (size_t)bytes_of(rows, entries), column->ranks[to],
                           tag_of(rows, op, kind), &e->sends[e->send_count++]);
}

static void receive(pn_rows *rows, const pn_op *op, void *data, pn_lidx entries, int from, int kind)
{
    const pn_group *column = &rows->request.column;
    pn_rows_exchange *e = &rows->exchanges[op->slice];
    if (entries > 0)
        pn_comm_receive_start(column->comm, data, (size_t)bytes_of(rows, entries),
                              column->ranks[from], tag_of(rows, op, kind),
                              &e->receives[e->receive_count++]);
}

static void wait_sent(pn_rows *rows, const pn_op *op)
{
    pn_rows_exchange *e = &rows->exchanges[op->slice];
    pn_comm_wait_all(rows->request.column.comm, e->send_count, e->sends);
    e->send_count = 0;
}

static void wait_received(pn_rows *rows, const pn_op *op)
{
    pn_rows_exchange *e = &rows->exchanges[op->slice];
    pn_comm_wait_all(rows->request.column.comm, e->receive_count, e->receives);
    e->receive_count = 0;
}

static void receive_moved(pn_rows *rows, const pn_op *op)
{
    int me = rows->request.column.me;
    if (me != rows->owner)
        receive(rows, op, rows->exchanges[op->slice].moved, moved_count(rows, me) * op->columns,
                rows->owner, TAG_MOVED);
}

// incoming: the pieces by source in order, so that together they are the piece of U of this process
// with its rows in the order of held_u.
static void post_receives(pn_rows *rows, const pn_op *op)
{
    int me = rows->request.column.me;
    pn_rows_exchange *e = &rows->exchanges[op->slice];
    pn_lidx columns = piece_columns(rows, op->columns, me);
    for (int from = 0; from < processes(rows); from++)
        if (from != me)
            receive(rows, op, e->incoming + bytes_of(rows, rows->piece_begin[from] * columns),
                    held_count(rows, from) * columns, from, TAG_PIECES);
    if (!e->moved_last)
        receive_moved(rows, op);
}

static pn_ticket gather(pn_rows *rows, const pn_row_list *list)
{
    if (list->count == 0 || list->columns == 0)
        return 0;
    return rows->request.compute->ops->gather_rows(rows->request.compute, list);
}

// Pivot rows held here, their piece for process `to`.
static pn_row_list pivot_piece(const pn_rows *rows, const pn_op *op, int to, void *host)
{
    int me = rows->request.column.me;
    return (pn_row_list){.matrix = rows->request.matrix,
                         .index = rows->held_row + rows->piece_begin[me],
                         .count = held_count(rows, me),
                         .column = op->column + piece_begin(rows, op->columns, to),
                         .columns = piece_columns(rows, op->columns, to),
                         .host = host};
}

// Rows that leave the pivot block held here for process `to`.
static pn_row_list moved_rows(const pn_rows *rows, const pn_op *op, int to, void *host)
{
    return (pn_row_list){.matrix = rows->request.matrix,
                         .index = rows->moved_from + rows->moved_begin[to],
                         .count = moved_count(rows, to),
                         .column = op->column,
                         .columns = op->columns,
                         .host = host};
}

// Gathers what goes to others one after the other, and sends it once all is there.
static void send_pieces(pn_rows *rows, const pn_op *op)
{
    enum { MOST_LISTS = 2 };
    int me = rows->request.column.me;
    pn_compute *compute = rows->request.compute;
    for (int pass = 0; pass < MOST_LISTS; pass++) {
        char *host = rows->exchanges[op->slice].outgoing;
        for (int to = 0; to < processes(rows); to++) {
            if (to == me)
                continue;
            pn_row_list lists[MOST_LISTS] = {pivot_piece(rows, op, to, host)};
            pn_lidx pivots = lists[0].count * lists[0].columns;
            lists[1] = moved_rows(rows, op, to, host + bytes_of(rows, pivots));
            pn_lidx moved = me == rows->owner ? lists[1].count * lists[1].columns : 0;
            if (pass == 0) {
                gather(rows, &lists[0]);
                if (moved)
                    gather(rows, &lists[1]);
            } else {
                send(rows, op, lists[0].host, pivots, to, TAG_PIECES);
                send(rows, op, lists[1].host, moved, to, TAG_MOVED);
            }
            host += bytes_of(rows, pivots + moved);
        }
        if (pass == 0)
            pn_await(rows->request.column.comm, compute, PN_TICKET_ALL);
    }
}

void pn_rows_start(pn_rows *rows, const pn_op *op)
{
    if (processes(rows) == 1)
        return;
    int me = rows->request.column.me;
    lay_out(rows, op);
    post_receives(rows, op);
    void *own = rows->exchanges[op->slice].incoming +
                bytes_of(rows, rows->piece_begin[me] * piece_columns(rows, op->columns, me));
    pn_row_list mine = pivot_piece(rows, op, me, own);
    gather(rows, &mine);
    send_pieces(rows, op);
}

static pn_block u_piece(const pn_rows *rows, const pn_op *op, int process)
{
    return pn_block_submatrix(rows->request.u, 0,
                              op->column + piece_begin(rows, op->columns, process),
                              rows->interchange.width, piece_columns(rows, op->columns, process));
}

// The moved rows take their places: out of our own pivot block, or from its owner.
static void place_moved(pn_rows *rows, const pn_op *op)
{
    int me = rows->request.column.me, begin = rows->moved_begin[me];
    pn_compute *compute = rows->request.compute;
    if (moved_count(rows, me) == 0)
        return;
    if (me == rows->owner) {
        pn_row_move move = {.matrix = rows->request.matrix,
                            .from = rows->moved_from + begin,
                            .to = rows->moved_to + begin,
                            .count = moved_count(rows, me),
                            .column = op->column,
                            .columns = op->columns};
        compute->ops->move_rows(compute, &move);
        return;
    }
    pn_row_list list = moved_rows(rows, op, me, rows->exchanges[op->slice].moved);
    list.index = rows->moved_to + begin;
    compute->ops->scatter_rows(compute, &list);
}

static void solve_own_piece(pn_rows *rows, const pn_op *op)
{
    pn_compute *compute = rows->request.compute;
    int me = rows->request.column.me;
    pn_block piece = u_piece(rows, op, me);
    if (piece.columns == 0)
        return;
    pn_row_list list = {.matrix = piece,
                        .index = rows->held_u,
                        .count = rows->interchange.width,
                        .column = 0,
                        .columns = piece.columns,
                        .host = rows->exchanges[op->slice].incoming};
    compute->ops->scatter_rows(compute, &list);
    compute->ops->solve(compute, rows->l11, rows->ld_l11, piece);
}

// Where a process's solved piece lies on its way.
static void *solved_piece(const pn_rows *rows, const pn_op *op, int process)
{
    pn_lidx before = rows->interchange.width * piece_begin(rows, op->columns, process);
    return rows->exchanges[op->slice].solved + bytes_of(rows, before);
}

// Passes the solved pieces round the column; each goes on while the one before it is unpacked.
static void allgather(pn_rows *rows, const pn_op *op)
{
    const pn_group *column = &rows->request.column;
    int size = column->size, me = column->me, next = (me + 1) % size,
        width = rows->interchange.width;
    pn_compute *compute = rows->request.compute;
    pn_block own = u_piece(rows, op, me);
    if (own.columns > 0)
        compute->ops->read(compute, own, solved_piece(rows, op, me), own.columns);
    pn_await(column->comm, compute, PN_TICKET_ALL);
    for (int i = 0; i + 1 < size; i++) {
        int gives = (me - i + size) % size, gets = (me - i - 1 + 2 * size) % size;
        receive(rows, op, solved_piece(rows, op, gets),
                width * piece_columns(rows, op->columns, gets), (me - 1 + size) % size,
                TAG_GATHERED);
        wait_sent(rows, op);
        send(rows, op, solved_piece(rows, op, gives),
             width * piece_columns(rows, op->columns, gives), next, TAG_GATHERED);
        wait_received(rows, op);
        pn_block piece = u_piece(rows, op, gets);
        if (piece.columns > 0)
            compute->ops->write(compute, piece, solved_piece(rows, op, gets), piece.columns);
    }
}

// U's rows are also the final rows of the matrix in the pivot block.
static void store_pivot_block(pn_rows *rows, const pn_op *op)
{
    if (rows->request.column.me != rows->owner)
        return;
    pn_compute *compute = rows->request.compute;
    int width = rows->interchange.width;
    pn_lidx top = local_row(rows, rows->owner, rows->interchange.top);
    compute->ops->copy(
        compute, pn_block_submatrix(rows->request.matrix, top, op->column, width, op->columns),
        pn_block_submatrix(rows->request.u, 0, op->column, width, op->columns));
}

static void solve_alone(pn_rows *rows, const pn_op *op)
{
    pn_block u =
        pn_block_submatrix(rows->request.u, 0, op->column, rows->interchange.width, op->columns);
    pn_row_solve task = {.matrix = rows->request.matrix,
                         .column = op->column,
                         .columns = op->columns,
                         .top = local_row(rows, 0, rows->interchange.top),
                         .width = rows->interchange.width,
                         .moved_from = rows->moved_from,
                         .moved_to = rows->moved_to,
                         .moved = rows->interchange.moved,
                         .source = rows->held_row,
                         .l11 = rows->l11,
                         .ld_l11 = rows->ld_l11,
                         .u = u};
    rows->request.compute->ops->solve_rows(rows->request.compute, &task);
}

void pn_rows_finish(pn_rows *rows, const pn_op *op)
{
    if (processes(rows) == 1) {
        solve_alone(rows, op);
        return;
    }
    pn_rows_exchange *e = &rows->exchanges[op->slice];
    wait_received(rows, op);
    if (e->moved_last) { // the owner has given them on their way before it waits for anybody
        wait_sent(rows, op);
        receive_moved(rows, op);
        wait_received(rows, op);
    }
    place_moved(rows, op);
    solve_own_piece(rows, op);
    wait_sent(rows, op);
    allgather(rows, op);
    wait_sent(rows, op);
    pn_await(rows->request.column.comm, rows->request.compute,
             PN_TICKET_ALL); // the staging is free again
    store_pivot_block(rows, op);
}
