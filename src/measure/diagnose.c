// SPDX-License-Identifier: BSD-3-Clause
// Costs are what the counts say (threads that are missing, clocks that are lower) or what was
// measured; where neither tells it, the cost is not known and that is said.
#include "measure/diagnose.h"

#include "base/plural.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double noise = 0.03; // two clocks this near are one

static void __attribute__((format(printf, 2, 3)))
say(char text[PN_SYMPTOM_TEXT], const char *format, ...)
{
    va_list args;
    size_t used = strlen(text);
    va_start(args, format);
    vsnprintf(text + used, PN_SYMPTOM_TEXT - used, format, args);
    va_end(args);
}

static void note_version(pn_diagnosis *d, const pn_patient *p)
{
    pn_symptom *s = pn_diagnosis_add(d, "version");
    say(s->fact, "Panache %s%s%.12s", PANACHE_VERSION, *p->build ? ", build " : "", p->build);
}

static void note_mpi(pn_diagnosis *d, const pn_patient *p)
{
    pn_symptom *s = pn_diagnosis_add(d, "MPI");
    say(s->fact, "%s, %d rank%s on %d host%s", p->mpi, p->ranks, pn_plural(p->ranks), p->hosts,
        pn_plural(p->hosts));
    if (p->launcher)
        say(s->fact, ", started by %s", p->launcher);
    if (p->messages[0]) {
        s->cost = NAN;
        say(s->fact, "; %.100s is set", p->messages);
        say(s->advice, "panache screen measures the links; compare without it");
    }
}

static void note_start(pn_diagnosis *d, const pn_patient *p)
{
    const double long_start = 10;
    if (p->first_message <= 0)
        return;
    pn_symptom *s = pn_diagnosis_add(d, "start");
    s->is_measured = true;
    say(s->fact, "%.2g s from the start of the process to the first message", p->first_message);
    if (p->first_message > long_start)
        say(s->advice, "nothing of the rate, but of the job's time: keep program and libraries on "
                       "a file system near the nodes");
}

static void note_environment(pn_diagnosis *d, const pn_patient *p)
{
    pn_symptom *s = pn_diagnosis_add(d, "environment");
    if (p->bound_by[0] && p->threads < p->could_have) {
        s->cost = 1 - (double)p->threads / p->could_have;
        say(s->fact, "%s holds this rank to %d of %d threads", p->bound_by, p->threads,
            p->could_have);
        say(s->advice, "unset it, or name --threads %d", p->could_have);
    } else if (p->held_back[0]) {
        say(s->fact, "%.200s", p->held_back);
    } else {
        say(s->fact, "no variable holds threads or kernels down");
    }
    if (p->preload[0])
        say(s->fact, "; LD_PRELOAD is set: %.80s", p->preload);
}

// A limit of its own on what is installed.
static void note_memory(pn_diagnosis *d, const pn_patient *p)
{
    const double little = 0.5; // of what is installed
    const pn_host *host = p->host;
    const double gibibyte = 1 << 30;
    pn_symptom *s = pn_diagnosis_add(d, "memory");
    bool is_limit = strcmp(host->memory_bound, "MemAvailable") != 0;
    say(s->fact, "%.3g GiB can be had, of %.3g GiB", (double)host->memory_available / gibibyte,
        (double)host->memory_total / gibibyte);
    s->is_measured = true;
    if (is_limit)
        say(s->fact, ", by %.90s", host->memory_bound);
    if ((double)host->memory_available < little * (double)host->memory_total) {
        s->cost = NAN;
        say(s->advice, is_limit ? "N is smaller, and so is the rate: raise the limit"
                                : "N is smaller, and so is the rate: see what else runs here");
    }
}

