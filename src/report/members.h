// SPDX-License-Identifier: BSD-3-Clause
// Members of a JSON record, read with their kind and bounds: what a stranger wrote there is either
// what it may be, or refused by name. A member that is missing is 0 or "" (earlier versions wrote
// fewer); one that is there has to hold. The first failure stays, and what is read after it is 0.
#ifndef PN_REPORT_MEMBERS_H
#define PN_REPORT_MEMBERS_H

#include "base/status.h"
#include "base/types.h"

struct json_t;

typedef struct pn_members { // of one object
    const struct json_t *object;
    const char *of; // for messages: the name of the object, or of the list that it is in; NULL: the
                    // record itself
    int64_t index;  // in that list; -1: it is in none
    pn_status *status; // of all; PN_OK until something is refused
} pn_members;

typedef struct pn_bounds {
    double least, most;
} pn_bounds;

// A whole number from `least` to `most`.
int64_t pn_members_count(const pn_members *members, const char *key, int64_t least, int64_t most);
// A number within the bounds.
double pn_members_number(const pn_members *members, const char *key, pn_bounds bounds);
// The same, or null for what was not finite: NAN.
double pn_members_finding(const pn_members *members, const char *key, pn_bounds bounds);
// A whole number, or null: 0.
int64_t pn_members_index(const pn_members *members, const char *key, int64_t most);
bool pn_members_truth(const pn_members *members, const char *key);
// Text, cut to whole letters, with what would steer a terminal written out.
void pn_members_text(const pn_members *members, const char *key, char *text, size_t bytes);
// A list; NULL if it is missing or null.
const struct json_t *pn_members_list(const pn_members *members, const char *key);
// Entry `index` of a list of whole numbers.
int64_t pn_members_entry(const pn_members *members, const char *key, size_t index, int64_t least,
                         int64_t most);

// The object at `key`, to be read from; with members of its own in messages if that of `members` is
// the record itself. None there is as an empty one.
pn_members pn_members_inside(const pn_members *members, const char *key);

// Refuses what stands at `key`, saying what is allowed.
void pn_members_refuse(const pn_members *members, const char *key, const char *allowed, ...)
    __attribute__((format(printf, 3, 4)));

#endif
