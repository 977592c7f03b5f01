// SPDX-License-Identifier: BSD-3-Clause
#include "machines/notes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

pn_status pn_prediction_note(pn_prediction *prediction, const char *format, ...)
{
    if (prediction->notes == prediction->note_room) {
        int room = prediction->note_room ? 2 * prediction->note_room : 32;
        pn_note *note = realloc(prediction->note, (size_t)room * sizeof *note);
        if (!note)
            return pn_fail_memory("for %d notes", room);
        prediction->note = note;
        prediction->note_room = room;
    }
    va_list args;
    va_start(args, format);
    char *text = prediction->note[prediction->notes++].text;
    vsnprintf(text, sizeof prediction->note->text, format, args);
    va_end(args);
    return PN_OK;
}

const char *pn_figure_source(const pn_figure *figure, const char *source, const pn_machine *machine)
{
    if (figure->source || figure->assumed)
        return figure->source;
    return source ? source : machine->source;
}

void pn_told_text(const pn_told *told, const pn_machine *machine, char text[PN_TOLD_BYTES])
{
    const pn_figure *figure = told->figure;
    char value[64], low[64], high[64], range[160] = "";
    pn_quantity_format(figure->value, told->dimension, value, sizeof value);
    pn_quantity_format(figure->low, told->dimension, low, sizeof low);
    pn_quantity_format(figure->high, told->dimension, high, sizeof high);
    if (figure->low < figure->high)
        snprintf(range, sizeof range, ", %s to %s", low, high);
    const char *source = pn_figure_source(figure, told->source, machine);
    const char *otherwise = figure->assumed ? "" : "machine file";
    snprintf(text, PN_TOLD_BYTES, "%s %s%s (%s%s%s)", told->key, value, range,
             figure->assumed ? "assumed" : "", figure->assumed && source ? "; " : "",
             source ? source : otherwise);
}

void pn_names_text(const char *const *names, int count, char *text, size_t bytes)
{
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < count && used + 1 < bytes; i++)
        used += (size_t)snprintf(text + used, bytes - used, "%s%s", i ? ", " : "", names[i]);
}
