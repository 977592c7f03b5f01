// SPDX-License-Identifier: BSD-3-Clause
// A rank is present on this host if something answers at its name. Whether one that is absent is
// missing depends on whether it belongs here, which is known where the launcher said so, and no
// longer once a rank is here that should not be.
#include "comm/roll_call.h"

#include "base/plural.h"

#include <stdio.h>
#include <string.h>

// Adds "3" or ", 3".
void pn_rank_list_add(pn_rank_list *ranks, int rank)
{
    enum { ENDING = 24 };
    size_t length = strlen(ranks->words), room = sizeof ranks->words - length;
    ranks->count++;
    if (room > ENDING)
        snprintf(ranks->words + length, room, "%s%d", length ? ", " : "", rank);
    else if (strcmp(ranks->words + length - 3, "...") != 0)
        snprintf(ranks->words + length, room, ", ...");
}

static bool is_present(const pn_roll_call *roll, int rank)
{
    return rank == roll->launch->rank || roll->is_present(roll->launch, rank);
}

int pn_roll_call_speaker(const pn_roll_call *roll)
{
    int rank = 0;
    while (!is_present(roll, rank))
        rank++;
    return rank;
}

// `first` is the first of this host's ranks, or -1 if it is not known which they are, as when one
// is here that should not be.
typedef struct call {
    pn_rank_list here, elsewhere; // present, or not, among all ranks
    pn_rank_list missing;         // of those that belong here
    int first;
} call;

static void call_all(const pn_roll_call *roll, call *found)
{
    const pn_launch *launch = roll->launch;
    *found = (call){.first = launch->first_here};
    for (int rank = 0; rank < launch->size; rank++) {
        bool here = is_present(roll, rank);
        bool belongs =
            found->first >= 0 && rank >= found->first && rank < found->first + launch->local_size;
        pn_rank_list_add(here ? &found->here : &found->elsewhere, rank);
        if (belongs && !here)
            pn_rank_list_add(&found->missing, rank);
        if (here && !belongs)
            found->first = -1;
    }
}

void pn_roll_call_text(const pn_roll_call *roll, double seconds, char *text, size_t bytes)
{
    static const char limit[] = "(--start-timeout sets the limit)";
    const pn_launch *launch = roll->launch;
    int size = launch->size, local = launch->local_size;
    call found;
    call_all(roll, &found);
    int here = found.here.count;
    char begin[96];
    snprintf(begin, sizeof begin, "not all %d ranks have started within %g s;", size, seconds);
    if (here == size)
        snprintf(text, bytes,
                 "MPI did not start within %g s although all %d ranks are here; is the network "
                 "between them usable?",
                 seconds, size);
    else if (found.first >= 0 && found.missing.count > 0)
        snprintf(text, bytes, "%s missing on %s: rank %s %s", begin, roll->host,
                 found.missing.words, limit);
    else if (here == local)
        snprintf(text, bytes,
                 "%s all that belong to %s are here: rank %s; the others are rank %s, and a host "
                 "that says nothing has none of its own %s",
                 begin, roll->host, found.here.words, found.elsewhere.words, limit);
    else if (here < local)
        snprintf(text, bytes, "%s %d of the %d ranks of %s %s missing; here are: rank %s %s", begin,
                 local - here, local, roll->host, pn_plural_are(local - here), found.here.words,
                 limit);
    else
        snprintf(text, bytes, "%s %d of %d are on %s: rank %s; not there: rank %s %s", begin, here,
                 size, roll->host, found.here.words, found.elsewhere.words, limit);
}
