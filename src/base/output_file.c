// SPDX-License-Identifier: BSD-3-Clause
// On the way to a file the kernel is asked, part by part of the path, whose symbolic links there
// are. In the end link() puts a file where none may be, and rename() over one that may be replaced.
#include "base/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_MOST = 100 };

static pn_status refuse(const char *path, const char *why)
{
    return pn_fail(PN_ERROR_SYSTEM, "\"%s\" cannot be written: %s", path, why);
}

bool pn_same_file(const char *path, const char *other)
{
    struct stat first, second;
    return stat(path, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

// The folder that holds the last name of a path, "." if it names none.
static void folder_of(const char *path, char folder[PN_PATH_BYTES])
{
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) : 1;
    snprintf(folder, PN_PATH_BYTES, "%.*s", length > 0 ? length : 1, slash ? path : ".");
}

// Whose link it is: ours, the system's or that of the folder's owner, who could as well replace
// what it leads to. In a folder where nobody else may write every link is one of these.
static bool is_strange(const char *path)
{
    struct stat link, around;
    char folder[PN_PATH_BYTES];
    folder_of(path, folder);
    if (lstat(path, &link) != 0 || !S_ISLNK(link.st_mode) || stat(folder, &around) != 0)
        return false;
    bool open_to_others = around.st_mode & (S_IWGRP | S_IWOTH);
    return open_to_others && link.st_uid != geteuid() && link.st_uid != 0 &&
           link.st_uid != around.st_uid;
}

pn_status pn_path_trust(const char *path)
{
    char part[PN_PATH_BYTES];
    if (strlen(path) >= sizeof part)
        return refuse(path, strerror(ENAMETOOLONG));
    for (const char *at = path + (*path == '/'); *at;) {
        at += strcspn(at, "/");
        snprintf(part, sizeof part, "%.*s", (int)(at - path), path);
        if (is_strange(part))
            return pn_fail(PN_ERROR_SYSTEM,
                           "\"%s\" cannot be written: \"%s\" is a symbolic link of another user in "
                           "a folder that others may write to",
                           path, part);
        at += strspn(at, "/");
    }
    return PN_OK;
}

// A standard stream that leads to a file goes on in that file: another in its place would lose
// what was said before.
static int standard_stream_at(const struct stat *place)
{
    for (int stream = STDOUT_FILENO; stream <= STDERR_FILENO; stream++) {
        struct stat own;
        if (fstat(stream, &own) == 0 && own.st_dev == place->st_dev && own.st_ino == place->st_ino)
            return stream;
    }
    return -1;
}

static pn_status open_in_place(pn_output_file *file, const struct stat *place)
{
    int standard = standard_stream_at(place);
    int flags = O_WRONLY | O_NOCTTY | O_CLOEXEC | (S_ISREG(place->st_mode) ? O_TRUNC : 0);
    int descriptor = standard >= 0 ? dup(standard) : open(file->path, flags);
    file->beside[0] = '\0';
    file->stream = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    return file->stream ? PN_OK : refuse(file->path, strerror(errno));
}

// A new file, under a name that nobody can lay a file under before.
static int open_beside(pn_output_file *file)
{
    const char *slash = strrchr(file->path, '/');
    int folder = slash ? (int)(slash - file->path) + 1 : 0, descriptor = -1;
    errno = EEXIST;
    for (int i = 0; descriptor < 0 && errno == EEXIST && i < NAMES_MOST; i++) {
        uint64_t number = (uint64_t)getpid() << 32 | (uint64_t)i;
        (void)!getrandom(&number, sizeof number, GRND_NONBLOCK);
        snprintf(file->beside, sizeof file->beside, "%.*s.panache-%016llx", folder, file->path,
                 (unsigned long long)number);
        descriptor = open(file->beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    }
    return descriptor;
}

// Where a link of one's own leads, so that the file is replaced and not the link.
static pn_status resolve(pn_output_file *file, const char *path)
{
    struct stat link;
    snprintf(file->path, sizeof file->path, "%s", path);
    if (lstat(path, &link) != 0 || !S_ISLNK(link.st_mode))
        return PN_OK;
    char *real = realpath(path, NULL);
    bool fits = real && strlen(real) < sizeof file->path;
    if (fits)
        strcpy(file->path, real);
    free(real);
    return fits ? PN_OK : refuse(path, "it is a symbolic link to nothing");
}

static bool ends_in_slash(const char *path)
{
    size_t length = strlen(path);
    return length > 0 && path[length - 1] == '/';
}

pn_status pn_output_file_open(pn_output_file *file, const char *path)
{
    struct stat place;
    *file = (pn_output_file){0};
    pn_status status = pn_path_trust(path);
    if (status != PN_OK)
        return status;
    snprintf(file->path, sizeof file->path, "%s", path);
    bool is_folder = ends_in_slash(path), exists = !is_folder && stat(path, &place) == 0;
    if (exists && (!S_ISREG(place.st_mode) || standard_stream_at(&place) >= 0))
        return open_in_place(file, &place);
    status = resolve(file, path);
    if (status != PN_OK)
        return status;
    if (exists && access(file->path, W_OK) != 0)
        return refuse(path, strerror(errno));
    int descriptor = open_beside(file);
    if (descriptor < 0 && exists && (errno == EACCES || errno == EPERM || errno == EROFS))
        return open_in_place(file, &place); // the file may be written to, its folder not
    if (descriptor >= 0 && exists)
        (void)!fchmod(descriptor, place.st_mode & 0777);
    file->stream = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    return file->stream ? PN_OK : refuse(path, strerror(errno));
}

void pn_output_file_discard(pn_output_file *file)
{
    if (file->stream)
        fclose(file->stream);
    if (file->beside[0])
        unlink(file->beside);
    *file = (pn_output_file){0};
}

pn_status pn_output_file_finish(pn_output_file *file)
{
    bool failed = ferror(file->stream) != 0; // errno is still that of the call that failed
    failed = fflush(file->stream) != 0 || failed;
    failed = failed || (file->beside[0] && fsync(fileno(file->stream)) != 0 && errno != EINVAL);
    failed = fclose(file->stream) != 0 || failed;
    file->stream = NULL;
    if (!failed)
        return PN_OK;
    pn_status status =
        pn_fail(PN_ERROR_SYSTEM, "\"%s\": writing failed: %s", file->path, strerror(errno));
    pn_output_file_discard(file);
    return status;
}

static pn_status fail_place(pn_output_file *file, const char *path)
{
    return pn_fail(PN_ERROR_SYSTEM, "\"%s\" cannot be written: %s; what was written lies in \"%s\"",
                   path, strerror(errno), file->beside);
}

pn_status pn_output_file_put(pn_output_file *file, const char *path, bool *taken)
{
    int failed = renameat2(AT_FDCWD, file->beside, AT_FDCWD, path, RENAME_NOREPLACE);
    if (failed && (errno == EINVAL || errno == ENOSYS)) { // not known to every file system
        failed = link(file->beside, path);
        if (!failed)
            unlink(file->beside);
    }
    *taken = failed && errno == EEXIST;
    return failed && !*taken ? fail_place(file, path) : PN_OK;
}

pn_status pn_output_file_close(pn_output_file *file)
{
    pn_status status = pn_output_file_finish(file);
    if (status == PN_OK && file->beside[0] && rename(file->beside, file->path) != 0)
        status = fail_place(file, file->path);
    return status;
}

pn_status pn_output_file_check(const char *path)
{
    struct stat place;
    pn_output_file file;
    bool exists = !ends_in_slash(path) && stat(path, &place) == 0;
    bool is_file = !exists || S_ISREG(place.st_mode);
    if (!is_file && (S_ISDIR(place.st_mode) || access(path, W_OK) != 0))
        return refuse(path, strerror(S_ISDIR(place.st_mode) ? EISDIR : errno));
    if (!is_file || (exists && standard_stream_at(&place) >= 0))
        return pn_path_trust(path);
    pn_status status = pn_output_file_open(&file, path);
    pn_output_file_discard(&file);
    return status;
}
