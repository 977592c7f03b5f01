// SPDX-License-Identifier: BSD-3-Clause
// Places on the TOP500 lists, as people read them.
#ifndef PN_CLI_LIST_RANK_H
#define PN_CLI_LIST_RANK_H

#include "top500/list_file.h"
#include "top500/rank_by_knots.h"

#include <stddef.h>
#include <stdint.h>

// "June 2023" for 202306.
void pn_edition_text(int edition, char *text, size_t bytes);

// "place 3", "about place 31", "below place 500 (1.87 PFLOP/s)"; tflops in TFLOP/s.
void pn_list_rank_text(const pn_knots *list, double tflops, char *text, size_t bytes);

// The place as a whole number; PN_LIST_LENGTH + 1: not on the list.
int pn_list_rank_number(const pn_knots *list, double tflops);

// The list asked for by number, 0 being the last one. NULL with a failure message if there is none.
const pn_knots *pn_list_rank_knots(int64_t edition);

#endif
