// SPDX-License-Identifier: BSD-3-Clause
#include "measure/result.h"

#include <stdlib.h>

void pn_result_release(pn_result *result)
{
    free(result->ranks);
    free(result->columns);
    free(result->left_out);
    result->ranks = NULL;
    result->columns = NULL;
    result->left_out = NULL;
    result->rank_count = result->left_out_count = 0;
    pn_trace_release(&result->trace);
}

double pn_result_operations(pn_gidx n)
{
    double size = (double)n;
    return (2.0 / 3.0 * size + 1.5) * size * size;
}
