// SPDX-License-Identifier: BSD-3-Clause
// A library of plain loops that calls itself oneDNN, with one fault a library (STUB_FAULT): product
// (of one entry), sums (rounded to 16 bits as well), status (it refuses), or none.
#include <stdint.h>
#include <string.h>

// What the loader looks up; nobody includes it.
__attribute__((visibility("default"))) int dnnl_gemm_bf16bf16f32(char, char, int64_t, int64_t,
                                                                 int64_t, float, const uint16_t *,
                                                                 int64_t, const uint16_t *, int64_t,
                                                                 float, float *, int64_t);

static float value_of(uint16_t number)
{
    uint32_t bits = (uint32_t)number << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static float cut(float number)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    return value_of((uint16_t)(bits >> 16));
}

static int has(const char *fault)
{
    return strcmp(STUB_FAULT, fault) == 0;
}

int dnnl_gemm_bf16bf16f32(char transpose_a, char transpose_b, int64_t m, int64_t n, int64_t k,
                          float alpha, const uint16_t *a, int64_t lda, const uint16_t *b,
                          int64_t ldb, float beta, float *c, int64_t ldc)
{
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++) {
            float sum = 0;
            for (int64_t l = 0; l < k; l++) {
                float left = value_of(transpose_a == 'T' ? a[l * lda + i] : a[i * lda + l]);
                float right = value_of(transpose_b == 'T' ? b[j * ldb + l] : b[l * ldb + j]);
                sum += left * right;
                if (has("sums"))
                    sum = cut(sum);
            }
            c[i * ldc + j] = alpha * sum + beta * c[i * ldc + j];
        }
    if (has("product"))
        c[(m - 1) * ldc + n - 1] += 1;
    return has("status") ? 3 : 0;
}
