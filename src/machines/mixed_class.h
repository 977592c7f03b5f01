// SPDX-License-Identifier: BSD-3-Clause
// A class of ranks as it solves HPL-MxP: products of 16 bits where something says how fast they
// are, panels and solves of FP32 without pivots, panels sent as 16 bits, a matrix of four bytes an
// entry. And the refinement, which no model of a factorisation has.
#ifndef PN_MACHINES_MIXED_CLASS_H
#define PN_MACHINES_MIXED_CLASS_H

#include "machines/partition_class.h"
#include "machines/trainer.h"

// How far published runs of HPL-MxP lie from the model on systems of any kind: parts of what it
// says (docs/prediction.md).
extern const pn_range pn_mixed_spread;

// Bytes of panels and rows that are sent, in parts of a Linpack's.
extern const double pn_mixed_sent;

// Turns a class that solves in FP64, at `end` of its ranges, into one that does HPL-MxP with blocks
// of about `nb`. trainers: of the machine. Failures: a device of whose 16 bits nothing is known.
pn_status pn_mixed_class(pn_prediction *prediction, const pn_trainers *trainers, pn_end end, int nb,
                         pn_rank_class *class, pn_predicted_partition *told);

// Seconds of the refinement of a run on such classes. flops: FLOP/s of one of each in FP64, which
// stand for what it reads and generates.
double pn_mixed_refinement(const double *flops, const pn_rank_class *classes, int count, pn_gidx n,
                           int nb);

#endif
