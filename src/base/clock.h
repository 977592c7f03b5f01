// SPDX-License-Identifier: BSD-3-Clause
// Time: monotonic wall time, processor time, and pauses.
#ifndef PN_BASE_CLOCK_H
#define PN_BASE_CLOCK_H

// Seconds since an arbitrary origin; never goes back.
double pn_clock(void);

// A short pause inside a polling loop; `spins` counts the caller's fruitless polls so far: the
// first ones only relax the pipeline, later ones give the processor to whoever shares it.
void pn_relax(long spins);

// Seconds of processor time that all threads of this process have had.
double pn_processor_seconds(void);
// The same of the calling thread.
double pn_thread_seconds(void);

// Gives the processor away for about so long.
void pn_nap(double seconds);

#endif
