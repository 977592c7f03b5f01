// SPDX-License-Identifier: BSD-3-Clause
// What the files of the CUDA backend share.
//
// Three streams: `main` carries out the operations in the order given, at high priority;
// `multiply` the multiplication in the background; `copy` moves panels between host and device
// beside both. Events tie them together; the host waits for none of them except where a result in
// host memory is asked for. A ticket is an event on `main`, which the other streams have joined by
// the time that their results count.
#ifndef PN_COMPUTE_CUDA_PRIVATE_H
#define PN_COMPUTE_CUDA_PRIVATE_H

extern "C" {
#include "compute/compute_backend.h"
}

#include <cublas_v2.h>
#include <cuda_runtime.h>

// What messages call the devices, and where to look; a toolkit in NVIDIA's place has its own words.
#ifndef PN_CUDA_TITLE
#define PN_CUDA_TITLE "CUDA"
#define PN_CUDA_BLAS "cuBLAS"
#define PN_CUDA_SMI "nvidia-smi"
#define PN_CUDA_VISIBLE "CUDA_VISIBLE_DEVICES"
#endif

enum {
    PN_CUDA_EVENTS = 64,         // tickets that can be told apart
    PN_CUDA_PANEL_BUFFERS = 128, // panel buffers
    PN_CUDA_MESSAGES = 16,       // areas of messages in device memory that are known as such
    PN_CUDA_TIMINGS = 16         // multiplications whose time is not known yet
};

// A panel buffer in device memory: it may be filled again once nothing reads it any more.
typedef struct pn_cuda_panel_buffer {
    const char *memory;
    size_t bytes;
    cudaEvent_t read_by_main, read_by_multiply;
} pn_cuda_panel_buffer;

typedef struct pn_cuda_message {
    const char *memory;
    size_t bytes;
} pn_cuda_message;

typedef struct pn_cuda_timing {
    cudaEvent_t begin, end;
    double operations;
} pn_cuda_timing;

typedef struct pn_cuda {
    pn_compute base;
    pn_compute_ops ops;
    int device, processors;
    pn_fail_function *fail;
    cudaStream_t main, multiply, copy;
    cublasHandle_t main_blas, multiply_blas;
    void *workspace[2]; // of the two handles
    size_t workspace_bytes;
    int fp64_bits; // that products are emulated with; 0: native ones
    cudaEvent_t events[PN_CUDA_EVENTS];
    pn_ticket last, completed;
    cudaEvent_t ready;   // main: what the next operation on another stream relies on
    cudaEvent_t arrived; // copy: a panel from the host
    cudaEvent_t multiplied;
    char *stage;        // two halves
    size_t stage_half;  // bytes
    size_t reserve;     // left free on the device
    pn_lidx panel_rows; // that a block of a panel's kernel keeps in registers, at most
    pn_lidx warm_size;  // rows and columns of the matrices of a warm-up, at most
    cudaEvent_t stage_filled[2], stage_emptied[2];
    pn_cuda_panel_buffer panel_buffers[PN_CUDA_PANEL_BUFFERS];
    int panel_buffer_count;
    pn_cuda_message messages[PN_CUDA_MESSAGES];
    int message_count;
    pn_cuda_timing timings[PN_CUDA_TIMINGS];
    uint64_t timings_begun, timings_taken;
    struct pn_cuda_panel_memory *panel; // what a panel on the device is factored with
    size_t tile_bytes;                  // of rows in host memory that are moved at once
    struct pn_cuda_overflow *overflow;  // such memory
    struct pn_cuda_lanes *lanes;        // its streams; NULL where there is none
} pn_cuda;

static inline pn_cuda *pn_cuda_of(pn_compute *compute)
{
    return (pn_cuda *)compute->state;
}

// A device that breaks in the middle of a run: says what and where, and ends this process, by
// which its launcher ends the job.
[[noreturn]] void pn_cuda_break(const char *what, const char *why);
void pn_cuda_check(cudaError_t error, const char *what);
void pn_cuda_check_blas(cublasStatus_t status, const char *what);

// memory.cu
pn_status pn_cuda_allocate(pn_compute *compute, size_t bytes, void **memory);
void pn_cuda_release(pn_compute *compute, void *memory, size_t bytes);
pn_status pn_cuda_allocate_message(pn_compute *compute, size_t bytes, void **memory);
// Whether `address` lies in memory that allocate_message gave. (Of more areas than there is room
// for the last ones are taken for host memory, for which everything is right, but slower.)
bool pn_cuda_is_message(const pn_cuda *cuda, const void *address);
pn_status pn_cuda_allocate_host(pn_compute *compute, size_t bytes, void **memory);
void pn_cuda_release_host(pn_compute *compute, void *memory, size_t bytes);
pn_ticket pn_cuda_read(pn_compute *compute, pn_block from, void *host, pn_lidx ld);
pn_ticket pn_cuda_write(pn_compute *compute, pn_block to, const void *host, pn_lidx ld);
void pn_cuda_copy(pn_compute *compute, pn_block to, pn_block from);
const void *pn_cuda_panel(pn_compute *compute, const void *host, size_t bytes, void *buffer);
void pn_cuda_generate(pn_compute *compute, const pn_generate *task);

