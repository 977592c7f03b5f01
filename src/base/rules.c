// SPDX-License-Identifier: BSD-3-Clause
// The usual rules; what each figure weighs stands at its declaration.
#include "base/rules.h"

#include "base/assertion.h"

const pn_rules pn_rules_usual = {.slabs = {.least = 160,
                                           .most = 2048,
                                           .share = 0.6,
                                           .grain = 8,
                                           .alone_pieces = 4,
                                           .alone_least = 512},
                                 .crew_panel = 5.0,
                                 .crew_update = 2.0,
                                 .solved_first = 0.125,
                                 .window = 32};

pn_lidx pn_rules_slab(const pn_slab_rules *slabs, pn_lidx left, pn_lidx all, int threads)
{
    if (threads == 1)
        return pn_min(
            left, pn_max(slabs->alone_least, pn_round_up(all / slabs->alone_pieces, slabs->grain)));
    pn_lidx wanted = pn_min(slabs->most, (pn_lidx)(slabs->share * (double)left / threads));
    return pn_min(left, pn_max(slabs->least, pn_round_up(wanted, slabs->grain)));
}

int pn_rules_crew(const pn_rules *rules, int threads, int width, pn_lidx columns)
{
    const double nearly_one = 0.999; // rounds up, but not what is whole but for rounding
    double panel = rules->crew_panel * width, update = rules->crew_update * (double)columns;
    int crew = width > 0 ? (int)(threads * panel / (panel + update) + nearly_one) : 0;
    pn_assert(crew <= threads, "a crew is of the team's threads");
    return crew < 1 ? 1 : crew;
}
