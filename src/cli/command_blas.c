// SPDX-License-Identifier: BSD-3-Clause
// panache blas: every BLAS of this host with every kind of kernels that can be selected, tried anew
// and remembered for the runs that follow.
#include "cli/command.h"
#include "cli/json_file.h"
#include "comm/launcher.h"
#include "measure/host.h"
#include "probe/blas_choose.h"
#include "report/blas_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static pn_status count_threads(const pn_options *options, int *threads)
{
    pn_host host;
    *threads = (int)options->threads;
    if (*threads > 0)
        return PN_OK;
    pn_status status = pn_host_observe(&host, NULL);
    *threads = status == PN_OK ? host.usable : 1;
    if (status == PN_OK)
        pn_host_release(&host);
    return status;
}

static pn_status report(const pn_options *options, const pn_blas_table *table)
{
    pn_status status = PN_OK;
    if (strcmp(options->json, "-") != 0)
        pn_blas_text(stdout, table);
    if (strcmp(options->json, "none") != 0)
        status = pn_json_file_write(pn_blas_json(table), options->json);
    if (status == PN_OK && (fflush(stdout) != 0 || ferror(stdout)))
        status = pn_fail(PN_ERROR_SYSTEM, "standard output: writing failed: %s", strerror(errno));
    return status;
}

int pn_command_blas(const pn_invocation *invocation)
{
    const pn_options *options = &invocation->options;
    pn_blas_choose_request wish = {.anew = true};
    pn_status status = PN_OK;
    if (pn_launch_rank() > 0) // of a job: one process tells it
        return PN_EXIT_PASSED;
    pn_blas_table *table = calloc(1, sizeof *table);
    if (!table)
        status = pn_fail_memory("for a table of libraries");
    if (status == PN_OK)
        status = count_threads(options, &wish.threads);
    if (status == PN_OK)
        status = pn_blas_choose(table, &wish);
    if (status == PN_OK)
        status = report(options, table);
    int exit_code = status != PN_OK     ? pn_command_failed()
                    : table->taken >= 0 ? PN_EXIT_PASSED
                                        : PN_EXIT_FINDING;
    free(table);
    return exit_code;
}
