// SPDX-License-Identifier: BSD-3-Clause
#include "measure/amd_power.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

// Of gpu_metrics: its revision, and where the reasons stand in 1.3. Their bits do
// not depend on the device: 0 to 7 power, 16 to 23 current, 32 to 47 temperatures.
enum { FORMAT = 2, CONTENT = 3, REASONS = 112, METRICS = REASONS + 8 };

static bool read_number(const char *path, double *number)
{
    FILE *file = fopen(path, "r");
    bool is_read = file && fscanf(file, "%lf", number) == 1;
    if (file)
        fclose(file);
    return is_read;
}

// The first file of the pattern that holds a number.
static bool find_number(char path[PN_AMD_POWER_PATH], const char *device, const char *name)
{
    char pattern[PN_AMD_POWER_PATH];
    double number;
    glob_t found;
    bool is_there = false;
    snprintf(pattern, sizeof pattern, "%s/hwmon/hwmon*/%s", device, name);
    path[0] = '\0';
    if (glob(pattern, 0, NULL, &found) != 0)
        return false;
    for (size_t i = 0; i < found.gl_pathc && !is_there; i++) {
        is_there = strlen(found.gl_pathv[i]) < PN_AMD_POWER_PATH &&
                   read_number(found.gl_pathv[i], &number);
        if (is_there)
            strcpy(path, found.gl_pathv[i]);
    }
    globfree(&found);
    return is_there;
}

bool pn_amd_power_open(pn_amd_power *meter, const char *folder, const char *bus)
{
    enum { NAMES = 40 }; // of the files below a device
    char device[PN_AMD_POWER_PATH - NAMES];
    int length = snprintf(device, sizeof device, "%s/%s", folder, bus);
    if (length < 0 || (size_t)length >= sizeof device)
        return false;
    if (!find_number(meter->power, device, "power1_average") &&
        !find_number(meter->power, device, "power1_input"))
        return false;
    find_number(meter->clock, device, "freq1_input");
    snprintf(meter->metrics, sizeof meter->metrics, "%s/gpu_metrics", device);
    return true;
}

static void read_reasons(const char *path, pn_amd_sample *sample)
{
    unsigned char bytes[METRICS] = {0};
    FILE *file = fopen(path, "rb");
    size_t count = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (file)
        fclose(file);
    if (count < sizeof bytes || bytes[FORMAT] != 1 || bytes[CONTENT] != 3)
        return;
    const unsigned char *reasons = bytes + REASONS; // by bytes, the least first
    sample->by_power = reasons[0] != 0;
    sample->by_current = reasons[2] != 0;
    sample->by_heat = reasons[4] != 0 || reasons[5] != 0;
    sample->by_other = reasons[7] != 0;
}

void pn_amd_power_read(const pn_amd_power *meter, pn_amd_sample *sample)
{
    double microwatts = 0, hertz = 0;
    *sample = (pn_amd_sample){.watts = 0};
    if (read_number(meter->power, &microwatts))
        sample->watts = 1e-6 * microwatts;
    if (meter->clock[0] && read_number(meter->clock, &hertz))
        sample->mhz = 1e-6 * hertz;
    read_reasons(meter->metrics, sample);
}
