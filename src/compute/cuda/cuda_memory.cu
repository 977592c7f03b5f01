// SPDX-License-Identifier: BSD-3-Clause
// Device memory, pinned host memory, simple transfers and the matrix itself.
#include "compute/cuda/cuda_launch.h"
#include "compute/cuda/cuda_overflow.h"

extern "C" {
#include "base/lcg.h"
}

pn_status pn_cuda_allocate(pn_compute *compute, size_t bytes, void **memory)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    size_t available = 0, total = 0;
    *memory = NULL;
    cudaError_t error = cudaMalloc(memory, bytes > 0 ? bytes : 1);
    if (error == cudaSuccess)
        return PN_OK;
    (void)cudaGetLastError();
    (void)cudaMemGetInfo(&available, &total);
    return cuda->fail(PN_ERROR_MEMORY,
                      PN_CUDA_TITLE
                      " device %d refused %.3f GB of memory (%s); %.3f of its %.3f GB are free: "
                      "choose a smaller N, or see by " PN_CUDA_SMI " who else uses it",
                      cuda->device, 1e-9 * (double)bytes, cudaGetErrorString(error),
                      1e-9 * (double)available, 1e-9 * (double)total);
}

pn_status pn_cuda_allocate_message(pn_compute *compute, size_t bytes, void **memory)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    pn_status status = pn_cuda_allocate(compute, bytes, memory);
    if (status == PN_OK && cuda->message_count < PN_CUDA_MESSAGES)
        cuda->messages[cuda->message_count++] = {(const char *)*memory, bytes};
    return status;
}

bool pn_cuda_is_message(const pn_cuda *cuda, const void *address)
{
    const char *byte = (const char *)address;
    for (int i = 0; i < cuda->message_count; i++)
        if (byte >= cuda->messages[i].memory &&
            byte < cuda->messages[i].memory + cuda->messages[i].bytes)
            return true;
    return false;
}

static void forget_message(pn_cuda *cuda, const void *memory)
{
    for (int i = 0; i < cuda->message_count; i++)
        if (cuda->messages[i].memory == memory) {
            cuda->messages[i] = cuda->messages[--cuda->message_count];
            return;
        }
}

// A panel buffer need not begin where its memory does.
static void forget_panel_buffer(pn_cuda *cuda, const char *memory, size_t bytes)
{
    for (int i = 0; i < cuda->panel_buffer_count; i++)
        if (cuda->panel_buffers[i].memory >= memory &&
            cuda->panel_buffers[i].memory < memory + bytes) {
            (void)cudaEventDestroy(cuda->panel_buffers[i].read_by_main);
            (void)cudaEventDestroy(cuda->panel_buffers[i].read_by_multiply);
            cuda->panel_buffers[i] = cuda->panel_buffers[--cuda->panel_buffer_count];
            return;
        }
}

void pn_cuda_release(pn_compute *compute, void *memory, size_t bytes)
{
    if (!memory)
        return;
    pn_cuda_check(cudaDeviceSynchronize(), "finish before memory is given back");
    forget_panel_buffer(pn_cuda_of(compute), (const char *)memory, bytes);
    forget_message(pn_cuda_of(compute), memory);
    if (!pn_cuda_unmap(pn_cuda_of(compute), memory))
        pn_cuda_check(cudaFree(memory), "give memory back");
}

pn_status pn_cuda_allocate_host(pn_compute *compute, size_t bytes, void **memory)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    *memory = NULL;
    cudaError_t error = cudaMallocHost(memory, bytes > 0 ? bytes : 1);
    if (error == cudaSuccess)
        return PN_OK;
    (void)cudaGetLastError();
    return cuda->fail(PN_ERROR_MEMORY,
                      "the system refused %.3f GB of pinned host memory (%s); see ulimit -l and "
                      "the memory limit of the cgroup",
                      1e-9 * (double)bytes, cudaGetErrorString(error));
}

void pn_cuda_release_host(pn_compute *compute, void *memory, size_t bytes)
{
    (void)compute, (void)bytes;
    if (!memory)
        return;
    pn_cuda_check(cudaDeviceSynchronize(), "finish before host memory is given back");
    pn_cuda_check(cudaFreeHost(memory), "give host memory back");
}

