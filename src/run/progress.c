// SPDX-License-Identifier: BSD-3-Clause
// Names and units as OpenMetrics 1.0 has them: gauges in base units, the unit last in the name
// (https://github.com/prometheus/OpenMetrics, "Metric naming"). FLOP/s have no unit there, and are
// "flops".
#include "run/progress.h"

#include "base/flops.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

pn_pace pn_pace_of(double seconds, pn_gidx n, double flops, double tail)
{
    double products = flops > 0 ? pn_linpack_flops(n) / flops : seconds;
    return (pn_pace){seconds, fmin(products, seconds - tail), tail};
}

// Seconds from `left` N on, as announced.
static double announced(const pn_pace *pace, double left)
{
    double others = pace->seconds - pace->products - pace->tail;
    return pace->products * left * left * left + others * left * left + pace->tail;
}

double pn_pace_left(const pn_pace *pace, double from, double left, double elapsed)
{
    const double trusted = 0.1; // part of the time after which only what was seen counts
    const pn_pace products = {1, 1, 0};
    const pn_pace *by = pace->seconds > 0 ? pace : &products;
    double spent = announced(by, from) - announced(by, left), rest = announced(by, left);
    if (spent <= 0)
        return pace->seconds > 0 ? rest : 0;
    double weight = pace->seconds > 0 ? fmin(1, spent / (trusted * announced(by, from))) : 1;
    return rest * pow(elapsed / spent, weight);
}

typedef struct writer {
    char *text;
    size_t used;
} writer;

__attribute__((format(printf, 2, 3))) static void add(writer *w, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(w->text + w->used, PN_PROGRESS_TEXT - w->used, format, arguments);
    va_end(arguments);
    w->used = (size_t)fmin(PN_PROGRESS_TEXT - 1, (double)w->used + fmax(0, length));
}

// JSON knows no infinity and no NaN.
static void add_number(writer *w, const char *key, double value)
{
    if (isfinite(value))
        add(w, ", \"%s\": %.6g", key, value);
    else
        add(w, ", \"%s\": null", key);
}

void pn_progress_json(const pn_progress *p, double now, char text[PN_PROGRESS_TEXT])
{
    const double giga = 1e-9;
    writer w = {text, 0};
    add(&w,
        "{\"event\": \"progress\", \"time\": %.3f, \"n\": %" PRId64
        ", \"nb\": %d, \"p\": %d, \"q\": %d, \"step\": %" PRId64 ", \"steps\": %" PRId64,
        now, p->n, p->nb, p->p, p->q, p->step, p->steps);
    add_number(&w, "share", p->share);
    add_number(&w, "seconds", p->seconds);
    add_number(&w, "seconds_left", p->left);
    add_number(&w, "gflops", giga * p->flops);
    add_number(&w, "gflops_now", giga * p->flops_now);
    add_number(&w, "gflops_expected", p->flops_expected > 0 ? giga * p->flops_expected : NAN);
    add_number(&w, "moves", p->moves);
    add(&w, ", \"phases\": {");
    for (int i = 0; i < PN_PHASE_COUNT; i++)
        add(&w, "%s\"%s\": %.6g", i ? ", " : "", pn_phase_name(i), p->phases[i]);
    add(&w, "}}\n");
}

void pn_progress_json_end(const pn_result *r, double now, char text[PN_PROGRESS_TEXT])
{
    writer w = {text, 0};
    add(&w, "{\"event\": \"end\", \"time\": %.3f, \"n\": %" PRId64 ", \"passed\": %s", now,
        r->settings.n, r->passed ? "true" : "false");
    add_number(&w, "seconds", r->seconds);
    add_number(&w, "gflops", 1e-9 * r->rate);
    add_number(&w, "residual", r->residual);
    add(&w, "}\n");
}

static void add_gauge(writer *w, const char *name, const char *help, double value)
{
    add(w, "# TYPE panache_%s gauge\n# HELP panache_%s %s\n", name, name, help);
    if (isfinite(value))
        add(w, "panache_%s %.9g\n", name, value);
    else
        add(w, "panache_%s NaN\n", name);
}

void pn_progress_metrics(const pn_progress *p, const pn_result *r, char text[PN_PROGRESS_TEXT])
{
    writer w = {text, 0};
    add(&w,
        "# TYPE panache_run info\n# HELP panache_run What is solved.\n"
        "panache_run_info{n=\"%" PRId64 "\",nb=\"%d\",grid=\"%dx%d\"} 1\n",
        p->n, p->nb, p->p, p->q);
    add_gauge(&w, "progress_ratio", "Share of the arithmetic that is done.", r ? 1 : p->share);
    add_gauge(&w, "elapsed_seconds", "Since the clock started.", r ? r->seconds : p->seconds);
    add_gauge(&w, "left_seconds", "That the solve is expected to take on.", r ? 0 : p->left);
    add_gauge(&w, "rate_flops", "Floating-point operations a second since the clock started.",
              r ? r->rate : p->flops);
    add_gauge(&w, "rate_now_flops", "The same since the report before.", r ? 0 : p->flops_now);
    if (p->flops_expected > 0)
        add_gauge(&w, "rate_expected_flops", "The same as announced for the whole run.",
                  p->flops_expected);
    add_gauge(&w, "moves", "Times that block columns moved between parts.", p->moves);
    add(&w, "# TYPE panache_phase_seconds gauge\n"
            "# HELP panache_phase_seconds Time of rank 0 in each phase.\n");
    for (int i = 0; i < PN_PHASE_COUNT; i++)
        add(&w, "panache_phase_seconds{phase=\"%s\"} %.9g\n", pn_phase_name(i), p->phases[i]);
    if (r)
        add_gauge(&w, "passed", "Whether the solution passed.", r->passed);
    add(&w, "# EOF\n");
}
