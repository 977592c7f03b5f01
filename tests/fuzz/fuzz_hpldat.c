// SPDX-License-Identifier: BSD-3-Clause
// HPL.dat: what is read has tests that can be asked for.
#include "config/hpldat.h"
#include "memory_file.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { ASKED = 64 };
    pn_hpldat dat;
    char *text = text_of(data, size);
    if (pn_hpldat_parse(&dat, "HPL.dat", text) == PN_OK) {
        int64_t tests = pn_hpldat_tests(&dat);
        must_hold(tests >= 1, "an HPL.dat that was read has a test");
        for (int64_t i = 0; i < tests && i < ASKED; i++) {
            pn_hpldat_test test = pn_hpldat_test_at(&dat, i);
            must_hold(test.settings.n >= 0 && test.settings.nb >= 1 && test.settings.p >= 1 &&
                          test.settings.q >= 1, // N may be 0, as in HPL
                      "a test has a size, blocks and a grid");
        }
    }
    free(text);
    return 0;
}
