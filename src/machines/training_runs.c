// SPDX-License-Identifier: BSD-3-Clause
// A table of published trainings, row by row.
#include "machines/training_runs.h"

#include "base/plain_text.h"
#include "machines/half_kind.h"
#include "machines/language_model.h"
#include "top500/table_file.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum column { MODEL, DEVICE, ACTIVE, TOKENS, HOURS, COLUMNS };

static const char *const headings[COLUMNS][2] = {{"model", "model"},
                                                 {"device", "device"},
                                                 {"active_parameters", "active_parameters"},
                                                 {"tokens", "tokens"},
                                                 {"device_hours", "gpu_hours"}};

static const double most = 1e18; // of any number

typedef struct run_reader {
    pn_training_runs *runs;
    const char *path;
    bool has_heading;
    int place[COLUMNS];
} run_reader;

static pn_status read_heading(run_reader *reader, int cells, char *const *cell)
{
    for (int c = 0; c < COLUMNS; c++) {
        reader->place[c] = -1;
        for (int i = 0; i < cells; i++)
            if (strcasecmp(cell[i], headings[c][0]) == 0 ||
                strcasecmp(cell[i], headings[c][1]) == 0)
                reader->place[c] = i;
        if (reader->place[c] < 0)
            return pn_fail(PN_ERROR_USAGE, "%s, row 1: there is no column \"%s\".", reader->path,
                           headings[c][0]);
    }
    reader->has_heading = true;
    return PN_OK;
}

// An empty cell is 0.
static pn_status number_of(const char *text, double *value)
{
    char *end;
    *value = strtod(text, &end);
    if (!*end && isfinite(*value) && *value >= 0 && *value <= most)
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE, "\"%.60s\" is read; a number from 0 to %.15g is allowed.", text,
                   most);
}

static pn_status add_run(pn_training_runs *runs, const pn_training_run *run)
{
    if (runs->count == PN_TABLE_SYSTEMS)
        return pn_fail(PN_ERROR_USAGE, "there are more than the %d runs that are allowed.",
                       PN_TABLE_SYSTEMS);
    if (runs->count == runs->room) {
        int room = runs->room ? 2 * runs->room : 64;
        pn_training_run *more = realloc(runs->run, (size_t)room * sizeof *more);
        if (!more)
            return pn_fail_memory("for %d runs", room);
        runs->run = more;
        runs->room = room;
    }
    runs->run[runs->count++] = *run;
    return PN_OK;
}

static pn_status read_row(void *context, long row, int cells, char *const *cell)
{
    run_reader *reader = context;
    pn_training_run run = {.generation = NULL};
    double number[COLUMNS] = {0};
    if (!reader->has_heading)
        return read_heading(reader, cells, cell);
    for (int c = ACTIVE; c < COLUMNS; c++) {
        int place = reader->place[c];
        pn_status status = number_of(place < cells ? cell[place] : "", &number[c]);
        if (status != PN_OK)
            return pn_fail_in(status, "%s, row %ld, %s", reader->path, row, headings[c][0]);
    }
    if (number[ACTIVE] == 0 || number[TOKENS] == 0 || number[HOURS] == 0)
        return PN_OK;
    if (reader->place[MODEL] < cells)
        pn_plain_text(run.model, sizeof run.model, cell[reader->place[MODEL]]);
    if (reader->place[DEVICE] < cells)
        pn_plain_text(run.device, sizeof run.device, cell[reader->place[DEVICE]]);
    const pn_half_kind *kind = pn_half_kind_of(run.device);
    double operations = pn_language_model_operations(
        &(pn_language_model){.active = number[ACTIVE], .tokens = number[TOKENS]});
    run.generation = kind ? kind->generation : NULL;
    run.share = kind ? operations / (kind->peak * number[HOURS] * 3600) : 0;
    pn_status status = add_run(reader->runs, &run);
    return status == PN_OK ? PN_OK : pn_fail_in(status, "%s, row %ld", reader->path, row);
}

pn_status pn_training_runs_read(pn_training_runs *runs, const char *path)
{
    run_reader reader = {.runs = runs, .path = path};
    *runs = (pn_training_runs){0};
    pn_status status =
        pn_table_file_read(&(pn_table_request){.path = path, .each = read_row, .context = &reader});
    if (status == PN_OK && !reader.has_heading)
        status = pn_fail(PN_ERROR_USAGE, "%s is empty; a table with a heading is needed.", path);
    if (status != PN_OK)
        pn_training_runs_release(runs);
    return status;
}

void pn_training_runs_release(pn_training_runs *runs)
{
    free(runs->run);
    *runs = (pn_training_runs){0};
}
