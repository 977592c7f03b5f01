// SPDX-License-Identifier: BSD-3-Clause
#include "measure/blas_table.h"

#include <stdio.h>
#include <string.h>

int pn_blas_table_best(const pn_blas_table *table)
{
    int best = -1;
    for (int i = 0; i < table->count; i++)
        if (table->rows[i].verdict == PN_BLAS_RIGHT &&
            (best < 0 || table->rows[i].gflops > table->rows[best].gflops))
            best = i;
    return best;
}

void pn_blas_row_name(const pn_blas_row *row, char *text, int bytes)
{
    const char *kernels = row->kernels[0] ? row->kernels : row->value;
    snprintf(text, (size_t)bytes, "%s%s%s", row->name, kernels[0] ? " " : "", kernels);
}

const char *pn_blas_verdict_name(pn_blas_verdict verdict)
{
    static const char *const names[] = {[PN_BLAS_RIGHT] = "right",
                                        [PN_BLAS_SLOW] = "slow",
                                        [PN_BLAS_WRONG] = "wrong",
                                        [PN_BLAS_UNSAFE] = "unsafe",
                                        [PN_BLAS_REFUSED] = "refused"};
    return names[verdict];
}

bool pn_blas_table_held_back(const pn_blas_table *table, char *text, int bytes)
{
    const double alike = 0.98; // as near as trials tell rates apart
    const pn_blas_row *own = NULL;
    char name[128], cost[224];
    if (table->taken < 0)
        return false;
    const pn_blas_row *taken = &table->rows[table->taken];
    for (int i = 0; i < table->count; i++)
        if (table->rows[i].users_own[0] && (!own || table->rows[i].gflops > own->gflops))
            own = &table->rows[i];
    if (!own || own == taken)
        return false;
    bool is_measured = own->gflops > 0 && own->verdict <= PN_BLAS_SLOW;
    if (is_measured && own->gflops >= alike * taken->gflops)
        return false;
    if (is_measured)
        snprintf(cost, sizeof cost, "costs %.0f %%", 100 * (1 - own->gflops / taken->gflops));
    else
        snprintf(cost, sizeof cost, "is %s (%s)", pn_blas_verdict_name(own->verdict), own->why);
    pn_blas_row_name(taken, name, sizeof name);
    snprintf(text, (size_t)bytes,
             "%s %s: %s is taken instead; --blas openblas, blis, mkl or PATH would keep it",
             own->users_own, cost, name);
    return true;
}

// The fastest right row of another library than the one taken.
static const pn_blas_row *second_library(const pn_blas_table *table)
{
    const pn_blas_row *taken = &table->rows[table->taken], *best = NULL;
    for (int i = 0; i < table->count; i++) {
        const pn_blas_row *row = &table->rows[i];
        if (row->verdict <= PN_BLAS_SLOW && strcmp(row->path, taken->path) != 0 &&
            (!best || row->gflops > best->gflops))
            best = row;
    }
    return best;
}

void pn_blas_table_summary(const pn_blas_table *table, char *text, int bytes)
{
    const pn_blas_row *taken = &table->rows[table->taken], *other = second_library(table);
    char share[80] = "", second[160] = "", name[128];
    if (table->peak_gflops > 0)
        snprintf(share, sizeof share, ", %.0f %% of the peak of %.4g (%s)",
                 100 * taken->gflops / table->peak_gflops, table->peak_gflops, table->peak_unit);
    if (other) {
        pn_blas_row_name(other, name, sizeof name);
        snprintf(second, sizeof second, "; %s gave %.4g", name, other->gflops);
    }
    snprintf(text, (size_t)bytes, "%.4g GFLOP/s a core in a trial%s%s", taken->gflops, share,
             second);
}
