// SPDX-License-Identifier: BSD-3-Clause
// The links between the hosts of a job: measured once, for the choice of grid and ring, and told.
#ifndef PN_JOB_HOST_LINKS_H
#define PN_JOB_HOST_LINKS_H

#include "job/job.h"

// Sets job->links where there are 2 to PN_HOSTS_MOST hosts; else they stay NULL. All ranks call
// it; a failure is told already, the same on all.
pn_status pn_host_links_measure(pn_job *job);
void pn_host_links_release(pn_job *job);

// A line or two about them, if they were measured.
void pn_host_links_tell(pn_job *job);

#endif
