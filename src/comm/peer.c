// SPDX-License-Identifier: BSD-3-Clause
// SO_PEERCRED says who made the connection at the time when it was made; a name in the abstract
// namespace says nothing.
#include "comm/peer.h"

#include <sys/socket.h>
#include <unistd.h>

bool pn_peer_is_own(int socket, long *user)
{
    struct ucred who;
    socklen_t bytes = sizeof who;
    bool is_known = getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &bytes) == 0;
    if (user)
        *user = is_known ? (long)who.uid : -1;
    return is_known && who.uid == geteuid();
}