static void note_limits(pn_diagnosis *d, const pn_patient *p)
{
    const int64_t enough = 64 << 20; // for the buffers of a network's card
    const pn_host *host = p->host;
    pn_symptom *s = pn_diagnosis_add(d, "limits");
    if (host->quota > 0 && host->quota < host->usable) {
        s->cost = 1 - host->quota / host->usable;
        say(s->fact, "the control group gives %.3g processors' time to %d cores", host->quota,
            host->usable);
        say(s->advice, "ask for whole processors, or take --threads %d", (int)host->quota);
    } else if (p->hosts > 1 && p->system->locked_bytes > 0 && p->system->locked_bytes < enough) {
        s->cost = NAN;
        say(s->fact, "%.3g MiB of memory may be locked (ulimit -l)",
            (double)p->system->locked_bytes / (1 << 20));
        say(s->advice,
            "InfiniBand wants it unlimited: ask for that in limits.conf and in the batch "
            "system's service");
    } else {
        say(s->fact, "none on processor time%s", p->hosts > 1 ? " or locked memory" : "");
    }
}

// The cores of the host that nobody of the job may use.
static void note_binding(pn_diagnosis *d, const pn_patient *p)
{
    const pn_host *host = p->host;
    pn_symptom *s = pn_diagnosis_add(d, "binding");
    if (p->host_cores < host->cores) {
        s->cost = 1 - (double)p->host_cores / host->cores;
        say(s->fact, "%d of the %d cores of %.40s %s left to the %d rank%s there", p->host_cores,
            host->cores, host->name, pn_plural_are(p->host_cores), p->host_ranks,
            pn_plural(p->host_ranks));
        say(s->advice, p->launcher ? "give the ranks all of them (mpirun --bind-to none, srun "
                                     "--cpus-per-task), or start more ranks"
                                   : "see taskset and the container's limits");
    } else if (p->crowd > 0) {
        say(s->fact, "threads are left free: there are more than cores");
    } else if (p->no_bind) {
        s->cost = NAN;
        say(s->fact, "threads are left free (--no-bind)");
        say(s->advice, "leave --no-bind out");
    } else {
        say(s->fact, "%d thread%s a rank, each bound to a core of its own", p->threads,
            pn_plural(p->threads));
    }
}

static void note_crowd(pn_diagnosis *d, const pn_patient *p)
{
    pn_symptom *s = pn_diagnosis_add(d, "cores");
    if (p->crowd > 0) {
        s->cost = 1 - p->cpu_share;
        say(s->fact, "%d threads take turns on %d core%s", p->crowd, p->host->usable,
            pn_plural(p->host->usable));
        say(s->advice, "start fewer ranks, or fewer --threads; it is more, for who waits keeps "
                       "others waiting");
        return;
    }
    say(s->fact, "no more threads than cores");
}

// What others take, beyond what the job's own threads take of each other.
static void note_others(pn_diagnosis *d, const pn_patient *p)
{
    if (p->had <= 0 || p->crowd > 0)
        return;
    pn_symptom *s = pn_diagnosis_add(d, "other work");
    s->is_measured = true;
    s->cost = fmax(0, 1 - p->had);
    say(s->fact, "threads had a core for %.0f %% of the time", 100 * p->had);
    if (pn_symptom_matters(s))
        say(s->advice, "see what else runs on this host (top), and what the container may have");
}

static void note_governor(pn_symptom *s, const pn_patient *p)
{
    const pn_system_facts *system = p->system;
    bool is_saving =
        strcmp(system->governor, "powersave") == 0 && !strstr(system->driver, "pstate");
    if (system->governor[0])
        say(s->fact, ", governor %s", system->governor);
    if (system->limit_hertz > 0 && system->limit_hertz < (1 - noise) * system->most_hertz) {
        s->cost = s->cost > 0 ? s->cost : NAN;
        say(s->fact, ", held to %.3g of %.3g GHz", 1e-9 * system->limit_hertz,
            1e-9 * system->most_hertz);
        say(s->advice, "raise it: cpupower frequency-set -u %.4gGHz", 1e-9 * system->most_hertz);
    } else if (is_saving || strcmp(system->governor, "conservative") == 0) {
        s->cost = s->cost > 0 ? s->cost : NAN;
        say(s->advice, "cpupower frequency-set -g performance");
    } else if (system->turbo == 0) {
        s->cost = s->cost > 0 ? s->cost : NAN;
        say(s->fact, ", turbo is off");
        say(s->advice, "allow turbo, if steady clocks are not wanted for a reason");
    } else if (s->cost > 0) {
        say(s->advice, "heat, a limit on power, or other programs: see the host's sensors");
    }
}