pn_ticket pn_cuda_read(pn_compute *compute, pn_block from, void *host, pn_lidx ld)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    pn_block to = {{host}, from.rows, from.columns, ld, from.element};
    pn_cuda_move(cuda, to, from, cuda->main);
    return pn_cuda_ticket(cuda);
}

pn_ticket pn_cuda_write(pn_compute *compute, pn_block to, const void *host, pn_lidx ld)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    pn_block from = {{(void *)host}, to.rows, to.columns, ld, to.element};
    pn_cuda_move(cuda, to, from, cuda->main);
    return pn_cuda_ticket(cuda);
}

void pn_cuda_copy(pn_compute *compute, pn_block to, pn_block from)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    pn_cuda_move(cuda, to, from, cuda->main);
}

static pn_cuda_panel_buffer *make_panel_buffer(pn_cuda *cuda, const void *memory, size_t bytes)
{
    if (cuda->panel_buffer_count == PN_CUDA_PANEL_BUFFERS)
        pn_cuda_break("remember a panel buffer", "there are more buffers than --buffers allows");
    pn_cuda_panel_buffer *buffer = &cuda->panel_buffers[cuda->panel_buffer_count++];
    buffer->memory = (const char *)memory;
    buffer->bytes = bytes;
    pn_cuda_check(cudaEventCreateWithFlags(&buffer->read_by_main, cudaEventDisableTiming),
                  "create an event");
    pn_cuda_check(cudaEventCreateWithFlags(&buffer->read_by_multiply, cudaEventDisableTiming),
                  "create an event");
    return buffer;
}

// The copy waits only for the buffer's own last readers, not for the multiplication under way.
const void *pn_cuda_panel(pn_compute *compute, const void *host, size_t bytes, void *memory)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    pn_cuda_panel_buffer *buffer = pn_cuda_panel_buffer_of(cuda, memory);
    if (!buffer) {
        buffer = make_panel_buffer(cuda, memory, bytes);
        pn_cuda_after(cuda->copy, cuda->main, cuda->ready);
    }
    if (buffer->bytes < bytes)
        buffer->bytes = bytes;
    pn_cuda_check(cudaStreamWaitEvent(cuda->copy, buffer->read_by_main, 0), "order a panel");
    pn_cuda_check(cudaStreamWaitEvent(cuda->copy, buffer->read_by_multiply, 0), "order a panel");
    pn_cuda_check(cudaMemcpyAsync(memory, host, bytes, cudaMemcpyHostToDevice, cuda->copy),
                  "copy a panel to the device");
    pn_cuda_after(cuda->main, cuda->copy, cuda->arrived);
    return (const double *)memory;
}

typedef struct fill_row {
    pn_lcg_jump jump; // from row 0 to this one
    pn_lidx diagonal; // its column on the diagonal of the whole; -1: it is not here
} fill_row;

typedef struct fill_task {
    pn_block to;
    double shift;           // of the diagonal
    const fill_row *row;    // [to.rows]
    const uint64_t *column; // [columns] state of row 0
} fill_task;

__global__ static void fill_kernel(fill_task t)
{
    pn_lidx column = (pn_lidx)blockIdx.x * blockDim.x + threadIdx.x;
    if (column >= t.to.columns)
        return;
    uint64_t state = t.column[column];
    for (pn_lidx row = blockIdx.y; row < t.to.rows; row += gridDim.y) {
        fill_row mine = t.row[row];
        uint64_t here = mine.jump.multiplier * state + mine.jump.addend;
        double number = 0.5 - __ull2double_rn(here) * 0x1p-64;
        if (column == mine.diagonal)
            number += t.shift;
        if (t.to.element == PN_FLOAT64)
            t.to.f64[row * t.to.ld + column] = number;
        else
            t.to.f32[row * t.to.ld + column] = (float)number;
    }
}

