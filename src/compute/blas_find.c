// SPDX-License-Identifier: BSD-3-Clause
#include "compute/blas_find.h"

#include <dirent.h>
#include <fnmatch.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

// The numbered names, which are there without packages for developers, before the plain ones.
static const char *const names[] = {
    "libopenblas*.so.0",  "libopenblas*.so", "libblis*.so.[0-9]*", "libblis*.so",
    "libmkl_rt.so.[0-9]", "libmkl_rt.so",    "libarmpl*.so",       "libnvpl_blas_lp64_seq.so*",
    "libsatlas.so*",      "libf77blas.so.3", "libblas.so.3",       "libblas.so",
};
enum { NAMES = sizeof names / sizeof names[0], PLAIN = NAMES - 2 };

// Of the system, as patterns; %s is the folder of a processor's kind.
static const char *const system_folders[] = {
    "/usr/local/lib",
    "/usr/local/lib64",
    "/usr/lib/" PANACHE_TRIPLET,
    "/usr/lib/" PANACHE_TRIPLET "/openblas-*",
    "/usr/lib/" PANACHE_TRIPLET "/blis-*",
    "/usr/lib/" PANACHE_TRIPLET "/atlas",
    "/usr/lib/" PANACHE_TRIPLET "/blas",
    "/usr/lib64",
    "/usr/lib64/atlas",
    "/usr/lib",
    "/opt/intel/oneapi/mkl/latest/lib",
    "/opt/intel/oneapi/mkl/latest/lib/intel64",
    "/opt/intel/mkl/lib/intel64",
    "/opt/AMD/aocl/*/*/lib",
    "/opt/AMD/aocl/*/*/lib_LP64",
    "/opt/arm/armpl*/lib",
    "/opt/nvidia/nvpl*/lib",
    "/opt/*/lib",
    "/opt/*/lib64",
    "/opt/*/*/lib",
};

// Words in the names of a module's variables, whose values are where a library is installed.
static const char *const of_modules[] = {"BLAS", "BLIS", "MKL", "AOCL", "ARMPL", "NVPL", "ATLAS"};
static const char *const below_module[] = {"lib", "lib64", "lib/intel64", "lib_LP64"};

static bool has_wide_integers(const char *name)
{
    return strstr(name, "64") !=
           NULL; // libopenblas64_.so.0, libopenblasp64.so.0, libarmpl_ilp64.so
}

static void add_file(pn_blas_files *files, const char *found)
{
    char path[PATH_MAX];
    const char *name = strrchr(found, '/');
    if (files->count == PN_BLAS_FILES || !realpath(found, path) || strlen(path) >= PN_BLAS_FILE ||
        has_wide_integers(name ? name : found))
        return;
    for (int i = 0; i < files->count; i++)
        if (strcmp(files->path[i], path) == 0)
            return;
    memcpy(files->path[files->count++], path, strlen(path) + 1);
}

static int is_library(const struct dirent *entry)
{
    for (size_t i = 0; i < NAMES; i++)
        if (fnmatch(names[i], entry->d_name, 0) == 0)
            return 1;
    return 0;
}

// In the order of the names. A plain name beside another is the same library under that.
static void search_folder(pn_blas_files *files, const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_library, NULL);
    bool has_other = false;
    for (size_t i = 0; count > 0 && i < (has_other ? PLAIN : NAMES); i++)
        for (int j = 0; j < count; j++) {
            char path[PATH_MAX];
            int length = snprintf(path, sizeof path, "%s/%s", folder, entries[j]->d_name);
            if (length >= PATH_MAX || fnmatch(names[i], entries[j]->d_name, 0) != 0)
                continue;
            add_file(files, path);
            has_other = has_other || i < PLAIN;
        }
    for (int j = 0; j < count; j++)
        free(entries[j]);
    if (count >= 0)
        free(entries);
}

static void search(pn_blas_files *files, const char *folder, size_t length)
{
    char pattern[PATH_MAX];
    glob_t found;
    if (length == 0 || length >= sizeof pattern)
        return;
    snprintf(pattern, sizeof pattern, "%.*s", (int)length, folder);
    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            search_folder(files, found.gl_pathv[i]);
    globfree(&found);
}

static void search_list(pn_blas_files *files, const char *folders)
{
    while (folders && *folders) {
        size_t length = strcspn(folders, ":");
        search(files, folders, length);
        folders += length + (folders[length] == ':');
    }
}

static void search_modules(pn_blas_files *files)
{
    for (char **entry = environ; *entry; entry++) {
        size_t length = strcspn(*entry, "=");
        const char *value = *entry + length + ((*entry)[length] == '=');
        char name[128], folder[PATH_MAX + 16];
        bool matches = false;
        snprintf(name, sizeof name, "%.*s", (int)length, *entry);
        for (size_t i = 0; i < sizeof of_modules / sizeof of_modules[0]; i++)
            matches = matches || strstr(name, of_modules[i]);
        for (size_t i = 0; matches && *value == '/' && i < 4; i++) {
            snprintf(folder, sizeof folder, "%s/%s", value, below_module[i]);
            search(files, folder, strlen(folder));
        }
    }
}

void pn_blas_find(pn_blas_files *files)
{
    const char *only = getenv("PANACHE_BLAS_PATH");
    files->count = 0;
    if (only && *only) {
        search_list(files, only);
        return;
    }
    search_list(files, getenv("LD_LIBRARY_PATH"));
    search_modules(files);
    for (size_t i = 0; i < sizeof system_folders / sizeof system_folders[0]; i++)
        search(files, system_folders[i], strlen(system_folders[i]));
}
