// SPDX-License-Identifier: BSD-3-Clause
// How the time went by: from left to right the seconds of the run, from bottom to top the share of
// each phase in the step that was under way, so that an area is an amount of time. What is left
// white was spent on nothing that is recorded.
#include "report/svg_private.h"

#include <math.h>
#include <stdlib.h>

enum { HEIGHT = 64, TICKS = 6, MOVES_TOLD = 16 };

static const double seam = 0.2; // neighbours overlap so that no line shows between them

typedef struct line {
    const pn_trace *trace;
    double top, back; // y; seconds of the back substitution
} line;

static double end_of(const pn_svg *svg, const line *l, pn_gidx i)
{
    double factored = svg->result->seconds - l->back;
    return i + 1 < l->trace->count ? l->trace->records[i + 1].begin : factored;
}

// The seconds that stand for the whole height: of one step, or what its phases add up to.
static double full_step(const pn_svg *svg, const line *l, pn_gidx i)
{
    const pn_trace *trace = l->trace;
    const pn_step_record *record = &trace->records[i];
    double sum = 0.0, steps = 1.0;
    for (int phase = 0; phase < PN_PHASE_COUNT; phase++)
        sum += record->seconds[phase];
    if (i + 1 < trace->count)
        steps = (double)(trace->records[i + 1].step - record->step);
    return fmax(sum, (end_of(svg, l, i) - record->begin) / steps);
}

static void draw_step(const pn_svg *svg, const line *l, pn_gidx i)
{
    const pn_step_record *record = &l->trace->records[i];
    double scale = PN_SVG_BARS / svg->result->seconds, full = full_step(svg, l, i);
    double x = PN_SVG_LEFT + record->begin * scale;
    double width = (end_of(svg, l, i) - record->begin) * scale + seam, y = l->top + HEIGHT;
    static const pn_phase order[] = {PN_PHASE_MULTIPLY,   PN_PHASE_STRIP, PN_PHASE_PANEL,
                                     PN_PHASE_SOLVE_ROWS, PN_PHASE_ROWS,  PN_PHASE_BROADCAST};
    if (full <= 0.0)
        return;
    for (size_t p = 0; p < sizeof order / sizeof *order; p++) {
        double height = record->seconds[order[p]] / full * HEIGHT;
        y -= height;
        pn_svg_draw(svg, (pn_svg_rectangle){x, y, width, height, pn_svg_phase_color(order[p])});
    }
}

// rank: of the trace; NULL: it has no record.
static double draw_timeline(const pn_svg *svg, double top, const pn_rank_record *rank,
                            const pn_trace *trace)
{
    if (trace->count == 0 || !rank)
        return top;
    line l = {trace, top, rank->phase_seconds[PN_PHASE_BACK]};
    pn_svg_draw(svg, (pn_svg_rectangle){PN_SVG_LEFT, top, PN_SVG_BARS, HEIGHT, "#f0f0f0"});
    pn_svg_say_rank(svg, top + HEIGHT / 2.0 + 4, rank);
    for (pn_gidx i = 0; svg->stream && i < trace->count; i++)
        draw_step(svg, &l, i);
    double back = l.back / svg->result->seconds * PN_SVG_BARS;
    pn_svg_draw(svg, (pn_svg_rectangle){PN_SVG_LEFT + PN_SVG_BARS - back, top, back, HEIGHT,
                                        pn_svg_phase_color(PN_PHASE_BACK)});
    pn_svg_label figure = {PN_SVG_LEFT + PN_SVG_BARS + PN_SVG_GAP, top + HEIGHT / 2.0 + 4,
                           "figure"};
    pn_svg_say(svg, figure, "process column %d", rank->column);
    return top + HEIGHT + PN_SVG_GAP;
}

