// SPDX-License-Identifier: BSD-3-Clause
// A note is kept as data, subject, figure, source and whether it is assumed, and becomes a sentence
// where it is printed; equal notes are kept once.
#include "machines/notes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_same(const pn_note *a, const pn_note *b)
{
    return strcmp(a->subject, b->subject) == 0 && strcmp(a->figure, b->figure) == 0 &&
           strcmp(a->source, b->source) == 0 && a->assumed == b->assumed;
}

pn_status pn_note_add(pn_notes *notes, const pn_note *note)
{
    for (int i = 0; i < notes->count; i++)
        if (is_same(&notes->note[i], note))
            return PN_OK;
    if (notes->count == notes->room) {
        int room = notes->room ? 2 * notes->room : 32;
        pn_note *more = realloc(notes->note, (size_t)room * sizeof *more);
        if (!more)
            return pn_fail_memory("for %d notes", room);
        notes->note = more;
        notes->room = room;
    }
    notes->note[notes->count++] = *note;
    return PN_OK;
}

static pn_note note_of(const char *subject, const char *format, va_list args)
{
    pn_note note = {.assumed = false};
    snprintf(note.subject, sizeof note.subject, "%s", subject);
    vsnprintf(note.figure, sizeof note.figure, format, args);
    return note;
}

pn_status pn_note_from(pn_notes *notes, const char *subject, const char *source, const char *format,
                       ...)
{
    va_list args;
    va_start(args, format);
    pn_note note = note_of(subject, format, args);
    va_end(args);
    snprintf(note.source, sizeof note.source, "%s", source);
    return pn_note_add(notes, &note);
}

pn_status pn_note_assumed(pn_notes *notes, const char *subject, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    pn_note note = note_of(subject, format, args);
    va_end(args);
    note.assumed = true;
    return pn_note_add(notes, &note);
}

void pn_notes_release(pn_notes *notes)
{
    free(notes->note);
    *notes = (pn_notes){0};
}

void pn_note_text(const pn_note *note, char text[PN_NOTE_BYTES])
{
    bool has_source = note->source[0], has_subject = note->subject[0];
    const char *source = note->source;
    int used = snprintf(text, PN_NOTE_BYTES, "%s%s%s", note->subject, has_subject ? ": " : "",
                        note->figure);
    char *end = text + used;
    size_t room = PN_NOTE_BYTES - (size_t)used;
    if (note->assumed && has_source)
        snprintf(end, room, " (assumed; %s)", source);
    else if (note->assumed)
        snprintf(end, room, " (assumed)");
    else if (has_source)
        snprintf(end, room, " (%s)", source);
}

const char *pn_figure_source(const pn_figure *figure, const char *source, const pn_machine *machine)
{
    if (figure->source || figure->assumed)
        return figure->source;
    return source ? source : machine->source;
}

pn_status pn_note_told(pn_notes *notes, const char *subject, const pn_told *told,
                       const pn_machine *machine)
{
    pn_note note = {.assumed = told->figure->assumed};
    const pn_figure *figure = told->figure;
    char value[64], low[64], high[64];
    snprintf(note.subject, sizeof note.subject, "%s", subject);
    pn_quantity_format(figure->value, told->dimension, value, sizeof value);
    pn_quantity_format(figure->low, told->dimension, low, sizeof low);
    pn_quantity_format(figure->high, told->dimension, high, sizeof high);
    if (figure->low < figure->high)
        snprintf(note.figure, sizeof note.figure, "%s %s, %s to %s", told->key, value, low, high);
    else
        snprintf(note.figure, sizeof note.figure, "%s %s", told->key, value);
    const char *source = pn_figure_source(figure, told->source, machine);
    snprintf(note.source, sizeof note.source, "%s",
             source            ? source
             : figure->assumed ? ""
                               : "machine file");
    return pn_note_add(notes, &note);
}

void pn_names_text(const char *const *names, int count, char *text, size_t bytes)
{
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < count && used + 1 < bytes; i++)
        used += (size_t)snprintf(text + used, bytes - used, "%s%s", i ? ", " : "", names[i]);
}
