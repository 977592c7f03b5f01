// SPDX-License-Identifier: BSD-3-Clause
#include "cli/option_groups.h"

#include "config/word.h"

#include <string.h>

static const struct {
    const char *title, *fields;
} groups[] = {
    {"The problem", "n|nb|time|repeat|seed|threshold|product|matrix|poison"},
    {"Who takes part, and with what", "grid|mapping|shares|threads|memory|no_bind|expect|device|"
                                      "blas|mpi|device_mpi|fp64|sysfs_root"},
    {"How it is solved",
     "lookahead|bcast|segment|panel|panel_threads|buffers|split|adapt|tolerance|rounds"},
    {"When something is wrong", "start_timeout|stall_timeout|checkpoint|checkpoint_every"},
    {"The machine on paper", "partitions|date|nodes|network|systems|explain"},
    {"Lists", "list|file|as_if"},
    {"The plan", "factor|budget|baseline|peak|of|catalogue|gateway"},
    {"The model that is trained", "parameters|tokens|active|hour_price|energy_price|runs"},
    {"The job", "with|submit|account|qos"},
    {"Where it is written",
     "progress|progress_file|metrics_file|output|json|csv|junit|html|svg|power|"
     "fail_below|man|completion"},
    {"Other options", "quiet|verbose|help|version"},
};

int pn_option_group_count(void)
{
    return (int)(sizeof groups / sizeof *groups);
}

const char *pn_option_group_title(int group)
{
    return groups[group].title;
}

int pn_option_group_of(const pn_option *row)
{
    int group = 0, last = pn_option_group_count() - 1;
    while (group < last && pn_word_find(groups[group].fields, row->field, strlen(row->field)) < 0)
        group++;
    return group;
}
