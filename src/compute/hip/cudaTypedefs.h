// SPDX-License-Identifier: BSD-3-Clause
// HIP's calls that map memory, under CUDA's names, for their types alone: a runtime that maps host
// memory with them is not known yet (cuda_runtime.h offers none of them).
#ifndef PN_HIP_CUDATYPEDEFS_H
#define PN_HIP_CUDATYPEDEFS_H

#include "cuda_runtime.h"

typedef void *CUdeviceptr;
#define CUDA_SUCCESS hipSuccess
#define CU_MEM_ACCESS_FLAGS_PROT_READWRITE hipMemAccessFlagsProtReadWrite
#define CU_MEM_ALLOCATION_TYPE_PINNED hipMemAllocationTypePinned
#define CU_MEM_ALLOC_GRANULARITY_MINIMUM hipMemAllocationGranularityMinimum
#define CU_MEM_LOCATION_TYPE_DEVICE hipMemLocationTypeDevice
#define CUmemAccessDesc hipMemAccessDesc
#define CUmemAllocationProp hipMemAllocationProp
#define CUmemGenericAllocationHandle hipMemGenericAllocationHandle_t
#define CUmemLocationType hipMemLocationType
#define cuMemAddressFree hipMemAddressFree
#define cuMemAddressReserve hipMemAddressReserve
#define cuMemCreate hipMemCreate
#define cuMemGetAllocationGranularity hipMemGetAllocationGranularity
#define cuMemMap hipMemMap
#define cuMemRelease hipMemRelease
#define cuMemSetAccess hipMemSetAccess
#define cuMemUnmap hipMemUnmap

#endif
