// SPDX-License-Identifier: BSD-3-Clause
// Power, clock and throttling of an AMD device, from files as its driver has them, in a folder of
// the test's own.
#include "measure/amd_power.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char bus[] = "0000:c1:00.0";

typedef struct place {
    char folder[64];
} place;

static void path_of(const place *p, const char *name, char path[200])
{
    snprintf(path, 200, "%s/%s%s%s", p->folder, bus, *name ? "/" : "", name);
}

static void put(const place *p, const char *name, const void *bytes, size_t count)
{
    char path[200];
    path_of(p, name, path);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    fclose(file);
}

static void put_text(const place *p, const char *name, const char *text)
{
    put(p, name, text, strlen(text));
}

static void make(place *p)
{
    static const char *const folders[] = {"", "hwmon", "hwmon/hwmon0", "hwmon/hwmon7"};
    char path[200];
    strcpy(p->folder, "/tmp/test_amd_power_XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        path_of(p, folders[i], path);
        assert_int_equal(mkdir(path, 0700), 0);
    }
}

static void unmake(const place *p)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", p->folder);
    assert_int_equal(system(command), 0);
}

// The last bytes of gpu_metrics 1.3 are the reasons.
static void put_metrics(const place *p, int content, int bit)
{
    unsigned char bytes[120] = {120, 0, 1, (unsigned char)content};
    bytes[112 + bit / 8] = (unsigned char)(1 << bit % 8);
    put(p, "gpu_metrics", bytes, sizeof bytes);
}

static void the_files_of_the_driver_are_read(void **state)
{
    (void)state;
    place p;
    pn_amd_power meter;
    pn_amd_sample sample;
    make(&p);
    assert_false(pn_amd_power_open(&meter, p.folder, bus)); // nothing tells its power
    put_text(&p, "hwmon/hwmon7/power1_input", "412000000\n");
    assert_true(pn_amd_power_open(&meter, p.folder, bus));
    pn_amd_power_read(&meter, &sample);
    assert_true(sample.watts == 412 && sample.mhz == 0);
    put_text(&p, "hwmon/hwmon0/power1_average", "300500000\n");
    put_text(&p, "hwmon/hwmon0/freq1_input", "1700000000\n");
    assert_true(pn_amd_power_open(&meter, p.folder, bus));
    pn_amd_power_read(&meter, &sample);
    assert_true(sample.watts == 300.5 && sample.mhz == 1700);
    assert_false(sample.by_power || sample.by_current || sample.by_heat || sample.by_other);
    assert_false(pn_amd_power_open(&meter, p.folder, "0000:ff:00.0"));
    unmake(&p);
}

static void reasons_are_told_where_they_are_known(void **state)
{
    (void)state;
    static const struct {
        int content, bit, reason; // power, current, heat, other
    } cases[] = {{3, 0, 0},  {3, 7, 0},  {3, 16, 1}, {3, 22, 1},
                 {3, 32, 2}, {3, 45, 2}, {3, 57, 3}, {4, 0, -1}};
    place p;
    pn_amd_power meter;
    pn_amd_sample sample;
    make(&p);
    put_text(&p, "hwmon/hwmon0/power1_average", "1\n");
    assert_true(pn_amd_power_open(&meter, p.folder, bus));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_metrics(&p, cases[i].content, cases[i].bit);
        pn_amd_power_read(&meter, &sample);
        const bool found[] = {sample.by_power, sample.by_current, sample.by_heat, sample.by_other};
        for (int reason = 0; reason < 4; reason++)
            assert_int_equal(found[reason], reason == cases[i].reason);
    }
    put(&p, "gpu_metrics", "short", 5);
    pn_amd_power_read(&meter, &sample);
    assert_false(sample.by_power || sample.by_current || sample.by_heat || sample.by_other);
    unmake(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_files_of_the_driver_are_read),
                                       cmocka_unit_test(reasons_are_told_where_they_are_known)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
