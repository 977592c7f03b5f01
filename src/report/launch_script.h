// SPDX-License-Identifier: BSD-3-Clause
// A job as text that a person can read, keep and hand in: a batch script for Slurm with one
// heterogeneous component for each partition, or a line for an MPI's own launcher with one program
// context for each.
#ifndef PN_REPORT_LAUNCH_SCRIPT_H
#define PN_REPORT_LAUNCH_SCRIPT_H

#include "config/batch_job.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct pn_launch_text {
    const pn_batch_job *job;
    const char *program;      // path of panache on the nodes
    const char *command;      // "run" or "mxp"
    const char *const *words; // [count] its options, for every partition alike
    int count;
    // Of a run that writes checkpoints: where to, and the words of what goes on with it; NULL: it
    // writes none. The job then goes on by itself as long as each end left a newer one.
    const char *checkpoint;
    const char *const *resume_words; // [resume_count]
    int resume_count;
    const char *account, *qos; // of the batch system; NULL: not said
    const char *const *lines;  // [line_count] further options of the batch system, for all alike
    int line_count;
    double seconds;  // the job may take
    bool has_memory; // the words say how much memory to take
    bool is_mpich;   // else Open MPI
} pn_launch_text;

// Failures: a partition's name that Slurm cannot have, a further line that is none, devices that no
// backend computes on.
pn_status pn_launch_slurm(FILE *stream, const pn_launch_text *text);

// Where more than one node takes part, comments say which host files the line reads. The launcher
// binds each rank to its cores where one rule of it can say so, else the ranks bind their threads.
// Failure: devices that no backend computes on.
pn_status pn_launch_mpirun(FILE *stream, const pn_launch_text *text);

#endif
