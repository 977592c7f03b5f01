// SPDX-License-Identifier: BSD-3-Clause
// The folders of checkpoints: generation-000001, generation-000002, ... A folder without a manifest
// is one that was never finished; the manifest is put in place last.
#ifndef PN_CHECKPOINT_GENERATION_H
#define PN_CHECKPOINT_GENERATION_H

#include "checkpoint/manifest.h"

enum { PN_GENERATIONS_KEPT = 2, PN_GENERATION_PATH = 4096 };

// numbers[most]: those with a manifest, the newest first; returns how many. 0 where there is no
// such folder.
int pn_generation_list(const char *folder, int *numbers, int most);
// A number above that of any folder there, finished or not.
int pn_generation_next(const char *folder);

// The path of the generation, or of a thing in it; name NULL: of itself. Failure: it is too long.
pn_status pn_generation_path(char path[PN_GENERATION_PATH], const char *folder, int number,
                             const char *name);

// Whether generations can be written there, by trying.
pn_status pn_generation_try(const char *folder);

// Makes the folder of the generation, and those around it where they are missing.
pn_status pn_generation_make(const char *folder, int number);
// Puts its manifest in place, once everything else is on the disk.
pn_status pn_generation_publish(const char *folder, int number, const char *manifest);
// Removes all but the newest `kept` generations, and what was never finished. What cannot be
// removed stays.
void pn_generation_clean(const char *folder, int kept);

// Reads a manifest from its generation. The failure's message begins with the path.
pn_status pn_generation_read(pn_manifest *manifest, const char *folder, int number);

#endif
