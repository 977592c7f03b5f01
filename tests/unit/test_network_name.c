// SPDX-License-Identifier: BSD-3-Clause
// Networks as people write them: the speed that is written, never another one.
#include "machines/network_name.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

typedef struct expectation {
    const char *text;
    const char *kind; // NULL: not known
    double links;
} expectation;

static void expect(const expectation *cases, size_t count)
{
    static pn_constants constants;
    pn_constants_load(&constants);
    for (size_t i = 0; i < count; i++) {
        pn_network_name name;
        pn_network_name_read(&name, cases[i].text);
        int kind = pn_network_find(&constants, &name);
        const char *found = kind < 0 ? "nothing" : constants.network[kind].name;
        const char *wanted = cases[i].kind ? cases[i].kind : "nothing";
        if (strcmp(found, wanted) != 0)
            fail_msg("\"%s\" is read as \"%s\", found %s, not %s", cases[i].text, name.text, found,
                     wanted);
        if (cases[i].links > 0 && name.links != cases[i].links)
            fail_msg("\"%s\": %g links", cases[i].text, name.links);
    }
}

#define EXPECT(cases) expect(cases, sizeof(cases) / sizeof *(cases))

static void ethernet_by_its_speed(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {"Gigabit Ethernet", "Ethernet 1G", 1},
        {"1G Ethernet", "Ethernet 1G", 1},
        {"Ethernet 1G", "Ethernet 1G", 1},
        {"1G", "Ethernet 1G", 1},
        {"GbE", "Ethernet 1G", 1},
        {"GigE", "Ethernet 1G", 1},
        {"1GbE", "Ethernet 1G", 1},
        {"1 GbE", "Ethernet 1G", 1},
        {"Ethernet 1000Mbit", "Ethernet 1G", 1},
        {"1000BASE-T", "Ethernet 1G", 1},
        {"Fast Ethernet", "Ethernet 100M", 1},
        {"100 Mbit/s Ethernet", "Ethernet 100M", 1},
        {"2.5G", "Ethernet 2.5G", 1},
        {"2.5GbE", "Ethernet 2.5G", 1},
        {"2.5GBASE-T", "Ethernet 2.5G", 1},
        {"5G Ethernet", "Ethernet 5G", 1},
        {"10 Gigabit Ethernet", "Ethernet 10G", 1},
        {"10-Gigabit Ethernet", "Ethernet 10G", 1},
        {"10GBASE-T", "Ethernet 10G", 1},
        {"25 Gigabit Ethernet", "Ethernet 25G", 1},
        {"RoCE 25G", "Ethernet 25G", 1},
        {"2x 25G Ethernet", "Ethernet 25G", 2},
        {"2x25GbE", "Ethernet 25G", 2},
        {"dual 25 GbE", "Ethernet 25G", 2},
        {"40 Gigabit Ethernet", "Ethernet 40G", 1},
        {"50GbE", "Ethernet 50G", 1},
        {"100 Gigabit Ethernet", "Ethernet 100G", 1},
        {"100Gb/s Ethernet", "Ethernet 100G", 1},
        {"12.5GB/s Ethernet", "Ethernet 100G", 1},
        {"Ethernet, 4x 200Gb/s", "Ethernet 200G", 4},
        {"Broadcom BCM957608 400G Ethernet", "Ethernet 400G", 1},
        {"NVIDIA Spectrum-X Ethernet", "Ethernet 400G", 1},
        {"800G", "Ethernet 800G", 1},
        {"800 Gigabit Ethernet", "Ethernet 800G", 1},
        {"Ethernet", NULL, 1},
        {"RoCE", NULL, 1},
        {"3G Ethernet", NULL, 1},
        {"1.6T Ethernet", NULL, 1},
        {"Ethernet 10G/25G", NULL, 1},
    };
    EXPECT(cases);
}

