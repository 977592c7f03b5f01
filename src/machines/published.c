// SPDX-License-Identifier: BSD-3-Clause
// Rows of a table of published systems, and their prediction.
#include "machines/published.h"

#include "base/plain_text.h"
#include "machines/network_name.h"
#include "top500/table_file.h"
#include "tune/class_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// Runs fill up to a seventh more than what is sold as the memory, which is often less than there
// is.
static const double fill_limit = 1.14;

// Words for submissions that follow a template: orders in whole thousands, equal rates on unlike
// processors and networks.
static const char templates[] = "inspur";

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
    NEEDED,
    RPEAK = NEEDED, // tables may lack these
    COMPUTER,
    COLUMNS
};

// No machine has more, and what the model costs grows with them. The most processors of one so far
// are 158,976.
static const double sockets_most = 300000;
static const double column_most[COLUMNS] = {
    [LIST] = 999912, [DEVICES] = 3e5,       [HOST_CORES] = 5e7, [CORES_PER_SOCKET] = 4096,
    [NMAX] = 1e8,    [PROCESSOR_MHZ] = 1e5, [RMAX] = 1e9,       [POWER] = 1e7,
    [RPEAK] = 1e9};

static const char *const headings[COLUMNS] = {
    "name",         "list",          "device",       "devices", "host_cores",  "cores_per_socket",
    "processor",    "processor_mhz", "interconnect", "nmax",    "rmax_tflops", "power_kw",
    "rpeak_tflops", "computer"};

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
        if (reader->place[c] < 0 && c < NEEDED)
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
    return place >= 0 && place < row->cells ? row->cell[place] : "";
}

// An empty cell is 0.
static pn_status number_of(const row_reader *reader, const row_cells *row, enum column column,
                           double *value)
{
    const char *text = text_of(reader, row, column);
    char *end;
    *value = strtod(text, &end);
    if (!*end && isfinite(*value) && *value >= 0 && *value <= column_most[column])
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "%s, row %ld, %s: \"%s\" is read; a number from 0 to %.12g is "
                   "allowed.",
                   reader->path, row->row, headings[column], text, column_most[column]);
}

