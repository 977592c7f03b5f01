// SPDX-License-Identifier: BSD-3-Clause
// Classes of ranks: ranks that are alike, wherever they were found. Ranks that were measured and
// the partitions of a machine file both become classes; behind this type nobody sees which.
#ifndef PN_TUNE_CLASSES_H
#define PN_TUNE_CLASSES_H

#include "model/model.h"
#include "tune/rank_info.h"
#include "tune/search.h"

typedef struct pn_rank_class {
    double ranks;       // how many; a share of one where a range ends between two
    double rate;        // FLOP/s of multiplication of one
    double memory;      // bytes that one can give to the matrix; 0: no limit
    bool is_device;     // the matrix lies in the memory of devices
    bool is_measured;   // what it costs was measured, at every block size, and its memory is
                        // counted to the last panel as a run counts it
    pn_class_cost cost; // what one does in what time, and its links
} pn_rank_class;

enum { PN_CLASSES_MOST = 16 };

// A run of classes, and what of it is asked for.
typedef struct pn_class_run {
    int classes;
    const pn_rank_class *of; // [classes], at most PN_CLASSES_MOST
    const pn_link *between;  // [classes * classes] along the process rows; NULL: as inside a class
    // N, NB and the grid may be open (0). p and q are of one class alone; with q 0 as many columns
    // as there are. share_mode: AUTO, EQUAL, or COLUMNS with one share a process column.
    pn_settings settings;
    pn_tuned_height height; // of several classes, where there are so many ranks; p 0: open
    int steps;              // about how many of the run to price; 0: all
} pn_class_run;

#endif
