// SPDX-License-Identifier: BSD-3-Clause
// Kernels and calls with one fault each, which the emulated device has to find and to name, and the
// same without the fault, about which it has to be silent. Each runs in a process of its own.
#include "compute/cuda/cuda_launch.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 64, BLOCKS = 3, SEEDS = 8 };

// What a kernel of these tests is given; `wrong` puts in its fault.
typedef struct task {
    double *a, *b;
    unsigned *counter;
    int wrong;
} task;

static cudaStream_t first, second;
static cudaEvent_t event;

static double *make(int words)
{
    void *memory = nullptr;
    cudaMalloc(&memory, (size_t)words * sizeof(double));
    cudaMemsetAsync(memory, 0, (size_t)words * sizeof(double), first);
    cudaStreamSynchronize(first);
    return (double *)memory;
}

static void run(void (*kernel)(task), const task &t, unsigned blocks = 1)
{
    if (pn_cuda_launch(kernel, {blocks, THREADS, first}, t) != cudaSuccess)
        _exit(3);
    cudaStreamSynchronize(first);
}

static void run_together(void (*kernel)(task), const task &t, unsigned blocks)
{
    cudaError_t error = pn_cuda_launch_together(kernel, {blocks, THREADS, first}, t);
    if (error != cudaSuccess) {
        fprintf(stderr, "%s\n", cudaGetErrorString(error));
        _exit(3);
    }
    cudaStreamSynchronize(first);
}

__global__ static void fill(task t)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    t.a[i + (unsigned)t.wrong] = 1.0;
}

static void outside(int wrong)
{
    run(fill, {make(THREADS), nullptr, nullptr, wrong});
}

static void freed(int wrong)
{
    double *memory = make(THREADS);
    if (wrong)
        cudaFree(memory);
    run(fill, {memory, nullptr, nullptr, 0});
}

static void host_from_kernel(int wrong)
{
    double *memory = wrong ? (double *)malloc(THREADS * sizeof(double)) : make(THREADS);
    run(fill, {memory, nullptr, nullptr, 0});
}

static void device_from_host(int wrong)
{
    void *pinned = nullptr;
    cudaMallocHost(&pinned, THREADS * sizeof(double));
    double *memory = wrong ? make(THREADS) : (double *)pinned;
    *(volatile double *)memory = 1.0;
}

__global__ static void copy(task t)
{
    t.b[threadIdx.x] = t.a[threadIdx.x];
}

static void never_written(int wrong)
{
    void *memory = nullptr;
    cudaMalloc(&memory, THREADS * sizeof(double));
    double *from = wrong ? (double *)memory : make(THREADS);
    run(copy, {from, make(THREADS), nullptr, 0});
}

__global__ static void reverse(task t)
{
    __shared__ double kept[THREADS];
    kept[threadIdx.x] = t.a[threadIdx.x];
    if (!t.wrong)
        __syncthreads();
    t.b[threadIdx.x] = kept[THREADS - 1 - threadIdx.x];
}

static void shared_race(int wrong)
{
    run(reverse, {make(THREADS), make(THREADS), nullptr, wrong});
}

__global__ static void shift(task t)
{
    double value = t.a[(threadIdx.x + 1) % THREADS];
    if (!t.wrong)
        __syncthreads();
    t.a[threadIdx.x] = value;
}

static void block_race(int wrong)
{
    run(shift, {make(THREADS), nullptr, nullptr, wrong});
}

__global__ static void sum_blocks(task t)
{
    unsigned i = t.wrong ? threadIdx.x : blockIdx.x * blockDim.x + threadIdx.x;
    t.a[i] = 1.0 + t.a[i];
}

static void grid_race(int wrong)
{
    run(sum_blocks, {make(BLOCKS * THREADS), nullptr, nullptr, wrong}, BLOCKS);
}

