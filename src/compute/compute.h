// SPDX-License-Identifier: BSD-3-Clause
// The compute seam: everything that touches a part's matrix. A backend is a table of functions
// over memory that the host must not touch; only `allocate_host` memory is shared by both sides.
//
// Matrices are row-major with a leading dimension in entries, whose type the block tells. Moving
// and copying works for any type; arithmetic is in FP64 or FP32, with products of bfloat16 numbers
// where a library has them. Operations are carried out in the order given, perhaps later; results
// in host memory are valid after `wait` on the ticket returned (0: valid at once), and host memory
// given as input must stay as it is until then; lists of rows are read before the call returns.
// Nothing here fails once memory is allocated; a device that breaks ends the job by its own
// message.
#ifndef PN_COMPUTE_COMPUTE_H
#define PN_COMPUTE_COMPUTE_H

#include "base/element.h"
#include "base/rules.h"
#include "base/status.h"
#include "base/team.h"
#include "base/types.h"
#include "compute/blas.h"
#include "compute/joint_panel.h"

typedef struct pn_compute pn_compute;
typedef uint64_t pn_ticket;

// A rectangle in the part's memory.
typedef struct pn_block {
    union { // the part's address: arithmetic is allowed, dereferencing is not
        void *data;
        double *f64; // the same, by `element`
        float *f32;
    };
    pn_lidx rows, columns;
    pn_lidx ld; // >= columns
    pn_element element;
} pn_block;

// A block of FP64 in the part's memory, which begins at `data`.
static inline pn_block pn_block_of(void *data, pn_lidx rows, pn_lidx columns, pn_lidx ld)
{
    pn_block block = {{data}, rows, columns, ld, PN_FLOAT64};
    return block;
}

// The address of an entry, and a rectangle within a block.
static inline void *pn_block_at(pn_block block, pn_lidx row, pn_lidx column)
{
    return pn_element_at(block.data, block.element, row * block.ld + column);
}

static inline pn_block pn_block_submatrix(pn_block block, pn_lidx row, pn_lidx column, pn_lidx rows,
                                          pn_lidx columns)
{
    block.data = pn_block_at(block, row, column);
    block.rows = rows;
    block.columns = columns;
    return block;
}

// Rows `index[i]` of `matrix`, columns [column, column + columns), with an array of count x columns
// entries of the same type (row-major, contiguous) in memory that allocate_host or allocate_message
// gave.
typedef struct pn_row_list {
    pn_block matrix;
    const pn_lidx *index; // [count] host memory
    pn_lidx count;
    pn_lidx column, columns;
    void *host;
} pn_row_list;

// Rows from[i] are copied to rows to[i] (no row is in both), columns [column, column + columns).
typedef struct pn_row_move {
    pn_block matrix;
    const pn_lidx *from, *to; // [count] host memory
    pn_lidx count;
    pn_lidx column, columns;
} pn_row_move;

// Part memory that can become larger where it is, or begins in the host's memory; given back by
// `release` with `most`.
typedef struct pn_room {
    void *memory;
    size_t bytes, most; // that there are; that there can be
    size_t hosted; // of its first bytes, those that lie in host memory (pn_compute.overflow_bytes)
} pn_room;

// Neighbouring columns that stay neighbours.
typedef struct pn_run {
    pn_lidx from, to, columns;
} pn_run;

// A matrix whose rows get another length within its memory, and runs of its columns other places;
// columns in no run are lost.
typedef struct pn_repack {
    pn_block matrix;    // as it is; its memory holds the rows in their new length
    pn_lidx ld;         // of the rows as they will be, at least the present one
    const pn_run *runs; // [count] in ascending order of both places
    int count;
} pn_repack;

// Row interchanges of one step inside one process, and U = inv(L11) * (pivot rows).
typedef struct pn_row_solve {
    pn_block matrix; // local matrix; its columns [column, column + columns) are meant
    pn_lidx column, columns;
    pn_lidx top; // first local row of the pivot block, `width` rows high
    int width;
    const pn_lidx *source; // [width] local row that ends up as row i of the pivot block
    const pn_lidx *moved_from, *moved_to; // [moved] rows of the block that leave it
    pn_lidx moved;
    const void *l11; // part memory, of u's element type, width x width column-major, leading
                     // dimension ld_l11
    pn_lidx ld_l11;
    pn_block u; // result, width x columns, also stored into the pivot block
} pn_row_solve;

// C := C - L U. C: rows x columns; L: rows x width, column-major (leading dimension ld_l); U: width
// x columns, row-major, of the same element type as L: that of C, or bfloat16 where C is FP32. Then
// `u` holds -U, and the product is added: libraries of 16-bit products are slow with any other
// factor than 1 (oneDNN 2.6 on AMX: 330 against 1,200 GFLOP/s a core at K = 1,024). All in the
// part's memory.
typedef struct pn_update {
    pn_block c;
    const void *l;
    pn_lidx ld_l;
    pn_block u;
    int width;
} pn_update;

