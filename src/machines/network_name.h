// SPDX-License-Identifier: BSD-3-Clause
// Networks as people, vendors and lists write them ("2x 25 Gigabit Ethernet", "4X QDR InfiniBand",
// "Slingshot-11", "GbE"), brought to one form, in which the kinds of constants.inc are looked up.
#ifndef PN_MACHINES_NETWORK_NAME_H
#define PN_MACHINES_NETWORK_NAME_H

#include "machines/constants.h"

enum { PN_NETWORK_NAME_BYTES = 256 };

typedef struct pn_network_name {
    // Words in lower case with a blank before and behind each, then a point, then the speeds in
    // Gbit/s as "25g", then a point: " roce ethernet . 25g . ".
    char text[PN_NETWORK_NAME_BYTES];
    double links; // "2x", "dual-rail"; 1: nothing is said
    double gbit;  // the speed, 0: none
    bool differs; // several speeds are said
} pn_network_name;

void pn_network_name_read(pn_network_name *name, const char *text);

// Index of the kind of network that a name means, or -1 where it says no speed that is known, or
// more than one. Nothing is guessed.
int pn_network_find(const pn_constants *constants, const pn_network_name *name);

// The same, but of a family alone the constants that stand for all of it (lists say no more); -1
// where not even that is known.
int pn_network_guess(const pn_constants *constants, const pn_network_name *name);

#endif
