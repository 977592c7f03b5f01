// SPDX-License-Identifier: BSD-3-Clause
// Chooses the MPI (the launcher's, or the one asked for), finds its plug-in, opens it and sees to
// it that the world is the one the launcher announced: never as many single runs as there are
// ranks.
#include "comm/open_comm.h"

#include "base/plugin.h"
#include "comm/comm_backend.h"
#include "comm/init_exit.h"
#include "comm/launcher.h"
#include "comm/self.h"
#include "comm/start.h"
#include "comm/transport.h"
#include "comm/witness.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pn_status find_plugin(pn_family family, const pn_launch *launch, pn_found_file *place)
{
    char file[64];
    snprintf(file, sizeof file, "panache-mpi-%s.so", pn_family_word(family));
    if (pn_plugin_find(place, file))
        return PN_OK;
    return pn_fail(PN_ERROR_SYSTEM,
                   "there is no plug-in for %s (started by %s); looked for %s. Build Panache where "
                   "this MPI's compiler wrapper is installed, or name the folder in "
                   "PANACHE_PLUGINS",
                   pn_family_name(family), launch->launcher, place->tried);
}

// Open MPI opens components of its own that expect its symbols to be global.
static pn_status load_plugin(const pn_backend **backend, const char *path)
{
    pn_status status = pn_plugin_trust(path);
    if (status != PN_OK)
        return status;
    void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (!library)
        return pn_fail(PN_ERROR_SYSTEM, "the MPI plug-in %s cannot be opened: %s", path, dlerror());
    const pn_backend *found = dlsym(library, PN_BACKEND_SYMBOL);
    if (!found)
        return pn_fail(PN_ERROR_SYSTEM, "%s is no MPI plug-in of Panache: it has no symbol %s",
                       path, PN_BACKEND_SYMBOL);
    if (found->version != PN_BACKEND_VERSION || found->comm_bytes != sizeof(pn_comm))
        return pn_fail(PN_ERROR_SYSTEM,
                       "the MPI plug-in %s belongs to another version of Panache (%d, here %d)",
                       path, found->version, PN_BACKEND_VERSION);
    *backend = found;
    return PN_OK;
}

static pn_status choose(const char *library, const pn_launch *launch, pn_family *family)
{
    *family = PN_FAMILY_NONE;
    if (strcmp(library, "auto") == 0)
        *family = launch->family;
    else if (strcmp(library, "openmpi") == 0)
        *family = PN_FAMILY_OPENMPI;
    else if (strcmp(library, "mpich") == 0)
        *family = PN_FAMILY_MPICH;
    else if (strcmp(library, "none") != 0)
        return pn_fail(PN_ERROR_USAGE,
                       "--mpi is \"%s\": auto, none, openmpi, mpich or the path of a plug-in are "
                       "allowed",
                       library);
    bool is_overridden = launch->is_guessed && *family != PN_FAMILY_NONE;
    if (launch->size == 1 || *family == launch->family || is_overridden)
        return PN_OK;
    if (launch->size == 0)
        return pn_fail(
            PN_ERROR_USAGE,
            "%s started this as rank %d of several, but --mpi %s does not speak with it; "
            "each would be a run of its own. Name the MPI of the launcher by --mpi, or "
            "unset %s to run alone",
            launch->launcher, launch->rank, library, launch->variable);
    return pn_fail(PN_ERROR_USAGE,
                   "%s started %d ranks, but --mpi %s does not speak with it; they would be %d "
                   "runs of one rank each. Leave --mpi at auto or use the matching launcher",
                   launch->launcher, launch->size, library, launch->size);
}

static pn_status select_backend(const pn_comm_request *request, const pn_launch *launch,
                                const pn_backend **backend)
{
    pn_status status;
    pn_found_file place;
    pn_family family;
    *backend = NULL;
    if (strchr(request->library, '/')) {
        PN_TRY(load_plugin(backend, request->library));
    } else {
        PN_TRY(choose(request->library, launch, &family));
        if (family == PN_FAMILY_NONE)
            return PN_OK;
        PN_TRY(find_plugin(family, launch, &place));
        PN_TRY(load_plugin(backend, place.path));
    }
    status = pn_transport_open();
fail:
    return status;
}

