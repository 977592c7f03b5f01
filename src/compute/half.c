// SPDX-License-Identifier: BSD-3-Clause
// Each library has a call of its own; two of them know rows first, and see the transposed problem.
// Their own threads are kept away, for threads are ours.
#include "compute/half.h"

#include "base/lcg.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int onednn_function(char, char, int64_t, int64_t, int64_t, float, const void *, int64_t,
                            const void *, int64_t, float, void *, int64_t);
typedef void mkl_function(int, int, int, int, int, int, float, const void *, int, const void *, int,
                          float, void *, int);
typedef void aocl_function(char, char, char, int64_t, int64_t, int64_t, float, const void *,
                           int64_t, char, const void *, int64_t, char, float, void *, int64_t,
                           void *);
typedef void openblas_function(const char *, const char *, const int *, const int *, const int *,
                               const float *, const void *, const int *, const void *, const int *,
                               const float *, void *, const int *);

enum { FILES = 3, CHECKED = 64 };

typedef struct candidate {
    const char *name, *symbol;
    const char *files[FILES];
} candidate;

static const candidate candidates[PN_HALF_KINDS] = {
    [PN_HALF_NONE] = {"none", NULL, {NULL}},
    [PN_HALF_ONEDNN] = {"oneDNN",
                        "dnnl_gemm_bf16bf16f32",
                        {"libdnnl.so.3", "libdnnl.so.2", "libdnnl.so"}},
    [PN_HALF_MKL] = {"MKL",
                     "cblas_gemm_bf16bf16f32",
                     {"libmkl_rt.so.2", "libmkl_rt.so.1", "libmkl_rt.so"}},
    [PN_HALF_AOCL] = {"AOCL",
                      "aocl_gemm_bf16bf16f32of32",
                      {"libaocl-dlp.so", "libblis-mt.so", "libblis.so"}},
    [PN_HALF_OPENBLAS] = {"OpenBLAS", "sbgemm_", {NULL}},
};

// Of the sum of the magnitudes: FP32 rounds each of 64 sums.
static const double same_enough = 1e-5;

const char *pn_half_name(pn_half_kind kind)
{
    return candidates[kind].name;
}

static int cblas_transposed(char transposed)
{
    enum { PLAIN = 111, TRANSPOSED };
    return transposed == 'N' ? PLAIN : TRANSPOSED;
}

static char lower_case(char transposed)
{
    return transposed == 'N' ? 'n' : 't';
}

// How much of a result one call makes.
typedef struct tile {
    int64_t rows, columns; // as the library knows them
} tile;

// A large result is slow, because it does not stay in the second-level cache between the blocks of
// the library's inner loops: in tiles. LU of N = 16,000 with oneDNN 2.6 on two cores with AMX and
// 2 MB each takes 4.02 s with NB = 512 in columns of 1,024, 3.53 in tiles of 384 x 512; with
// 768 3.39 and 3.07; with 1,024 2.98 in those and 2.73 in the larger ones.
static tile tile_for(const pn_gemm *t)
{
    enum { DEEP = 1024 };
    return t->k < DEEP ? (tile){384, 512} : (tile){1024, 1024};
}

static int64_t offset(char transposed, int64_t ld, int64_t first, char along)
{
    return transposed == along ? first : first * ld;
}

static bool multiply_onednn(onednn_function *function, const pn_gemm *t)
{
    tile most = tile_for(t);
    for (int64_t column = 0; column < t->m; column += most.columns)
        for (int64_t row = 0; row < t->n; row += most.rows) {
            int64_t columns = t->m - column < most.columns ? t->m - column : most.columns;
            int64_t rows = t->n - row < most.rows ? t->n - row : most.rows;
            const uint16_t *a =
                (const uint16_t *)t->a + offset(t->transpose_a, t->lda, column, 'N');
            const uint16_t *b = (const uint16_t *)t->b + offset(t->transpose_b, t->ldb, row, 'T');
            if (function(t->transpose_b, t->transpose_a, rows, columns, t->k, (float)t->alpha, b,
                         t->ldb, a, t->lda, (float)t->beta, (float *)t->c + row * t->ldc + column,
                         t->ldc) != 0)
                return false;
        }
    return true;
}

bool pn_half_multiply(const pn_half *half, const pn_gemm *t)
{
    enum { COLUMN_MAJOR = 102 };
    float alpha = (float)t->alpha, beta = (float)t->beta;
    union { // ISO C knows no conversion from an object's to a function's address
        void *symbol;
        onednn_function *onednn;
        mkl_function *mkl;
        aocl_function *aocl;
        openblas_function *openblas;
    } call = {half->function};
    switch (half->kind) {
    case PN_HALF_ONEDNN:
        return multiply_onednn(call.onednn, t);
    case PN_HALF_MKL:
        call.mkl(COLUMN_MAJOR, cblas_transposed(t->transpose_a), cblas_transposed(t->transpose_b),
                 t->m, t->n, t->k, alpha, t->a, t->lda, t->b, t->ldb, beta, t->c, t->ldc);
        return true;
    case PN_HALF_AOCL:
        call.aocl('r', lower_case(t->transpose_b), lower_case(t->transpose_a), t->n, t->m, t->k,
                  alpha, t->b, t->ldb, 'n', t->a, t->lda, 'n', beta, t->c, t->ldc, NULL);
        return true;
    case PN_HALF_OPENBLAS:
        call.openblas(&t->transpose_a, &t->transpose_b, &t->m, &t->n, &t->k, &alpha, t->a, &t->lda,
                      t->b, &t->ldb, &beta, t->c, &t->ldc);
        return true;
    default:
        return false;
    }
}

