// SPDX-License-Identifier: BSD-3-Clause
// What each rank spent the time on. Of many ranks only those that are slowest against their own
// kind are shown, slowest first.
#include "report/svg_private.h"

#include "report/standing.h"

#include <math.h>
#include <stdlib.h>

enum { RANKS_MOST = 16 };

static void draw_legend(const pn_svg *svg, double y)
{
    double x = PN_SVG_LEFT - 60;
    for (int phase = 0; phase < PN_PHASE_COUNT; phase++) {
        char name[64];
        pn_svg_phase_name((pn_phase)phase, name, sizeof name);
        pn_svg_draw(svg, (pn_svg_rectangle){x, y - 9, 10, 10, pn_svg_phase_color((pn_phase)phase)});
        pn_svg_say(svg, (pn_svg_label){x + 14, y, "note"}, "%s", name);
        x += 30 + 6.2 * (double)snprintf(NULL, 0, "%s", name);
    }
}

static void draw_bar(const pn_svg *svg, double y, const pn_rank_record *rank)
{
    double x = PN_SVG_LEFT, scale = PN_SVG_BARS / svg->result->seconds, left = PN_SVG_BARS;
    pn_svg_draw(svg, (pn_svg_rectangle){x, y, PN_SVG_BARS, PN_SVG_LANE, "#f0f0f0"});
    for (int phase = 0; phase < PN_PHASE_COUNT; phase++) {
        double width = fmin(left, rank->phase_seconds[phase] * scale);
        const char *color = pn_svg_phase_color((pn_phase)phase);
        pn_svg_draw(svg, (pn_svg_rectangle){x, y, width, PN_SVG_LANE, color});
        x += width;
        left -= width;
    }
}

// All ranks, in their own order if all are shown; NULL: no memory.
static pn_standing *line_up(const pn_svg *svg)
{
    int ranks = svg->result->rank_count;
    pn_standing *line = calloc((size_t)ranks + 1, sizeof *line);
    for (int i = 0; line && i < ranks; i++)
        line[i] = (pn_standing){svg->kinds->relative[i], i};
    if (line && ranks > RANKS_MOST)
        qsort(line, (size_t)ranks, sizeof *line, pn_standing_order);
    return line;
}

double pn_svg_ranks(const pn_svg *svg, double top)
{
    const pn_result *result = svg->result;
    int count = result->rank_count < RANKS_MOST ? result->rank_count : RANKS_MOST;
    pn_standing *line = result->seconds > 0.0 && count > 0 ? line_up(svg) : NULL;
    if (!line)
        return top;
    pn_svg_label head = {PN_SVG_MARGIN, top + 16, "head"};
    if (count < result->rank_count)
        pn_svg_say(svg, head, "What the %d slowest of %d ranks spent the time on", count,
                   result->rank_count);
    else
        pn_svg_say(svg, head, "What each rank spent the time on");
    pn_svg_say(svg, (pn_svg_label){PN_SVG_WIDTH - PN_SVG_MARGIN, top + 16, "end"},
               "multiply rate, and how it compares with its kind");
    double y = top + 28;
    for (int i = 0; i < count; i++, y += PN_SVG_LANE + PN_SVG_GAP) {
        const pn_rank_record *rank = &result->ranks[line[i].index];
        pn_svg_say_rank(svg, y + PN_SVG_LANE - 5, rank);
        draw_bar(svg, y, rank);
        pn_svg_label figure = {PN_SVG_LEFT + PN_SVG_BARS + PN_SVG_GAP, y + PN_SVG_LANE - 5,
                               "figure"};
        pn_svg_say(svg, figure, "%.4g GFLOP/s, %.0f %%", 1e-9 * rank->rate,
                   100.0 * line[i].relative);
    }
    free(line);
    draw_legend(svg, y + 12);
    return y + 32;
}
