// SPDX-License-Identifier: BSD-3-Clause
// Process columns of ranks that are known by classes alone: each holds ranks of one class, as high
// as is said for the class, and what does not fill a column has no place.
#include "tune/arrangement_classes.h"

#include "base/assertion.h"
#include "grid/virtual_rows.h"
#include "model/price.h"
#include "tune/heights.h"

#include <math.h>

// FLOP/s by which a process gets its share: where it was measured, at this block size.
static double share_rate(const pn_rank_class *of, int nb)
{
    const double large = 1e6;
    return of->is_measured
               ? 2 * large * large * nb / pn_price_multiply(&of->cost.process, large, large, nb)
               : of->rate;
}

// A grid can be asked for of one class.
static bool has_grid(const pn_class_run *run)
{
    return run->classes == 1 && run->settings.p > 0;
}

static int height_of(const pn_class_run *run, int class, const pn_tuned_height *height)
{
    double ranks = run->of[class].ranks;
    return has_grid(run)   ? run->settings.p
           : height->p > 0 ? pn_height_beside(ranks, height)
                           : pn_height_alone(ranks);
}

static int columns_of(const pn_class_run *run, int class, int height)
{
    bool is_given = has_grid(run) && run->settings.q > 0;
    return is_given ? run->settings.q : (int)fmax(1, floor(run->of[class].ranks / height));
}

static void add_columns(pn_arrangement *a, const pn_class_run *run, int class, int height, int nb)
{
    const pn_settings *settings = &run->settings;
    bool by_rate = settings->share_mode == PN_SHARE_MODE_AUTO;
    double share = by_rate ? height * share_rate(&run->of[class], nb) : 1;
    a->height = (int)pn_max(a->height, height);
    for (int last = a->columns + columns_of(run, class, height); a->columns < last; a->columns++) {
        a->table.class_of[a->columns] = class;
        a->table.heights[a->columns] = height;
        a->table.shares[a->columns] =
            settings->share_count > 0 ? settings->shares[a->columns] : share;
        a->table.caps[a->columns] = -1;
    }
}

pn_status pn_arrangement_make_classes(pn_arrangement *a, const pn_class_run *run,
                                      const pn_tuned_height *height, int nb)
{
    int columns = 0, asked = run->settings.share_count;
    pn_assert(run->classes > 0 && run->classes <= PN_CLASSES_MOST, "there is someone to run it");
    for (int i = 0; i < run->classes; i++)
        columns += columns_of(run, i, height_of(run, i, height));
    if (asked > 0 && asked != columns)
        return pn_fail(PN_ERROR_USAGE,
                       "--shares has %d entries, and there are %d process columns; one entry a "
                       "column is allowed",
                       asked, columns);
    pn_arrangement_release(a);
    pn_status status = pn_arrangement_create(a, 0, columns);
    if (status != PN_OK)
        return status;
    a->column_major = true;
    for (int i = 0; i < run->classes; i++)
        add_columns(a, run, i, height_of(run, i, height), nb);
    return pn_virtual_rows_choose(&a->virtual_rows, a->columns, a->table.heights, NULL);
}
