// SPDX-License-Identifier: BSD-3-Clause
// A file of shares, for four ranks on two hosts.
#include "job/shares_file.h"
#include "memory_file.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { RANKS = 4 };
    static const pn_rank_info info[RANKS] = {{.host = "a"},
                                             {.host = "a"},
                                             {.host = "b.example", .host_id = 1},
                                             {.host = "b.example", .host_id = 1}};
    double shares[RANKS] = {0};
    memory_file file = memory_file_of(data, size);
    if (pn_shares_read(shares, info, RANKS, file.path) == PN_OK)
        for (int i = 0; i < RANKS; i++)
            must_hold(isfinite(shares[i]) && shares[i] > 0, "every rank has a share");
    memory_file_close(&file);
    return 0;
}
