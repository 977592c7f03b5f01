// SPDX-License-Identifier: BSD-3-Clause
// Ranks tell each other what they found. Slurm may run several of its nodes on one host, and says
// so in the environment of their tasks; an MPI's launcher may hand one node's name to all hosts,
// hence host and node together.
#include "job/host_expect.h"

#include "base/exit_code.h"
#include "comm/group.h"
#include "config/expect.h"

#include <stdio.h>
#include <stdlib.h>

enum { TAG = 0 };

pn_status pn_host_expect_check(pn_job *job)
{
    pn_comm *comm = job->comm;
    const char *node = getenv("SLURMD_NODENAME");
    pn_expect_rank *all = calloc((size_t)comm->size, sizeof *all);
    if (!all)
        pn_comm_abort(comm, PN_EXIT_FAILURE); // the others wait for it
    pn_expect_rank *mine = &all[comm->rank];
    *mine = (pn_expect_rank){
        .cpu_set = job->host.cpu_set, .cores = job->host.usable, .expected = job->options.expect};
    pn_job_host_label(job, comm->rank, mine->host);
    snprintf(mine->node, sizeof mine->node, "%s", node ? node : "");
    pn_group world = pn_group_world(comm, TAG);
    pn_group_gather_all(&world, all, sizeof *all);
    pn_status status = pn_expect_check(all, comm->size, comm->rank);
    free(all);
    return status;
}
