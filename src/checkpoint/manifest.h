// SPDX-License-Identifier: BSD-3-Clause
// What a checkpoint says of itself: the problem, how far the run has come, who wrote what, and who
// took part so far. It is JSON with a checksum of its own; whoever reads it trusts nothing in it.
#ifndef PN_CHECKPOINT_MANIFEST_H
#define PN_CHECKPOINT_MANIFEST_H

#include "base/settings.h"
#include "grid/layout.h"
#include "measure/session.h"

// The most that a manifest may ask a reader to hold.
enum {
    PN_MANIFEST_BYTES = 256 << 20,
    PN_MANIFEST_BLOCKS = 1 << 24, // block columns
    PN_MANIFEST_RANKS = 1 << 20
};

typedef struct pn_manifest {
    pn_gidx n, width; // columns with those that ride along, N + 1 at least
    int nb;
    uint64_t seed;
    double threshold;
    int element_bytes;
    pn_matrix_rule matrix;    // HPL's where an entry has 8 bytes; else one that needs no pivots
    pn_gidx step;             // the first that is not done
    double computing_seconds; // of all sessions so far
    // Who owned what, as in pn_layout.
    int columns, virtual_rows;
    int *heights;       // [columns]
    int *host;          // [columns * virtual_rows]
    int32_t *owner;     // [column blocks]
    int files;          // a file each rank: by process columns, then process rows
    uint64_t *checksum; // [files]
    int session_count;
    pn_session *sessions; // [session_count] the first to the last
} pn_manifest;

// Takes over who owns what; checksums are 0, and there is room for PN_SESSIONS_MOST sessions.
// Failures: memory, more blocks or ranks than a manifest can name.
pn_status pn_manifest_create(pn_manifest *manifest, const pn_layout *layout);
void pn_manifest_release(pn_manifest *manifest);

pn_gidx pn_manifest_row_blocks(const pn_manifest *manifest);
pn_gidx pn_manifest_column_blocks(const pn_manifest *manifest);
// "hpl", "mild", "dominant".
const char *pn_manifest_matrix_word(pn_matrix_rule rule);
// The place of a process's file in the list.
int pn_manifest_file(const pn_manifest *manifest, int column, int row);

// Appends a session, at the cost of the second one where there is no more room.
void pn_manifest_add_session(pn_manifest *manifest, const pn_session *session);

// Failure: memory. *text is to be freed.
pn_status pn_manifest_write(const pn_manifest *manifest, char **text);
// Failures: not JSON, another checksum, a member that is missing or out of bounds; memory. To be
// released in any case.
pn_status pn_manifest_read(pn_manifest *manifest, const char *text, size_t length);
// Whether all of it can be, without the checksum: for pn_manifest_read and for fuzzing.
pn_status pn_manifest_read_members(pn_manifest *manifest, const char *text, size_t length);

#endif
