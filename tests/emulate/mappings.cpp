// SPDX-License-Identifier: BSD-3-Clause
// Memory that is mapped: addresses of the device's, behind which pieces of its own memory or of the
// host's are put. The host may touch neither. A piece counts as long as it is mapped or held.
//
// Beside what holds for the device's memory: no copy crosses from one mapping to another, none says
// that host memory is the device's, and cuBLAS is not let loose on host memory but to read it once.
#include "device.h"
#include "toolkit/cudaTypedefs.h"

#include <string.h>

#include <map>

namespace emulate
{
namespace
{
enum { UNIT = 4096 };
struct piece {
    size_t bytes = 0;
    bool on_host = false, held = true;
    int mapped = 0;
};
struct mapping {
    size_t bytes;
    std::shared_ptr<emulate::piece> piece;
    bool allowed;
};
std::map<unsigned long long, std::shared_ptr<piece>> pieces;
std::map<const char *, size_t> ranges;
std::map<const char *, mapping> mappings;
unsigned long long last_piece;

size_t host_bytes(void)
{
    size_t bytes = 0;
    for (const auto &m : mappings)
        bytes += m.second.piece->on_host ? m.second.bytes : 0;
    return bytes;
}

void drop(const std::shared_ptr<piece> &p)
{
    if (!p->held && p->mapped == 0 && !p->on_host)
        count_device(-(ptrdiff_t)p->bytes);
}

const std::pair<const char *const, mapping> *mapping_of(const void *address)
{
    auto next = mappings.upper_bound((const char *)address);
    if (next == mappings.begin())
        return nullptr;
    --next;
    return (const char *)address < next->first + next->second.bytes ? &*next : nullptr;
}
} // namespace

bool is_hosted(const void *address)
{
    const auto *found = mapping_of(address);
    return found && found->second.piece->on_host;
}

bool crosses_mappings(const void *address, size_t bytes)
{
    return mapping_of(address) != mapping_of((const char *)address + bytes - 1);
}
} // namespace emulate

using namespace emulate;

extern "C" {
CUresult cuMemGetAllocationGranularity(size_t *unit, const CUmemAllocationProp *,
                                       CUmemAllocationGranularity_flags)
{
    *unit = UNIT;
    return CUDA_SUCCESS;
}

CUresult cuMemAddressReserve(CUdeviceptr *begin, size_t bytes, size_t, CUdeviceptr,
                             unsigned long long)
{
    char *found = bytes % UNIT == 0 ? take_addresses(bytes) : nullptr;
    if (!found)
        return CUDA_ERROR_INVALID_VALUE;
    ranges[found] = bytes;
    *begin = (CUdeviceptr)found;
    return CUDA_SUCCESS;
}

CUresult cuMemAddressFree(CUdeviceptr begin, size_t bytes)
{
    auto found = ranges.find((const char *)begin);
    if (found == ranges.end() || found->second != bytes)
        stop("addresses are given back that were not reserved so");
    for (const auto &m : mappings)
        if (m.first >= found->first && m.first < found->first + bytes)
            stop("addresses are given back that something is mapped to");
    give_addresses(found->first, bytes);
    ranges.erase(found);
    return CUDA_SUCCESS;
}

CUresult cuMemCreate(CUmemGenericAllocationHandle *made, size_t bytes,
                     const CUmemAllocationProp *kind, unsigned long long)
{
    bool on_host = kind->location.type == CU_MEM_LOCATION_TYPE_HOST_NUMA;
    size_t most = (size_t)setting("PANACHE_EMULATE_HOST_MIB", 1 << 20) << 20;
    if (bytes % UNIT != 0 || bytes == 0)
        return CUDA_ERROR_INVALID_VALUE;
    if (bytes > (on_host ? most - host_bytes() : free_memory()))
        return CUDA_ERROR_OUT_OF_MEMORY;
    if (!on_host)
        count_device((ptrdiff_t)bytes);
    auto p = std::make_shared<piece>();
    p->bytes = bytes;
    p->on_host = on_host;
    pieces[++last_piece] = p;
    *made = last_piece;
    return CUDA_SUCCESS;
}

CUresult cuMemRelease(CUmemGenericAllocationHandle piece)
{
    auto found = pieces.find(piece);
    if (found == pieces.end())
        stop("memory is given back that was not made");
    found->second->held = false;
    drop(found->second);
    pieces.erase(found);
    return CUDA_SUCCESS;
}

CUresult cuMemMap(CUdeviceptr begin, size_t bytes, size_t offset,
                  CUmemGenericAllocationHandle piece, unsigned long long)
{
    const char *at = (const char *)begin;
    auto found = pieces.find(piece);
    auto range = ranges.upper_bound(at);
    if (found == pieces.end() || offset != 0 || bytes != found->second->bytes ||
        range == ranges.begin())
        return CUDA_ERROR_INVALID_VALUE;
    --range;
    if (at + bytes > range->first + range->second || mapping_of(at) || mapping_of(at + bytes - 1))
        return CUDA_ERROR_INVALID_VALUE;
    found->second->mapped++;
    mappings[at] = {bytes, found->second, false};
    return CUDA_SUCCESS;
}

CUresult cuMemUnmap(CUdeviceptr begin, size_t bytes)
{
    cudaDeviceSynchronize();
    auto found = mappings.find((const char *)begin);
    if (found == mappings.end() || found->second.bytes != bytes)
        stop("memory is unmapped that was not mapped so");
    if (found->second.allowed)
        close_range((char *)begin, bytes);
    found->second.piece->mapped--;
    drop(found->second.piece);
    mappings.erase(found);
    return CUDA_SUCCESS;
}

CUresult cuMemSetAccess(CUdeviceptr begin, size_t bytes, const CUmemAccessDesc *access, size_t)
{
    const char *at = (const char *)begin, *end = at + bytes;
    if (access->location.type != CU_MEM_LOCATION_TYPE_DEVICE)
        return CUDA_ERROR_INVALID_VALUE;
    for (; at < end; at += mappings[at].bytes) {
        auto found = mappings.find(at);
        if (found == mappings.end())
            return CUDA_ERROR_INVALID_VALUE;
        if (!found->second.allowed)
            open_range((char *)at, found->second.bytes);
        found->second.allowed = true;
    }
    return CUDA_SUCCESS;
}

// PANACHE_EMULATE_DRIVER: for which CUDA the driver is; one that is too old has none of them.
cudaError_t cudaGetDriverEntryPointByVersion(const char *name, void **function, unsigned version,
                                             unsigned long long, void *)
{
    static const struct {
        const char *name;
        void *function;
    } known[] = {{"cuMemGetAllocationGranularity", (void *)cuMemGetAllocationGranularity},
                 {"cuMemAddressReserve", (void *)cuMemAddressReserve},
                 {"cuMemAddressFree", (void *)cuMemAddressFree},
                 {"cuMemCreate", (void *)cuMemCreate},
                 {"cuMemRelease", (void *)cuMemRelease},
                 {"cuMemMap", (void *)cuMemMap},
                 {"cuMemUnmap", (void *)cuMemUnmap},
                 {"cuMemSetAccess", (void *)cuMemSetAccess}};
    if (version <= (unsigned)setting("PANACHE_EMULATE_DRIVER", 13000))
        for (const auto &k : known)
            if (strcmp(name, k.name) == 0) {
                *function = k.function;
                return cudaSuccess;
            }
    return remember(cudaErrorSymbolNotFound);
}
}
