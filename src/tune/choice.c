// SPDX-License-Identifier: BSD-3-Clause
// A choice owns the tables of its ranks and of its arrangement; the lines and what was tried lie in
// it.
#include "tune/choice.h"

#include <stdlib.h>

pn_status pn_choice_create(pn_choice *choice, int ranks)
{
    *choice = (pn_choice){.rank_count = ranks};
    choice->ranks = calloc((size_t)ranks, sizeof *choice->ranks);
    if (!choice->ranks)
        return pn_fail_memory("for the choice of %d ranks", ranks);
    return pn_arrangement_create(&choice->arrangement, ranks, ranks);
}

void pn_choice_release(pn_choice *choice)
{
    free(choice->ranks);
    choice->ranks = NULL;
    choice->rank_count = 0;
    pn_arrangement_release(&choice->arrangement);
}
