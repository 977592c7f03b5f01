// SPDX-License-Identifier: BSD-3-Clause
#include "measure/power.h"

#include "base/clock.h"
#include "measure/amd_power.h"

#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLOCK_OF_PROCESSORS = 1, SAMPLES_A_SECOND = 4 };

static const char amd_folder[] = "/sys/bus/pci/devices";

// Why a device runs slower than it could; the bits are NVML's, and beyond them our own.
enum { BY_POWER = 0x04, BY_HEAT = 0x20, BY_CURRENT = 1 << 30, BY_OTHER = 1 << 29 };
static const struct {
    unsigned long long bit;
    const char *name;
} reasons[] = {
    {BY_POWER, "power"},     {0x08, "hardware slowdown"}, {BY_HEAT, "heat"},
    {0x40, "hardware heat"}, {0x80, "power brake"},       {0x10, "sync boost"},
    {BY_CURRENT, "current"}, {BY_OTHER, "other limits"},  {0x02, "clocks set by somebody"}};

typedef struct nvml {
    void *library, *device;
    int (*power)(void *device, unsigned *milliwatts);
    int (*clock)(void *device, int kind, unsigned *mhz);
    int (*reasons)(void *device, unsigned long long *reasons);
    int (*energy)(void *device, unsigned long long *millijoules); // NULL: older drivers
    int (*shutdown)(void);
} nvml;

typedef enum meter { BY_NVML, BY_AMDGPU } meter;

struct pn_power {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stops;
    meter meter;
    nvml nvml;
    pn_amd_power amd;
    double began;                // when the sampling did
    unsigned long long at_begin; // mJ by the device's counter; 0: it has none
    pn_power_record record;      // sums until the end
    unsigned long long met;      // reasons
};

// ISO C knows no conversion from an object's to a function's address.
static bool find(void *library, const char *name, void *function, size_t bytes)
{
    void *symbol = dlsym(library, name);
    memcpy(function, &symbol, bytes);
    return symbol != NULL;
}

static bool open_nvml(nvml *n, const char *bus)
{
    int (*start)(void), (*handle)(const char *, void **);
    n->library = dlopen("libnvidia-ml.so.1", RTLD_NOW);
    if (!n->library)
        return false;
    bool found = find(n->library, "nvmlInit_v2", &start, sizeof start) &&
                 find(n->library, "nvmlDeviceGetHandleByPciBusId_v2", &handle, sizeof handle) &&
                 find(n->library, "nvmlDeviceGetPowerUsage", &n->power, sizeof n->power) &&
                 find(n->library, "nvmlDeviceGetClockInfo", &n->clock, sizeof n->clock) &&
                 find(n->library, "nvmlShutdown", &n->shutdown, sizeof n->shutdown);
    (void)find(n->library, "nvmlDeviceGetTotalEnergyConsumption", &n->energy, sizeof n->energy);
    // Newer drivers call the reasons by another name, and some day by that alone.
    if (!find(n->library, "nvmlDeviceGetCurrentClocksEventReasons", &n->reasons, sizeof n->reasons))
        found = found && find(n->library, "nvmlDeviceGetCurrentClocksThrottleReasons", &n->reasons,
                              sizeof n->reasons);
    if (found && start() == 0) {
        if (handle(bus, &n->device) == 0)
            return true;
        n->shutdown();
    }
    dlclose(n->library);
    return false;
}

static void note_clock(pn_power *p, double mhz)
{
    p->record.clock_mhz += mhz;
    p->record.clock_least_mhz = fmin(p->record.clock_least_mhz, mhz);
}

static double amd_watts(pn_power *p)
{
    pn_amd_sample now;
    pn_amd_power_read(&p->amd, &now);
    if (now.mhz > 0)
        note_clock(p, now.mhz);
    p->met |= (now.by_power ? BY_POWER : 0u) | (now.by_heat ? BY_HEAT : 0u) |
              (now.by_current ? BY_CURRENT : 0u) | (now.by_other ? BY_OTHER : 0u);
    return now.watts;
}

