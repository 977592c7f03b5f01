// SPDX-License-Identifier: BSD-3-Clause
// Finding and narrowing the machine file.
#include "cli/machine_options.h"

#include "config/machine_make.h"
#include "config/machine_read.h"
#include "config/machine_select.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Shipped machines lie beside the program: in the source tree, or in share once installed.
static void shipped_path(const char *folder, const char *name, const char *ending, char *text,
                         size_t bytes)
{
    char program[2048];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(program, '/');
    if (slash)
        *slash = '\0';
    snprintf(text, bytes, "%s/%s/%s%s", program, folder, name, ending);
}

void pn_machine_path(const char *name, char *text, size_t bytes)
{
    static const char *const folders[] = {"../machines", "../share/panache/machines"};
    static const char *const endings[] = {"", ".yaml"};
    snprintf(text, bytes, "%s", name);
    if (strchr(name, '/') || access(name, F_OK) == 0)
        return;
    for (size_t i = 0; i < 4; i++) {
        char path[4096];
        shipped_path(folders[i / 2], name, endings[i % 2], path, sizeof path);
        if (access(path, R_OK) == 0) {
            snprintf(text, bytes, "%s", path);
            return;
        }
    }
}

// For a machine that was probed on one node.
static pn_status set_network(pn_machine *machine, const char *name)
{
    for (int i = 0; i < machine->partitions_count; i++) {
        pn_machine_partition *partition = &machine->partitions[i];
        bool is_known = partition->network || partition->link_bandwidth.set;
        pn_status status = is_known ? PN_OK : pn_machine_text(&partition->network, name);
        if (status != PN_OK)
            return status;
        partition->is_network_asked = !is_known;
    }
    return PN_OK;
}

pn_status pn_machine_for_options(pn_machine **machine, const char *path, const pn_options *options)
{
    char found[4096];
    pn_status status;
    pn_machine_path(path, found, sizeof found);
    *machine = NULL;
    PN_TRY(pn_machine_read(machine, found));
    bool has_names = strcmp(options->partitions, "all") != 0;
    if (strcmp(options->date, "any") != 0)
        PN_TRY(pn_machine_at(*machine, options->date));
    else if (!has_names)
        PN_TRY(pn_machine_at_present(*machine));
    if (has_names)
        PN_TRY(pn_machine_select(*machine, options->partitions));
    if (options->nodes > 0)
        PN_TRY(pn_machine_resize(*machine, (double)options->nodes));
    if (strcmp(options->network, "none") != 0)
        PN_TRY(set_network(*machine, options->network));
    return PN_OK;
fail:
    pn_machine_destroy(*machine);
    *machine = NULL;
    return status;
}
