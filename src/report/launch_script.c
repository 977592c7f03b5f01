// SPDX-License-Identifier: BSD-3-Clause
// Every component repeats what Slurm does not hand down from the first one. All ranks of a node see
// all of its devices and take them by their place on it.
#include "report/launch_script.h"

#include "base/plural.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { LAST_SECONDS = 300 }; // before the limit of time, for a last checkpoint

// A word as the shell takes it.
static void print_word(FILE *stream, const char *word)
{
    static const char plain[] = "%+,-./:=@_";
    const char *at = word;
    while (*at && (isalnum((unsigned char)*at) || strchr(plain, *at)))
        at++;
    if (*word && !*at) {
        fputs(word, stream);
        return;
    }
    fputc('\'', stream);
    for (; *word; word++)
        fputs(*word == '\'' ? "'\\''" : (const char[]){*word, '\0'}, stream);
    fputc('\'', stream);
}

// Rounded down, so that nothing more is asked for than there is.
static void print_memory(FILE *stream, int64_t bytes)
{
    const int64_t mebibyte = 1 << 20, gibibyte = 1 << 30;
    if (bytes >= 16 * gibibyte)
        fprintf(stream, " --memory %lldG", (long long)(bytes / gibibyte));
    else if (bytes >= mebibyte)
        fprintf(stream, " --memory %lldM", (long long)(bytes / mebibyte));
}

// The words with which the names of devices begin, and what --device calls them; NULL: no backend
// computes on them.
static const struct {
    const char *begins, *word;
} devices[] = {{"MI", "hip"},     {"Instinct", "hip"}, {"AMD", "hip"},
               {"Radeon", "hip"}, {"PVC", NULL},       {"Ponte Vecchio", NULL},
               {"Max 1", NULL},   {"Intel", NULL},     {"Data Center GPU Max", NULL}};

static const char *device_word(const pn_machine_partition *partition)
{
    if (!partition->devices.set)
        return "cpu";
    for (size_t i = 0; partition->device && i < sizeof devices / sizeof devices[0]; i++)
        if (strncasecmp(partition->device, devices[i].begins, strlen(devices[i].begins)) == 0)
            return devices[i].word;
    return "cuda";
}

static void print_words(FILE *stream, const char *const *words, int count)
{
    for (int i = 0; i < count; i++) {
        fputc(' ', stream);
        print_word(stream, words[i]);
    }
}

static void print_program(FILE *stream, const pn_launch_text *text,
                          const pn_batch_component *component, bool resumes)
{
    print_word(stream, text->program);
    fprintf(stream, " %s", resumes ? "resume" : text->command);
    if (resumes)
        print_words(stream, &text->checkpoint, 1);
    fprintf(stream, " --threads %d --device %s --expect %dx%d", component->threads,
            device_word(component->partition), component->ranks_a_node, component->threads);
    if (!text->has_memory)
        print_memory(stream, component->memory);
    if (resumes)
        print_words(stream, text->resume_words, text->resume_count);
    else
        print_words(stream, text->words, text->count);
}

static void print_comment(FILE *stream, const pn_launch_text *text)
{
    const pn_batch_job *job = text->job;
    fprintf(stream, "# Panache on %s: %lld rank%s on %lld node%s.\n", job->machine->machine,
            (long long)job->ranks, pn_plural(job->ranks), (long long)job->nodes,
            pn_plural(job->nodes));
    for (int i = 0; i < job->count; i++) {
        const pn_batch_component *component = &job->components[i];
        fprintf(stream, "# %s: %d node%s, %d rank%s a node (one for each %s), %d thread%s a rank",
                component->partition->name, component->nodes, pn_plural(component->nodes),
                component->ranks_a_node, pn_plural(component->ranks_a_node), component->each,
                component->threads, pn_plural(component->threads));
        if (component->partition->device)
            fprintf(stream, ", %s", component->partition->device);
        fputs("\n", stream);
    }
}

static pn_status check_device(const pn_machine_partition *partition)
{
    if (device_word(partition))
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "partition \"%s\", line %d: its devices (%s) are of Intel, and there is "
                   "--device cuda (NVIDIA), hip (AMD) and cpu; without \"devices\" the job runs on "
                   "its processors",
                   partition->name, partition->line, partition->device);
}

static pn_status check_name(const pn_machine_partition *partition)
{
    for (const char *at = partition->name; *at; at++)
        if (!isalnum((unsigned char)*at) && !strchr("_-.", *at))
            return pn_fail(PN_ERROR_USAGE,
                           "partition \"%s\", line %d: the name holds \"%c\", which a partition of "
                           "Slurm cannot; its name in Slurm is needed here (sinfo -s lists them)",
                           partition->name, partition->line, *at);
    return PN_OK;
}

// Slurm reads a line up to its first blank or #, and to its end a shell does.
static pn_status check_word(const char *what, const char *word)
{
    for (const char *at = word; at && *at; at++)
        if (iscntrl((unsigned char)*at) || isspace((unsigned char)*at) || strchr("#'\"\\`$", *at))
            return pn_fail(PN_ERROR_USAGE,
                           "%s: read \"%.60s\"; allowed: a word of letters, digits and signs such "
                           "as =, @ and -, for it becomes a line of the batch script",
                           what, word);
    return PN_OK;
}

