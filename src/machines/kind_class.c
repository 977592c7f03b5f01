// SPDX-License-Identifier: BSD-3-Clause
// The formulas by which fitted constants (machines/constants.inc) become the cost of a process: the
// rate with network, power, age and number of devices, the links of a node shared by those in it.
#include "machines/kind_class.h"

#include <math.h>

pn_class_cost pn_kind_cost(const pn_usual_cost *usual, double bandwidth, double latency)
{
    pn_link link = {latency, 1.0 / bandwidth};
    return (pn_class_cost){.process = pn_cost_usual(usual), .column = link, .row = link};
}

double pn_device_bandwidth(const pn_constants *constants, double links, double in_node)
{
    return constants->device_link * links / sqrt(fmax(in_node, 1));
}

double pn_device_draw(const pn_constants *constants, int device, double watts)
{
    const double most = 0.8;
    double draw = watts > 0 ? log(watts / constants->device[device].watts) : 0;
    return fmin(fmax(draw, -most), most);
}

// The host's cores factor the panel where the matrix is not the device's alone.
static double panel_share(const pn_constants *constants, const pn_device_use *use)
{
    const pn_device_kind *kind = &constants->device[use->device];
    double cores = use->host_cores > 0 ? use->host_cores : 10;
    return kind->holds_matrix ? constants->device_panel
                              : constants->host_panel * cores / kind->rate;
}

pn_rank_class pn_device_class(const pn_constants *constants, const pn_device_use *use)
{
    const pn_device_kind *kind = &constants->device[use->device];
    const pn_network_kind *net = &constants->network[use->network];
    double in_node = fmax(use->in_node, 1), links = use->bandwidth;
    if (links == 0)
        links = net->bandwidth * pn_node_find(constants, "", use->device, in_node)->links;
    double rate = kind->rate * net->device_share;
    rate *= exp(kind->power_exponent * pn_device_draw(constants, use->device, use->watts));
    rate *= pow(use->count / 500, constants->device_scale);
    rate *= pow(constants->device_young, exp(-fmax(use->age, 0)));
    rate *= use->is_by_xeon ? constants->device_xeon : 1;
    rate *= use->is_template ? constants->device_template : 1;
    return (pn_rank_class){
        .ranks = use->count,
        .rate = rate,
        .is_device = true,
        .cost = pn_kind_cost(&(pn_usual_cost){.rate = rate,
                                              .half_depth = PN_DEVICE_HALF_DEPTH,
                                              .half_width = constants->device_narrow,
                                              .panel_rate = rate * panel_share(constants, use),
                                              .panel_column = constants->device_column,
                                              .variation = constants->device_variation},
                             pn_device_bandwidth(constants, links, in_node), net->latency)};
}

// As deep, or as wide, that it costs as much as it brings; held in the fit of the others.
static const double processor_half_depth = 8, processor_half_width = 16;

// A run gets this much of links that are known; the constant of all networks also stands for how
// many links a processor usually has, which lists do not tell.
static const double link_efficiency = 0.85;

pn_rank_class pn_processor_class(const pn_constants *constants, const pn_processor_use *use)
{
    const pn_processor_kind *kind = &constants->processor[use->processor];
    const pn_network_kind *net = &constants->network[use->network];
    double rate = use->rate > 0 ? use->rate
                                : use->core_hertz * kind->flops_per_cycle * kind->efficiency *
                                      net->processor_share * (use->doubt > 0 ? use->doubt : 1);
    double bandwidth = use->bandwidth > 0 ? use->bandwidth * link_efficiency
                                          : constants->processor_link * net->bandwidth;
    return (pn_rank_class){
        .ranks = use->sockets,
        .rate = rate,
        .cost = pn_kind_cost(&(pn_usual_cost){.rate = rate,
                                              .half_depth = processor_half_depth,
                                              .half_width = processor_half_width,
                                              .panel_rate = rate * constants->processor_panel,
                                              .panel_column = constants->processor_column,
                                              .variation = constants->processor_variation},
                             bandwidth, net->latency)};
}
