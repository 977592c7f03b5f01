// SPDX-License-Identifier: BSD-3-Clause
// The plug-in stays open until the program ends: a driver keeps threads of its own.
#include "compute/open_compute.h"

#include "base/plugin.h"
#include "base/plural.h"
#include "compute/compute_backend.h"
#include "compute/cpu.h"
#include "compute/deferred.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ANY_DEVICE = -1, MOST_NUMBER = 1000000 };

// Whose devices: each maker has a plug-in of its own, made of the same sources.
typedef struct maker {
    const char *word; // of --device
    const char *title, *file, *compiler;
    const char *driver; // a library, or a file of the kernel's
} maker;

static const maker nvidia = {"cuda", "CUDA", "panache-cuda.so", "nvcc", "libcuda.so.1"};
static const maker amd = {"hip", "HIP", "panache-hip.so", "hipcc", "/dev/kfd"};

// Asked before NVIDIA's plug-in, which brings some 200 MiB of libraries along, for nothing without
// it. AMD's brings little, and tells itself that there is no device.
static bool has_driver(const maker *of)
{
    if (of->driver[0] == '/')
        return access(of->driver, F_OK) == 0;
    void *driver = dlopen(of->driver, RTLD_LAZY | RTLD_LOCAL);
    if (driver)
        dlclose(driver);
    return driver != NULL;
}

bool pn_device_driver_found(const char *word)
{
    return has_driver(strcmp(word, nvidia.word) == 0 ? &nvidia : &amd);
}