static pn_status check_world(const pn_comm *comm, const pn_launch *launch, bool is_alone)
{
    char announced[32] = "", hint[128] = "";
    bool is_size = launch->size ? comm->size == launch->size : !is_alone;
    if (is_size && comm->rank == launch->rank)
        return PN_OK;
    if (launch->size)
        snprintf(announced, sizeof announced, " of %d", launch->size);
    if (launch->is_guessed)
        snprintf(hint, sizeof hint,
                 ". --mpi openmpi and --mpi mpich choose the library; to run alone, unset %s",
                 launch->variable);
    return pn_fail(PN_ERROR_COMMUNICATION,
                   "%s announced rank %d%s, but %s says rank %d of %d: launcher and MPI library "
                   "do not belong together%s",
                   launch->launcher, launch->rank, announced, comm->library, comm->rank, comm->size,
                   hint);
}

// An MPI that cannot start may end the process instead of returning.
static pn_status open_backend(pn_comm **comm, pn_backend_request *inner, const pn_backend *backend,
                              const pn_start_plan *plan)
{
    pn_init_exit *guard = pn_init_exit_arm(plan->launch->family, plan->witness);
    pn_status status = backend->open(comm, inner);
    pn_init_exit_disarm(guard);
    return status == PN_OK ? PN_OK : pn_fail(status, "%s: %s", backend->family, inner->message);
}

// One rank of a host tells why there is none.
static pn_witness *call_witness(const pn_launch *launch, pn_log *log)
{
    pn_log silent = {.rank = launch->rank};
    bool speaks = pn_launch_local_rank() == 0;
    return pn_witness_call(launch->job, log, speaks ? log : &silent);
}

static pn_status open_world(pn_comm **comm, const pn_backend *backend,
                            const pn_comm_request *request, const pn_launch *launch)
{
    pn_status status;
    pn_comm *opened = NULL;
    pn_start *start = NULL;
    pn_start_plan plan = {.launch = launch, .log = request->log, .seconds = request->start_timeout};
    pn_backend_request inner = {.log = request->log,
                                .message_limit = request->message_limit,
                                .argc = request->argc,
                                .argv = request->argv};
    PN_TRY(pn_init_exit_prevent(launch->family, NULL));
    // Other launchers name the rank themselves.
    if (launch->family == PN_FAMILY_MPICH && launch->size != 1)
        plan.witness = call_witness(launch, request->log);
    PN_TRY(pn_start_begin(&start, &plan));
    PN_TRY(open_backend(&opened, &inner, backend, &plan));
    PN_TRY(check_world(opened, launch, inner.is_alone));
    pn_start_meet(start, opened);
    pn_start_end(start);
    opened->witness = plan.witness;
    opened->ending = &opened->own_ending;
    *comm = opened;
    return PN_OK;
fail:
    pn_start_end(start);
    pn_comm_close(opened);
    pn_witness_dismiss(plan.witness, true);
    return status;
}

// Whether --mpi names a library by hand: it is asked although no launcher announced anything.
static bool is_named(const char *library)
{
    return strcmp(library, "auto") != 0 && strcmp(library, "none") != 0;
}

pn_status pn_comm_open(pn_comm **comm, const pn_comm_request *request)
{
    enum { SEVERAL = 2 }; // how many is not known yet
    pn_launch launch;
    const pn_backend *backend;
    pn_status status = pn_launch_detect(&launch);
    if (status != PN_OK && !(launch.is_mute && is_named(request->library)))
        return status;
    if (request->log) {
        request->log->rank = launch.rank;
        request->log->ranks = launch.size ? launch.size : SEVERAL;
    }
    PN_TRY(select_backend(request, &launch, &backend));
    if (!backend)
        return pn_comm_self_open(comm, request->log);
    PN_TRY(open_world(comm, backend, request, &launch));
    if (request->log)
        request->log->ranks = (*comm)->size;
fail:
    return status;
}
