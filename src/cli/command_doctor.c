// SPDX-License-Identifier: BSD-3-Clause
// panache doctor: what slows a run here, without a run: what the environment, the limits, the
// system, the BLAS and the MPI of every rank say, what it costs, and what to do.
#include "cli/command.h"
#include "cli/json_file.h"
#include "cli/output.h"
#include "comm/group.h"
#include "job/examine.h"
#include "job/open_job.h"
#include "report/diagnosis_text.h"

#include <stdlib.h>
#include <string.h>

enum { TAG = 0, LINES_MOST = 64 };

static pn_status report(pn_job *job, const pn_diagnosis *all, int *findings)
{
    pn_symptom_line lines[LINES_MOST];
    pn_diagnosis_page page = {.all = all, .ranks = job->comm->size, .lines = lines};
    const char *json = job->options.json;
    page.count = pn_diagnosis_join(all, page.ranks, lines, LINES_MOST);
    *findings = pn_diagnosis_matters(&page);
    pn_log_settle(&job->log);
    if (strcmp(json, "-") != 0)
        pn_diagnosis_text(stdout, &page);
    return strcmp(json, "none") != 0 ? pn_json_file_write(pn_diagnosis_json(&page), json) : PN_OK;
}

// All ranks end with the same exit code.
static pn_status carry_out(pn_job *job, int *findings)
{
    pn_comm *comm = job->comm;
    bool speaks = comm->rank == 0;
    pn_group world = pn_group_world(comm, TAG);
    pn_diagnosis *all = calloc((size_t)comm->size, sizeof *all);
    pn_status status = all ? PN_OK : pn_fail_memory("to examine %d ranks", comm->size);
    *findings = 0;
    PN_TRY(pn_job_agree(job, status));
    PN_TRY(pn_job_agree(job, speaks ? pn_output_check_json(&job->options) : PN_OK));
    pn_job_examine(job, &all[comm->rank]);
    pn_group_gather_all(&world, all, sizeof *all);
    PN_TRY(pn_job_agree(job, speaks ? report(job, all, findings) : PN_OK));
    pn_group_broadcast(&world, findings, sizeof *findings, 0);
fail:
    free(all);
    return status;
}

int pn_command_doctor(const pn_invocation *invocation)
{
    pn_job job;
    int findings = 0;
    pn_status status = pn_job_open(&job, invocation);
    if (status == PN_OK)
        status = carry_out(&job, &findings);
    pn_job_close(&job);
    return status != PN_OK ? PN_EXIT_FAILURE : findings ? PN_EXIT_FINDING : PN_EXIT_PASSED;
}
