// SPDX-License-Identifier: BSD-3-Clause
// Products of FP64 by the path of a run: native ones lose nothing on any backend; those of a
// library that scales rows and columns to integers of 55 bits (tests/stubs/blas.c, in the folder
// PANACHE_STUBS) are found out with their bits.
#include "compute/kept_bits.h"

#include <stdio.h>

#include "part.h"

static int bits_of(const backend *of, const char *library)
{
    pn_team *team;
    pn_blas *blas;
    pn_compute *compute;
    int bits = -1;
    assert_int_equal(pn_team_create(&team, of->threads, NULL), PN_OK);
    assert_int_equal(pn_blas_open(&blas, library), PN_OK);
    assert_int_equal(of->open(&compute, team, blas), PN_OK);
    assert_int_equal(pn_kept_bits(compute, &bits), PN_OK);
    compute->ops->close(compute);
    pn_blas_close(blas);
    pn_team_destroy(team);
    return bits;
}

static void test_native_products_lose_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof backends / sizeof backends[0]; i++)
        assert_int_equal(bits_of(&backends[i], "auto"), 0);
}

static void test_emulated_products_are_found_out(void **state)
{
    char library[1024];
    (void)state;
    snprintf(library, sizeof library, "%s/blas/emulated/libopenblas.so.0", getenv("PANACHE_STUBS"));
    for (size_t i = 0; i < sizeof backends / sizeof backends[0]; i++)
        assert_in_range(bits_of(&backends[i], library), 53, 55);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_native_products_lose_nothing),
        cmocka_unit_test(test_emulated_products_are_found_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
