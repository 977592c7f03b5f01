// SPDX-License-Identifier: BSD-3-Clause
// The part of CUDA's driver that src/compute/cuda uses: memory that is mapped (../mappings.cpp).
// Its functions are found by name at run time, and declared here for their types.
#ifndef PN_EMULATE_CUDATYPEDEFS_H
#define PN_EMULATE_CUDATYPEDEFS_H

#include <stddef.h>
#include <stdint.h>

typedef uintptr_t CUdeviceptr;
typedef unsigned long long CUmemGenericAllocationHandle;
enum CUresult { CUDA_SUCCESS, CUDA_ERROR_INVALID_VALUE = 1, CUDA_ERROR_OUT_OF_MEMORY = 2 };
enum CUmemLocationType { CU_MEM_LOCATION_TYPE_DEVICE = 1, CU_MEM_LOCATION_TYPE_HOST_NUMA = 3 };
enum CUmemAllocationType { CU_MEM_ALLOCATION_TYPE_PINNED = 1 };
enum CUmemAllocationGranularity_flags { CU_MEM_ALLOC_GRANULARITY_MINIMUM };
enum CUmemAccess_flags { CU_MEM_ACCESS_FLAGS_PROT_READWRITE = 3 };
struct CUmemLocation {
    CUmemLocationType type;
    int id;
};
struct CUmemAllocationProp {
    CUmemAllocationType type;
    CUmemLocation location;
};
struct CUmemAccessDesc {
    CUmemLocation location;
    CUmemAccess_flags flags;
};

extern "C" {
CUresult cuMemGetAllocationGranularity(size_t *unit, const CUmemAllocationProp *kind,
                                       CUmemAllocationGranularity_flags option);
CUresult cuMemAddressReserve(CUdeviceptr *begin, size_t bytes, size_t unit, CUdeviceptr wish,
                             unsigned long long flags);
CUresult cuMemAddressFree(CUdeviceptr begin, size_t bytes);
CUresult cuMemCreate(CUmemGenericAllocationHandle *piece, size_t bytes,
                     const CUmemAllocationProp *kind, unsigned long long flags);
CUresult cuMemRelease(CUmemGenericAllocationHandle piece);
CUresult cuMemMap(CUdeviceptr begin, size_t bytes, size_t offset,
                  CUmemGenericAllocationHandle piece, unsigned long long flags);
CUresult cuMemUnmap(CUdeviceptr begin, size_t bytes);
CUresult cuMemSetAccess(CUdeviceptr begin, size_t bytes, const CUmemAccessDesc *access,
                        size_t count);
}

#endif