static pn_status load_plugin(const pn_compute_backend **backend, const maker *of)
{
    pn_found_file place;
    if (!pn_plugin_find(&place, of->file))
        return pn_fail(PN_ERROR_SYSTEM,
                       "there is no plug-in for %s devices; looked for %s. Build Panache where "
                       "%s is installed, or name the folder in PANACHE_PLUGINS",
                       of->title, place.tried, of->compiler);
    if (of == &nvidia && !has_driver(of))
        return pn_fail(PN_ERROR_SYSTEM, "there is no %s driver on this host (%s)", of->title,
                       of->driver);
    pn_status status = pn_plugin_trust(place.path);
    if (status != PN_OK)
        return status;
    void *library = dlopen(place.path, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return pn_fail(PN_ERROR_SYSTEM, "the %s plug-in cannot be opened: %s", of->title,
                       dlerror());
    union { // ISO C knows no conversion from an object's to a function's address
        void *symbol;
        pn_compute_backend_function *function;
    } found = {dlsym(library, PN_COMPUTE_SYMBOL)};
    if (!found.symbol)
        return pn_fail(PN_ERROR_SYSTEM, "%s is no device plug-in of Panache: it has no symbol %s",
                       place.path, PN_COMPUTE_SYMBOL);
    *backend = found.function();
    if ((*backend)->version != PN_COMPUTE_VERSION ||
        (*backend)->compute_bytes != sizeof(pn_compute) ||
        (*backend)->ops_bytes != sizeof(pn_compute_ops))
        return pn_fail(PN_ERROR_SYSTEM, "the plug-in %s belongs to another version of Panache",
                       place.path);
    return PN_OK;
}

// One device of a maker, or any of them.
typedef struct choice {
    const maker *of;
    int device;
} choice;

static pn_status open_device(pn_compute **compute, const pn_compute_request *request,
                             const choice *asked, char *reason)
{
    const maker *of = asked->of;
    int device = asked->device;
    const pn_compute_backend *backend = NULL;
    int devices = 0;
    char last[32] = "";
    pn_status status;
    PN_TRY(load_plugin(&backend, of));
    PN_TRY(backend->count(&devices, pn_fail));
    if (devices > 1)
        snprintf(last, sizeof last, " to %s:%d", of->word, devices - 1);
    if (device >= devices)
        return pn_fail(PN_ERROR_USAGE,
                       "option --device: read \"%s\"; there %s %d %s device%s here; allowed: "
                       "auto, cpu, %s:0%s",
                       request->device, pn_plural_are(devices), devices, of->title,
                       pn_plural(devices), of->word, last);
    pn_device_request inner = {.device = device,
                               .sharers = request->local_ranks,
                               .fp64_bits = request->fp64_bits,
                               .team = request->team,
                               .blas = request->blas,
                               .fail = pn_fail};
    if (device == ANY_DEVICE) {
        inner.device = request->local_rank % devices;
        inner.sharers = (int)pn_ceil_div(request->local_ranks, devices);
    }
    PN_TRY(backend->open(compute, &inner));
    (*compute)->devices = devices;
    snprintf(reason, PN_COMPUTE_REASON, "%s device %d of %d: %s", of->title, inner.device, devices,
             (*compute)->kind);
fail:
    return status;
}

static pn_status check_native(const pn_compute_request *request)
{
    return request->fp64_bits == 0
               ? PN_OK
               : pn_fail(PN_ERROR_USAGE, "option --fp64: only CUDA devices emulate FP64; allowed "
                                         "here: native");
}

static pn_status open_processors(pn_compute **compute, const pn_compute_request *request)
{
    pn_status status = check_native(request);
    if (status != PN_OK)
        return status;
    return pn_compute_cpu_open(compute, request->team, request->blas);
}

static pn_status open_any(pn_compute **compute, const pn_compute_request *request, char *reason)
{
    const choice any_of_nvidia = {&nvidia, ANY_DEVICE}, any_of_amd = {&amd, ANY_DEVICE};
    if (open_device(compute, request, &any_of_nvidia, reason) == PN_OK ||
        (has_driver(&amd) && open_device(compute, request, &any_of_amd, reason) == PN_OK))
        return PN_OK;
    snprintf(reason, PN_COMPUTE_REASON, "the processors: %s", pn_fail_message());
    return open_processors(compute, request);
}

// "cuda", or the number in "cuda:3"; false if the word is not of that form.
static bool read_device(const char *word, const char *kind, int *device)
{
    size_t length = strlen(kind);
    char *end;
    *device = ANY_DEVICE;
    if (strncmp(word, kind, length) != 0)
        return false;
    if (word[length] == '\0')
        return true;
    if (word[length] != ':' || word[length + 1] < '0' || word[length + 1] > '9')
        return false;
    long number = strtol(word + length + 1, &end, 10);
    *device = (int)pn_min(number, MOST_NUMBER);
    return *end == '\0';
}

static pn_status open_deferred(pn_compute **compute, const pn_compute_request *request,
                               int breaks_at)
{
    pn_status status = check_native(request);
    if (status == PN_OK)
        status = pn_compute_deferred_open(compute, request->team, request->blas,
                                          1 + (uint64_t)request->local_rank);
    if (status == PN_OK)
        (*compute)->devices = 1;
    if (status == PN_OK && breaks_at >= 0)
        pn_compute_deferred_break(*compute, (uint64_t)breaks_at);
    return status;
}

pn_status pn_compute_open(pn_compute **compute, const pn_compute_request *request,
                          char reason[PN_COMPUTE_REASON])
{
    int device;
    *compute = NULL;
    snprintf(reason, PN_COMPUTE_REASON, "as asked for");
    if (strcmp(request->device, "auto") == 0)
        return open_any(compute, request, reason);
    if (strcmp(request->device, "cpu") == 0)
        return open_processors(compute, request);
    if (read_device(request->device, "deferred", &device) ||
        read_device(request->device, "late", &device)) // as it was called in earlier versions
        return open_deferred(compute, request, device);
    const maker *const makers[] = {&nvidia, &amd};
    for (int i = 0; i < 2; i++) {
        choice asked = {makers[i], ANY_DEVICE};
        if (read_device(request->device, makers[i]->word, &asked.device))
            return open_device(compute, request, &asked, reason);
    }
    return pn_fail(PN_ERROR_USAGE,
                   "option --device: read \"%s\"; allowed: auto, cpu, cuda, hip, or one of "
                   "several devices such as cuda:0",
                   request->device);
}
