// SPDX-License-Identifier: BSD-3-Clause
#include "report/json_energy.h"

#include "measure/energy_total.h"

#include <math.h>

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *pn_json_power(const pn_power_record *power)
{
    if (!power->meter[0])
        return json_null();
    json_t *object = json_object();
    json_object_set_new(object, "meter", json_string(power->meter));
    json_object_set_new(object, "samples", json_integer(power->samples));
    json_object_set_new(object, "watts", number(power->watts));
    json_object_set_new(object, "watts_most", number(power->watts_most));
    json_object_set_new(object, "joules", number(power->joules));
    json_object_set_new(object, "clock_mhz", number(power->clock_mhz));
    json_object_set_new(object, "clock_least_mhz", number(power->clock_least_mhz));
    json_object_set_new(object, "throttled", json_string(power->throttled));
    return object;
}

json_t *pn_json_energy(const pn_result *result)
{
    pn_energy_total total = pn_energy_total_of(result);
    json_t *object = json_object(), *parts = json_object();
    char coverage[160];
    if (!(total.joules > 0)) {
        json_decref(object);
        json_decref(parts);
        return json_null();
    }
    pn_energy_coverage(&total, coverage, sizeof coverage);
    json_object_set_new(object, "joules", json_real(total.joules));
    json_object_set_new(object, "watts", json_real(total.watts));
    json_object_set_new(object, "gflops_per_watt", json_real(total.flops_per_watt / 1e9));
    json_object_set_new(object, "whole_run_joules",
                        total.whole > 0 ? json_real(total.whole) : json_null());
    json_object_set_new(object, "coverage", json_string(coverage));
    json_object_set_new(object, "hosts", json_integer(total.hosts));
    json_object_set_new(object, "metered_hosts", json_integer(total.metered_hosts));
    json_object_set_new(object, "devices", json_integer(total.devices));
    json_object_set_new(object, "metered_devices", json_integer(total.metered_devices));
    for (int part = 0; part < PN_ENERGY_PARTS; part++)
        if (total.joules_of[part] > 0)
            json_object_set_new(parts, pn_energy_part_name(part), json_real(total.joules_of[part]));
    json_object_set_new(object, "joules_of", parts);
    return object;
}
