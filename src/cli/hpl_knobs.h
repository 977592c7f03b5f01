// SPDX-License-Identifier: BSD-3-Clause
// What of an HPL.dat has no effect here, told once each.
#ifndef PN_CLI_HPL_KNOBS_H
#define PN_CLI_HPL_KNOBS_H

#include "base/log.h"
#include "config/hpldat.h"

// `usual` is the threshold that results are held against where the file has none.
void pn_hpl_knobs_tell(pn_log *log, const pn_hpldat *dat, double usual);

#endif
