// SPDX-License-Identifier: BSD-3-Clause
// The name of this host, for people: hosts are told apart by what the system says of itself
// (measure/host.h), as names may be alike, and unlike on one machine.
#ifndef PN_BASE_HOST_NAME_H
#define PN_BASE_HOST_NAME_H

enum { PN_HOST_NAME = 64 }; // with its end; a longer name is cut

void pn_host_name(char name[PN_HOST_NAME]);

#endif