static pn_status check_lines(const pn_launch_text *text)
{
    pn_status status;
    PN_TRY(check_word("option --account", text->account));
    PN_TRY(check_word("option --qos", text->qos));
    for (int i = 0; i < text->line_count; i++) {
        const char *line = text->lines[i];
        if (line[0] != '-')
            PN_TRY(
                pn_fail(PN_ERROR_USAGE,
                        "after the second \"--\": read \"%.60s\"; allowed: options of sbatch, each "
                        "one word, such as --constraint=h100",
                        line));
        PN_TRY(check_word("after the second \"--\"", line));
    }
    return PN_OK;
fail:
    return status;
}

static void print_limit(FILE *stream, double seconds)
{
    long minutes = (long)((seconds + 59.0) / 60.0);
    fprintf(stream, "#SBATCH --time=%02ld:%02ld:00\n", minutes / 60, minutes % 60);
}

static void print_component(FILE *stream, const pn_launch_text *text,
                            const pn_batch_component *component)
{
    fprintf(stream, "#SBATCH --partition=%s\n", component->partition->name);
    fprintf(stream, "#SBATCH --nodes=%d\n", component->nodes);
    fprintf(stream, "#SBATCH --ntasks-per-node=%d\n", component->ranks_a_node);
    fprintf(stream, "#SBATCH --cpus-per-task=%d\n", component->threads);
    fputs("#SBATCH --threads-per-core=1\n", stream); // of a core's hardware threads
    if (component->partition->devices.set)
        fprintf(stream, "#SBATCH --gpus-per-node=%d\n", component->ranks_a_node);
    fputs("#SBATCH --exclusive\n#SBATCH --mem=0\n", stream); // all of the node
    print_limit(stream, text->seconds);
    if (text->account)
        fprintf(stream, "#SBATCH --account=%s\n", text->account);
    if (text->qos)
        fprintf(stream, "#SBATCH --qos=%s\n", text->qos);
    for (int i = 0; i < text->line_count; i++)
        fprintf(stream, "#SBATCH %s\n", text->lines[i]);
}

static void print_step(FILE *stream, const pn_launch_text *text, int index, bool resumes)
{
    const pn_batch_job *job = text->job;
    const pn_batch_component *component = &job->components[index];
    bool has_device = component->partition->devices.set;
    fprintf(stream, "    %s", index ? ": " : "");
    if (job->count > 1)
        fprintf(stream, "--het-group=%d ", index);
    fprintf(stream, "--mpi=%s --ntasks=%lld --cpus-per-task=%d --threads-per-core=1 ",
            text->is_mpich ? "pmi2" : "pmix", (long long)pn_batch_component_ranks(component),
            component->threads);
    fputs("--cpu-bind=cores --distribution=block:block --kill-on-bad-exit=1 ", stream);
    if (has_device)
        fprintf(stream, "--gpus-per-node=%d --gpu-bind=none ", component->ranks_a_node);
    fputs("\\\n        ", stream);
    print_program(stream, text, component, resumes);
    fputs(index + 1 < job->count ? " \\\n" : "\n", stream);
}

static void print_sruns(FILE *stream, const pn_launch_text *text, bool resumes)
{
    fputs("srun \\\n", stream);
    for (int i = 0; i < text->job->count; i++)
        print_step(stream, text, i, resumes);
}

// What starts all ranks, once or for each of the loop's two ways.
typedef void print_start(FILE *stream, const pn_launch_text *text, bool resumes);

static void print_function(FILE *stream, const pn_launch_text *text, print_start *start,
                           bool resumes)
{
    fprintf(stream, "%s() {\n", resumes ? "resume" : "begin");
    start(stream, text, resumes);
    fputs("}\n", stream);
}

// The job, and where it writes checkpoints a loop around it: a rank or a node that fell is followed
// by a start from the newest checkpoint, unless there is none newer than before. Slurm's warning
// before its limit of time ends the run with one, and hands the job in again.
static void print_job(FILE *stream, const pn_launch_text *text, print_start *start)
{
    fputc('\n', stream);
    if (!text->checkpoint) {
        start(stream, text, false);
        return;
    }
    fputs("# It goes on from the newest checkpoint as long as there is a newer one than before; to "
          "begin\n"
          "# anew, remove the folder.\nfolder=",
          stream);
    print_word(stream, text->checkpoint);
    fputs("\nnewest() { ls -d \"$folder\"/generation-*/manifest.json 2>/dev/null | tail -n 1; }\n",
          stream);
    print_function(stream, text, start, false);
    print_function(stream, text, start, true);
    fputs(
        "late=\n"
        "first=$(newest)\n"
        "[ -z \"${SLURM_JOB_ID-}\" ] || "
        "trap 'late=yes; scancel --signal=TERM \"$SLURM_JOB_ID\"' USR1\n"
        "while before=$(newest); do\n"
        "    if [ \"$before\" ]; then resume & else begin & fi\n"
        "    job=$!\n"
        "    while wait $job; code=$?; [ $code -gt 128 ] && kill -0 $job 2>/dev/null; do :; done\n"
        "    after=$(newest)\n"
        "    [ $code -gt 1 ] && [ \"$after\" ] || exit $code\n"
        "    [ \"$late\" ] && break\n"
        "    [ \"$after\" != \"$before\" ] || exit $code\n"
        "    echo \"panache: ended with code $code; it goes on from $after\" >&2\n"
        "done\n"
        "[ \"$after\" = \"$first\" ] || exec scontrol requeue \"$SLURM_JOB_ID\"\n"
        "exit $code\n",
        stream);
}

