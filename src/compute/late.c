// SPDX-License-Identifier: BSD-3-Clause
// The late backend's table. Every operation checks and translates its addresses when it is asked
// for, so that a wrong one fails near the caller, and spoils the host memory that its result will
// come to, unless something that is still under way will read it before.
#include "compute/late.h"

#include "compute/cpu.h"
#include "compute/late_private.h"

#include <stdlib.h>
#include <string.h>

static bool is_read_before(const pn_late *late, const void *first, const void *end)
{
    for (uint64_t ticket = late->carried + 1; ticket <= late->given; ticket++) {
        const pn_late_entry *entry = &late->queue[ticket % PN_LATE_QUEUE];
        if ((const char *)entry->first < (const char *)end &&
            (const char *)first < (const char *)entry->end)
            return true;
    }
    return false;
}

// Host memory in the form of a block, rows as they lie in it.
static void spoil(const pn_late *late, pn_block host)
{
    if (host.rows == 0 ||
        is_read_before(late, host.data, pn_block_at(host, host.rows - 1, host.columns)))
        return;
    for (pn_lidx i = 0; i < host.rows; i++)
        memset(pn_block_at(host, i, 0), 0xff,
               (size_t)(host.columns * pn_element_bytes(host.element)));
}

// A copy of `count` indices behind those already in the entry's lists.
static const pn_lidx *keep(pn_late_entry *entry, pn_lidx *used, const pn_lidx *index, pn_lidx count)
{
    pn_lidx *copy = entry->lists + *used;
    memcpy(copy, index, (size_t)count * sizeof *copy);
    *used += count;
    return copy;
}

static void make_lists(pn_late_entry *entry, pn_lidx count)
{
    entry->lists = malloc((size_t)pn_max(count, 1) * sizeof *entry->lists);
    if (!entry->lists)
        pn_late_misused("no memory for the index lists of an operation");
}

// Part memory of a list of rows: checked row by row, since the block may end after the last one.
static void *use_rows(const pn_late *late, const pn_block *matrix, const pn_lidx *index,
                      pn_lidx count, pn_lidx last_column)
{
    char *used = NULL;
    pn_lidx size = pn_element_bytes(matrix->element);
    for (pn_lidx i = 0; i < count; i++) {
        const void *row = pn_block_at(*matrix, index[i], 0);
        if (index[i] < 0 || index[i] >= matrix->rows || last_column > matrix->ld)
            pn_late_misused("a row or column lies outside its matrix");
        used = (char *)pn_late_use(late, row, (size_t)(last_column * size)) -
               index[i] * matrix->ld * size;
    }
    return used;
}

static pn_status allocate_host(pn_compute *compute, size_t bytes, void **memory)
{
    pn_compute *worker = pn_late_of(compute)->worker;
    pn_status status = worker->ops->allocate_host(worker, bytes, memory);
    if (status == PN_OK)
        memset(*memory, 0xff, bytes);
    return status;
}

static void release_host(pn_compute *compute, void *memory, size_t bytes)
{
    pn_late *late = pn_late_of(compute);
    pn_late_carry(late, PN_TICKET_ALL);
    late->worker->ops->release_host(late->worker, memory, bytes);
}

static void warm(pn_compute *compute, int nb)
{
    pn_late *late = pn_late_of(compute);
    late->worker->ops->warm(late->worker, nb);
}

static void generate(pn_compute *compute, const pn_generate *task)
{
    pn_late *late = pn_late_of(compute);
    pn_late_entry entry = {.kind = PN_LATE_GENERATE, .task.generate = *task};
    entry.task.generate.matrix = pn_late_use_block(late, task->matrix);
    pn_late_give(late, &entry);
}

static pn_ticket read_block(pn_compute *compute, pn_block from, void *host, pn_lidx ld)
{
    pn_late *late = pn_late_of(compute);
    spoil(late, (pn_block){{host}, from.rows, from.columns, ld, from.element});
    return pn_late_give(late, &(pn_late_entry){.kind = PN_LATE_READ,
                                               .from = pn_late_use_block(late, from),
                                               .output = host,
                                               .ld = ld});
}

static pn_ticket write_block(pn_compute *compute, pn_block to, const void *host, pn_lidx ld)
{
    pn_late *late = pn_late_of(compute);
    return pn_late_give(late, &(pn_late_entry){.kind = PN_LATE_WRITE,
                                               .to = pn_late_use_block(late, to),
                                               .input = host,
                                               .first = host,
                                               .end = pn_element_at(host, to.element, to.rows * ld),
                                               .ld = ld});
}

static pn_ticket give_rows(pn_compute *compute, pn_late_kind kind, const pn_row_list *task)
{
    pn_late *late = pn_late_of(compute);
    pn_late_entry entry = {.kind = kind, .task.rows = *task};
    pn_lidx used = 0;
    if (kind == PN_LATE_SCATTER) {
        entry.first = task->host;
        entry.end = pn_element_at(task->host, task->matrix.element, task->count * task->columns);
    }
    make_lists(&entry, task->count);
    entry.task.rows.index = keep(&entry, &used, task->index, task->count);
    entry.task.rows.matrix.data =
        use_rows(late, &task->matrix, task->index, task->count, task->column + task->columns);
    return pn_late_give(late, &entry);
}

