// SPDX-License-Identifier: BSD-3-Clause
// The reasons of a choice, one line each, and what to expect of it.
#include "tune/choose_lines.h"

#include "base/plural.h"
#include "base/rate_text.h"
#include "tune/choose_grid.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// Less of the rate is not worth a word.
static const double told_loss = 0.001;

void pn_bytes_text(int64_t bytes, char *text, size_t room)
{
    double mebibytes = (double)bytes / (1 << 20);
    if (mebibytes < 1024.0)
        snprintf(text, room, "%.0f MiB", mebibytes);
    else
        snprintf(text, room, "%.1f GiB", mebibytes / 1024.0);
}

// Appends to the reason.
static void __attribute__((format(printf, 2, 3)))
give_reason(pn_choice_line *line, const char *format, ...)
{
    va_list args;
    size_t used = strlen(line->reason);
    va_start(args, format);
    vsnprintf(line->reason + used, sizeof line->reason - used, format, args);
    va_end(args);
}

static void explain_n(const pn_choosing *choosing, pn_choice_line *line)
{
    const pn_choice *choice = choosing->choice;
    snprintf(line->value, sizeof line->value, "%lld", (long long)choice->settings.n);
    if (choosing->request->settings.n)
        give_reason(line, "asked for");
    else if (choice->settings.n < pn_min(choosing->n_for_time, choice->largest_n))
        give_reason(line,
                    "the best rate: beyond it columns that are full leave too much to the others "
                    "(up to %lld fits)",
                    (long long)choice->largest_n);
    else if (choosing->n_for_time > choice->settings.n)
        give_reason(line, "the largest that fits the memory allowed; the time would take %lld",
                    (long long)choosing->n_for_time);
    else
        give_reason(line, "fills the time at the rate expected; up to %lld fits the memory",
                    (long long)choice->largest_n);
}

static void explain_nb(const pn_choosing *choosing, pn_choice_line *line)
{
    const pn_choice *choice = choosing->choice;
    const pn_tuned *next = NULL; // the best with another NB
    snprintf(line->value, sizeof line->value, "%d", choice->settings.nb);
    for (int i = choice->tuned_count - 1; i > 0; i--)
        if (choice->tuned[i].nb != choice->settings.nb)
            next = &choice->tuned[i];
    if (choosing->request->settings.nb)
        give_reason(line, "asked for");
    else if (choice->taken > 0)
        give_reason(line, "as good as %d, the best by the model, to %.1f %%", choice->tuned[0].nb,
                    100 * (choice->tuned[0].rate / choice->tuned[choice->taken].rate - 1));
    else if (next)
        give_reason(line, "the best by the model; %d would be %.1f %% slower", next->nb,
                    100 * (choice->tuned[0].rate / next->rate - 1));
    else
        give_reason(line, choice->tuned_count > 0 ? "the root of N: too small for a search"
                                                  : "small enough for the memory");
}

static void explain_grid(const pn_choosing *choosing, pn_choice_line *line)
{
    const pn_choice *choice = choosing->choice;
    bool like = pn_arrangement_is_like(choosing->rates, choosing->ranks);
    snprintf(line->value, sizeof line->value, "%d x %d", choice->settings.p, choice->settings.q);
    if (choosing->request->settings.p)
        give_reason(line, "asked for");
    else if (choice->arrangement.unlike && choice->settings.p > 1)
        give_reason(line,
                    like ? "the ranks that take part: each process column holds ranks of one "
                           "kind, %d virtual rows"
                         : "unlike ranks: each process column holds ranks of one kind, %d virtual "
                           "rows",
                    choice->arrangement.virtual_rows);
    else if (choice->arrangement.unlike)
        give_reason(line, like ? "the ranks that take part: each is a process column of its own"
                               : "unlike ranks: each is a process column of its own");
    else if (choosing->request->settings.share_count)
        give_reason(line, "one process column for each of the shares asked for");
    else if (choosing->ranks == 1)
        give_reason(line, "one process");
    else if (pn_choosing_has_gaps(choosing))
        give_reason(line, "the best by the model with the links measured between %d hosts",
                    choosing->request->links->hosts);
    else if (choice->settings.p == 1)
        give_reason(line, "%d ranks in one row: no rows are exchanged between processes",
                    choosing->ranks);
    else
        give_reason(line, "flat: few rows make row exchanges cheap, %d share a panel",
                    choice->settings.p);
}

static void list_shares(const pn_arrangement *a, char *text, size_t room)
{
    double least = a->table.shares[0];
    size_t used = 0;
    for (int column = 1; column < a->columns; column++)
        least = a->table.shares[column] < least ? a->table.shares[column] : least;
    for (int column = 0; column < a->columns && used < room; column++)
        used += (size_t)snprintf(text + used, room - used, "%s%.3g", column ? ":" : "",
                                 a->table.shares[column] / least);
}

static bool tells_caps(const pn_choice *choice)
{
    return choice->capped_loss > told_loss;
}

