// SPDX-License-Identifier: BSD-3-Clause
// The CUDA backend's table, what it offers to the program, and its opening. Anything that is wrong
// with driver, device or memory is found here, before the clock starts.
#include "compute/cuda/cuda_overflow.h"

#include <stdio.h>
#include <stdlib.h>

// What is taken of a device's memory beside the matrix goes by its size, up to what is enough for
// the largest: so all parts of it, also their bounds, are the same on a small device.
static void choose_sizes(pn_cuda *cuda)
{
    enum { GIB = 1 << 30, MIB = 1 << 20, KIB = 1 << 10, MOST_WARM = 4096, LEAST_ROWS = 64 };
    size_t available = 0, total = 0;
    (void)cudaMemGetInfo(&available, &total);
    // What cuBLAS, the driver and other programs take.
    cuda->reserve = pn_min((int64_t)GIB, (int64_t)total / 16);
    cuda->workspace_bytes = pn_min((int64_t)64 * MIB, (int64_t)total / 256);
    if (cuda->fp64_bits > 0)
        cuda->workspace_bytes = pn_cuda_emulation_workspace(cuda->fp64_bits, total);
    cuda->stage_half = pn_round_up(pn_min((int64_t)64 * MIB, (int64_t)total / 2048), 4 * KIB);
    cuda->tile_bytes = pn_round_up(pn_min((int64_t)32 * MIB, (int64_t)total / 1024), 8 * KIB);
    cuda->panel_rows = pn_max(LEAST_ROWS, (int64_t)total / (512 * KIB));
    cuda->warm_size = MOST_WARM;
    while (cuda->warm_size * cuda->warm_size * 8 > (int64_t)total / 64)
        cuda->warm_size /= 2;
}

static pn_status fail_driver(cudaError_t error, pn_fail_function *fail)
{
    int driver = 0, runtime = 0;
    (void)cudaDriverGetVersion(&driver);
    (void)cudaRuntimeGetVersion(&runtime);
    (void)cudaGetLastError();
    if (error == cudaErrorInsufficientDriver || error == cudaErrorStubLibrary)
        return driver == 0
                   ? fail(PN_ERROR_SYSTEM, "there is no " PN_CUDA_TITLE " driver on this host")
                   : fail(PN_ERROR_SYSTEM,
                          "the " PN_CUDA_TITLE " driver of this host (for " PN_CUDA_TITLE
                          " %d.%d) is too old for the "
                          "plug-in (" PN_CUDA_TITLE
                          " %d.%d): update the driver, or build Panache with an "
                          "older toolkit",
                          driver / 1000, driver / 10 % 100, runtime / 1000, runtime / 10 % 100);
    if (error == cudaErrorNoDevice)
        return fail(PN_ERROR_SYSTEM,
                    "the " PN_CUDA_TITLE " driver knows no device on this host (see " PN_CUDA_SMI
                    " and " PN_CUDA_VISIBLE ")");
    return fail(PN_ERROR_SYSTEM, "the " PN_CUDA_TITLE " driver does not answer: %s",
                cudaGetErrorString(error));
}

static pn_status count(int *devices, pn_fail_function *fail)
{
    *devices = 0;
    cudaError_t error = cudaGetDeviceCount(devices);
    if (error == cudaSuccess && *devices == 0)
        error = cudaErrorNoDevice;
    return error == cudaSuccess ? PN_OK : fail_driver(error, fail);
}

// Goes to the failure's one place; used while the backend is opened.
#define TRY_CUDA(call)                                                                             \
    do {                                                                                           \
        error = (call);                                                                            \
        if (error != cudaSuccess)                                                                  \
            goto fail;                                                                             \
    } while (0)

static cudaError_t create_streams(pn_cuda *cuda)
{
    int lowest, highest;
    cudaError_t error;
    TRY_CUDA(cudaDeviceGetStreamPriorityRange(&lowest, &highest));
    TRY_CUDA(cudaStreamCreateWithPriority(&cuda->main, cudaStreamNonBlocking, highest));
    TRY_CUDA(cudaStreamCreateWithPriority(&cuda->copy, cudaStreamNonBlocking, highest));
    TRY_CUDA(cudaStreamCreateWithPriority(&cuda->multiply, cudaStreamNonBlocking, lowest));
fail:
    return error;
}

