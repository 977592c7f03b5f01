// SPDX-License-Identifier: BSD-3-Clause
// Whole runs that are written away and go on: ended by a signal on one grid and resumed on others
// (flat, tall, with unequal shares), with the same norms of x to rounding; from an older generation
// where the newest is damaged, and refused where all are; passed where none can be written.
#include "scene.h"

#include "base/notice.h"
#include "checkpoint/generation.h"
#include "comm/group.h"
#include "grid/deal.h"
#include "grid/redeal.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAG = 0, GRIDS = 4 };

typedef struct place { // on the disk
    char folder[64];
    pn_notice notice;
    int count, numbers[PN_GENERATIONS_KEPT];
    pn_manifest manifests[PN_GENERATIONS_KEPT];
} place;

static void all_wait(const stage *t)
{
    pn_group world = pn_group_world(t->comm, TAG);
    pn_group_barrier(&world);
}

static void place_open(place *p, stage *t)
{
    pn_group world = pn_group_world(t->comm, TAG);
    *p = (place){.folder = "/tmp/panache-checkpoint-XXXXXX"};
    CHECK(t->comm, t->comm->rank > 0 || mkdtemp(p->folder));
    pn_group_broadcast(&world, p->folder, sizeof p->folder, 0);
}

static void forget_manifests(place *p)
{
    for (int i = 0; i < p->count; i++)
        pn_manifest_release(&p->manifests[i]);
    p->count = 0;
}

static void place_close(place *p, stage *t)
{
    all_wait(t);
    forget_manifests(p);
    if (t->comm->rank > 0)
        return;
    pn_generation_clean(p->folder, 0);
    CHECK(t->comm, rmdir(p->folder) == 0); // nothing else was left there
}

static bool single; // runs in FP32 without pivots, which keep L

// 0: every rank a column; 1: all in one column; 2: the same as 0 with shares 1, 2, 3, ...; 3: one
// beside a column of all others.
static void open_grid(scene *s, stage *t, int grid)
{
    int size = t->comm->size, one[] = {size}, two[] = {1, size - 1};
    shape tall = {1, one, size}, flat = scene_flat(size), mixed = {2, two, size - 1};
    double shares[SCENE_RANKS];
    scene_open(s, t->comm, grid == 1 ? &tall : grid == 3 && size > 1 ? &mixed : &flat);
    s->benchmark.settings.element = single ? PN_FLOAT32 : PN_FLOAT64;
    s->benchmark.settings.matrix = single ? PN_MATRIX_MILD : PN_MATRIX_HPL;
    if (grid != 2)
        return;
    for (int i = 0; i < t->comm->size; i++)
        shares[i] = i + 1;
    int32_t owner[SCENE_BLOCKS];
    pn_layout *layout;
    CHECK(t->comm, pn_layout_deal(owner, SCENE_BLOCKS, t->comm->size, shares, NULL) == PN_OK);
    CHECK(t->comm, pn_layout_with_owners(&layout, s->layout, owner) == PN_OK);
    pn_place_release(&s->place);
    pn_layout_destroy(s->layout);
    s->layout = layout;
    s->benchmark.layout = layout;
    CHECK(t->comm, pn_place_create(&s->place, layout, t->comm->rank) == PN_OK);
}

static void use(scene *s, place *p)
{
    s->benchmark.adapt = false;
    s->benchmark.checkpoints = (pn_checkpoints){.folder = p->folder,
                                                .every = 1e9,
                                                .notice = &p->notice,
                                                .count = p->count,
                                                .numbers = p->numbers,
                                                .manifests = p->manifests};
}

static void read_manifests(place *p, stage *t)
{
    all_wait(t);
    forget_manifests(p);
    p->count = pn_generation_list(p->folder, p->numbers, PN_GENERATIONS_KEPT);
    for (int i = 0; i < p->count; i++)
        CHECK(t->comm, pn_generation_read(&p->manifests[i], p->folder, p->numbers[i]) == PN_OK);
    all_wait(t);
}

