// SPDX-License-Identifier: BSD-3-Clause
#include "report/svg.h"

#include "base/rate_text.h"
#include "measure/fp64.h"
#include "report/svg_private.h"

#include <stdarg.h>
#include <string.h>

const char *pn_svg_phase_color(pn_phase phase)
{
    static const char *const colors[PN_PHASE_COUNT] = {
        [PN_PHASE_PANEL] = "#e08a2b", [PN_PHASE_BROADCAST] = "#c8453b",
        [PN_PHASE_ROWS] = "#8a5fa8",  [PN_PHASE_SOLVE_ROWS] = "#4aa39a",
        [PN_PHASE_STRIP] = "#9dbfe0", [PN_PHASE_MULTIPLY] = "#3b6ea5",
        [PN_PHASE_BACK] = "#777777"};
    return colors[phase];
}

void pn_svg_phase_name(pn_phase phase, char *text, size_t bytes)
{
    snprintf(text, bytes, "%s", pn_phase_name(phase));
    for (char *at = text; *at; at++)
        if (*at == '_')
            *at = ' ';
}

const char *pn_svg_kind_color(int part)
{
    static const char *const colors[] = {"#2f7f5f", "#b5562c", "#5a5fb0", "#a08a1d",
                                         "#9a3f77", "#3f8fb0", "#6b7a3a", "#7a5a48"};
    return colors[part % (int)(sizeof colors / sizeof *colors)];
}

void pn_svg_text(FILE *stream, const char *text)
{
    for (; *text; text++) {
        unsigned char letter = (unsigned char)*text;
        if (letter == '<')
            fputs("&lt;", stream);
        else if (letter == '>')
            fputs("&gt;", stream);
        else if (letter == '&')
            fputs("&amp;", stream);
        else if (letter == '"')
            fputs("&quot;", stream);
        else if (letter >= ' ')
            fputc(letter, stream);
    }
}

void pn_svg_draw(const pn_svg *svg, pn_svg_rectangle r)
{
    if (svg->stream && r.width > 0.0 && r.height > 0.0)
        fprintf(svg->stream,
                "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"%s\"/>\n", r.x,
                r.y, r.width, r.height, r.color);
}

void pn_svg_say(const pn_svg *svg, pn_svg_label label, const char *format, ...)
{
    char text[512];
    va_list arguments;
    if (!svg->stream)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fprintf(svg->stream, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", label.x, label.y, label.look);
    pn_svg_text(svg->stream, text);
    fputs("</text>\n", svg->stream);
}

void pn_svg_cut(char *text, size_t bytes)
{
    if (strlen(text) <= bytes)
        return;
    size_t end = bytes - 3;
    while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
        end--;
    strcpy(text + end, "...");
}

void pn_svg_say_rank(const pn_svg *svg, double y, const pn_rank_record *rank)
{
    char text[160];
    snprintf(text, sizeof text, "rank %d, %s, %s", rank->rank, rank->host, rank->kind);
    pn_svg_cut(text, PN_SVG_LETTERS);
    pn_svg_say(svg, (pn_svg_label){PN_SVG_MARGIN, y, "label"}, "%s", text);
}

static double draw_title(const pn_svg *svg, double top)
{
    const pn_result *r = svg->result;
    char rate[PN_FLOPS_TEXT];
    pn_fp64 fp64 = pn_fp64_of(r);
    pn_flops_text(r->rate, rate);
    pn_svg_say(svg, (pn_svg_label){PN_SVG_MARGIN, top + 22, "title"},
               "%s: N = %lld, NB = %d, %d x %d, %.2f s, %s%s", rate, (long long)r->settings.n,
               r->settings.nb, r->settings.p, r->settings.q, r->seconds,
               r->passed ? "passed" : "FAILED",
               pn_fp64_is_native(&fp64) ? "" : ", FP64 emulated: " PN_NOT_COMPARABLE);
    return top + 40;
}

static double draw_all(const pn_svg *svg)
{
    double y = draw_title(svg, PN_SVG_GAP);
    y = pn_svg_owners(svg, y);
    y = pn_svg_ranks(svg, y);
    return pn_svg_timelines(svg, y);
}

pn_status pn_svg_write(FILE *stream, const pn_result *result)
{
    pn_rank_kinds kinds;
    pn_status status = pn_rank_kinds_create(&kinds, result);
    if (status != PN_OK)
        return status;
    double height = draw_all(&(pn_svg){NULL, result, &kinds}) + PN_SVG_GAP;
    fprintf(stream,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" width=\"%d\" "
            "height=\"%.0f\" role=\"img\">\n",
            PN_SVG_WIDTH, height, PN_SVG_WIDTH, height);
    fputs("<style>text{font-family:sans-serif;fill:#222}"
          ".title{font-size:18px;font-weight:bold}.head{font-size:14px;font-weight:bold}"
          ".label,.figure{font-size:12px}.note{font-size:11px;fill:#666}"
          ".end{font-size:11px;fill:#666;text-anchor:end}"
          ".middle{font-size:11px;fill:#666;text-anchor:middle}</style>\n",
          stream);
    fprintf(stream, "<rect width=\"%d\" height=\"%.0f\" fill=\"#ffffff\"/>\n", PN_SVG_WIDTH,
            height);
    draw_all(&(pn_svg){stream, result, &kinds});
    fputs("</svg>\n", stream);
    pn_rank_kinds_release(&kinds);
    return PN_OK;
}
