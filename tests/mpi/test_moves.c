// SPDX-License-Identifier: BSD-3-Clause
// Whole runs in which block columns change hands, decided by the test instead of the speeds: the
// residual passes, the result says what moved when and who holds it then, and the record holds it;
// where one rank has no room nothing moves and that is said; with adapt off nobody is asked. Once
// more with rank 0 left out.
#include "scene.h"

#include "balance/matrix.h"
#include "comm/group.h"
#include "grid/redeal.h"
#include "report/json.h"
#include "report/reading.h"
#include "run/deliver.h"

#include <string.h>
#include <unistd.h>

enum {
    MOVES = 2,
    FIRST = 6, // step before which columns move
    APART = 8, // steps to the next move
    AHEAD = 4  // block columns so near to the step stay
};

typedef struct script {
    scene s;
    int32_t owner[MOVES + 1][SCENE_BLOCKS]; // before, between and after the moves
    int moves;                              // that are planned
    int asked, decided, asked_since;        // times; since the last decision
} script;

static int taker(const script *p, int move)
{
    return move % 2 ? 0 : p->s.layout->columns - 1;
}

// The first column gives all that it has left to the last, then that one to the first.
static void plan_moves(script *p)
{
    const pn_layout *layout = p->s.layout;
    int last = layout->columns - 1;
    memcpy(p->owner[0], layout->owner, (size_t)layout->column_blocks * sizeof *p->owner[0]);
    p->moves = last > 0 ? MOVES : 0;
    for (int move = 0; move < p->moves; move++) {
        memcpy(p->owner[move + 1], p->owner[move], sizeof p->owner[move]);
        for (pn_gidx b = FIRST + move * APART + AHEAD; b < layout->column_blocks; b++)
            if (p->owner[move][b] == last - taker(p, move))
                p->owner[move + 1][b] = taker(p, move);
    }
}

// Only rank 0's owners count.
static bool decide(void *context, pn_adapt *adapt, pn_gidx step, double wait_seconds)
{
    script *p = context;
    (void)wait_seconds;
    p->asked++;
    p->asked_since++;
    if (p->decided == p->moves || step < FIRST + p->decided * APART)
        return false;
    p->decided++;
    p->asked_since = 0;
    adapt->migrated = 0;
    for (pn_gidx b = 0; b < p->s.layout->column_blocks && p->s.comm->rank == 0; b++) {
        adapt->migrated += adapt->layout->owner[b] != p->owner[p->decided][b];
        adapt->owner[b] = p->owner[p->decided][b];
    }
    adapt->gain = 0.25;
    return true;
}

static void open_script(script *p, pn_comm *comm, const shape *is)
{
    *p = (script){.moves = 0};
    scene_open(&p->s, comm, is);
    plan_moves(p);
}

// Who owns what, by its runs, is table[blocks].
static void check_ownership(pn_comm *comm, const pn_ownership *is, const int32_t *table)
{
    pn_gidx b = 0;
    for (int64_t i = 0; i < is->runs; i++)
        for (int64_t j = 0; j < is->blocks[i]; j++)
            CHECK(comm, b < is->block_columns && table[b++] == is->column[i]);
    CHECK(comm, b == is->block_columns);
}

static void check_move(const script *p, pn_comm *comm, const pn_migration_record *move, int number)
{
    int32_t table[SCENE_BLOCKS];
    pn_gidx blocks = 0, behind = p->s.layout->height > 1 ? 2 : 0; // the step behind it is ended
    memcpy(table, p->owner[number], sizeof table);
    CHECK(comm, move->step == FIRST + number * APART + behind);
    CHECK(comm, move->expected_gain == 0.25);
    for (int64_t i = 0; i < move->runs; i++)
        for (pn_gidx b = move->run[i].first; b < move->run[i].first + move->run[i].blocks; b++) {
            CHECK(comm, table[b] == move->run[i].from);
            table[b] = move->run[i].to;
            blocks++;
        }
    CHECK(comm, blocks > 0 && blocks == move->blocks);
    for (pn_gidx b = 0; b < p->s.layout->column_blocks; b++)
        CHECK(comm, table[b] == p->owner[number + 1][b]);
}

// What rank 0 was told.
static void check_result(const script *p, pn_comm *comm, const pn_result *result, int moves)
{
    pn_gidx owned[SCENE_RANKS] = {0};
    CHECK(comm, result->migration_count == moves);
    for (int i = 0; i < moves; i++)
        check_move(p, comm, &result->migrations[i], i);
    check_ownership(comm, &result->ownership, p->owner[0]);
    CHECK(comm, (result->ownership_after.runs > 0) == (moves > 0));
    if (moves > 0)
        check_ownership(comm, &result->ownership_after, p->owner[moves]);
    for (pn_gidx b = 0; b < p->s.layout->column_blocks; b++)
        owned[p->owner[moves][b]]++;
    CHECK(comm, result->rank_count == p->s.layout->ranks);
    for (int i = 0; i < result->rank_count; i++)
        CHECK(comm, result->ranks[i].block_columns == owned[result->ranks[i].column]);
}

// The same from the JSON record.
static void check_record(const script *p, pn_comm *comm, const pn_result *result, int moves)
{
    char path[] = "/tmp/panache-moves-XXXXXX", *text = NULL;
    pn_options options;
    pn_host host = {.name = "a"};
    pn_reading reading;
    int file = mkstemp(path);
    pn_options_default(&options);
    pn_record record = {.result = result,
                        .options = &options,
                        .host = &host,
                        .command = PN_COMMAND_RUN,
                        .blas = "",
                        .blas_kernels = "",
                        .blas_path = "",
                        .mpi = comm->library};
    CHECK(comm, file >= 0 && pn_json_text(&record, &text) == PN_OK);
    CHECK(comm, write(file, text, strlen(text)) == (ssize_t)strlen(text));
    close(file);
    pn_status status = pn_reading_open(&reading, path);
    unlink(path);
    if (status != PN_OK)
        pn_log_rank(comm->log, "%s", pn_fail_message());
    CHECK(comm, status == PN_OK);
    check_result(p, comm, &reading.result, moves);
    CHECK(comm, reading.result.no_room == result->no_room);
    pn_reading_close(&reading);
    free(text);
}

