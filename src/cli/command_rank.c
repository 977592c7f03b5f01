// SPDX-License-Identifier: BSD-3-Clause
// `panache rank`: the place of an Rmax on a list and on all lists since, its neighbours, and what
// is missing to the next ten places. The Rmax is written out, or read from the record of a run or
// of a prediction or from the text of an HPL. A downloaded list gives exact places and names.
#include "base/input_file.h"
#include "base/rate_text.h"
#include "cli/command.h"
#include "cli/json_file.h"
#include "cli/list_rank.h"
#include "config/units.h"
#include "measure/fp64.h"
#include "report/hpl_reading.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CLIMB = 10 };

// Of a record of many tests, or the text of as many.
static const size_t record_bytes = 256 << 20;

// "gflops" is what both kinds of records call it.
static pn_status rate_of_record(const char *path, const json_t *root, double *flops)
{
    const json_t *entry = json_object_get(root, "gflops");
    char *read = entry ? json_dumps(entry, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    pn_status status = PN_OK;
    *flops = json_number_value(entry) * 1e9;
    if (!(*flops > 0))
        status =
            pn_fail(PN_ERROR_USAGE,
                    "%s has no rate: the key \"gflops\" is %.60s; a positive number is allowed.",
                    path, read ? read : "missing");
    free(read);
    return status;
}

// A file whose rate is asked for.
typedef struct rated_file {
    const char *path;
    bool as_if; // it were comparable with the list
} rated_file;

static pn_status check_comparable(const rated_file *file, bool is_mixed, bool is_emulated)
{
    if (file->as_if || (!is_mixed && !is_emulated))
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "%s is " PN_NOT_COMPARABLE ": %s; --as-if places it as if it were", file->path,
                   is_mixed ? "an HPL-MxP, which is listed apart" : "its FP64 is emulated");
}

static pn_status check_record(const rated_file *file, const json_t *root)
{
    const char *benchmark = json_string_value(json_object_get(root, "benchmark"));
    const json_t *fp64 = json_object_get(root, "fp64");
    return check_comparable(file, benchmark && strstr(benchmark, "HPL-MxP"),
                            json_is_false(json_object_get(fp64, "comparable_with_top500")));
}

static pn_status read_record(const rated_file *file, const pn_input_file *input, double *flops)
{
    const char *path = file->path;
    json_error_t error;
    json_t *root = json_loadb(input->text, input->length, 0, &error);
    if (!root)
        return pn_fail(PN_ERROR_USAGE,
                       "%s, line %d: %s; a record of a run or of a prediction is needed.", path,
                       error.line, error.text);
    pn_status status = check_record(file, root);
    if (status == PN_OK)
        status = rate_of_record(path, root, flops);
    json_decref(root);
    return status;
}

// A record, or the text of any HPL: records begin with a brace.
static pn_status read_result(const rated_file *file, double *flops)
{
    const char *path = file->path;
    pn_input_file input;
    pn_status status = pn_input_file_read(&input, path, record_bytes);
    if (status != PN_OK)
        return status;
    if (input.text[strspn(input.text, " \t\r\n")] == '{') {
        status = read_record(file, &input, flops);
    } else {
        pn_hpl_reading reading;
        status = check_comparable(file, strstr(input.text, "SLOPPY-TYPE ="),
                                  strstr(input.text, PN_NOT_COMPARABLE));
        if (status == PN_OK)
            status = pn_hpl_reading_parse(&reading, path, input.text);
        if (status == PN_OK)
            *flops = reading.gflops * 1e9;
    }
    pn_input_file_release(&input);
    return status;
}

static pn_status read_rate(const char *text, bool as_if, double *flops)
{
    if (access(text, F_OK) == 0)
        return read_result(&(rated_file){text, as_if}, flops);
    if (pn_quantity_parse(text, PN_FLOPS, flops) == PN_OK && *flops > 0)
        return PN_OK;
    return pn_fail(
        PN_ERROR_USAGE,
        "\"%s\" is neither a file nor a rate; a rate is a positive number with its unit, "
        "such as 850TF, 19.8PFlop/s or 1.2EF, and a file the record of a run or of a prediction, "
        "or the text of an HPL.",
        text);
}

// Room for "about " and a rate.
enum { RMAX_TEXT = 40 };