// Every block writes a word, all meet, and each reads that of the next one. wrong: 1: without the
// fence before the meeting, 2: without the one after it, 3: one block too few is waited for, 4: one
// too many.
__global__ static void meet(task t)
{
    if (threadIdx.x == 7)
        t.a[blockIdx.x] = 1.0;
    __syncthreads();
    if (threadIdx.x == 0) {
        if (t.wrong != 1)
            __threadfence();
        atomicAdd(t.counter, 1u);
        unsigned all = gridDim.x - (t.wrong == 3) + (t.wrong == 4);
        while (atomicAdd(t.counter, 0u) < all)
            __nanosleep(32);
        if (t.wrong != 2)
            __threadfence();
    }
    __syncthreads();
    if (threadIdx.x == 9)
        t.b[blockIdx.x] = t.a[(blockIdx.x + 1) % gridDim.x];
}

static void meeting(int wrong)
{
    task t = {make(BLOCKS), make(BLOCKS), (unsigned *)make(1), wrong};
    run_together(meet, t, BLOCKS);
}

static void too_large(int wrong)
{
    task t = {make(2 * BLOCKS), make(2 * BLOCKS), (unsigned *)make(1), 0};
    run_together(meet, t, wrong ? BLOCKS + 1 : BLOCKS);
}

// One thread passes a number on by a flag, to a thread of another block, without any barrier.
__global__ static void pass(task t)
{
    if (threadIdx.x != 0)
        return;
    if (blockIdx.x == 0) {
        t.a[0] = 2.0;
        if (!t.wrong)
            __threadfence();
        atomicExch(t.counter, 1u);
        return;
    }
    while (atomicAdd(t.counter, 0u) == 0)
        __nanosleep(32);
    __threadfence();
    t.b[0] = t.a[0];
}

static void flag(int wrong)
{
    task t = {make(1), make(1), (unsigned *)make(1), wrong};
    run_together(pass, t, 2);
}

__global__ static void count(task t)
{
    if (t.wrong && threadIdx.x == 5)
        *t.counter = 0;
    else
        atomicAdd(t.counter, 1u);
}

static void plain_beside_atomic(int wrong)
{
    run(count, {nullptr, nullptr, (unsigned *)make(1), wrong});
}

__global__ static void branch(task t)
{
    if (t.wrong && threadIdx.x % 2)
        __syncthreads();
    else
        __syncthreads();
    t.a[threadIdx.x] = 0;
}

static void barriers(int wrong)
{
    run(branch, {make(THREADS), nullptr, nullptr, wrong});
}

__global__ static void add_lanes(task t)
{
    double value = t.a[threadIdx.x];
    unsigned mask = t.wrong == 1 ? 0xffffu : t.wrong == 2 && threadIdx.x % 2 ? ~1u : ~0u;
    for (unsigned distance = 16; distance > 0; distance /= 2)
        value += __shfl_down_sync(mask, value, distance);
    t.b[threadIdx.x] = value;
}

static void masks(int wrong)
{
    run(add_lanes, {make(THREADS), make(THREADS), nullptr, wrong});
}

__global__ static void early(task t)
{
    if (t.wrong && threadIdx.x == 3)
        return;
    t.b[threadIdx.x] = __shfl_sync(~0u, t.a[threadIdx.x], 0);
}

static void missing_lane(int wrong)
{
    run(early, {make(THREADS), make(THREADS), nullptr, wrong});
}

static void order(int wrong)
{
    if (!wrong) {
        cudaEventRecord(event, first);
        cudaStreamWaitEvent(second, event, 0);
    }
}

// wrong: the second stream does not wait; 1: for who writes, 2: for who reads.
static void streams(int wrong)
{
    double *a = make(THREADS), *b = make(THREADS);
    pn_cuda_launch(copy, {1, THREADS, first}, {a, b, nullptr, 0});
    order(wrong);
    if (wrong == 2)
        cudaMemsetAsync(a, 0, sizeof *a, second);
    else
        cudaMemcpyAsync(a, b, sizeof *a, cudaMemcpyDeviceToDevice, second);
    cudaDeviceSynchronize();
}

