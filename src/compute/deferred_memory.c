// SPDX-License-Identifier: BSD-3-Clause
// Memory with two addresses: one for the host, without any permission, and one that the backend
// keeps to itself; messages alone may be touched through both. It starts out as NaNs, so that
// nothing relies on zeros.
#include "base/log.h"
#include "compute/deferred_private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void pn_deferred_misused(const char *what)
{
    pn_log log = pn_log_create(PN_LOG_NORMAL);
    pn_log_all(&log, "deferred backend: %s", what);
    abort();
}

static bool map_twice(pn_deferred_area *area, int permissions)
{
    int file = memfd_create("panache-deferred", MFD_CLOEXEC);
    if (file < 0)
        return false;
    area->used = area->given = MAP_FAILED;
    if (ftruncate(file, (off_t)area->bytes) == 0) {
        area->used = mmap(NULL, area->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        area->given = mmap(NULL, area->bytes, permissions, MAP_SHARED, file, 0);
    }
    close(file);
    if (area->used != MAP_FAILED && area->given != MAP_FAILED)
        return true;
    if (area->used != MAP_FAILED)
        munmap(area->used, area->bytes);
    return false;
}

// Whether the part has so much more, where that is looked at: of matrices larger than it is.
static bool has_room(const pn_deferred *deferred, size_t bytes)
{
    size_t taken = bytes;
    for (const pn_deferred_area *area = deferred->areas; area; area = area->next)
        taken += area->bytes - area->hosted;
    return deferred->base.overflow_bytes == 0 || taken <= (size_t)deferred->base.memory_bytes;
}

static pn_status take(pn_compute *compute, size_t bytes, int permissions, void **memory)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    pn_deferred_area *area = calloc(1, sizeof *area);
    *memory = NULL;
    if (area)
        area->bytes = (size_t)pn_max((int64_t)bytes, 1);
    if (!area || !map_twice(area, permissions)) {
        free(area);
        return pn_fail(PN_ERROR_MEMORY, "deferred backend: the system refused %.3f GB of memory",
                       1e-9 * (double)bytes);
    }
    memset(area->used, 0xff, area->bytes);
    area->next = deferred->areas;
    deferred->areas = area;
    *memory = area->given;
    return PN_OK;
}

static pn_status take_if_there(pn_compute *compute, size_t bytes, int permissions, void **memory)
{
    *memory = NULL;
    if (has_room(pn_deferred_of(compute), bytes))
        return take(compute, bytes, permissions, memory);
    return pn_fail(PN_ERROR_MEMORY, "deferred backend: its device has no %.3f GB of memory more",
                   1e-9 * (double)bytes);
}

pn_status pn_deferred_allocate(pn_compute *compute, size_t bytes, void **memory)
{
    return take_if_there(compute, bytes, PROT_NONE, memory);
}

pn_status pn_deferred_allocate_message(pn_compute *compute, size_t bytes, void **memory)
{
    return take_if_there(compute, bytes, PROT_READ | PROT_WRITE, memory);
}

pn_status pn_deferred_reserve(pn_compute *compute, pn_room *room)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    room->most = room->bytes;
    room->hosted = (size_t)pn_min((int64_t)room->hosted, (int64_t)room->bytes);
    if (room->hosted > 0 && (int64_t)room->hosted > compute->overflow_bytes)
        pn_deferred_misused("more of a matrix is to lie in host memory than was asked for");
    if (!has_room(deferred, room->bytes - room->hosted))
        return pn_deferred_allocate(compute, room->bytes, &room->memory); // which says so
    pn_status status = take(compute, room->bytes, PROT_NONE, &room->memory);
    if (status == PN_OK)
        deferred->areas->hosted = room->hosted;
    return status;
}

void pn_deferred_release(pn_compute *compute, void *memory, size_t bytes)
{
    pn_deferred *deferred = pn_deferred_of(compute);
    if (!memory)
        return;
    pn_deferred_carry(deferred, PN_TICKET_ALL);
    pn_deferred_area **link = &deferred->areas;
    while (*link && (*link)->given != memory)
        link = &(*link)->next;
    pn_deferred_area *area = *link;
    if (!area || area->bytes != (size_t)pn_max((int64_t)bytes, 1))
        pn_deferred_misused("memory is given back that was not taken, or with another size");
    *link = area->next;
    munmap(area->given, area->bytes);
    munmap(area->used, area->bytes);
    free(area);
}

void *pn_deferred_use(const pn_deferred *deferred, const void *given, size_t bytes)
{
    const char *begin = given;
    for (const pn_deferred_area *area = deferred->areas; area; area = area->next)
        if (begin >= area->given && begin + bytes <= area->given + area->bytes)
            return area->used + (begin - area->given);
    pn_deferred_misused("an operation was given an address outside the part's memory");
}

pn_block pn_deferred_use_block(const pn_deferred *deferred, pn_block given)
{
    pn_lidx words =
        given.columns == 0 || given.rows == 0 ? 0 : (given.rows - 1) * given.ld + given.columns;
    size_t bytes = (size_t)(words * pn_element_bytes(given.element));
    given.data = words == 0 ? NULL : pn_deferred_use(deferred, given.data, bytes);
    return given;
}
