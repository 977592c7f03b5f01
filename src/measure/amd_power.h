// SPDX-License-Identifier: BSD-3-Clause
// Power, clock and throttling of an AMD device, from the files of the kernel's driver amdgpu, which
// rocm-smi prints as well: power1_average (or power1_input) and freq1_input of its hwmon folder,
// and gpu_metrics, of which the reasons of throttling are read in revision 1.3 (MI200); of other
// revisions they are not known.
#ifndef PN_MEASURE_AMD_POWER_H
#define PN_MEASURE_AMD_POWER_H

#include "base/types.h"

enum { PN_AMD_POWER_PATH = 400 };

typedef struct pn_amd_power {
    char power[PN_AMD_POWER_PATH], clock[PN_AMD_POWER_PATH], metrics[PN_AMD_POWER_PATH];
} pn_amd_power;

typedef struct pn_amd_sample {
    double watts, mhz;                            // 0: not known
    bool by_power, by_current, by_heat, by_other; // why it is throttled
} pn_amd_sample;

// The device at this PCI address ("0000:c1:00.0") below `folder` ("/sys/bus/pci/devices"); false:
// it tells no power.
bool pn_amd_power_open(pn_amd_power *meter, const char *folder, const char *bus);
void pn_amd_power_read(const pn_amd_power *meter, pn_amd_sample *sample);

#endif
