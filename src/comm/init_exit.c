// SPDX-License-Identifier: BSD-3-Clause
// The exit is caught by on_exit(), which tells the code that the MPI wanted to end with; _exit()
// from inside the handler has the last word. What is wrong is looked for in the two places where
// Open MPI and MPICH put files and shared memory.
#include "comm/init_exit.h"

#include "base/exit_code.h"
#include "base/log.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct pn_init_exit {
    bool is_armed;
    pn_family family;
    pn_witness *witness;
};

// Bytes left of a place below which it may be the cause, and below which no start is possible: Open
// MPI keeps its session in files, MPICH over UCX takes 4.3 MB of shared memory for each rank.
typedef struct least {
    double temporary, shared;
} least;

static const least doubtful = {4e6, 16e6};
static const least hopeless = {256e3, 4e6};

static void add(char *text, size_t bytes, const char *words)
{
    size_t length = strlen(text);
    snprintf(text + length, bytes - length, "%s%s", length ? "; " : "", words);
}

// Adds what is wrong with a folder, called `name` to people.
static void judge(const char *name, const char *folder, double needed, char *text, size_t bytes)
{
    char words[320] = "";
    struct stat about;
    struct statvfs space;
    if (stat(folder, &about) != 0)
        snprintf(words, sizeof words, "%s %.200s: %s", name, folder, strerror(errno));
    else if (!S_ISDIR(about.st_mode))
        snprintf(words, sizeof words, "%s %.200s is no folder", name, folder);
    else if (access(folder, W_OK | X_OK) != 0)
        snprintf(words, sizeof words, "%s %.200s: %s", name, folder, strerror(errno));
    else if (statvfs(folder, &space) == 0) {
        double unit = (double)space.f_frsize;
        double left = unit * (double)space.f_bavail, all = unit * (double)space.f_blocks;
        if (left < needed)
            snprintf(words, sizeof words, "%s %.200s has %.0f kB left of %.0f kB", name, folder,
                     1e-3 * left, 1e-3 * all);
    }
    if (words[0])
        add(text, bytes, words);
}

bool pn_init_exit_cause(const pn_init_folders *places, char *text, size_t bytes)
{
    text[0] = '\0';
    judge("TMPDIR", places->temporary, doubtful.temporary, text, bytes);
    judge("the shared memory", places->shared, doubtful.shared, text, bytes);
    return text[0] != '\0';
}

static pn_init_folders folders_here(void)
{
    const char *folder = getenv("TMPDIR");
    return (pn_init_folders){folder && *folder ? folder : "/tmp", "/dev/shm"};
}

pn_status pn_init_exit_prevent(pn_family family, const pn_init_folders *places)
{
    char cause[400] = "";
    pn_init_folders here = folders_here();
    places = places ? places : &here;
    if (family == PN_FAMILY_OPENMPI)
        judge("TMPDIR", places->temporary, hopeless.temporary, cause, sizeof cause);
    if (family == PN_FAMILY_MPICH)
        judge("the shared memory", places->shared, hopeless.shared, cause, sizeof cause);
    if (!cause[0])
        return PN_OK;
    return pn_fail(PN_ERROR_SYSTEM, "MPI could not start: %s needs it, and %s",
                   pn_family_name(family), cause);
}

// Usually all ranks of a host end so, and the first one's end may be the end of all: the others
// hold back, and are mostly gone before they speak.
static void tell(int code, void *context)
{
    enum { HOLD_BACK_SECONDS = 1 };
    pn_init_exit *guard = context;
    if (!guard->is_armed)
        return;
    char cause[800];
    pn_init_folders places = folders_here();
    bool is_known = pn_init_exit_cause(&places, cause, sizeof cause);
    if (pn_launch_local_rank() != 0)
        sleep(HOLD_BACK_SECONDS);
    pn_fail(PN_ERROR_COMMUNICATION, "MPI could not start: %s ended the process (exit code %d)%s%s",
            pn_family_name(guard->family), code, is_known ? "; " : ", in its own words above",
            cause);
    pn_log_failure();
    pn_witness_dismiss(guard->witness, true);
    fflush(NULL);
    _exit(PN_EXIT_FAILURE);
}

pn_init_exit *pn_init_exit_arm(pn_family family, pn_witness *witness)
{
    pn_init_exit *guard = calloc(1, sizeof *guard); // lives as long as the process, whose exit asks
    if (!guard)
        return NULL;
    *guard = (pn_init_exit){.is_armed = true, .family = family, .witness = witness};
    if (on_exit(tell, guard) == 0)
        return guard;
    free(guard);
    return NULL;
}

void pn_init_exit_disarm(pn_init_exit *guard)
{
    if (guard)
        guard->is_armed = false;
}
