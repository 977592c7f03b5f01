// SPDX-License-Identifier: BSD-3-Clause
// Settings that nobody asked otherwise for, to stand first among the members of a request.
#ifndef PN_TESTS_UNIT_REQUEST_H
#define PN_TESTS_UNIT_REQUEST_H

#include "tune/choose.h"

#define USUAL .settings.look_ahead = 1, .settings.split = 0.5

#endif