static const char *source_of_shares(const pn_choosing *choosing)
{
    if (choosing->request->settings.share_mode == PN_SHARE_MODE_RANKS)
        return "by the file";
    if (choosing->choice->arrangement.unlike)
        return choosing->rate_assumed ? "no rates were measured" : "by measured rate";
    return choosing->rate_assumed ? "no rates were measured"
                                  : "the rates of the ranks are within 5 %";
}

static void tell_left_out(const pn_choosing *choosing, pn_choice_line *line)
{
    int left_out = choosing->ranks - choosing->choice->arrangement.used;
    char rate[PN_FLOPS_TEXT];
    pn_flops_text(choosing->rate_with_all, rate);
    if (left_out == 0)
        return;
    if (choosing->rate_with_all > 0)
        give_reason(line, "; %d rank%s %s left out: with all it would be %s", left_out,
                    pn_plural(left_out), pn_plural_are(left_out), rate);
    else
        give_reason(line, "; %d rank%s %s left out: with all it would not fit", left_out,
                    pn_plural(left_out), pn_plural_are(left_out));
}

static void tell_full(const pn_choosing *choosing, pn_choice_line *line)
{
    const pn_choice *choice = choosing->choice;
    int full = 0, first = -1;
    for (int rank = 0; rank < choosing->ranks; rank++)
        if (choice->ranks[rank].is_full) {
            first = first < 0 ? rank : first;
            full++;
        }
    if (full == 0 || !tells_caps(choice))
        return;
    if (full == 1)
        give_reason(line, "; the memory of rank %d on %.24s is full, which costs %.1f %%", first,
                    choosing->info[first].host, 100 * choice->capped_loss);
    else
        give_reason(line, "; the memory of %d ranks is full (first rank %d), which costs %.1f %%",
                    full, first, 100 * choice->capped_loss);
}

static void explain_shares(const pn_choosing *choosing, pn_choice_line *line)
{
    const pn_choice *choice = choosing->choice;
    pn_share_mode mode = choosing->request->settings.share_mode;
    if (choice->arrangement.unlike || choosing->request->settings.share_count)
        list_shares(&choice->arrangement, line->value, sizeof line->value);
    else
        snprintf(line->value, sizeof line->value, "%s",
                 tells_caps(choice) ? "equal but capped" : "equal");
    if (mode == PN_SHARE_MODE_EQUAL || mode == PN_SHARE_MODE_COLUMNS) {
        give_reason(line, "asked for");
        return;
    }
    give_reason(line, "%s", source_of_shares(choosing));
    tell_left_out(choosing, line);
    tell_full(choosing, line);
    if (choice->panel_loss > told_loss)
        give_reason(line, "; slow panels cost %.1f %%", 100 * choice->panel_loss);
}

static void explain_mapping(const pn_choosing *choosing, pn_choice_line *line)
{
    bool down = choosing->choice->arrangement.column_major;
    bool sorted = choosing->choice->arrangement.unlike && !choosing->request->settings.p;
    snprintf(line->value, sizeof line->value, "%s",
             sorted ? "by kind"
             : down ? "column-major"
                    : "row-major");
    if (sorted && pn_choosing_has_gaps(choosing))
        give_reason(line, "columns of one kind, beside each other as the links of their hosts are");
    else if (sorted)
        give_reason(line, "the fastest kind first, down the process columns");
    else if (choosing->request->settings.mapping)
        give_reason(line, "asked for, or the default");
    else if (pn_choosing_has_gaps(choosing) && !choosing->request->settings.share_count)
        give_reason(line, "host by host, in the order of the links between them");
    else
        give_reason(line, down ? "keeps the ranks of a process column on one host"
                               : "the order of the ranks makes no difference here");
}

// Of rank 0's host, those that no rank may use: what a launcher gives to others is not lost.
static int idle_cores(const pn_choosing *choosing)
{
    const pn_rank_info *first = &choosing->info[0];
    int used = 0;
    for (int rank = 0; rank < choosing->ranks; rank++) {
        const pn_rank_info *info = &choosing->info[rank];
        bool is_new = info->host_id == first->host_id;
        for (int before = 0; is_new && before < rank; before++)
            is_new = choosing->info[before].host_id != info->host_id ||
                     choosing->info[before].cpu_set != info->cpu_set;
        used += is_new ? info->cores : 0;
    }
    return (int)pn_max(0, first->host_cores - used);
}

