// SPDX-License-Identifier: BSD-3-Clause
// Tickets, the order between streams, and the end of a device that breaks.
#include "compute/cuda/cuda_private.h"

extern "C" {
#include "base/breakdown.h"
}

#include <stdio.h>

void pn_cuda_break(const char *what, const char *why)
{
    char device[32] = PN_CUDA_TITLE " device";
    int number = -1;
    if (cudaGetDevice(&number) == cudaSuccess)
        snprintf(device, sizeof device, PN_CUDA_TITLE " device %d", number);
    pn_breakdown(device, what, why);
}

void pn_cuda_check(cudaError_t error, const char *what)
{
    if (error != cudaSuccess)
        pn_cuda_break(what, cudaGetErrorString(error));
}

void pn_cuda_check_blas(cublasStatus_t status, const char *what)
{
    if (status != CUBLAS_STATUS_SUCCESS)
        pn_cuda_break(what, cublasGetStatusString(status));
}

pn_ticket pn_cuda_ticket(pn_cuda *cuda)
{
    cuda->last++;
    pn_cuda_check(cudaEventRecord(cuda->events[cuda->last % PN_CUDA_EVENTS], cuda->main),
                  "record a ticket");
    return cuda->last;
}

// The event of a ticket; of an old one that of a later ticket, which took its place: what that one
// waits for is more than enough.
static cudaEvent_t event_of(const pn_cuda *cuda, pn_ticket ticket)
{
    return cuda->events[ticket % PN_CUDA_EVENTS];
}

bool pn_cuda_done(pn_compute *compute, pn_ticket ticket)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    if (ticket <= cuda->completed)
        return true;
    cudaError_t error = ticket == PN_TICKET_ALL ? cudaStreamQuery(cuda->main)
                                                : cudaEventQuery(event_of(cuda, ticket));
    if (error == cudaErrorNotReady)
        return false;
    pn_cuda_check(error, "ask whether a result is there");
    cuda->completed = ticket == PN_TICKET_ALL ? cuda->last : ticket;
    return true;
}

void pn_cuda_wait(pn_compute *compute, pn_ticket ticket)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    if (ticket <= cuda->completed)
        return;
    pn_cuda_check(ticket == PN_TICKET_ALL ? cudaStreamSynchronize(cuda->main)
                                          : cudaEventSynchronize(event_of(cuda, ticket)),
                  "wait for a result");
    cuda->completed = ticket == PN_TICKET_ALL ? cuda->last : ticket;
}

void pn_cuda_after(cudaStream_t stream, cudaStream_t first, cudaEvent_t event)
{
    pn_cuda_check(cudaEventRecord(event, first), "record an event");
    pn_cuda_check(cudaStreamWaitEvent(stream, event, 0), "order two streams");
}

pn_cuda_panel_buffer *pn_cuda_panel_buffer_of(pn_cuda *cuda, const void *address)
{
    const char *byte = (const char *)address;
    for (int i = 0; i < cuda->panel_buffer_count; i++) {
        pn_cuda_panel_buffer *buffer = &cuda->panel_buffers[i];
        if (byte >= buffer->memory && byte < buffer->memory + buffer->bytes)
            return buffer;
    }
    return NULL;
}

void pn_cuda_panel_buffer_read(pn_cuda *cuda, const void *address, cudaStream_t stream)
{
    pn_cuda_panel_buffer *buffer = pn_cuda_panel_buffer_of(cuda, address);
    if (buffer)
        pn_cuda_check(cudaEventRecord(stream == cuda->multiply ? buffer->read_by_multiply
                                                               : buffer->read_by_main,
                                      stream),
                      "record the last use of a panel");
}
