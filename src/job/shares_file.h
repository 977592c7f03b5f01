// SPDX-License-Identifier: BSD-3-Clause
// --shares @FILE: relative speeds of the ranks. A line holds one number, for the ranks in order, or
// a host's name and a number, for each rank there; blank lines and what follows # mean nothing.
#ifndef PN_JOB_SHARES_FILE_H
#define PN_JOB_SHARES_FILE_H

#include "tune/choose.h"

// shares[ranks], info[ranks]. Failures: the file cannot be read, a line that is neither, a rank
// without a share, a share without a rank.
pn_status pn_shares_read(double *shares, const pn_rank_info *info, int ranks, const char *path);

#endif