static void explain_threads(const pn_choosing *choosing, pn_choice_line *line)
{
    const pn_choice *choice = choosing->choice;
    const pn_rank_choice *first = &choice->ranks[0];
    const pn_rank_info *info = &choosing->info[0];
    int least = first->threads, most = first->threads;
    bool crowded = false;
    for (int rank = 0; rank < choosing->ranks; rank++) {
        least = (int)pn_min(least, choice->ranks[rank].threads);
        most = (int)pn_max(most, choice->ranks[rank].threads);
        crowded |= choice->ranks[rank].oversubscribed;
    }
    if (least == most)
        snprintf(line->value, sizeof line->value, "%d", most);
    else
        snprintf(line->value, sizeof line->value, "%d to %d", least, most);
    if (crowded && choosing->request->threads)
        give_reason(line, "asked for; more threads than cores: not bound, and they take turns");
    else if (crowded)
        give_reason(line, "more threads than cores: not bound, and they take turns");
    else if (choosing->request->threads)
        give_reason(line, "asked for; %d of %d cores may be used by rank 0", info->cores,
                    info->host_cores);
    else if (info->threads_bound && most == info->threads_bound && most < info->cores)
        give_reason(line, "%s=%d; %d of %d cores may be used by rank 0 (--threads takes more)",
                    info->bound_by, info->threads_bound, info->cores, info->host_cores);
    else if (idle_cores(choosing) > 0)
        give_reason(line,
                    first->slots > 1
                        ? "the launcher or the container leaves %d of %d cores to rank 0 and "
                          "others, and %d to nobody (for all: mpirun --bind-to none)"
                        : "the launcher or the container leaves %d of %d cores to rank 0, and %d "
                          "to nobody (for all: mpirun --bind-to none)",
                    info->cores, info->host_cores, idle_cores(choosing));
    else if (info->cores < info->host_cores)
        give_reason(line,
                    first->slots > 1
                        ? "the launcher gives rank 0 and others %d of %d cores, and the others "
                          "the rest"
                        : "the launcher gives rank 0 %d of %d cores, and the others the rest",
                    info->cores, info->host_cores);
    else
        give_reason(line, "%d cores on %.63s, %d rank%s there", info->cores, info->host,
                    first->on_host, pn_plural(first->on_host));
}

static void explain_memory(const pn_choosing *choosing, pn_choice_line *line)
{
    const pn_choice *choice = choosing->choice;
    const pn_choice_request *request = choosing->request;
    char needed[32], available[32];
    pn_bytes_text(choice->bytes_needed, needed, sizeof needed);
    pn_bytes_text(choice->bytes_available, available, sizeof available);
    snprintf(line->value, sizeof line->value, "%s", needed);
    int held = 0;
    while (held < choosing->ranks && !choice->ranks[held].is_held)
        held++;
    if (request->memory_bytes)
        give_reason(line, "of %s asked for", available);
    else if (held < choosing->ranks)
        give_reason(line, "of %s: %.0f %% of what %s leaves to rank %d beside its threads",
                    available, 100.0 * choosing->memory_share, choosing->info[held].own_bound,
                    held);
    else
        give_reason(line, "of %s: %.0f %% of what is available within the limits", available,
                    100.0 * choosing->memory_share);
}

static void explain_time(const pn_choosing *choosing, pn_choice_line *line)
{
    const pn_choice *choice = choosing->choice;
    char rate[PN_FLOPS_TEXT], of[PN_FLOPS_TEXT];
    pn_flops_text(choice->rate, rate);
    pn_flops_text(choosing->rate, of);
    snprintf(line->value, sizeof line->value, "%.3g s", choice->seconds);
    give_reason(line,
                choosing->rate_assumed
                    ? "%s, %.0f %% of the assumed (not measured) %s; then about %.2g s to make "
                      "and check the matrix"
                    : "%s, %.0f %% of the measured %s; then about %.2g s to make and check the "
                      "matrix",
                rate, 100.0 * choice->rate / choosing->rate, of, choice->other_seconds);
}

static void expect_rest(pn_choosing *choosing)
{
    pn_choice *choice = choosing->choice;
    double n = (double)choice->settings.n, threads = 0.0;
    for (int rank = 0; rank < choosing->ranks; rank++)
        threads +=
            (double)choice->ranks[rank].threads / (choice->ranks[rank].oversubscribed ? 2 : 1);
    choice->other_seconds = 2.0 * n * n / (PN_ENTRIES_A_SECOND * threads);
}

static const struct {
    const char *name;
    void (*explain)(const pn_choosing *, pn_choice_line *);
} items[PN_CHOICE_ITEMS] = {
    [PN_CHOICE_N] = {"N", explain_n},
    [PN_CHOICE_NB] = {"NB", explain_nb},
    [PN_CHOICE_GRID] = {"P x Q", explain_grid},
    [PN_CHOICE_SHARES] = {"shares", explain_shares},
    [PN_CHOICE_MAPPING] = {"ranks", explain_mapping},
    [PN_CHOICE_THREADS] = {"threads", explain_threads},
    [PN_CHOICE_MEMORY] = {"memory", explain_memory},
    [PN_CHOICE_TIME] = {"time", explain_time},
};

void pn_choosing_explain(pn_choosing *choosing)
{
    expect_rest(choosing);
    for (int i = 0; i < PN_CHOICE_ITEMS; i++) {
        choosing->choice->lines[i] = (pn_choice_line){.name = items[i].name};
        items[i].explain(choosing, &choosing->choice->lines[i]);
    }
}
