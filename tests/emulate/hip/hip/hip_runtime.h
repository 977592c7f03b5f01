// SPDX-License-Identifier: BSD-3-Clause
// The part of HIP that src/compute/hip uses, on the emulated device: what that header calls by
// HIP's name is CUDA's there again. So the mapping is executed: the names that it gives, its
// launches, its shuffles by halves of a wave of 64 lanes, its loads and stores past the caches.
//
// Lanes do not run in lockstep here, so that one that waits for another of its own wave is not
// found.
#ifndef PN_EMULATE_HIP_RUNTIME_H
#define PN_EMULATE_HIP_RUNTIME_H

// What the mapping defines itself, by the same name.
#define cudaLaunchKernel emulate_launch_kernel
#define cudaGetDriverEntryPointByVersion emulate_entry_point
#define __ldcv emulate_load_for_host
#define __stwt emulate_store_for_host
#include "../../toolkit/cuda_runtime.h"
#undef cudaLaunchKernel
#undef cudaGetDriverEntryPointByVersion
#undef __ldcv
#undef __stwt
#undef __nanosleep
#undef CUDART_VERSION

namespace emulate
{
void refuse_width(int width); // of a shuffle, unless it is half a wave; ../rocblas.cpp
}

// A shuffle goes over the whole wave unless it is told a width.
enum { EMULATE_WAVE = 64 };
template <class T>
UNCHECKED inline T __shfl_down(T value, unsigned distance, int width = EMULATE_WAVE)
{
    emulate::refuse_width(width);
    return __shfl_down_sync(~0u, value, distance);
}

template <class T> UNCHECKED inline T __shfl_xor(T value, int distance, int width = EMULATE_WAVE)
{
    emulate::refuse_width(width);
    return __shfl_xor_sync(~0u, value, distance);
}

static inline cudaError_t hipHostMalloc(void **memory, size_t bytes, unsigned)
{
    return cudaMallocHost(memory, bytes);
}

static inline cudaError_t hipHostFree(void *memory)
{
    return cudaFreeHost(memory);
}

// HIP's own has lost the kernel's type, which the emulation needs: it is that of the caller's
// kernel.
#define hipLaunchKernel(address, ...) emulate_launch_kernel(kernel, __VA_ARGS__)

// Before any of CUDA's names is a word of the mapping.
typedef cudaDeviceAttr hipDeviceAttribute_t;
typedef cudaDeviceProp hipDeviceProp_t;
static constexpr cudaError_t hipErrorNotSupported = cudaErrorSymbolNotFound;
typedef cudaError_t hipError_t;
typedef cudaEvent_t hipEvent_t;
typedef cudaMemcpyKind hipMemcpyKind;
typedef cudaStream_t hipStream_t;
static constexpr cudaError_t hipSuccess = cudaSuccess;

#define __HIP_MEMORY_SCOPE_SYSTEM 5
#define __hip_atomic_load(from, order, scope) emulate_load_for_host(from)
#define __hip_atomic_store(to, value, order, scope) emulate_store_for_host(to, value)
#define __builtin_amdgcn_s_sleep(units) emulate::nap()

