// SPDX-License-Identifier: BSD-3-Clause
// The words for a basis, and what a prediction owns: its notes.
#include "machines/prediction.h"

const char *pn_basis_name(pn_basis basis)
{
    static const char *const names[] = {"measured", "given", "fitted", "assumed"};
    return names[basis];
}

void pn_prediction_release(pn_prediction *prediction)
{
    pn_notes_release(&prediction->notes);
    *prediction = (pn_prediction){0};
}
