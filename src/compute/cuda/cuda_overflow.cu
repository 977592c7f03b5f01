// SPDX-License-Identifier: BSD-3-Clause
// The two mappings of a matrix that is larger than the device's memory, by the driver's virtual
// memory calls. They are looked up at run time: an old driver only lacks this. Host memory of that
// kind is known to drivers of CUDA 12.2 and later.
#include "compute/cuda/cuda_overflow.h"

#include <cudaTypedefs.h>

#include <stdlib.h>

// Values that toolkits before 12.2 have no names for.
enum { ON_HOST_NODE = 3, NODE_OF_DEVICE = 134, KNOWN_SINCE = 12020, AREAS = 4 };

// One range of addresses: `hosted` bytes of host memory, then the device's.
typedef struct area {
    char *begin;
    size_t bytes, hosted;
} area;

struct pn_cuda_overflow {
    decltype(&cuMemGetAllocationGranularity) unit_of;
    decltype(&cuMemAddressReserve) reserve;
    decltype(&cuMemAddressFree) give_back;
    decltype(&cuMemCreate) create;
    decltype(&cuMemRelease) release;
    decltype(&cuMemMap) map;
    decltype(&cuMemUnmap) unmap;
    decltype(&cuMemSetAccess) allow;
    size_t unit; // bytes, of both kinds of memory
    int node;    // of the host's memory
    area areas[AREAS];
    int count;
};

template <class T> static bool find(T *function, const char *name)
{
    void *found = NULL;
#if CUDART_VERSION < 12050
    cudaError_t error = cudaGetDriverEntryPoint(name, &found, 0);
#else
    cudaError_t error = cudaGetDriverEntryPointByVersion(name, &found, KNOWN_SINCE, 0);
#endif
    if (error != cudaSuccess)
        (void)cudaGetLastError();
    *function = reinterpret_cast<T>(found);
    return error == cudaSuccess && found;
}

static bool find_all(struct pn_cuda_overflow *o)
{
    return find(&o->unit_of, "cuMemGetAllocationGranularity") &&
           find(&o->reserve, "cuMemAddressReserve") && find(&o->give_back, "cuMemAddressFree") &&
           find(&o->create, "cuMemCreate") && find(&o->release, "cuMemRelease") &&
           find(&o->map, "cuMemMap") && find(&o->unmap, "cuMemUnmap") &&
           find(&o->allow, "cuMemSetAccess");
}

// Memory of this device, or of the host nearest to it.
static CUmemAllocationProp kind_of(const pn_cuda *cuda, bool on_host)
{
    CUmemAllocationProp kind = {};
    kind.type = CU_MEM_ALLOCATION_TYPE_PINNED;
    kind.location.type = on_host ? (CUmemLocationType)ON_HOST_NODE : CU_MEM_LOCATION_TYPE_DEVICE;
    kind.location.id = on_host ? cuda->overflow->node : cuda->device;
    return kind;
}

static bool find_unit(pn_cuda *cuda)
{
    struct pn_cuda_overflow *o = cuda->overflow;
    size_t unit[2] = {0, 0};
    for (int on_host = 0; on_host < 2; on_host++) {
        CUmemAllocationProp kind = kind_of(cuda, on_host);
        if (o->unit_of(&unit[on_host], &kind, CU_MEM_ALLOC_GRANULARITY_MINIMUM) != CUDA_SUCCESS)
            return false;
    }
    o->unit = (size_t)pn_max((int64_t)unit[0], (int64_t)unit[1]); // powers of two
    return o->unit > 0;
}

// 0 on hosts without nodes of memory.
static void find_node(const pn_cuda *cuda)
{
    int *node = &cuda->overflow->node;
    if (cudaDeviceGetAttribute(node, (cudaDeviceAttr)NODE_OF_DEVICE, cuda->device) != cudaSuccess)
        (void)cudaGetLastError();
    *node = (int)pn_max(*node, 0);
}

pn_status pn_cuda_overflow_open(pn_cuda *cuda)
{
    struct pn_cuda_overflow *o = (struct pn_cuda_overflow *)calloc(1, sizeof *o);
    if (!o)
        return cuda->fail(PN_ERROR_MEMORY, "no memory to open the " PN_CUDA_TITLE " backend");
    cuda->overflow = o;
    if (!find_all(o)) {
        cuda->base.why_not = "its driver has no calls that map memory";
        return PN_OK;
    }
    find_node(cuda);
    if (!find_unit(cuda))
        cuda->base.why_not = "its driver maps no host memory beside the device's";
    else
        cuda->base.overflow_takes = (int64_t)(pn_cuda_lanes_bytes(cuda) + 2 * o->unit);
    return PN_OK;
}

void pn_cuda_overflow_close(pn_cuda *cuda)
{
    pn_cuda_lanes_close(cuda);
    free(cuda->overflow);
}

bool pn_cuda_overflows(const pn_cuda *cuda)
{
    return cuda->overflow && cuda->overflow->count > 0;
}