typedef struct example { // column-major, as a run multiplies: B is transposed
    uint16_t a[CHECKED * CHECKED], b[CHECKED * CHECKED];
    float c[CHECKED * CHECKED];
} example;

static void fill(example *t)
{
    uint64_t state = 1;
    for (int i = 0; i < CHECKED * CHECKED; i++) {
        state = pn_lcg_next(state);
        t->a[i] = pn_bfloat16_of((float)pn_lcg_value(state));
        state = pn_lcg_next(state);
        t->b[i] = pn_bfloat16_of((float)pn_lcg_value(state));
        t->c[i] = (float)(i % CHECKED) * 0.125F;
    }
}

static bool is_right_at(const example *t, int row, int column)
{
    double sum = row * 0.125, size = sum;
    for (int k = 0; k < CHECKED; k++) {
        double product = (double)pn_bfloat16_value(t->a[k * CHECKED + row]) *
                         (double)pn_bfloat16_value(t->b[k * CHECKED + column]);
        sum += product;
        size += fabs(product);
    }
    return fabs((double)t->c[column * CHECKED + row] - sum) <= same_enough * size;
}

// NULL: it multiplies rightly; else what is the matter.
static const char *fault_of(const pn_half *half)
{
    example *t = malloc(sizeof *t);
    if (!t)
        return "there is no memory to check it";
    fill(t);
    bool done = pn_half_multiply(half, &(pn_gemm){.transpose_a = 'N',
                                                  .transpose_b = 'T',
                                                  .m = CHECKED,
                                                  .n = CHECKED,
                                                  .k = CHECKED,
                                                  .alpha = 1,
                                                  .a = t->a,
                                                  .lda = CHECKED,
                                                  .b = t->b,
                                                  .ldb = CHECKED,
                                                  .beta = 1,
                                                  .c = t->c,
                                                  .ldc = CHECKED,
                                                  .element = PN_BFLOAT16});
    bool right = true;
    for (int i = 0; right && i < CHECKED * CHECKED; i++)
        right = is_right_at(t, i % CHECKED, i / CHECKED);
    free(t);
    return !done    ? "it does not multiply bfloat16 on this processor"
           : !right ? "its products of 16 bits are wrong"
                    : NULL;
}

// Whether the product of that kind in `library` is there and right; else why not is noted.
static bool take(pn_half *half, pn_half_kind kind, void *library, const char *file)
{
    void *function = dlsym(library, candidates[kind].symbol);
    if (!function)
        return false;
    half->kind = kind;
    half->function = function;
    const char *fault = fault_of(half);
    if (!fault)
        return true;
    size_t used = strlen(half->refused);
    snprintf(half->refused + used, sizeof half->refused - used, "%s%s (%s): %s", used ? "; " : "",
             candidates[kind].name, file, fault);
    half->kind = PN_HALF_NONE;
    half->function = NULL;
    return false;
}

static bool take_file(pn_half *half, pn_half_kind kind, const char *file)
{
    // It stays where it is once closed: its runtime may have left something to each thread.
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library)
        return false;
    if (take(half, kind, library, file)) {
        half->library = library;
        return true;
    }
    dlclose(library);
    return false;
}

static void keep_threads_away(void)
{
    setenv("OMP_NUM_THREADS", "1", 1); // oneDNN's
}

bool pn_half_open_file(pn_half *half, pn_half_kind kind, const char *file)
{
    *half = (pn_half){.kind = PN_HALF_NONE};
    keep_threads_away();
    return take_file(half, kind, file);
}

void pn_half_open(pn_half *half, void *blas)
{
    *half = (pn_half){.kind = PN_HALF_NONE};
    keep_threads_away();
    for (pn_half_kind kind = PN_HALF_NONE + 1; kind < PN_HALF_KINDS; kind++) {
        size_t refused = strlen(half->refused);
        for (int i = 0; i < FILES && candidates[kind].files[i]; i++) {
            if (take_file(half, kind, candidates[kind].files[i]))
                return;
            if (strlen(half->refused) > refused)
                break; // by another name it is the same library
        }
        if (kind == PN_HALF_OPENBLAS && blas && take(half, kind, blas, "the BLAS"))
            return;
    }
}

void pn_half_close(pn_half *half)
{
    if (half->library)
        dlclose(half->library);
    *half = (pn_half){.kind = PN_HALF_NONE};
}
