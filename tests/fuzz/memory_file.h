// SPDX-License-Identifier: BSD-3-Clause
// What the harnesses share: bytes as a file that is in memory, and what must hold of what is read.
#ifndef PN_TESTS_MEMORY_FILE_H
#define PN_TESTS_MEMORY_FILE_H

#include <stddef.h>
#include <stdint.h>

// A harness is one of these: it hands the bytes to a reader as a stranger would.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct memory_file {
    int descriptor;
    char path[64]; // by which this process can open it
} memory_file;

memory_file memory_file_of(const uint8_t *data, size_t size);
void memory_file_close(const memory_file *file);

// The bytes as a text, to be freed.
char *text_of(const uint8_t *data, size_t size);

// Ends the process, which is a finding, with the words.
void must_hold(int holds, const char *what);

#endif