static cudaError_t create_events(pn_cuda *cuda)
{
    cudaEvent_t *single[] = {&cuda->ready,           &cuda->arrived,
                             &cuda->multiplied,      &cuda->stage_filled[0],
                             &cuda->stage_filled[1], &cuda->stage_emptied[0],
                             &cuda->stage_emptied[1]};
    cudaError_t error = cudaSuccess;
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        TRY_CUDA(cudaEventCreateWithFlags(single[i], cudaEventDisableTiming));
    for (int i = 0; i < PN_CUDA_EVENTS; i++)
        TRY_CUDA(cudaEventCreateWithFlags(&cuda->events[i], cudaEventDisableTiming));
    for (int i = 0; i < PN_CUDA_TIMINGS; i++) {
        TRY_CUDA(cudaEventCreate(&cuda->timings[i].begin));
        TRY_CUDA(cudaEventCreate(&cuda->timings[i].end));
    }
fail:
    return error;
}

static pn_status open_blas(pn_cuda *cuda)
{
    // A result counts only if it was computed in 64 bits throughout; who wants another asks for it.
    unsetenv("CUBLAS_EMULATE_DOUBLE_PRECISION");
    cublasHandle_t *handles[] = {&cuda->main_blas, &cuda->multiply_blas};
    cudaStream_t streams[] = {cuda->main, cuda->multiply};
    for (int i = 0; i < 2; i++) {
        cublasStatus_t status = cublasCreate(handles[i]);
        if (status == CUBLAS_STATUS_SUCCESS)
            status = cublasSetMathMode(*handles[i], CUBLAS_DEFAULT_MATH);
        if (status == CUBLAS_STATUS_SUCCESS)
            status = cublasSetStream(*handles[i], streams[i]);
        // After the stream, which resets it: a handle's own would be allocated at the first call.
        if (status == CUBLAS_STATUS_SUCCESS)
            status = cublasSetWorkspace(*handles[i], cuda->workspace[i], cuda->workspace_bytes);
        if (status != CUBLAS_STATUS_SUCCESS)
            return cuda->fail(PN_ERROR_SYSTEM,
                              PN_CUDA_BLAS " cannot be started on " PN_CUDA_TITLE " device %d: %s",
                              cuda->device, cublasGetStatusString(status));
        pn_status emulated = pn_cuda_emulation_set(cuda, *handles[i]);
        if (emulated != PN_OK)
            return emulated;
    }
    return PN_OK;
}

static pn_status prepare(pn_cuda *cuda)
{
    cudaError_t error;
    TRY_CUDA(cudaSetDevice(cuda->device));
    TRY_CUDA(create_streams(cuda));
    TRY_CUDA(create_events(cuda));
    choose_sizes(cuda);
    TRY_CUDA(cudaMalloc((void **)&cuda->stage, 2 * cuda->stage_half));
    TRY_CUDA(cudaMalloc(&cuda->workspace[0], cuda->workspace_bytes));
    TRY_CUDA(cudaMalloc(&cuda->workspace[1], cuda->workspace_bytes));
    return open_blas(cuda);
fail:
    return cuda->fail(PN_ERROR_SYSTEM,
                      PN_CUDA_TITLE " device %d cannot be used: %s (see " PN_CUDA_SMI
                                    " for who else uses it and "
                                    "for its compute mode)",
                      cuda->device, cudaGetErrorString(error));
}

static void describe(pn_cuda *cuda)
{
    cudaDeviceProp properties;
    if (cudaGetDeviceProperties(&properties, cuda->device) == cudaSuccess) {
        snprintf(cuda->base.kind, sizeof cuda->base.kind, "%.63s", properties.name);
        cuda->processors = properties.multiProcessorCount;
    }
    if (cudaDeviceGetPCIBusId(cuda->base.bus, sizeof cuda->base.bus, cuda->device) != cudaSuccess)
        cuda->base.bus[0] = '\0';
    cuda->base.is_device = true;
}

// What is left when the backend has taken its own.
static void count_memory(pn_cuda *cuda, int sharers)
{
    size_t available = 0, total = 0;
    (void)cudaMemGetInfo(&available, &total);
    // Others that share the device may not have taken theirs yet: each has a part of what is free,
    // and leaves its own reserve out of it.
    size_t part = available / (size_t)(sharers > 0 ? sharers : 1);
    cuda->base.memory_bytes = (int64_t)(part > cuda->reserve ? part - cuda->reserve : 1);
}

static void destroy_events(pn_cuda *cuda)
{
    cudaEvent_t single[] = {cuda->ready,           cuda->arrived,         cuda->multiplied,
                            cuda->stage_filled[0], cuda->stage_filled[1], cuda->stage_emptied[0],
                            cuda->stage_emptied[1]};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        if (single[i])
            (void)cudaEventDestroy(single[i]);
    for (int i = 0; i < PN_CUDA_EVENTS; i++)
        if (cuda->events[i])
            (void)cudaEventDestroy(cuda->events[i]);
    for (int i = 0; i < PN_CUDA_TIMINGS; i++) {
        if (cuda->timings[i].begin)
            (void)cudaEventDestroy(cuda->timings[i].begin);
        if (cuda->timings[i].end)
            (void)cudaEventDestroy(cuda->timings[i].end);
    }
}

