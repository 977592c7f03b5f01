// SPDX-License-Identifier: BSD-3-Clause
// `panache train`: what the training of a language model takes on a machine file, or on the machine
// that a record of panache mxp measured.
#include "cli/command.h"
#include "cli/machine_options.h"
#include "cli/train_record.h"
#include "cli/train_tell.h"
#include "config/machine_make.h"
#include "config/units.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

// "2.5EUR", "2.5".
static pn_status read_price(const char *option, const char *text, double *price)
{
    char whole[600];
    *price = 0;
    if (strcmp(text, "none") == 0)
        return PN_OK;
    bool has_unit = strlen(text) > 3 && strcasecmp(text + strlen(text) - 3, "EUR") == 0;
    snprintf(whole, sizeof whole, "%s%s", text, has_unit ? "" : "EUR");
    if (pn_quantity_parse(whole, PN_MONEY, price) == PN_OK && *price > 0)
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "command line: %s: \"%s\" is no positive amount of euros such as 2.5EUR", option,
                   text);
}

// A record begins with a brace; what is not there, or cannot be read, is left to the machine file.
static bool is_record(const char *path)
{
    FILE *stream = access(path, F_OK) == 0 ? fopen(path, "r") : NULL;
    char beginning[64] = "";
    if (!stream)
        return false;
    size_t length = fread(beginning, 1, sizeof beginning - 1, stream);
    fclose(stream);
    beginning[length] = '\0';
    return beginning[strspn(beginning, " \t\r\n")] == '{';
}

static bool is_narrowed(const pn_options *options)
{
    return strcmp(options->partitions, "all") != 0 || strcmp(options->date, "any") != 0 ||
           options->nodes > 0;
}

static pn_status train_on_record(const pn_invocation *invocation, pn_train_answer *answer)
{
    const pn_options *options = &invocation->options;
    const char *path = invocation->operands.word[0];
    pn_trainers trainers;
    if (is_narrowed(options))
        return pn_fail(PN_ERROR_USAGE,
                       "command line: --partitions, --date and --nodes are for "
                       "machine files; %s is a record",
                       path);
    pn_status status = pn_trainers_of_record(&trainers, path);
    if (status != PN_OK)
        return status;
    answer->machine = path;
    answer->trainers = &trainers;
    status = pn_train_tell(answer, options);
    pn_trainers_release(&trainers);
    return status;
}

static pn_status train_on_machine(const pn_invocation *invocation, pn_train_answer *answer)
{
    const char *path = invocation->operands.word[0];
    pn_machine *machine = NULL;
    pn_trainers trainers = {0};
    pn_status status;
    PN_TRY(pn_machine_for_options(&machine, path, &invocation->options));
    status = pn_trainers_of_machine(&trainers, machine);
    if (status != PN_OK) {
        pn_fail_in(status, "%s", path);
        goto fail;
    }
    answer->machine = machine->machine;
    answer->trainers = &trainers;
    PN_TRY(pn_train_tell(answer, &invocation->options));
fail:
    pn_trainers_release(&trainers);
    pn_machine_destroy(machine);
    return status;
}

static pn_status train_runs(const char *path)
{
    pn_training_runs runs;
    pn_status status = pn_training_runs_read(&runs, path);
    if (status != PN_OK)
        return status;
    status = pn_train_tell_runs(&runs);
    pn_training_runs_release(&runs);
    return status;
}

static pn_status check_model(const pn_options *options)
{
    if ((options->parameters > 0) != (options->tokens > 0))
        return pn_fail(PN_ERROR_USAGE,
                       "command line: train needs --parameters and --tokens, or neither");
    if (options->active > 0 && options->parameters == 0)
        return pn_fail(PN_ERROR_USAGE, "command line: --active is for --parameters");
    if (options->active > options->parameters)
        return pn_fail(PN_ERROR_USAGE,
                       "command line: --active: %.6g is more than the %.6g --parameters",
                       options->active, options->parameters);
    return PN_OK;
}

static pn_status check_options(const pn_invocation *invocation)
{
    const pn_options *options = &invocation->options;
    bool has_table = strcmp(options->runs, "none") != 0;
    if ((invocation->operands.count == 1) == has_table)
        return pn_fail(PN_ERROR_USAGE, "command line: train needs one machine file, such as "
                                       "machines/jean-zay.yaml, or the record of a run of panache "
                                       "mxp, or --runs TABLE");
    if (has_table && strcmp(options->json, "none") != 0)
        return pn_fail(PN_ERROR_USAGE,
                       "command line: --json is for a training; --runs prints a table");
    return check_model(options);
}

static pn_status train(const pn_invocation *invocation)
{
    const pn_options *options = &invocation->options;
    pn_language_model model = {.parameters = options->parameters,
                               .active =
                                   options->active > 0 ? options->active : options->parameters,
                               .tokens = options->tokens};
    pn_train_answer answer = {.model = options->parameters > 0 ? &model : NULL};
    pn_status status;
    PN_TRY(check_options(invocation));
    if (strcmp(options->runs, "none") != 0)
        return train_runs(options->runs);
    PN_TRY(read_price("--hour-price", options->hour_price, &answer.prices.hour));
    PN_TRY(read_price("--energy-price", options->energy_price, &answer.prices.energy));
    answer.prices.energy /= 3.6e9; // a MWh has so many J
    status = is_record(invocation->operands.word[0]) ? train_on_record(invocation, &answer)
                                                     : train_on_machine(invocation, &answer);
fail:
    return status;
}

int pn_command_train(const pn_invocation *invocation)
{
    return train(invocation) == PN_OK ? PN_EXIT_PASSED : pn_command_failed();
}