// A run that must fail.
static void run_fails(stage *t, scene *s)
{
    pn_compute *compute;
    pn_result result;
    pn_status status = t->late ? pn_compute_deferred_open(&compute, t->team, t->blas, 3)
                               : pn_compute_cpu_open(&compute, t->team, t->blas);
    CHECK(t->comm, status == PN_OK);
    compute->element = compute->product = s->benchmark.settings.element;
    status = pn_benchmark_run(&s->benchmark, t->comm, compute, &t->quiet, &result);
    CHECK(t->comm, status == PN_ERROR_SYSTEM);
    compute->ops->close(compute);
    scene_close(s, &result);
}

// Written at the first step that allows it, then ended; from the beginning or from a generation.
static void end_by_signal(stage *t, place *p, int grid)
{
    scene s;
    open_grid(&s, t, grid);
    use(&s, p);
    atomic_store(&p->notice.end, SIGTERM);
    pn_gidx before = p->count > 0 ? p->manifests[0].step : 0;
    int sessions = p->count > 0 ? p->manifests[0].session_count : 0;
    run_fails(t, &s);
    atomic_store(&p->notice.end, 0);
    CHECK(t->comm, strstr(pn_fail_message(), "panache resume") != NULL);
    read_manifests(p, t);
    CHECK(t->comm, p->count > 0 && p->manifests[0].step > before);
    CHECK(t->comm, p->manifests[0].session_count == sessions + 1);
    CHECK(t->comm, p->manifests[0].sessions[sessions].next == p->manifests[0].step);
}

static pn_norms norms_of_rest(stage *t, place *p, int grid)
{
    scene s;
    open_grid(&s, t, grid);
    use(&s, p);
    pn_result result = scene_run(t, &s, NULL, NULL);
    pn_norms norms = result.norms;
    if (t->comm->rank == 0 && p->count > 0) {
        int last = result.session_count - 1;
        CHECK(t->comm, last == p->manifests[0].session_count || p->count > 1);
        CHECK(t->comm, result.sessions[last].first > 0);
        CHECK(t->comm, result.seconds >= result.computing_seconds);
        CHECK(t->comm, result.computing_seconds >= result.sessions[last].seconds);
    }
    scene_close(&s, &result);
    return norms;
}

static void check_norms(stage *t, const pn_norms *is, const pn_norms *wanted)
{
    const double rounding = 1e-9; // with the condition of a matrix of this size
    if (t->comm->rank > 0)
        return;
    CHECK(t->comm, fabs(is->x_inf - wanted->x_inf) <= rounding * wanted->x_inf);
    CHECK(t->comm, fabs(is->x_one - wanted->x_one) <= rounding * wanted->x_one);
    CHECK(t->comm, is->a_inf == wanted->a_inf);
}

// From this grid over the next one to the one after that.
static void goes_on_from(stage *t, int grid)
{
    scene s;
    open_grid(&s, t, 0);
    pn_result clean = scene_run(t, &s, NULL, NULL);
    place p;
    place_open(&p, t);
    end_by_signal(t, &p, grid);
    end_by_signal(t, &p, (grid + 1) % GRIDS);
    CHECK(t->comm, p.count == PN_GENERATIONS_KEPT);
    pn_norms norms = norms_of_rest(t, &p, (grid + 2) % GRIDS);
    check_norms(t, &norms, &clean.norms);
    place_close(&p, t);
    scene_close(&s, &clean);
}

