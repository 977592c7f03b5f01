// SPDX-License-Identifier: BSD-3-Clause
// Panels that stay in the part's memory and are factored there, instead of travelling to the host
// and back, on parts that can do it (pn_compute_ops.factor_panel). In process columns of several
// processes each of them factors its rows of a panel on either side, whatever the others do. The
// panel's image in the part's memory begins with l11.
#ifndef PN_LU_DEVICE_PANEL_H
#define PN_LU_DEVICE_PANEL_H

#include "base/settings.h"
#include "comm/comm.h"
#include "compute/compute.h"
#include "lu/panel.h"
#include "lu/plan.h"

typedef struct pn_device_panel {
    pn_comm *comm;
    pn_compute *compute;
    const pn_place *place;
    const pn_panel_engine *engine; // of the host's panels, which agrees on pivots in a column
    pn_panel *panel;
    void *part;     // image of the panel from l11 on
    bool is_kept;   // the host wants all of the panel, wherever it travels
    bool gpu_aware; // it travels on from there
} pn_device_panel;

bool pn_device_panel_is_possible(const pn_compute *compute, const pn_place *place,
                                 pn_element element);

// The columns of the panel, brought up to date (see pn_compute_ops.update_panel), into the panel's
// image.
void pn_device_panel_update(const pn_device_panel *device_panel, const pn_update *task);
// Factors the image. Afterwards the host has header, pivots and L11\U11 as pn_panel_factor leaves
// them, and all of the panel if it has to travel on to other process columns by way of the host.
void pn_device_panel_factor(const pn_device_panel *device_panel);

// What panels cost on either side: both factor the panel of this step, and one with a quarter of
// its rows, on numbers of no meaning, and without the other processes of the column, for whom both
// wait alike. To be called on memory that is not in use. The rate of multiplications is that of
// those the part has made so far, if any. All 0 where there are fewer rows than columns.
pn_panel_costs pn_device_panel_costs(const pn_device_panel *device_panel);

#endif
