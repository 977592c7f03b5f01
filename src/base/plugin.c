// SPDX-License-Identifier: BSD-3-Clause
#include "base/plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Where plug-ins may be, in the order of search; %s is the folder of the executable.
static const char *const beside_executable[] = {
    "%s/lib/panache",
    "%s/../" PANACHE_LIBRARY_DIR "/panache",
    "%s/../lib/" PANACHE_TRIPLET "/panache",
    "%s/../lib/panache",
};

static bool try_folder(const char *folder, size_t length, const char *file, char *path)
{
    snprintf(path, PN_PLUGIN_PATH, "%.*s/%s", (int)length, folder, file);
    return access(path, R_OK) == 0;
}

static void add_to_list(char *list, const char *entry)
{
    size_t length = strlen(list);
    int added =
        snprintf(list + length, PN_PLUGIN_TRIED - length, "%s%s", length ? ", " : "", entry);
    if (added < 0 || (size_t)added >= PN_PLUGIN_TRIED - length)
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

static bool find_beside_executable(const char *file, char *path, char *tried)
{
    char executable[PN_PLUGIN_PATH], folder[PN_PLUGIN_PATH];
    ssize_t length = readlink("/proc/self/exe", executable, sizeof executable - 1);
    if (length <= 0)
        return false;
    executable[length] = '\0';
    *strrchr(executable, '/') = '\0';
    for (size_t i = 0; i < sizeof beside_executable / sizeof beside_executable[0]; i++) {
        snprintf(folder, sizeof folder, beside_executable[i], executable);
        if (try_folder(folder, strlen(folder), file, path))
            return true;
        if (!strstr(tried, path))
            add_to_list(tried, path);
    }
    return false;
}

bool pn_plugin_find(pn_plugin_place *place, const char *file)
{
    place->tried[0] = '\0';
    return find_in_list(getenv("PANACHE_PLUGINS"), file, place->path, place->tried) ||
           find_beside_executable(file, place->path, place->tried);
}
