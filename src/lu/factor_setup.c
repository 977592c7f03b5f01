// SPDX-License-Identifier: BSD-3-Clause
// Groups of ranks, panel buffers and everything else that is allocated before the clock starts.
#include "base/assertion.h"
#include "comm/group.h"
#include "compute/half.h"
#include "lu/device_panel.h"
#include "lu/extent.h"
#include "lu/factor_private.h"
#include "lu/panel_plain.h"

#include <stdlib.h>

enum { TAG_COLUMN = 64, TAG_ROWS = 80, TAG_BROADCAST = 128 };

static pn_status make_groups(pn_lu *lu)
{
    const pn_place *place = lu->request.place;
    const pn_layout *layout = place->layout;
    int height = layout->heights[place->column];
    lu->column_ranks = calloc((size_t)height, sizeof(int));
    lu->row_ranks = calloc((size_t)layout->columns * (size_t)place->hosted + 1, sizeof(int));
    lu->ring = calloc((size_t)layout->columns, sizeof(int));
    if (!lu->column_ranks || !lu->row_ranks || !lu->ring)
        return pn_fail_memory("for the process grid");
    for (int i = 0; i < height; i++)
        lu->column_ranks[i] = pn_layout_rank(layout, i, place->column);
    for (int v = 0; v < place->hosted; v++)
        pn_layout_row_ranks(layout, place->virtual_rows[v], lu->row_ranks + v * layout->columns);
    lu->column = (pn_group){.comm = lu->comm,
                            .size = height,
                            .me = place->row,
                            .ranks = lu->column_ranks,
                            .tag = TAG_COLUMN,
                            .scratch = (char *)lu->record + lu->record_bytes,
                            .scratch_bytes = lu->record_bytes};
    return PN_OK;
}

// Tags tell apart the buffers and the virtual rows: several may travel between the same two ranks.
static pn_group channel_group(const pn_lu *lu, int buffer, int v)
{
    const pn_place *place = lu->request.place;
    const pn_layout *layout = place->layout;
    int tag =
        TAG_BROADCAST + (buffer * layout->virtual_rows + place->virtual_rows[v]) * PN_GROUP_TAGS;
    return (pn_group){.comm = lu->comm,
                      .size = layout->columns,
                      .me = place->column,
                      .ranks = lu->row_ranks + v * layout->columns,
                      .tag = tag};
}

static size_t channel_bytes(const pn_lu *lu)
{
    const pn_place *place = lu->request.place;
    pn_gidx blocks = pn_ceil_div(place->layout->row_blocks, place->layout->virtual_rows);
    return pn_panel_memory(lu->request.matrix.element, place->layout->nb,
                           blocks * place->layout->nb);
}

static pn_status make_channels(pn_lu *lu, int buffer)
{
    pn_panel_buffer *s = &lu->panel_buffers[buffer];
    int hosted = lu->request.place->hosted;
    s->channels = calloc((size_t)hosted + 1, sizeof *s->channels);
    if (!s->channels)
        return pn_fail_memory("for the panel buffers");
    const pn_settings *settings = &lu->request.plan.settings;
    pn_broadcast_way way = {.topology = settings->topology,
                            .segment_bytes = (size_t)pn_settings_segment(settings),
                            .window = pn_plan_rules(&lu->request.plan)->window};
    pn_status status = PN_OK;
    for (int v = 0; v < hosted; v++) {
        pn_group group = channel_group(lu, buffer, v);
        if (hosted > 1)
            PN_TRY(lu->compute->ops->allocate_host(lu->compute, channel_bytes(lu),
                                                   &s->channels[v].memory));
        PN_TRY(pn_broadcast_create(&s->channels[v].broadcast, &group, &way));
    }
fail:
    return status;
}

static pn_status make_panel_buffers(pn_lu *lu)
{
    const pn_lu_request *is = &lu->request;
    const pn_compute_ops *ops = lu->compute->ops;
    lu->panel_bytes = pn_panel_memory(is->matrix.element, is->place->layout->nb, is->place->rows);
    lu->panel_buffers =
        calloc((size_t)pn_settings_buffers(&is->plan.settings), sizeof *lu->panel_buffers);
    if (!lu->panel_buffers)
        return pn_fail_memory("for the panel buffers");
    pn_status status = PN_OK;
    for (int i = 0; i < pn_settings_buffers(&is->plan.settings); i++) {
        pn_panel_buffer *s = &lu->panel_buffers[i];
        PN_TRY(lu->compute->ops->allocate_host(lu->compute, lu->panel_bytes, &s->host));
        if (lu->compute->ops->panel_needs_buffer)
            PN_TRY((lu->gpu_aware ? ops->allocate_message
                                  : ops->allocate)(lu->compute, lu->panel_bytes, &s->part));
        if (lu->rounds)
            PN_TRY(ops->allocate(lu->compute, lu->panel_bytes / 2, &s->rounded));
        PN_TRY(make_channels(lu, i));
    }
fail:
    return status;
}

static pn_status make_rows(pn_lu *lu)
{
    const pn_place *place = lu->request.place;
    lu->u = (pn_block){.rows = place->layout->nb,
                       .columns = place->columns,
                       .ld = pn_extent_u_ld(place),
                       .element = lu->request.matrix.element};
    lu->u_bytes = (size_t)(lu->u.rows * lu->u.ld * pn_element_bytes(lu->u.element));
    pn_group column = lu->column;
    column.tag = TAG_ROWS;
    pn_status status;
    if (pn_extent_u_is_apart(place, lu->compute))
        PN_TRY(lu->compute->ops->allocate(lu->compute, lu->u_bytes, &lu->u_memory));
    lu->u.data = lu->u_memory;
    lu->rounded_u = lu->u;
    lu->rounded_u.element = PN_BFLOAT16;
    lu->rounded_u.data = NULL;
    if (lu->rounds)
        PN_TRY(lu->compute->ops->allocate(lu->compute, lu->u_bytes / 2, &lu->rounded_u.data));
    PN_TRY(pn_rows_create(&lu->rows, &(pn_rows_request){.place = place,
                                                        .column = column,
                                                        .compute = lu->compute,
                                                        .matrix = lu->request.matrix,
                                                        .u = lu->u,
                                                        .widest = pn_extent_widest(&lu->request),
                                                        .gpu_aware = lu->request.gpu_aware}));
fail:
    return status;
}

