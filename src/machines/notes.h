// SPDX-License-Identifier: BSD-3-Clause
// What a prediction rests on, in words: figures with their ranges and where they are from.
#ifndef PN_MACHINES_NOTES_H
#define PN_MACHINES_NOTES_H

#include "machines/predict.h"

// A figure as a note tells it.
typedef struct pn_told {
    const char *key;
    const pn_figure *figure;
    pn_dimension dimension;
    const char *source; // of what it belongs to (a partition, a device, a gateway); NULL: none
} pn_told;

// A note in printf style. Failure: memory.
pn_status pn_prediction_note(pn_prediction *prediction, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Where a figure is from: its own source, else that of what it belongs to, else that of the
// machine; NULL if none says. What is assumed was published by none of these, so there only its own
// source counts.
const char *pn_figure_source(const pn_figure *figure, const char *source,
                             const pn_machine *machine);

// "links a node 4 (assumed)", "nodes 64, 60 to 70 (a page)", "clock 2GHz (machine file)".
enum { PN_TOLD_BYTES = 384 };
void pn_told_text(const pn_told *told, const pn_machine *machine, char text[PN_TOLD_BYTES]);

// "a, b, c", as far as there is room.
void pn_names_text(const char *const *names, int count, char *text, size_t bytes);

#endif
