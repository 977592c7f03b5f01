// SPDX-License-Identifier: BSD-3-Clause
// Rows of a table of published systems, and their prediction.
#include "predict/published.h"

#include "predict/table_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// Runs fill up to a seventh more than what is sold as the memory, which is often less than there
// is.
static const double fill_limit = 1.14;

enum column {
    NAME,
    LIST,
    DEVICE,
    DEVICES,
    HOST_CORES,
    CORES_PER_SOCKET,
    PROCESSOR,
    PROCESSOR_MHZ,
    INTERCONNECT,
    NMAX,
    RMAX,
    POWER,
    COLUMNS
};

static const char *const headings[COLUMNS] = {
    "name",      "list",          "device",       "devices", "host_cores",  "cores_per_socket",
    "processor", "processor_mhz", "interconnect", "nmax",    "rmax_tflops", "power_kw"};

typedef struct row_reader {
    pn_published_list *list;
    const pn_constants *constants;
    const char *path;
    bool has_heading;
    int place[COLUMNS];
} row_reader;

static pn_status read_heading(row_reader *reader, int cells, char *const *cell)
{
    for (int c = 0; c < COLUMNS; c++) {
        reader->place[c] = -1;
        for (int i = 0; i < cells; i++)
            if (strcasecmp(cell[i], headings[c]) == 0)
                reader->place[c] = i;
        if (reader->place[c] < 0)
            return pn_fail(PN_ERROR_USAGE, "%s, row 1: there is no column \"%s\".", reader->path,
                           headings[c]);
    }
    reader->has_heading = true;
    return PN_OK;
}

typedef struct row_cells {
    long row;
    int cells;
    char *const *cell;
} row_cells;

static const char *text_of(const row_reader *reader, const row_cells *row, enum column column)
{
    int place = reader->place[column];
    return place < row->cells ? row->cell[place] : "";
}

// An empty cell is 0.
static pn_status number_of(const row_reader *reader, const row_cells *row, enum column column,
                           double *value)
{
    const char *text = text_of(reader, row, column);
    char *end;
    *value = strtod(text, &end);
    if (*end || !isfinite(*value) || *value < 0)
        return pn_fail(PN_ERROR_USAGE,
                       "%s, row %ld, %s: \"%s\" is no number; a number from 0 on is allowed.",
                       reader->path, row->row, headings[column], text);
    return PN_OK;
}

static pn_status add_system(row_reader *reader, const pn_published *system)
{
    pn_published_list *list = reader->list;
    if (list->count == list->capacity) {
        int capacity = list->capacity ? 2 * list->capacity : 256;
        pn_published *larger = realloc(list->system, (size_t)capacity * sizeof *larger);
        if (!larger)
            return pn_fail(PN_ERROR_MEMORY, "There is no memory for %d systems.", capacity);
        list->system = larger;
        list->capacity = capacity;
    }
    list->system[list->count++] = *system;
    return PN_OK;
}

// Where the table leaves the memory of an A100 open, the matrix tells: 40 GB cannot hold more.
static int find_device(const pn_constants *constants, const char *name, const pn_published *system)
{
    if (strcasecmp(name, "A100") != 0)
        return pn_device_find(constants, name);
    int small = pn_device_find(constants, "A100 40GB");
    double held = 8.0 * system->n * system->n / system->devices;
    return held <= fill_limit * constants->device[small].memory
               ? small
               : pn_device_find(constants, "A100 80GB");
}

