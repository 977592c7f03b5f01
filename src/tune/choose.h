// SPDX-License-Identifier: BSD-3-Clause
// From what was asked for and what every rank has, choose what was left open: threads, NB, P x Q,
// N, who is left out; say why in one line each, and what to expect. Pure; rank 0 of a job chooses
// for all (job/test_case.h), for unlike hosts may round the same formula differently.
#ifndef PN_TUNE_CHOOSE_H
#define PN_TUNE_CHOOSE_H

#include "tune/choice.h"

// info[ranks], numbered here (pn_rank_info_number). With shares by rate, ranks that cost more than
// they bring, be it by their rate, their links or their memory, are left out (choose_leave.c),
// unless a grid was asked for or shares were given for each rank. Failures (PN_ERROR_USAGE or
// PN_ERROR_MEMORY), each saying what was asked and what is allowed: P x Q that is not `ranks`, N or
// NB out of range, N that does not fit (with the largest that does), a host without memory for the
// smallest N.
pn_status pn_choose(pn_choice *choice, const pn_choice_request *request, pn_rank_info *info,
                    int ranks);

#endif
