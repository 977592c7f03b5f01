// SPDX-License-Identifier: BSD-3-Clause
#include "base/file_search.h"

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

static bool find_beside_executable(const pn_file_search *search, const char *file,
                                   pn_found_file *place)
{
    char executable[PN_FILE_PATH], folder[PN_FILE_PATH];
    ssize_t length = readlink("/proc/self/exe", executable, sizeof executable - 1);
    if (length <= 0)
        return false;
    executable[length] = '\0';
    *strrchr(executable, '/') = '\0';
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
