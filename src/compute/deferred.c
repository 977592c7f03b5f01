// SPDX-License-Identifier: BSD-3-Clause
// The deferred backend's table. Every operation checks and translates its addresses when it is
// asked for, so that a wrong one fails near the caller, and spoils the host memory that its result
// will come to, unless something that is still under way will read it before.
#include "compute/deferred.h"

#include "compute/cpu.h"
#include "compute/deferred_private.h"

#include <stdlib.h>
#include <string.h>

static bool is_read_before(const pn_deferred *deferred, const void *first, const void *end)
{
    for (uint64_t ticket = deferred->carried + 1; ticket <= deferred->given; ticket++) {
        const pn_deferred_entry *entry = &deferred->queue[ticket % PN_DEFERRED_QUEUE];
        if ((const char *)entry->first < (const char *)end &&
            (const char *)first < (const char *)entry->end)
            return true;
    }
    return false;
}

// Host memory in the form of a block, rows as they lie in it.
static void spoil(const pn_deferred *deferred, pn_block host)
{
    if (host.rows == 0 ||
        is_read_before(deferred, host.data, pn_block_at(host, host.rows - 1, host.columns)))
        return;
    for (pn_lidx i = 0; i < host.rows; i++)
        memset(pn_block_at(host, i, 0), 0xff,
               (size_t)(host.columns * pn_element_bytes(host.element)));
}

// A copy of `count` indices behind those already in the entry's lists.
static const pn_lidx *keep(pn_deferred_entry *entry, pn_lidx *used, const pn_lidx *index,
                           pn_lidx count)
{
    pn_lidx *copy = entry->lists + *used;
    memcpy(copy, index, (size_t)count * sizeof *copy);
    *used += count;
    return copy;
}

static void make_lists(pn_deferred_entry *entry, pn_lidx count)
{
    entry->lists = malloc((size_t)pn_max(count, 1) * sizeof *entry->lists);
    if (!entry->lists)
        pn_deferred_misused("no memory for the index lists of an operation");
}

// Part memory of a list of rows: checked row by row, since the block may end after the last one.
static void *use_rows(const pn_deferred *deferred, const pn_block *matrix, const pn_lidx *index,
                      pn_lidx count, pn_lidx last_column)
{
    char *used = NULL;
    pn_lidx size = pn_element_bytes(matrix->element);
    for (pn_lidx i = 0; i < count; i++) {
        const void *row = pn_block_at(*matrix, index[i], 0);
        if (index[i] < 0 || index[i] >= matrix->rows || last_column > matrix->ld)
            pn_deferred_misused("a row or column lies outside its matrix");
        used = (char *)pn_deferred_use(deferred, row, (size_t)(last_column * size)) -
               index[i] * matrix->ld * size;
    }
    return used;
}

static pn_status allocate_host(pn_compute *compute, size_t bytes, void **memory)
{
    pn_compute *worker = pn_deferred_of(compute)->worker;
    pn_status status = worker->ops->allocate_host(worker, bytes, memory);
    if (status == PN_OK)
        memset(*memory, 0xff, bytes);
    return status;
}

static void release_host(pn_compute *compute, void *memory, size_t bytes)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_deferred_carry(deferred, PN_TICKET_ALL);
    deferred->worker->ops->release_host(deferred->worker, memory, bytes);
}

static void warm(pn_compute *compute, int nb)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    deferred->worker->ops->warm(deferred->worker, nb);
}

static void generate(pn_compute *compute, const pn_generate *task)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_deferred_entry entry = {.kind = PN_DEFERRED_GENERATE, .task.generate = *task};
    entry.task.generate.matrix = pn_deferred_use_block(deferred, task->matrix);
    pn_deferred_give(deferred, &entry);
}

static pn_ticket read_block(pn_compute *compute, pn_block from, void *host, pn_lidx ld)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    spoil(deferred, (pn_block){{host}, from.rows, from.columns, ld, from.element});
    return pn_deferred_give(deferred,
                            &(pn_deferred_entry){.kind = PN_DEFERRED_READ,
                                                 .from = pn_deferred_use_block(deferred, from),
                                                 .output = host,
                                                 .ld = ld});
}

static pn_ticket write_block(pn_compute *compute, pn_block to, const void *host, pn_lidx ld)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    return pn_deferred_give(
        deferred, &(pn_deferred_entry){.kind = PN_DEFERRED_WRITE,
                                       .to = pn_deferred_use_block(deferred, to),
                                       .input = host,
                                       .first = host,
                                       .end = pn_element_at(host, to.element, to.rows * ld),
                                       .ld = ld});
}

