// SPDX-License-Identifier: BSD-3-Clause
// The part of CUDA's runtime that src/compute/cuda uses, for a device that exists nowhere: kernels
// are plain functions, a thread of a kernel is a fiber, streams are queues that are emptied late
// and in any order that events allow (../device.h). Names, types and meanings are CUDA's.
#ifndef PN_EMULATE_CUDA_RUNTIME_H
#define PN_EMULATE_CUDA_RUNTIME_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernel_language.h"

enum cudaError_t {
    cudaSuccess = 0,
    cudaErrorInvalidValue = 1,
    cudaErrorMemoryAllocation = 2,
    cudaErrorInvalidConfiguration = 9,
    cudaErrorStubLibrary = 34,
    cudaErrorInsufficientDriver = 35,
    cudaErrorNoDevice = 100,
    cudaErrorInvalidDevice = 101,
    cudaErrorSymbolNotFound = 500,
    cudaErrorNotReady = 600,
    cudaErrorLaunchFailure = 719,
    cudaErrorCooperativeLaunchTooLarge = 720
};

typedef struct emulate_stream *cudaStream_t;
typedef struct emulate_event *cudaEvent_t;

enum cudaMemcpyKind {
    cudaMemcpyHostToHost,
    cudaMemcpyHostToDevice,
    cudaMemcpyDeviceToHost,
    cudaMemcpyDeviceToDevice,
    cudaMemcpyDefault
};
enum cudaMemoryType { cudaMemoryTypeUnregistered, cudaMemoryTypeHost, cudaMemoryTypeDevice };
enum cudaDeviceAttr {
    cudaDevAttrMultiProcessorCount = 16,
    cudaDevAttrCooperativeLaunch = 95,
    cudaDevAttrHostNumaId = 134
};
#define CUDART_VERSION 13000
enum { cudaStreamNonBlocking = 1, cudaEventDisableTiming = 2 };

struct cudaPointerAttributes {
    cudaMemoryType type;
};

struct cudaDeviceProp {
    char name[256];
    int multiProcessorCount;
};

extern "C" {
const char *cudaGetErrorString(cudaError_t error);
cudaError_t cudaGetLastError(void);
cudaError_t cudaDriverGetVersion(int *version);
cudaError_t cudaRuntimeGetVersion(int *version);
cudaError_t cudaGetDeviceCount(int *count);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaGetDevice(int *device);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int device);
cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr attribute, int device);
cudaError_t cudaDeviceGetPCIBusId(char *id, int length, int device);
cudaError_t cudaDeviceGetStreamPriorityRange(int *least, int *greatest);
cudaError_t cudaDeviceSynchronize(void);

// Functions of the driver, for drivers of that version; ../mappings.cpp.
cudaError_t cudaGetDriverEntryPointByVersion(const char *name, void **function, unsigned version,
                                             unsigned long long flags, void *result = nullptr);

cudaError_t cudaMemGetInfo(size_t *available, size_t *total);
cudaError_t cudaMalloc(void **memory, size_t bytes);
cudaError_t cudaFree(void *memory);
cudaError_t cudaMallocHost(void **memory, size_t bytes);
cudaError_t cudaFreeHost(void *memory);
cudaError_t cudaPointerGetAttributes(cudaPointerAttributes *attributes, const void *pointer);
cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream);
cudaError_t cudaMemcpy2DAsync(void *to, size_t pitch_to, const void *from, size_t pitch_from,
                              size_t width, size_t height, cudaMemcpyKind kind,
                              cudaStream_t stream);
cudaError_t cudaMemsetAsync(void *memory, int value, size_t bytes, cudaStream_t stream);

cudaError_t cudaStreamCreateWithPriority(cudaStream_t *stream, unsigned flags, int priority);
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaStreamQuery(cudaStream_t stream);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned flags);
cudaError_t cudaEventCreate(cudaEvent_t *event);
cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned flags);
cudaError_t cudaEventDestroy(cudaEvent_t event);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream);
cudaError_t cudaEventQuery(cudaEvent_t event);
cudaError_t cudaEventSynchronize(cudaEvent_t event);
cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t begin, cudaEvent_t end);
}

namespace emulate
{
// A kernel with its argument, as it was when the kernel was launched.
struct body {
    const void *kernel; // its address
    const void *argument;
    size_t argument_bytes;
    virtual void run() = 0;
    virtual ~body()
    {
    }
};

template <class T> struct body_of : body {
    void (*function)(T);
    T value;
    UNCHECKED body_of(void (*function_)(T), const T &value_) : function(function_), value(value_)
    {
        kernel = (const void *)function_;
        argument = &value;
        argument_bytes = sizeof value;
    }
    UNCHECKED void run() override
    {
        function(value);
    }
};

struct launch {
    dim3 blocks, threads;
    cudaStream_t stream;
    bool together; // all blocks at the same time
};

cudaError_t launch_body(const launch &launch, body *body); // which it then owns
} // namespace emulate

template <class T>
UNCHECKED cudaError_t cudaLaunchKernel(void (*kernel)(T), dim3 blocks, dim3 threads,
                                       void **arguments, size_t, cudaStream_t stream)
{
    return emulate::launch_body({blocks, threads, stream, false},
                                new emulate::body_of<T>(kernel, *(T *)arguments[0]));
}

template <class T>
UNCHECKED cudaError_t cudaLaunchCooperativeKernel(void (*kernel)(T), dim3 blocks, dim3 threads,
                                                  void **arguments, size_t, cudaStream_t stream)
{
    return emulate::launch_body({blocks, threads, stream, true},
                                new emulate::body_of<T>(kernel, *(T *)arguments[0]));
}

template <class T>
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, void (*)(T), int, size_t)
{
    *blocks = 1;
    return cudaSuccess;
}

#endif
