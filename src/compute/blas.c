// SPDX-License-Identifier: BSD-3-Clause
// Opens a BLAS by name and finds its Fortran symbols, which every BLAS has. Integers are 32 bits.
#include "compute/blas.h"

#include "base/assertion.h"
#include "compute/blas_family.h"
#include "compute/half.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void dgemm_function(const char *, const char *, const int *, const int *, const int *,
                            const double *, const double *, const int *, const double *,
                            const int *, const double *, double *, const int *);
typedef void dtrsm_function(const char *, const char *, const char *, const char *, const int *,
                            const int *, const double *, const double *, const int *, double *,
                            const int *);

typedef void sgemm_function(const char *, const char *, const int *, const int *, const int *,
                            const float *, const float *, const int *, const float *, const int *,
                            const float *, float *, const int *);
typedef void strsm_function(const char *, const char *, const char *, const char *, const int *,
                            const int *, const float *, const float *, const int *, float *,
                            const int *);

struct pn_blas {
    void *library;
    dgemm_function *dgemm;
    dtrsm_function *dtrsm;
    sgemm_function *sgemm; // NULL, as is the next: a library for HPL alone
    strsm_function *strsm;
    pn_blas_identity identity;
    pn_half half;
};

// The libraries known by name, in the order "auto" tries them.
typedef struct candidate {
    const char *key;
    const char *files[3];
} candidate;

static const candidate candidates[] = {
    {"openblas", {"libopenblas.so.0", "libopenblas.so", NULL}},
    {"mkl", {"libmkl_rt.so.2", "libmkl_rt.so.1", "libmkl_rt.so"}},
    {"blis", {"libblis-mt.so.4", "libblis.so.4", "libblis.so"}},
    {"reference", {"libblas.so.3", "libblas.so", NULL}},
};
enum { CANDIDATES = sizeof candidates / sizeof candidates[0], FILES = 3 };

static void find(void *library, const char *symbol, void *function)
{
    void *address = dlsym(library, symbol); // POSIX lets it convert; ISO C has no such conversion
    memcpy(function, &address, sizeof address);
}

static bool open_file(pn_blas *blas, const char *file)
{
    blas->library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!blas->library)
        return false;
    find(blas->library, "dgemm_", &blas->dgemm);
    find(blas->library, "dtrsm_", &blas->dtrsm);
    find(blas->library, "sgemm_", &blas->sgemm);
    find(blas->library, "strsm_", &blas->strsm);
    if (blas->dgemm && blas->dtrsm)
        return true;
    dlclose(blas->library);
    blas->library = NULL;
    return false;
}

static const candidate *find_candidate(const char *key)
{
    for (int i = 0; i < CANDIDATES; i++)
        if (strcmp(candidates[i].key, key) == 0)
            return &candidates[i];
    return NULL;
}

// Tries the files of one candidate; appends each name tried to `tried`.
static bool open_candidate(pn_blas *blas, const candidate *which, char *tried, size_t room)
{
    for (int i = 0; i < FILES && which->files[i]; i++) {
        if (open_file(blas, which->files[i]))
            return true;
        size_t used = strlen(tried);
        snprintf(tried + used, room - used, "%s%s", used ? ", " : "", which->files[i]);
    }
    return false;
}

static pn_status open_library(pn_blas *blas, const char *library)
{
    char tried[512] = "";
    const candidate *only = find_candidate(library);
    if (strcmp(library, "auto") == 0) {
        for (int i = 0; i < CANDIDATES; i++)
            if (open_candidate(blas, &candidates[i], tried, sizeof tried))
                return PN_OK;
    } else if (only) {
        if (open_candidate(blas, only, tried, sizeof tried))
            return PN_OK;
    } else if (strchr(library, '/') || strstr(library, ".so")) {
        if (open_file(blas, library))
            return PN_OK;
        const char *why = dlerror();
        return pn_fail(PN_ERROR_SYSTEM, "--blas %s: cannot be used as a BLAS: %s", library,
                       why ? why : "it has no dgemm_ and dtrsm_");
    } else {
        return pn_fail(
            PN_ERROR_USAGE,
            "--blas %s: unknown; allowed are auto, openblas, mkl, blis, reference or the "
            "path of a shared library",
            library);
    }
    return pn_fail(PN_ERROR_SYSTEM,
                   "no BLAS found for --blas %s: tried %s. Install one (Debian: "
                   "libopenblas0-pthread) or name it with --blas PATH",
                   library, tried);
}

