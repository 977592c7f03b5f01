// SPDX-License-Identifier: BSD-3-Clause
#include "report/json_fp64.h"

#include "measure/fp64.h"

json_t *pn_json_fp64(const pn_result *result)
{
    pn_fp64 fp64 = pn_fp64_of(result);
    json_t *object = json_object();
    bool is_native = pn_fp64_is_native(&fp64);
    json_object_set_new(object, "arithmetic", json_string(is_native ? "native" : "emulated"));
    json_object_set_new(object, "bits_asked", fp64.asked ? json_integer(fp64.asked) : json_null());
    json_object_set_new(object, "bits_used",
                        fp64.emulated ? json_integer(fp64.least) : json_null());
    json_object_set_new(object, "emulated_ranks", json_integer(fp64.emulated));
    json_object_set_new(object, "comparable_with_top500", json_boolean(is_native));
    return object;
}
