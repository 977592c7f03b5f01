// SPDX-License-Identifier: BSD-3-Clause
// The settings of a run, in one struct from the options to the plan, the model and the record: what
// a user may ask for, what is chosen where nothing was asked, and what the executor goes by. The
// meaning of a 0 stands beside each field; a chosen run has no 0 left but where 0 itself is a value
// (pn_settings_is_complete). Facts of a machine, budgets of time and memory, and what a single rank
// decides for itself are no settings.
#ifndef PN_BASE_SETTINGS_H
#define PN_BASE_SETTINGS_H

#include "base/element.h"
#include "base/types.h"

#include <math.h>

// The largest N: the bytes of the matrix, 8 N^2, are counted in 64 bits.
#define PN_N_LIMIT INT64_C(1000000000)
// The largest NB: its block takes 2 GiB.
#define PN_NB_LIMIT 16384

// HPL's six ways of a panel along a process row, in the order of its BCAST values 0..5.
typedef enum pn_topology {
    PN_RING,          // root -> 1 -> 2 -> ... -> size-1
    PN_RING_MODIFIED, // root -> 1 (a leaf), root -> 2 -> 3 -> ...
    PN_TWO_RINGS,
    PN_TWO_RINGS_MODIFIED,
    PN_LONG, // spread pieces over the members, then pass them around
    PN_LONG_MODIFIED,
    PN_TOPOLOGIES
} pn_topology;

// How ranks are numbered in the grid: along the process rows, or down the columns (HPL's PMAP).
typedef enum pn_mapping { PN_MAPPING_AUTO, PN_MAPPING_ROWS, PN_MAPPING_COLUMNS } pn_mapping;

// Where panels are factored: in the host's memory or in the device's.
typedef enum pn_panel_home { PN_PANEL_AUTO, PN_PANEL_HOST, PN_PANEL_DEVICE } pn_panel_home;

// What is solved: HPL's own matrix; the same with sqrt(N) more on its diagonal, which can be
// factored without pivoting and does not grow (its symmetric part is definite); or with so much
// that it dominates its row strictly, whatever the numbers: for tests only by the rules of HPL-MxP.
typedef enum pn_matrix_rule {
    PN_MATRIX_HPL,
    PN_MATRIX_MILD,
    PN_MATRIX_DOMINANT,
    PN_MATRIX_RULES
} pn_matrix_rule;

typedef enum pn_share_mode {
    PN_SHARE_MODE_AUTO, // like ranks get equal shares, unlike ranks by their rates
    PN_SHARE_MODE_EQUAL,
    PN_SHARE_MODE_COLUMNS, // pn_settings.shares
    PN_SHARE_MODE_RANKS    // a speed was given for every rank, in place of its rate
} pn_share_mode;

typedef struct pn_settings {
    pn_gidx n; // order of the matrix; 0: chosen
    int nb;    // rows and columns of a block; 0: chosen
    int p, q;  // processes of the tallest process column, and process columns; 0 and 0: chosen
    pn_mapping mapping;
    pn_share_mode share_mode;
    const double *shares; // [share_count] relative speeds of the process columns; borrowed, NULL
    int share_count;      // and 0 where none were given
    int look_ahead;       // 1: the next panel is factored beside the update; 0: after it
    double split;         // part of the trailing columns, 0 to 1, that is updated first where rows
                          // are exchanged between processes
    pn_topology topology;
    int64_t segment; // bytes in which a panel travels; 0: PN_SEGMENT_USUAL
    int buffers;     // panels that may be under way at once, 2 at least; 0: PN_BUFFERS_USUAL
    int crew;        // threads of a rank that factor a panel; 0: step by step, by its width
    pn_panel_home panel_home;
    pn_element element; // of matrix and panels. FP64: Linpack; FP32: without pivoting, then refined
    pn_matrix_rule matrix;
    int check_every; // steps from one check of the rows to the next (check/row_check); 0: none
} pn_settings;

enum { PN_SEGMENT_USUAL = 1 << 20, PN_BUFFERS_USUAL = 2 };

// What holds where nothing was asked for; the same as pn_options_default says.
#define PN_SETTINGS_USUAL                                                                          \
    ((pn_settings){.look_ahead = 1, .split = 0.5, .topology = PN_RING_MODIFIED})

static inline int64_t pn_settings_segment(const pn_settings *settings)
{
    return settings->segment > 0 ? settings->segment : PN_SEGMENT_USUAL;
}

static inline int pn_settings_buffers(const pn_settings *settings)
{
    return settings->buffers > 0 ? settings->buffers : PN_BUFFERS_USUAL;
}

// What the diagonal has beside HPL's numbers.
static inline double pn_settings_shift(const pn_settings *settings)
{
    double n = (double)settings->n;
    return settings->matrix == PN_MATRIX_MILD       ? sqrt(n)
           : settings->matrix == PN_MATRIX_DOMINANT ? (n + 1) / 2
                                                    : 0;
}

// Vectors of N numbers of FP64 that a rank has at most: the solution; where it is refined also a
// residual, a correction and a right-hand side, and those of GMRES.
static inline int pn_settings_vectors(const pn_settings *settings)
{
    return settings->element == PN_FLOAT64 ? 1 : 14;
}

// Whether a run can be made from them: sizes and grid chosen, every value within its bounds.
static inline bool pn_settings_is_complete(const pn_settings *settings)
{
    return settings->n > 0 && settings->nb > 0 && settings->p > 0 && settings->q > 0 &&
           (settings->look_ahead == 0 || settings->look_ahead == 1) && settings->split >= 0 &&
           settings->split <= 1 && settings->topology < PN_TOPOLOGIES && settings->segment >= 0 &&
           settings->buffers >= 0 && settings->crew >= 0;
}

#endif