// One rectangle whose tables fit into the stage.
static void fill(pn_cuda *cuda, const fill_task *task)
{
    enum { THREADS = 256, MOST_BLOCKS = 4096 };
    dim3 blocks((unsigned)pn_ceil_div(task->to.columns, THREADS),
                (unsigned)pn_min(task->to.rows, MOST_BLOCKS));
    pn_cuda_check(pn_cuda_launch(fill_kernel, {blocks, THREADS, cuda->main}, *task),
                  "generate the matrix");
}

// Rows and columns ascend alike.
static void list_rows(const pn_generate *task, pn_lidx first, pn_lidx rows, fill_row *list)
{
    pn_lidx column = 0, columns = task->matrix.columns;
    for (pn_lidx i = 0; i < rows; i++) {
        pn_gidx row = task->row[first + i];
        while (column < columns && task->column[column] < row)
            column++;
        bool is_here = column < columns && task->column[column] == row;
        list[i] = {pn_lcg_jump_by((uint64_t)row), is_here ? column : -1};
    }
}

// Rows that touch host memory, made on the device and copied there; how many.
static pn_lidx fill_hosted(pn_cuda *cuda, const fill_task *task)
{
    pn_lidx rows = pn_cuda_seam_of(cuda, &task->to).touched;
    for (pn_lidx row = 0; row < rows; row++) {
        pn_block buffer = pn_cuda_lanes_buffer(cuda, task->to.element);
        for (pn_lidx column = 0; column < task->to.columns; column += buffer.columns) {
            fill_task piece = {buffer, task->shift, task->row + row, task->column + column};
            piece.to.columns = pn_min(buffer.columns, task->to.columns - column);
            fill(cuda, &piece);
            pn_block home = pn_block_submatrix(task->to, row, column, 1, piece.to.columns);
            pn_cuda_move(cuda, home, piece.to, cuda->main);
        }
    }
    return rows;
}

static void fill_band(pn_cuda *cuda, const pn_generate *task, pn_lidx first, pn_lidx rows)
{
    fill_row *list = (fill_row *)malloc((size_t)rows * sizeof *list);
    if (!list)
        pn_cuda_break("generate the matrix", "no memory for the table of rows");
    list_rows(task, first, rows, list);
    char *table = cuda->stage + cuda->stage_half;
    pn_cuda_check(cudaMemcpyAsync(table, list, (size_t)rows * sizeof *list, cudaMemcpyHostToDevice,
                                  cuda->main),
                  "copy the table of rows");
    fill_task band = {pn_block_submatrix(task->matrix, first, 0, rows, task->matrix.columns),
                      task->shift, (const fill_row *)table, (const uint64_t *)cuda->stage};
    pn_lidx hosted = fill_hosted(cuda, &band);
    band.to = pn_block_submatrix(band.to, hosted, 0, rows - hosted, band.to.columns);
    band.row += hosted;
    if (rows > hosted)
        fill(cuda, &band);
    pn_cuda_check(cudaStreamSynchronize(cuda->main), "generate the matrix");
    free(list);
}

void pn_cuda_generate(pn_compute *compute, const pn_generate *task)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    pn_lidx columns = task->matrix.columns, most = (pn_lidx)(cuda->stage_half / sizeof(fill_row));
    if (columns == 0 || task->matrix.rows == 0)
        return;
    if ((size_t)columns > cuda->stage_half / sizeof(uint64_t))
        pn_cuda_break("generate the matrix",
                      "more columns in one process than half of the stage has room for");
    uint64_t *states = (uint64_t *)malloc((size_t)columns * sizeof *states);
    if (!states)
        pn_cuda_break("generate the matrix", "no memory for the table of columns");
    for (pn_lidx j = 0; j < columns; j++)
        states[j] = pn_lcg_state(task->seed, task->n, 0, task->column[j]);
    pn_cuda_check(cudaMemcpyAsync(cuda->stage, states, (size_t)columns * sizeof *states,
                                  cudaMemcpyHostToDevice, cuda->main),
                  "copy the table of columns");
    for (pn_lidx first = 0; first < task->matrix.rows; first += most)
        fill_band(cuda, task, first, pn_min(most, task->matrix.rows - first));
    free(states);
}
