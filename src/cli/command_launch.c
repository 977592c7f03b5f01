// SPDX-License-Identifier: BSD-3-Clause
// panache launch: from a machine file to the job that runs on it, printed or handed in. Words after
// `--` are options of `panache run` (or of mxp, by --benchmark), checked here so that no queue is
// waited for in vain; words after a second one are further lines of the batch script.
#include "cli/command.h"
#include "cli/machine_options.h"
#include "cli/submit.h"
#include "comm/launcher.h"
#include "config/batch_job.h"
#include "config/machine_make.h"
#include "report/launch_script.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, ANSWER_BYTES = 2048 };

// Beside the solve: start, generation, verification, and the choice being somewhat off.
static const double limit_factor = 2.0, limit_seconds = 600.0;

typedef struct launch {
    const pn_options *options;
    pn_machine *machine;
    pn_batch_job job;
    char program[PATH_BYTES];
    char time[64];
    const char *words[PN_OPERANDS + 2]; // options of the run
    const char *resume_words[PN_OPERANDS + 2];
    char checkpoint[PATH_BYTES];
    pn_launch_text text;
} launch;

static pn_status find_program(launch *l)
{
    ssize_t length = readlink("/proc/self/exe", l->program, sizeof l->program - 1);
    if (length <= 0)
        return pn_fail(PN_ERROR_SYSTEM, "the path of this program is not known: /proc is needed");
    l->program[length] = '\0';
    return PN_OK;
}

static pn_status read_machine(launch *l, const pn_operands *operands)
{
    if (operands->count == 0)
        return pn_fail(PN_ERROR_USAGE, "command line: panache launch needs a machine file, such as "
                                       "one that panache probe prints");
    pn_status status = PN_OK;
    pn_options options = *l->options;
    options.nodes = 0; // of each partition here, and never more than it has
    PN_TRY(pn_machine_for_options(&l->machine, operands->word[0], &options));
    status = pn_batch_job_plan(&l->job, l->machine, l->options->nodes);
    if (status != PN_OK)
        return pn_fail_in(status, "%s", operands->word[0]);
fail:
    return status;
}

// "--memory" or "--memory=..."
static bool is_option(const char *word, const char *name)
{
    size_t length = strlen(name);
    return strncmp(word, name, length) == 0 && (!word[length] || word[length] == '=');
}

// The row that a word names, by its letter or its name; NULL: it is a value.
static const pn_option *row_of(const char *word)
{
    int count;
    const pn_option *rows = pn_option_rows(&count);
    for (int i = 0; i < count && word[0] == '-'; i++) {
        bool is_letter = rows[i].letter && word[1] == rows[i].letter;
        if (is_letter || (word[1] == '-' && rows[i].name && is_option(word + 2, rows[i].name)))
            return &rows[i];
    }
    return NULL;
}

// Whether the value of the option follows as a word of its own.
static bool takes_next(const pn_option *row, const char *word)
{
    bool is_apart = word[1] == '-' ? !strchr(word, '=') : !word[2];
    return row->argument && is_apart;
}

// Of the words of the run those that the one that goes on with it takes as well: N and NB are in
// its checkpoints.
static void keep_resume_words(launch *l)
{
    for (int i = 0; i < l->text.count; i++) {
        const pn_option *row = row_of(l->words[i]);
        bool is_kept = !row || row->commands & PN_FOR(RESUME);
        bool has_next = row && takes_next(row, l->words[i]) && i + 1 < l->text.count;
        for (int k = 0; k <= has_next; k++)
            if (is_kept)
                l->resume_words[l->text.resume_count++] = l->words[i + k];
        i += has_next;
    }
    l->text.resume_words = l->resume_words;
    l->text.checkpoint = l->checkpoint;
}

