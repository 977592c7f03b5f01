// SPDX-License-Identifier: BSD-3-Clause
// Streams and events. An operation is carried out when somebody waits for it, or by chance before,
// and never before what its stream or its events put first. What an operation may rely on is not
// told by when it happens, but by clocks: of the streams' operations that are over before it.
#include "device.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

namespace emulate
{
const operation *current;
static std::vector<emulate_stream *> streams;
static uint32_t given[STREAMS]; // operations, of the streams of each number
static emulate::clock known;    // to the host

void clock::join(const clock &other)
{
    for (int i = 0; i < STREAMS; i++)
        if (other.at[i] > at[i])
            at[i] = other.at[i];
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint32_t all_given;

bool is_broken(void)
{
    static const int last = setting("PANACHE_EMULATE_BREAKS", -1);
    return last >= 0 && all_given >= (uint32_t)last;
}

void give(emulate_stream *stream, const std::string &name, std::function<void()> run)
{
    operation op;
    all_given++;
    op.name = name;
    op.run = run;
    stream->clock.join(known);
    op.stream = stream->number;
    op.index = ++given[stream->number];
    stream->clock.at[stream->number] = op.index;
    op.clock = stream->clock;
    stream->queue.push_back(op);
}

static bool can_go_on(const emulate_stream *stream)
{
    return !stream->queue.empty() &&
           (!stream->queue.front().wait || stream->queue.front().wait->over);
}

static bool is_unfinished; // the operation that was carried out last
static int in_vain;        // times that one was, and the host has done nothing meanwhile
enum { MOST_IN_VAIN = 1000 };

static void carry_out(emulate_stream *stream)
{
    operation op = stream->queue.front();
    is_unfinished = false;
    if (op.run) {
        open_memory(true);
        current = &op;
        op.run();
        current = nullptr;
    }
    if (is_unfinished) {
        in_vain++;
        return;
    }
    in_vain = 0;
    if (op.record) {
        op.record->over = true;
        op.record->time = seconds();
    }
    stream->queue.pop_front();
}

// One operation of whichever stream.
static bool go_on(void)
{
    std::vector<emulate_stream *> can;
    for (emulate_stream *stream : streams)
        if (can_go_on(stream))
            can.push_back(stream);
    if (can.empty())
        return false;
    carry_out(can[draw() % can.size()]);
    return true;
}

// Nothing that is not needed: the stream itself, or whom it waits for.
static bool go_on_for(emulate_stream *stream, int depth = 0)
{
    if (depth > STREAMS || stream->queue.empty())
        return false;
    if (can_go_on(stream)) {
        carry_out(stream);
        return true;
    }
    for (emulate_stream *other : streams)
        for (operation &op : other->queue)
            if (op.record == stream->queue.front().wait)
                return go_on_for(other, depth + 1);
    return false;
}

static bool is_late(void)
{
    static const bool late = setting("PANACHE_EMULATE_SEED", 1) == 0;
    return late;
}

static void go_on_until_over(emulate_stream *stream)
{
    if (!(is_late() ? go_on_for(stream) : go_on()))
        stop("streams wait for each other in a circle");
    if (in_vain > MOST_IN_VAIN)
        stop("the host waits for a kernel that waits for the host");
}

void perhaps(void)
{
    enum { ODDS = 4 };
    if (!is_late() && draw() % ODDS == 0)
        go_on();
    open_memory(false);
}

void wait_for_stream(emulate_stream *stream)
{
    while (!stream->queue.empty())
        go_on_until_over(stream);
    known.join(stream->clock);
    open_memory(false);
}

static void wait_for_mark(mark *mark)
{
    while (!mark->over) {
        emulate_stream *home = nullptr;
        for (emulate_stream *stream : streams)
            for (operation &op : stream->queue)
                if (op.record.get() == mark)
                    home = stream;
        if (!home)
            stop("an event is waited for whose stream is gone");
        go_on_until_over(home);
    }
    known.join(mark->clock);
    open_memory(false);
}

// At the end of the process.
static void end_kernels(void)
{
    for (int i = 0; i < MOST_IN_VAIN && is_kernel_waiting(); i++)
        go_on();
    if (is_kernel_waiting()) {
        fputs("emulated device: the process ends while a kernel waits for it\n", stderr);
        _exit(70);
    }
}

void leave_unfinished(void)
{
    static bool is_watched;
    if (!is_watched)
        atexit(end_kernels);
    is_watched = is_unfinished = true;
}

// Somebody looked: time may have passed.
static void look(void)
{
    in_vain = 0;
    if (draw() % 2 == 0)
        go_on();
    open_memory(false);
}
} // namespace emulate

using namespace emulate;

extern "C" {
cudaError_t cudaDeviceSynchronize(void)
{
    for (emulate_stream *stream : streams)
        wait_for_stream(stream);
    return cudaSuccess;
}

cudaError_t cudaStreamCreateWithPriority(cudaStream_t *stream, unsigned, int)
{
    bool taken[STREAMS] = {};
    for (emulate_stream *other : streams)
        taken[other->number] = true;
    int number = 0;
    while (number < STREAMS && taken[number])
        number++;
    if (number == STREAMS)
        stop("there are more than %d streams", STREAMS);
    *stream = new emulate_stream;
    (*stream)->number = number;
    streams.push_back(*stream);
    return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    cudaDeviceSynchronize();
    for (size_t i = 0; i < streams.size(); i++)
        if (streams[i] == stream)
            streams.erase(streams.begin() + (ptrdiff_t)i);
    delete stream;
    return cudaSuccess;
}

cudaError_t cudaStreamQuery(cudaStream_t stream)
{
    look();
    if (is_broken())
        return remember(cudaErrorLaunchFailure);
    if (!stream->queue.empty())
        return cudaErrorNotReady;
    known.join(stream->clock);
    return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream)
{
    wait_for_stream(stream);
    return remember(is_broken() ? cudaErrorLaunchFailure : cudaSuccess);
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned)
{
    if (!event->mark)
        return cudaSuccess; // of an event that was never recorded
    give(stream, "wait", nullptr);
    stream->queue.back().wait = event->mark;
    stream->clock.join(event->mark->clock);
    stream->queue.back().clock = stream->clock;
    return cudaSuccess;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned)
{
    *event = new emulate_event;
    return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t *event)
{
    return cudaEventCreateWithFlags(event, 0);
}

cudaError_t cudaEventDestroy(cudaEvent_t event)
{
    delete event;
    return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream)
{
    event->mark = std::make_shared<mark>();
    give(stream, "event", nullptr);
    event->mark->clock = stream->clock;
    stream->queue.back().record = event->mark;
    perhaps();
    return cudaSuccess;
}

cudaError_t cudaEventQuery(cudaEvent_t event)
{
    if (!event->mark)
        return cudaSuccess;
    look();
    if (is_broken())
        return remember(cudaErrorLaunchFailure);
    if (!event->mark->over)
        return cudaErrorNotReady;
    known.join(event->mark->clock);
    return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event)
{
    if (event->mark)
        wait_for_mark(event->mark.get());
    return remember(is_broken() ? cudaErrorLaunchFailure : cudaSuccess);
}

cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t begin, cudaEvent_t end)
{
    if (!begin->mark || !end->mark || !begin->mark->over || !end->mark->over)
        return cudaErrorNotReady;
    *milliseconds = (float)(1e3 * (end->mark->time - begin->mark->time));
    return cudaSuccess;
}
}
