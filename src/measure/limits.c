// SPDX-License-Identifier: BSD-3-Clause
// self/cgroup says in which group of which hierarchy this process is, self/mountinfo where that
// hierarchy is mounted and which part of it is seen there. A missing file is no limit.
#include "measure/limits.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_BYTES = 4096 };

// A hierarchy of groups as this process sees it.
typedef struct hierarchy {
    char mount[PATH_MAX]; // folder of the topmost group seen; "" if there is none
    char group[PATH_MAX]; // folder of this process's own group, below it
} hierarchy;

static FILE *open_in(const char *folder, const char *file)
{
    char path[PATH_MAX];
    int wrote = snprintf(path, sizeof path, "%s/%s", folder, file);
    return wrote < (int)sizeof path ? fopen(path, "r") : NULL;
}

// The number after `key` (with its colon, if it has one) in lines "key number", or -1.
static int64_t read_keyed(const char *folder, const char *file, const char *key)
{
    FILE *in = open_in(folder, file);
    char line[LINE_BYTES];
    int64_t value = -1;
    size_t length = strlen(key);
    while (in && value < 0 && fgets(line, sizeof line, in))
        if (strncmp(line, key, length) == 0 && strchr(" \t", line[length]))
            value = strtoll(line + length, NULL, 10);
    if (in)
        fclose(in);
    return value;
}

// The one or two numbers in a file; "max" reads as -1. Returns how many there are.
static int read_numbers(const char *folder, const char *file, int64_t number[2])
{
    FILE *in = open_in(folder, file);
    char words[2][32];
    int count = in ? fscanf(in, "%31s %31s", words[0], words[1]) : 0;
    if (in)
        fclose(in);
    for (int i = 0; i < count; i++)
        number[i] = strcmp(words[i], "max") == 0 ? -1 : strtoll(words[i], NULL, 10);
    return count < 0 ? 0 : count;
}

static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = strstr(list, word); at; at = strstr(at + 1, word))
        if ((at == list || at[-1] == ',') && (at[length] == ',' || at[length] == '\0'))
            return true;
    return false;
}

// Path of this process's group in the hierarchy of `controller`, or in version 2's (NULL).
static bool find_group(const char *proc, const char *controller, char path[PATH_MAX])
{
    FILE *in = open_in(proc, "self/cgroup");
    char line[LINE_BYTES];
    bool found = false;
    while (in && !found && fgets(line, sizeof line, in)) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group)
            continue;
        *group = '\0';
        found = controller ? has_word(controllers + 1, controller) : !controllers[1];
        if (found)
            snprintf(path, PATH_MAX, "%s", group + 1);
    }
    if (in)
        fclose(in);
    return found;
}

// A line of mountinfo: "id parent device root mount options ... - type source superoptions".
static bool match_mount(char *line, const char *controller, char **root, char **mount)
{
    char *tail = strstr(line, " - "), *word[5] = {NULL}, *rest = NULL;
    if (!tail)
        return false;
    *tail = '\0';
    for (int i = 0; i < 5; i++)
        word[i] = strtok_r(i ? NULL : line, " ", &rest);
    char *type = strtok_r(tail + 3, " \n", &rest);
    strtok_r(NULL, " \n", &rest);
    char *options = strtok_r(NULL, " \n", &rest);
    if (!type || !options || !word[4])
        return false;
    *root = word[3];
    *mount = word[4];
    return controller ? strcmp(type, "cgroup") == 0 && has_word(options, controller)
                      : strcmp(type, "cgroup2") == 0;
}

// Where a group is below its mount. Inside a container the path may name groups outside what is
// mounted; then the mount itself is the nearest group seen.
static void place_group(hierarchy *tree, const char *root, const char *path)
{
    size_t seen = strcmp(root, "/") == 0 ? 0 : strlen(root);
    bool inside = strncmp(path, root, seen) == 0 && !strstr(path, "..");
    int wrote = snprintf(tree->group, sizeof tree->group, "%s%s", tree->mount,
                         inside && strcmp(path + seen, "/") != 0 ? path + seen : "");
    if (wrote >= (int)sizeof tree->group || access(tree->group, F_OK) != 0)
        memcpy(tree->group, tree->mount, sizeof tree->group);
}

static hierarchy find_hierarchy(const char *proc, const char *controller)
{
    hierarchy tree = {.mount = "", .group = ""};
    char line[LINE_BYTES], path[PATH_MAX], *root, *mount;
    if (!find_group(proc, controller, path))
        return tree;
    FILE *in = open_in(proc, "self/mountinfo");
    while (in && !*tree.mount && fgets(line, sizeof line, in))
        if (match_mount(line, controller, &root, &mount)) {
            snprintf(tree.mount, sizeof tree.mount, "%s", mount);
            place_group(&tree, root, path);
        }
    if (in)
        fclose(in);
    return tree;
}