static pn_ticket gather_rows(pn_compute *compute, const pn_row_list *task)
{
    spoil(
        pn_late_of(compute),
        (pn_block){{task->host}, task->count, task->columns, task->columns, task->matrix.element});
    return give_rows(compute, PN_LATE_GATHER, task);
}

static pn_ticket scatter_rows(pn_compute *compute, const pn_row_list *task)
{
    return give_rows(compute, PN_LATE_SCATTER, task);
}

static void move_rows(pn_compute *compute, const pn_row_move *task)
{
    pn_late *late = pn_late_of(compute);
    pn_late_entry entry = {.kind = PN_LATE_MOVE, .task.move = *task};
    pn_lidx used = 0, last = task->column + task->columns;
    make_lists(&entry, 2 * task->count);
    entry.task.move.from = keep(&entry, &used, task->from, task->count);
    entry.task.move.to = keep(&entry, &used, task->to, task->count);
    use_rows(late, &task->matrix, task->from, task->count, last);
    entry.task.move.matrix.data = use_rows(late, &task->matrix, task->to, task->count, last);
    pn_late_give(late, &entry);
}

static void copy_block(pn_compute *compute, pn_block to, pn_block from)
{
    pn_late *late = pn_late_of(compute);
    pn_late_give(late, &(pn_late_entry){.kind = PN_LATE_COPY,
                                        .to = pn_late_use_block(late, to),
                                        .from = pn_late_use_block(late, from)});
}

// L in the part's memory: column-major, so that its columns are the rows of a block.
static void *use_l(const pn_late *late, pn_block columns)
{
    return pn_late_use_block(late, columns).data;
}

// The L11 by which U is solved for: as many rows and columns as U has rows, and of its type.
static void *use_l11(const pn_late *late, const void *l11, pn_lidx ld, pn_block u)
{
    return use_l(late, (pn_block){{(void *)l11}, u.rows, u.rows, ld, u.element});
}

static pn_late_entry update_entry(const pn_late *late, pn_late_kind kind, const pn_update *task)
{
    pn_late_entry entry = {.kind = kind, .task.update = *task};
    pn_update *update = &entry.task.update;
    update->c = pn_late_use_block(late, task->c);
    if (task->width == 0)
        return entry;
    update->u.rows = task->width;
    update->u.columns = task->c.columns;
    update->u = pn_late_use_block(late, update->u);
    update->l = use_l(
        late,
        (pn_block){{(void *)task->l}, task->width, task->c.rows, task->ld_l, task->u.element});
    return entry;
}

static pn_ticket strip(pn_compute *compute, const pn_update *task, void *panel, pn_lidx ld)
{
    pn_late *late = pn_late_of(compute);
    pn_late_entry entry = update_entry(late, PN_LATE_STRIP, task);
    spoil(late, (pn_block){{panel}, task->c.columns, task->c.rows, ld, task->c.element});
    entry.output = panel;
    entry.ld = ld;
    return pn_late_give(late, &entry);
}

static void strip_here(pn_compute *compute, const pn_update *task, void *panel, pn_lidx ld)
{
    pn_late *late = pn_late_of(compute);
    pn_late_entry entry = update_entry(late, PN_LATE_STRIP, task);
    entry.output =
        use_l(late, (pn_block){{panel}, task->c.columns, task->c.rows, ld, task->c.element});
    entry.ld = ld;
    pn_late_give(late, &entry);
}

static pn_ticket factor_panel(pn_compute *compute, const pn_part_panel *task)
{
    pn_late *late = pn_late_of(compute);
    pn_late_entry entry = {.kind = PN_LATE_FACTOR, .task.panel = *task};
    pn_lidx width = task->width;
    entry.task.panel.a =
        use_l(late, (pn_block){{task->a}, width, task->rows, task->ld, PN_FLOAT64});
    entry.task.panel.l11 =
        use_l(late, (pn_block){{task->l11}, width, width, task->ld_l11, PN_FLOAT64});
    memset(task->pivots, 0xff, (size_t)task->width * sizeof *task->pivots);
    spoil(late, (pn_block){{task->host_l11}, width, width, task->ld_l11, PN_FLOAT64});
    if (task->host_a)
        spoil(late, (pn_block){{task->host_a}, width, task->rows, task->ld, PN_FLOAT64});
    return pn_late_give(late, &entry);
}

static const void *panel(pn_compute *compute, const void *host, size_t bytes, void *slot)
{
    pn_late *late = pn_late_of(compute);
    pn_late_give(late, &(pn_late_entry){.kind = PN_LATE_PANEL,
                                        .input = host,
                                        .first = host,
                                        .end = (const char *)host + bytes,
                                        .output = pn_late_use(late, slot, bytes),
                                        .bytes = bytes});
    return slot;
}

