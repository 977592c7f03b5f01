// SPDX-License-Identifier: BSD-3-Clause
// How far a run is: the time that is left by what was announced and seen, the facts as JSON and as
// OpenMetrics, and where they are written.
#include "run/onlookers.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

// Seconds that a run takes up to where `left` remains, of products and of what goes by the square.
static double spent(double products, double rest, double left)
{
    return products * (1 - left * left * left) + rest * (1 - left * left);
}

static void the_time_left_is_that_of_the_pace(void **state)
{
    const pn_gidx n = 10000;
    const double flops = 1e9, products = 2.0 / 3 * 1e12 / flops; // but for 3/2 N^2
    pn_pace pace = pn_pace_of(1.5 * products, n, flops, 0);
    (void)state;
    for (double left = 0.9; left > 0; left -= 0.1) {
        double elapsed = spent(products, 0.5 * products, left);
        double rest = pn_pace_left(&pace, 1, left, elapsed);
        assert_true(fabs(elapsed + rest - pace.seconds) < 1e-3 * pace.seconds);
        // A machine of half the speed: what was seen counts from a tenth of the run on.
        rest = pn_pace_left(&pace, 1, left, 2 * elapsed);
        assert_true(fabs(2 * elapsed + rest - 2 * pace.seconds) < 1e-3 * pace.seconds);
    }
    double early = pn_pace_left(&pace, 1, 0.9999, 2 * spent(products, 0.5 * products, 0.9999));
    assert_true(early < 1.1 * pace.seconds);
    assert_true(pn_pace_left(&pace, 1, 1, 0) == pace.seconds);
    // What follows the factorisation stays to the end.
    pace = pn_pace_of(1.7 * products, n, flops, 0.2 * products);
    for (double left = 0.9; left > 0; left -= 0.1) {
        double elapsed = spent(products, 0.5 * products, left);
        double rest = pn_pace_left(&pace, 1, left, elapsed);
        assert_true(fabs(elapsed + rest - pace.seconds) < 1e-3 * pace.seconds);
    }
}

static void without_an_announcement_what_was_seen_counts(void **state)
{
    pn_pace pace = pn_pace_of(0, 1000, 0, 0);
    (void)state;
    assert_true(fabs(pn_pace_left(&pace, 1, 0.5, 70) - 10) < 1e-9);
    assert_true(pn_pace_left(&pace, 1, 1, 3) == 0);
}

static pn_progress example(void)
{
    return (pn_progress){.n = 8000,
                         .nb = 192,
                         .p = 2,
                         .q = 3,
                         .step = 21,
                         .steps = 42,
                         .share = 0.875,
                         .seconds = 70,
                         .left = 10,
                         .flops = 2e11,
                         .flops_now = INFINITY,
                         .phases = {1, 2, 3}};
}

static void facts_are_json(void **state)
{
    char text[PN_PROGRESS_TEXT];
    pn_progress p = example();
    (void)state;
    pn_progress_json(&p, 1.5, text);
    assert_true(strchr(text, '\n') == text + strlen(text) - 1);
    json_t *read = json_loads(text, 0, NULL);
    assert_non_null(read);
    assert_string_equal(json_string_value(json_object_get(read, "event")), "progress");
    assert_int_equal(json_integer_value(json_object_get(read, "step")), 21);
    assert_true(json_number_value(json_object_get(read, "gflops")) == 200);
    assert_true(json_is_null(json_object_get(read, "gflops_now")));
    assert_int_equal(json_object_size(json_object_get(read, "phases")), PN_PHASE_COUNT);
    json_decref(read);
    pn_result result = {.passed = true, .rate = 3e11, .residual = NAN, .settings.n = 8000};
    pn_progress_json_end(&result, 2, text);
    read = json_loads(text, 0, NULL);
    assert_non_null(read);
    assert_true(json_is_true(json_object_get(read, "passed")));
    assert_true(json_is_null(json_object_get(read, "residual")));
    json_decref(read);
}

// Each sample stands below the type of its family, and the text ends as it must.
static void facts_are_metrics(void **state)
{
    char text[PN_PROGRESS_TEXT], family[128] = "", name[128];
    pn_progress p = example();
    pn_result result = {.passed = true, .rate = 3e11};
    (void)state;
    pn_progress_metrics(&p, &result, text);
    assert_non_null(strstr(text, "panache_passed 1\n"));
    pn_progress_metrics(&p, NULL, text);
    assert_null(strstr(text, "panache_passed"));
    assert_string_equal(text + strlen(text) - strlen("\n# EOF\n"), "\n# EOF\n");
    int samples = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        if (sscanf(line, "# TYPE %127s", family) == 1 || line[0] == '#')
            continue;
        assert_int_equal(sscanf(line, "%127[a-z_]", name), 1);
        assert_int_equal(strncmp(name, family, strlen(family)), 0);
        samples++;
    }
    assert_int_equal(samples, 7 + PN_PHASE_COUNT);
}

