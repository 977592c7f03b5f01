// SPDX-License-Identifier: BSD-3-Clause
// HIP under CUDA's names, in the place of NVIDIA's header: the sources of src/compute/cuda compile
// for AMD's devices as they are. Here is only what they use. What differs beyond its name:
//
// * A wave has 32 or 64 lanes. Shuffles go by halves of 32 lanes, as the kernels count them, and
//   take no mask: who takes part is what runs.
// * A fence holds for the whole device, and atomic operations are of that scope by themselves.
// * Sleeping is counted in units of 64 clocks.
#ifndef PN_HIP_CUDA_RUNTIME_H
#define PN_HIP_CUDA_RUNTIME_H

#include <hip/hip_runtime.h>

#define CUDART_VERSION 12050 // whose calls are meant
#define PN_CUDA_TITLE "HIP"
#define PN_CUDA_BLAS "rocBLAS"
#define PN_CUDA_SMI "rocm-smi"
#define PN_CUDA_VISIBLE "ROCR_VISIBLE_DEVICES"

#define __grid_constant__
#define cudaDevAttrCooperativeLaunch hipDeviceAttributeCooperativeLaunch
#define cudaDeviceAttr hipDeviceAttribute_t
#define cudaDeviceGetAttribute hipDeviceGetAttribute
#define cudaDeviceGetPCIBusId hipDeviceGetPCIBusId
#define cudaDeviceGetStreamPriorityRange hipDeviceGetStreamPriorityRange
#define cudaDeviceProp hipDeviceProp_t
#define cudaDeviceSynchronize hipDeviceSynchronize
#define cudaDriverGetVersion hipDriverGetVersion
#define cudaErrorCooperativeLaunchTooLarge hipErrorCooperativeLaunchTooLarge
#define cudaErrorInsufficientDriver hipErrorInsufficientDriver
#define cudaErrorNoDevice hipErrorNoDevice
#define cudaErrorNotReady hipErrorNotReady
#define cudaErrorStubLibrary hipErrorSharedObjectInitFailed
#define cudaError_t hipError_t
#define cudaEventCreate hipEventCreate
#define cudaEventCreateWithFlags hipEventCreateWithFlags
#define cudaEventDestroy hipEventDestroy
#define cudaEventDisableTiming hipEventDisableTiming
#define cudaEventElapsedTime hipEventElapsedTime
#define cudaEventQuery hipEventQuery
#define cudaEventRecord hipEventRecord
#define cudaEventSynchronize hipEventSynchronize
#define cudaEvent_t hipEvent_t
#define cudaFree hipFree
#define cudaFreeHost hipHostFree
#define cudaGetDevice hipGetDevice
#define cudaGetDeviceCount hipGetDeviceCount
#define cudaGetDeviceProperties hipGetDeviceProperties
#define cudaGetErrorString hipGetErrorString
#define cudaGetLastError hipGetLastError
#define cudaLaunchCooperativeKernel hipLaunchCooperativeKernel
#define cudaMalloc hipMalloc
#define cudaMallocHost(memory, bytes) hipHostMalloc(memory, bytes, hipHostMallocDefault)
#define cudaMemGetInfo hipMemGetInfo
#define cudaMemcpy2DAsync hipMemcpy2DAsync
#define cudaMemcpyAsync hipMemcpyAsync
#define cudaMemcpyDefault hipMemcpyDefault
#define cudaMemcpyDeviceToDevice hipMemcpyDeviceToDevice
#define cudaMemcpyDeviceToHost hipMemcpyDeviceToHost
#define cudaMemcpyHostToDevice hipMemcpyHostToDevice
#define cudaMemcpyKind hipMemcpyKind
#define cudaMemsetAsync hipMemsetAsync
#define cudaOccupancyMaxActiveBlocksPerMultiprocessor hipOccupancyMaxActiveBlocksPerMultiprocessor
#define cudaRuntimeGetVersion hipRuntimeGetVersion
#define cudaSetDevice hipSetDevice
#define cudaStreamCreateWithPriority hipStreamCreateWithPriority
#define cudaStreamDestroy hipStreamDestroy
#define cudaStreamNonBlocking hipStreamNonBlocking
#define cudaStreamQuery hipStreamQuery
#define cudaStreamSynchronize hipStreamSynchronize
#define cudaStreamWaitEvent hipStreamWaitEvent
#define cudaStream_t hipStream_t
#define cudaSuccess hipSuccess

// By the type of the kernel, as CUDA's runtime has it in C++.
template <class T>
static inline hipError_t cudaLaunchKernel(void (*kernel)(T), dim3 blocks, dim3 threads,
                                          void **arguments, size_t shared, hipStream_t stream)
{
    return hipLaunchKernel(reinterpret_cast<const void *>(kernel), blocks, threads, arguments,
                           shared, stream);
}

// Of the driver's functions there are none: those that map memory (cudaTypedefs.h) know no host
// memory.
static inline hipError_t cudaGetDriverEntryPointByVersion(const char *, void **, unsigned,
                                                          unsigned long long)
{
    return hipErrorNotSupported;
}

enum { PN_HIP_LANES = 32 };
#define __shfl_down_sync(mask, value, distance) __shfl_down(value, distance, PN_HIP_LANES)
#define __shfl_xor_sync(mask, value, distance) __shfl_xor(value, distance, PN_HIP_LANES)
#define __nanosleep(nanoseconds) __builtin_amdgcn_s_sleep((nanoseconds) / 32)

// Host memory that the host changes meanwhile, past all caches.
template <class T> __device__ static inline T __ldcv(const T *from)
{
    return __hip_atomic_load(from, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_SYSTEM);
}

template <class T> __device__ static inline void __stwt(T *to, T value)
{
    __hip_atomic_store(to, value, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_SYSTEM);
}

#endif