// What follows from the Rmax of a place, in TFLOP/s; marked where that is interpolated.
static void rmax_text(const pn_knots *list, int place, double tflops, char text[RMAX_TEXT])
{
    char rate[32];
    pn_flops_text(tflops * 1e12, rate);
    snprintf(text, RMAX_TEXT, "%s%s", pn_rank_rmax_is_exact(list, place) ? "" : "about ", rate);
}

static void print_lists(const pn_knots *first, double tflops)
{
    printf("  %-15s %-16s %-21s %s\n", "list", "place", "one place up", "one place down");
    const pn_knots *last = pn_rank_list(pn_rank_list_count() - 1);
    for (const pn_knots *list = first; list <= last; list++) {
        char name[32], place[64], above[RMAX_TEXT] = "-", below[RMAX_TEXT] = "-";
        int number = pn_list_rank_number(list, tflops);
        pn_edition_text(list->edition, name, sizeof name);
        snprintf(place, sizeof place, "%s%d", pn_rank_is_exact(list, tflops) ? "" : "about ",
                 number);
        if (number > PN_LIST_LENGTH)
            snprintf(place, sizeof place, "below %d", PN_LIST_LENGTH);
        if (number > 1)
            rmax_text(list, number - 1, pn_rank_rmax(list, number - 1), above);
        if (number <= PN_LIST_LENGTH)
            rmax_text(list, number, pn_rank_rmax(list, number), below);
        printf("  %-15s %-16s %-21s %s\n", name, place, above, below);
    }
}

static void print_climb(const pn_knots *list, double tflops)
{
    char name[32];
    int number = pn_list_rank_number(list, tflops);
    pn_edition_text(list->edition, name, sizeof name);
    if (number == 1) {
        printf("\nNothing stood above it on the list of %s.\n", name);
        return;
    }
    printf("\nTo climb on the list of %s:\n", name);
    int last =
        number > PN_LIST_LENGTH ? PN_LIST_LENGTH : number - CLIMB; // from below: to get there
    for (int place = number - 1; place >= 1 && place >= last; place--) {
        char need[RMAX_TEXT], missing[RMAX_TEXT];
        double rmax = pn_rank_rmax(list, place);
        rmax_text(list, place, rmax, need);
        rmax_text(list, place, rmax - tflops, missing);
        printf("  place %3d   %-21s %s more (%.1f %%)\n", place, need, missing,
               100 * (rmax / tflops - 1));
    }
}

// The newest list on which it would have been at that place or before; 0: there is none.
static int newest_edition_with(double tflops, int place)
{
    for (int i = pn_rank_list_count(); i > 0; i--)
        if (pn_list_rank_number(pn_rank_list(i - 1), tflops) <= place)
            return pn_rank_list(i - 1)->edition;
    return 0;
}

// What a rate was worth once; on the newest list there is nothing to add.
static void print_history(double tflops)
{
    char led[32], listed[32];
    int newest = pn_rank_list(pn_rank_list_count() - 1)->edition;
    int leading = newest_edition_with(tflops, 1);
    int last = newest_edition_with(tflops, PN_LIST_LENGTH);
    pn_edition_text(leading, led, sizeof led);
    pn_edition_text(last, listed, sizeof listed);
    if (leading == newest)
        printf("It would have led every list.\n");
    else if (leading > 0 && last == newest)
        printf("It would have led until %s.\n", led);
    else if (leading > 0)
        printf("It would have led until %s, and been on a list until %s.\n", led, listed);
    else if (last > 0 && last != newest)
        printf("It would have been on a list until %s.\n", listed);
}

static void print_text(const pn_knots *first, double tflops)
{
    char rate[32], name[32], place[64];
    pn_flops_text(tflops * 1e12, rate);
    pn_edition_text(first->edition, name, sizeof name);
    pn_list_rank_text(first, tflops, place, sizeof place);
    printf("%s, TOP500 list of %s: %s\n", rate, name, place);
    print_history(tflops);
    putchar('\n');
    print_lists(first, tflops);
    print_climb(first, tflops);
    printf("\nEach list is known by its Rmax at 58 ranks (source: TOP500.org); \"about\" is\n"
           "interpolated. For exact places and names: --file with a list downloaded from\n"
           "there.\n");
}

static void print_entry(const pn_list_entry *entry, double tflops)
{
    char rate[32], missing[32] = "";
    pn_flops_text(entry->rmax * 1e12, rate);
    if (entry->rmax > tflops) {
        pn_flops_text((entry->rmax - tflops) * 1e12, missing);
        strcat(missing, " more");
    }
    printf("  %4d  %-15s %-20s %s%s%s\n", entry->rank, rate, missing, entry->name,
           *entry->site ? ", " : "", entry->site);
}

