// SPDX-License-Identifier: BSD-3-Clause
// What a forecast rests on, below its tables: the same list for machines, systems and trainings.
#ifndef PN_CLI_NOTE_LIST_H
#define PN_CLI_NOTE_LIST_H

#include "machines/notes.h"

// On standard output, a line for each note, wrapped. Assumptions are told whether asked for or not;
// all: what was published, measured or given as well.
void pn_note_list_print(const pn_notes *notes, bool all);

#endif
