// SPDX-License-Identifier: BSD-3-Clause
// Products of 16 bits: libraries of plain loops that call themselves oneDNN, right and with a fault
// each (tests/stubs/half.c, in the folder PANACHE_STUBS), and whatever this machine has. And the
// rounding to bfloat16, held against the definition.
#include "part.h"

#include "compute/half.h"

#include <math.h>
#include <stdio.h>

static bool open_stub(pn_half *half, const char *fault)
{
    char path[512];
    snprintf(path, sizeof path, "%s/half/%s/libdnnl.so.2", getenv("PANACHE_STUBS"), fault);
    return pn_half_open_file(half, PN_HALF_ONEDNN, path);
}

static void a_right_library_is_taken(void **unused)
{
    pn_half half;
    (void)unused;
    assert_true(open_stub(&half, "none"));
    assert_int_equal(half.kind, PN_HALF_ONEDNN);
    assert_string_equal(half.refused, "");
    pn_half_close(&half);
    assert_int_equal(half.kind, PN_HALF_NONE);
}

// Rounded sums are what a library without FP32 accumulation would give.
static void wrong_libraries_are_refused_by_name(void **unused)
{
    static const char *const faults[] = {"product", "sums", "status"};
    (void)unused;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        pn_half half;
        assert_false(open_stub(&half, faults[i]));
        assert_int_equal(half.kind, PN_HALF_NONE);
        assert_non_null(strstr(half.refused, "oneDNN"));
        assert_non_null(strstr(half.refused, "libdnnl.so"));
        assert_false(pn_half_multiply(&half, &(pn_gemm){.m = 1}));
    }
}

// op(A) op(B), element by element; column-major.
static bool has_products(const pn_gemm *t)
{
    const uint16_t *a = t->a, *b = t->b;
    const float *c = t->c;
    bool right = true;
    for (int j = 0; j < t->n; j++)
        for (int i = 0; i < t->m; i++) {
            double sum = 1;
            for (int k = 0; k < t->k; k++)
                sum += (double)pn_bfloat16_value(
                           a[t->transpose_a == 'N' ? k * t->lda + i : i * t->lda + k]) *
                       (double)pn_bfloat16_value(
                           b[t->transpose_b == 'N' ? j * t->ldb + k : k * t->ldb + j]);
            right = right && fabs(c[j * t->ldc + i] - sum) <= 1e-5 * t->k;
        }
    return right;
}

// Larger than what the library is asked for at once, in each direction.
static void a_large_product_is_made_of_tiles(void **unused)
{
    enum { ROWS = 1030, COLUMNS = 770, DEPTH = 3, LD = 1040 };
    static uint16_t a[LD * LD], b[LD * LD];
    static float c[LD * COLUMNS];
    uint64_t state = 5;
    pn_half half;
    (void)unused;
    assert_true(open_stub(&half, "none"));
    for (int i = 0; i < LD * LD; i++) {
        a[i] = pn_bfloat16_of((float)naive_number(&state));
        b[i] = pn_bfloat16_of((float)naive_number(&state));
    }
    for (int way = 0; way < 4; way++) {
        for (int i = 0; i < LD * COLUMNS; i++)
            c[i] = 1;
        pn_gemm task = {.transpose_a = way % 2 ? 'T' : 'N',
                        .transpose_b = way / 2 ? 'T' : 'N',
                        .m = ROWS,
                        .n = COLUMNS,
                        .k = DEPTH,
                        .alpha = 1,
                        .a = a,
                        .lda = LD,
                        .b = b,
                        .ldb = LD,
                        .beta = 1,
                        .c = c,
                        .ldc = LD,
                        .element = PN_BFLOAT16};
        assert_true(pn_half_multiply(&half, &task));
        assert_true(has_products(&task));
        for (int j = 0; j < COLUMNS; j++)
            assert_true(c[j * LD + ROWS] == 1.0F);
    }
    pn_half_close(&half);
}

static void a_missing_library_is_none(void **unused)
{
    pn_half half;
    (void)unused;
    assert_false(open_stub(&half, "nowhere"));
    assert_int_equal(half.kind, PN_HALF_NONE);
    assert_string_equal(half.refused, "");
}

