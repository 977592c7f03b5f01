// SPDX-License-Identifier: BSD-3-Clause
// Power, clocks and throttling of a device, from the tests' own NVML (tests/stubs/nvml.c), which
// the loader finds by LD_LIBRARY_PATH; and what is said of a device that was throttled.
#include "measure/power.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static pn_power_record sample_a_while(const char *bus)
{
    pn_power_record record;
    pn_power *power = pn_power_start(bus);
    struct timespec while_ = {0, 700 * 1000 * 1000};
    assert_non_null(power);
    nanosleep(&while_, NULL);
    pn_power_stop(power, &record);
    return record;
}

static void a_device_is_sampled(void **state)
{
    (void)state;
    pn_power_record record = sample_a_while("deferred");
    assert_string_equal(record.meter, "NVML");
    assert_true(record.samples >= 2);
    assert_true(record.watts == 300 && record.watts_most == 300);
    assert_true(record.clock_least_mhz == 1200);
    assert_true(record.clock_mhz >= 1200 && record.clock_mhz <= 1400);
    assert_string_equal(record.throttled, "power, heat");
}

static void a_device_that_nobody_knows_is_not(void **state)
{
    (void)state;
    pn_power_record record;
    pn_power *power = pn_power_start("0000:ff:00.0");
    assert_null(power);
    pn_power_stop(power, &record);
    assert_int_equal(record.samples, 0);
    assert_string_equal(record.meter, "");
}

static void throttling_is_explained(void **state)
{
    (void)state;
    char text[160];
    pn_power_record record = {.clock_mhz = 1410.4, .clock_least_mhz = 1200, .throttled = "heat"};
    assert_true(pn_power_explain(&record, text, sizeof text) > 0);
    assert_string_equal(text, "throttled (heat), clock 1410 MHz on average and 1200 at least");
    record.throttled[0] = '\0';
    assert_int_equal(pn_power_explain(&record, text, sizeof text), 0);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_is_sampled),
        cmocka_unit_test(a_device_that_nobody_knows_is_not),
        cmocka_unit_test(throttling_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
