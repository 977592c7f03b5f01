// SPDX-License-Identifier: BSD-3-Clause
#include "probe/device_rates.h"

#include "probe/panel_rate.h"
#include "probe/rates.h"

#include <math.h>
#include <stdio.h>

static const int block_sizes[] = {256, 512, 1024};
enum {
    SIZES = sizeof block_sizes / sizeof *block_sizes,
    PANEL_NB = 512, // that of runs on devices
    PANEL_ROWS = 8192
};
static const double seconds_rates = 2.0, seconds_panel = 0.2;

static pn_status measure_panel(pn_compute *device, pn_device_rates *found)
{
    if (!device->ops->factor_panel)
        return PN_OK;
    pn_panel_rate panel = {.rows = PANEL_ROWS, .nb = PANEL_NB};
    pn_status status = pn_panel_rate_on_part(&panel, device, seconds_panel);
    found->panel_rate = panel.rate;
    return status;
}

// The best multiplication is what the device is worth.
static pn_status measure(pn_compute *device, pn_device_rates *found)
{
    pn_rate rates[SIZES + 1];
    for (int i = 0; i < SIZES; i++)
        rates[i] = (pn_rate){.kind = PN_RATE_MULTIPLY, .nb = block_sizes[i]};
    rates[SIZES] = (pn_rate){.kind = PN_RATE_COPY, .nb = block_sizes[0]};
    pn_status status = pn_rates_measure(rates, SIZES + 1, device, seconds_rates);
    if (status != PN_OK)
        return status;
    for (int i = 0; i < SIZES; i++)
        found->rate = fmax(found->rate, rates[i].rate);
    found->bandwidth = rates[SIZES].rate;
    return measure_panel(device, found);
}

pn_status pn_device_rates_measure(pn_device_rates *found, pn_compute *device)
{
    *found = (pn_device_rates){.count = device->devices, .memory = device->memory_bytes};
    snprintf(found->kind, sizeof found->kind, "%s", device->kind);
    return measure(device, found);
}