static void draw_axis(const pn_svg *svg, double y)
{
    double seconds = svg->result->seconds, unit = pow(10.0, floor(log10(seconds / TICKS)));
    double rough = seconds / TICKS / unit, step = unit * (rough > 5 ? 10 : rough > 2 ? 5 : 2);
    for (double at = 0.0; at <= seconds; at += step) {
        double x = PN_SVG_LEFT + at / seconds * PN_SVG_BARS;
        pn_svg_draw(svg, (pn_svg_rectangle){x, y - PN_SVG_GAP, 1, 5, "#666666"});
        pn_svg_say(svg, (pn_svg_label){x, y + 12, "middle"}, "%g s", at);
    }
}

// Where the step begins before which block columns moved, by the nearest record that was kept.
static double migration_time(const pn_trace *trace, const pn_migration_record *move)
{
    pn_gidx first = 0, end = trace->count - 1; // steps ascend
    while (first < end) {
        pn_gidx middle = first + (end - first) / 2;
        if (trace->records[middle].step < move->step)
            first = middle + 1;
        else
            end = middle;
    }
    return trace->records[first].begin;
}

// The process column that gave most of what moved away; -1: the record does not say, or there is no
// memory to count.
static int main_giver(const pn_result *result, const pn_migration_record *move, pn_gidx *most)
{
    int giver = -1;
    pn_gidx *gave = calloc((size_t)result->settings.q, sizeof *gave);
    *most = 0;
    for (int64_t i = 0; gave && i < move->runs; i++)
        gave[move->run[i].from] += move->run[i].blocks;
    for (int column = 0; gave && column < result->settings.q; column++)
        if (gave[column] > *most) {
            giver = column;
            *most = gave[column];
        }
    free(gave);
    return giver;
}

static void say_migration(const pn_svg *svg, double y, const pn_migration_record *move)
{
    pn_gidx blocks;
    char from[64] = "";
    int giver = main_giver(svg->result, move, &blocks);
    if (giver >= 0)
        snprintf(from, sizeof from, "; process column %d gave %lld", giver, (long long)blocks);
    pn_svg_say(svg, (pn_svg_label){PN_SVG_LEFT, y, "note"},
               "black: before step %lld, %lld block columns moved in %.2f s, expected to save "
               "%.0f %% of the time left%s",
               (long long)move->step, (long long)move->blocks, move->seconds,
               100.0 * move->expected_gain, from);
}

// A mark through all timelines as wide as the move took, and a line of words for the first ones.
static double draw_migrations(const pn_svg *svg, double top, double bottom, double y)
{
    const pn_result *result = svg->result;
    for (int i = 0; i < result->migration_count; i++) {
        const pn_migration_record *move = &result->migrations[i];
        double scale = PN_SVG_BARS / result->seconds, end = migration_time(&result->trace, move);
        double width = fmax(1.5, fmin(end, move->seconds) * scale);
        pn_svg_draw(svg, (pn_svg_rectangle){PN_SVG_LEFT + end * scale - width, top, width,
                                            bottom - top, "#111111"});
        if (i < MOVES_TOLD)
            say_migration(svg, y += 14, move);
    }
    if (result->migration_count > MOVES_TOLD)
        pn_svg_say(svg, (pn_svg_label){PN_SVG_LEFT, y += 14, "note"},
                   "black: %d moves more, all in the record", result->migration_count - MOVES_TOLD);
    return y;
}

double pn_svg_timelines(const pn_svg *svg, double top)
{
    const pn_result *result = svg->result;
    if (result->seconds <= 0.0 || result->trace.count == 0)
        return top;
    pn_svg_say(svg, (pn_svg_label){PN_SVG_MARGIN, top + 16, "head"},
               "How the time went by, step after step");
    const pn_rank_record *first = result->rank_count > 0 ? result->ranks : NULL;
    double y = draw_timeline(svg, top + 28, first, &result->trace);
    for (int i = 0; i < result->timeline_count; i++) {
        const pn_timeline *timeline = &result->timelines[i];
        y = draw_timeline(svg, y, pn_result_rank(result, timeline->rank), &timeline->trace);
    }
    draw_axis(svg, y);
    return draw_migrations(svg, top + 28, y - PN_SVG_GAP, y + 12) + 12;
}
