// SPDX-License-Identifier: BSD-3-Clause
#include "run/live_picture.h"

#include "base/assertion.h"
#include "base/rate_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { EIGHTHS = 8, BAR = 30, NAME = 18, CURVE_LEAST = 4, CURVE_MOST = 12 };

void pn_live_add(pn_live_facts *facts, const pn_progress *progress)
{
    int from = (int)(facts->progress.share * PN_LIVE_POINTS);
    int to = (int)(progress->share * PN_LIVE_POINTS);
    for (int i = from; i <= to && i < PN_LIVE_POINTS; i++)
        if (i >= 0)
            facts->flops[i] = progress->flops_now;
    facts->progress = *progress;
}

typedef struct drawing {
    const pn_live_facts *facts;
    pn_live_picture *picture;
    int width, height;
} drawing;

// A line of bytes that are one column each.
__attribute__((format(printf, 2, 3))) static void add(drawing *d, const char *format, ...)
{
    if (d->picture->height == d->height)
        return;
    char *line = d->picture->line[d->picture->height++];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, (size_t)d->width + 1, format, arguments);
    va_end(arguments);
}

// A bar of `columns`, `part` of it full, in eighths of a column where the terminal has them.
static void draw_bar(const pn_live_facts *facts, double part, int columns, char *text)
{
    static const char *const ends[EIGHTHS] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int eighths = (int)lround(fmin(fmax(part, 0), 1) * columns * EIGHTHS);
    text[0] = '\0';
    for (int i = 0; i < columns; i++, eighths -= EIGHTHS) {
        int here = eighths < 0 ? 0 : eighths > EIGHTHS ? EIGHTHS : eighths;
        if (facts->has_blocks)
            strcat(text, here == EIGHTHS ? "█" : ends[here]);
        else
            strcat(text, here >= EIGHTHS / 2 ? "#" : ".");
    }
}

static void draw_head(drawing *d)
{
    const pn_progress *p = &d->facts->progress;
    char now[PN_FLOPS_TEXT], since[PN_FLOPS_TEXT], expected[PN_FLOPS_TEXT];
    char bar[PN_LIVE_BAR];
    add(d, "%s  N = %" PRId64 "  NB = %d  %d x %d   step %" PRId64 " of %" PRId64,
        d->facts->is_mixed ? "HPL-MxP" : "HPL", p->n, p->nb, p->p, p->q, p->step, p->steps);
    if (d->picture->height < d->height) {
        char *line = d->picture->line[d->picture->height++];
        int columns = d->width - 10;
        draw_bar(d->facts, p->share, columns, bar);
        snprintf(line, PN_LIVE_LINE, "%s %5.1f %%", bar, 100 * p->share);
    }
    pn_flops_text(p->flops_now, now);
    pn_flops_text(p->flops, since);
    pn_flops_text(p->flops_expected, expected);
    add(d, "rate    %s now, %s since the start%s%s%s", now, since,
        p->flops_expected > 0 ? ", " : "", p->flops_expected > 0 ? expected : "",
        p->flops_expected > 0 ? " expected" : "");
    add(d, "time    %.1f s so far, %.0f s left", p->seconds, p->left);
}

typedef struct scale { // of a curve, FLOP/s
    double least, most;
} scale;

// From nothing, or from half of the greatest rate where all are above that.
static scale scale_of(const pn_live_facts *facts)
{
    scale s = {INFINITY, facts->progress.flops_expected};
    for (int i = 0; i < PN_LIVE_POINTS; i++) {
        s.most = fmax(s.most, facts->flops[i]);
        if (facts->flops[i] > 0)
            s.least = fmin(s.least, facts->flops[i]);
    }
    s.least = s.least >= s.most / 2 && isfinite(s.least) ? s.most / 2 : 0;
    return s;
}

// Row `row` of `rows`, from above.
static void draw_curve_row(const drawing *d, const scale *s, int row, int rows, int columns,
                           char *text)
{
    static const char *const blocks[EIGHTHS + 1] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    text[0] = '\0';
    for (int column = 0; column < columns; column++) {
        double value = d->facts->flops[(int64_t)column * PN_LIVE_POINTS / columns];
        double height = s->most > s->least ? (value - s->least) / (s->most - s->least) : 0;
        int eighths = (int)lround(fmax(height, 0) * rows * EIGHTHS) - (rows - 1 - row) * EIGHTHS;
        eighths = eighths < 0 ? 0 : eighths > EIGHTHS ? EIGHTHS : eighths;
        if (d->facts->has_blocks)
            strcat(text, blocks[eighths]);
        else
            strcat(text, eighths >= EIGHTHS / 2 ? "#" : " ");
    }
}

static void draw_curve(drawing *d)
{
    enum { LABEL = 20, BELOW = 5 }; // columns of rates, and lines beside those of phases
    scale s = scale_of(d->facts);
    int room = d->height - d->picture->height - PN_PHASE_COUNT - BELOW;
    int rows = room < CURVE_LEAST ? CURVE_LEAST : room > CURVE_MOST ? CURVE_MOST : room;
    int columns = d->width - LABEL;
    char text[PN_LIVE_BAR], rate[PN_FLOPS_TEXT];
    add(d, "%s", "");
    for (int row = 0; row < rows && d->picture->height < d->height; row++) {
        char *line = d->picture->line[d->picture->height++];
        bool is_labelled = s.most > 0 && (row == 0 || row == rows - 1);
        draw_curve_row(d, &s, row, rows, columns, text);
        pn_flops_text(row == 0 ? s.most : s.least, rate);
        snprintf(line, PN_LIVE_LINE, "%s %s", text, is_labelled ? rate : "");
    }
    add(d, "0 %%%*s", columns - 3, "100 % of the work");
}

static void draw_phases(drawing *d)
{
    const pn_progress *p = &d->facts->progress;
    add(d, "%s", "");
    add(d, "where the time of rank 0 goes");
    for (int i = 0; i < PN_PHASE_COUNT && d->picture->height < d->height; i++) {
        char *line = d->picture->line[d->picture->height++], bar[PN_LIVE_BAR], name[NAME + 1];
        double part = p->seconds > 0 ? p->phases[i] / p->seconds : 0;
        snprintf(name, sizeof name, "%s", pn_phase_name((pn_phase)i));
        for (char *at = name; *at; at++)
            *at = *at == '_' ? ' ' : *at;
        draw_bar(d->facts, part, BAR, bar);
        snprintf(line, PN_LIVE_LINE, "%-*s %s %5.1f %%", NAME, name, bar, 100 * part);
    }
    if (p->moves > 0)
        add(d, "block columns moved %.0f time%s", p->moves, p->moves == 1 ? "" : "s");
}

void pn_live_draw(const pn_live_facts *facts, int width, int height, pn_live_picture *picture)
{
    drawing d = {facts, picture, width < PN_LIVE_WIDTH ? width : PN_LIVE_WIDTH,
                 height < PN_LIVE_HEIGHT ? height : PN_LIVE_HEIGHT};
    pn_assert(width >= PN_LIVE_LEAST_WIDTH && height >= PN_LIVE_LEAST_HEIGHT,
              "a picture of a run has its least size");
    memset(picture, 0, sizeof *picture);
    draw_head(&d);
    draw_curve(&d);
    draw_phases(&d);
}
