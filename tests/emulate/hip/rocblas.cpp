// SPDX-License-Identifier: BSD-3-Clause
// The functions of rocBLAS that src/compute/hip looks for, by those of the emulated cuBLAS
// (../loops.cpp). The numbers of its words are those that rocBLAS's documentation has: one that the
// mapping gives otherwise is refused.
#include "../device.h"
#include "../toolkit/cublas_v2.h"

using namespace emulate;

namespace emulate
{
void refuse_width(int width)
{
    if (width != WARP)
        stop("a shuffle goes over %d lanes of a wave; kernels count %d", width, (int)WARP);
}
} // namespace emulate

enum { NONE = 111, TRANSPOSE = 112, UPPER = 121, LOWER = 122, NON_UNIT = 131, UNIT = 132 };
enum { LEFT = 141, RIGHT = 142, F32 = 151, BF16 = 168, INVALID = 11, DEFAULT_ALGORITHM = 0 };
enum { ATOMICS_NOT_ALLOWED = 0 };

static int choose(int word, int first, int second)
{
    if (word != first && word != second)
        stop("rocBLAS is given the word %d; allowed: %d and %d", word, first, second);
    return word == second;
}

static cublasOperation_t transposition(int word)
{
    return choose(word, NONE, TRANSPOSE) ? CUBLAS_OP_T : CUBLAS_OP_N;
}

static cublasSideMode_t side(int word)
{
    return choose(word, LEFT, RIGHT) ? CUBLAS_SIDE_RIGHT : CUBLAS_SIDE_LEFT;
}

static cublasFillMode_t fill(int word)
{
    return choose(word, LOWER, UPPER) ? CUBLAS_FILL_MODE_UPPER : CUBLAS_FILL_MODE_LOWER;
}

static cublasDiagType_t diagonal(int word)
{
    return choose(word, NON_UNIT, UNIT) ? CUBLAS_DIAG_UNIT : CUBLAS_DIAG_NON_UNIT;
}

static cudaDataType_t type(int word)
{
    return choose(word, F32, BF16) ? CUDA_R_16BF : CUDA_R_32F;
}

static int told(cublasStatus_t status)
{
    return status == CUBLAS_STATUS_SUCCESS ? 0 : INVALID;
}

#define EXPORTED extern "C" __attribute__((visibility("default")))

EXPORTED int rocblas_create_handle(cublasHandle_t *handle)
{
    return told(cublasCreate(handle));
}

EXPORTED int rocblas_destroy_handle(cublasHandle_t handle)
{
    return told(cublasDestroy(handle));
}

EXPORTED int rocblas_set_stream(cublasHandle_t handle, cudaStream_t stream)
{
    return told(cublasSetStream(handle, stream));
}

EXPORTED int rocblas_set_workspace(cublasHandle_t handle, void *memory, size_t bytes)
{
    return told(cublasSetWorkspace(handle, memory, bytes));
}

EXPORTED int rocblas_set_atomics_mode(cublasHandle_t, int mode)
{
    if (mode != ATOMICS_NOT_ALLOWED)
        stop("rocBLAS may add in any order");
    return 0;
}

EXPORTED const char *rocblas_status_to_string(int status)
{
    return status == 0 ? "rocblas_status_success" : "rocblas_status_invalid_value";
}

EXPORTED int rocblas_dgemm(cublasHandle_t handle, int op_a, int op_b, int m, int n, int k,
                           const double *alpha, const double *a, int lda, const double *b, int ldb,
                           const double *beta, double *c, int ldc)
{
    return told(cublasDgemm(handle, transposition(op_a), transposition(op_b), m, n, k, alpha, a,
                            lda, b, ldb, beta, c, ldc));
}

EXPORTED int rocblas_sgemm(cublasHandle_t handle, int op_a, int op_b, int m, int n, int k,
                           const float *alpha, const float *a, int lda, const float *b, int ldb,
                           const float *beta, float *c, int ldc)
{
    return told(cublasSgemm(handle, transposition(op_a), transposition(op_b), m, n, k, alpha, a,
                            lda, b, ldb, beta, c, ldc));
}

EXPORTED int rocblas_gemm_ex(cublasHandle_t handle, int op_a, int op_b, int m, int n, int k,
                             const void *alpha, const void *a, int type_a, int lda, const void *b,
                             int type_b, int ldb, const void *beta, const void *c, int type_c,
                             int ldc, void *d, int type_d, int ldd, int compute, int algorithm,
                             int32_t solution, uint32_t flags)
{
    if (c != d || type_c != type_d || ldc != ldd || compute != F32 || solution != 0 || flags != 0 ||
        algorithm != DEFAULT_ALGORITHM)
        return INVALID;
    return told(cublasGemmEx(handle, transposition(op_a), transposition(op_b), m, n, k, alpha, a,
                             type(type_a), lda, b, type(type_b), ldb, beta, d, type(type_d), ldd,
                             CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT));
}

EXPORTED int rocblas_strsm(cublasHandle_t handle, int on, int part, int op, int ones, int m, int n,
                           const float *alpha, const float *a, int lda, float *b, int ldb)
{
    return told(cublasStrsm(handle, side(on), fill(part), transposition(op), diagonal(ones), m, n,
                            alpha, a, lda, b, ldb));
}

EXPORTED int rocblas_dtrsm(cublasHandle_t handle, int on, int part, int op, int ones, int m, int n,
                           const double *alpha, const double *a, int lda, double *b, int ldb)
{
    return told(cublasDtrsm(handle, side(on), fill(part), transposition(op), diagonal(ones), m, n,
                            alpha, a, lda, b, ldb));
}

EXPORTED int rocblas_dgemv(cublasHandle_t handle, int op, int m, int n, const double *alpha,
                           const double *a, int lda, const double *x, int incx, const double *beta,
                           double *y, int incy)
{
    return told(
        cublasDgemv(handle, transposition(op), m, n, alpha, a, lda, x, incx, beta, y, incy));
}