static void rounding_is_to_the_nearest_even(void **unused)
{
    static const float ends[] = {0.0F,       -0.0F,      1.0F,     0x1.01p0F, 0x1.03p0F, 0x1.02p0F,
                                 -0x1.03p0F, 0x1.fffp9F, INFINITY, -INFINITY, 0x1p-130F, 3.3e38F};
    uint64_t state = 1;
    (void)unused;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0] + 1000; i++) {
        float number = i < sizeof ends / sizeof ends[0] ? ends[i] : (float)naive_number(&state);
        uint16_t rounded = pn_bfloat16_of(number);
        float value = pn_bfloat16_value(rounded);
        if (!isfinite(number)) {
            assert_true(value == number);
            continue;
        }
        float below = pn_bfloat16_value((uint16_t)(rounded - 1)),
              above = pn_bfloat16_value((uint16_t)(rounded + 1));
        float error = fabsf(value - number);
        assert_true(isinf(value) || error <= fabsf(below - number) || rounded % 0x8000 == 0);
        assert_true(isinf(value) || error <= fabsf(above - number) || isinf(above));
        if (error > 0 && error == fabsf(above - number))
            assert_int_equal(rounded % 2, 0);
    }
    assert_true(isnan(pn_bfloat16_value(pn_bfloat16_of(NAN))));
}

// The part's rounding is the same, NaN included.
static void a_part_rounds_alike(void **unused)
{
    enum { ROWS = 5, COLUMNS = 37 };
    float numbers[ROWS * COLUMNS];
    uint16_t rounded[ROWS * COLUMNS] = {0};
    uint64_t state = 3;
    pn_team *team;
    pn_compute *compute;
    pn_blas *blas;
    (void)unused;
    for (int i = 0; i < ROWS * COLUMNS; i++)
        numbers[i] = (float)naive_number(&state);
    numbers[7] = NAN;
    numbers[9] = -INFINITY;
    assert_int_equal(pn_blas_open(&blas, "auto"), PN_OK);
    assert_int_equal(pn_team_create(&team, 2, NULL), PN_OK);
    assert_int_equal(pn_compute_cpu_open(&compute, team, blas), PN_OK);
    pn_block from = {{numbers}, ROWS, COLUMNS - 1, COLUMNS, PN_FLOAT32}, to = from;
    to.data = rounded;
    to.element = PN_BFLOAT16;
    for (int negates = 0; negates < 2; negates++) {
        compute->ops->round(compute, to, from, negates);
        for (int i = 0; i < ROWS * COLUMNS; i++)
            assert_int_equal(rounded[i], i % COLUMNS == COLUMNS - 1
                                             ? 0
                                             : pn_bfloat16_of(numbers[i]) ^ negates << 15);
    }
    compute->ops->close(compute);
    pn_team_destroy(team);
    pn_blas_close(blas);
}

// By the BLAS's own call, in the form of an update: C := C - L U^T on parts of larger arrays.
static void a_product_is_that_of_the_rounded_numbers(void **unused)
{
    enum { M = 33, N = 21, K = 50, LD = 64 };
    static uint16_t a[LD * K], b[LD * K];
    static float c[LD * N];
    uint64_t state = 5;
    pn_blas *blas;
    (void)unused;
    assert_int_equal(pn_blas_open(&blas, "auto"), PN_OK);
    pn_blas_open_half(blas);
    if (pn_blas_half(blas)->kind == PN_HALF_NONE) {
        print_message("no library of 16-bit products here: %s\n", pn_blas_half(blas)->refused);
        pn_blas_close(blas);
        skip();
    }
    for (int i = 0; i < LD * K; i++) {
        a[i] = pn_bfloat16_of((float)naive_number(&state));
        b[i] = pn_bfloat16_of((float)naive_number(&state));
    }
    for (int i = 0; i < LD * N; i++)
        c[i] = 2;
    pn_blas_gemm(blas, &(pn_gemm){'N', 'T', M, N, K, -1, a, LD, b, LD, 1, c, LD, PN_BFLOAT16});
    for (int j = 0; j < N; j++)
        for (int i = 0; i < LD; i++) {
            double sum = 2;
            for (int k = 0; k < K && i < M; k++)
                sum -= (double)pn_bfloat16_value(a[k * LD + i]) *
                       (double)pn_bfloat16_value(b[k * LD + j]);
            assert_true(fabs((double)c[j * LD + i] - sum) <= 1e-5);
        }
    pn_blas_close(blas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_library_is_taken),
        cmocka_unit_test(wrong_libraries_are_refused_by_name),
        cmocka_unit_test(a_large_product_is_made_of_tiles),
        cmocka_unit_test(a_missing_library_is_none),
        cmocka_unit_test(rounding_is_to_the_nearest_even),
        cmocka_unit_test(a_part_rounds_alike),
        cmocka_unit_test(a_product_is_that_of_the_rounded_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
