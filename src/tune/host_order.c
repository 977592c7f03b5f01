// SPDX-License-Identifier: BSD-3-Clause
// The islands come from the shortest tree that joins all hosts: two hosts are as far apart as the
// worst link on their way through it. The links of the tree fall into levels where they become
// markedly slower; from the slowest level down, each island is split into those that it joins.
#include "tune/host_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double piece = 262144; // bytes of a message in a ring
static const double slower = 1.5;   // so much makes another level
static const double worth = 0.95;   // a way round has to be so much shorter to be taken
enum { ALL_ORDERS = 8, PASSES_MOST = 50 };

typedef struct branch { // of the tree
    double seconds;
    int from, to;
    int level;
} branch;

typedef struct sorter {
    const pn_host_links *links;
    branch *tree;     // [hosts] of which hosts - 1 are used, the fastest first
    double *distance; // [hosts * hosts] between the islands that are joined
    int *label;       // [hosts] the least host of each one's island
    int *number;      // [hosts] of each one's island among those that are joined; -1: none
    int *size;        // [hosts] of these islands
    int *way, *best;  // [hosts] ways round them
    int *copy;        // [hosts]
} sorter;

double pn_hosts_seconds(const pn_host_links *links, int host, int other)
{
    double worst = 0;
    for (int way = 0; way < 2; way++) {
        int at = way ? other * links->hosts + host : host * links->hosts + other;
        if (links->bandwidth[at] > 0)
            worst = fmax(worst, links->latency[at] + piece / links->bandwidth[at]);
    }
    return worst;
}

static int by_seconds(const void *left, const void *right)
{
    const branch *a = left, *b = right;
    return (a->seconds > b->seconds) - (a->seconds < b->seconds);
}

// From host 0 on, always the host that is reached fastest from those that were.
static void grow_tree(sorter *s)
{
    int hosts = s->links->hosts;
    branch *tree = s->tree; // [joined..hosts): the fastest way to each host that is not joined
    for (int host = 1; host < hosts; host++)
        tree[host] = (branch){pn_hosts_seconds(s->links, 0, host), 0, host, 0};
    for (int joined = 1; joined < hosts; joined++) {
        int best = joined;
        for (int i = joined + 1; i < hosts; i++)
            if (tree[i].seconds < tree[best].seconds)
                best = i;
        branch taken = tree[best];
        tree[best] = tree[joined];
        tree[joined] = taken;
        for (int i = joined + 1; i < hosts; i++) {
            double seconds = pn_hosts_seconds(s->links, taken.to, tree[i].to);
            if (seconds < tree[i].seconds)
                tree[i] = (branch){seconds, taken.to, tree[i].to, 0};
        }
    }
    memmove(tree, tree + 1, (size_t)(hosts - 1) * sizeof *tree);
    qsort(tree, (size_t)(hosts - 1), sizeof *tree, by_seconds);
}

// Level 0 is what is no slower than links inside a host or, where those are unknown, than the
// fastest between hosts. Returns the highest level.
static int set_levels(sorter *s)
{
    int hosts = s->links->hosts, level = 0;
    double usual = 0;
    for (int host = 0; host < hosts; host++)
        usual = fmax(usual, pn_hosts_seconds(s->links, host, host));
    for (int i = 0; i < hosts - 1; i++) {
        usual = usual > 0 ? usual : s->tree[i].seconds;
        if (s->tree[i].seconds > slower * usual) {
            level++;
            usual = s->tree[i].seconds;
        }
        s->tree[i].level = level;
    }
    return level;
}

// The islands inside which no link is slower than this level.
static void label_islands(sorter *s, int level)
{
    int hosts = s->links->hosts;
    for (int host = 0; host < hosts; host++)
        s->label[host] = host;
    for (int i = 0; i < hosts - 1 && s->tree[i].level <= level; i++) {
        int a = s->label[s->tree[i].from], b = s->label[s->tree[i].to];
        for (int host = 0; host < hosts; host++)
            if (s->label[host] == a || s->label[host] == b)
                s->label[host] = (int)pn_min(a, b);
    }
}

// Mean seconds between the members of the islands.
static void set_distances(sorter *s, int count)
{
    int hosts = s->links->hosts;
    memset(s->distance, 0, (size_t)count * (size_t)count * sizeof *s->distance);
    for (int host = 0; host < hosts; host++)
        for (int other = 0; other < hosts; other++) {
            int i = s->number[host], j = s->number[other];
            if (i >= 0 && j >= 0 && i != j)
                s->distance[i * count + j] +=
                    pn_hosts_seconds(s->links, host, other) / ((double)s->size[i] * s->size[j]);
        }
}

static double length_of(const sorter *s, const int *way, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += s->distance[way[i] * count + way[(i + 1) % count]];
    return sum;
}

static void swap(int *a, int *b)
{
    int before = *a;
    *a = *b;
    *b = before;
}

// Every way round that begins as s->way does up to `at`; the shortest comes to s->best.
static void try_all(sorter *s, int at, int count)
{
    if (at == count && length_of(s, s->way, count) < length_of(s, s->best, count))
        memcpy(s->best, s->way, (size_t)count * sizeof *s->best);
    for (int i = at; i < count; i++) {
        swap(&s->way[at], &s->way[i]);
        try_all(s, at + 1, count);
        swap(&s->way[at], &s->way[i]);
    }
}

