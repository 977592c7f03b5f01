// SPDX-License-Identifier: BSD-3-Clause
// Cray's library for device memory, for tests: leaves a file that says it was opened.
#include <stdio.h>
#include <stdlib.h>

__attribute__((constructor)) static void leave_word(void)
{
    const char *path = getenv("PANACHE_STUB_TRANSPORT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file)
        return;
    fputs("opened\n", file);
    fclose(file);
}
