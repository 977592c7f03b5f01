// SPDX-License-Identifier: BSD-3-Clause
#include "measure/energy.h"

#include "base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COUNTERS = 80,
    ZONES = 64,   // packages of a host
    SUBZONES = 8, // of a package
    PATH = 512,
    SECONDS_BETWEEN = 10 // a counter of 65 kJ starts again after two minutes of 500 W
};

static const double micro = 1e-6;

typedef struct counter {
    char path[PATH];
    pn_energy_part part;
    double unit;  // J
    double range; // J at which it starts again; 0: never
    double last;  // J as read
    double sum;   // J since it was opened
} counter;

struct pn_energy {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool runs, stops;
    int count;
    counter counters[COUNTERS];
    pn_energy_record record;
    double opened, began, ended;
    double at_begin[PN_ENERGY_PARTS], at_end[PN_ENERGY_PARTS];
};

const char *pn_energy_part_name(pn_energy_part part)
{
    static const char *const names[] = {"node", "processors", "memory", "devices"};
    return names[part];
}

static void join(char path[PATH], const char *folder, const char *file)
{
    enum { FILE_NAME = 64 };
    snprintf(path, PATH, "%.*s/%.*s", PATH - FILE_NAME - 2, folder, FILE_NAME, file);
}

// False: it is not there, or is no number; what may not be read is noted.
static bool read_file(pn_energy *e, const char *path, double *number)
{
    FILE *stream = fopen(path, "re");
    if (!stream) {
        if ((errno == EACCES || errno == EPERM) && !e->record.refused[0])
            snprintf(e->record.refused, sizeof e->record.refused, "%.*s",
                     (int)sizeof e->record.refused - 1, path);
        return false;
    }
    bool is_read = fscanf(stream, "%lf", number) == 1;
    fclose(stream);
    return is_read;
}

static bool add(pn_energy *e, const char *path, pn_energy_part part, double unit, double range)
{
    double now;
    if (e->count == COUNTERS || !read_file(e, path, &now))
        return false;
    counter *c = &e->counters[e->count++];
    *c = (counter){.part = part, .unit = unit, .range = range, .last = unit * now};
    snprintf(c->path, sizeof c->path, "%s", path);
    return true;
}

// "1234 J 5678 us" a file.
static bool open_cray(pn_energy *e, const char *sysfs)
{
    static const struct {
        const char *file;
        pn_energy_part part;
    } files[] = {{"energy", PN_ENERGY_NODE},           {"cpu_energy", PN_ENERGY_PROCESSORS},
                 {"memory_energy", PN_ENERGY_MEMORY},  {"accel0_energy", PN_ENERGY_DEVICES},
                 {"accel1_energy", PN_ENERGY_DEVICES}, {"accel2_energy", PN_ENERGY_DEVICES},
                 {"accel3_energy", PN_ENERGY_DEVICES}};
    char path[PATH], file[64];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(file, sizeof file, "cray/pm_counters/%s", files[i].file);
        join(path, sysfs, file);
        if (!add(e, path, files[i].part, 1, 0) && i == 0)
            return false;
    }
    return true;
}

static bool read_name(const char *zone, char name[32])
{
    char path[PATH];
    join(path, zone, "name");
    FILE *stream = fopen(path, "re");
    bool is_read = stream && fscanf(stream, "%31s", name) == 1;
    if (stream)
        fclose(stream);
    return is_read;
}

static bool add_zone(pn_energy *e, const char *zone, pn_energy_part part)
{
    char path[PATH];
    double range = 0;
    join(path, zone, "max_energy_range_uj");
    read_file(e, path, &range);
    join(path, zone, "energy_uj");
    return add(e, path, part, micro, micro * range);
}

