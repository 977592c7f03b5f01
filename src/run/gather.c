// SPDX-License-Identifier: BSD-3-Clause
// A sender thins its trace into a letter of fixed size, so that rank 0 knows what to expect.
#include "run/gather.h"
#include "base/exit_code.h"
#include "comm/group.h"
#include "grid/place.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MOST = 8, RECORDS_MOST = 200, TAG = PN_TAG_FREE };

typedef struct letter {
    int64_t steps, stride, count;
    double total[PN_PHASE_COUNT];
    pn_step_record records[RECORDS_MOST];
} letter;

static void write_letter(letter *l, const pn_trace *trace)
{
    pn_gidx every = pn_max(1, pn_ceil_div(trace->count, RECORDS_MOST));
    memset(l, 0, sizeof *l);
    l->steps = trace->steps;
    l->stride = trace->stride * every;
    memcpy(l->total, trace->total, sizeof l->total);
    for (pn_gidx i = 0; i < trace->count; i += every)
        l->records[l->count++] = trace->records[i];
}

static pn_status read_letter(const letter *l, pn_trace *trace)
{
    *trace = (pn_trace){.steps = l->steps, .stride = l->stride, .count = l->count};
    memcpy(trace->total, l->total, sizeof trace->total);
    size_t bytes = (size_t)l->count * sizeof *trace->records;
    trace->records = malloc(bytes ? bytes : 1);
    if (!trace->records)
        return pn_fail_memory("for a timeline of %lld steps", (long long)l->count);
    memcpy(trace->records, l->records, bytes);
    return PN_OK;
}

// The ranks that tell: the first of every so many process columns, without rank 0.
static int choose_tellers(const pn_layout *layout, int *tellers)
{
    int count = 0, columns = (int)pn_min(layout->columns, COLUMNS_MOST);
    for (int i = 0; i < columns; i++) {
        int column = (int)((int64_t)i * layout->columns / columns);
        int rank = pn_layout_rank(layout, 0, column);
        if (rank > 0)
            tellers[count++] = rank;
    }
    return count;
}

// Takes every letter even if there is no memory for one: their senders wait.
static pn_status take_letters(pn_result *result, pn_comm *comm, letter *l, const int *tellers,
                              int count)
{
    pn_status status = PN_OK;
    result->timelines = calloc((size_t)pn_max(count, 1), sizeof *result->timelines);
    if (!result->timelines)
        status = pn_fail_memory("for %d timelines", count);
    for (int i = 0; i < count; i++) {
        pn_comm_receive(comm, l, sizeof *l, tellers[i], TAG);
        if (status != PN_OK)
            continue;
        result->timelines[i].rank = tellers[i];
        result->timeline_count = i + 1;
        status = read_letter(l, &result->timelines[i].trace);
    }
    return status;
}

pn_status pn_gather_story(pn_result *result, const pn_layout *layout, pn_comm *comm)
{
    int tellers[COLUMNS_MOST], count = choose_tellers(layout, tellers);
    letter *l = malloc(sizeof *l);
    if (!l) {
        pn_log_rank(comm->log, "no memory for a timeline");
        pn_comm_abort(comm, PN_EXIT_FAILURE);
    }
    pn_status status = PN_OK;
    if (comm->rank == 0) {
        status = take_letters(result, comm, l, tellers, count);
        if (status == PN_OK)
            status = pn_ownership_create(&result->ownership, layout->owner, layout->column_blocks);
    }
    for (int i = 0; i < count; i++)
        if (tellers[i] == comm->rank) {
            write_letter(l, &result->trace);
            pn_comm_send(comm, l, sizeof *l, 0, TAG);
        }
    free(l);
    return status;
}
