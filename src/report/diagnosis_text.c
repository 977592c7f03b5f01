// SPDX-License-Identifier: BSD-3-Clause
#include "report/diagnosis_text.h"

#include "base/plain_text.h"
#include "base/plural.h"
#include "base/wrap.h"

#include <math.h>
#include <string.h>

enum { MARGIN = 15, WHOSE = 160, PARAGRAPH = 2 * PN_SYMPTOM_TEXT + WHOSE + 160 };

// "" where all ranks have it.
static void say_whose(const pn_diagnosis_page *page, const pn_symptom_line *line, char text[WHOSE])
{
    const char *host = page->all[line->rank].host;
    text[0] = '\0';
    if (page->ranks == 1)
        return;
    if (line->symptom->is_measured && line->ranks > 1)
        snprintf(text, WHOSE, " (rank %d on %.63s, the worst of %d)", line->rank, host,
                 line->ranks);
    else if (line->ranks == 1)
        snprintf(text, WHOSE, " (rank %d on %.63s)", line->rank, host);
    else if (line->ranks < page->ranks)
        snprintf(text, WHOSE, " (%d of %d ranks, the first %d on %.63s)", line->ranks, page->ranks,
                 line->rank, host);
}

static void say_cost(const pn_symptom *symptom, char text[64])
{
    text[0] = '\0';
    if (isnan(symptom->cost))
        snprintf(text, 64, ". Its cost is not known here");
    else if (symptom->cost > 0)
        snprintf(text, 64, ". Costs %.1f %%", 100 * symptom->cost);
}

static void print_line(FILE *stream, const pn_diagnosis_page *page, const pn_symptom_line *line)
{
    const pn_symptom *symptom = line->symptom;
    char whose[WHOSE], cost[64], text[PARAGRAPH], plain[PARAGRAPH];
    say_whose(page, line, whose);
    say_cost(symptom, cost);
    snprintf(text, sizeof text, "%s%s%s%s%s", symptom->fact, whose, cost,
             !symptom->advice[0] ? ""
             : cost[0]           ? ": "
                                 : ". Costs nothing of the rate: ",
             symptom->advice);
    pn_plain_text(plain, sizeof plain, text); // variables of the environment hold anything
    fprintf(stream, "%c %-*s", pn_symptom_matters(symptom) ? '!' : ' ', MARGIN - 2, symptom->name);
    pn_wrap_text(stream, plain, MARGIN, PN_LINE_WIDTH);
}

int pn_diagnosis_matters(const pn_diagnosis_page *page)
{
    int count = 0;
    for (int i = 0; i < page->count; i++)
        count += pn_symptom_matters(page->lines[i].symptom);
    return count;
}

void pn_diagnosis_text(FILE *stream, const pn_diagnosis_page *page)
{
    int count = pn_diagnosis_matters(page);
    for (int i = 0; i < page->count; i++)
        print_line(stream, page, &page->lines[i]);
    if (count == 0) {
        fputs("\nnothing is known to cost more than 5 %\n", stream);
        return;
    }
    fprintf(stream, "\nfinding: more than 5 %% %s lost to", count == 1 ? "is" : "each are");
    for (int i = 0, told = 0; i < page->count; i++)
        if (pn_symptom_matters(page->lines[i].symptom))
            fprintf(stream, "%s %s (%.0f %%)", told++ ? "," : "", page->lines[i].symptom->name,
                    100 * page->lines[i].symptom->cost);
    fputc('\n', stream);
}

static json_t *record_of(const pn_diagnosis_page *page, const pn_symptom_line *line)
{
    const pn_symptom *symptom = line->symptom;
    json_t *object = json_object();
    json_object_set_new(object, "name", json_string(symptom->name));
    json_object_set_new(object, "fact", json_string(symptom->fact));
    json_object_set_new(object, "cost",
                        isnan(symptom->cost) ? json_null() : json_real(symptom->cost));
    json_object_set_new(object, "advice", json_string(symptom->advice));
    json_object_set_new(object, "ranks", json_integer(line->ranks));
    json_object_set_new(object, "rank", json_integer(line->rank));
    json_object_set_new(object, "host", json_string(page->all[line->rank].host));
    return object;
}

json_t *pn_diagnosis_json(const pn_diagnosis_page *page)
{
    json_t *root = json_object(), *list = json_array();
    for (int i = 0; i < page->count; i++)
        json_array_append_new(list, record_of(page, &page->lines[i]));
    json_object_set_new(root, "benchmark", json_string("diagnosis"));
    json_object_set_new(root, "version", json_string(PANACHE_VERSION));
    json_object_set_new(root, "ranks", json_integer(page->ranks));
    json_object_set_new(root, "findings", json_integer(pn_diagnosis_matters(page)));
    json_object_set_new(root, "symptoms", list);
    return root;
}
