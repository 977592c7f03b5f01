// SPDX-License-Identifier: BSD-3-Clause
// The text of an HPL, whoever wrote it.
#include "memory_file.h"
#include "report/hpl_reading.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pn_hpl_reading reading;
    char *text = text_of(data, size);
    if (pn_hpl_reading_parse(&reading, "HPL.out", text) == PN_OK)
        must_hold(reading.passed >= 1 && isfinite(reading.gflops) && reading.gflops > 0,
                  "a row that passed has a rate");
    free(text);
    return 0;
}
