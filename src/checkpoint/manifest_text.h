// SPDX-License-Identifier: BSD-3-Clause
// What writing and reading a manifest share.
#ifndef PN_CHECKPOINT_MANIFEST_TEXT_H
#define PN_CHECKPOINT_MANIFEST_TEXT_H

#include "checkpoint/manifest.h"

#include <jansson.h>

#define PN_MANIFEST_FORMAT "panache checkpoint 1"

// Of the members, in hexadecimal. Failure: memory.
pn_status pn_manifest_checksum(const json_t *members, char checksum[17]);

#endif
