// SPDX-License-Identifier: BSD-3-Clause
#include "report/corrections.h"

#include "base/plural.h"

#include <inttypes.h>

enum { LINES = 8 };

static void print_rank(FILE *stream, const pn_result *result, int number)
{
    const pn_rank_record *rank = pn_result_rank(result, number);
    fprintf(stream, "rank %d", number);
    if (rank)
        fprintf(stream, " (%s, %s%s%s)", rank->host, rank->kind, *rank->device ? ", " : "",
                rank->device);
}

static void print_correction(FILE *stream, const pn_result *result, const pn_correction *c)
{
    if (c->rank < 0) {
        fprintf(stream, "corrected during the run: a pivot was lost before step %" PRId64, c->step);
    } else {
        fprintf(stream, "corrected during the run: row %" PRId64 ", column %" PRId64 " of ", c->row,
                c->column);
        print_rank(stream, result, c->rank);
        fprintf(stream, " was off by %.3g before step %" PRId64, c->difference, c->step);
    }
    if (c->again >= 0)
        fprintf(stream, "; all was computed again from step %" PRId64 " on\n", c->again);
    else
        fprintf(stream, "; %" PRId64 " row%s computed again\n", c->rows,
                c->rows == 1 ? " was" : "s were");
}

static int count_of(const pn_result *result, int rank)
{
    int count = 0;
    for (int i = 0; i < result->correction_count; i++)
        count += result->corrections[i].rank == rank;
    return count;
}

// Defects come again where they are.
static void print_repeated(FILE *stream, const pn_result *result)
{
    int lines = 0;
    for (int i = 0; i < result->rank_count && lines < LINES; i++) {
        int number = result->ranks[i].rank, count = count_of(result, number);
        if (count < 2)
            continue;
        fprintf(stream, "faulty part: ");
        print_rank(stream, result, number);
        fprintf(stream, " was wrong %d times in this run; do not trust it\n", count);
        lines++;
    }
}

void pn_corrections_text(FILE *stream, const pn_result *result)
{
    int count = result->correction_count;
    for (int i = 0; i < count && i < LINES; i++)
        print_correction(stream, result, &result->corrections[i]);
    if (count > LINES)
        fprintf(stream, "corrected during the run: %d error%s more, in the record\n", count - LINES,
                pn_plural(count - LINES));
    print_repeated(stream, result);
}
