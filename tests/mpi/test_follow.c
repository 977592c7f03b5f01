// SPDX-License-Identifier: BSD-3-Clause
// Whole runs that follow the speeds of their parts. A part that falls to half its speed gives block
// columns away and one that stays as it is gives none, where the test says how long each rank was
// busy; and who waits for a part that looks slow finds memory for what it may have to take, but not
// more than it is allowed.
#include "scene.h"

#include "balance/matrix.h"
#include "comm/group.h"
#include "compute/cpu_private.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { CHANGE = 12 }; // step from which on a part is slow

typedef struct follower {
    scene s;
    pn_gidx slow_from; // step, of column 1
} follower;

static double busy_seconds(const follower *f, const pn_layout *layout, pn_gidx step)
{
    static const double unit = 1e6; // beside which what this test really takes is nothing
    double work = 0;
    for (pn_gidx block = step + 1; block < layout->column_blocks; block++)
        if (layout->owner[block] == f->s.place.column)
            work += (double)(layout->row_blocks - step);
    return unit * work * (f->s.place.column == 1 && step >= f->slow_from ? 2 : 1);
}

// What the speeds decide, were each process busy for so long: told as waiting that it did not do.
static bool follow(void *context, pn_adapt *adapt, pn_gidx step, double wait_seconds)
{
    const follower *f = context;
    (void)wait_seconds;
    double wait = adapt->window.wait;
    for (pn_gidx before = adapt->window.step; before < step; before++)
        wait -= busy_seconds(f, adapt->layout, before);
    return pn_adapt_pause(adapt, step, wait);
}

static pn_gidx blocks_of(const pn_ownership *ownership, int column)
{
    pn_gidx blocks = 0;
    for (int64_t i = 0; i < ownership->runs; i++)
        blocks += ownership->column[i] == column ? ownership->blocks[i] : 0;
    return blocks;
}

static pn_gidx given_by(const pn_migration_record *move, int column)
{
    pn_gidx blocks = 0;
    for (int64_t i = 0; i < move->runs; i++)
        blocks +=
            move->run[i].blocks * ((move->run[i].from == column) - (move->run[i].to == column));
    return blocks;
}

static void a_slow_part_gives_columns_away(stage *t, const shape *is, bool slow)
{
    enum { SOON = 8 };
    follower f = {.slow_from = slow ? CHANGE : SCENE_BLOCKS};
    scene_open(&f.s, t->comm, is);
    pn_result result = scene_run(t, &f.s, follow, &f);
    CHECK(t->comm, slow || result.migration_count == 0);
    if (slow && t->comm->rank == 0) {
        CHECK(t->comm, result.migration_count > 0);
        const pn_migration_record *first = &result.migrations[0];
        CHECK(t->comm, first->step > CHANGE && first->step <= CHANGE + SOON);
        CHECK(t->comm, given_by(first, 1) > 0);
        CHECK(t->comm, blocks_of(&result.ownership_after, 1) < blocks_of(&result.ownership, 1));
    }
    scene_close(&f.s, &result);
}

// How often memory was found ahead, by all ranks of this host; no message may be sent from there.
static atomic_int *found;

static void open_counter(pn_comm *comm)
{
    char path[] = "/tmp/panache-follow-XXXXXX";
    pn_group world = pn_group_world(comm, 0);
    int file = comm->rank == 0 ? mkstemp(path) : -1;
    CHECK(comm, comm->rank > 0 || (file >= 0 && ftruncate(file, sizeof *found) == 0));
    pn_group_broadcast(&world, path, sizeof path, 0);
    file = comm->rank == 0 ? file : open(path, O_RDWR);
    found = mmap(NULL, sizeof *found, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    CHECK(comm, file >= 0 && found != MAP_FAILED);
    close(file);
    pn_group_barrier(&world);
    if (comm->rank == 0)
        unlink(path);
}

static pn_status grow_and_count(pn_compute *compute, pn_room *room, size_t bytes)
{
    pn_status status = pn_cpu_grow_alone(compute, room, bytes);
    atomic_fetch_add(found, status == PN_OK);
    return status;
}

// Something is suspicious all the time, and rank 0 lets the others wait until one has found memory.
static bool dawdle(void *context, pn_adapt *adapt, pn_gidx step, double wait_seconds)
{
    enum { STEP = 3, MOST = 20000 }; // milliseconds: then nobody will
    static const struct timespec millisecond = {.tv_nsec = 1000000};
    const stage *t = context;
    (void)wait_seconds;
    adapt->verdict.alert = true;
    bool others = t->comm->size > 2 && !t->late;
    for (int i = 0; i < MOST && step == STEP && t->comm->rank == 0 && others; i++) {
        if (atomic_load(found) > 0)
            break;
        nanosleep(&millisecond, NULL);
    }
    return false;
}

// Only in processors' memory; of two ranks one may never wait.
static void who_waits_finds_memory_ahead(stage *t, const shape *is)
{
    scene s;
    int grown = 0, tight = t->comm->size - 1; // this rank is allowed no more than it has
    scene_open(&s, t->comm, is);
    if (t->comm->rank == tight)
        s.benchmark.memory_allowed = (int64_t)pn_benchmark_bytes(&s.benchmark, &s.place);
    if (t->comm->rank == 0)
        atomic_store(found, 0);
    pn_group world = pn_group_world(t->comm, 0);
    pn_group_barrier(&world);
    pn_result result = scene_run(t, &s, dawdle, t);
    for (int rank = 0; rank < result.rank_count && t->comm->rank == 0; rank++) {
        pn_place place;
        CHECK(t->comm, pn_place_create(&place, s.layout, rank) == PN_OK);
        size_t bytes = (size_t)result.ranks[rank].matrix_bytes,
               at_first = pn_matrix_bytes(PN_FLOAT64, &place);
        CHECK(t->comm, bytes >= at_first && bytes <= pn_matrix_bytes_ahead(PN_FLOAT64, &place));
        CHECK(t->comm, rank != tight || bytes == at_first);
        grown += bytes > at_first;
        pn_place_release(&place);
    }
    if (t->comm->rank == 0 && t->comm->size > 2)
        CHECK(t->comm, (grown > 0) == !t->late);
    scene_close(&s, &result);
}

int main(int argc, char **argv)
{
    stage t = {.grow_alone = grow_and_count};
    stage_open(&t, argc, argv);
    int ranks = t.comm->size;
    shape flat = scene_flat(ranks);
    shape high = {2, (int[]){ranks / 2, ranks - ranks / 2}, ranks - ranks / 2};
    open_counter(t.comm);
    for (int late = 0; late <= (ranks < 8); late++) {
        t.late = late;
        who_waits_finds_memory_ahead(&t, &flat);
        if (ranks > 2)
            who_waits_finds_memory_ahead(&t, &high);
    }
    t.late = false;
    for (int slow = 0; slow <= 1 && ranks > 1; slow++) {
        a_slow_part_gives_columns_away(&t, &flat, slow);
        if (ranks > 2)
            a_slow_part_gives_columns_away(&t, &high, slow);
    }
    stage_close(&t);
    return 0;
}
