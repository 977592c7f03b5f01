// SPDX-License-Identifier: BSD-3-Clause
#include "measure/result.h"

#include <stdlib.h>

void pn_result_release(pn_result *result)
{
    free(result->ranks);
    result->ranks = NULL;
    result->rank_count = 0;
    pn_trace_release(&result->trace);
}

double pn_result_operations(pn_gidx n)
{
    double size = (double)n;
    return (2.0 / 3.0 * size + 1.5) * size * size;
}
