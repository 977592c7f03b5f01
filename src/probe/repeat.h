// SPDX-License-Identifier: BSD-3-Clause
// Every measurement is something done again and again: first without counting, then until it was
// done often enough and for long enough. What disturbs a few goes does not move their median.
#ifndef PN_PROBE_REPEAT_H
#define PN_PROBE_REPEAT_H

enum { PN_REPEATS_MOST = 99 };

// Does it once and says how many seconds that took. go: 0, 1, ..., those that do not count too.
typedef double pn_repeat_go(void *context, int go);

typedef struct pn_repeat_plan {
    int warm_ups;    // goes that come first and do not count
    int least, most; // goes that count; most <= PN_REPEATS_MOST
    double
        seconds; // with `least` goes done none is begun any more after so long, warm-ups included
    double long_go; // one that takes so many seconds is an average by itself; 0: none is
    double amount;  // operations or bytes of a go
} pn_repeat_plan;

typedef struct pn_repeated {
    int count;           // goes that counted
    double rate, spread; // median of amount a second, and (fastest - slowest) / median
    double median, best; // seconds of a go
} pn_repeated;

pn_repeated pn_repeat(const pn_repeat_plan *plan, pn_repeat_go *go, void *context);

// The middle of values[count] and, in *spread, (largest - smallest) / median; sorts them.
double pn_repeat_median(double *values, int count, double *spread);

#endif
