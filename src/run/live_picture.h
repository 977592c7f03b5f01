// SPDX-License-Identifier: BSD-3-Clause
// What a screen shows of a run that is being solved: lines of text, of any width and height. No
// terminal is needed to make them.
#ifndef PN_RUN_LIVE_PICTURE_H
#define PN_RUN_LIVE_PICTURE_H

#include "run/progress.h"

enum {
    PN_LIVE_POINTS = 100, // of the curve: one for each hundredth of the work
    PN_LIVE_WIDTH = 200,
    PN_LIVE_HEIGHT = 60, // most that is drawn
    PN_LIVE_LEAST_WIDTH = 80,
    PN_LIVE_LEAST_HEIGHT = 20,
    PN_LIVE_BAR = 4 * PN_LIVE_WIDTH + 1, // bytes: a character may have three
    PN_LIVE_LINE = PN_LIVE_BAR + 64      // with words beside it
};

typedef struct pn_live_facts {
    pn_progress progress;
    double flops[PN_LIVE_POINTS]; // FLOP/s in that hundredth; 0: not known
    bool is_mixed;                // HPL-MxP
    bool has_blocks;              // the terminal knows U+2581 to U+2588
} pn_live_facts;

// Notes the rate of the hundredths from the share that was told before to that of now.
void pn_live_add(pn_live_facts *facts, const pn_progress *progress);

typedef struct pn_live_picture {
    int height;
    char line[PN_LIVE_HEIGHT][PN_LIVE_LINE]; // each at most as wide as the picture
} pn_live_picture;

// width, height: columns and rows of the terminal, no less than the least above.
void pn_live_draw(const pn_live_facts *facts, int width, int height, pn_live_picture *picture);

#endif
