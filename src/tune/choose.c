// SPDX-License-Identifier: BSD-3-Clause
// The order of choosing: threads and memory of each rank, the arrangement with NB and N
// (choose_size.c), all of it again without what costs more than it brings (choose_leave.c), words.
// What was asked for is checked where it would be chosen.
#include "tune/choose.h"

#include "tune/choose_cost.h"
#include "tune/choose_grid.h"
#include "tune/choose_leave.h"
#include "tune/choose_lines.h"
#include "tune/choose_overflow.h"
#include "tune/choose_ranks.h"
#include "tune/choose_search.h"
#include "tune/choose_size.h"

#include <stdlib.h>

// Of a run that are priced: at least, and times the ranks. Few ranks have all of theirs priced, as
// each step that stands for others makes the time jump: by 7 % with 4 ranks of 160 block columns.
enum { STEPS = 80, RANK_STEPS = 4000 };

static pn_status check_sizes(const pn_settings *asked)
{
    if (asked->n < 0 || asked->n > PN_N_LIMIT)
        return pn_fail(PN_ERROR_USAGE, "-N %lld: a whole number from 1 to %lld is allowed",
                       (long long)asked->n, (long long)PN_N_LIMIT);
    if (asked->nb < 0 || asked->nb > PN_NB_LIMIT)
        return pn_fail(PN_ERROR_USAGE, "--nb %d: a whole number from 1 to %d is allowed", asked->nb,
                       PN_NB_LIMIT);
    return PN_OK;
}

static pn_status allocate(pn_choosing *choosing)
{
    size_t ranks = (size_t)choosing->ranks;
    choosing->rates = calloc(ranks, sizeof *choosing->rates);
    choosing->owner = calloc(PN_CHOOSING_BLOCKS, sizeof *choosing->owner);
    choosing->caps = calloc(ranks, sizeof *choosing->caps);
    choosing->count = calloc(ranks, sizeof *choosing->count);
    if (!choosing->rates || !choosing->owner || !choosing->caps || !choosing->count)
        return pn_fail_memory("for the choice of %d ranks", choosing->ranks);
    return PN_OK;
}
static void release(pn_choosing *choosing)
{
    free(choosing->rates);
    free(choosing->order.place);
    free(choosing->owner);
    free(choosing->caps);
    free(choosing->count);
}

static pn_status choose_once(pn_choice *choice, const pn_choice_request *request,
                             pn_rank_info *info, int ranks)
{
    pn_choosing choosing = {.request = request, .info = info, .ranks = ranks, .choice = choice};
    choosing.steps = (int)pn_max(STEPS, RANK_STEPS / ranks);
    choosing.memory_share = pn_choosing_memory_share(request);
    pn_status status = PN_OK;
    PN_TRY(pn_choice_create(choice, ranks));
    choice->settings = request->settings;
    PN_TRY(allocate(&choosing));
    PN_TRY(check_sizes(&request->settings));
    PN_TRY(pn_choose_threads(choice->ranks, request, info, ranks));
    PN_TRY(pn_choosing_order_hosts(&choosing));
    pn_choosing_set_rates(&choosing);
    PN_TRY(pn_choosing_leave_out(&choosing, pn_choosing_size(&choosing)));
    pn_choosing_take_rates(&choosing, choice->settings.nb); // a candidate may have had another
    pn_choosing_mark_full(&choosing);
    pn_choosing_explain(&choosing);
    release(&choosing);
    return PN_OK;
fail:
    release(&choosing);
    pn_choice_release(choice);
    return status;
}

pn_status pn_choose(pn_choice *choice, const pn_choice_request *request, pn_rank_info *info,
                    int ranks)
{
    return pn_choose_overflow(choice, &(pn_choosing_from){choose_once, request, info, ranks});
}