pn_status pn_launch_slurm(FILE *stream, const pn_launch_text *text)
{
    const pn_batch_job *job = text->job;
    pn_status fits = check_lines(text);
    if (fits != PN_OK)
        return fits;
    for (int i = 0; i < job->count; i++) {
        pn_status status = check_name(job->components[i].partition);
        if (status == PN_OK)
            status = check_device(job->components[i].partition);
        if (status != PN_OK)
            return status;
    }
    fputs("#!/bin/bash\n", stream);
    print_comment(stream, text);
    fputs("#SBATCH --job-name=panache\n", stream);
    if (text->checkpoint)
        fprintf(stream,
                "#SBATCH --requeue\n#SBATCH --open-mode=append\n#SBATCH --signal=B:USR1@%d\n",
                LAST_SECONDS);
    for (int i = 0; i < job->count; i++) {
        if (i)
            fputs("#SBATCH hetjob\n", stream);
        print_component(stream, text, &job->components[i]);
    }
    print_job(stream, text, print_sruns);
    return PN_OK;
}

// Open MPI reads a host file for each context; MPICH one for all, filled in their order.
static void print_host_files(FILE *stream, const pn_launch_text *text)
{
    const pn_batch_job *job = text->job;
    if (text->is_mpich)
        fputs("# machine.hosts: the hosts of all partitions in this order, one a line:\n", stream);
    for (int i = 0; i < job->count; i++) {
        const pn_batch_component *component = &job->components[i];
        if (text->is_mpich)
            fprintf(stream, "#   %d of %s as \"host:%d\"\n", component->nodes,
                    component->partition->name, component->ranks_a_node);
        else
            fprintf(stream, "# %s.hosts: its %d host%s, one a line, as \"host slots=%d\"\n",
                    component->partition->name, component->nodes, pn_plural(component->nodes),
                    component->ranks_a_node);
    }
}

static void print_context(FILE *stream, const pn_launch_text *text, int index, bool resumes)
{
    const pn_batch_job *job = text->job;
    const pn_batch_component *component = &job->components[index];
    fprintf(stream, "    %s", index ? ": " : "");
    fprintf(stream, "-np %lld ", (long long)pn_batch_component_ranks(component));
    if (job->nodes > 1 && !text->is_mpich) {
        fputs("--hostfile ", stream);
        char file[256];
        snprintf(file, sizeof file, "%s.hosts", component->partition->name);
        print_word(stream, file);
        fputc(' ', stream);
    }
    print_program(stream, text, component, resumes);
    fputs(index + 1 < job->count ? " \\\n" : "\n", stream);
}

// One rule of a launcher is for all partitions, and fills a node core by core: where cores are left
// over, or nodes are unlike, the ranks bind their own threads, each within its part of the cores.
static void print_binding(FILE *stream, const pn_launch_text *text)
{
    const pn_batch_component *component = &text->job->components[0];
    bool is_even =
        component->ranks_a_node * component->threads == (int)component->partition->cores.value;
    if (text->job->count > 1 || !is_even)
        fputs(text->is_mpich ? "-bind-to none " : "--bind-to none ", stream);
    else if (text->is_mpich)
        fprintf(stream, "-bind-to core:%d ", component->threads);
    else
        fprintf(stream, "--map-by ppr:%d:node:PE=%d --bind-to core ", component->ranks_a_node,
                component->threads);
}

static void print_mpirun(FILE *stream, const pn_launch_text *text, bool resumes)
{
    fputs(text->is_mpich ? "mpiexec " : "mpirun ", stream);
    print_binding(stream, text);
    if (text->job->nodes > 1 && text->is_mpich)
        fputs("-f machine.hosts ", stream);
    fputs("\\\n", stream);
    for (int i = 0; i < text->job->count; i++)
        print_context(stream, text, i, resumes);
}

pn_status pn_launch_mpirun(FILE *stream, const pn_launch_text *text)
{
    const pn_batch_job *job = text->job;
    for (int i = 0; i < job->count; i++) {
        pn_status status = check_device(job->components[i].partition);
        if (status != PN_OK)
            return status;
    }
    print_comment(stream, text);
    if (job->nodes > 1)
        print_host_files(stream, text);
    if (text->checkpoint)
        print_job(stream, text, print_mpirun);
    else
        print_mpirun(stream, text, false);
    return PN_OK;
}
