// SPDX-License-Identifier: BSD-3-Clause
// What a prediction rests on, as data: of what which figure is told, where it is from, and whether
// it is assumed. Only pn_note_text makes a line of it.
#ifndef PN_MACHINES_NOTES_H
#define PN_MACHINES_NOTES_H

#include "base/status.h"
#include "config/machine.h"

typedef struct pn_note {
    char subject[128]; // a partition, or two that are joined; "": the run
    char figure[440];  // "links a node 4", "nodes 64, 60 to 70"
    char source[192];  // "": none
    bool assumed;
} pn_note;

typedef struct pn_notes {
    int count, room;
    pn_note *note;
} pn_notes;

// Adds one that is not there yet; the printf style is the figure's. Failure: memory.
pn_status pn_note_add(pn_notes *notes, const pn_note *note);
pn_status pn_note_from(pn_notes *notes, const char *subject, const char *source, const char *format,
                       ...) __attribute__((format(printf, 4, 5)));
pn_status pn_note_assumed(pn_notes *notes, const char *subject, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void pn_notes_release(pn_notes *notes);

// "gpu: links a node 4 (assumed; a page)".
enum { PN_NOTE_BYTES = 768 };
void pn_note_text(const pn_note *note, char text[PN_NOTE_BYTES]);

// A figure of a machine file as a note tells it.
typedef struct pn_told {
    const char *key;
    const pn_figure *figure;
    pn_dimension dimension;
    const char *source; // of what it belongs to (a partition, a device, a gateway); NULL: none
} pn_told;

// Adds "clock 2GHz", "machine file". Failure: memory.
pn_status pn_note_told(pn_notes *notes, const char *subject, const pn_told *told,
                       const pn_machine *machine);

// Where a figure is from: its own source, else that of what it belongs to, else that of the
// machine; NULL if none says. What is assumed was published by none of these, so there only its own
// source counts.
const char *pn_figure_source(const pn_figure *figure, const char *source,
                             const pn_machine *machine);

// "a, b, c", as far as there is room.
void pn_names_text(const char *const *names, int count, char *text, size_t bytes);

#endif
