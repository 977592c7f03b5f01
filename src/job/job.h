// SPDX-License-Identifier: BSD-3-Clause
// What every run stands on, opened once (job/open_job.h): the ranks, what each has, its threads,
// its BLAS and what it computes with. Steps that may fail on one rank end with pn_job_agree, so
// that all ranks go on or all stop, and one of them says why.
#ifndef PN_JOB_JOB_H
#define PN_JOB_JOB_H

#include "base/log.h"
#include "base/team.h"
#include "checkpoint/generation.h"
#include "comm/comm.h"
#include "compute/compute.h"
#include "config/options.h"
#include "job/thread_bound.h"
#include "measure/blas_table.h"
#include "measure/host.h"
#include "tune/choice.h"

typedef struct pn_restart { // the newest first
    int count;
    int numbers[PN_GENERATIONS_KEPT];
    pn_manifest manifests[PN_GENERATIONS_KEPT];
} pn_restart;

typedef struct pn_core_rates { // FLOP/s of a core in trials of the BLAS; 0: not measured
    double trial;              // of the BLAS taken
    double peak;               // by multiply-adds
} pn_core_rates;

typedef struct pn_job {
    pn_options options;
    pn_log log;
    pn_comm *comm;
    pn_host host;
    pn_thread_bound bound; // by the environment
    pn_rank_info *info;    // [comm->size]
    pn_host_links links;   // between the hosts; none: not measured, or there is one host
    double *link_memory;   // of them
    double link_seconds;   // that it took to measure them
    bool helped;           // messages over them (pn_comm_help)
    double *shares;        // [comm->size] from --shares @FILE; NULL: none
    pn_rank_choice *ranks; // [comm->size] threads and slots, the same in every run of the job
    pn_blas *blas;
    pn_core_rates *core_rates; // [comm->size]
    pn_blas_table *blas_table; // trials by which it was chosen; NULL: by another rank, or asked for
    pn_team *team;
    pn_compute *compute;
    int *kept_bits;       // [comm->size] of products of FP64; NULL: not tried
    char part_kind[64];   // what it is, without what it multiplies in a matrix of FP32
    int rate_nb;          // block size at which rates are measured; 0: the usual one
    const char *source;   // put before a refused choice's message: "HPL.dat line 6"; NULL: none
    pn_restart *restart;  // generations to go on from; NULL: from the beginning
    double first_message; // pn_clock() when the ranks had first spoken to each other
    bool opened;          // the ranks can speak to each other
    struct pn_onlookers *onlookers; // on rank 0, of those who look on while it solves; NULL: nobody
    struct pn_stop *stop;           // says so when the run is stopped from outside
} pn_job;

// Every rank calls it with its own status: the same status comes back on all. If it is a failure,
// the first rank that failed has its message told by rank 0, once.
pn_status pn_job_agree(pn_job *job, pn_status status);

// Seconds without progress after which a job is ended: as asked for, else generous for an operation
// that takes `longest` seconds; 0: never.
double pn_job_stall_limit(const pn_options *options, double longest);

// The host of a rank by a name that no other host of the job has, and that all its ranks have: that
// of its first rank, with "#2" behind it on the second host of that name.
void pn_job_host_label(const pn_job *job, int rank, char label[64]);

// What the options ask for, as pn_choose takes it; shares are borrowed from `options`.
pn_choice_request pn_job_request(const pn_options *options);

#endif
