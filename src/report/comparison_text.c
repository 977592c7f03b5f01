// SPDX-License-Identifier: BSD-3-Clause
#include "report/comparison_text.h"

#include "base/rate_text.h"
#include "base/wrap.h"
#include "report/json.h"
#include "report/svg.h"
#include "report/tables.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

bool pn_compared_fails(const pn_compared *compared, int index)
{
    return !compared->sample[index].reading.result.passed ||
           compared->comparison[index].ratio < compared->fail_below;
}

static const char *end_of(double ratio)
{
    return ratio < 1 ? "slower" : "faster";
}

static void print_runs(FILE *stream, const pn_compared *c)
{
    fprintf(stream, "  %-21s %16s %8s %15s %9s %4s\n", "run", "rate", "ratio", "repetitions", "N",
            "NB");
    for (int i = 0; i < c->count; i++) {
        const pn_sample *s = &c->sample[i];
        const pn_settings *settings = &s->reading.result.settings;
        char rate[PN_FLOPS_TEXT], repetitions[32] = "-", name[32];
        pn_flops_text(s->rate, rate);
        if (s->count > 1)
            snprintf(repetitions, sizeof repetitions, "%.3f to %.3f", c->comparison[i].least,
                     c->comparison[i].most);
        pn_shorten(name, 21, s->name);
        fprintf(stream, "  %-21s %16s %8.3f %15s %9lld %4d%s\n", name, rate, c->comparison[i].ratio,
                repetitions, (long long)settings->n, settings->nb,
                s->reading.result.passed ? "" : " FAILED");
    }
}

static void print_verdict(FILE *stream, const pn_compared *c, int i)
{
    const pn_comparison *x = &c->comparison[i];
    const pn_sample *first = &c->sample[0], *other = &c->sample[i];
    const char *weight = x->is_beyond ? "that is more than repetitions differ"
                         : first->count > 1 && other->count > 1
                             ? "that is within what repetitions differ"
                             : "how much repetitions differ is not known (--repeat tells)";
    char text[512];
    snprintf(text, sizeof text, "%s is %.1f %% %s than %s: %s", other->name,
             100 * fabs(x->ratio - 1), end_of(x->ratio), first->name, weight);
    putc('\n', stream);
    pn_wrap_text(stream, text, 0, PN_LINE_WIDTH);
}

static void print_phases(FILE *stream, const pn_comparison *x)
{
    fprintf(stream, "  %-24s %10s %10s %12s\n", "time, mean of the ranks", "first", "this",
            "difference");
    for (int phase = 0; phase < PN_PHASE_COUNT; phase++) {
        char name[64];
        pn_svg_phase_name((pn_phase)phase, name, sizeof name);
        fprintf(stream, "  %-24s %8.2f s %8.2f s %+10.2f s%s\n", name, x->was[phase], x->now[phase],
                x->now[phase] - x->was[phase], phase == (int)x->largest ? "  most of it" : "");
    }
}

static void print_parts(FILE *stream, const pn_comparison *x)
{
    for (int i = 0; i < x->part_count; i++) {
        char was[PN_FLOPS_TEXT], now[PN_FLOPS_TEXT];
        pn_flops_text(x->part[i].was, was);
        pn_flops_text(x->part[i].now, now);
        char text[192];
        snprintf(text, sizeof text, "%s multiplies at %s, before at %s", x->part[i].kind, now, was);
        fputs("  ", stream);
        pn_wrap_text(stream, text, 4, PN_LINE_WIDTH);
    }
}

static void print_differences(FILE *stream, const pn_comparison *x)
{
    if (x->difference_count == 0)
        fputs("  no setting, version or machine differs\n", stream);
    for (int i = 0; i < x->difference_count; i++) {
        char text[320];
        snprintf(text, sizeof text, "%s: %s, before %s", x->difference[i].name,
                 x->difference[i].now, x->difference[i].was);
        fputs("  ", stream);
        pn_wrap_text(stream, text, 4, PN_LINE_WIDTH);
    }
    if (x->difference_count == PN_DIFFERENCES)
        fputs("  and more\n", stream);
}

