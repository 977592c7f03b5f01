// SPDX-License-Identifier: BSD-3-Clause
#include "checkpoint/row_order.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

static const char name[] = "shard-order"; // removed as the shards are

pn_status pn_row_order_save(const char *folder, int number, const int64_t *order, pn_gidx n)
{
    char path[PN_GENERATION_PATH];
    size_t count = (size_t)n;
    uint64_t checksum = XXH3_64bits(order, count * sizeof *order);
    pn_status status = pn_generation_path(path, folder, number, name);
    if (status != PN_OK)
        return status;
    FILE *file = fopen(path, "wbxe");
    if (!file)
        return pn_fail(PN_ERROR_SYSTEM, "\"%s\" cannot be written: %s", path, strerror(errno));
    bool is_written = fwrite(order, sizeof *order, count, file) == count &&
                      fwrite(&checksum, sizeof checksum, 1, file) == 1 && fflush(file) == 0 &&
                      fsync(fileno(file)) == 0;
    if (fclose(file) != 0 || !is_written) {
        status = pn_fail(PN_ERROR_SYSTEM, "\"%s\": writing failed: %s", path, strerror(errno));
        unlink(path);
    }
    return status;
}

static pn_status read_file(const char *path, int64_t *order, size_t count)
{
    uint64_t checksum;
    FILE *file = fopen(path, "rbe");
    if (!file)
        return pn_fail(PN_ERROR_SYSTEM, "\"%s\" cannot be read: %s", path, strerror(errno));
    bool is_read = fread(order, sizeof *order, count, file) == count &&
                   fread(&checksum, sizeof checksum, 1, file) == 1 && fgetc(file) == EOF;
    fclose(file);
    if (!is_read)
        return pn_fail(PN_ERROR_SYSTEM, "\"%s\": damaged: not an order of %zu rows", path, count);
    if (XXH3_64bits(order, count * sizeof *order) != checksum)
        return pn_fail(PN_ERROR_SYSTEM, "\"%s\": damaged: its checksum is another", path);
    return PN_OK;
}

// Each row once.
static pn_status check_order(const char *path, const int64_t *order, pn_gidx n)
{
    bool *is_there = calloc((size_t)n, sizeof *is_there);
    pn_status status = is_there ? PN_OK : pn_fail_memory("for the order of the rows");
    for (pn_gidx i = 0; i < n && status == PN_OK; i++) {
        if (order[i] < 0 || order[i] >= n || is_there[order[i]])
            status =
                pn_fail(PN_ERROR_SYSTEM, "\"%s\": not an order of %lld rows", path, (long long)n);
        else
            is_there[order[i]] = true;
    }
    free(is_there);
    return status;
}

pn_status pn_row_order_load(const char *folder, int number, int64_t *order, pn_gidx n)
{
    char path[PN_GENERATION_PATH];
    pn_status status;
    PN_TRY(pn_generation_path(path, folder, number, name));
    PN_TRY(read_file(path, order, (size_t)n));
    PN_TRY(check_order(path, order, n));
fail:
    return status;
}
