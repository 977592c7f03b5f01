// SPDX-License-Identifier: BSD-3-Clause
// The part of cuBLAS that src/compute/cuda uses, answered by rocBLAS (hip_rocblas.cpp), which is
// opened at run time: it is large, and few systems have its headers. The values of the words are
// rocBLAS's own.
#ifndef PN_HIP_CUBLAS_H
#define PN_HIP_CUBLAS_H

#include "cuda_runtime.h"

enum cublasStatus_t { CUBLAS_STATUS_SUCCESS = 0, PN_HIP_NO_ROCBLAS = -1 };
enum cublasMath_t { CUBLAS_DEFAULT_MATH };
enum cublasOperation_t { CUBLAS_OP_N = 111, CUBLAS_OP_T = 112 };
enum cublasFillMode_t { CUBLAS_FILL_MODE_UPPER = 121, CUBLAS_FILL_MODE_LOWER = 122 };
enum cublasDiagType_t { CUBLAS_DIAG_NON_UNIT = 131, CUBLAS_DIAG_UNIT = 132 };
enum cublasSideMode_t { CUBLAS_SIDE_LEFT = 141, CUBLAS_SIDE_RIGHT = 142 };
enum cudaDataType_t { CUDA_R_32F = 151, CUDA_R_16BF = 168 };
enum cublasComputeType_t { CUBLAS_COMPUTE_32F = 151 };
enum cublasGemmAlgo_t { CUBLAS_GEMM_DEFAULT = 0 };
typedef struct _rocblas_handle *cublasHandle_t;

// Also forbids results that differ from run to run. PN_HIP_NO_ROCBLAS: the library is not there.
[[nodiscard]] cublasStatus_t cublasCreate(cublasHandle_t *handle);
cublasStatus_t cublasDestroy(cublasHandle_t handle);
[[nodiscard]] cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode);
[[nodiscard]] cublasStatus_t cublasSetStream(cublasHandle_t handle, hipStream_t stream);
[[nodiscard]] cublasStatus_t cublasSetWorkspace(cublasHandle_t handle, void *memory, size_t bytes);
const char *cublasGetStatusString(cublasStatus_t status);
[[nodiscard]] cublasStatus_t cublasDgemm(cublasHandle_t handle, cublasOperation_t op_a,
                                         cublasOperation_t op_b, int m, int n, int k,
                                         const double *alpha, const double *a, int lda,
                                         const double *b, int ldb, const double *beta, double *c,
                                         int ldc);
[[nodiscard]] cublasStatus_t cublasSgemm(cublasHandle_t handle, cublasOperation_t op_a,
                                         cublasOperation_t op_b, int m, int n, int k,
                                         const float *alpha, const float *a, int lda,
                                         const float *b, int ldb, const float *beta, float *c,
                                         int ldc);
[[nodiscard]] cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t op_a,
                                          cublasOperation_t op_b, int m, int n, int k,
                                          const void *alpha, const void *a, cudaDataType_t type_a,
                                          int lda, const void *b, cudaDataType_t type_b, int ldb,
                                          const void *beta, void *c, cudaDataType_t type_c, int ldc,
                                          cublasComputeType_t compute, cublasGemmAlgo_t algorithm);
[[nodiscard]] cublasStatus_t cublasStrsm(cublasHandle_t handle, cublasSideMode_t side,
                                         cublasFillMode_t fill, cublasOperation_t op,
                                         cublasDiagType_t diagonal, int m, int n,
                                         const float *alpha, const float *a, int lda, float *b,
                                         int ldb);
[[nodiscard]] cublasStatus_t cublasDtrsm(cublasHandle_t handle, cublasSideMode_t side,
                                         cublasFillMode_t fill, cublasOperation_t op,
                                         cublasDiagType_t diagonal, int m, int n,
                                         const double *alpha, const double *a, int lda, double *b,
                                         int ldb);
[[nodiscard]] cublasStatus_t cublasDgemv(cublasHandle_t handle, cublasOperation_t op, int m, int n,
                                         const double *alpha, const double *a, int lda,
                                         const double *x, int incx, const double *beta, double *y,
                                         int incy);

#endif
