// SPDX-License-Identifier: BSD-3-Clause
// Files are named by the moment the run began and N, and never overwrite another; both are placed
// when both are written.
#include "cli/output.h"

#include "base/output_file.h"
#include "cli/json_file.h"
#include "report/json.h"
#include "report/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_ALIKE = 1000 };

static bool is_wanted(const char *place)
{
    return strcmp(place, "none") != 0;
}

// The folder and those it lies in.
static pn_status make_folder(const char *folder)
{
    char path[PN_PATH_BYTES];
    snprintf(path, sizeof path, "%s", folder);
    for (char *at = path + 1;; at++) {
        if (*at && *at != '/')
            continue;
        char kept = *at;
        *at = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            return pn_fail(PN_ERROR_SYSTEM,
                           "option --output: the folder \"%s\" cannot be made: %s; allowed: a "
                           "folder that can be written, or none",
                           folder, strerror(errno));
        *at = kept;
        if (!kept)
            return PN_OK;
    }
}

pn_status pn_output_check(const pn_options *options)
{
    pn_status status = PN_OK;
    char path[PN_PATH_BYTES];
    if (is_wanted(options->output)) {
        status = pn_path_trust(options->output);
        if (status != PN_OK)
            return pn_fail_in(status, "option --output");
        PN_TRY(make_folder(options->output));
        snprintf(path, sizeof path, "%s/", options->output);
        status = pn_output_file_check(path);
        if (status != PN_OK)
            return pn_fail_in(status, "option --output");
    }
    if (is_wanted(options->json) && strcmp(options->json, "-") != 0)
        status = pn_output_file_check(options->json);
    return status == PN_OK ? PN_OK : pn_fail_in(status, "option --json");
fail:
    return status;
}

pn_status pn_output_check_json(const pn_options *options)
{
    pn_options places = *options;
    snprintf(places.output, sizeof places.output, "none");
    return pn_output_check(&places);
}

pn_status pn_output_record(const pn_output *output, int index, char **text)
{
    const pn_job *job = output->job;
    pn_record record = {.result = &output->result[index],
                        .options = output->options,
                        .host = &job->host,
                        .command = output->command,
                        .blas = pn_blas_name(job->blas),
                        .blas_kernels = pn_blas_kernels(job->blas),
                        .blas_path = pn_blas_path(job->blas),
                        .mpi = job->comm->library};
    return pn_json_text(&record, text);
}

// All of them: one record as it is, several as a list. To be freed.
static pn_status join_records(const pn_output *output, char **text)
{
    size_t bytes = 0, used = 0;
    pn_status status;
    if (output->count == 1)
        return pn_output_record(output, 0, text);
    char **records = calloc((size_t)output->count, sizeof *records);
    *text = NULL;
    if (!records)
        return pn_fail_memory("for the records of %d tests", output->count);
    for (int i = 0; i < output->count; i++) {
        PN_TRY(pn_output_record(output, i, &records[i]));
        bytes += strlen(records[i]) + sizeof ",\n";
    }
    *text = malloc(bytes + sizeof "[\n\n]");
    if (!*text)
        PN_TRY(pn_fail_memory("for the records of %d tests", output->count));
    for (int i = 0; i < output->count; i++)
        used += (size_t)sprintf(*text + used, "%s%s", i ? ",\n" : "[\n", records[i]);
    sprintf(*text + used, "\n]");
fail:
    for (int i = 0; i < output->count; i++)
        free(records[i]);
    free(records);
    return status;
}

static void write_text(const pn_output *output, FILE *stream)
{
    const pn_result *first = output->result;
    pn_hpldat_test asked = pn_hpldat_test_at(output->dat, 0);
    pn_text_counts counts = {0};
    pn_text_header(stream, output->dat, first->threshold, first->settings.matrix);
    for (int i = 0; i < output->count; i++) {
        const pn_result *result = &output->result[i];
        counts.passed += result->passed;
        counts.failed += !result->passed;
        pn_text_result(stream, &asked, result);
        if (result->settings.element != PN_FLOAT64)
            pn_text_mixed(stream, result);
    }
    pn_text_footer(stream, &counts);
}

// <folder>/<moment>-N<n>[-<number>], for the number that follows the first try.
static void name_files(const pn_output *output, int number, char *files, size_t bytes)
{
    char moment[32], ending[16] = "";
    struct tm parts;
    localtime_r(&output->result->began, &parts);
    strftime(moment, sizeof moment, "%Y-%m-%dT%H-%M-%S", &parts);
    if (number > 1)
        snprintf(ending, sizeof ending, "-%d", number);
    snprintf(files, bytes, "%s/%s-N%" PRId64 "%s", output->options->output, moment,
             output->result->settings.n, ending);
}

// Under the first name for which neither of both is there; "" is left if there is none.
static pn_status place_files(const pn_output *output, pn_output_file *record, pn_output_file *text,
                             char *files, size_t bytes)
{
    pn_status status = PN_OK;
    for (int number = 1; number < MOST_ALIKE; number++) {
        char path[PN_PATH_BYTES], other[PN_PATH_BYTES];
        bool taken;
        name_files(output, number, files, bytes);
        snprintf(path, sizeof path, "%s.txt", files);
        snprintf(other, sizeof other, "%s.json", files);
        PN_TRY(pn_output_file_put(text, path, &taken));
        if (taken)
            continue;
        PN_TRY(pn_output_file_put(record, other, &taken));
        if (!taken)
            return PN_OK;
        if (rename(path, text->beside) != 0) // back, for another name
            break;
    }
    status = pn_fail(PN_ERROR_SYSTEM, "\"%s\": there are too many results of this second", files);
fail:
    files[0] = '\0';
    return status;
}

static pn_status write_folder(const pn_output *output, const char *record, char *files,
                              size_t bytes)
{
    char path[PN_PATH_BYTES];
    pn_output_file texts = {0}, records = {0};
    pn_status status = PN_OK;
    files[0] = '\0';
    snprintf(path, sizeof path, "%s/", output->options->output);
    PN_TRY(pn_output_file_open(&texts, path));
    write_text(output, texts.stream);
    PN_TRY(pn_output_file_finish(&texts));
    PN_TRY(pn_output_file_open(&records, path));
    fprintf(records.stream, "%s\n", record);
    PN_TRY(pn_output_file_finish(&records));
    return place_files(output, &records, &texts, files, bytes);
fail:
    pn_output_file_discard(&texts);
    pn_output_file_discard(&records);
    return status;
}

static pn_status write_standard(const pn_output *output, const char *record)
{
    if (strcmp(output->options->json, "-") == 0)
        puts(record);
    else
        write_text(output, stdout);
    if (fflush(stdout) != 0 || ferror(stdout))
        return pn_fail(PN_ERROR_SYSTEM, "standard output: writing failed: %s", strerror(errno));
    return PN_OK;
}

// One place that cannot be written must not cost the others the result; the last failure is told.
pn_status pn_output_write(const pn_output *output, char *files, size_t bytes)
{
    const pn_options *options = output->options;
    char *record = NULL;
    files[0] = '\0';
    pn_status failed = join_records(output, &record);
    if (failed != PN_OK)
        return failed;
    pn_status status = write_standard(output, record);
    failed = status;
    if (is_wanted(options->json) && strcmp(options->json, "-") != 0)
        status = pn_text_file_write(record, options->json);
    failed = status != PN_OK ? status : failed;
    if (is_wanted(options->output))
        status = write_folder(output, record, files, bytes);
    failed = status != PN_OK ? status : failed;
    free(record);
    return failed;
}
