// SPDX-License-Identifier: BSD-3-Clause
// Finding and narrowing the machine file.
#include "cli/machine_options.h"

#include "config/machine_make.h"
#include "config/machine_read.h"
#include "config/machine_select.h"
#include "config/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char *const beside[] = {
    "%s/../" PANACHE_DATA_DIR "/panache/machines", "%s/../share/panache/machines",
    "%s/../machines", // of the sources
};
static const pn_file_search search = {"PANACHE_MACHINES", beside, sizeof beside / sizeof beside[0]};
static const char ending[] = ".yaml", catalogue[] = "catalogue";

void pn_machine_names(pn_file_names *names)
{
    int kept = 0;
    pn_file_list(names, &search, ending);
    for (int i = 0; i < names->count; i++)
        if (strcmp(names->name[i], catalogue) != 0) // kinds of nodes, and no machine
            memmove(names->name[kept++], names->name[i], sizeof *names->name);
    names->count = kept;
}

// As files are named: "Jean Zay" and "jean_zay" are jean-zay.
static void plain_name(const char *name, char plain[PN_FILE_NAME])
{
    size_t length = strlen(name), end = strlen(ending);
    bool has_ending = length > end && strcasecmp(name + length - end, ending) == 0;
    snprintf(plain, PN_FILE_NAME, "%.*s", (int)(has_ending ? length - end : length), name);
    for (char *at = plain; *at; at++)
        *at = *at == ' ' || *at == '_' ? '-' : (char)tolower((unsigned char)*at);
}

// The file of that name, whatever its case; else the failure with the nearest one.
static pn_status find_alike(const char *name, pn_found_file *place)
{
    char asked[PN_FILE_NAME], plain[PN_FILE_NAMES][PN_FILE_NAME], file[PN_FILE_NAME + 8];
    const char *known[PN_FILE_NAMES];
    pn_file_names names;
    char tried[PN_FILE_TRIED];
    memcpy(tried, place->tried, sizeof tried);
    pn_machine_names(&names);
    plain_name(name, asked);
    for (int i = 0; i < names.count; i++) {
        plain_name(names.name[i], plain[i]);
        known[i] = plain[i];
        snprintf(file, sizeof file, "%s%s", names.name[i], ending);
        if (strcmp(plain[i], asked) == 0 && pn_file_find(place, &search, file))
            return PN_OK;
    }
    const char *nearest = pn_nearest(asked, known, names.count);
    return pn_fail(
        PN_ERROR_USAGE,
        "there is no machine file %s here, nor any of %s; PANACHE_MACHINES may name other "
        "folders, separated by colons; %s%s",
        name, tried,
        nearest ? "the nearest of those that panache machines lists is "
                : "panache machines lists those that are known by name",
        nearest ? nearest : "");
}

pn_status pn_machine_path(const char *name, char *text, size_t bytes)
{
    const char *last = strlen(name) > strlen(ending) ? name + strlen(name) - strlen(ending) : "";
    char file[PN_FILE_PATH];
    pn_found_file place;
    snprintf(text, bytes, "%s", name);
    if (strchr(name, '/') || access(name, F_OK) == 0)
        return PN_OK;
    snprintf(file, sizeof file, "%s%s", name, strcmp(last, ending) == 0 ? "" : ending);
    if (!pn_file_find(&place, &search, file)) {
        pn_status status = find_alike(name, &place);
        if (status != PN_OK)
            return status;
    }
    snprintf(text, bytes, "%s", place.path);
    return PN_OK;
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
    *machine = NULL;
    PN_TRY(pn_machine_path(path, found, sizeof found));
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

pn_status pn_prediction_for_options(pn_prediction_request *request, const pn_machine *machine,
                                    const pn_options *options)
{
    *request =
        (pn_prediction_request){.machine = machine, .settings = pn_options_settings(options)};
    request->is_mixed = options->benchmark == PN_BENCHMARK_MXP;
    if (request->settings.share_mode == PN_SHARE_MODE_RANKS)
        return pn_fail(PN_ERROR_USAGE, "option --shares: a file is for ranks that are there; "
                                       "predict takes equal or one number a process column");
    if (request->settings.p > 0 && machine->partitions_count > 1)
        return pn_fail(PN_ERROR_USAGE,
                       "command line: --grid is for one partition; this run has %d.",
                       machine->partitions_count);
    return PN_OK;
}