// A package holds its cores and graphics; its memory is beside it.
static bool open_package(pn_energy *e, const char *sysfs, int package)
{
    char sub[PATH], file[64], name[32];
    snprintf(file, sizeof file, "class/powercap/intel-rapl:%d", package);
    join(sub, sysfs, file);
    if (!add_zone(e, sub, PN_ENERGY_PROCESSORS))
        return false;
    for (int i = 0; i < SUBZONES; i++) {
        snprintf(file, sizeof file, "class/powercap/intel-rapl:%d:%d", package, i);
        join(sub, sysfs, file);
        if (read_name(sub, name) && strcmp(name, "dram") == 0)
            add_zone(e, sub, PN_ENERGY_MEMORY);
    }
    return true;
}

static bool open_rapl(pn_energy *e, const char *sysfs)
{
    bool found = false;
    for (int i = 0; i < ZONES; i++) {
        char zone[PATH], file[64], name[32];
        snprintf(file, sizeof file, "class/powercap/intel-rapl:%d", i);
        join(zone, sysfs, file);
        if (!read_name(zone, name))
            break;
        if (strncmp(name, "package", strlen("package")) == 0)
            found = open_package(e, sysfs, i) || found;
    }
    return found;
}

static void read_all(pn_energy *e)
{
    for (int i = 0; i < e->count; i++) {
        counter *c = &e->counters[i];
        double now;
        if (!read_file(e, c->path, &now))
            continue;
        double used = c->unit * now - c->last;
        c->sum += used >= 0 ? used : used + c->range;
        c->last = c->unit * now;
    }
}

static void *read_until_stopped(void *argument)
{
    pn_energy *e = argument;
    pthread_mutex_lock(&e->lock);
    while (!e->stops) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += SECONDS_BETWEEN;
        pthread_cond_timedwait(&e->wake, &e->lock, &until);
        read_all(e);
    }
    pthread_mutex_unlock(&e->lock);
    return NULL;
}

// Since it was opened; below 0: of what no counter tells.
static void add_up(const pn_energy *e, double sums[PN_ENERGY_PARTS])
{
    for (int part = 0; part < PN_ENERGY_PARTS; part++)
        sums[part] = -1;
    for (int i = 0; i < e->count; i++) {
        const counter *c = &e->counters[i];
        sums[c->part] = (sums[c->part] < 0 ? 0 : sums[c->part]) + c->sum;
    }
}

pn_energy *pn_energy_open(const char *sysfs)
{
    pn_energy *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    pthread_mutex_init(&e->lock, NULL);
    pthread_cond_init(&e->wake, NULL);
    e->opened = e->began = e->ended = pn_clock();
    const char *meter = open_cray(e, sysfs) ? "pm_counters" : open_rapl(e, sysfs) ? "RAPL" : "";
    strcpy(e->record.meter, meter);
    if (e->count > 0)
        e->runs = pthread_create(&e->thread, NULL, read_until_stopped, e) == 0;
    return e;
}

static void mark(pn_energy *e, double *when, double sums[PN_ENERGY_PARTS])
{
    pthread_mutex_lock(&e->lock);
    read_all(e);
    *when = pn_clock();
    add_up(e, sums);
    pthread_mutex_unlock(&e->lock);
}

void pn_energy_begin(pn_energy *e)
{
    if (e)
        mark(e, &e->began, e->at_begin);
}

void pn_energy_end(pn_energy *e)
{
    if (e)
        mark(e, &e->ended, e->at_end);
}

void pn_energy_close(pn_energy *e, pn_energy_record *record)
{
    double now, sums[PN_ENERGY_PARTS];
    *record = (pn_energy_record){.meter = ""};
    if (!e)
        return;
    mark(e, &now, sums);
    if (e->runs) {
        pthread_mutex_lock(&e->lock);
        e->stops = true;
        pthread_cond_signal(&e->wake);
        pthread_mutex_unlock(&e->lock);
        pthread_join(e->thread, NULL);
    }
    *record = e->record;
    record->seconds = e->ended - e->began;
    record->whole_seconds = now - e->opened;
    for (int part = 0; part < PN_ENERGY_PARTS; part++) {
        record->whole[part] = sums[part];
        record->joules[part] = sums[part] < 0 ? -1 : e->at_end[part] - e->at_begin[part];
    }
    pthread_cond_destroy(&e->wake);
    pthread_mutex_destroy(&e->lock);
    free(e);
}