// Moves to the group above; false at the mount.
static bool go_up(hierarchy *tree)
{
    char *last = strrchr(tree->group, '/');
    if (strcmp(tree->group, tree->mount) == 0 || !last)
        return false;
    *last = '\0';
    return strlen(tree->group) >= strlen(tree->mount);
}

// The names of version 1's and version 2's files.
typedef struct memory_files {
    const char *controller;
    const char *limits[2];
    const char *used;
    const char *droppable[2]; // in memory.stat
} memory_files;

static const memory_files memory_versions[] = {
    {"memory",
     {"memory.limit_in_bytes", NULL},
     "memory.usage_in_bytes",
     {"total_inactive_file", "total_active_file"}},
    {NULL, {"memory.max", "memory.high"}, "memory.current", {"inactive_file", "active_file"}},
};

static void apply_memory_limit(pn_limits *limits, const char *group, const memory_files *files,
                               const char *limit_file)
{
    int64_t limit[2] = {-1, 0}, used[2] = {0, 0};
    if (read_numbers(group, limit_file, limit) < 1 || limit[0] < 0)
        return;
    read_numbers(group, files->used, used);
    int64_t droppable = 0;
    for (int i = 0; i < 2; i++)
        droppable += pn_max(0, read_keyed(group, "memory.stat", files->droppable[i]));
    int64_t left = pn_max(0, limit[0] - pn_max(0, used[0] - droppable));
    if (left >= limits->memory_available)
        return;
    limits->memory_available = left;
    snprintf(limits->memory_bound, sizeof limits->memory_bound, "%.200s/%s", group, limit_file);
}

// Names of groups depend on who looks, their folders' numbers do not.
static void note_group(pn_limits *limits, const char *group, const memory_files *files)
{
    struct stat about;
    int64_t limit[2] = {-1, 0};
    for (int i = 0; i < 2 && files->limits[i] && limits->memory_group == 0; i++) {
        bool is_limit = read_numbers(group, files->limits[i], limit) > 0 && limit[0] >= 0 &&
                        limit[0] < limits->memory_total;
        if (is_limit && stat(group, &about) == 0)
            limits->memory_group = ((uint64_t)about.st_dev << 40) ^ (uint64_t)about.st_ino;
    }
}

static void observe_own(pn_limits *limits, const char *proc)
{
    static const struct {
        const char *limit, *used, *name;
    } kinds[] = {{"Max address space", "VmSize:", "ulimit -v"},
                 {"Max data size", "VmData:", "ulimit -d"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int64_t limit = read_keyed(proc, "self/limits", kinds[i].limit); // "unlimited" reads as 0
        if (limit <= 0)
            continue;
        int64_t used = pn_max(0, read_keyed(proc, "self/status", kinds[i].used)) * 1024;
        int64_t left = pn_max(1, limit - used);
        if (limits->own_available && left >= limits->own_available)
            continue;
        limits->own_available = left;
        snprintf(limits->own_bound, sizeof limits->own_bound, "%s", kinds[i].name);
    }
}

static void observe_memory(pn_limits *limits, const char *proc)
{
    limits->memory_total = pn_max(0, read_keyed(proc, "meminfo", "MemTotal:")) * 1024;
    limits->memory_available = pn_max(0, read_keyed(proc, "meminfo", "MemAvailable:")) * 1024;
    strcpy(limits->memory_bound, "MemAvailable");
    for (int version = 0; version < 2; version++) {
        const memory_files *files = &memory_versions[version];
        hierarchy tree = find_hierarchy(proc, files->controller);
        if (!*tree.mount)
            continue;
        do {
            note_group(limits, tree.group, files);
            for (int i = 0; i < 2 && files->limits[i]; i++)
                apply_memory_limit(limits, tree.group, files, files->limits[i]);
        } while (go_up(&tree));
    }
}

static void apply_quota(pn_limits *limits, int64_t microseconds, int64_t period)
{
    double processors = (double)microseconds / (double)period;
    if (microseconds > 0 && period > 0 && (limits->quota == 0.0 || processors < limits->quota))
        limits->quota = processors;
}

static void observe_quota(pn_limits *limits, const char *proc)
{
    int64_t number[2], period[2];
    hierarchy tree = find_hierarchy(proc, "cpu");
    if (*tree.mount)
        do {
            if (read_numbers(tree.group, "cpu.cfs_quota_us", number) > 0 &&
                read_numbers(tree.group, "cpu.cfs_period_us", period) > 0)
                apply_quota(limits, number[0], period[0]);
        } while (go_up(&tree));
    tree = find_hierarchy(proc, NULL);
    if (*tree.mount)
        do {
            if (read_numbers(tree.group, "cpu.max", number) == 2)
                apply_quota(limits, number[0], number[1]);
        } while (go_up(&tree));
}

void pn_limits_observe(pn_limits *limits, const char *proc)
{
    *limits = (pn_limits){.quota = 0.0};
    observe_memory(limits, proc);
    observe_own(limits, proc);
    observe_quota(limits, proc);
}
