// SPDX-License-Identifier: BSD-3-Clause
// Files are named by the moment the run began and N, and never overwrite another.
#include "cli/output.h"

#include "report/json.h"
#include "report/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 1024, MOST_ALIKE = 1000 };

static bool is_wanted(const char *place)
{
    return strcmp(place, "none") != 0;
}

// The folder and those it lies in.
static pn_status make_folder(const char *folder)
{
    char path[PATH_BYTES];
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

// Leaves nothing behind that was not there.
static pn_status try_file(const char *option, const char *place, const char *path)
{
    bool existed = access(path, F_OK) == 0;
    FILE *file = fopen(path, "a");
    if (!file)
        return pn_fail(PN_ERROR_SYSTEM,
                       "option %s: \"%s\" cannot be written: %s; allowed: a place that can", option,
                       place, strerror(errno));
    fclose(file);
    if (!existed)
        unlink(path);
    return PN_OK;
}

pn_status pn_output_check(const pn_options *options)
{
    pn_status status = PN_OK;
    char path[PATH_BYTES];
    if (is_wanted(options->output)) {
        PN_TRY(make_folder(options->output));
        snprintf(path, sizeof path, "%s/.trial-%ld", options->output, (long)getpid());
        PN_TRY(try_file("--output", options->output, path));
    }
    if (is_wanted(options->json) && strcmp(options->json, "-") != 0)
        PN_TRY(try_file("--json", options->json, options->json));
fail:
    return status;
}

pn_status pn_output_record(const pn_output *output, char **text)
{
    const pn_job *job = output->job;
    pn_record record = {.result = output->result,
                        .options = output->options,
                        .host = &job->host,
                        .command = output->command,
                        .blas = pn_blas_name(job->blas),
                        .blas_kernels = pn_blas_kernels(job->blas),
                        .blas_path = pn_blas_path(job->blas),
                        .mpi = job->comm->library};
    return pn_json_text(&record, text);
}

static void write_text(const pn_output *output, FILE *stream)
{
    const pn_result *result = output->result;
    pn_hpldat_test asked = pn_hpldat_test_at(output->dat, 0);
    pn_text_counts counts = {.passed = result->passed, .failed = !result->passed};
    pn_text_header(stream, output->dat, result->threshold);
    pn_text_result(stream, &asked, result);
    pn_text_footer(stream, &counts);
}

static pn_status close_file(FILE *file, const char *path)
{
    bool failed = ferror(file);
    failed = fclose(file) != 0 || failed;
    if (failed)
        return pn_fail(PN_ERROR_SYSTEM, "\"%s\": writing failed: %s", path, strerror(errno));
    return PN_OK;
}

static pn_status open_file(const char *path, const char *mode, FILE **file)
{
    *file = fopen(path, mode);
    if (!*file)
        return pn_fail(PN_ERROR_SYSTEM, "\"%s\" cannot be written: %s", path, strerror(errno));
    return PN_OK;
}

static pn_status write_record(const char *path, const char *record)
{
    FILE *file;
    pn_status status = open_file(path, "w", &file);
    if (status != PN_OK)
        return status;
    fprintf(file, "%s\n", record);
    return close_file(file, path);
}

// Opens <folder>/<moment>-N<n>[-<number>].txt as a new file; `files` is the name without ending.
static pn_status open_new(const pn_output *output, char *files, size_t bytes, FILE **file)
{
    char moment[32], path[PATH_BYTES];
    struct tm parts;
    localtime_r(&output->result->began, &parts);
    strftime(moment, sizeof moment, "%Y-%m-%dT%H-%M-%S", &parts);
    int used = snprintf(files, bytes, "%s/%s-N%" PRId64, output->options->output, moment,
                        output->result->settings.n);
    for (int i = 2; i < MOST_ALIKE; i++) {
        snprintf(path, sizeof path, "%s.txt", files);
        *file = fopen(path, "wx");
        if (*file || errno != EEXIST)
            break;
        snprintf(files + used, bytes - (size_t)used, "-%d", i);
    }
    if (!*file)
        return pn_fail(PN_ERROR_SYSTEM, "\"%s\" cannot be written: %s", path, strerror(errno));
    return PN_OK;
}

static pn_status write_folder(const pn_output *output, const char *record, char *files,
                              size_t bytes)
{
    char path[PATH_BYTES];
    FILE *file;
    pn_status status = PN_OK;
    PN_TRY(open_new(output, files, bytes, &file));
    write_text(output, file);
    snprintf(path, sizeof path, "%s.txt", files);
    PN_TRY(close_file(file, path));
    snprintf(path, sizeof path, "%s.json", files);
    PN_TRY(write_record(path, record));
    return PN_OK;
fail:
    files[0] = '\0';
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
    pn_status failed = pn_output_record(output, &record);
    if (failed != PN_OK)
        return failed;
    pn_status status = write_standard(output, record);
    failed = status;
    if (is_wanted(options->json) && strcmp(options->json, "-") != 0)
        status = write_record(options->json, record);
    failed = status != PN_OK ? status : failed;
    if (is_wanted(options->output))
        status = write_folder(output, record, files, bytes);
    failed = status != PN_OK ? status : failed;
    free(record);
    return failed;
}
