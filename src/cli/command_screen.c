// SPDX-License-Identifier: BSD-3-Clause
// panache screen: no Linpack, but what a Linpack lives on, measured on every rank at once and on
// every link between those who would be neighbours in a run, in a small part of a minute: which
// part is slower than its like?
#include "base/plural.h"
#include "cli/command.h"
#include "cli/json_file.h"
#include "cli/output.h"
#include "comm/group.h"
#include "job/host_links.h"
#include "job/open_job.h"
#include "job/test_case.h"
#include "probe/links.h"
#include "probe/panel_rate.h"
#include "probe/rates.h"
#include "report/screening.h"
#include "tune/neighbours.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NB = 256, PANEL_ROWS = 4096, ROUNDS_MOST = 3, TAG = 0, TAG_LINKS = 64 };

// All rounds together stay below 5 % of a run of a minute, the start included.
static const double seconds_rates = 0.65, seconds_panel = 0.15;

typedef struct screening {
    pn_job job;
    pn_choice choice; // the grid that a run would have
    pn_screen screen;
} screening;

// A device is its own kind; a processor's kernels do not make it another.
static void name_kind(const pn_job *job, pn_screen_rank *rank)
{
    const char *kind = job->compute->kind, *processor = job->host.processor;
    bool is_processor =
        strcmp(kind, "CPU") == 0 || strncmp(kind, processor, strlen(processor)) == 0;
    snprintf(rank->kind, sizeof rank->kind, "%s", is_processor ? processor : kind);
    snprintf(rank->kernels, sizeof rank->kernels, "%s", pn_blas_kernels(job->blas));
    pn_job_host_label(job, job->comm->rank, rank->host);
    snprintf(rank->device, sizeof rank->device, "%s", job->compute->bus);
    rank->threads = job->compute->threads;
    rank->cpu_share = job->compute->is_device ? 1 : job->ranks[job->comm->rank].cpu_share;
}

static void meet(void *context)
{
    pn_job *job = context;
    pn_group world = pn_group_world(job->comm, TAG);
    pn_group_barrier(&world);
}

// All at the same time, as in a run.
static pn_status measure_rank(pn_job *job, pn_screen_rank *rank)
{
    pn_rate rates[] = {{.kind = PN_RATE_MULTIPLY, .nb = NB}, {.kind = PN_RATE_COPY, .nb = NB}};
    pn_panel_rate panel = {.rows = PANEL_ROWS, .nb = NB};
    pn_rate_meeting meeting = {meet, job};
    pn_status status = pn_rates_measure_together(rates, 2, job->compute, seconds_rates, &meeting);
    status = pn_job_agree(job, status);
    if (status != PN_OK)
        return status;
    status = pn_panel_rate_measure(&panel, job->team, job->blas, seconds_panel);
    rank->measured[PN_SCREEN_MULTIPLY] = rates[0].rate;
    rank->measured[PN_SCREEN_MEMORY] = rates[1].rate;
    rank->measured[PN_SCREEN_PANEL] = panel.rate;
    return pn_job_agree(job, status);
}

static pn_status measure_ranks(screening *s, int round)
{
    pn_job *job = &s->job;
    pn_comm *comm = job->comm;
    pn_screen_rank *mine = &s->screen.ranks[comm->rank];
    pn_log_progress(&job->log, "measuring all ranks at once, round %d", round + 1);
    pn_status status = measure_rank(job, mine);
    if (status != PN_OK)
        return status;
    pn_group world = pn_group_world(comm, TAG);
    pn_group_gather_all(&world, s->screen.ranks, sizeof *s->screen.ranks);
    return PN_OK;
}

// The grid that a run would have depends on the rates, and its neighbours on the links between
// hosts: both as a run would measure them.
static pn_status choose_grid(screening *s)
{
    pn_job *job = &s->job;
    for (int rank = 0; rank < job->comm->size; rank++) {
        job->info[rank].rate = s->screen.ranks[rank].measured[PN_SCREEN_MULTIPLY];
        job->info[rank].panel_rate = s->screen.ranks[rank].measured[PN_SCREEN_PANEL];
    }
    pn_status status = pn_host_links_measure(job);
    if (status != PN_OK)
        return status;
    pn_choice_release(&s->choice);
    pn_settings asked = pn_options_settings(&job->options);
    return pn_test_case_choose(job, &asked, job->comm->size, &s->choice);
}

