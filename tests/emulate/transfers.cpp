// SPDX-License-Identifier: BSD-3-Clause
// Memory as the runtime gives it out, copies and fillings. Host memory that is not pinned is read
// before a call returns, and has its result then, as CUDA promises.
#include "device.h"

using namespace emulate;

extern "C" {
cudaError_t cudaMemGetInfo(size_t *available, size_t *total)
{
    *available = free_memory();
    *total = total_memory();
    return cudaSuccess;
}

cudaError_t cudaMalloc(void **memory, size_t bytes)
{
    *memory = allocate(DEVICE, bytes);
    return remember(*memory ? cudaSuccess : cudaErrorMemoryAllocation);
}

cudaError_t cudaMallocHost(void **memory, size_t bytes)
{
    *memory = allocate(PINNED, bytes);
    return remember(*memory ? cudaSuccess : cudaErrorMemoryAllocation);
}

// Both wait for the device, as the real ones do.
static cudaError_t give_back(place place, void *memory)
{
    cudaDeviceSynchronize();
    return remember(!memory || release(place, memory) ? cudaSuccess : cudaErrorInvalidValue);
}

cudaError_t cudaFree(void *memory)
{
    return give_back(DEVICE, memory);
}

cudaError_t cudaFreeHost(void *memory)
{
    return give_back(PINNED, memory);
}

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes *attributes, const void *pointer)
{
    static const cudaMemoryType types[] = {cudaMemoryTypeUnregistered, cudaMemoryTypeDevice,
                                           cudaMemoryTypeHost};
    attributes->type = types[place_of(pointer)];
    return cudaSuccess;
}

static bool fits(const void *from, const void *to, cudaMemcpyKind kind)
{
    bool from_device = place_of(from) == DEVICE, to_device = place_of(to) == DEVICE;
    bool asks_from = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
    bool asks_to = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
    if (kind != cudaMemcpyDefault && (is_hosted(from) || is_hosted(to)))
        return false;
    return kind == cudaMemcpyDefault || (asks_from == from_device && asks_to == to_device);
}

cudaError_t cudaMemcpy2DAsync(void *to, size_t pitch_to, const void *from, size_t pitch_from,
                              size_t width, size_t height, cudaMemcpyKind kind, cudaStream_t stream)
{
    if (is_broken())
        return remember(cudaErrorLaunchFailure);
    if (!fits(from, to, kind) || width > pitch_to || width > pitch_from)
        return remember(cudaErrorInvalidValue);
    auto kept = std::make_shared<std::vector<char>>();
    const char *source = (const char *)from;
    if (height > 0 && width > 0 &&
        (crosses_mappings(from, (height - 1) * pitch_from + width) ||
         crosses_mappings(to, (height - 1) * pitch_to + width)))
        stop("a copy is given memory of two mappings");
    if (place_of(from) == HOST) {
        kept->resize(width * height);
        for (size_t i = 0; i < height; i++)
            memcpy(kept->data() + i * width, source + i * pitch_from, width);
        source = nullptr;
    }
    give(stream, "copy", [=] {
        const char *begin = source ? source : kept->data();
        size_t pitch = source ? pitch_from : width;
        touch_columns(begin, width, height, pitch, false);
        touch_columns(to, width, height, pitch_to, true);
        for (size_t i = 0; i < height; i++)
            memmove((char *)to + i * pitch_to, begin + i * pitch, width);
    });
    if (place_of(to) == HOST)
        wait_for_stream(stream);
    else
        perhaps();
    return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream)
{
    return cudaMemcpy2DAsync(to, bytes, from, bytes, bytes, 1, kind, stream);
}

cudaError_t cudaMemsetAsync(void *memory, int value, size_t bytes, cudaStream_t stream)
{
    if (place_of(memory) != DEVICE)
        return remember(cudaErrorInvalidValue);
    give(stream, "memset", [=] {
        touch(memory, bytes, true);
        memset(memory, value, bytes);
    });
    perhaps();
    return cudaSuccess;
}
}