pn_status pn_blas_open(pn_blas **result, const char *library)
{
    *result = NULL;
    pn_blas *blas = calloc(1, sizeof *blas);
    if (!blas)
        return pn_fail_memory("to open the BLAS");
    pn_blas_stay_single();
    pn_status status = open_library(blas, library);
    if (status != PN_OK) {
        free(blas);
        return status;
    }
    pn_blas_set_one_thread(blas->library);
    pn_blas_identify(blas->library, library, &blas->identity);
    *result = blas;
    return PN_OK;
}

pn_status pn_blas_open_with(pn_blas **blas, const char *path, const char *variable,
                            const char *value)
{
    for (int i = 0; i < PN_BLAS_FAMILIES; i++)
        if (pn_blas_family_at(i)->variable)
            unsetenv(pn_blas_family_at(i)->variable);
    if (variable[0])
        setenv(variable, value, 1);
    return pn_blas_open(blas, path);
}

void pn_blas_close(pn_blas *blas)
{
    if (!blas)
        return;
    pn_half_close(&blas->half);
    dlclose(blas->library);
    free(blas);
}

bool pn_blas_has_single(const pn_blas *blas)
{
    return blas->sgemm && blas->strsm;
}

void pn_blas_open_half(pn_blas *blas)
{
    pn_half_close(&blas->half);
    pn_half_open(&blas->half, blas->library);
}

const pn_half *pn_blas_half(const pn_blas *blas)
{
    return &blas->half;
}

const char *pn_blas_name(const pn_blas *blas)
{
    return blas->identity.name;
}

const char *pn_blas_kernels(const pn_blas *blas)
{
    return blas->identity.kernels;
}

const char *pn_blas_path(const pn_blas *blas)
{
    return blas->identity.path;
}

const pn_blas_identity *pn_blas_who(const pn_blas *blas)
{
    return &blas->identity;
}

pn_status pn_blas_suits(const pn_blas *blas, int threads)
{
    if (threads <= 1 || !blas->identity.serial_only)
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "%s (%s) was built without threads: it computes wrongly when the %d threads of "
                   "a rank call it at once. Name another library by --blas, or start one rank for "
                   "each core with --threads 1",
                   blas->identity.name, blas->identity.path, threads);
}

void pn_blas_gemm(const pn_blas *blas, const pn_gemm *t)
{
    if (t->m <= 0 || t->n <= 0)
        return;
    if (t->element == PN_FLOAT32) {
        float alpha = (float)t->alpha, beta = (float)t->beta;
        pn_assert(blas->sgemm, "the BLAS multiplies in FP32");
        blas->sgemm(&t->transpose_a, &t->transpose_b, &t->m, &t->n, &t->k, &alpha, t->a, &t->lda,
                    t->b, &t->ldb, &beta, t->c, &t->ldc);
        return;
    }
    if (t->element == PN_BFLOAT16) {
        pn_assert(pn_half_multiply(&blas->half, t), "the library of 16-bit products multiplies");
        return;
    }
    pn_assert(t->element == PN_FLOAT64, "products are in FP64, FP32 or bfloat16");
    blas->dgemm(&t->transpose_a, &t->transpose_b, &t->m, &t->n, &t->k, &t->alpha, t->a, &t->lda,
                t->b, &t->ldb, &t->beta, t->c, &t->ldc);
}

void pn_blas_trsm(const pn_blas *blas, const pn_trsm *t)
{
    if (t->m <= 0 || t->n <= 0)
        return;
    if (t->element == PN_FLOAT32) {
        float alpha = (float)t->alpha;
        pn_assert(blas->strsm, "the BLAS solves in FP32");
        blas->strsm(&t->side, &t->triangle, &t->transpose, &t->diagonal, &t->m, &t->n, &alpha, t->a,
                    &t->lda, t->b, &t->ldb);
        return;
    }
    pn_assert(t->element == PN_FLOAT64, "triangular solves are in FP64 or FP32");
    blas->dtrsm(&t->side, &t->triangle, &t->transpose, &t->diagonal, &t->m, &t->n, &t->alpha, t->a,
                &t->lda, t->b, &t->ldb);
}
