// SPDX-License-Identifier: BSD-3-Clause
// A generation is finished if its manifest is there, and the manifest is renamed into place once
// all files and their folder have reached the disk. What has none is left over from a start that
// died, and is removed by the next that writes.
#include "checkpoint/generation.h"

#include "base/input_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char manifest_name[] = "manifest.json", part_name[] = "manifest.part";

pn_status pn_generation_path(char path[PN_GENERATION_PATH], const char *folder, int number,
                             const char *name)
{
    int length = snprintf(path, PN_GENERATION_PATH, "%s/generation-%06d%s%s", folder, number,
                          name ? "/" : "", name ? name : "");
    if (length < PN_GENERATION_PATH)
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE, "the path of a checkpoint is longer than %d bytes",
                   PN_GENERATION_PATH - 1);
}

// -1 for any other name.
static int number_of(const char *name)
{
    int number = 0, length = 0;
    if (sscanf(name, "generation-%9d%n", &number, &length) != 1 || name[length] || number < 1)
        return -1;
    return number;
}

static bool is_finished(const char *folder, int number)
{
    char path[PN_GENERATION_PATH];
    return pn_generation_path(path, folder, number, manifest_name) == PN_OK &&
           access(path, F_OK) == 0;
}

// Puts a number among the largest ones; returns how many there are.
static int insert(int *numbers, int count, int most, int number)
{
    int at = count < most ? count : most;
    for (; at > 0 && numbers[at - 1] < number; at--)
        if (at < most)
            numbers[at] = numbers[at - 1];
    if (at < most)
        numbers[at] = number;
    return count < most ? count + 1 : most;
}

int pn_generation_list(const char *folder, int *numbers, int most)
{
    DIR *stream = opendir(folder);
    int count = 0;
    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        int number = number_of(entry->d_name);
        if (number > 0 && is_finished(folder, number))
            count = insert(numbers, count, most, number);
    }
    if (stream)
        closedir(stream);
    return count;
}

int pn_generation_next(const char *folder)
{
    DIR *stream = opendir(folder);
    int last = 0;
    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        int number = number_of(entry->d_name);
        last = number > last ? number : last;
    }
    if (stream)
        closedir(stream);
    return last + 1;
}

static pn_status make(const char *path)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return PN_OK;
    return pn_fail(PN_ERROR_SYSTEM, "the folder \"%s\" cannot be made: %s", path, strerror(errno));
}

pn_status pn_generation_make(const char *folder, int number)
{
    char path[PN_GENERATION_PATH];
    pn_status status = pn_generation_path(path, folder, number, NULL);
    for (char *at = path + 1; status == PN_OK && *at; at++)
        if (*at == '/') {
            *at = '\0';
            status = make(path);
            *at = '/';
        }
    return status == PN_OK ? make(path) : status;
}

pn_status pn_generation_try(const char *folder)
{
    char path[PN_GENERATION_PATH];
    int number = pn_generation_next(folder);
    pn_status status = pn_generation_make(folder, number);
    if (status == PN_OK && pn_generation_path(path, folder, number, NULL) == PN_OK)
        rmdir(path);
    return status;
}

// What is renamed or made in a folder is there after a power cut once the folder was written, too.
static pn_status write_folder(const char *path)
{
    int file = open(path, O_RDONLY | O_DIRECTORY);
    bool written = file >= 0 && (fsync(file) == 0 || errno == EINVAL); // not all systems have it
    int error = errno;
    if (file >= 0)
        close(file);
    if (written)
        return PN_OK;
    return pn_fail(PN_ERROR_SYSTEM, "the folder \"%s\" cannot be written: %s", path,
                   strerror(error));
}

static pn_status write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    bool written = file && fputs(text, file) >= 0 && fflush(file) == 0 && fsync(fileno(file)) == 0;
    int error = errno;
    if (file)
        written = fclose(file) == 0 && written;
    if (written)
        return PN_OK;
    return pn_fail(PN_ERROR_SYSTEM, "\"%s\" cannot be written: %s", path, strerror(error));
}

pn_status pn_generation_publish(const char *folder, int number, const char *manifest)
{
    char part[PN_GENERATION_PATH], path[PN_GENERATION_PATH], place[PN_GENERATION_PATH];
    pn_status status;
    PN_TRY(pn_generation_path(part, folder, number, part_name));
    PN_TRY(pn_generation_path(path, folder, number, manifest_name));
    PN_TRY(pn_generation_path(place, folder, number, NULL));
    PN_TRY(write_text(part, manifest));
    PN_TRY(write_folder(place));
    PN_TRY(write_folder(folder));
    if (rename(part, path) != 0)
        return pn_fail(PN_ERROR_SYSTEM, "\"%s\" cannot be put in place: %s", path, strerror(errno));
    PN_TRY(write_folder(place));
fail:
    return status;
}

// Its manifest goes first: what is left of a removal that was cut short is no generation.
static void remove_generation(const char *folder, int number)
{
    char place[PN_GENERATION_PATH], path[PN_GENERATION_PATH];
    if (pn_generation_path(path, folder, number, manifest_name) != PN_OK ||
        pn_generation_path(place, folder, number, NULL) != PN_OK)
        return;
    unlink(path);
    DIR *stream = opendir(place);
    for (struct dirent *entry; stream && (entry = readdir(stream));)
        if ((strncmp(entry->d_name, "shard-", 6) == 0 || strcmp(entry->d_name, part_name) == 0) &&
            pn_generation_path(path, folder, number, entry->d_name) == PN_OK)
            unlink(path);
    if (stream)
        closedir(stream);
    rmdir(place);
}

void pn_generation_clean(const char *folder, int kept)
{
    int numbers[PN_GENERATIONS_KEPT];
    int count = kept > 0 ? pn_generation_list(folder, numbers, kept) : 0;
    int oldest = count > 0 && count == kept ? numbers[count - 1] : 0;
    DIR *stream = opendir(folder);
    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        int number = number_of(entry->d_name);
        if (number > 0 && (kept == 0 || number < oldest || !is_finished(folder, number)))
            remove_generation(folder, number);
    }
    if (stream)
        closedir(stream);
}

pn_status pn_generation_read(pn_manifest *manifest, const char *folder, int number)
{
    char path[PN_GENERATION_PATH];
    pn_input_file input = {0};
    *manifest = (pn_manifest){0};
    pn_status status = pn_generation_path(path, folder, number, manifest_name);
    if (status == PN_OK)
        status = pn_input_file_read(&input, path, PN_MANIFEST_BYTES);
    if (status != PN_OK)
        return status;
    status = pn_manifest_read(manifest, input.text, input.length);
    if (status != PN_OK)
        pn_fail_in(status, "%s", path);
    pn_input_file_release(&input);
    return status;
}