// tickets.cu
pn_ticket pn_cuda_ticket(pn_cuda *cuda); // of everything given to `main`
bool pn_cuda_done(pn_compute *compute, pn_ticket ticket);
void pn_cuda_wait(pn_compute *compute, pn_ticket ticket);
// What `stream` is given from here on comes after what `first` has now; `event` is for that use.
void pn_cuda_after(cudaStream_t stream, cudaStream_t first, cudaEvent_t event);
// The panel buffer that `address` lies in; NULL if in none.
pn_cuda_panel_buffer *pn_cuda_panel_buffer_of(pn_cuda *cuda, const void *address);
// `stream` has been given something that reads the buffer of `address`.
void pn_cuda_panel_buffer_read(pn_cuda *cuda, const void *address, cudaStream_t stream);

// rows.cu
pn_ticket pn_cuda_gather_rows(pn_compute *compute, const pn_row_list *task);
pn_ticket pn_cuda_scatter_rows(pn_compute *compute, const pn_row_list *task);
void pn_cuda_move_rows(pn_compute *compute, const pn_row_move *task);
void pn_cuda_solve_rows(pn_compute *compute, const pn_row_solve *task);

// update.cu
pn_ticket pn_cuda_update_panel(pn_compute *compute, const pn_update *task, void *panel, pn_lidx ld);
void pn_cuda_update_panel_here(pn_compute *compute, const pn_update *task, void *panel, pn_lidx ld);
void pn_cuda_solve(pn_compute *compute, const void *l11, pn_lidx ld_l11, pn_block u);
void pn_cuda_multiply_start(pn_compute *compute, const pn_update *task, int crew);
bool pn_cuda_multiply_help(pn_compute *compute);
void pn_cuda_multiply_finish(pn_compute *compute);
void pn_cuda_apply(pn_compute *compute, pn_block block, const double *x, double *y);
void pn_cuda_warm(pn_compute *compute, int nb);

// product.cu: C := C - A op(B), column-major; plus it for bfloat16 (pn_update). A and B are of one
// type, that of C, or bfloat16 where C is FP32.
typedef struct pn_cuda_product {
    cublasHandle_t blas;
    cublasOperation_t op_b;
    int m, n, k;
    const void *a;
    int lda;
    const void *b;
    int ldb;
    void *c;
    int ldc;
    pn_element element; // of A and B
} pn_cuda_product;
void pn_cuda_multiply_by(const pn_cuda_product *product, const char *what);
// B (m x n) with a triangle, by where it stands: for rows of U := B inv(L)^T, as rows are
// contiguous; below a pivot block := B inv(U); beside it := inv(L) B. L has ones on its diagonal.
typedef enum pn_cuda_place {
    PN_CUDA_SOLVE_ROWS,
    PN_CUDA_SOLVE_BELOW,
    PN_CUDA_SOLVE_BESIDE
} pn_cuda_place;
typedef struct pn_cuda_solution {
    pn_cuda_place place;
    int m, n;
    const void *triangle;
    int ld_triangle;
    void *b;
    int ldb;
    pn_element element;
} pn_cuda_solution;
void pn_cuda_solve_by(cublasHandle_t blas, const pn_cuda_solution *solution);
// Whether products of bfloat16 come out right here; else base.no_half says why not.
bool pn_cuda_has_half(pn_cuda *cuda);

// plain.cu
pn_ticket pn_cuda_factor_plain(pn_compute *compute, const pn_plain_panel *task);

// single.cu
void pn_cuda_keep(pn_compute *compute, pn_block to, const void *panel, pn_lidx ld);
void pn_cuda_round(pn_compute *compute, pn_block to, pn_block from, bool negates);
// x and y in device memory
void pn_cuda_apply_single(pn_cuda *cuda, pn_block block, const double *x, double *y);

// emulation.cu: products of FP64 by integers, where they were asked for.
// The workspace of a handle on a device of so much memory.
size_t pn_cuda_emulation_workspace(int bits, size_t memory);
// Rows of C, of so many columns, that one product with a panel of `width` can have in it.
pn_lidx pn_cuda_emulation_rows(const pn_cuda *cuda, pn_lidx columns, int width);
// Sets a handle to `cuda->fp64_bits`. Failure: the library has no emulation, or refuses it.
pn_status pn_cuda_emulation_set(const pn_cuda *cuda, cublasHandle_t handle);

// residual.cu
bool pn_cuda_residual(pn_compute *compute, const pn_residual_sums *task);

// panel.cu
pn_status pn_cuda_panel_open(pn_cuda *cuda); // leaves cuda->panel NULL where it cannot be done
void pn_cuda_panel_close(pn_cuda *cuda);
pn_ticket pn_cuda_factor_panel(pn_compute *compute, const pn_panel_task *task);
void pn_cuda_give_up(pn_compute *compute);

#endif