// A kernel hands numbers to the host by a flag, and takes others. wrong: 1: no fence before its
// flag, 2: one that holds for the device alone, 3 and 4: the same after the host's flag, 5: no flag
// of its own, 6: the host never answers, 7: nor does it live on.
__global__ static void talk(task t)
{
    unsigned *asked = t.counter, *answered = t.counter + 16;
    if (threadIdx.x < 4)
        t.b[threadIdx.x] = t.a[threadIdx.x];
    __syncthreads();
    if (threadIdx.x == 0) {
        if (t.wrong == 2)
            __threadfence();
        else if (t.wrong != 1)
            __threadfence_system();
        if (t.wrong != 5)
            __stwt(asked, 1u);
        while (__ldcv(answered) == 0)
            __nanosleep(32);
        if (t.wrong == 4)
            __threadfence();
        else if (t.wrong != 3)
            __threadfence_system();
    }
    __syncthreads();
    if (threadIdx.x < 4)
        t.a[threadIdx.x] = t.b[threadIdx.x];
}

static void mail(int wrong)
{
    void *memory = nullptr;
    cudaMallocHost(&memory, 256);
    memset(memory, 0, 256);
    unsigned *flags = (unsigned *)memory;
    double *numbers = (double *)(flags + 32);
    pn_cuda_launch_together(talk, {1, THREADS, first}, {make(4), numbers, flags, wrong});
    while (*(volatile unsigned *)flags == 0)
        cudaStreamQuery(first);
    numbers[1] = 2.0;
    if (wrong == 7)
        exit(0);
    if (wrong != 6)
        *(volatile unsigned *)(flags + 16) = 1;
    cudaStreamSynchronize(first);
}

static void bus(int wrong)
{
    enum { ALLOWED = 16 };
    void *memory = nullptr;
    unsigned blocks = ALLOWED + (wrong ? 1 : 0);
    cudaMallocHost(&memory, blocks * THREADS * sizeof(double));
    run(fill, {(double *)memory, nullptr, nullptr, 0}, blocks);
}

static void wrong_kind(int wrong)
{
    double here = 0, *there = make(1);
    if (cudaMemcpyAsync(there, &here, sizeof here,
                        wrong ? cudaMemcpyDeviceToHost : cudaMemcpyHostToDevice,
                        first) != cudaSuccess) {
        fprintf(stderr, "refused\n");
        _exit(3);
    }
    cudaStreamSynchronize(first);
}

static const struct fault {
    const char *name;
    void (*run)(int wrong);
    int wrong;
    const char *words[3]; // of the message
} faults[] = {
    {"outside", outside, 1, {"kernel fill, block 0, thread 63", "byte 512", "faults.cu"}},
    {"freed", freed, 1, {"kernel fill", "given back", "faults.cu"}},
    {"host from kernel", host_from_kernel, 1, {"kernel fill", "memory of the host", "faults.cu"}},
    {"device from host", device_from_host, 1, {"the host touches device memory", "byte 0", ""}},
    {"never written", never_written, 1, {"kernel copy", "never written", "allocation of 512"}},
    {"shared race", shared_race, 1, {"kernel reverse, block 0", "shared memory", "faults.cu"}},
    {"block race", block_race, 1, {"kernel shift", "races", "of block 0 after 0 barriers"}},
    {"grid race", grid_race, 1, {"kernel sum_blocks", "races", "wrote it"}},
    {"fence before", meeting, 1, {"kernel meet", "races", "wrote it"}},
    {"fence after", meeting, 2, {"kernel meet", "races", "wrote it"}},
    {"one too few", meeting, 3, {"kernel meet", "races", ""}},
    {"one too many", meeting, 4, {"kernel meet hangs", "thread 0 polls", "at a barrier"}},
    {"too large", too_large, 1, {"too many blocks in cooperative launch", "", ""}},
    {"flag", flag, 1, {"kernel pass", "races", ""}},
    {"plain beside atomic", plain_beside_atomic, 1, {"kernel count", "races", ""}},
    {"barriers", barriers, 1, {"kernel branch", "different barriers", "faults.cu"}},
    {"mask without lane", masks, 1, {"kernel add_lanes", "leaves out the lane itself", ""}},
    {"unlike masks", masks, 2, {"kernel add_lanes", "mask", ""}},
    {"missing lane", missing_lane, 1, {"kernel early hangs", "shuffle", ""}},
    {"streams, writer", streams, 1, {"without waiting for who", "operation", "of stream"}},
    {"streams, reader", streams, 2, {"without waiting for who", "operation", "of stream"}},
    {"mail, no fence", mail, 1, {"kernel talk waits for the host", "no fence", ""}},
    {"mail, small fence", mail, 2, {"kernel talk waits for the host", "no fence", ""}},
    {"mail, no fence after", mail, 3, {"kernel talk", "races", "the host wrote it"}},
    {"mail, small fence after", mail, 4, {"kernel talk", "races", "the host wrote it"}},
    {"mail, no flag", mail, 5, {"kernel talk waits for the host", "or no flag", ""}},
    {"mail, no answer", mail, 6, {"the host waits for a kernel that waits for the host", "", ""}},
    {"mail, no host", mail, 7, {"the process ends while a kernel waits", "", ""}},
    {"bus", bus, 1, {"kernel fill", "over the bus", "pinned host memory"}},
    {"wrong kind", wrong_kind, 1, {"refused", "", ""}},
};

