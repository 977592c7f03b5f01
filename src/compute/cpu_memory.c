// SPDX-License-Identifier: BSD-3-Clause
// Anonymous memory on a huge-page boundary, touched by the threads that will work on it. Memory
// that may grow lies at the beginning of addresses that nobody may touch yet: they cost nothing.
#include "compute/cpu_private.h"

#include <sys/mman.h>
#include <unistd.h>

static const size_t huge_page = (size_t)2 << 20;

// 4 KiB, or 16 or 64 on some systems of Arm and POWER: access begins and ends with a page.
static int64_t page_bytes(void)
{
    return sysconf(_SC_PAGESIZE);
}

typedef struct touch_task {
    char *memory;
    size_t bytes;
} touch_task;

// Each thread touches the part that it will mostly work on: rows are shared out the same way.
static void touch_job(void *task, int me, int members)
{
    const touch_task *t = task;
    pn_lidx begin, end, page = page_bytes();
    pn_cpu_share((pn_lidx)t->bytes, page, me, members, &begin, &end);
    for (pn_lidx i = begin; i < end; i += page)
        t->memory[i] = 0;
}

static size_t pages(size_t bytes)
{
    return (size_t)pn_round_up((int64_t)pn_max((int64_t)bytes, 1), page_bytes());
}

static pn_status refuse(size_t bytes)
{
    return pn_fail(PN_ERROR_MEMORY, "the system refused %.3f GB of memory", 1e-9 * (double)bytes);
}

// NULL if the system refuses.
static char *addresses(size_t bytes)
{
    char *raw = mmap(NULL, bytes + huge_page, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (raw == MAP_FAILED)
        return NULL;
    char *aligned = (char *)pn_round_up((intptr_t)raw, (int64_t)huge_page);
    if (aligned > raw)
        munmap(raw, (size_t)(aligned - raw));
    munmap(aligned + bytes, huge_page - (size_t)(aligned - raw));
    return aligned;
}

// Makes addresses usable and touches them: all threads, or without a team the calling one. Only
// what fills huge pages gets them: rounding every buffer up would cost a rank of a small run as
// much as its matrix.
static pn_status open_addresses(pn_team *team, char *memory, size_t bytes)
{
    touch_task task = {memory, bytes};
    if (bytes == 0)
        return PN_OK;
    if (mprotect(memory, bytes, PROT_READ | PROT_WRITE) != 0)
        return refuse(bytes);
    madvise(memory, bytes, MADV_HUGEPAGE); // a kernel without them is only slower
    if (team)
        pn_team_run(team, touch_job, &task);
    else
        touch_job(&task, 0, 1);
    return PN_OK;
}

pn_status pn_cpu_reserve(pn_compute *compute, pn_room *room)
{
    size_t wanted = pages(room->bytes);
    room->most = (size_t)pn_max((int64_t)room->most, (int64_t)room->bytes);
    room->memory = addresses(pages(room->most));
    if (!room->memory) {
        room->most = room->bytes;
        room->memory = addresses(wanted);
    }
    if (!room->memory)
        return refuse(wanted);
    pn_status status = open_addresses(pn_cpu_of(compute)->team, room->memory, wanted);
    if (status != PN_OK) {
        munmap(room->memory, pages(room->most));
        room->memory = NULL;
    }
    return status;
}

static pn_status grow(pn_team *team, pn_room *room, size_t bytes)
{
    if (bytes <= room->bytes)
        return PN_OK;
    if (bytes > room->most)
        return refuse(bytes);
    size_t had = pages(room->bytes);
    pn_status status = open_addresses(team, (char *)room->memory + had, pages(bytes) - had);
    if (status == PN_OK)
        room->bytes = bytes;
    return status;
}

pn_status pn_cpu_grow(pn_compute *compute, pn_room *room, size_t bytes)
{
    return grow(pn_cpu_of(compute)->team, room, bytes);
}

pn_status pn_cpu_grow_alone(pn_compute *compute, pn_room *room, size_t bytes)
{
    (void)compute;
    return grow(NULL, room, bytes);
}

pn_status pn_cpu_allocate(pn_compute *compute, size_t bytes, void **memory)
{
    pn_room room = {.bytes = bytes, .most = bytes};
    pn_status status = pn_cpu_reserve(compute, &room);
    *memory = room.memory;
    return status;
}

void pn_cpu_release(pn_compute *compute, void *memory, size_t bytes)
{
    (void)compute;
    if (memory)
        munmap(memory, pages(bytes));
}
