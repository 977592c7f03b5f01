// SPDX-License-Identifier: BSD-3-Clause
// Who is at the other end of a local socket, as the system says: names in Linux's abstract
// namespace belong to whoever takes them first.
#ifndef PN_COMM_PEER_H
#define PN_COMM_PEER_H

#include <stdbool.h>

// Whether the other end of a connected socket is a process of this user; of a connection that was
// asked for, who listened. user: whose it is, -1 if the system does not say; may be NULL.
bool pn_peer_is_own(int socket, long *user);

#endif