static pn_status read_row(void *context, long number, int cells, char *const *cell)
{
    row_reader *reader = context;
    if (!reader->has_heading)
        return read_heading(reader, cells, cell);
    row_cells row = {number, cells, cell};
    pn_published system = {0};
    double list;
    pn_status status;
    PN_TRY(number_of(reader, &row, LIST, &list));
    PN_TRY(number_of(reader, &row, DEVICES, &system.devices));
    PN_TRY(number_of(reader, &row, HOST_CORES, &system.cores));
    PN_TRY(number_of(reader, &row, CORES_PER_SOCKET, &system.cores_per_socket));
    PN_TRY(number_of(reader, &row, PROCESSOR_MHZ, &system.hertz));
    PN_TRY(number_of(reader, &row, NMAX, &system.n));
    PN_TRY(number_of(reader, &row, RMAX, &system.rmax));
    PN_TRY(number_of(reader, &row, POWER, &system.power));
    system.list = (int)list;
    system.hertz *= 1e6;
    system.rmax *= 1e12;
    system.power *= 1e3;
    snprintf(system.name, sizeof system.name, "%s", text_of(reader, &row, NAME));
    const char *device = text_of(reader, &row, DEVICE);
    system.device = find_device(reader->constants, device, &system);
    system.skipped = system.device < 0 && strcasecmp(device, "CPU") != 0;
    system.processor = pn_processor_find(reader->constants, text_of(reader, &row, PROCESSOR));
    system.network = pn_network_find(reader->constants, text_of(reader, &row, INTERCONNECT));
    status = add_system(reader, &system);
fail:
    return status;
}

pn_status pn_published_read(pn_published_list *list, const char *path,
                            const pn_constants *constants)
{
    *list = (pn_published_list){0};
    row_reader reader = {.list = list, .constants = constants, .path = path};
    pn_status status = pn_table_file_read(path, read_row, &reader);
    if (status == PN_OK && list->count == 0)
        status = pn_fail(PN_ERROR_USAGE, "%s names no systems.", path);
    if (status != PN_OK)
        pn_published_release(list);
    return status;
}

void pn_published_release(pn_published_list *list)
{
    free(list->system);
    *list = (pn_published_list){0};
}

double pn_published_undercount(const pn_constants *constants, const pn_published *system)
{
    const pn_device_kind *kind = &constants->device[system->device];
    double times = 1;
    double held = 8.0 * system->n * system->n / (kind->memory * system->devices);
    while (kind->holds_matrix && times < 8 && held > fill_limit * times)
        times *= 2;
    return held > fill_limit * times ? 1 : times; // an N that nothing can explain
}

// The order of the matrix if the table has none that can be: most runs take these shares of memory.
static double order_of(const pn_published *system, double devices, const pn_device_kind *kind)
{
    double most = system->cores * 20e9;
    if (kind)
        most += devices * kind->memory * (kind->holds_matrix ? fill_limit : 32);
    double bytes = 8.0 * system->n * system->n;
    if (bytes <= most && bytes > most / 1e4)
        return system->n;
    return sqrt((kind ? 0.85 * devices * kind->memory : system->cores * 2e9) / 8.0);
}

static double sockets_of(const pn_published *system)
{
    return fmax(1, floor(system->cores / fmax(1, system->cores_per_socket)));
}

// Processors beyond four for each device are nodes without devices, with a matrix of their own
// share.
static int parts_of(const pn_constants *constants, const pn_published *system, double devices,
                    pn_system_part parts[2])
{
    int network = system->network >= 0 ? system->network : constants->networks - 1;
    double cores = fmax(1, system->cores_per_socket);
    double spare = sockets_of(system);
    int count = 0;
    if (system->device >= 0) {
        pn_device_use use = {.device = system->device,
                             .network = network,
                             .count = devices,
                             .watts = system->power / devices,
                             .host_cores = fmin(system->cores / devices, 4 * cores),
                             .young =
                                 system->list < constants->device[system->device].introduced + 100};
        parts[count++] = pn_device_part(constants, &use);
        spare -= 4 * devices;
    }
    if (spare >= 1) {
        pn_processor_use use = {.processor = system->processor,
                                .network = network,
                                .sockets = spare,
                                .core_hertz = cores * system->hertz};
        parts[count++] = pn_processor_part(constants, &use);
    }
    return count;
}

pn_status pn_published_predict(const pn_constants *constants, const pn_published *system, int steps,
                               double *rate)
{
    const pn_device_kind *kind = system->device >= 0 ? &constants->device[system->device] : NULL;
    double devices = kind ? system->devices * pn_published_undercount(constants, system) : 0;
    pn_system_part parts[2];
    pn_system_forecast forecast;
    pn_system whole = {.part = parts, .steps = steps};
    whole.parts = parts_of(constants, system, devices, parts);
    whole.n = (pn_gidx)order_of(system, devices, kind);
    pn_status status = pn_system_predict(&whole, &forecast);
    *rate = forecast.rate;
    return status;
}
