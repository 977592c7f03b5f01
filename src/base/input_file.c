// SPDX-License-Identifier: BSD-3-Clause
// Read in pieces of doubling size, because a pipe has no length and that of a file may change
// meanwhile.
#include "base/input_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_BYTES = 65536 };

static pn_status grow(pn_input_file *input, size_t *room, size_t most, const char *path)
{
    size_t wanted = *room ? 2 * *room : FIRST_BYTES;
    if (wanted > most + 1)
        wanted = most + 1; // one more than allowed tells a file that is longer
    char *text = realloc(input->text, wanted + 1);
    if (!text)
        return pn_fail_memory("for %zu bytes of %s", wanted, path);
    input->text = text;
    *room = wanted;
    return PN_OK;
}

static pn_status too_long(const char *path, size_t most)
{
    return pn_fail(PN_ERROR_USAGE, "%s is longer than the %zu bytes that are allowed", path, most);
}

static pn_status read_all(pn_input_file *input, FILE *file, const char *path, size_t most)
{
    size_t room = 0;
    pn_status status;
    for (;;) {
        if (input->length == room)
            PN_TRY(grow(input, &room, most, path));
        size_t got = fread(input->text + input->length, 1, room - input->length, file);
        input->length += got;
        if (input->length > most)
            return too_long(path, most);
        if (got == 0)
            break;
    }
    if (ferror(file))
        return pn_fail(PN_ERROR_SYSTEM, "%s cannot be read: %s", path, strerror(errno));
    input->text[input->length] = '\0';
    return PN_OK;
fail:
    return status;
}

// A terminal ends when its reader says so; other devices may never.
static pn_status check_kind(FILE *file, const char *path, size_t most)
{
    struct stat about;
    if (fstat(fileno(file), &about) != 0)
        return pn_fail(PN_ERROR_SYSTEM, "%s cannot be read: %s", path, strerror(errno));
    if (S_ISBLK(about.st_mode) || (S_ISCHR(about.st_mode) && !isatty(fileno(file))))
        return pn_fail(PN_ERROR_USAGE, "%s is a device; a file or a pipe is allowed", path);
    if (S_ISDIR(about.st_mode))
        return pn_fail(PN_ERROR_USAGE, "%s is a folder; a file or a pipe is allowed", path);
    return S_ISREG(about.st_mode) && about.st_size > (off_t)most ? too_long(path, most) : PN_OK;
}

pn_status pn_input_file_read(pn_input_file *input, const char *path, size_t most)
{
    *input = (pn_input_file){0};
    FILE *file = fopen(path, "rb");
    if (!file)
        return pn_fail(PN_ERROR_SYSTEM, "%s cannot be read: %s", path, strerror(errno));
    pn_status status = check_kind(file, path, most);
    if (status == PN_OK)
        status = read_all(input, file, path, most);
    fclose(file);
    if (status != PN_OK)
        pn_input_file_release(input);
    return status;
}

void pn_input_file_release(pn_input_file *input)
{
    free(input->text);
    *input = (pn_input_file){0};
}
