// SPDX-License-Identifier: BSD-3-Clause
// The form is that of SLURM_TASKS_PER_NODE, "2(x3),1", which srun sets for every task.
#include "comm/slurm.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>

enum { MOST = 100000000 }; // tasks or nodes: far from what an int holds

// A whole number from 1 on; NULL if there is none.
static const char *read_count(const char *text, int *count)
{
    char *end;
    if (!isdigit((unsigned char)*text))
        return NULL;
    unsigned long read = strtoul(text, &end, 10);
    *count = (int)read;
    return read >= 1 && read <= MOST ? end : NULL;
}

// "(x3)", or nothing for one.
static const char *read_repeats(const char *text, int *repeats)
{
    *repeats = 1;
    if (*text != '(')
        return text;
    const char *end = text[1] == 'x' ? read_count(text + 2, repeats) : NULL;
    return end && *end == ')' ? end + 1 : NULL;
}

// `repeats` nodes more, of `count` tasks each.
static bool add_nodes(pn_slurm_tasks *tasks, int count, int repeats, int node)
{
    long long more = (long long)count * repeats;
    int left = node - tasks->nodes; // nodes still before the one asked for
    if (tasks->tasks + more > MOST || tasks->nodes + (long long)repeats > MOST)
        return false;
    if (left >= repeats)
        tasks->before += (int)more;
    else if (left >= 0) {
        tasks->before += count * left;
        tasks->here = count;
    }
    tasks->tasks += (int)more;
    tasks->nodes += repeats;
    return true;
}

bool pn_slurm_tasks_read(pn_slurm_tasks *tasks, const char *text, int node)
{
    *tasks = (pn_slurm_tasks){.nodes = 0};
    for (;;) {
        int count, repeats;
        text = read_count(text, &count);
        text = text ? read_repeats(text, &repeats) : NULL;
        if (!text || !add_nodes(tasks, count, repeats, node))
            return false;
        if (!*text)
            return true;
        if (*text++ != ',')
            return false;
    }
}