static pn_status look_on(pn_onlookers **onlookers, const char *lines, const char *metrics,
                         pn_log *log)
{
    return pn_onlookers_open(
        onlookers, &(pn_onlookers_request){.lines = lines, .metrics = metrics, .log = log});
}

static void what_cannot_be_written_is_refused(void **state)
{
    pn_log log = {0};
    pn_onlookers *o;
    (void)state;
    assert_int_equal(look_on(&o, "none", "none", &log), PN_OK);
    assert_null(o);
    const char *const wrong[] = {"fd:", "fd:x", "fd:-1", "fd:987654", "fd:1x"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(look_on(&o, wrong[i], "none", &log), PN_ERROR_USAGE);
        assert_non_null(strstr(pn_fail_message(), wrong[i]));
    }
    assert_int_equal(look_on(&o, "/nowhere/lines", "none", &log), PN_ERROR_SYSTEM);
    assert_non_null(strstr(pn_fail_message(), "/nowhere/lines"));
    assert_int_equal(look_on(&o, "none", "/nowhere/metrics", &log), PN_ERROR_SYSTEM);
    assert_non_null(strstr(pn_fail_message(), "/nowhere/metrics"));
}

static void a_full_disk_is_said_once(void **state)
{
    FILE *said = tmpfile();
    pn_log log = {.stream = said, .level = PN_LOG_NORMAL, .ranks = 1};
    pn_onlookers *o;
    pn_progress p = example();
    char line[256];
    int lines = 0;
    (void)state;
    assert_int_equal(look_on(&o, "/dev/full", "none", &log), PN_OK);
    for (int i = 0; i < 3; i++)
        pn_onlookers_tell(o, &p);
    pn_onlookers_close(o);
    rewind(said);
    while (fgets(line, sizeof line, said)) {
        assert_non_null(strstr(line, "/dev/full"));
        lines++;
    }
    assert_int_equal(lines, 1);
    fclose(said);
}

static void lines_go_to_a_descriptor_and_metrics_to_a_file(void **state)
{
    char lines[64], metrics[] = "/tmp/panache-metrics-XXXXXX", text[PN_PROGRESS_TEXT];
    pn_log log = {0};
    pn_onlookers *o;
    pn_progress p = example();
    (void)state;
    FILE *file = tmpfile();
    int other = mkstemp(metrics);
    assert_true(file && other >= 0);
    snprintf(lines, sizeof lines, "fd:%d", fileno(file));
    assert_int_equal(look_on(&o, lines, metrics, &log), PN_OK);
    assert_true(pn_onlookers_want(o, 0.01, 0.3));
    pn_onlookers_tell(o, &p);
    assert_false(pn_onlookers_want(o, p.share + 0.001, p.seconds + 9));
    assert_false(pn_onlookers_want(o, p.share + 0.02, p.seconds + 0.1));
    assert_true(pn_onlookers_want(o, p.share + 0.02, p.seconds + 1));
    assert_true(pn_onlookers_want(o, p.share, p.seconds + 11));
    pn_onlookers_end(o, &(pn_result){.passed = true});
    pn_onlookers_close(o);
    rewind(file);
    assert_non_null(fgets(text, sizeof text, file));
    assert_non_null(strstr(text, "\"progress\""));
    assert_non_null(fgets(text, sizeof text, file));
    assert_non_null(strstr(text, "\"end\""));
    assert_null(fgets(text, sizeof text, file));
    FILE *read = fopen(metrics, "r"); // it was replaced
    size_t bytes = fread(text, 1, sizeof text - 1, read);
    text[bytes] = '\0';
    assert_non_null(strstr(text, "panache_passed 1\n"));
    fclose(read);
    fclose(file);
    close(other);
    unlink(metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_time_left_is_that_of_the_pace),
        cmocka_unit_test(without_an_announcement_what_was_seen_counts),
        cmocka_unit_test(facts_are_json),
        cmocka_unit_test(facts_are_metrics),
        cmocka_unit_test(what_cannot_be_written_is_refused),
        cmocka_unit_test(a_full_disk_is_said_once),
        cmocka_unit_test(lines_go_to_a_descriptor_and_metrics_to_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
