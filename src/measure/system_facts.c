// SPDX-License-Identifier: BSD-3-Clause
#include "measure/system_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH = 512, LINE = 1024 };

static const double kilohertz = 1e3;

// The first line of a file without its end; "" if there is none.
static void read_line(const char *root, const char *name, char *line, size_t bytes)
{
    char path[PATH];
    snprintf(path, sizeof path, "%.200s/%.250s", root, name);
    FILE *file = fopen(path, "re");
    if (!file || !fgets(line, (int)bytes, file))
        line[0] = '\0';
    if (file)
        fclose(file);
    line[strcspn(line, "\n")] = '\0';
}

static double read_number(const char *root, const char *name, double missing)
{
    char line[64], *end;
    read_line(root, name, line, sizeof line);
    double value = strtod(line, &end);
    return end != line ? value : missing;
}

static double read_clock(const char *sys, int cpu, const char *name)
{
    char file[128];
    snprintf(file, sizeof file, "devices/system/cpu/cpu%d/cpufreq/%s", cpu, name);
    return kilohertz * read_number(sys, file, 0);
}

static void read_word(const char *sys, int cpu, const char *name, char word[32])
{
    char file[128];
    snprintf(file, sizeof file, "devices/system/cpu/cpu%d/cpufreq/%s", cpu, name);
    read_line(sys, file, word, 32);
}

// "Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz"
static double clock_of_name(const char *proc)
{
    char path[PATH], line[LINE];
    double gigahertz = 0;
    snprintf(path, sizeof path, "%.400s/cpuinfo", proc);
    FILE *file = fopen(path, "re");
    while (file && gigahertz == 0 && fgets(line, sizeof line, file)) {
        const char *at = strncmp(line, "model name", 10) == 0 ? strrchr(line, '@') : NULL;
        if (at && strstr(at, "GHz"))
            gigahertz = strtod(at + 1, NULL);
    }
    if (file)
        fclose(file);
    return gigahertz > 0 ? 1e9 * gigahertz : 0;
}

// The word in brackets of "always [madvise] never".
static void read_huge_pages(const char *sys, char word[16])
{
    char line[128];
    read_line(sys, "kernel/mm/transparent_hugepage/enabled", line, sizeof line);
    const char *open = strchr(line, '['), *close = open ? strchr(open, ']') : NULL;
    snprintf(word, 16, "%.*s", close ? (int)(close - open - 1) : 0, open ? open + 1 : "");
}

static int read_turbo(const char *sys)
{
    double none = read_number(sys, "devices/system/cpu/intel_pstate/no_turbo", -1);
    double boost = read_number(sys, "devices/system/cpu/cpufreq/boost", -1);
    return none >= 0 ? none == 0 : boost >= 0 ? boost != 0 : -1;
}

// "Max locked memory         8388608              8388608              bytes"
static int64_t read_locked(const char *proc)
{
    static const char name[] = "Max locked memory";
    char path[PATH], line[LINE];
    int64_t bytes = 0;
    snprintf(path, sizeof path, "%.400s/self/limits", proc);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            bytes = strtoll(line + strlen(name), NULL, 10); // 0 where it says "unlimited"
    if (file)
        fclose(file);
    return bytes;
}

// The 22nd word of self/stat, in ticks; the second is a name in parentheses that may hold anything.
static double read_start(const char *proc)
{
    enum { START = 22 };
    char line[LINE];
    read_line(proc, "self/stat", line, sizeof line);
    const char *at = strrchr(line, ')');
    for (int word = 2; at && word < START; word++) {
        at = strchr(at, ' ');
        at = at ? at + 1 : NULL;
    }
    return at ? strtod(at, NULL) / (double)sysconf(_SC_CLK_TCK) : 0;
}

void pn_system_facts_read(pn_system_facts *facts, const pn_system_source *source)
{
    const char *proc = source->proc ? source->proc : "/proc";
    const char *sys = source->sys ? source->sys : "/sys";
    *facts = (pn_system_facts){.turbo = read_turbo(sys),
                               .base_hertz = read_clock(sys, source->cpu, "base_frequency"),
                               .most_hertz = read_clock(sys, source->cpu, "cpuinfo_max_freq"),
                               .limit_hertz = read_clock(sys, source->cpu, "scaling_max_freq"),
                               .locked_bytes = read_locked(proc),
                               .started = read_start(proc)};
    if (facts->base_hertz == 0)
        facts->base_hertz = clock_of_name(proc);
    facts->numa_balancing = (int)read_number(proc, "sys/kernel/numa_balancing", -1);
    read_word(sys, source->cpu, "scaling_governor", facts->governor);
    read_word(sys, source->cpu, "scaling_driver", facts->driver);
    read_huge_pages(sys, facts->huge_pages);
}
