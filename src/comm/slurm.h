// SPDX-License-Identifier: BSD-3-Clause
// How many tasks Slurm puts on each node of a step, as it writes it.
#ifndef PN_COMM_SLURM_H
#define PN_COMM_SLURM_H

#include <stdbool.h>

typedef struct pn_slurm_tasks {
    int nodes, tasks; // of the step
    int before;       // tasks of the nodes before the one asked for
    int here;         // tasks of that node; 0: there is no such node
} pn_slurm_tasks;

// text: counts with repetitions, such as "2(x3),1" for 2, 2, 2, 1; node: counted from 0. False: it
// is not such a text.
bool pn_slurm_tasks_read(pn_slurm_tasks *tasks, const char *text, int node);

#endif