// As often as can be, from the middle of its own steps; two are kept.
static void is_written_often(stage *t, int grid)
{
    place p;
    scene s;
    place_open(&p, t);
    open_grid(&s, t, grid);
    use(&s, &p);
    s.benchmark.checkpoints.every = 0;
    pn_result result = scene_run(t, &s, NULL, NULL);
    CHECK(t->comm, t->comm->rank > 0 || result.checkpoint_count > PN_GENERATIONS_KEPT);
    scene_close(&s, &result);
    read_manifests(&p, t);
    CHECK(t->comm, p.count == PN_GENERATIONS_KEPT && p.manifests[1].step < p.manifests[0].step);
    pn_norms norms = norms_of_rest(t, &p, (grid + 1) % GRIDS);
    CHECK(t->comm, t->comm->rank > 0 || norms.x_inf > 0);
    place_close(&p, t);
}

// Changes one byte in the file of the first process, or cuts it off.
static void damage(const place *p, stage *t, int index, bool cuts)
{
    char path[PN_GENERATION_PATH];
    all_wait(t);
    if (t->comm->rank == 0) {
        struct stat is;
        CHECK(t->comm,
              pn_generation_path(path, p->folder, p->numbers[index], "shard-0-0") == PN_OK);
        CHECK(t->comm, stat(path, &is) == 0);
        FILE *file = fopen(path, "r+");
        CHECK(t->comm, file && fseek(file, is.st_size / 2, SEEK_SET) == 0);
        int byte = fgetc(file);
        CHECK(t->comm, fseek(file, is.st_size / 2, SEEK_SET) == 0 && fputc(byte ^ 1, file) != EOF);
        CHECK(t->comm, fclose(file) == 0);
        CHECK(t->comm, !cuts || truncate(path, is.st_size - 1) == 0);
    }
    all_wait(t);
}

static void damage_is_refused(stage *t)
{
    place p;
    scene s;
    place_open(&p, t);
    end_by_signal(t, &p, 0);
    end_by_signal(t, &p, 0);
    damage(&p, t, 0, false);
    norms_of_rest(t, &p, 0); // from the one before, and it passes
    damage(&p, t, 1, true);
    open_grid(&s, t, 0);
    use(&s, &p);
    run_fails(t, &s);
    CHECK(t->comm, strstr(pn_fail_message(), "no generation") != NULL);
    place_close(&p, t);
}

// A file stands where the folder should be.
static void none_can_be_written(stage *t)
{
    place p;
    scene s;
    char path[96], file[80];
    place_open(&p, t);
    snprintf(file, sizeof file, "%s/file", p.folder);
    snprintf(path, sizeof path, "%s/folder", file);
    FILE *made = t->comm->rank == 0 ? fopen(file, "w") : NULL;
    CHECK(t->comm, t->comm->rank > 0 || (made && fclose(made) == 0));
    all_wait(t);
    open_grid(&s, t, 0);
    use(&s, &p);
    s.benchmark.checkpoints.folder = path;
    s.benchmark.checkpoints.every = 0;
    pn_result result = scene_run(t, &s, NULL, NULL);
    CHECK(t->comm, t->comm->rank > 0 || result.checkpoint_count == 0);
    scene_close(&s, &result);
    all_wait(t);
    CHECK(t->comm, t->comm->rank > 0 || unlink(file) == 0);
    place_close(&p, t);
}

// FP32, and a backend whose work is done late.
static void other_elements_and_kernels(stage *t)
{
    single = true;
    goes_on_from(t, 2);
    t->late = true;
    goes_on_from(t, 1);
    single = false;
    goes_on_from(t, 3);
}

int main(int argc, char **argv)
{
    stage t = {0};
    stage_open(&t, argc, argv);
    // More ranks than processors wait for each other far longer than they work: every grid is tried
    // on few ranks, and one on many.
    bool many = t.comm->size > 4;
    for (int grid = 0; grid < GRIDS; grid++)
        if (!many || grid == t.comm->size % GRIDS)
            goes_on_from(&t, grid);
    is_written_often(&t, t.comm->size % GRIDS);
    damage_is_refused(&t);
    none_can_be_written(&t);
    if (!many)
        other_elements_and_kernels(&t);
    stage_close(&t);
    return 0;
}