static void close_cuda(pn_compute *compute)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    (void)cudaDeviceSynchronize();
    if (cuda->main_blas)
        cublasDestroy(cuda->main_blas);
    if (cuda->multiply_blas)
        cublasDestroy(cuda->multiply_blas);
    pn_cuda_panel_close(cuda);
    pn_cuda_overflow_close(cuda);
    destroy_events(cuda);
    (void)cudaFree(cuda->stage);
    (void)cudaFree(cuda->workspace[0]);
    (void)cudaFree(cuda->workspace[1]);
    cudaStream_t streams[] = {cuda->main, cuda->copy, cuda->multiply};
    for (int i = 0; i < 3; i++)
        if (streams[i])
            (void)cudaStreamDestroy(streams[i]);
    free(cuda);
}

// Ranks that share a device may have their kernels wait for each other, which it need not run at
// the same time: then panels are the host's where a process column has several ranks.
static pn_compute_ops operations(pn_cuda *cuda, bool is_shared)
{
    pn_compute_ops ops = {};
    bool factors_panels = cuda->panel != NULL;
    ops.allocate = pn_cuda_allocate;
    ops.release = pn_cuda_release;
    ops.reserve = pn_cuda_reserve;
    ops.allocate_host = pn_cuda_allocate_host;
    ops.release_host = pn_cuda_release_host;
    ops.allocate_message = pn_cuda_allocate_message;
    ops.warm = pn_cuda_warm;
    ops.generate = pn_cuda_generate;
    ops.read = pn_cuda_read;
    ops.write = pn_cuda_write;
    ops.gather_rows = pn_cuda_gather_rows;
    ops.scatter_rows = pn_cuda_scatter_rows;
    ops.move_rows = pn_cuda_move_rows;
    ops.copy = pn_cuda_copy;
    ops.update_panel = pn_cuda_update_panel;
    ops.panel = pn_cuda_panel;
    ops.panel_needs_buffer = true;
    ops.keep = pn_cuda_keep;
    ops.round = pn_cuda_has_half(cuda) ? pn_cuda_round : NULL;
    ops.update_panel_here = factors_panels ? pn_cuda_update_panel_here : NULL;
    ops.factor_panel = factors_panels ? pn_cuda_factor_panel : NULL;
    ops.factor_plain = factors_panels ? pn_cuda_factor_plain : NULL;
    ops.factors_jointly = factors_panels && !is_shared;
    ops.give_up = ops.factors_jointly ? pn_cuda_give_up : NULL;
    ops.solve_rows = pn_cuda_solve_rows;
    ops.solve = pn_cuda_solve;
    ops.multiply_start = pn_cuda_multiply_start;
    ops.multiply_help = pn_cuda_multiply_help;
    ops.multiply_finish = pn_cuda_multiply_finish;
    ops.apply = pn_cuda_apply;
    ops.residual_sums = pn_cuda_residual;
    ops.given = [](pn_compute *compute) { return pn_cuda_ticket(pn_cuda_of(compute)); };
    ops.done = pn_cuda_done;
    ops.wait = pn_cuda_wait;
    ops.close = close_cuda;
    return ops;
}

static pn_status open_cuda(pn_compute **compute, const pn_device_request *request)
{
    *compute = NULL;
    pn_cuda *cuda = (pn_cuda *)calloc(1, sizeof *cuda);
    if (!cuda)
        return request->fail(PN_ERROR_MEMORY, "no memory to open the " PN_CUDA_TITLE " backend");
    cuda->device = request->device;
    cuda->fail = request->fail;
    cuda->fp64_bits = request->fp64_bits;
    cuda->base.threads = 1;
    cuda->base.state = cuda;
    cuda->base.team = request->team;
    cuda->base.blas = request->blas;
    pn_status status = prepare(cuda);
    if (status == PN_OK) {
        describe(cuda);
        status = pn_cuda_panel_open(cuda);
    }
    if (status == PN_OK)
        status = pn_cuda_overflow_open(cuda);
    count_memory(cuda, request->sharers);
    if (status != PN_OK) {
        close_cuda(&cuda->base);
        return status;
    }
    cuda->ops = operations(cuda, request->sharers > 1);
    cuda->base.ops = &cuda->ops;
    *compute = &cuda->base;
    return PN_OK;
}

extern "C" __attribute__((visibility("default"))) const pn_compute_backend *
pn_compute_backend_of_cuda(void) __asm__(PN_COMPUTE_SYMBOL);

const pn_compute_backend *pn_compute_backend_of_cuda(void)
{
    static const pn_compute_backend backend = {PN_COMPUTE_VERSION, sizeof(pn_compute),
                                               sizeof(pn_compute_ops), count, open_cuda};
    return &backend;
}
