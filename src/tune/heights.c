// SPDX-License-Identifier: BSD-3-Clause
// All rules for the heights of process columns: of like ranks the divisors near the root, of unlike
// ones what seats most of their speed, and what a height that is tried means for each class.
#include "tune/heights.h"

#include "base/types.h"

#include <assert.h>
#include <math.h>

int pn_height_of_like(int ranks, int a_host)
{
    int within = 0, any = 0, below = 1;
    for (int p = 1; p * p <= ranks; p++) {
        if (ranks % p != 0)
            continue;
        below = p;
        if (3 * p * p < ranks)
            continue;
        any = any ? any : p;
        if (a_host % p == 0)
            within = within ? within : p;
    }
    return within ? within : any ? any : below;
}

int pn_heights_of_like(int ranks, int a_host, bool has_gaps, pn_tuned_height *heights, int most)
{
    int first = pn_height_of_like(ranks, a_host), count = 0;
    assert(most > 0);
    heights[count++] = (pn_tuned_height){.p = first};
    for (int p = 1; p <= ranks && count < most; p++) {
        bool usual = p * p <= ranks && 3 * p * p >= ranks && (a_host % p == 0 || a_host % first);
        if (ranks % p == 0 && p != first && (usual || has_gaps))
            heights[count++] = (pn_tuned_height){.p = p};
    }
    return count;
}

int pn_columns_near(int count, double height)
{
    int best = (int)pn_max(1, llround(count / fmax(1, fmin(count, height))));
    double distance = INFINITY;
    for (int columns = 1; columns <= count; columns++) {
        double ratio = (double)count / columns / height;
        if (count % columns != 0 || ratio < 0.7 || ratio > 1.45 || fabs(log(ratio)) >= distance)
            continue;
        distance = fabs(log(ratio));
        best = columns;
    }
    return best;
}

// The height within the bounds that seats most of the ranks, and of equals the one nearest to
// `ideal`.
static int height_near(double ranks, double ideal, double lowest, double highest)
{
    int best = 1;
    double most = 0;
    for (int p = (int)fmax(1, lowest); p <= (int)fmin(highest, ranks); p++) {
        double worth = p * floor(ranks / p) / ranks - 0.01 * fabs(log(p / ideal));
        if (worth > most) {
            most = worth;
            best = p;
        }
    }
    return best;
}

double pn_height_by_speed(int ranks, double rates, double rate)
{
    return ranks <= PN_FLAT_RANKS ? 1 : fmax(1, sqrt(rates / (3 * rate)));
}

int pn_height_alone(double ranks)
{
    double root = sqrt(ranks);
    return height_near(ranks, root / 1.4, root / 2, root + 1);
}

int pn_height_beside(double ranks, const pn_tuned_height *most)
{
    if (ranks <= most->p)
        return (int)ranks;
    return most->differs ? height_near(ranks, most->p, 0.8 * most->p, 1.25 * most->p) : most->p;
}

// Speed that has a seat if all columns are p high.
static double seated(const pn_rank_class *classes, int count, int p)
{
    double rate = 0;
    for (int i = 0; i < count; i++) {
        int height = (int)fmin(p, classes[i].ranks);
        rate += classes[i].rate * height * floor(classes[i].ranks / height);
    }
    return rate;
}

static void add(pn_tuned_height *heights, int *count, int most, pn_tuned_height height)
{
    for (int i = 0; i < *count; i++)
        if (heights[i].p == height.p && heights[i].differs == height.differs)
            return;
    if (*count < most)
        heights[(*count)++] = height;
}

int pn_heights_of_classes(const pn_rank_class *classes, int count, const pn_height_bands *bands,
                          pn_tuned_height *heights, int most)
{
    double ranks = 0;
    int found = 0;
    for (int i = 0; i < count; i++)
        ranks += classes[i].ranks;
    double root = sqrt(ranks);
    for (double low = fmax(1, root / 4); low <= bands->roots * root + bands->more;
         low *= bands->wide) {
        int fullest = (int)low;
        for (int p = fullest; p < bands->wide * low && p <= ranks; p++)
            if (seated(classes, count, p) > seated(classes, count, fullest))
                fullest = p;
        if (bands->differs_at_begin)
            add(heights, &found, most, (pn_tuned_height){(int)low, true});
        add(heights, &found, most, (pn_tuned_height){fullest, false});
        if (bands->differs_at_fullest)
            add(heights, &found, most, (pn_tuned_height){fullest, true});
    }
    return found;
}