// Where columns arrived there is memory for all of them; where they left it stays.
static void check_memory(const script *p, const pn_result *result)
{
    pn_layout *layout;
    CHECK(p->s.comm, pn_layout_with_owners(&layout, p->s.layout, p->owner[p->moves]) == PN_OK);
    for (int rank = 0; rank < result->rank_count; rank++) {
        pn_place place;
        CHECK(p->s.comm, pn_place_create(&place, layout, rank) == PN_OK);
        CHECK(p->s.comm,
              result->ranks[rank].matrix_bytes >= (int64_t)pn_matrix_bytes(PN_FLOAT64, &place));
        pn_place_release(&place);
    }
    pn_layout_destroy(layout);
}

static void columns_move_there_and_back(stage *t, const shape *is)
{
    script p;
    open_script(&p, t->comm, is);
    p.s.benchmark.memory_allowed = t->comm->rank % 2 ? (int64_t)1 << 32 : 0;
    pn_result result = scene_run(t, &p.s, decide, &p);
    CHECK(t->comm, p.decided == p.moves && (p.asked > 0) == (is->columns > 1));
    if (t->comm->rank == 0) {
        check_result(&p, t->comm, &result, p.moves);
        check_record(&p, t->comm, &result, p.moves);
        check_memory(&p, &result);
        CHECK(t->comm, result.no_room == 0);
    }
    scene_close(&p.s, &result);
}

static void nothing_moves_with_adapt_off(stage *t, const shape *is)
{
    script p;
    open_script(&p, t->comm, is);
    p.s.benchmark.adapt = false;
    pn_result result = scene_run(t, &p.s, decide, &p);
    CHECK(t->comm, p.asked == 0);
    if (t->comm->rank == 0) {
        check_result(&p, t->comm, &result, 0);
        CHECK(t->comm, result.no_room == 0);
    }
    scene_close(&p.s, &result);
}

// A process of the column that should take has no more than it needs: all stay as they are, and
// are not asked again.
static void nothing_moves_without_room(stage *t, const shape *is)
{
    script p;
    open_script(&p, t->comm, is);
    if (t->comm->rank == pn_layout_rank(p.s.layout, 0, taker(&p, 0)))
        p.s.benchmark.memory_allowed = (int64_t)pn_benchmark_bytes(&p.s.benchmark, &p.s.place);
    pn_result result = scene_run(t, &p.s, decide, &p);
    CHECK(t->comm, p.decided == (is->columns > 1) && p.asked_since == 0);
    if (t->comm->rank == 0) {
        pn_gidx step = FIRST + (p.s.layout->height > 1 ? 2 : 0);
        check_result(&p, t->comm, &result, 0);
        check_record(&p, t->comm, &result, 0);
        CHECK(t->comm, result.no_room == (is->columns > 1 ? step : 0));
    }
    scene_close(&p.s, &result);
}

// The numbers that the ranks have in the job.
static void number_by_job(pn_result *result, int left_out)
{
    for (int i = 0; i < result->rank_count; i++)
        result->ranks[i].rank += left_out;
    for (int i = 0; i < result->timeline_count; i++)
        result->timelines[i].rank += left_out;
}

// Rank 0 tells a result of others; it and the first of them each release their own.
static void rank_0_is_left_out(stage *t, const shape *is)
{
    script p;
    int members[SCENE_RANKS];
    pn_comm part = *t->comm;
    pn_result result = {0};
    part.rank = t->comm->rank - 1;
    part.size = t->comm->size - 1;
    part.members = members;
    for (int i = 0; i < part.size; i++)
        members[i] = i + 1;
    open_script(&p, &part, is);
    if (part.rank >= 0)
        result = scene_run(t, &p.s, decide, &p);
    pn_deliver_result(&result, t->comm, members[0]);
    if (t->comm->rank == 0) {
        number_by_job(&result, 1);
        check_result(&p, t->comm, &result, p.moves);
        check_record(&p, t->comm, &result, p.moves);
        CHECK(t->comm, result.passed && result.trace.count == p.s.layout->row_blocks);
        CHECK(t->comm, result.timeline_count == pn_min(is->columns, 8) - 1);
        for (int i = 0; i < result.timeline_count; i++)
            CHECK(t->comm, result.timelines[i].trace.records[1].step == 1);
    }
    scene_close(&p.s, &result);
    pn_group world = pn_group_world(t->comm, 0);
    pn_group_barrier(&world);
}

static void try_shape(stage *t, const shape *is)
{
    columns_move_there_and_back(t, is);
    nothing_moves_without_room(t, is);
    nothing_moves_with_adapt_off(t, is);
}

int main(int argc, char **argv)
{
    stage t = {.late = false};
    stage_open(&t, argc, argv);
    int ranks = t.comm->size;
    shape flat = scene_flat(ranks), others = scene_flat(ranks - 1);
    for (int late = 0; late <= (ranks < 8); late++) {
        t.late = late;
        try_shape(&t, &flat);
        if (ranks > 2)
            try_shape(&t, &(shape){2, (int[]){ranks / 2, ranks - ranks / 2}, ranks - ranks / 2});
        if (ranks > 1)
            rank_0_is_left_out(&t, &others);
    }
    stage_close(&t);
    return 0;
}
