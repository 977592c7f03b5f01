// SPDX-License-Identifier: BSD-3-Clause
// Quantities and nearest words: what people write, what is refused, and that writing reads back.
#include "config/nearest.h"
#include "config/units.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static void reads_what_people_write(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        pn_dimension dimension;
        double value;
    } cases[] = {
        {"80GB", PN_BYTES, 80e9},
        {"80 GB", PN_BYTES, 80e9},
        {"512MiB", PN_BYTES, 536870912},
        {"1.5TiB", PN_BYTES, 1649267441664},
        {"200Gb/s", PN_BANDWIDTH, 25e9},
        {"25GB/s", PN_BANDWIDTH, 25e9},
        {"100Gbit/s", PN_BANDWIDTH, 12.5e9},
        {"1.2us", PN_SECONDS, 1.2e-6},
        {"1.2\u00b5s", PN_SECONDS, 1.2e-6},
        {"90s", PN_SECONDS, 90},
        {"10min", PN_SECONDS, 600},
        {"2h", PN_SECONDS, 7200},
        {"3.1GHz", PN_HERTZ, 3.1e9},
        {"25MW", PN_WATTS, 25e6},
        {"19.5TF", PN_FLOPS, 19.5e12},
        {"19.5TFlop/s", PN_FLOPS, 19.5e12},
        {"1.2EF", PN_FLOPS, 1.2e18},
        {"53.6GF/s", PN_FLOPS, 53.6e9},
        {"9.3990e+01 Gflops", PN_FLOPS, 93.99e9}, // as HPL's own table writes it
        {"93.99GFLOPS", PN_FLOPS, 93.99e9},
        {"130GFlops", PN_FLOPS, 130e9},
        {"1.5 TFlops", PN_FLOPS, 1.5e12},
        {"1.5tflops/s", PN_FLOPS, 1.5e12},
        {"17.86 PFlops/s", PN_FLOPS, 17.86e15},
        {"17.86pflop/s", PN_FLOPS, 17.86e15},
        {"850mflops", PN_FLOPS, 850e6}, // nobody counts thousandths of an operation
        {"2 EFLOP/S", PN_FLOPS, 2e18},
        {"2600 MHZ", PN_HERTZ, 2.6e9},
        {"2.6ghz", PN_HERTZ, 2.6e9},
        {"50MEUR", PN_MONEY, 50e6},
        {"12000EUR", PN_MONEY, 12000},
        {"1k\u20ac", PN_MONEY, 1000},
        {"80%", PN_SHARE, 0.8},
        {"0.8", PN_SHARE, 0.8},
        {"9604", PN_COUNT, 9604},
        {"1e3", PN_COUNT, 1000},
        {"-2.5", PN_NUMBER, -2.5},
    };
    for (int i = 0; i < COUNT(cases); i++) {
        double value = 0;
        if (pn_quantity_parse(cases[i].text, cases[i].dimension, &value) != PN_OK)
            fail_msg("%s: %s", cases[i].text, pn_fail_message());
        if (fabs(value / cases[i].value - 1) > 1e-12)
            fail_msg("%s: read as %g", cases[i].text, value);
    }
}

static void refuses_what_cannot_be(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        pn_dimension dimension;
    } cases[] = {
        {"80", PN_BYTES},     {"80GB/s", PN_BYTES},       {"GB", PN_BYTES},
        {"", PN_BYTES},       {"80mB", PN_BYTES},         {"80Gb", PN_BYTES},
        {"25", PN_FLOPS},     {"1.2GHz", PN_FLOPS},       {"nanW", PN_WATTS},
        {"infW", PN_WATTS},   {"0x10", PN_COUNT},         {"2.5", PN_COUNT},
        {"3k", PN_COUNT},     {"5Ms", PN_SECONDS},        {"5USD", PN_MONEY},
        {"80%%", PN_SHARE},   {"1e999GB", PN_BYTES},      {"12 cores", PN_COUNT},
        {"-", PN_NUMBER},     {"200Gib/s", PN_BANDWIDTH}, {"80gB", PN_BYTES},
        {"3flips", PN_FLOPS}, {"25mW", PN_WATTS},         {"3KiF", PN_FLOPS},
    };
    for (int i = 0; i < COUNT(cases); i++) {
        double value = 0;
        if (pn_quantity_parse(cases[i].text, cases[i].dimension, &value) == PN_OK)
            fail_msg("%s was read as %g", cases[i].text, value);
        assert_non_null(strstr(pn_fail_message(), cases[i].text));
        assert_non_null(strstr(pn_fail_message(), pn_dimension_allowed(cases[i].dimension)));
    }
}

static void writes_what_reads_back(void **state)
{
    (void)state;
    char text[64];
    for (int dimension = 0; dimension < PN_DIMENSIONS; dimension++) {
        for (int power = -9; power <= 19; power++) {
            double value = 1.234567 * pow(10, power), read = 0;
            if (dimension == PN_COUNT)
                value = floor(value);
            if (dimension == PN_COUNT && power > 14)
                continue;
            pn_quantity_format(value, (pn_dimension)dimension, text, sizeof text);
            if (pn_quantity_parse(text, (pn_dimension)dimension, &read) != PN_OK)
                fail_msg("%s: %s", text, pn_fail_message());
            if (fabs(read - value) > 1e-11 * fabs(value))
                fail_msg("%.15g was written as %s and read as %.15g", value, text, read);
        }
    }
    pn_quantity_format(25e9, PN_BANDWIDTH, text, sizeof text);
    assert_string_equal(text, "25GB/s");
    pn_quantity_format(1.2e-6, PN_SECONDS, text, sizeof text);
    assert_string_equal(text, "1.2us");
    pn_quantity_format(33554432, PN_BYTES, text, sizeof text);
    assert_string_equal(text, "32MiB");
    pn_quantity_format(80e9, PN_BYTES, text, sizeof text);
    assert_string_equal(text, "80GB");
    pn_quantity_format(0, PN_BYTES, text, sizeof text);
    assert_string_equal(text, "0B");
}

static void finds_the_nearest_word(void **state)
{
    (void)state;
    static const char *const words[] = {"nodes", "devices", "link_bandwidth", "name"};
    assert_string_equal(pn_nearest("node", words, 4), "nodes");
    assert_string_equal(pn_nearest("ndoes", words, 4), "nodes");
    assert_string_equal(pn_nearest("link_bandwith", words, 4), "link_bandwidth");
    assert_string_equal(pn_nearest("device", words, 4), "devices");
    assert_null(pn_nearest("xyzzy", words, 4));
    assert_int_equal(pn_edit_distance("ab", "ba"), 1);
    assert_int_equal(pn_edit_distance("", "abc"), 3);
    assert_int_equal(pn_edit_distance("kitten", "sitting"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_people_write),
        cmocka_unit_test(refuses_what_cannot_be),
        cmocka_unit_test(writes_what_reads_back),
        cmocka_unit_test(finds_the_nearest_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