// Always on to the nearest that is left.
static void go_to_nearest(sorter *s, int count)
{
    for (int at = 1; at < count; at++) {
        const double *from = &s->distance[s->best[at - 1] * count];
        for (int i = at + 1; i < count; i++)
            if (from[s->best[i]] < from[s->best[at]])
                swap(&s->best[at], &s->best[i]);
    }
}

// Turns a piece of the way round where that shortens it; false: nowhere.
static bool straighten(sorter *s, int count)
{
    const double *d = s->distance;
    int *way = s->best;
    bool better = false;
    for (int i = 1; i < count - 1; i++)
        for (int j = i + 1; j < count; j++) {
            int before = way[i - 1], behind = way[(j + 1) % count];
            double now = d[before * count + way[i]] + d[way[j] * count + behind];
            double turned = d[before * count + way[j]] + d[way[i] * count + behind];
            if (turned >= now * (1 - 1e-9))
                continue;
            for (int first = i, last = j; first < last; first++, last--)
                swap(&way[first], &way[last]);
            better = true;
        }
    return better;
}

// A short way round the islands, as their numbers in the list, into s->best.
static void go_round(sorter *s, int count)
{
    for (int i = 0; i < count; i++)
        s->way[i] = s->best[i] = i;
    set_distances(s, count);
    double natural = length_of(s, s->way, count);
    if (count <= ALL_ORDERS) {
        try_all(s, 1, count);
    } else {
        go_to_nearest(s, count);
        for (int pass = 0; pass < PASSES_MOST && straighten(s, count); pass++)
            ;
    }
    if (length_of(s, s->best, count) >= worth * natural)
        for (int i = 0; i < count; i++)
            s->best[i] = i;
}

// Numbers the islands that the members belong to; how many there are.
static int number_islands(sorter *s, const int *members, int count)
{
    int islands = 0;
    for (int host = 0; host < s->links->hosts; host++)
        s->number[host] = -1;
    for (int i = 0; i < count; i++) {
        int first = s->label[members[i]];
        if (s->number[first] < 0) {
            s->size[islands] = 0;
            s->number[first] = islands++;
        }
        s->number[members[i]] = s->number[first];
        s->size[s->number[first]]++;
    }
    return islands;
}

// Sorts an island of this level: the islands below it one after the other, each sorted in turn.
static void sort_island(sorter *s, int *members, int *gaps, int count, int level)
{
    if (count < 2)
        return;
    label_islands(s, level - 1);
    int islands = number_islands(s, members, count), end = 0;
    go_round(s, islands);
    memcpy(s->copy, members, (size_t)count * sizeof *members);
    for (int island = 0; island < islands; island++) {
        int begin = end;
        for (int i = 0; i < count; i++)
            if (s->number[s->copy[i]] == s->best[island])
                members[end++] = s->copy[i];
        if (begin > 0)
            gaps[begin] = level;
    }
    for (int begin = 0; begin < count && islands < count; begin = end) {
        for (end = begin + 1; end < count && gaps[end] < 0;)
            end++;
        sort_island(s, members + begin, gaps + begin, end - begin, level - 1);
    }
}

static void release(sorter *s)
{
    free(s->tree);
    free(s->distance);
    free(s->label);
}

static pn_status open_sorter(sorter *s, const pn_host_links *links)
{
    size_t hosts = (size_t)links->hosts;
    *s = (sorter){.links = links};
    s->tree = calloc(hosts + 1, sizeof *s->tree);
    s->distance = calloc(hosts * hosts, sizeof *s->distance);
    s->label = calloc(6 * hosts, sizeof *s->label);
    if (!s->tree || !s->distance || !s->label) {
        release(s);
        return pn_fail_memory("for the order of %d hosts", links->hosts);
    }
    s->number = s->label + hosts;
    s->size = s->number + hosts;
    s->way = s->size + hosts;
    s->best = s->way + hosts;
    s->copy = s->best + hosts;
    return PN_OK;
}

pn_status pn_hosts_order(const pn_host_links *links, pn_host_order *order)
{
    sorter s;
    pn_status status = open_sorter(&s, links);
    int hosts = links->hosts;
    int *members = calloc((size_t)hosts, sizeof *members);
    if (status == PN_OK && !members)
        status = pn_fail_memory("for the order of %d hosts", hosts);
    if (status == PN_OK) {
        for (int host = 0; host < hosts; host++) {
            members[host] = host;
            order->gaps[host] = -1;
        }
        grow_tree(&s);
        sort_island(&s, members, order->gaps, hosts, set_levels(&s));
        order->gaps[0] = 0;
        for (int place = 0; place < hosts; place++)
            order->place[members[place]] = place;
        release(&s);
    }
    free(members);
    return status;
}

int pn_hosts_gap(const pn_host_order *order, int place, int other)
{
    int widest = 0;
    for (int at = (int)pn_min(place, other) + 1; at <= (int)pn_max(place, other); at++)
        widest = (int)pn_max(widest, order->gaps[at]);
    return widest;
}