static pn_ticket give_rows(pn_compute *compute, pn_deferred_kind kind, const pn_row_list *task)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_deferred_entry entry = {.kind = kind, .task.rows = *task};
    pn_lidx used = 0;
    if (kind == PN_DEFERRED_SCATTER) {
        entry.first = task->host;
        entry.end = pn_element_at(task->host, task->matrix.element, task->count * task->columns);
    }
    make_lists(&entry, task->count);
    entry.task.rows.index = keep(&entry, &used, task->index, task->count);
    entry.task.rows.matrix.data =
        use_rows(deferred, &task->matrix, task->index, task->count, task->column + task->columns);
    return pn_deferred_give(deferred, &entry);
}

static pn_ticket gather_rows(pn_compute *compute, const pn_row_list *task)
{
    spoil(
        pn_deferred_of(compute),
        (pn_block){{task->host}, task->count, task->columns, task->columns, task->matrix.element});
    return give_rows(compute, PN_DEFERRED_GATHER, task);
}

static pn_ticket scatter_rows(pn_compute *compute, const pn_row_list *task)
{
    return give_rows(compute, PN_DEFERRED_SCATTER, task);
}

static void move_rows(pn_compute *compute, const pn_row_move *task)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_deferred_entry entry = {.kind = PN_DEFERRED_MOVE, .task.move = *task};
    pn_lidx used = 0, last = task->column + task->columns;
    make_lists(&entry, 2 * task->count);
    entry.task.move.from = keep(&entry, &used, task->from, task->count);
    entry.task.move.to = keep(&entry, &used, task->to, task->count);
    use_rows(deferred, &task->matrix, task->from, task->count, last);
    entry.task.move.matrix.data = use_rows(deferred, &task->matrix, task->to, task->count, last);
    pn_deferred_give(deferred, &entry);
}

static void copy_block(pn_compute *compute, pn_block to, pn_block from)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_deferred_give(deferred, &(pn_deferred_entry){.kind = PN_DEFERRED_COPY,
                                                    .to = pn_deferred_use_block(deferred, to),
                                                    .from = pn_deferred_use_block(deferred, from)});
}

// L in the part's memory: column-major, so that its columns are the rows of a block.
static void *use_l(const pn_deferred *deferred, pn_block columns)
{
    return pn_deferred_use_block(deferred, columns).data;
}

// The L11 by which U is solved for: as many rows and columns as U has rows, and of its type.
static void *use_l11(const pn_deferred *deferred, const void *l11, pn_lidx ld, pn_block u)
{
    return use_l(deferred, (pn_block){{(void *)l11}, u.rows, u.rows, ld, u.element});
}

static pn_deferred_entry update_entry(const pn_deferred *deferred, pn_deferred_kind kind,
                                      const pn_update *task)
{
    pn_deferred_entry entry = {.kind = kind, .task.update = *task};
    pn_update *update = &entry.task.update;
    update->c = pn_deferred_use_block(deferred, task->c);
    if (task->width == 0)
        return entry;
    update->u.rows = task->width;
    update->u.columns = task->c.columns;
    update->u = pn_deferred_use_block(deferred, update->u);
    update->l = use_l(
        deferred,
        (pn_block){{(void *)task->l}, task->width, task->c.rows, task->ld_l, task->u.element});
    return entry;
}

static pn_ticket update_panel(pn_compute *compute, const pn_update *task, void *panel, pn_lidx ld)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_deferred_entry entry = update_entry(deferred, PN_DEFERRED_UPDATE_PANEL, task);
    spoil(deferred, (pn_block){{panel}, task->c.columns, task->c.rows, ld, task->c.element});
    entry.output = panel;
    entry.ld = ld;
    return pn_deferred_give(deferred, &entry);
}

static void update_panel_here(pn_compute *compute, const pn_update *task, void *panel, pn_lidx ld)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_deferred_entry entry = update_entry(deferred, PN_DEFERRED_UPDATE_PANEL, task);
    entry.output =
        use_l(deferred, (pn_block){{panel}, task->c.columns, task->c.rows, ld, task->c.element});
    entry.ld = ld;
    pn_deferred_give(deferred, &entry);
}

