// SPDX-License-Identifier: BSD-3-Clause
// A table of published systems, and what the model makes of the first ones.
#include "machines/constants.h"
#include "machines/published.h"
#include "memory_file.h"

#include <math.h>

enum { MODELLED = 2, STEPS = 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pn_constants constants;
    pn_published_list list = {0};
    memory_file file = memory_file_of(data, size);
    pn_constants_load(&constants);
    if (pn_published_read(&list, file.path, &constants) == PN_OK)
        for (int i = 0; i < list.count && i < MODELLED; i++) {
            double rate = 0;
            if (!list.system[i].skipped &&
                pn_published_predict(&constants, &list.system[i], STEPS, &rate) == PN_OK)
                must_hold(isfinite(rate) && rate > 0, "a rate that was modelled is one");
        }
    pn_published_release(&list);
    memory_file_close(&file);
    return 0;
}
