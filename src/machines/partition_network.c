// SPDX-License-Identifier: BSD-3-Clause
// The links of a partition: by the figures of the file, else as usual on its kind of network; and
// the notes that say which.
#include "machines/partition_class_private.h"

#include "config/nearest.h"
#include "machines/network_name.h"

#include <string.h>
#include <strings.h>

static pn_status unknown_network(const pn_class_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    const char *names[PN_NETWORK_KINDS];
    const int known = builder->constants->networks - 2; // families alone say no speed
    char all[1024];
    if (!partition->network)
        return pn_partition_missing(
            builder, "link_bandwidth",
            "nothing is known of the links between its nodes: add the bandwidth "
            "of one, or a network that is known by name (such as --network "
            "NDR).");
    for (int i = 0; i < known; i++)
        names[i] = builder->constants->network[i].name;
    pn_names_text(names, known, all, sizeof all);
    const char *nearest = pn_nearest(partition->network, names, known);
    return pn_fail(
        PN_ERROR_USAGE,
        "partition \"%s\", line %d: the network \"%s\" is not known by name and speed%s%s%s, "
        "and \"link_bandwidth\" is missing; one of both is needed. Known: %s.",
        partition->name, partition->line, partition->network,
        nearest ? " (the nearest known name is \"" : "", nearest ? nearest : "",
        nearest ? "\")" : "", all);
}

// Of a network whose speed its name does not say, the family tells how much it costs processors to
// drive it. Of unknown ones that is Ethernet, which costs most; where nothing is named at all
// nothing is held against it.
static int family_of(const pn_class_builder *builder, const pn_network_name *name)
{
    int last = builder->constants->networks - 1;
    int kind = builder->partition->network ? pn_network_guess(builder->constants, name) : last;
    return kind >= 0 ? kind : last - 1;
}

pn_status pn_partition_find_network(pn_class_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    pn_network_name name;
    pn_network_name_read(&name, partition->network ? partition->network : "");
    builder->network = pn_network_find(builder->constants, &name);
    builder->network_links = name.links;
    builder->is_network_known = builder->network >= 0;
    if (builder->is_network_known)
        return PN_OK;
    builder->network = family_of(builder, &name);
    // What one host sends stays there.
    return partition->link_bandwidth.set || pn_partition_is_one_host(builder)
               ? PN_OK
               : unknown_network(builder);
}

double pn_partition_bandwidth(const pn_class_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    double links = partition->links.set ? pn_partition_figure(builder, &partition->links)
                                        : builder->network_links;
    if (!partition->links.set && !partition->link_bandwidth.set && links == 1)
        return 0;
    double link = partition->link_bandwidth.set
                      ? pn_partition_figure(builder, &partition->link_bandwidth)
                      : builder->constants->network[builder->network].bandwidth;
    return links * link;
}

static const char *kind_of_network(const pn_class_builder *builder)
{
    return builder->constants->network[builder->network].name;
}

// The name is no figure, but has a source like one.
static pn_status tell_name(const pn_class_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    const pn_figure figure = {.set = true};
    const char *source = partition->is_network_asked
                             ? "--network"
                             : pn_figure_source(&figure, partition->source, builder->machine);
    const char *kind = kind_of_network(builder);
    bool is_known = builder->is_network_known;
    bool is_other = is_known && strcasecmp(kind, partition->network) != 0;
    if (!is_known && builder->class->is_measured)
        return PN_OK; // whose constants are not used
    pn_notes *notes = &builder->prediction->notes;
    if (!partition->network)
        return pn_note_assumed(notes, partition->name,
                               "network is not named; taken to be as good as %s at its bandwidth",
                               kind);
    if (!is_known)
        return pn_note_assumed(notes, partition->name,
                               "network \"%s\" is not known by name and speed; taken to be as good "
                               "as %s at its bandwidth",
                               partition->network, kind);
    source = source ? source : "machine file";
    if (is_other)
        return pn_note_from(notes, partition->name, source, "network %s, known as \"%s\"",
                            partition->network, kind);
    return pn_note_from(notes, partition->name, source, "network %s", partition->network);
}

// Neither a number of links nor the bandwidth of one is given.
static pn_status tell_usual_links(const pn_class_builder *builder, const char *bandwidth)
{
    const pn_machine_partition *partition = builder->partition;
    const pn_constants *constants = builder->constants;
    double devices = partition->devices.value;
    if (!partition->device)
        return pn_note_assumed(&builder->prediction->notes, partition->name,
                               "a processor gets %.0f %% of a link of %s, as usual on %s",
                               100 * constants->processor_link, bandwidth,
                               kind_of_network(builder));
    double links = builder->device < 0
                       ? devices
                       : pn_node_find(constants, "", builder->device, devices)->links;
    return pn_note_assumed(&builder->prediction->notes, partition->name,
                           "links a node %.3g of %s, as usual for its devices on %s", links,
                           bandwidth, kind_of_network(builder));
}

static pn_status tell_links(const pn_class_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    char bandwidth[64];
    pn_quantity_format(builder->constants->network[builder->network].bandwidth, PN_BANDWIDTH,
                       bandwidth, sizeof bandwidth);
    if (partition->links.set && partition->link_bandwidth.set)
        return PN_OK;
    if (!partition->links.set && builder->network_links > 1)
        return pn_note_from(&builder->prediction->notes, partition->name, "",
                            "links a node %.0f of %s, as the name of the network says",
                            builder->network_links, bandwidth);
    if (partition->links.set)
        return pn_note_assumed(&builder->prediction->notes, partition->name,
                               "link bandwidth %s, as usual on %s", bandwidth,
                               kind_of_network(builder));
    // What probe measured between hosts is what a process gets, however many links that took.
    if (partition->link_bandwidth.set && partition->measured_count > 0)
        return PN_OK;
    if (partition->link_bandwidth.set)
        return pn_note_assumed(&builder->prediction->notes, partition->name, "links a node 1");
    return tell_usual_links(builder, bandwidth);
}

pn_status pn_partition_tell_network(const pn_class_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    char latency[64];
    pn_status status;
    if (!pn_partition_is_told(builder) || pn_partition_is_one_host(builder))
        return PN_OK;
    PN_TRY(tell_name(builder));
    PN_TRY(tell_links(builder));
    if (partition->latency.set)
        return PN_OK;
    pn_quantity_format(builder->constants->network[builder->network].latency, PN_SECONDS, latency,
                       sizeof latency);
    status = pn_note_assumed(&builder->prediction->notes, partition->name,
                             "latency %s, as usual on %s", latency, kind_of_network(builder));
fail:
    return status;
}
