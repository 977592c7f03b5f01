// SPDX-License-Identifier: BSD-3-Clause
// Options by what they are about, as help and manual page show them.
#ifndef PN_CLI_OPTION_GROUPS_H
#define PN_CLI_OPTION_GROUPS_H

#include "config/options.h"

// Groups in the order in which they are shown; the last one takes what no other does.
int pn_option_group_count(void);
const char *pn_option_group_title(int group);
int pn_option_group_of(const pn_option *row);

#endif