// Maps new memory at `begin`; nothing is left of it where that fails.
static bool map_piece(const pn_cuda *cuda, char *begin, size_t bytes, bool on_host)
{
    const struct pn_cuda_overflow *o = cuda->overflow;
    CUmemAllocationProp kind = kind_of(cuda, on_host);
    CUmemGenericAllocationHandle piece;
    if (bytes == 0)
        return true;
    if (o->create(&piece, bytes, &kind, 0) != CUDA_SUCCESS)
        return false;
    bool mapped = o->map((CUdeviceptr)begin, bytes, 0, piece, 0) == CUDA_SUCCESS;
    (void)o->release(piece); // it stays as long as it is mapped
    return mapped;
}

static void unmap_area(const struct pn_cuda_overflow *o, const area *a)
{
    if (a->hosted > 0)
        (void)o->unmap((CUdeviceptr)a->begin, a->hosted);
    if (a->bytes > a->hosted)
        (void)o->unmap((CUdeviceptr)(a->begin + a->hosted), a->bytes - a->hosted);
    (void)o->give_back((CUdeviceptr)a->begin, a->bytes);
}

static bool map_area(const pn_cuda *cuda, area *a, const char **missing)
{
    const struct pn_cuda_overflow *o = cuda->overflow;
    CUmemAccessDesc access = {};
    CUdeviceptr begin = 0;
    *missing = "addresses";
    if (o->reserve(&begin, a->bytes, o->unit, 0, 0) != CUDA_SUCCESS)
        return false;
    a->begin = (char *)begin;
    access.location = kind_of(cuda, false).location;
    access.flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
    area part = *a;
    *missing = "pinned host memory";
    if (!map_piece(cuda, a->begin, a->hosted, true)) {
        (void)o->give_back(begin, a->bytes);
        return false;
    }
    *missing = "memory of the device";
    if (!map_piece(cuda, a->begin + a->hosted, a->bytes - a->hosted, false)) {
        (void)o->unmap(begin, part.hosted);
        (void)o->give_back(begin, a->bytes);
        return false;
    }
    *missing = "access to them";
    if (o->allow(begin, a->bytes, &access, 1) == CUDA_SUCCESS)
        return true;
    unmap_area(o, a);
    return false;
}

pn_status pn_cuda_reserve(pn_compute *compute, pn_room *room)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    struct pn_cuda_overflow *o = cuda->overflow;
    const char *missing = NULL;
    room->most = room->bytes;
    if (room->hosted == 0)
        return pn_cuda_allocate(compute, room->bytes, &room->memory);
    if (o->count == AREAS)
        return cuda->fail(PN_ERROR_MEMORY, "more than %d matrices lie in host memory", AREAS);
    pn_status status = pn_cuda_lanes_open(cuda);
    if (status != PN_OK)
        return status;
    int64_t unit = (int64_t)o->unit, bytes = pn_round_up((int64_t)room->bytes, unit);
    area *a = &o->areas[o->count];
    *a = {NULL, (size_t)bytes, (size_t)pn_min(bytes, pn_round_up((int64_t)room->hosted, unit))};
    if (!map_area(cuda, a, &missing))
        return cuda->fail(
            PN_ERROR_MEMORY,
            PN_CUDA_TITLE " device %d: %.3f GB of a matrix in its own memory and %.3f GB in the "
                          "host's: the driver refused %s; choose a smaller N or --device-memory, "
                          "and see the memory limit of the cgroup and " PN_CUDA_SMI,
            cuda->device, 1e-9 * (double)(a->bytes - a->hosted), 1e-9 * (double)a->hosted, missing);
    o->count++;
    room->memory = a->begin;
    room->hosted = a->hosted;
    return PN_OK;
}

bool pn_cuda_unmap(pn_cuda *cuda, void *memory)
{
    struct pn_cuda_overflow *o = cuda->overflow;
    for (int i = 0; i < o->count; i++)
        if (o->areas[i].begin == memory) {
            unmap_area(o, &o->areas[i]);
            o->areas[i] = o->areas[--o->count];
            return true;
        }
    return false;
}

size_t pn_cuda_hosted(const pn_cuda *cuda, const void *address)
{
    const char *byte = (const char *)address;
    const struct pn_cuda_overflow *o = cuda->overflow;
    for (int i = 0; i < o->count; i++) {
        const char *begin = o->areas[i].begin, *end = begin + o->areas[i].hosted;
        if (byte >= begin && byte < end)
            return (size_t)(end - byte);
    }
    return 0;
}

pn_cuda_seam pn_cuda_seam_of(const pn_cuda *cuda, const pn_block *block)
{
    pn_lidx size = pn_element_bytes(block->element);
    pn_lidx numbers = (pn_lidx)pn_cuda_hosted(cuda, block->data) / size;
    pn_cuda_seam seam = {0, 0, 0};
    if (numbers == 0 || block->rows == 0 || block->columns == 0)
        return seam;
    if (numbers >= block->columns)
        seam.whole = pn_min(block->rows, (numbers - block->columns) / block->ld + 1);
    seam.touched = pn_min(block->rows, pn_ceil_div(numbers, block->ld));
    seam.torn = seam.touched > seam.whole ? numbers - seam.whole * block->ld : 0;
    return seam;
}