// With the other processes, now; what the host is to have of it arrives late.
static pn_ticket factor_jointly(pn_compute *compute, const pn_panel_task *given,
                                const pn_panel_task *used)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    int width = given->width;
    pn_deferred_carry(deferred, PN_TICKET_ALL);
    if (!pn_deferred_factor_jointly(used))
        pn_deferred_misused("no memory for the rows of a pivot");
    pn_block l11 = {{given->l11}, width, width, given->ld_l11, PN_FLOAT64},
             a = {{given->a}, width, given->rows, given->ld, PN_FLOAT64};
    pn_ticket ticket = read_block(compute, l11, given->host_l11, given->ld_l11);
    return given->host_a ? read_block(compute, a, given->host_a, given->ld) : ticket;
}

static pn_ticket factor_panel(pn_compute *compute, const pn_panel_task *task)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_deferred_entry entry = {.kind = PN_DEFERRED_FACTOR, .task.panel = *task};
    pn_lidx width = task->width;
    entry.task.panel.a =
        use_l(deferred, (pn_block){{task->a}, width, task->rows, task->ld, PN_FLOAT64});
    entry.task.panel.l11 =
        use_l(deferred, (pn_block){{task->l11}, width, width, task->ld_l11, PN_FLOAT64});
    if (task->column)
        return factor_jointly(compute, task, &entry.task.panel);
    memset(task->pivots, 0xff, (size_t)task->width * sizeof *task->pivots);
    spoil(deferred, (pn_block){{task->host_l11}, width, width, task->ld_l11, PN_FLOAT64});
    if (task->host_a)
        spoil(deferred, (pn_block){{task->host_a}, width, task->rows, task->ld, PN_FLOAT64});
    return pn_deferred_give(deferred, &entry);
}

static const void *panel(pn_compute *compute, const void *host, size_t bytes, void *buffer)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_deferred_give(deferred,
                     &(pn_deferred_entry){.kind = PN_DEFERRED_PANEL,
                                          .input = host,
                                          .first = host,
                                          .end = (const char *)host + bytes,
                                          .output = pn_deferred_use(deferred, buffer, bytes),
                                          .bytes = bytes});
    return buffer;
}

static pn_ticket factor_plain(pn_compute *compute, const pn_plain_panel *task)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_deferred_entry entry = {.kind = PN_DEFERRED_FACTOR_PLAIN, .task.plain = *task};
    pn_lidx width = task->width;
    entry.task.plain.a =
        use_l(deferred, (pn_block){{task->a}, width, task->rows, task->ld, PN_FLOAT32});
    entry.task.plain.l11 =
        use_l(deferred, (pn_block){{task->l11}, width, width, task->ld_l11, PN_FLOAT32});
    spoil(deferred, (pn_block){{task->host_l11}, width, width, task->ld_l11, PN_FLOAT32});
    if (task->host_a)
        spoil(deferred, (pn_block){{task->host_a}, width, task->rows, task->ld, PN_FLOAT32});
    return pn_deferred_give(deferred, &entry);
}

static void keep_panel(pn_compute *compute, pn_block to, const void *columns, pn_lidx ld)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_block used = {{(void *)columns}, to.columns, to.rows, ld, to.element};
    pn_deferred_give(deferred, &(pn_deferred_entry){.kind = PN_DEFERRED_KEEP,
                                                    .input = use_l(deferred, used),
                                                    .ld = ld,
                                                    .to = pn_deferred_use_block(deferred, to)});
}

static void round_block(pn_compute *compute, pn_block to, pn_block from, bool negates)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_deferred_give(deferred, &(pn_deferred_entry){.kind = PN_DEFERRED_ROUND,
                                                    .from = pn_deferred_use_block(deferred, from),
                                                    .to = pn_deferred_use_block(deferred, to),
                                                    .negates = negates});
}

static void solve_rows(pn_compute *compute, const pn_row_solve *task)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_deferred_entry entry = {.kind = PN_DEFERRED_SOLVE_ROWS, .task.solve = *task};
    pn_row_solve *solve = &entry.task.solve;
    pn_lidx used = 0, last = task->column + task->columns;
    make_lists(&entry, task->width + 2 * task->moved);
    solve->source = keep(&entry, &used, task->source, task->width);
    solve->moved_from = keep(&entry, &used, task->moved_from, task->moved);
    solve->moved_to = keep(&entry, &used, task->moved_to, task->moved);
    use_rows(deferred, &task->matrix, task->moved_from, task->moved, last);
    use_rows(deferred, &task->matrix, task->moved_to, task->moved, last);
    solve->matrix.data = use_rows(deferred, &task->matrix, task->source, task->width, last);
    solve->l11 = use_l11(deferred, task->l11, task->ld_l11, task->u);
    solve->u = pn_deferred_use_block(deferred, task->u);
    pn_deferred_give(deferred, &entry);
}

