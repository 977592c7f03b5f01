// SPDX-License-Identifier: BSD-3-Clause
#include "report/sample.h"

#include "base/median.h"
#include "base/plain_text.h"
#include "report/members.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static bool is_alike(const json_t *test, const json_t *chosen)
{
    static const char *const same[] = {"n", "nb", "grid"};
    bool alike = json_is_true(json_object_get(test, "passed")) ==
                 json_is_true(json_object_get(chosen, "passed"));
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        alike =
            alike && json_equal(json_object_get(test, same[i]), json_object_get(chosen, same[i]));
    return alike;
}

static double rate_of(const json_t *test, pn_status *status)
{
    static const pn_bounds a_rate = {0, 1e12}; // GFLOP/s
    pn_members members = {.object = test, .index = -1, .status = status};
    return 1e9 * pn_members_number(&members, "gflops", a_rate);
}

static pn_status take_repetitions(pn_sample *sample)
{
    const json_t *root = sample->reading.root, *chosen = sample->reading.record;
    size_t tests = json_is_array(root) ? json_array_size(root) : 1;
    double *rates = calloc(tests, sizeof *rates);
    pn_status status = PN_OK;
    if (!rates)
        return pn_fail_memory("for the rates of %zu tests", tests);
    for (size_t i = 0; i < tests; i++) {
        const json_t *test = json_is_array(root) ? json_array_get(root, i) : root;
        if (is_alike(test, chosen))
            rates[sample->count++] = rate_of(test, &status);
    }
    sample->rate = pn_median(rates, sample->count);
    sample->least = rates[0]; // sorted now
    sample->most = rates[sample->count - 1];
    free(rates);
    return status;
}

pn_status pn_sample_open(pn_sample *sample, const char *path)
{
    *sample = (pn_sample){.count = 0};
    const char *slash = strrchr(path, '/');
    pn_plain_text(sample->name, sizeof sample->name, slash && slash[1] ? slash + 1 : path);
    pn_status status = pn_reading_open(&sample->reading, path);
    if (status != PN_OK)
        return status;
    status = take_repetitions(sample);
    if (status == PN_OK)
        return PN_OK;
    pn_sample_close(sample);
    return pn_fail_in(status, "%s", path);
}

void pn_sample_close(pn_sample *sample)
{
    pn_reading_close(&sample->reading);
}

double pn_sample_phase(const pn_sample *sample, pn_phase phase)
{
    const pn_result *result = &sample->reading.result;
    double sum = 0;
    for (int i = 0; i < result->rank_count; i++)
        sum += result->ranks[i].phase_seconds[phase];
    return sum / result->rank_count;
}
