// SPDX-License-Identifier: BSD-3-Clause
// The slow part, by name: said after the result and no judgement of it, since the exit code is the
// residual's.
#include "report/slow.h"
#include "cli/tell.h"

#include <stdlib.h>
#include <string.h>

void pn_tell_slow_parts(pn_job *job, const pn_result *result)
{
    char *text = NULL;
    size_t bytes;
    if (job->comm->rank != 0)
        return;
    FILE *stream = open_memstream(&text, &bytes);
    pn_status status = stream ? pn_slow_text(stream, result, job->options.tolerance)
                              : pn_fail(PN_ERROR_MEMORY, "no memory to name slow parts");
    if (stream)
        fclose(stream);
    char *rest = stream ? text : NULL;
    for (char *line; rest && *rest && (line = strsep(&rest, "\n"));)
        pn_log_all(&job->log, "%s", line);
    if (status != PN_OK)
        pn_log_all(&job->log, "slow part: %s", pn_fail_message());
    free(text);
}
