// SPDX-License-Identifier: BSD-3-Clause
// Parts compared with others of their own kind: who is slower than is usual for it. Pure numbers
// in, a ranking out; the same for rates taken from a run and for those of a screening.
#ifndef PN_MEASURE_OUTLIER_H
#define PN_MEASURE_OUTLIER_H

#include <stdbool.h>

typedef struct pn_outlier_value {
    const char *kind; // parts are compared if these are equal; borrowed for the call
    double value;     // larger is better; not above 0 or not finite: not measured
} pn_outlier_value;

typedef struct pn_standing {
    int index;       // into the parts given
    int peers;       // measured parts of its kind, itself among them
    double value;    // of the part
    double usual;    // for its kind: the median; of two middle values the better one
    double ratio;    // value / usual
    bool is_outlier; // ratio < 1 - tolerance
} pn_standing;

// standings[count]: the measured parts, that with the least ratio first (ties by index). Returns
// how many there are, or -1 without memory. A part that is alone of its kind is never an outlier.
int pn_outlier_order(const pn_outlier_value *parts, int count, double tolerance,
                     pn_standing *standings);

// Of a rank that was busy for less in a run the rate is noise.
#define PN_OUTLIER_SECONDS 1.0

#endif