// What the child said, which behaves as `seed` says; `status` as waitpid has it.
static void run_apart(const fault &f, int seed, int wrong, char *said, size_t most, int *status)
{
    int pipes[2];
    size_t length = 0;
    char text[16];
    if (pipe(pipes) != 0)
        abort();
    pid_t child = fork();
    if (child == 0) {
        snprintf(text, sizeof text, "%d", seed);
        setenv("PANACHE_EMULATE_SEED", text, 1);
        dup2(pipes[1], 2);
        close(pipes[0]);
        cudaStreamCreateWithPriority(&first, cudaStreamNonBlocking, 0);
        cudaStreamCreateWithPriority(&second, cudaStreamNonBlocking, 0);
        cudaEventCreateWithFlags(&event, cudaEventDisableTiming);
        f.run(wrong);
        _exit(0);
    }
    close(pipes[1]);
    for (ssize_t n;
         length + 1 < most && (n = read(pipes[0], said + length, most - 1 - length)) > 0;)
        length += (size_t)n;
    said[length] = '\0';
    close(pipes[0]);
    waitpid(child, status, 0);
}

// Found whatever the seed; but one block too few to wait for may come to nothing: then by one.
static bool is_found(const fault &f)
{
    char said[2000];
    int status = 0, found = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
        run_apart(f, seed, f.wrong, said, sizeof said, &status);
        bool has_words = status != 0;
        for (int i = 0; i < 3; i++)
            has_words = has_words && strstr(said, f.words[i]);
        found += has_words;
        if (status != 0 && !has_words)
            printf("%s, seed %d: says only %s", f.name, seed, said);
        else if (has_words && found == 1)
            printf("%s: %s", f.name, said);
    }
    bool at_times = f.run == meeting && f.wrong == 3;
    return at_times ? found > 0 : found == SEEDS;
}

static bool is_silent(const fault &f)
{
    char said[2000];
    int status = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
        run_apart(f, seed, 0, said, sizeof said, &status);
        if (status != 0 || *said) {
            printf("%s without its fault, seed %d: %s", f.name, seed, said);
            return false;
        }
    }
    return true;
}

int main()
{
    int failures = 0;
    setvbuf(stdout, nullptr, _IONBF, 0);
    for (const fault &f : faults) {
        bool found = is_found(f), silent = is_silent(f);
        if (!found || !silent)
            printf("%s: %s\n", f.name, found ? "NOT SILENT" : "NOT FOUND");
        failures += !found || !silent;
    }
    return failures != 0;
}
