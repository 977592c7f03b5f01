// SPDX-License-Identifier: BSD-3-Clause
// The folder of the executable comes from /proc/self/exe, not from argv[0]: launchers pass on what
// they like.
#include "base/file_search.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool try_folder(const char *folder, size_t length, const char *file, char *path)
{
    snprintf(path, PN_FILE_PATH, "%.*s/%s", (int)length, folder, file);
    return access(path, R_OK) == 0;
}

static void add_to_list(char *list, const char *entry)
{
    size_t length = strlen(list);
    int added = snprintf(list + length, PN_FILE_TRIED - length, "%s%s", length ? ", " : "", entry);
    if (added < 0 || (size_t)added >= PN_FILE_TRIED - length)
        list[length] = '\0'; // a message can do without the last ones
}

static bool find_in_list(const char *folders, const char *file, char *path, char *tried)
{
    while (folders && *folders) {
        size_t length = strcspn(folders, ":");
        if (length > 0) {
            if (try_folder(folders, length, file, path))
                return true;
            add_to_list(tried, path);
        }
        folders += length + (folders[length] == ':');
    }
    return false;
}

// The folder of the executable.
static bool find_executable(char folder[PN_FILE_PATH])
{
    ssize_t length = readlink("/proc/self/exe", folder, PN_FILE_PATH - 1);
    if (length <= 0)
        return false;
    folder[length] = '\0';
    *strrchr(folder, '/') = '\0';
    return true;
}

static bool find_beside_executable(const pn_file_search *search, const char *file,
                                   pn_found_file *place)
{
    char executable[PN_FILE_PATH], folder[PN_FILE_PATH];
    if (!find_executable(executable))
        return false;
    for (int i = 0; i < search->count; i++) {
        snprintf(folder, sizeof folder, search->beside[i], executable);
        if (try_folder(folder, strlen(folder), file, place->path))
            return true;
        if (!strstr(place->tried, place->path))
            add_to_list(place->tried, place->path);
    }
    return false;
}

bool pn_file_find(pn_found_file *place, const pn_file_search *search, const char *file)
{
    place->tried[0] = '\0';
    return find_in_list(getenv(search->variable), file, place->path, place->tried) ||
           find_beside_executable(search, file, place);
}

static bool has_name(const pn_file_names *names, const char *name)
{
    for (int i = 0; i < names->count; i++)
        if (strcmp(names->name[i], name) == 0)
            return true;
    return false;
}

static void list_folder(pn_file_names *names, const char *folder, const char *ending)
{
    DIR *open = opendir(folder);
    for (struct dirent *entry; open && (entry = readdir(open));) {
        char name[PN_FILE_NAME];
        size_t length = strlen(entry->d_name), end = strlen(ending);
        if (length <= end || length - end >= PN_FILE_NAME || names->count == PN_FILE_NAMES ||
            strcmp(entry->d_name + length - end, ending) != 0)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)(length - end), entry->d_name);
        if (!has_name(names, name))
            strcpy(names->name[names->count++], name);
    }
    if (open)
        closedir(open);
}

static int compare_names(const void *one, const void *other)
{
    return strcmp(one, other);
}

void pn_file_list(pn_file_names *names, const pn_file_search *search, const char *ending)
{
    char executable[PN_FILE_PATH], folder[PN_FILE_PATH];
    const char *folders = getenv(search->variable);
    names->count = 0;
    while (folders && *folders) {
        size_t length = strcspn(folders, ":");
        snprintf(folder, sizeof folder, "%.*s", (int)length, folders);
        list_folder(names, folder, ending);
        folders += length + (folders[length] == ':');
    }
    for (int i = 0; i < search->count && find_executable(executable); i++) {
        snprintf(folder, sizeof folder, search->beside[i], executable);
        list_folder(names, folder, ending);
    }
    qsort(names->name, (size_t)names->count, sizeof *names->name, compare_names);
}