#define hipDeviceAttributeCooperativeLaunch cudaDevAttrCooperativeLaunch
#define hipDeviceGetAttribute cudaDeviceGetAttribute
#define hipDeviceGetPCIBusId cudaDeviceGetPCIBusId
#define hipDeviceGetStreamPriorityRange cudaDeviceGetStreamPriorityRange
#define hipDeviceSynchronize cudaDeviceSynchronize
#define hipDriverGetVersion cudaDriverGetVersion
#define hipErrorCooperativeLaunchTooLarge cudaErrorCooperativeLaunchTooLarge
#define hipErrorInsufficientDriver cudaErrorInsufficientDriver
#define hipErrorNoDevice cudaErrorNoDevice
#define hipErrorNotReady cudaErrorNotReady
#define hipErrorSharedObjectInitFailed cudaErrorStubLibrary
#define hipEventCreate cudaEventCreate
#define hipEventCreateWithFlags cudaEventCreateWithFlags
#define hipEventDestroy cudaEventDestroy
#define hipEventDisableTiming cudaEventDisableTiming
#define hipEventElapsedTime cudaEventElapsedTime
#define hipEventQuery cudaEventQuery
#define hipEventRecord cudaEventRecord
#define hipEventSynchronize cudaEventSynchronize
#define hipFree cudaFree
#define hipGetDevice cudaGetDevice
#define hipGetDeviceCount cudaGetDeviceCount
#define hipGetDeviceProperties cudaGetDeviceProperties
#define hipGetErrorString cudaGetErrorString
#define hipGetLastError cudaGetLastError
#define hipHostMallocDefault 0
#define hipLaunchCooperativeKernel cudaLaunchCooperativeKernel
#define hipMalloc cudaMalloc
#define hipMemGetInfo cudaMemGetInfo
#define hipMemcpy2DAsync cudaMemcpy2DAsync
#define hipMemcpyAsync cudaMemcpyAsync
#define hipMemcpyDefault cudaMemcpyDefault
#define hipMemcpyDeviceToDevice cudaMemcpyDeviceToDevice
#define hipMemcpyDeviceToHost cudaMemcpyDeviceToHost
#define hipMemcpyHostToDevice cudaMemcpyHostToDevice
#define hipMemsetAsync cudaMemsetAsync
#define hipOccupancyMaxActiveBlocksPerMultiprocessor cudaOccupancyMaxActiveBlocksPerMultiprocessor
#define hipRuntimeGetVersion cudaRuntimeGetVersion
#define hipSetDevice cudaSetDevice
#define hipStreamCreateWithPriority cudaStreamCreateWithPriority
#define hipStreamDestroy cudaStreamDestroy
#define hipStreamNonBlocking cudaStreamNonBlocking
#define hipStreamQuery cudaStreamQuery
#define hipStreamSynchronize cudaStreamSynchronize
#define hipStreamWaitEvent cudaStreamWaitEvent

// Calls that map memory, for their types alone.
typedef struct emulate_piece *hipMemGenericAllocationHandle_t;
enum hipMemAccessFlags { hipMemAccessFlagsProtReadWrite = 3 };
enum hipMemAllocationType { hipMemAllocationTypePinned = 1 };
enum hipMemAllocationGranularity_flags { hipMemAllocationGranularityMinimum };
enum hipMemLocationType { hipMemLocationTypeDevice = 1 };
struct hipMemLocation {
    hipMemLocationType type;
    int id;
};
struct hipMemAllocationProp {
    hipMemAllocationType type;
    hipMemLocation location;
};
struct hipMemAccessDesc {
    hipMemLocation location;
    hipMemAccessFlags flags;
};
cudaError_t hipMemGetAllocationGranularity(size_t *unit, const hipMemAllocationProp *kind,
                                           hipMemAllocationGranularity_flags option);
cudaError_t hipMemAddressReserve(void **begin, size_t bytes, size_t unit, void *wish,
                                 unsigned long long flags);
cudaError_t hipMemAddressFree(void *begin, size_t bytes);
cudaError_t hipMemCreate(hipMemGenericAllocationHandle_t *piece, size_t bytes,
                         const hipMemAllocationProp *kind, unsigned long long flags);
cudaError_t hipMemRelease(hipMemGenericAllocationHandle_t piece);
cudaError_t hipMemMap(void *begin, size_t bytes, size_t offset,
                      hipMemGenericAllocationHandle_t piece, unsigned long long flags);
cudaError_t hipMemUnmap(void *begin, size_t bytes);
cudaError_t hipMemSetAccess(void *begin, size_t bytes, const hipMemAccessDesc *access,
                            size_t count);

#endif
