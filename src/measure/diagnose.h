// SPDX-License-Identifier: BSD-3-Clause
// From what is known of a rank to what slows it. Pure: the same facts give the same words.
#ifndef PN_MEASURE_DIAGNOSE_H
#define PN_MEASURE_DIAGNOSE_H

#include "measure/diagnosis.h"
#include "measure/host.h"
#include "measure/system_facts.h"

typedef struct pn_patient { // a rank; everything is borrowed
    const pn_host *host;
    const pn_system_facts *system;
    const char *held_back; // of the BLAS by the environment, which is gone round; ""
    double blas_rate,
        peak;          // FLOP/s of a core: of the BLAS in its trial, by multiply-adds; 0: no trial
    const char *blas;  // that is used
    const char *build; // of this program
    const char *mpi;
    const char *launcher; // NULL: there is none
    const char *messages; // variables that say which way messages go; "": none
    const char *preload;  // LD_PRELOAD; "": none
    int ranks, hosts;     // of the job
    int threads;          // of this rank
    int could_have;       // threads it would have without the variable `bound_by`
    const char *bound_by; // ""; nothing holds the threads down
    bool no_bind;         // asked for
    int host_ranks;
    int host_cores;       // that the ranks of this host may use, all together
    int crowd;            // threads on this rank's cores if they outnumber them; else 0
    double cpu_share;     // part of the time that each of them can have a core, by the count
    double had;           // the same as measured; 0: it was not
    double hertz;         // clock as measured; 0: it was not
    double first_message; // seconds from the start of the process; 0: not known
} pn_patient;

void pn_diagnose(pn_diagnosis *diagnosis, const pn_patient *patient);

#endif
