// SPDX-License-Identifier: BSD-3-Clause
// Quantities with units. The first byte says of which dimension; what is read comes back from what
// is written of it.
#include "config/units.h"
#include "memory_file.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    pn_dimension dimension = (pn_dimension)(data[0] % PN_DIMENSIONS);
    char *text = text_of(data + 1, size - 1), written[64];
    double value, again;
    if (pn_quantity_parse(text, dimension, &value) == PN_OK) {
        must_hold(isfinite(value), "a quantity is finite");
        pn_quantity_format(value, dimension, written, sizeof written);
        must_hold(pn_quantity_parse(written, dimension, &again) == PN_OK,
                  "what is written can be read");
        must_hold(fabs(again - value) <= 1e-9 * fabs(value), "and is the same");
    }
    free(text);
    return 0;
}
