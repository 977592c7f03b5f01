// SPDX-License-Identifier: BSD-3-Clause
// Ranks mostly come host by host, so the one before is compared first, then one for each number.
#include "tune/rank_info.h"

#include <stdbool.h>
#include <string.h>

static bool is_same_host(const pn_rank_info *a, const pn_rank_info *b)
{
    if (a->machine || b->machine)
        return a->machine == b->machine;
    return strcmp(a->host, b->host) == 0;
}

static void number_host(pn_rank_info *info, int rank, int *hosts)
{
    int other = rank - 1;
    while (other >= 0 && !is_same_host(&info[other], &info[rank]))
        other--;
    info[rank].host_id = other >= 0 ? info[other].host_id : (*hosts)++;
}

static void number_kind(pn_rank_info *info, int rank, int *kinds)
{
    int other = rank - 1;
    while (other >= 0 && strcmp(info[other].kind, info[rank].kind) != 0)
        other--;
    info[rank].kind_id = other >= 0 ? info[other].kind_id : (*kinds)++;
}

void pn_rank_info_number(pn_rank_info *info, int ranks)
{
    int hosts = 0, kinds = 0;
    for (int rank = 0; rank < ranks; rank++) {
        number_host(info, rank, &hosts);
        number_kind(info, rank, &kinds);
    }
}