static void note_clock(pn_diagnosis *d, const pn_patient *p)
{
    const pn_system_facts *system = p->system;
    if (p->hertz <= 0 && !system->governor[0])
        return;
    pn_symptom *s = pn_diagnosis_add(d, "clock");
    s->is_measured = p->hertz > 0;
    if (p->hertz > 0)
        say(s->fact, "%.2f GHz with all threads at work", 1e-9 * p->hertz);
    else
        say(s->fact, "not measured");
    if (p->hertz > 0 && system->base_hertz > 0) {
        say(s->fact, ", %.2f GHz by its name", 1e-9 * system->base_hertz);
        double missing = 1 - p->hertz / system->base_hertz;
        s->cost = missing > noise ? missing : 0;
    }
    note_governor(s, p);
}

static void note_pages(pn_diagnosis *d, const pn_patient *p)
{
    const char *word = p->system->huge_pages;
    pn_symptom *s = pn_diagnosis_add(d, "huge pages");
    if (word[0] && strcmp(word, "never") != 0) {
        say(s->fact, "%s: the matrix has them", word);
        return;
    }
    s->cost = NAN;
    say(s->fact, word[0] ? "never: the matrix has small pages" : "this system has none");
    say(s->advice, "echo madvise >/sys/kernel/mm/transparent_hugepage/enabled");
}

static void note_domains(pn_diagnosis *d, const pn_patient *p)
{
    if (p->host->numa_domains < 2)
        return;
    pn_symptom *s = pn_diagnosis_add(d, "NUMA");
    say(s->fact, "%d domains", p->host->numa_domains);
    if (p->system->numa_balancing == 1) {
        s->cost = NAN;
        say(s->fact, "; the system moves pages between them");
        say(s->advice, "sysctl kernel.numa_balancing=0");
    }
}

static void note_blas(pn_diagnosis *d, const pn_patient *p)
{
    const double good = 0.75; // of the peak
    pn_symptom *s = pn_diagnosis_add(d, "BLAS");
    say(s->fact, "%.80s", p->blas);
    if (p->blas_rate <= 0) {
        say(s->fact, ", as asked for");
        say(s->advice, "panache blas tells whether another is faster");
        s->cost = NAN;
        return;
    }
    say(s->fact, ", the fastest that is here: %.4g GFLOP/s a core", 1e-9 * p->blas_rate);
    if (p->peak <= 0)
        return;
    say(s->fact, ", %.0f %% of the peak", 100 * p->blas_rate / p->peak);
    if (p->blas_rate < good * p->peak) {
        s->cost = NAN;
        say(s->advice, "a library made for this processor may reach more (OpenBLAS, BLIS, MKL or "
                       "AOCL of this year); panache blas tries them");
    }
}

void pn_diagnose(pn_diagnosis *diagnosis, const pn_patient *patient)
{
    static void (*const notes[])(pn_diagnosis *, const pn_patient *) = {
        note_version, note_mpi,     note_start, note_environment, note_memory,
        note_limits,  note_binding, note_crowd, note_others,      note_clock,
        note_pages,   note_domains, note_blas};
    *diagnosis = (pn_diagnosis){.count = 0};
    snprintf(diagnosis->host, sizeof diagnosis->host, "%s", patient->host->name);
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        notes[i](diagnosis, patient);
}