// What the product is multiplied by.
static inline double pn_update_sign(const pn_update *update)
{
    return update->u.element == PN_BFLOAT16 ? 1 : -1;
}

// The numbers to put into a local matrix: local entry (i, j) is entry (row[i], column[j])
// of HPL's matrix (base/lcg.h), and on the diagonal `shift` more.
typedef struct pn_generate {
    pn_block matrix;
    const pn_gidx *row;    // [rows] global rows, ascending
    const pn_gidx *column; // [columns] global columns, ascending
    pn_gidx n;
    uint64_t seed;
    double shift;
} pn_generate;

// Sums over rows [row, row + rows) of HPL's n x n matrix, whose entries are generated on the spot:
// nothing of any matrix in memory is read.
typedef struct pn_residual_sums {
    pn_gidx n, row;
    pn_lidx rows;
    uint64_t seed;
    double shift;    // more on the diagonal
    const double *x; // [n] host memory
    // Host memory, set by the call:
    double *product;     // [rows] of each row with x
    double *row_size;    // [rows] of the magnitudes of each row
    double *column_size; // [n] of the magnitudes of each column, in these rows
} pn_residual_sums;

// A panel of FP64 that stays in the part's memory and is factored there, with partial pivoting.
typedef struct pn_panel_task {
    double *a; // part memory: rows x width, column-major; on return its first rows hold L11\U11
    pn_lidx ld, rows;
    int width;      // <= rows
    double *l11;    // part memory: gets L11\U11, column-major
    pn_lidx ld_l11; // there and in host_l11
    // NULL: all rows of the panel are here. Else those of one process: rows may be fewer than
    // width, pivots and findings are agreed on and not told below, and the pivot block's rows of
    // `a` are left as they come.
    const pn_joint_column *column;
    // Host memory, valid with the ticket:
    int64_t *pivots; // [width] row i was exchanged with row pivots[i] >= i
    // [2] first column without a pivot, and which; else 0. 1: none of its entries reaches DBL_MIN
    // (the inverse of a smaller one may overflow); 2: one is not finite. As pn_panel_factor has it.
    int64_t *bad;
    double *host_l11; // the same as l11
    double *host_a;   // the same as a, leading dimension ld; NULL: not wanted
} pn_panel_task;

// The same of FP32 without pivots, in a process that holds all rows of it.
typedef struct pn_plain_panel {
    float *a; // part memory: rows x width, column-major; on return L21 below its first rows
    pn_lidx ld, rows;
    int width;  // <= rows
    float *l11; // part memory: gets L11\U11, column-major
    pn_lidx ld_l11;
    // Host memory, valid with the ticket:
    int64_t *bad;    // [2] a pn_plain_fault, and its column; else 0
    float *host_l11; // the same as l11
    float *host_a;   // the same as a; NULL: not wanted
} pn_plain_panel;

// Of the first column that has one.
typedef enum pn_plain_fault {
    PN_PLAIN_SINGULAR = 1, // its pivot is below FLT_MIN
    PN_PLAIN_NOT_FINITE,
    PN_PLAIN_GROWTH // it grew 2^12 times beyond its pivot
} pn_plain_fault;