// Sets the words of the run and the seconds of the job.
static pn_status read_words(launch *l, const pn_operands *operands)
{
    pn_options options;
    pn_operands rest;
    int count = 0;
    while (1 + count < operands->count && strcmp(operands->word[1 + count], "--") != 0)
        count++;
    if (1 + count < operands->count) {
        l->text.lines = operands->word + 2 + count;
        l->text.line_count = operands->count - 2 - count;
    }
    snprintf(l->time, sizeof l->time, "%g", l->options->time);
    l->words[0] = "--time";
    l->words[1] = l->time;
    for (int i = 0; i < count; i++)
        l->words[2 + i] = operands->word[1 + i];
    for (int i = 0; i < count; i++)
        l->text.has_memory |= is_option(l->words[2 + i], "--memory");
    bool is_mixed = l->options->benchmark == PN_BENCHMARK_MXP;
    l->text.command = is_mixed ? "mxp" : "run";
    pn_status status = pn_options_parse(&options, &rest, is_mixed ? PN_COMMAND_MXP : PN_COMMAND_RUN,
                                        count + 2, (char *const *)l->words);
    if (status != PN_OK)
        return pn_fail_in(status, "after \"--\", options of panache %s", l->text.command);
    l->text.words = l->words;
    l->text.count = count + 2;
    l->text.seconds = limit_factor * options.time + limit_seconds;
    snprintf(l->checkpoint, sizeof l->checkpoint, "%s", options.checkpoint);
    if (strcmp(l->checkpoint, "none") != 0)
        keep_resume_words(l);
    return PN_OK;
}

static pn_status read_mpi(launch *l)
{
    const char *mpi = l->options->mpi;
    l->text.is_mpich = strcmp(mpi, pn_family_word(PN_FAMILY_MPICH)) == 0;
    if (l->text.is_mpich || strcmp(mpi, "auto") == 0 ||
        strcmp(mpi, pn_family_word(PN_FAMILY_OPENMPI)) == 0)
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "option --mpi: read \"%s\"; allowed for panache launch: openmpi, mpich, or auto "
                   "(Open MPI)",
                   mpi);
}

static const char *given(const char *word)
{
    return strcmp(word, "none") != 0 ? word : NULL;
}

// A line for mpirun has no batch system.
static pn_status check_batch(const launch *l)
{
    enum { SLURM };
    bool is_asked = l->text.account || l->text.qos || l->text.line_count > 0;
    if (!is_asked || l->options->with == SLURM)
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "options --account and --qos, and lines after a second \"--\": they "
                   "go with --with slurm only");
}

static pn_status submit(const launch *l)
{
    char *script = NULL, answer[ANSWER_BYTES];
    size_t bytes;
    FILE *stream = open_memstream(&script, &bytes);
    if (!stream)
        return pn_fail_memory("for a batch script");
    pn_status status = pn_launch_slurm(stream, &l->text);
    fclose(stream);
    if (status == PN_OK)
        status = pn_submit_slurm(script, answer, sizeof answer);
    if (status == PN_OK)
        puts(answer);
    free(script);
    return status;
}

static pn_status carry_out(launch *l, const pn_operands *operands)
{
    enum { SLURM, MPIRUN };
    pn_status status = PN_OK;
    if (l->options->submit && l->options->with != SLURM)
        return pn_fail(PN_ERROR_USAGE, "option --submit: goes with --with slurm only; a line for "
                                       "mpirun is printed and started by hand");
    PN_TRY(read_mpi(l));
    PN_TRY(read_machine(l, operands));
    PN_TRY(read_words(l, operands));
    PN_TRY(find_program(l));
    l->text.job = &l->job;
    l->text.account = given(l->options->account);
    l->text.qos = given(l->options->qos);
    PN_TRY(check_batch(l));
    l->text.program = l->program;
    if (l->options->submit)
        PN_TRY(submit(l));
    else if (l->options->with == SLURM)
        PN_TRY(pn_launch_slurm(stdout, &l->text));
    else
        PN_TRY(pn_launch_mpirun(stdout, &l->text));
fail:
    return status;
}

int pn_command_launch(const pn_invocation *invocation)
{
    launch l = {.options = &invocation->options};
    pn_status status = carry_out(&l, &invocation->operands);
    pn_batch_job_release(&l.job);
    pn_machine_destroy(l.machine);
    return status == PN_OK ? PN_EXIT_PASSED : pn_command_failed();
}