static pn_status add_system(row_reader *reader, const pn_published *system)
{
    pn_published_list *list = reader->list;
    if (list->count == PN_TABLE_SYSTEMS)
        return pn_fail(PN_ERROR_USAGE, "%s has more than the %d systems that are allowed.",
                       reader->path, PN_TABLE_SYSTEMS);
    if (list->count == list->capacity) {
        int capacity = list->capacity ? 2 * list->capacity : 256;
        pn_published *larger = realloc(list->system, (size_t)capacity * sizeof *larger);
        if (!larger)
            return pn_fail_memory("for %d systems", capacity);
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

// Superchips have a Grace of 72 cores for each GH200 and for two devices of Blackwell, which lists
// count in several ways; the cores of the processors they count in one.
static void count_by_graces(const pn_constants *constants, const char *processor,
                            pn_published *system)
{
    const double cores = 72;
    double graces = system->cores / cores;
    const char *name = constants->device[system->device].name;
    double each = strcmp(name, "GH200") == 0                                ? 1
                  : strcmp(name, "GB200") == 0 || strcmp(name, "B200") == 0 ? 2
                                                                            : 0;
    if (each == 0 || graces != floor(graces) || graces < 1 ||
        !pn_words_match("grace|gh superchip|gb superchip", processor))
        return;
    if (strcmp(name, "B200") == 0)
        system->device = pn_device_find(constants, "GB200");
    system->devices = each * graces;
    system->is_counted = true;
}

static double sockets_of(const pn_published *system)
{
    return fmax(1, floor(system->cores / fmax(1, system->cores_per_socket)));
}

// Two processors a node are usual; other nodes have rows of their own in the constants.
static void find_node(const pn_constants *constants, const char *computer, const char *interconnect,
                      pn_published *system)
{
    double devices = system->devices * pn_published_recount(constants, system);
    double counted = fmax(1, 2 * devices / sockets_of(system));
    const pn_node_form *form = pn_node_find(constants, computer, system->device, counted);
    system->in_node = form->devices > 0 ? form->devices : counted;
    system->links = pn_words_match("octo", interconnect)        ? 8
                    : pn_words_match("quad|4x", interconnect)   ? 4
                    : pn_words_match("dual|rail", interconnect) ? 2
                                                                : form->links;
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
    PN_TRY(number_of(reader, &row, RPEAK, &system.peak));
    if (sockets_of(&system) > sockets_most)
        return pn_fail(
            PN_ERROR_USAGE,
            "%s, row %ld: host_cores over cores_per_socket make %.0f processors; %.0f at "
            "most are allowed.",
            reader->path, number, sockets_of(&system), sockets_most);
    system.list = (int)list;
    system.hertz *= 1e6;
    system.rmax *= 1e12;
    system.peak *= 1e12;
    system.power *= 1e3;
    pn_plain_text(system.name, sizeof system.name, text_of(reader, &row, NAME));
    const char *device = text_of(reader, &row, DEVICE);
    system.device = find_device(reader->constants, device, &system);
    system.skipped = system.device >= 0 ? system.devices < 1
                                        : strcasecmp(device, "CPU") != 0 || system.hertz <= 0;
    system.processor = pn_processor_find(reader->constants, text_of(reader, &row, PROCESSOR));
    const char *computer = text_of(reader, &row, COMPUTER);
    system.is_by_xeon = pn_words_match("xeon", text_of(reader, &row, PROCESSOR));
    system.is_template = pn_words_match(templates, computer);
    pn_network_name interconnect;
    pn_network_name_read(&interconnect, text_of(reader, &row, INTERCONNECT));
    system.network = pn_network_guess(reader->constants, &interconnect);
    if (system.device >= 0)
        count_by_graces(reader->constants, text_of(reader, &row, PROCESSOR), &system);
    if (system.device >= 0)
        find_node(reader->constants, computer, text_of(reader, &row, INTERCONNECT), &system);
    status = add_system(reader, &system);
fail:
    return status;
}

pn_status pn_published_read(pn_published_list *list, const char *path,
                            const pn_constants *constants)
{
    *list = (pn_published_list){0};
    row_reader reader = {.list = list, .constants = constants, .path = path};
    pn_table_request request = {.path = path, .each = read_row, .context = &reader};
    pn_status status = pn_table_file_read(&request);
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

// What the listed peak leaves for the devices, over the peak that lists give for as many.
static double peak_ratio(const pn_constants *constants, const pn_published *system)
{
    const pn_device_kind *kind = &constants->device[system->device];
    double per_core = constants->processor[system->processor].flops_per_cycle * system->hertz;
    double left = system->peak - system->cores * per_core;
    return left / (system->devices * kind->peak);
}

static double held_ratio(const pn_constants *constants, const pn_published *system)
{
    return 8.0 * system->n * system->n /
           (constants->device[system->device].memory * system->devices);
}

// How badly `times` as many devices go with the listed peak and the matrix. Peaks are listed at
// several clocks, and some have nothing to do with the machine, as some N have.
static double misfit(const pn_constants *constants, const pn_published *system, double times)
{
    const pn_device_kind *kind = &constants->device[system->device];
    bool is_held = !kind->holds_matrix || held_ratio(constants, system) <= fill_limit * times;
    double peak = system->peak > 0
                      ? fmin(fabs(log(fmax(peak_ratio(constants, system), 0.1) / times)), 0.7)
                      : 0;
    double held = is_held ? 0 : system->peak > 0 ? 0.35 : 1.3;
    return peak + held + (times > 1 ? 0.4 : 0.2) * fabs(log2(times));
}

double pn_published_recount(const pn_constants *constants, const pn_published *system)
{
    double best = 1;
    if (system->is_counted)
        return 1;
    for (double times = system->peak > 0 ? 0.5 : 1; times <= 8; times *= 2)
        if (misfit(constants, system, times) < misfit(constants, system, best))
            best = times;
    // Some lists count devices fourfold; the order is then four fifths of a quarter's memory.
    bool fills_quarter = fabs(held_ratio(constants, system) / 0.2 - 1) < 0.005;
    return best == 1 && fills_quarter ? 0.25 : best;
}

// An N that would take less is not that of the run: some lists have another machine's.
static const double shortest_run = 120;

// Most runs take these shares of memory.
static double usual_order(const pn_published *system, double devices, const pn_device_kind *kind)
{
    return sqrt((kind ? 0.85 * devices * kind->memory : system->cores * 2e9) / 8.0);
}

// The order of the matrix, if the table has one that can be.
static double order_of(const pn_published *system, double devices, const pn_device_kind *kind)
{
    double most = system->cores * 20e9;
    if (kind)
        most += devices * kind->memory * (kind->holds_matrix ? fill_limit : 32);
    double least = kind ? devices * kind->memory / 9 : most / 1e4;
    double bytes = 8.0 * system->n * system->n;
    if (bytes <= most && bytes > least)
        return system->n;
    return usual_order(system, devices, kind);
}

bool pn_published_is_mixed(const pn_constants *constants, const pn_published *system)
{
    return sockets_of(system) > 4 * system->devices * pn_published_recount(constants, system);
}

double pn_published_watts(const pn_constants *constants, const pn_published *system)
{
    double devices = system->devices * pn_published_recount(constants, system);
    return pn_published_is_mixed(constants, system) ? 0 : system->power / devices;
}

// Processors beyond four for each device are nodes without devices, with a matrix of their own
// share; of those whose clock the table has not nothing can be told.
static int classes_of(const pn_constants *constants, const pn_published *system, double devices,
                      pn_rank_class classes[2])
{
    int network = system->network >= 0 ? system->network : constants->networks - 1;
    double cores = fmax(1, system->cores_per_socket);
    double spare = sockets_of(system);
    int count = 0;
    if (system->device >= 0) {
        const pn_device_kind *kind = &constants->device[system->device];
        double link = constants->network[network].bandwidth;
        pn_device_use use = {.device = system->device,
                             .network = network,
                             .count = devices,
                             .watts = pn_published_watts(constants, system),
                             .bandwidth = system->links * fmax(link, constants->device_link_least),
                             .in_node = system->in_node,
                             .host_cores = fmin(system->cores / devices, 4 * cores),
                             .age = pn_device_age(kind, system->list),
                             .is_by_xeon = system->is_by_xeon,
                             .is_template = system->is_template};
        classes[count++] = pn_device_class(constants, &use);
        spare -= 4 * devices;
    }
    if (spare >= 1 && system->hertz > 0) {
        pn_processor_use use = {.processor = system->processor,
                                .network = network,
                                .sockets = spare,
                                .core_hertz = cores * system->hertz};
        classes[count++] = pn_processor_class(constants, &use);
    }
    return count;
}

static pn_status price_order(pn_class_run *run, const pn_published *system, double order,
                             pn_class_forecast *forecast)
{
    if (!(order >= 1))
        return pn_fail(PN_ERROR_USAGE,
                       "system \"%s\": its cores and devices leave no memory for a matrix",
                       system->name);
    run->settings.n = (pn_gidx)order;
    return pn_class_run_price(run, forecast);
}

pn_status pn_published_predict(const pn_constants *constants, const pn_published *system, int steps,
                               double *rate)
{
    const pn_device_kind *kind = system->device >= 0 ? &constants->device[system->device] : NULL;
    double devices = kind ? system->devices * pn_published_recount(constants, system) : 0;
    pn_rank_class classes[2];
    pn_class_forecast forecast;
    pn_class_run run = {.of = classes, .settings = PN_SETTINGS_USUAL, .steps = steps};
    pn_status status;
    run.classes = classes_of(constants, system, devices, classes);
    PN_TRY(price_order(&run, system, order_of(system, devices, kind), &forecast));
    if (forecast.seconds < shortest_run)
        PN_TRY(price_order(&run, system, usual_order(system, devices, kind), &forecast));
    *rate = forecast.rate;
fail:
    return status;
}
