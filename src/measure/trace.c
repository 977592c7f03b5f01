// SPDX-License-Identifier: BSD-3-Clause
#include "measure/trace.h"

#include "base/assertion.h"

#include <stdlib.h>

const char *pn_phase_name(pn_phase phase)
{
    static const char *const names[PN_PHASE_COUNT] = {
#define PN_PHASE_NAME(id, name) name,
        PN_PHASES(PN_PHASE_NAME)
#undef PN_PHASE_NAME
    };
    return names[phase];
}

pn_status pn_trace_create(pn_trace *trace, pn_gidx steps, pn_gidx limit)
{
    *trace = (pn_trace){.steps = steps, .stride = pn_max(1, pn_ceil_div(steps, limit))};
    trace->count = pn_ceil_div(steps, trace->stride);
    pn_assert(trace->count <= limit, "a trace has no more records than there is room for");
    trace->records = calloc((size_t)pn_max(trace->count, 1), sizeof *trace->records);
    if (!trace->records)
        return pn_fail_memory("for the record of %lld steps", (long long)trace->count);
    return PN_OK;
}

void pn_trace_release(pn_trace *trace)
{
    free(trace->records);
    *trace = (pn_trace){0};
}

// NULL for a step that is thinned out, or outside the plan (the prologue's).
static pn_step_record *record_of(pn_trace *trace, pn_gidx step)
{
    if (step < 0 || step >= trace->steps || step % trace->stride != 0)
        return NULL;
    return &trace->records[step / trace->stride];
}

void pn_trace_begin_step(pn_trace *trace, pn_gidx step, double now)
{
    pn_step_record *record = record_of(trace, step);
    if (record)
        *record = (pn_step_record){.step = step, .begin = now};
}

void pn_trace_add(pn_trace *trace, pn_gidx step, pn_phase phase, double seconds)
{
    trace->total[phase] += seconds;
    pn_step_record *record = record_of(trace, step);
    if (record)
        record->seconds[phase] += seconds;
}