static void solve_rows(pn_compute *compute, const pn_row_solve *task)
{
    pn_late *late = pn_late_of(compute);
    pn_late_entry entry = {.kind = PN_LATE_SOLVE_ROWS, .task.solve = *task};
    pn_row_solve *solve = &entry.task.solve;
    pn_lidx used = 0, last = task->column + task->columns;
    make_lists(&entry, task->width + 2 * task->moved);
    solve->source = keep(&entry, &used, task->source, task->width);
    solve->moved_from = keep(&entry, &used, task->moved_from, task->moved);
    solve->moved_to = keep(&entry, &used, task->moved_to, task->moved);
    use_rows(late, &task->matrix, task->moved_from, task->moved, last);
    use_rows(late, &task->matrix, task->moved_to, task->moved, last);
    solve->matrix.data = use_rows(late, &task->matrix, task->source, task->width, last);
    solve->l11 = use_l11(late, task->l11, task->ld_l11, task->u);
    solve->u = pn_late_use_block(late, task->u);
    pn_late_give(late, &entry);
}

static void solve(pn_compute *compute, const void *l11, pn_lidx ld_l11, pn_block u)
{
    pn_late *late = pn_late_of(compute);
    pn_late_give(late, &(pn_late_entry){.kind = PN_LATE_SOLVE,
                                        .input = use_l11(late, l11, ld_l11, u),
                                        .ld = ld_l11,
                                        .to = pn_late_use_block(late, u)});
}

static void multiply_start(pn_compute *compute, const pn_update *task, int crew)
{
    (void)crew;
    pn_late *late = pn_late_of(compute);
    pn_late_entry entry = update_entry(late, PN_LATE_MULTIPLY, task);
    pn_late_give(late, &entry);
}

static bool multiply_help(pn_compute *compute)
{
    pn_late_pass(pn_late_of(compute));
    return false;
}

static void multiply_finish(pn_compute *compute)
{
    pn_late_give(pn_late_of(compute), &(pn_late_entry){.kind = PN_LATE_FINISH});
}

static void apply(pn_compute *compute, pn_block block, const double *x, double *y)
{
    pn_late *late = pn_late_of(compute);
    pn_block used = pn_late_use_block(late, block);
    pn_late_carry(late, PN_TICKET_ALL);
    late->worker->ops->apply(late->worker, used, x, y);
}

static pn_ticket given(pn_compute *compute)
{
    return pn_late_of(compute)->given;
}

static bool done(pn_compute *compute, pn_ticket ticket)
{
    pn_late *late = pn_late_of(compute);
    pn_late_pass(late);
    return late->carried >= (ticket == PN_TICKET_ALL ? late->given : ticket);
}

static void wait_for(pn_compute *compute, pn_ticket ticket)
{
    pn_late_carry(pn_late_of(compute), ticket);
}

static void close_late(pn_compute *compute)
{
    pn_late *late = pn_late_of(compute);
    pn_late_carry(late, PN_TICKET_ALL);
    while (late->areas)
        pn_late_release(compute, late->areas->given, late->areas->bytes);
    if (late->worker)
        late->worker->ops->close(late->worker);
    pn_team_destroy(late->team);
    free(late);
}

static const pn_compute_ops late_ops = {
    .allocate = pn_late_allocate,
    .release = pn_late_release,
    .allocate_host = allocate_host,
    .release_host = release_host,
    .allocate_message = pn_late_allocate_message,
    .warm = warm,
    .generate = generate,
    .read = read_block,
    .write = write_block,
    .gather_rows = gather_rows,
    .scatter_rows = scatter_rows,
    .move_rows = move_rows,
    .copy = copy_block,
    .strip = strip,
    .panel = panel,
    .panel_needs_slot = true,
    .strip_here = strip_here,
    .factor_panel = factor_panel,
    .solve_rows = solve_rows,
    .solve = solve,
    .multiply_start = multiply_start,
    .multiply_help = multiply_help,
    .multiply_finish = multiply_finish,
    .apply = apply,
    .weigh = pn_late_weigh,
    .given = given,
    .done = done,
    .wait = wait_for,
    .close = close_late,
};

pn_status pn_compute_late_open(pn_compute **compute, pn_team *team, const pn_blas *blas,
                               uint64_t seed)
{
    *compute = NULL;
    pn_late *late = calloc(1, sizeof *late);
    if (!late)
        return pn_fail(PN_ERROR_MEMORY, "no memory to open the late backend");
    late->base =
        (pn_compute){.ops = &late_ops, .threads = 1, .state = late, .team = team, .blas = blas};
    strcpy(late->base.kind, "late (test backend)");
    strcpy(late->base.bus, "late"); // no NVML knows it but that of the tests
    late->base.plain_messages = true;
    late->random = seed;
    pn_status status;
    PN_TRY(pn_team_create(&late->team, 1, NULL));
    PN_TRY(pn_compute_cpu_open(&late->worker, late->team, blas));
    *compute = &late->base;
    return PN_OK;
fail:
    close_late(&late->base);
    return status;
}

void pn_compute_late_break(pn_compute *compute, uint64_t operation)
{
    pn_late_of(compute)->breaks_at = operation;
}
