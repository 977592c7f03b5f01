// SPDX-License-Identifier: BSD-3-Clause
#include "config/expect.h"

#include "base/plural.h"

#include <string.h>

static bool is_same_node(const pn_expect_rank *a, const pn_expect_rank *b)
{
    return strcmp(a->host, b->host) == 0 && strcmp(a->node, b->node) == 0;
}

pn_status pn_expect_check(const pn_expect_rank *ranks, int count, int rank)
{
    const pn_expect_rank *mine = &ranks[rank];
    int p = mine->expected.p, q = mine->expected.q, here = 0, sharers = 0;
    if (p == 0)
        return PN_OK;
    for (int other = 0; other < count; other++) {
        if (!is_same_node(&ranks[other], mine))
            continue;
        here++;
        sharers += ranks[other].cpu_set == mine->cpu_set;
    }
    if (here != p)
        return pn_fail(PN_ERROR_USAGE,
                       "option --expect %dx%d: host %.63s has %d rank%s of this job; %d %s "
                       "allowed, as the machine file says: the launcher's host files, or devices, "
                       "numa_domains and processors of the machine file do not match it",
                       p, q, mine->host, here, pn_plural(here), p, pn_plural_are(p));
    if (mine->cores < (int64_t)q * sharers)
        return pn_fail(PN_ERROR_USAGE,
                       "option --expect %dx%d: host %.63s has %d core%s for %d rank%s; at least %d "
                       "for each %s allowed, as the machine file says: its cores, or the "
                       "launcher's binding, do not match the host",
                       p, q, mine->host, (int)mine->cores, pn_plural(mine->cores), sharers,
                       pn_plural(sharers), q, pn_plural_are(q));
    return PN_OK;
}
