// SPDX-License-Identifier: BSD-3-Clause
// A link between two network namespaces where the kernel cannot delay packets: slow_link NAME-A
// NAME-B MBIT/S DELAY-MS makes a device in each namespace, of the namespace's name, says "ready",
// and then carries packets between them until it is killed. A packet leaves at the rate of the link
// and arrives so much later. Long segments travel whole, as through a card that cuts them itself.
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { PACKET_BYTES = 66000, PACKETS = 256, WIRE_OVERHEAD = 78 }; // Ethernet, IP and TCP a segment

typedef struct packet {
    double due;
    ssize_t bytes;
    unsigned char data[PACKET_BYTES];
} packet;

typedef struct direction {
    int from, to;
    double free_at; // the wire
    unsigned first, next;
    packet *queue; // [PACKETS]
} direction;

typedef struct link_kind {
    double seconds_a_byte, delay;
} link_kind;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int fail(const char *what, const char *name)
{
    fprintf(stderr, "slow_link: %s %s: ", what, name);
    perror(NULL);
    return -1;
}

static int enter(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "/run/netns/%s", name);
    int space = open(path, O_RDONLY | O_CLOEXEC);
    int result = space < 0 ? -1 : setns(space, CLONE_NEWNET);
    if (space >= 0)
        close(space);
    return result;
}

static int open_device(const char *name)
{
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR};
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    if (enter(name) < 0)
        return fail("there is no namespace", name);
    int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (device < 0 || ioctl(device, TUNSETIFF, &request) < 0 ||
        ioctl(device, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4) < 0)
        return fail("no device in", name);
    return device;
}

// Bytes on the wire, once long segments are cut.
static double wire_bytes(const packet *p)
{
    const struct virtio_net_hdr *head = (const void *)p->data;
    double bytes = (double)p->bytes - (double)sizeof *head;
    double segments = head->gso_size ? bytes / head->gso_size + 1 : 1;
    return bytes + WIRE_OVERHEAD * segments;
}

static void take(direction *d, const link_kind *kind)
{
    while (d->next - d->first < PACKETS) {
        packet *p = &d->queue[d->next % PACKETS];
        p->bytes = read(d->from, p->data, PACKET_BYTES);
        if (p->bytes <= (ssize_t)sizeof(struct virtio_net_hdr))
            return;
        double begin = now();
        if (d->free_at > begin)
            begin = d->free_at;
        d->free_at = begin + wire_bytes(p) * kind->seconds_a_byte;
        p->due = d->free_at + kind->delay;
        d->next++;
    }
}

// What the other side has no room for is lost, as on a wire. Returns when the next one is due.
static double deliver(direction *d)
{
    while (d->first != d->next) {
        packet *p = &d->queue[d->first % PACKETS];
        if (p->due > now())
            return p->due;
        if (write(d->to, p->data, (size_t)p->bytes) < 0)
            p->bytes = 0;
        d->first++;
    }
    return -1;
}

static void carry(direction both[2], const link_kind *kind)
{
    for (;;) {
        double due = -1;
        struct pollfd ready[2];
        for (int i = 0; i < 2; i++) {
            take(&both[i], kind);
            double next = deliver(&both[i]);
            due = next >= 0 && (due < 0 || next < due) ? next : due;
            bool has_room = both[i].next - both[i].first < PACKETS;
            ready[i] = (struct pollfd){.fd = has_room ? both[i].from : -1, .events = POLLIN};
        }
        double pause = due - now();
        pause = pause > 0 ? pause : 0;
        struct timespec until = {.tv_sec = (time_t)pause,
                                 .tv_nsec = (long)(1e9 * (pause - (time_t)pause))};
        ppoll(ready, 2, due < 0 ? NULL : &until, NULL);
    }
}

int main(int count, char **words)
{
    if (count != 5 || atof(words[3]) <= 0 || atof(words[4]) < 0) {
        fprintf(stderr, "usage: slow_link NAMESPACE-A NAMESPACE-B MBIT/S DELAY-MS\n");
        return 2;
    }
    link_kind kind = {8e-6 / atof(words[3]), 1e-3 * atof(words[4])};
    int a = open_device(words[1]), b = open_device(words[2]);
    direction both[2] = {{.from = a, .to = b}, {.from = b, .to = a}};
    for (int i = 0; i < 2; i++)
        both[i].queue = malloc(PACKETS * sizeof *both[i].queue);
    if (a < 0 || b < 0 || !both[0].queue || !both[1].queue)
        return 1;
    prctl(PR_SET_TIMERSLACK, 1000); // nanoseconds
    puts("ready");
    fflush(stdout);
    carry(both, &kind);
}
