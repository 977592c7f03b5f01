// SPDX-License-Identifier: BSD-3-Clause
// Who may write to a folder on the way can put another plug-in into its place, and what a plug-in
// does is done with this user's rights.
#include "base/plugin.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool pn_plugin_find(pn_found_file *place, const char *file)
{
    static const char *const beside[] = {
        "%s/lib/panache",
        "%s/../" PANACHE_LIBRARY_DIR "/panache",
        "%s/../lib/" PANACHE_TRIPLET "/panache",
        "%s/../lib/panache",
    };
    pn_file_search search = {"PANACHE_PLUGINS", beside, sizeof beside / sizeof beside[0]};
    return pn_file_find(place, &search, file);
}

static bool is_trusted(uid_t owner)
{
    struct stat program;
    return owner == 0 || owner == geteuid() ||
           (stat("/proc/self/exe", &program) == 0 && owner == program.st_uid);
}

static pn_status check(const char *path, const char *plugin)
{
    struct stat about;
    if (stat(path, &about) != 0)
        return PN_OK;
    if (!is_trusted(about.st_uid))
        return pn_fail(PN_ERROR_SYSTEM,
                       "the plug-in %s is not opened: %s belongs to user %ld, who could put other "
                       "code there; root, you and the owner of this program are allowed",
                       plugin, path, (long)about.st_uid);
    bool is_private = about.st_gid == 0 || about.st_gid == (gid_t)about.st_uid;
    mode_t open = about.st_mode & (is_private ? S_IWOTH : S_IWGRP | S_IWOTH);
    if (!open || (S_ISDIR(about.st_mode) && (about.st_mode & S_ISVTX)))
        return PN_OK;
    return pn_fail(PN_ERROR_SYSTEM,
                   "the plug-in %s is not opened: others may write to %s (mode %03o) and could put "
                   "other code there; chmod %s %s",
                   plugin, path, (unsigned)(about.st_mode & 0777), open & S_IWGRP ? "go-w" : "o-w",
                   path);
}

pn_status pn_plugin_trust(const char *path)
{
    char at[PATH_MAX], plugin[PATH_MAX];
    if (!realpath(path, plugin))
        return PN_OK;
    memcpy(at, plugin, sizeof at);
    pn_status status = check(at, plugin);
    for (char *end; status == PN_OK && (end = strrchr(at, '/')) != NULL && at[1];) {
        end[end == at] = '\0';
        status = check(at, plugin);
    }
    return status;
}
