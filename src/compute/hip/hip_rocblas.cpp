// SPDX-License-Identifier: BSD-3-Clause
// rocBLAS, opened when the first handle is made. Its functions are declared here, as its
// documentation has them: rocblas_int is int, a status and all words are ints, and scalars are read
// from host memory unless asked otherwise. The newest library found is taken; PANACHE_ROCBLAS names
// another.
#include "cublas_v2.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define FUNCTIONS(X)                                                                               \
    X(create_handle, (cublasHandle_t *))                                                           \
    X(destroy_handle, (cublasHandle_t))                                                            \
    X(set_stream, (cublasHandle_t, hipStream_t))                                                   \
    X(set_workspace, (cublasHandle_t, void *, size_t))                                             \
    X(set_atomics_mode, (cublasHandle_t, int))                                                     \
    X(dgemm, (cublasHandle_t, int, int, int, int, int, const double *, const double *, int,        \
              const double *, int, const double *, double *, int))                                 \
    X(sgemm, (cublasHandle_t, int, int, int, int, int, const float *, const float *, int,          \
              const float *, int, const float *, float *, int))                                    \
    X(gemm_ex, (cublasHandle_t, int, int, int, int, int, const void *, const void *, int, int,     \
                const void *, int, int, const void *, const void *, int, int, void *, int, int,    \
                int, int, int32_t, uint32_t))                                                      \
    X(strsm, (cublasHandle_t, int, int, int, int, int, int, const float *, const float *, int,     \
              float *, int))                                                                       \
    X(dtrsm, (cublasHandle_t, int, int, int, int, int, int, const double *, const double *, int,   \
              double *, int))                                                                      \
    X(dgemv, (cublasHandle_t, int, int, int, const double *, const double *, int, const double *,  \
              int, const double *, double *, int))

namespace
{

enum { ATOMICS_NOT_ALLOWED = 0 };

struct rocblas {
    bool is_there;
#define MEMBER(name, parameters) int(*name) parameters;
    FUNCTIONS(MEMBER)
#undef MEMBER
    const char *(*status_to_string)(int);
};

void *open_library()
{
    static const char *const names[] = {"librocblas.so.5", "librocblas.so.4",
                                        "librocblas.so.3", "librocblas.so.0",
                                        "librocblas.so",   "/opt/rocm/lib/librocblas.so"};
    const char *asked = getenv("PANACHE_ROCBLAS");
    if (asked)
        return dlopen(asked, RTLD_NOW | RTLD_LOCAL);
    for (const char *name : names)
        if (void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL))
            return library;
    return nullptr;
}

rocblas load()
{
    rocblas blas = {};
    void *library = open_library();
    if (!library)
        return blas;
    blas.is_there = true;
#define LOAD(name, parameters)                                                                     \
    blas.name = reinterpret_cast<int(*) parameters>(dlsym(library, "rocblas_" #name));             \
    blas.is_there = blas.is_there && blas.name;
    FUNCTIONS(LOAD)
#undef LOAD
    blas.status_to_string =
        reinterpret_cast<const char *(*)(int)>(dlsym(library, "rocblas_status_to_string"));
    return blas;
}

// Filled once, by the first that asks, and never changed.
const rocblas &blas()
{
    static const rocblas opened = load();
    return opened;
}

cublasStatus_t told(int status)
{
    return static_cast<cublasStatus_t>(status);
}

} // namespace

cublasStatus_t cublasCreate(cublasHandle_t *handle)
{
    if (!blas().is_there)
        return PN_HIP_NO_ROCBLAS;
    int status = blas().create_handle(handle);
    return told(status != 0 ? status : blas().set_atomics_mode(*handle, ATOMICS_NOT_ALLOWED));
}

cublasStatus_t cublasDestroy(cublasHandle_t handle)
{
    return told(blas().destroy_handle(handle));
}

// rocBLAS multiplies doubles as doubles, whatever is asked.
cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode)
{
    (void)handle, (void)mode;
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetStream(cublasHandle_t handle, hipStream_t stream)
{
    return told(blas().set_stream(handle, stream));
}

cublasStatus_t cublasSetWorkspace(cublasHandle_t handle, void *memory, size_t bytes)
{
    return told(blas().set_workspace(handle, memory, bytes));
}

const char *cublasGetStatusString(cublasStatus_t status)
{
    if (status == PN_HIP_NO_ROCBLAS)
        return "rocBLAS (librocblas.so) cannot be opened, or lacks a function; PANACHE_ROCBLAS "
               "names another";
    return blas().status_to_string ? blas().status_to_string(status) : "rocBLAS failed";
}

cublasStatus_t cublasDgemm(cublasHandle_t handle, cublasOperation_t op_a, cublasOperation_t op_b,
                           int m, int n, int k, const double *alpha, const double *a, int lda,
                           const double *b, int ldb, const double *beta, double *c, int ldc)
{
    return told(blas().dgemm(handle, op_a, op_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc));
}

cublasStatus_t cublasSgemm(cublasHandle_t handle, cublasOperation_t op_a, cublasOperation_t op_b,
                           int m, int n, int k, const float *alpha, const float *a, int lda,
                           const float *b, int ldb, const float *beta, float *c, int ldc)
{
    return told(blas().sgemm(handle, op_a, op_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc));
}

// rocBLAS has a result of its own beside C: the same here.
cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t op_a, cublasOperation_t op_b,
                            int m, int n, int k, const void *alpha, const void *a,
                            cudaDataType_t type_a, int lda, const void *b, cudaDataType_t type_b,
                            int ldb, const void *beta, void *c, cudaDataType_t type_c, int ldc,
                            cublasComputeType_t compute, cublasGemmAlgo_t algorithm)
{
    return told(blas().gemm_ex(handle, op_a, op_b, m, n, k, alpha, a, type_a, lda, b, type_b, ldb,
                               beta, c, type_c, ldc, c, type_c, ldc, compute, algorithm, 0, 0));
}

cublasStatus_t cublasStrsm(cublasHandle_t handle, cublasSideMode_t side, cublasFillMode_t fill,
                           cublasOperation_t op, cublasDiagType_t diagonal, int m, int n,
                           const float *alpha, const float *a, int lda, float *b, int ldb)
{
    return told(blas().strsm(handle, side, fill, op, diagonal, m, n, alpha, a, lda, b, ldb));
}

cublasStatus_t cublasDtrsm(cublasHandle_t handle, cublasSideMode_t side, cublasFillMode_t fill,
                           cublasOperation_t op, cublasDiagType_t diagonal, int m, int n,
                           const double *alpha, const double *a, int lda, double *b, int ldb)
{
    return told(blas().dtrsm(handle, side, fill, op, diagonal, m, n, alpha, a, lda, b, ldb));
}

cublasStatus_t cublasDgemv(cublasHandle_t handle, cublasOperation_t op, int m, int n,
                           const double *alpha, const double *a, int lda, const double *x, int incx,
                           const double *beta, double *y, int incy)
{
    return told(blas().dgemv(handle, op, m, n, alpha, a, lda, x, incx, beta, y, incy));
}