static void print_file(const pn_list_file *list, const char *path, double tflops)
{
    char rate[32];
    int place = pn_list_file_rank(list, tflops);
    pn_flops_text(tflops * 1e12, rate);
    if (place > list->count)
        printf("%s, %s: below its last place, %d\n\n", rate, path, list->count);
    else
        printf("%s, %s: place %d of %d\n\n", rate, path, place, list->count);
    int first = place - 1 - CLIMB;
    for (int i = first < 0 ? 0 : first; i < list->count && i < place + 1; i++) {
        if (i == place - 1)
            printf("  %4d  %-15s %-20s (this)\n", place, rate, "");
        print_entry(&list->entries[i], tflops);
    }
    if (place > list->count)
        printf("     -  %-15s %-20s (this)\n", rate, "");
}

static json_t *places_record(const pn_knots *first, double tflops)
{
    json_t *places = json_array();
    const pn_knots *last = pn_rank_list(pn_rank_list_count() - 1);
    for (const pn_knots *list = first; list <= last; list++) {
        int number = pn_list_rank_number(list, tflops);
        json_t *row =
            json_pack("{s:i, s:b}", "list", list->edition, "exact", pn_rank_is_exact(list, tflops));
        json_object_set_new(row, "place",
                            number > PN_LIST_LENGTH ? json_null() : json_integer(number));
        json_t *needs = json_array();
        for (int p = number - 1; p >= 1 && p >= number - CLIMB; p--)
            json_array_append_new(needs, json_pack("{s:i, s:f, s:b}", "place", p, "gflops",
                                                   pn_rank_rmax(list, p) * 1e3, "exact",
                                                   pn_rank_rmax_is_exact(list, p)));
        json_object_set_new(row, "above", needs);
        json_array_append_new(places, row);
    }
    return places;
}

static json_t *edition_or_null(int edition)
{
    return edition ? json_integer(edition) : json_null();
}

static json_t *rank_record(const pn_knots *first, double tflops)
{
    return json_pack("{s:f, s:o, s:o, s:o}", "gflops", tflops * 1e3, "led_until",
                     edition_or_null(newest_edition_with(tflops, 1)), "listed_until",
                     edition_or_null(newest_edition_with(tflops, PN_LIST_LENGTH)), "places",
                     places_record(first, tflops));
}

static pn_status rank_in_file(const pn_invocation *invocation, double tflops)
{
    pn_list_file list;
    const pn_options *options = &invocation->options;
    pn_status status = pn_list_file_read(&list, options->file);
    if (status != PN_OK)
        return status;
    if (strcmp(options->json, "none") != 0) {
        int place = pn_list_file_rank(&list, tflops);
        json_t *root = json_pack("{s:f, s:s, s:i, s:i}", "gflops", tflops * 1e3, "file",
                                 options->file, "place", place, "systems", list.count);
        status = pn_json_file_write(root, options->json);
    }
    if (status == PN_OK && strcmp(options->json, "-") != 0)
        print_file(&list, options->file, tflops);
    pn_list_file_release(&list);
    return status;
}

static pn_status rank_on_lists(const pn_invocation *invocation, double tflops)
{
    const pn_options *options = &invocation->options;
    const pn_knots *first = pn_list_rank_knots(options->list);
    if (!first)
        return PN_ERROR_USAGE;
    pn_status status = PN_OK;
    if (strcmp(options->json, "none") != 0)
        status = pn_json_file_write(rank_record(first, tflops), options->json);
    if (status == PN_OK && strcmp(options->json, "-") != 0)
        print_text(first, tflops);
    return status;
}

int pn_command_rank(const pn_invocation *invocation)
{
    double flops;
    pn_status status;
    if (invocation->operands.count != 1) {
        pn_fail(PN_ERROR_USAGE,
                "command line: rank needs a rate, such as 19.8PF, the record of a run or of a "
                "prediction, or the text of an HPL (HPL.out)");
        return pn_command_failed();
    }
    PN_TRY(read_rate(invocation->operands.word[0], invocation->options.as_if, &flops));
    PN_TRY(strcmp(invocation->options.file, "none") != 0 ? rank_in_file(invocation, flops / 1e12)
                                                         : rank_on_lists(invocation, flops / 1e12));
    return PN_EXIT_PASSED;
fail:
    return pn_command_failed();
}
