// SPDX-License-Identifier: BSD-3-Clause
// Processors as lscpu, lists and vendors write them: the microarchitecture that they are, or none.
#include "machines/constants.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *text;
    const char *kind;
    double flops;
} names[] = {
    {"Xeon(R) CPU E5-2670 0 @ 2.60GHz", "Sandy Bridge", 8},
    {"Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz", "Sandy Bridge", 8},
    {"Xeon E5-2670", "Sandy Bridge", 8},
    {"Intel(R) Xeon(R) CPU E5-2680 v2 @ 2.80GHz", "Ivy Bridge", 8},
    {"Xeon E5-2680v3 12C 2.5GHz", "Haswell", 16},
    {"Intel(R) Xeon(R) CPU E5-2682 v4 @ 2.50GHz", "Broadwell", 16},
    {"Xeon E5310", "Core, Nehalem, Westmere", 4},
    {"Xeon E5410", "Core, Nehalem, Westmere", 4},
    {"Intel(R) Xeon(R) CPU           E5520  @ 2.27GHz", "Core, Nehalem, Westmere", 4},
    {"Xeon E5645 6C 2.4GHz", "Core, Nehalem, Westmere", 4},
    {"Intel(R) Xeon(R) CPU X5670 @ 2.93GHz", "Core, Nehalem, Westmere", 4},
    {"Xeon L5420", "Core, Nehalem, Westmere", 4},
    {"Intel(R) Xeon Phi(TM) CPU 7250 @ 1.40GHz", "Knights Landing", 32},
    {"Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz", "Skylake", 32},
    {"Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz", "Cascade Lake", 32},
    {"Intel(R) Xeon(R) Platinum 8358 CPU @ 2.60GHz", "Ice Lake", 32},
    {"Intel(R) Xeon(R) Platinum 8480+", "Sapphire Rapids", 32},
    {"Intel(R) Xeon(R) CPU Max 9480", "Sapphire Rapids with HBM", 32},
    {"INTEL(R) XEON(R) PLATINUM 8570", "Emerald Rapids", 32},
    {"Intel(R) Xeon(R) 6980P", "Granite Rapids", 32},
    {"Xeon 6780P", "Granite Rapids", 32},
    {"Xeon 6780E", "Sierra Forest", 8},
    {"Intel Xeon 6990E+", "Sierra Forest", 8},
    {"AMD EPYC 7763 64-Core Processor", "Zen 3", 16},
    {"AMD Optimized 3rd Generation EPYC 64C 2GHz", "Zen 3", 16},
    {"AMD EPYC 7742 64C 2.25GHz", "Zen 2", 16},
    {"AMD EPYC 9654 96-Core Processor", "Zen 4", 16},
    {"AMD EPYC 9755 128-Core Processor", "Zen 5", 32},
    {"AMD Venice", "Zen 6", 32},
    {"IBM POWER9 22C 3.1GHz", "POWER9", 8},
    {"NVIDIA Grace 72C 3.1GHz", "Neoverse V2", 16},
    {"Neoverse-V2", "Neoverse V2", 16},
    {"AWS Graviton4", "Neoverse V2", 16},
    {"AWS Graviton2", "Neoverse N1", 8},
    {"NVIDIA Vera", "Olympus", 24},
    {"Cortex-A76", "Cortex-A76", 8},
    {"SiFive U740", "U7 of SiFive", 1},
    {"NEC SX-Aurora TSUBASA", "Vector Engine 1", 192},
    {"Loongson 3C5000", "LA464", 16},
    {"FUJITSU-MONAKA", "any other", 8}, // nothing is known that could be taken
    {"AWS Graviton", "any other", 8},   // which
    {"Xeon", "any other", 8},
    {"QEMU Virtual CPU version 2.5+", "any other", 8},
    {"", "any other", 8},
};

static void names_mean_what_they_are(void **state)
{
    (void)state;
    static pn_constants constants;
    pn_constants_load(&constants);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const pn_processor_kind *kind =
            &constants.processor[pn_processor_find(&constants, names[i].text)];
        if (strcmp(kind->name, names[i].kind) != 0 || kind->flops_per_cycle != names[i].flops)
            fail_msg("\"%s\" is taken for %s", names[i].text, kind->name);
    }
}

static void endless_names_end(void **state)
{
    (void)state;
    static pn_constants constants;
    char text[2000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    pn_constants_load(&constants);
    assert_int_equal(pn_processor_find(&constants, text), constants.processors - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_mean_what_they_are),
        cmocka_unit_test(endless_names_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
