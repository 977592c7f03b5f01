// SPDX-License-Identifier: BSD-3-Clause
#include "tune/forecast.h"

#include "base/assertion.h"

#include <math.h>

pn_status pn_forecast_layout(const pn_layout *layout, const pn_settings *settings,
                             const pn_classes *classes, int steps, pn_forecast *forecast,
                             pn_part_forecast *of_class)
{
    pn_model model = {.layout = layout,
                      .settings = *settings,
                      .parts = classes->count,
                      .part = classes->cost,
                      .part_of = classes->of_column,
                      .between = classes->between,
                      .stride = steps > 0 ? (int)pn_max(1, layout->row_blocks / steps) : 1};
    pn_status status = pn_model_run(&model, forecast, of_class);
    pn_assert(status != PN_OK || (isfinite(forecast->seconds) && forecast->seconds > 0),
              "a run takes some time, and ends");
    return status;
}
