// SPDX-License-Identifier: BSD-3-Clause
// What the sections of the picture share. Each section draws from `top` down and returns the y
// where the next may begin; drawn with stream = NULL it only says how high it is.
#ifndef PN_REPORT_SVG_PRIVATE_H
#define PN_REPORT_SVG_PRIVATE_H

#include "report/rank_kinds.h"
#include "report/svg.h"

enum {
    PN_SVG_WIDTH = 1000,
    PN_SVG_MARGIN = 20,
    PN_SVG_LEFT = 250, // of the bars; labels stand to the left of it
    PN_SVG_BARS = 600, // width of the bars; figures stand to the right of them
    PN_SVG_LANE = 18,  // height of a bar
    PN_SVG_GAP = 6,
    PN_SVG_LETTERS = 34 // of a label
};

typedef struct pn_svg {
    FILE *stream;
    const pn_result *result;
    const pn_rank_kinds *kinds;
} pn_svg;

typedef struct pn_svg_rectangle {
    double x, y, width, height;
    const char *color;
} pn_svg_rectangle;

typedef struct pn_svg_label {
    double x, y;
    const char *look; // "title", "label", "figure" or "note": a class of the style sheet
} pn_svg_label;

void pn_svg_draw(const pn_svg *svg, pn_svg_rectangle rectangle);
void pn_svg_say(const pn_svg *svg, pn_svg_label label, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

const char *pn_svg_kind_color(int part);

// Shortens a label to so many bytes and "..."; never ends inside a letter of several bytes.
void pn_svg_cut(char *text, size_t bytes);

// The label left of a bar: a rank, its host, its kind, cut to what fits.
void pn_svg_say_rank(const pn_svg *svg, double y, const pn_rank_record *rank);

double pn_svg_owners(const pn_svg *svg, double top);
double pn_svg_ranks(const pn_svg *svg, double top);
double pn_svg_timelines(const pn_svg *svg, double top);

#endif
