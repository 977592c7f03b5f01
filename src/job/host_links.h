// SPDX-License-Identifier: BSD-3-Clause
// The links between the hosts of a job: measured once, for the choice of grid and ring, and told.
#ifndef PN_JOB_HOST_LINKS_H
#define PN_JOB_HOST_LINKS_H

#include "job/session.h"

// Sets session->links where there are 2 to PN_HOSTS_MOST hosts; else they stay NULL. All ranks call
// it; a failure is told already, the same on all.
pn_status pn_measure_hosts(pn_session *session);
void pn_release_hosts(pn_session *session);

// A line or two about them, if they were measured.
void pn_tell_hosts(pn_session *session);

#endif
