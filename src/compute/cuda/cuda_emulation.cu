// SPDX-License-Identifier: BSD-3-Clause
// Products of FP64 that cuBLAS of CUDA 13 computes with integers (slices of 8 bits of numbers that
// are scaled by row and by column), with a fixed number of bits. Its functions are looked up when
// the plug-in is opened, so that one built with an older toolkit, or on another maker's library,
// says that there are none.
#include "compute/cuda/cuda_private.h"

#include <math.h>

enum { SLICE_BITS = 8, ROUND_K = 128, ROUND_MN = 1024, MOST_WIDTH = 1024, MIB = 1 << 20 };

// cublas_api.h of CUDA 13: the mode of products, the strategy that emulates wherever it can, and
// the control that takes the bits as they are set.
enum { EMULATED_MATH = 8, EAGER = 2, FIXED = 1 };

extern "C" {
cublasStatus_t set_strategy(cublasHandle_t handle,
                            int strategy) __asm__("cublasSetEmulationStrategy")
    __attribute__((weak));
cublasStatus_t set_control(cublasHandle_t handle,
                           int control) __asm__("cublasSetFixedPointEmulationMantissaControl")
    __attribute__((weak));
cublasStatus_t set_bits(cublasHandle_t handle,
                        int bits) __asm__("cublasSetFixedPointEmulationMaxMantissaBitCount")
    __attribute__((weak));
}

// What cuBLAS documents for a product: slices of both factors with a quarter more, and a constant.
static const double part_more = 1.25;
static const size_t constant_bytes = (size_t)128 * MIB;

static double slices_of(int bits)
{
    return (double)pn_ceil_div(bits + 1, SLICE_BITS);
}

// For the product of a square matrix that fills the memory; flatter ones are cut into pieces.
size_t pn_cuda_emulation_workspace(int bits, size_t memory)
{
    double order = sqrt((double)memory / sizeof(double)) + ROUND_MN;
    double bytes = part_more * slices_of(bits) * 2 * order * MOST_WIDTH + (double)constant_bytes;
    return (size_t)pn_round_up((int64_t)fmin(bytes, (double)memory / 16), MIB);
}

pn_lidx pn_cuda_emulation_rows(const pn_cuda *cuda, pn_lidx columns, int width)
{
    double each = part_more * slices_of(cuda->fp64_bits) * (double)pn_round_up(width, ROUND_K);
    double room = (double)cuda->workspace_bytes - (double)constant_bytes;
    pn_lidx both = (pn_lidx)(fmax(room, 0) / each);
    return pn_max(ROUND_MN, both - pn_round_up(columns, ROUND_MN) - ROUND_MN);
}

pn_status pn_cuda_emulation_set(const pn_cuda *cuda, cublasHandle_t handle)
{
    if (cuda->fp64_bits == 0)
        return PN_OK;
    if (!set_strategy || !set_control || !set_bits)
        return cuda->fail(PN_ERROR_SYSTEM,
                          "option --fp64: this " PN_CUDA_BLAS " does not emulate FP64 with so many "
                          "bits (that of CUDA 13.0, update 2, and later ones do); allowed: native");
    cublasStatus_t status = cublasSetMathMode(handle, (cublasMath_t)EMULATED_MATH);
    if (status == CUBLAS_STATUS_SUCCESS)
        status = set_strategy(handle, EAGER);
    if (status == CUBLAS_STATUS_SUCCESS)
        status = set_control(handle, FIXED);
    if (status == CUBLAS_STATUS_SUCCESS)
        status = set_bits(handle, cuda->fp64_bits);
    return status == CUBLAS_STATUS_SUCCESS
               ? PN_OK
               : cuda->fail(PN_ERROR_SYSTEM,
                            "option --fp64: " PN_CUDA_BLAS " refuses to emulate FP64 with %d bits "
                            "on device %d: %s",
                            cuda->fp64_bits, cuda->device, cublasGetStatusString(status));
}