static double nvml_watts(pn_power *p)
{
    unsigned milliwatts = 0, mhz = 0;
    unsigned long long now = 0;
    if (p->nvml.power(p->nvml.device, &milliwatts) != 0)
        milliwatts = 0;
    if (p->nvml.clock(p->nvml.device, CLOCK_OF_PROCESSORS, &mhz) == 0)
        note_clock(p, mhz);
    if (p->nvml.reasons(p->nvml.device, &now) == 0)
        p->met |= now;
    return 1e-3 * milliwatts;
}

// mJ since the driver was loaded; 0: there is no such counter.
static unsigned long long counted(const pn_power *p)
{
    unsigned long long now = 0;
    if (p->meter != BY_NVML || !p->nvml.energy || p->nvml.energy(p->nvml.device, &now) != 0)
        return 0;
    return now;
}

static void sample(pn_power *p)
{
    double watts = p->meter == BY_NVML ? nvml_watts(p) : amd_watts(p);
    p->record.watts += watts;
    p->record.watts_most = fmax(p->record.watts_most, watts);
    p->record.samples++;
}

static void *sample_until_stopped(void *argument)
{
    pn_power *p = argument;
    pthread_mutex_lock(&p->lock);
    while (!p->stops) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 1000000000 / SAMPLES_A_SECOND;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&p->wake, &p->lock, &until);
        sample(p);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void close_meter(pn_power *p)
{
    if (p->meter == BY_NVML) {
        p->nvml.shutdown();
        dlclose(p->nvml.library);
    }
    free(p);
}

static bool open_meter(pn_power *p, const char *bus)
{
    if (!bus[0])
        return false;
    p->meter = BY_NVML;
    if (open_nvml(&p->nvml, bus))
        return true;
    p->meter = BY_AMDGPU;
    return pn_amd_power_open(&p->amd, amd_folder, bus);
}

pn_power *pn_power_start(const char *bus)
{
    static const char *const names[] = {"NVML", "amdgpu"};
    pn_power *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    if (!open_meter(p, bus)) {
        free(p);
        return NULL;
    }
    strcpy(p->record.meter, names[p->meter]);
    p->record.clock_least_mhz = INFINITY;
    p->began = pn_clock();
    p->at_begin = counted(p);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    if (pthread_create(&p->thread, NULL, sample_until_stopped, p) == 0)
        return p;
    close_meter(p);
    return NULL;
}

static void name_reasons(const pn_power *p, char *text, size_t bytes)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (p->met & reasons[i].bit && used < bytes)
            used += (size_t)snprintf(text + used, bytes - used, "%s%s", used ? ", " : "",
                                     reasons[i].name);
}

void pn_power_stop(pn_power *p, pn_power_record *record)
{
    *record = (pn_power_record){.samples = 0};
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stops = true;
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    if (p->record.samples == 0) // it was over before the thread began
        sample(p);
    *record = p->record;
    record->watts /= fmax(1, record->samples);
    record->clock_mhz /= fmax(1, record->samples);
    unsigned long long at_end = counted(p);
    record->seconds = pn_clock() - p->began;
    record->joules = at_end > p->at_begin && p->at_begin > 0 ? 1e-3 * (double)(at_end - p->at_begin)
                                                             : record->watts * record->seconds;
    if (!isfinite(record->clock_least_mhz))
        record->clock_least_mhz = 0;
    name_reasons(p, record->throttled, sizeof record->throttled);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
    close_meter(p);
}

int pn_power_explain(const pn_power_record *record, char *text, size_t bytes)
{
    if (!record->throttled[0])
        return snprintf(text, bytes, "%s", "");
    return snprintf(text, bytes, "throttled (%s), clock %.0f MHz on average and %.0f at least",
                    record->throttled, record->clock_mhz, record->clock_least_mhz);
}