typedef struct pn_compute_ops {
    // Memory comes touched: no page is missing when the clock runs.
    pn_status (*allocate)(pn_compute *, size_t bytes, void **memory);
    void (*release)(pn_compute *, void *memory, size_t bytes);
    // Memory of room->bytes that can grow to room->most (which is lowered where the system refuses
    // addresses for so much), and the growing: touched too; where it fails all is as before.
    // grow_alone: by the calling thread, beside a multiplication. NULL, as is `repack`: the part
    // cannot. A device has `reserve` alone: of room->hosted bytes it makes as many as it maps at
    // least, and all operations take such memory as they take other memory.
    pn_status (*reserve)(pn_compute *, pn_room *room);
    pn_status (*grow)(pn_compute *, pn_room *room, size_t bytes);
    pn_status (*grow_alone)(pn_compute *, pn_room *room, size_t bytes);
    pn_status (*allocate_host)(pn_compute *, size_t bytes, void **memory);
    void (*release_host)(pn_compute *, void *memory, size_t bytes);
    // Part memory for messages, given back by `release`, which gather_rows, scatter_rows, read and
    // write take in the place of host memory: the communicator may touch it (pn_comm.devices), the
    // host may not. NULL: the part's memory is the host's.
    pn_status (*allocate_message)(pn_compute *, size_t bytes, void **memory);

    // Brings clocks, buffers and kernels to where they are in the middle of a run with this NB.
    void (*warm)(pn_compute *, int nb);
    void (*generate)(pn_compute *, const pn_generate *task);
    // Copies a whole block from and to host memory (row-major, leading dimension ld) of its type.
    pn_ticket (*read)(pn_compute *, pn_block from, void *host, pn_lidx ld);
    pn_ticket (*write)(pn_compute *, pn_block to, const void *host, pn_lidx ld);
    pn_ticket (*gather_rows)(pn_compute *, const pn_row_list *task);
    pn_ticket (*scatter_rows)(pn_compute *, const pn_row_list *task);
    void (*move_rows)(pn_compute *, const pn_row_move *task);
    void (*copy)(pn_compute *, pn_block to, pn_block from);
    void (*repack)(pn_compute *, const pn_repack *task);

    // Host panel (column-major, leading dimension ld, of c's type) := task->c, minus L U if
    // task->width > 0; the matrix itself stays as it was.
    pn_ticket (*update_panel)(pn_compute *, const pn_update *task, void *panel, pn_lidx ld);
    // A received or factored panel becomes visible to the part: returns where `host` (bytes) now
    // is in part memory, using the memory of `buffer` if the part cannot see the host's. Its ticket
    // is that of `given`.
    const void *(*panel)(pn_compute *, const void *host, size_t bytes, void *buffer);
    bool panel_needs_buffer;
    // For FP32. keep: a block of the matrix := the columns of a panel (column-major, leading
    // dimension ld, of its type) where the part has it. round: a block of bfloat16 := one of FP32,
    // or less it, to the nearest; NULL: the part does not multiply such.
    void (*keep)(pn_compute *, pn_block to, const void *panel, pn_lidx ld);
    void (*round)(pn_compute *, pn_block to, pn_block from, bool negates);

    // Panels in the part's memory; both NULL if the part has no way of its own to factor.
    // update_panel_here: the same as update_panel, into the part's memory. factors_jointly: also
    // panels of which other processes have rows; the call then returns when all is agreed on.
    // give_up: the process is about to end, and nothing in the part shall wait for it any more:
    // such a panel is left as it is. From any thread; NULL: nothing ever waits.
    void (*update_panel_here)(pn_compute *, const pn_update *task, void *panel, pn_lidx ld);
    pn_ticket (*factor_panel)(pn_compute *, const pn_panel_task *task);
    bool factors_jointly;
    void (*give_up)(pn_compute *);

    pn_ticket (*factor_plain)(pn_compute *, const pn_plain_panel *task); // NULL: the host does

    void (*solve_rows)(pn_compute *, const pn_row_solve *task);
    bool solves_in_place;
    // U := inv(L11) U for `u` alone (width = u.rows).
    void (*solve)(pn_compute *, const void *l11, pn_lidx ld_l11, pn_block u);

    // In the background; one at a time. It relies on all operations given before it, and runs
    // beside those given until its finish, which must not touch what it writes. help: the caller
    // does a piece of it (false: nothing left to take). finish: returns when it is complete (on a
    // device: when later operations may rely on it).
    void (*multiply_start)(pn_compute *, const pn_update *task, int crew);
    bool (*multiply_help)(pn_compute *);
    void (*multiply_finish)(pn_compute *);

    // y (host, [rows]) := y - block x (host, [columns]); vectors and sums in FP64.
    void (*apply)(pn_compute *, pn_block block, const double *x, double *y);

    // Done when it returns; false: it cannot (too large for its buffers), and nothing was done.
    // NULL: the part has no way of its own.
    bool (*residual_sums)(pn_compute *, const pn_residual_sums *task);

    pn_ticket (*given)(pn_compute *); // of everything given so far, as PN_TICKET_ALL means it
    bool (*done)(pn_compute *, pn_ticket ticket);
    void (*wait)(pn_compute *, pn_ticket ticket);
    void (*close)(pn_compute *);
} pn_compute_ops;

// Everything given so far, except a multiplication that is not finished yet.
#define PN_TICKET_ALL UINT64_MAX

struct pn_compute {
    const pn_compute_ops *ops;
    bool is_device;       // its part of the matrix lies in a device's own memory, and the host's
                          // threads only serve it
    int64_t memory_bytes; // of a device, that `allocate` can give out; 0: it is the host's
    // Of a device that can have the first rows of its matrix in host memory, which it maps beside
    // its own: what it then takes of memory_bytes to move them to and fro. 0: it cannot, `why_not`.
    int64_t overflow_takes;
    const char *why_not;
    int64_t overflow_bytes; // host memory that its matrix may take so; set by who asks for it
    char kind[64];          // "AMD EPYC 9B14, OpenBLAS Cooperlake", "NVIDIA H200"
    char bus[32];           // a device's PCI address, "0000:1b:00.0"; "": processors
    int devices;            // such as it is one of on this host; 0: processors
    // Of the matrix that it is to work on, by which its rates are measured, and of what it
    // multiplies then: the same, or bfloat16 for a matrix of FP32. FP64 if nothing else is said.
    pn_element element, product;
    char no_half[96]; // why it does not multiply 16 bits, if that is worth telling; "": it is not
    bool plain_messages; // any communicator can touch what allocate_message gives
    int threads;
    pn_slab_rules slabs;        // by which a team shares a multiplication
    double multiply_seconds;    // thread-seconds spent in multiplications so far
    double multiply_operations; // may grow with each piece, or when a multiplication is finished
    pn_team *team;              // the host threads beside it: panel, solution, verification
    const pn_blas *blas;        // for the host panel
    void *state;
};

#endif