static void infiniband_by_its_generation(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {"Infiniband SDR", "InfiniBand SDR", 1},
        {"Infiniband DDR", "InfiniBand DDR", 1},
        {"InfiniBand 4X QDR", "InfiniBand QDR", 1},
        {"InfiniBand QDR 40Gb/s", "InfiniBand QDR", 1},
        {"Infiniband FDR14", "InfiniBand FDR", 1},
        {"Mellanox InfiniBand EDR", "InfiniBand EDR", 1},
        {"IB 100G", "InfiniBand EDR", 1},
        {"HDR", "InfiniBand HDR", 1},
        {"Infiniband HDR200", "InfiniBand HDR", 1},
        {"200G HDR InfiniBand", "InfiniBand HDR", 1},
        {"MT28908 ConnectX-6 200 Gib/s", "InfiniBand HDR", 1},
        {"InfiniBand HDR 100", "InfiniBand HDR100", 1},
        {"HDR 100Gb/s", "InfiniBand HDR100", 1},
        {"quad-rail HDR100", "InfiniBand HDR100", 4},
        {"2x HDR100", "InfiniBand HDR100", 2},
        {"Infiniband NDR200", "InfiniBand NDR200", 1},
        {"NDR", "InfiniBand NDR400", 1},
        {"NDR 400Gb/s", "InfiniBand NDR400", 1},
        {"NDR 200Gb/s", "InfiniBand NDR200", 1},
        {"NVLink 5 & NDR 400 InfiniBand", "InfiniBand NDR400", 1},
        {"XDR", "InfiniBand XDR", 1},
        {"InfiniBand XDR 800G", "InfiniBand XDR", 1},
        {"InfiniBand", NULL, 1},
        {"ConnectX-7 Infiniband", NULL, 1},
        {"EDR 400G", NULL, 1},
        {"InfiniBand 150G", NULL, 1},
    };
    EXPECT(cases);
}

static void others_by_their_versions(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {"Slingshot-11", "Slingshot-11", 1},
        {"HPE Slingshot 11 200 Gb/s", "Slingshot-11", 1},
        {"Slingshot 200G", "Slingshot-11", 1},
        {"Slingshot-10", "Slingshot-10", 1},
        {"Slingshot", "Slingshot-10", 1}, // the slower
        {"Slingshot-400", "Slingshot-400", 1},
        {"Slingshot 400 Gb/s", "Slingshot-400", 1},
        {"Slingshot-12", NULL, 1},
        {"Omni-Path 100", "Omni-Path 100", 1},
        {"Intel Omni-Path", "Omni-Path 100", 1},
        {"Intel Omni-Path 100G", "Omni-Path 100", 1},
        {"Dual-rail Intel Omni-Path", "Omni-Path 100", 2},
        {"Omni-Path 400", "Omni-Path 400", 1},
        {"Cornelis Omni-Path 400G", "Omni-Path 400", 1},
        {"Cornelis Networks CN5000", "Omni-Path 400", 1},
        {"Omni-Path 200", NULL, 1},
        {"BXI v3", "BXI", 1},
        {"Aries interconnect", "Aries", 1},
        {"Tofu interconnect D", "TofuD", 1},
        {"Myrinet", NULL, 1},
        {"", NULL, 1},
    };
    EXPECT(cases);
}

// Whatever has a name in the table is found by it, as what it is.
static void names_of_the_table_mean_themselves(void **state)
{
    (void)state;
    static pn_constants constants;
    pn_constants_load(&constants);
    for (int i = 0; i < constants.networks; i++) {
        pn_network_name name;
        pn_network_name_read(&name, constants.network[i].name);
        assert_int_equal(pn_network_guess(&constants, &name), i);
        assert_int_equal(pn_network_find(&constants, &name), i < constants.networks - 2 ? i : -1);
    }
}

static void long_names_end(void **state)
{
    (void)state;
    char text[4096];
    memset(text, '1', sizeof text);
    text[sizeof text - 1] = '\0';
    pn_network_name name;
    pn_network_name_read(&name, text);
    for (size_t i = 0; i < sizeof text - 1; i += 2)
        text[i] = 'x';
    pn_network_name_read(&name, text);
    for (size_t i = 0; i < sizeof text - 1; i += 3)
        text[i] = ' ';
    pn_network_name_read(&name, text);
    assert_true(strlen(name.text) < sizeof name.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ethernet_by_its_speed),
        cmocka_unit_test(infiniband_by_its_generation),
        cmocka_unit_test(others_by_their_versions),
        cmocka_unit_test(names_of_the_table_mean_themselves),
        cmocka_unit_test(long_names_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