static void end_waiting(void *compute)
{
    ((pn_compute *)compute)->ops->give_up(compute);
}

// Where panels are factored on the host and its library multiplies 16 bits.
static pn_status make_rounding(pn_lu *lu)
{
    const pn_blas *blas = lu->compute->blas;
    size_t bytes =
        pn_panel_rounding_bytes(lu->request.place->layout->nb, pn_team_size(lu->compute->team));
    if (!lu->rounds || bytes == 0 || !blas || pn_blas_half(blas)->kind == PN_HALF_NONE)
        return PN_OK;
    lu->rounding = malloc(bytes);
    return lu->rounding ? PN_OK : pn_fail_memory("for products of 16 bits in panels");
}

pn_status pn_lu_create(pn_lu **result, const pn_lu_request *request)
{
    *result = NULL;
    pn_lu *lu = calloc(1, sizeof *lu);
    if (!lu)
        return pn_fail_memory("for the factorisation");
    lu->request = *request;
    lu->comm = request->comm;
    lu->compute = request->compute;
    lu->compute->slabs = pn_plan_rules(&request->plan)->slabs;
    lu->request.plan.solves_beside =
        request->compute->is_device || request->compute->ops->panel_needs_buffer;
    lu->factors_on_device =
        pn_device_panel_is_possible(request->compute, request->place, request->matrix.element);
    if (lu->factors_on_device && lu->compute->ops->give_up && lu->comm->ending)
        *lu->comm->ending = (pn_comm_ending){end_waiting, lu->compute};
    lu->gpu_aware = request->gpu_aware && lu->compute->ops->panel_needs_buffer &&
                    lu->compute->ops->allocate_message && request->place->hosted == 1 &&
                    request->place->layout->columns > 1;
    bool single = request->matrix.element == PN_FLOAT32;
    lu->rounds = single && request->compute->product == PN_BFLOAT16;
    pn_assert(!lu->rounds || request->compute->ops->round, "a part that multiplies 16 bits rounds");
    pn_status status = PN_OK;
    size_t bytes =
        pn_panel_record_bytes(request->place->layout->nb, pn_team_size(lu->compute->team));
    lu->record_bytes = (size_t)pn_round_up((int64_t)bytes, 64);
    lu->record = malloc(2 * lu->record_bytes);
    if (!lu->record)
        PN_TRY(pn_fail_memory("for the pivot exchange"));
    PN_TRY(make_rounding(lu));
    PN_TRY(make_groups(lu));
    PN_TRY(make_panel_buffers(lu));
    PN_TRY(pn_diagonal_create(&lu->diagonal, lu->compute, request->matrix.element,
                              request->place->layout->nb));
    PN_TRY(make_rows(lu));
    *result = lu;
    return PN_OK;
fail:
    pn_lu_destroy(lu);
    return status;
}

static void destroy_panel_buffers(pn_lu *lu)
{
    const pn_compute_ops *ops = lu->compute->ops;
    for (int i = 0; lu->panel_buffers && i < pn_settings_buffers(&lu->request.plan.settings); i++) {
        pn_panel_buffer *s = &lu->panel_buffers[i];
        for (int v = 0; s->channels && v < lu->request.place->hosted; v++) {
            pn_broadcast_destroy(s->channels[v].broadcast);
            if (s->channels[v].memory)
                ops->release_host(lu->compute, s->channels[v].memory, channel_bytes(lu));
        }
        free(s->channels);
        if (s->host)
            ops->release_host(lu->compute, s->host, lu->panel_bytes);
        if (s->part)
            ops->release(lu->compute, s->part, lu->panel_bytes);
        if (s->rounded)
            ops->release(lu->compute, s->rounded, lu->panel_bytes / 2);
    }
    free(lu->panel_buffers);
}

static void destroy_rows(pn_lu *lu)
{
    pn_rows_destroy(lu->rows);
    if (lu->u_memory)
        lu->compute->ops->release(lu->compute, lu->u_memory, lu->u_bytes);
    if (lu->rounds && lu->rounded_u.data)
        lu->compute->ops->release(lu->compute, lu->rounded_u.data, lu->u_bytes / 2);
    lu->rounded_u.data = NULL;
    lu->rows = NULL;
    lu->u_memory = NULL;
}

// Panels have rows only, so their buffers stay as they are, with what is in them.
pn_status pn_lu_resume(pn_lu *lu, const pn_lu_request *request)
{
    destroy_rows(lu);
    pn_plan before = lu->request.plan;
    lu->request = *request;
    lu->request.plan.panels = before.panels;
    lu->request.plan.solves_beside = before.solves_beside;
    return make_rows(lu);
}

void pn_lu_destroy(pn_lu *lu)
{
    if (!lu)
        return;
    if (lu->comm->ending)
        *lu->comm->ending = (pn_comm_ending){NULL, NULL};
    destroy_panel_buffers(lu);
    destroy_rows(lu);
    pn_diagonal_release(&lu->diagonal, lu->compute);
    free(lu->record);
    free(lu->rounding);
    free(lu->column_ranks);
    free(lu->row_ranks);
    free(lu->ring);
    free(lu);
}