void pn_compared_print(FILE *stream, const pn_compared *compared)
{
    print_runs(stream, compared);
    for (int i = 1; i < compared->count; i++) {
        const pn_comparison *x = &compared->comparison[i];
        print_verdict(stream, compared, i);
        if (x->same_problem)
            print_phases(stream, x);
        else
            fputs("  N differs, so that the times of the phases cannot be compared\n", stream);
        print_parts(stream, x);
        print_differences(stream, x);
        if (pn_compared_fails(compared, i))
            fprintf(stream, "finding: %s %s\n", compared->sample[i].name,
                    compared->sample[i].reading.result.passed ? "is below --fail-below"
                                                              : "did not pass");
    }
}

static json_t *phases_of(const double seconds[PN_PHASE_COUNT])
{
    json_t *object = json_object();
    for (int phase = 0; phase < PN_PHASE_COUNT; phase++)
        json_object_set_new(object, pn_phase_name((pn_phase)phase), json_real(seconds[phase]));
    return object;
}

static json_t *differences_of(const pn_comparison *x)
{
    json_t *array = json_array();
    for (int i = 0; i < x->difference_count; i++) {
        json_t *object = json_object();
        json_object_set_new(object, "name", pn_json_string(x->difference[i].name));
        json_object_set_new(object, "first", pn_json_string(x->difference[i].was));
        json_object_set_new(object, "this", pn_json_string(x->difference[i].now));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *run_of(const pn_compared *c, int i)
{
    const pn_sample *s = &c->sample[i];
    const pn_comparison *x = &c->comparison[i];
    json_t *object = json_object();
    json_object_set_new(object, "file", pn_json_string(s->name));
    json_object_set_new(object, "passed", json_boolean(s->reading.result.passed));
    json_object_set_new(object, "repetitions", json_integer(s->count));
    json_object_set_new(object, "gflops", json_real(s->rate / 1e9));
    json_object_set_new(object, "gflops_least", json_real(s->least / 1e9));
    json_object_set_new(object, "gflops_most", json_real(s->most / 1e9));
    json_object_set_new(object, "ratio", json_real(x->ratio));
    json_object_set_new(object, "beyond_repetitions", json_boolean(x->is_beyond));
    json_object_set_new(object, "phases", phases_of(x->now));
    json_object_set_new(object, "differs", differences_of(x));
    json_object_set_new(object, "fails", json_boolean(pn_compared_fails(c, i)));
    return object;
}

json_t *pn_compared_record(const pn_compared *compared)
{
    json_t *array = json_array();
    for (int i = 0; i < compared->count; i++)
        json_array_append_new(array, run_of(compared, i));
    return array;
}

void pn_compared_csv(FILE *stream, const pn_compared *compared)
{
    fputs("run,passed,repetitions,gflops,gflops_least,gflops_most,ratio,n,nb,p,q,seconds\n",
          stream);
    for (int i = 0; i < compared->count; i++) {
        const pn_sample *s = &compared->sample[i];
        const pn_result *r = &s->reading.result;
        pn_csv_text(stream, s->name);
        fprintf(stream, ",%s,%d,%.6g,%.6g,%.6g,%.6g,%lld,%d,%d,%d,%.6g\n",
                r->passed ? "true" : "false", s->count, s->rate / 1e9, s->least / 1e9,
                s->most / 1e9, compared->comparison[i].ratio, (long long)r->settings.n,
                r->settings.nb, r->settings.p, r->settings.q, r->seconds);
    }
}

void pn_compared_junit(FILE *stream, const pn_compared *compared)
{
    pn_junit junit = {.stream = stream, .suite = "panache compare"};
    for (int i = 1; i < compared->count; i++)
        junit.failures += pn_compared_fails(compared, i);
    junit.tests = compared->count - 1;
    pn_junit_begin(&junit);
    for (int i = 1; i < compared->count; i++) {
        char why[160];
        snprintf(why, sizeof why, "%.3f of the first, %.3f is asked for; %s",
                 compared->comparison[i].ratio, compared->fail_below,
                 compared->sample[i].reading.result.passed ? "passed" : "did not pass");
        pn_junit_case(&junit, compared->sample[i].name, compared->sample[i].reading.result.seconds,
                      pn_compared_fails(compared, i) ? why : NULL);
    }
    pn_junit_end(&junit);
}
