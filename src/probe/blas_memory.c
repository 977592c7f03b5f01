// SPDX-License-Identifier: BSD-3-Clause
#include "probe/blas_memory.h"

#include "compute/blas_family.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct remembered { // a file
    char form[16];
    uint64_t key;
    pn_blas_table table;
    uint64_t sum; // of all before it
} remembered;

static const char form[16] = "panache blas 1";

// Fowler, Noll and Vo's 64-bit hash (FNV-1a).
static uint64_t hash(uint64_t sum, const void *data, size_t bytes)
{
    const unsigned char *at = data;
    for (size_t i = 0; i < bytes; i++)
        sum = (sum ^ at[i]) * 0x100000001b3u;
    return sum;
}

static const uint64_t hash_begin = 0xcbf29ce484222325u;

static uint64_t hash_text(uint64_t sum, const char *text)
{
    return hash(sum, text, strlen(text) + 1);
}

static uint64_t key_of(const pn_blas_memory *memory, const pn_blas_table *table)
{
    const pn_blas_processor *p = memory->processor;
    uint64_t key = hash_text(hash_begin, PANACHE_VERSION);
    key = hash_text(hash_text(hash_text(key, p->name), p->microcode), p->features);
    key = hash(key, &table->threads, sizeof table->threads);
    key = hash(key, &table->nb, sizeof table->nb);
    for (int i = 0; i < PN_BLAS_FAMILIES; i++) {
        const char *variable = pn_blas_family_at(i)->variable;
        const char *value = variable ? getenv(variable) : NULL;
        key = hash_text(key, value ? value : "");
    }
    for (int i = 0; i < memory->files->count; i++) {
        struct stat about = {0};
        stat(memory->files->path[i], &about);
        key = hash_text(key, memory->files->path[i]);
        key = hash(key, &about.st_size, sizeof about.st_size);
        key = hash(key, &about.st_mtim.tv_sec, sizeof about.st_mtim.tv_sec);
        key = hash(key, &about.st_mtim.tv_nsec, sizeof about.st_mtim.tv_nsec);
    }
    return key;
}

// False: nothing is to be remembered.
static bool folder_of(const pn_blas_memory *memory, char *folder, size_t bytes)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int length = -1;
    if (memory->folder)
        length = memory->folder[0] ? snprintf(folder, bytes, "%s", memory->folder) : -1;
    else if (cache && cache[0] == '/')
        length = snprintf(folder, bytes, "%s/panache", cache);
    else if (home && home[0] == '/')
        length = snprintf(folder, bytes, "%s/.cache/panache", home);
    return length > 0 && (size_t)length < bytes;
}

// A name for each key, so that settings in turns do not drive each other out.
static bool path_of(const pn_blas_memory *memory, uint64_t key, char *path, size_t bytes)
{
    char folder[PATH_MAX - 64];
    if (!folder_of(memory, folder, sizeof folder))
        return false;
    snprintf(path, bytes, "%s/blas-%016llx", folder, (unsigned long long)key);
    return true;
}

static bool read_file(const char *path, remembered *file)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool is_ours = fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_uid == geteuid() &&
                   !(about.st_mode & (S_IWGRP | S_IWOTH)) && about.st_size == (off_t)sizeof *file;
    bool is_read = is_ours && read(fd, file, sizeof *file) == (ssize_t)sizeof *file;
    close(fd);
    return is_read;
}

static bool ends(const char *text, size_t bytes)
{
    return memchr(text, '\0', bytes) != NULL;
}

#define ENDS(field) ends(field, sizeof(field))

// What is opened later must be a library that was found now.
static bool is_sound(const pn_blas_table *t, const pn_blas_files *files)
{
    bool sound = t->count >= 0 && t->count <= PN_BLAS_ROWS && t->taken < t->count &&
                 t->taken >= -1 && ENDS(t->processor) && ENDS(t->peak_unit) &&
                 isfinite(t->peak_gflops);
    for (int i = 0; sound && i < t->count; i++) {
        const pn_blas_row *row = &t->rows[i];
        sound = ENDS(row->path) && ENDS(row->name) && ENDS(row->kernels) && ENDS(row->threading) &&
                ENDS(row->variable) && ENDS(row->value) && ENDS(row->why) && ENDS(row->users_own) &&
                isfinite(row->gflops) && row->verdict >= PN_BLAS_RIGHT &&
                row->verdict <= PN_BLAS_REFUSED;
        bool is_found = false;
        for (int j = 0; sound && j < files->count; j++)
            is_found = is_found || strcmp(files->path[j], row->path) == 0;
        sound = sound && is_found;
    }
    return sound;
}

bool pn_blas_memory_load(const pn_blas_memory *memory, pn_blas_table *table)
{
    char path[PATH_MAX];
    remembered *file = malloc(sizeof *file);
    uint64_t key = key_of(memory, table);
    bool is_loaded = file && path_of(memory, key, path, sizeof path) && read_file(path, file) &&
                     memcmp(file->form, form, sizeof form) == 0 && file->key == key &&
                     file->sum == hash(hash_begin, file, offsetof(remembered, sum)) &&
                     is_sound(&file->table, memory->files);
    if (is_loaded) {
        *table = file->table;
        table->remembered = true;
    }
    free(file);
    return is_loaded;
}

// The folder and those it lies in, for this user alone.
static void make_folders(char *path)
{
    for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        mkdir(path, S_IRWXU);
        *at = '/';
    }
}

static bool write_file(const char *path, const remembered *file)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return false;
    bool is_written = write(fd, file, sizeof *file) == (ssize_t)sizeof *file;
    is_written = fsync(fd) == 0 && is_written;
    return close(fd) == 0 && is_written;
}

void pn_blas_memory_store(const pn_blas_memory *memory, const pn_blas_table *table)
{
    char path[PATH_MAX], beside[PATH_MAX + 32];
    uint64_t key = key_of(memory, table);
    remembered *file = calloc(1, sizeof *file);
    if (file && path_of(memory, key, path, sizeof path)) {
        memcpy(file->form, form, sizeof form);
        file->key = key;
        file->table = *table;
        file->sum = hash(hash_begin, file, offsetof(remembered, sum));
        make_folders(path);
        snprintf(beside, sizeof beside, "%s.%ld", path, (long)getpid());
        if (!write_file(beside, file) || rename(beside, path) != 0)
            unlink(beside);
    }
    free(file);
}

// The value of the first line "key : value".
static bool value_of(const char *line, const char *key, char *value, size_t bytes)
{
    size_t length = strlen(key);
    const char *colon = strchr(line, ':');
    if (strncmp(line, key, length) != 0 || !colon || value[0] || line[length] == '_')
        return false;
    colon += 1 + strspn(colon + 1, " \t");
    snprintf(value, bytes, "%.*s", (int)strcspn(colon, "\n"), colon);
    return true;
}

void pn_blas_processor_read(pn_blas_processor *processor, const char *file)
{
    char *line = NULL;
    size_t room = 0;
    *processor = (pn_blas_processor){0};
    FILE *stream = fopen(file ? file : "/proc/cpuinfo", "re");
    while (stream && getline(&line, &room, stream) > 0) {
        if (line[0] == '\n' && processor->features[0])
            break; // the others are alike, or counted as such
        value_of(line, "model name", processor->name, sizeof processor->name);
        value_of(line, "microcode", processor->microcode, sizeof processor->microcode);
        value_of(line, "flags", processor->features, sizeof processor->features);
        value_of(line, "Features", processor->features, sizeof processor->features);
    }
    free(line);
    if (stream)
        fclose(stream);
}