// Those between neighbours in the grid that was chosen, to be measured.
static pn_status list_links(screening *s)
{
    pn_neighbours *pairs = NULL;
    int count = 0;
    pn_status status = pn_neighbours_list(&pairs, &count, &s->choice.arrangement);
    s->screen.links = calloc((size_t)count + 1, sizeof *s->screen.links);
    if (status == PN_OK && !s->screen.links)
        status = pn_fail_memory("for %d links", count);
    for (int i = 0; status == PN_OK && i < count; i++)
        s->screen.links[i] = (pn_screen_link){.from = pairs[i].from, .to = pairs[i].to};
    s->screen.link_count = status == PN_OK ? count : 0;
    free(pairs);
    return pn_job_agree(&s->job, status);
}

static pn_status measure_links(screening *s)
{
    pn_screen_link *found = s->screen.links;
    int count = s->screen.link_count;
    pn_rank_link *links = calloc((size_t)count + 1, sizeof *links);
    pn_links_plan plan = {s->job.comm, links, count, TAG_LINKS};
    pn_status status = links ? PN_OK : pn_fail_memory("for %d links", count);
    PN_TRY(pn_job_agree(&s->job, status));
    for (int i = 0; i < count; i++)
        links[i] = (pn_rank_link){.from = found[i].from, .to = found[i].to};
    pn_log_progress(&s->job.log, "measuring the %d link%s between neighbours", count,
                    pn_plural(count));
    PN_TRY(pn_job_agree(&s->job, pn_links_measure(&plan)));
    for (int i = 0; i < count; i++) {
        found[i].measured_latency = links[i].latency;
        found[i].measured_bandwidth = links[i].bandwidth;
    }
fail:
    free(links);
    return status;
}

static pn_status measure_round(screening *s, int round)
{
    pn_status status;
    PN_TRY(measure_ranks(s, round));
    if (round == 0 && s->job.comm->size > 1) {
        PN_TRY(choose_grid(s));
        PN_TRY(list_links(s));
    }
    if (s->screen.link_count)
        PN_TRY(measure_links(s));
    status = pn_job_agree(&s->job, pn_screen_judge(&s->screen));
fail:
    return status;
}

// Once, and again while something seems slow: it has to be so in most rounds.
static pn_status measure_all(screening *s)
{
    int asked = (int)s->job.options.rounds, most = asked > 0 ? asked : ROUNDS_MOST;
    pn_status status = PN_OK;
    name_kind(&s->job, &s->screen.ranks[s->job.comm->rank]);
    for (int round = 0; status == PN_OK && round < most; round++) {
        if (round > 0 && !asked && s->screen.finding_count == 0)
            break;
        status = measure_round(s, round);
    }
    return status;
}

static pn_status report(screening *s)
{
    const char *json = s->job.options.json;
    char *text = NULL;
    pn_status status = PN_OK;
    pn_log_settle(&s->job.log);
    if (strcmp(json, "-") != 0)
        pn_screen_text(stdout, &s->screen);
    if (strcmp(json, "none") != 0) {
        status = pn_screen_json(&s->screen, &text);
        if (status == PN_OK)
            status = pn_text_file_write(text, json);
    }
    free(text);
    return status;
}

static pn_status carry_out(screening *s)
{
    pn_job *job = &s->job;
    pn_comm *comm = job->comm;
    pn_status status = PN_OK;
    bool speaks = comm->rank == 0;
    s->screen = (pn_screen){.rank_count = comm->size,
                            .ranks = calloc((size_t)comm->size, sizeof *s->screen.ranks),
                            .tolerance = job->options.tolerance};
    if (!s->screen.ranks)
        status = pn_fail_memory("to screen %d ranks", comm->size);
    PN_TRY(pn_job_agree(job, status));
    PN_TRY(pn_job_agree(job, speaks ? pn_output_check_json(&job->options) : PN_OK));
    pn_settings asked = pn_options_settings(&job->options);
    PN_TRY(pn_test_case_choose(job, &asked, comm->size, &s->choice));
    PN_TRY(measure_all(s));
    PN_TRY(pn_job_agree(job, speaks ? report(s) : PN_OK));
fail:
    return status;
}

int pn_command_screen(const pn_invocation *invocation)
{
    screening s = {.choice = {.rank_count = 0}};
    pn_status status = pn_job_open(&s.job, invocation);
    if (status == PN_OK)
        status = carry_out(&s);
    int exit_code = status != PN_OK          ? PN_EXIT_FAILURE
                    : s.screen.finding_count ? PN_EXIT_FINDING
                                             : PN_EXIT_PASSED;
    pn_screen_release(&s.screen);
    pn_choice_release(&s.choice);
    pn_job_close(&s.job);
    return exit_code;
}
