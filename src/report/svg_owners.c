// SPDX-License-Identifier: BSD-3-Clause
// The block columns from left to right, each in the lane of its owner: a process column, or where
// there are many, a kind of part.
#include "report/svg_private.h"

#include <stdlib.h>

enum { LANES_MOST = 16, PIECES_MOST = 1500 };

typedef struct lanes {
    const pn_svg *svg;
    bool by_kind; // else by process column
    int count;
    double top;
    double *dealt, *moved_to; // [count] shares of the block columns
    bool moved; // then the upper half of a lane shows what was dealt, the lower what it ended with
} lanes;

static int lane_of(const lanes *l, int column)
{
    return l->by_kind ? l->svg->kinds->of_column[column] : column;
}

static double lane_top(const lanes *l, int lane)
{
    return l->top + lane * (PN_SVG_LANE + PN_SVG_GAP);
}

static const pn_ownership *ownership_of(const lanes *l, bool after)
{
    return after ? &l->svg->result->ownership_after : &l->svg->result->ownership;
}

typedef struct stretch { // of the block columns, as parts of all
    int column;
    double begin, end;
    bool after;
} stretch;

static void draw_piece(const lanes *l, stretch is)
{
    double top = lane_top(l, lane_of(l, is.column)), height = PN_SVG_LANE;
    if (l->moved)
        height /= 2;
    pn_svg_draw(l->svg,
                (pn_svg_rectangle){PN_SVG_LEFT + is.begin * PN_SVG_BARS,
                                   is.after ? top + height : top, (is.end - is.begin) * PN_SVG_BARS,
                                   height, pn_svg_kind_color(l->svg->kinds->of_column[is.column])});
}

// Many runs are sampled: each piece of the picture shows the owner of its first block column.
static void draw_pieces(const lanes *l, bool after)
{
    const pn_ownership *own = ownership_of(l, after);
    double all = (double)own->block_columns;
    int64_t run = 0, pieces = own->runs > PIECES_MOST ? PIECES_MOST : own->runs;
    pn_gidx end = own->blocks[0];
    if (pieces == own->runs) {
        for (pn_gidx begin = 0; run < own->runs; begin += own->blocks[run++])
            draw_piece(l, (stretch){own->column[run], (double)begin / all,
                                    (double)(begin + own->blocks[run]) / all, after});
        return;
    }
    for (int64_t piece = 0; piece < pieces; piece++) {
        while ((double)end <= (double)piece / (double)pieces * all)
            end += own->blocks[++run];
        draw_piece(l, (stretch){own->column[run], (double)piece / (double)pieces,
                                (double)(piece + 1) / (double)pieces, after});
    }
}

// shares[count]: of the block columns.
static void add_up(const lanes *l, bool after, double *shares)
{
    const pn_ownership *own = ownership_of(l, after);
    for (int64_t i = 0; i < own->runs; i++)
        shares[lane_of(l, own->column[i])] += (double)own->blocks[i] / (double)own->block_columns;
}

static void say_lane(const lanes *l, int lane)
{
    const pn_svg *svg = l->svg;
    double y = lane_top(l, lane) + PN_SVG_LANE - 5;
    int kind = l->by_kind ? lane : svg->kinds->of_column[lane];
    pn_svg_label label = {PN_SVG_MARGIN, y, "label"};
    char name[160];
    if (l->by_kind)
        snprintf(name, sizeof name, "%s", svg->kinds->kind[kind].name);
    else
        snprintf(name, sizeof name, "process column %d, %s", lane, svg->kinds->kind[kind].name);
    pn_svg_cut(name, PN_SVG_LETTERS);
    pn_svg_say(svg, label, "%s", name);
    label.x = PN_SVG_LEFT + PN_SVG_BARS + PN_SVG_GAP;
    label.look = "figure";
    if (l->moved)
        pn_svg_say(svg, label, "%.1f %%, then %.1f %%", 100.0 * l->dealt[lane],
                   100.0 * l->moved_to[lane]);
    else
        pn_svg_say(svg, label, "%.1f %%", 100.0 * l->dealt[lane]);
}

static double draw_lanes(lanes l, double top)
{
    const pn_svg *svg = l.svg;
    add_up(&l, false, l.dealt);
    add_up(&l, true, l.moved_to);
    pn_svg_say(svg, (pn_svg_label){PN_SVG_MARGIN, top + 16, "head"},
               "Who owns which block columns");
    for (int lane = 0; lane < l.count; lane++) {
        pn_svg_draw(svg, (pn_svg_rectangle){PN_SVG_LEFT, lane_top(&l, lane), PN_SVG_BARS,
                                            PN_SVG_LANE, "#f0f0f0"});
        say_lane(&l, lane);
    }
    if (svg->stream)
        draw_pieces(&l, false);
    if (svg->stream && l.moved)
        draw_pieces(&l, true);
    double y = lane_top(&l, l.count) + 10;
    pn_svg_say(svg, (pn_svg_label){PN_SVG_LEFT, y, "note"}, "block column 0, factored first");
    pn_svg_say(svg, (pn_svg_label){PN_SVG_LEFT + PN_SVG_BARS, y, "end"}, "%lld, last",
               (long long)svg->result->ownership.block_columns - 1);
    if (!l.moved)
        return y + 16;
    pn_svg_say(svg, (pn_svg_label){PN_SVG_LEFT, y + 14, "note"},
               "upper halves: as dealt; lower halves: after the last move");
    return y + 30;
}

double pn_svg_owners(const pn_svg *svg, double top)
{
    const pn_result *result = svg->result;
    if (result->ownership.runs == 0 || result->rank_count == 0)
        return top;
    lanes l = {.svg = svg, .by_kind = result->settings.q > LANES_MOST, .top = top + 28};
    l.moved = result->ownership_after.runs > 0;
    l.count = l.by_kind ? svg->kinds->count : result->settings.q;
    l.dealt = calloc((size_t)l.count, 2 * sizeof *l.dealt);
    if (!l.dealt)
        return top; // a picture without them
    l.moved_to = l.dealt + l.count;
    top = draw_lanes(l, top);
    free(l.dealt);
    return top;
}
