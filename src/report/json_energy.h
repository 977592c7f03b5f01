// SPDX-License-Identifier: BSD-3-Clause
// What the record says of power and energy; null where no meter could be read.
#ifndef PN_REPORT_JSON_ENERGY_H
#define PN_REPORT_JSON_ENERGY_H

#include "measure/result.h"

#include <jansson.h>

json_t *pn_json_power(const pn_power_record *power);
json_t *pn_json_energy(const pn_result *result);

#endif
