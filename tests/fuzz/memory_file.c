// SPDX-License-Identifier: BSD-3-Clause
#include "memory_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void must_hold(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

memory_file memory_file_of(const uint8_t *data, size_t size)
{
    memory_file file = {.descriptor = memfd_create("input", 0)};
    must_hold(file.descriptor >= 0, "a file in memory can be made");
    must_hold(write(file.descriptor, data, size) == (ssize_t)size, "it takes the input");
    snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.descriptor);
    return file;
}

void memory_file_close(const memory_file *file)
{
    close(file->descriptor);
}

char *text_of(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    must_hold(text != NULL, "there is memory for the input");
    memcpy(text, data, size);
    text[size] = '\0';
    return text;
}
