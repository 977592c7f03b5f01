// SPDX-License-Identifier: BSD-3-Clause
// Settings, chance, and the end of a process in which something was found.
#include "threads.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

namespace emulate
{
int setting(const char *name, int otherwise)
{
    const char *text = getenv(name);
    return text && *text ? atoi(text) : otherwise;
}

uint64_t draw(void)
{
    static uint64_t state =
        88172645463325252u + (uint64_t)setting("PANACHE_EMULATE_SEED", 1) * 0x9e3779b97f4a7c15u;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

void stop(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("emulated device: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    abort();
}

static std::string first_line_of(const char *command)
{
    char text[400] = "";
    FILE *pipe = popen(command, "r");
    if (!pipe)
        return "";
    if (!fgets(text, sizeof text, pipe))
        text[0] = '\0';
    pclose(pipe);
    std::string line = text;
    return line.substr(0, line.find('\n'));
}

// By the tool that comes with every compiler; else by file and offset.
std::string line_of(const void *address)
{
    Dl_info info;
    char command[700];
    if (!address || !dladdr(address, &info))
        return "";
    size_t offset = (size_t)((const char *)address - (const char *)info.dli_fbase);
    snprintf(command, sizeof command, "addr2line -Cpfse '%s' %#zx 2>/dev/null", info.dli_fname,
             offset);
    std::string found = first_line_of(command);
    if (!found.empty() && found[0] != '?')
        return found;
    snprintf(command, sizeof command, "%s+%#zx", info.dli_fname, offset);
    return command;
}

std::string name_of_kernel(void)
{
    std::string line = line_of(kernel->kernel);
    return line.substr(0, line.find('('));
}

std::string who(void)
{
    char text[400] = "the host";
    if (running)
        snprintf(text, sizeof text, "kernel %s, block %d, thread %d, after %u barriers",
                 name_of_kernel().c_str(), running->block->number, running->number,
                 running->block->epoch);
    else if (current)
        snprintf(text, sizeof text, "%s (stream %d, operation %u)", current->name.c_str(),
                 current->stream, current->index);
    return text;
}

void complain(const char *what, const void *address, const void *pc, const std::string &other)
{
    std::string line = line_of(pc ? (const char *)pc - 1 : nullptr);
    stop("%s %s: %p, %s%s%s%s%s", who().c_str(), what, address, where(address).c_str(),
         other.empty() ? "" : "; ", other.c_str(), line.empty() ? "" : "; at ", line.c_str());
}
} // namespace emulate
