// SPDX-License-Identifier: BSD-3-Clause
// A TOP500 list as it was downloaded.
#include "memory_file.h"
#include "top500/list_file.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pn_list_file list;
    memory_file file = memory_file_of(data, size);
    if (pn_list_file_read(&list, file.path) == PN_OK) {
        for (int i = 0; i < list.count; i++)
            must_hold(isfinite(list.entries[i].rmax) && list.entries[i].rank >= 1,
                      "an entry has a rate and a rank");
        pn_list_file_rank(&list, 1000);
        pn_list_file_release(&list);
    }
    memory_file_close(&file);
    return 0;
}
