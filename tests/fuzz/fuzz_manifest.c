// SPDX-License-Identifier: BSD-3-Clause
// The manifest of a checkpoint, past its checksum: what was read can be written and read again.
#include "checkpoint/manifest.h"
#include "memory_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pn_manifest manifest, again;
    char *text = NULL;
    if (pn_manifest_read_members(&manifest, (const char *)data, size) == PN_OK) {
        must_hold(pn_manifest_write(&manifest, &text) == PN_OK, "it can be written");
        must_hold(pn_manifest_read(&again, text, strlen(text)) == PN_OK, "and read again");
        must_hold(again.step == manifest.step && again.files == manifest.files, "as it was");
        pn_manifest_release(&again);
        free(text);
    }
    pn_manifest_release(&manifest);
    return 0;
}