static void solve(pn_compute *compute, const void *l11, pn_lidx ld_l11, pn_block u)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_deferred_give(deferred, &(pn_deferred_entry){.kind = PN_DEFERRED_SOLVE,
                                                    .input = use_l11(deferred, l11, ld_l11, u),
                                                    .ld = ld_l11,
                                                    .to = pn_deferred_use_block(deferred, u)});
}

static void multiply_start(pn_compute *compute, const pn_update *task, int crew)
{
    (void)crew;
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_deferred_entry entry = update_entry(deferred, PN_DEFERRED_MULTIPLY, task);
    pn_deferred_give(deferred, &entry);
}

static bool multiply_help(pn_compute *compute)
{
    pn_deferred_pass(pn_deferred_of(compute));
    return false;
}

static void multiply_finish(pn_compute *compute)
{
    pn_deferred_give(pn_deferred_of(compute), &(pn_deferred_entry){.kind = PN_DEFERRED_FINISH});
}

static void apply(pn_compute *compute, pn_block block, const double *x, double *y)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_block used = pn_deferred_use_block(deferred, block);
    pn_deferred_carry(deferred, PN_TICKET_ALL);
    deferred->worker->ops->apply(deferred->worker, used, x, y);
}

static pn_ticket given(pn_compute *compute)
{
    return pn_deferred_of(compute)->given;
}

static bool done(pn_compute *compute, pn_ticket ticket)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_deferred_pass(deferred);
    return deferred->carried >= (ticket == PN_TICKET_ALL ? deferred->given : ticket);
}

static void wait_for(pn_compute *compute, pn_ticket ticket)
{
    pn_deferred_carry(pn_deferred_of(compute), ticket);
}

static void close_deferred(pn_compute *compute)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_deferred_carry(deferred, PN_TICKET_ALL);
    while (deferred->areas)
        pn_deferred_release(compute, deferred->areas->given, deferred->areas->bytes);
    if (deferred->worker)
        deferred->worker->ops->close(deferred->worker);
    pn_team_destroy(deferred->team);
    free(deferred);
}

static const pn_compute_ops deferred_ops = {
    .allocate = pn_deferred_allocate,
    .release = pn_deferred_release,
    .reserve = pn_deferred_reserve,
    .allocate_host = allocate_host,
    .release_host = release_host,
    .allocate_message = pn_deferred_allocate_message,
    .warm = warm,
    .generate = generate,
    .read = read_block,
    .write = write_block,
    .gather_rows = gather_rows,
    .scatter_rows = scatter_rows,
    .move_rows = move_rows,
    .copy = copy_block,
    .update_panel = update_panel,
    .panel = panel,
    .panel_needs_buffer = true,
    .factor_plain = factor_plain,
    .keep = keep_panel,
    .round = round_block,
    .update_panel_here = update_panel_here,
    .factor_panel = factor_panel,
    .factors_jointly = true,
    .solve_rows = solve_rows,
    .solve = solve,
    .multiply_start = multiply_start,
    .multiply_help = multiply_help,
    .multiply_finish = multiply_finish,
    .apply = apply,
    .residual_sums = pn_deferred_residual,
    .given = given,
    .done = done,
    .wait = wait_for,
    .close = close_deferred,
};

pn_status pn_compute_deferred_open(pn_compute **compute, pn_team *team, const pn_blas *blas,
                                   uint64_t seed)
{
    *compute = NULL;
    pn_deferred *deferred = calloc(1, sizeof *deferred);
    if (!deferred)
        return pn_fail_memory("to open the deferred backend");
    deferred->base = (pn_compute){
        .ops = &deferred_ops, .threads = 1, .state = deferred, .team = team, .blas = blas};
    strcpy(deferred->base.kind, "deferred (test backend)");
    strcpy(deferred->base.bus, "deferred"); // no NVML knows it but that of the tests
    deferred->base.plain_messages = true;
    deferred->random = seed;
    pn_status status;
    PN_TRY(pn_team_create(&deferred->team, 1, NULL));
    PN_TRY(pn_compute_cpu_open(&deferred->worker, deferred->team, blas));
    *compute = &deferred->base;
    return PN_OK;
fail:
    close_deferred(&deferred->base);
    return status;
}

void pn_compute_deferred_break(pn_compute *compute, uint64_t operation)
{
    pn_deferred_of(compute)->breaks_at = operation;
}
