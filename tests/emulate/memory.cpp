// SPDX-License-Identifier: BSD-3-Clause
// The device's memory and pinned memory: two ranges of addresses, each with a shadow (one record
// for 8 bytes, see shadow.h) and a table that says how many bytes of each word are allocated.
// Addresses are not given out again before all others were used, so that late uses of memory that
// was given back are seen.
#include "shadow.h"

#include <signal.h>
#include <sys/mman.h>

#include <map>

namespace emulate
{
namespace
{
struct arena {
    char *begin = nullptr, *top = nullptr, *end = nullptr;
    word *words = nullptr;
    uint8_t *valid = nullptr; // bytes of each word that are allocated
    std::map<const char *, size_t> taken, given_back;
    size_t bytes = 0;
};
enum { GAP = 4096, TIMES = 16, MIB = 1 << 20 };
arena arenas[3];
bool is_open;
struct sigaction signal_before;

size_t room_of(size_t bytes)
{
    return (bytes + GAP - 1) / GAP * GAP + GAP;
}

void *map(size_t bytes, int permissions)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void *memory = mmap(nullptr, bytes, permissions, flags, -1, 0);
    if (memory == MAP_FAILED)
        stop("the system refuses addresses for the memory of the device");
    return memory;
}

void open_arena(arena *a, int permissions)
{
    size_t bytes = TIMES * total_memory();
    a->begin = a->top = (char *)map(bytes, permissions);
    a->end = a->begin + bytes;
    a->words = (word *)map(bytes / 8 * sizeof(word), PROT_READ | PROT_WRITE);
    a->valid = (uint8_t *)map(bytes / 8, PROT_READ | PROT_WRITE);
}

// The host's access to device memory, which is closed to it.
void tell_access(int number, siginfo_t *info, void *)
{
    if (place_of(info->si_addr) == DEVICE && !is_open)
        complain("touches device memory", info->si_addr, nullptr, "");
    sigaction(number, &signal_before, nullptr); // and the instruction faults again
}

void prepare(void)
{
    if (arenas[DEVICE].begin)
        return;
    open_arena(&arenas[DEVICE], PROT_NONE);
    open_arena(&arenas[PINNED], PROT_READ | PROT_WRITE);
    struct sigaction action = {};
    action.sa_sigaction = tell_access;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, &signal_before);
}

void set_valid(arena *a, const char *memory, size_t bytes, bool valid)
{
    uint8_t *table = a->valid + (memory - a->begin) / 8;
    memset(table, valid ? 8 : 0, bytes / 8);
    if (bytes % 8)
        table[bytes / 8] = valid ? (uint8_t)(bytes % 8) : 0;
}

// Addresses for so much: new ones, else those that were given back first.
char *find_room(arena *a, size_t room)
{
    char *memory = a->top;
    if (room <= (size_t)(a->end - a->top)) {
        a->top += room;
        return memory;
    }
    for (auto i = a->given_back.begin(); i != a->given_back.end(); ++i)
        if (room_of(i->second) >= room) {
            memory = (char *)i->first;
            a->given_back.erase(i);
            return memory;
        }
    return nullptr;
}

arena *arena_of(const void *address)
{
    place place = place_of(address);
    return place == HOST ? nullptr : &arenas[place];
}
} // namespace

void open_memory(bool open)
{
    arena *a = &arenas[DEVICE];
    if (open != is_open && a->top > a->begin)
        mprotect(a->begin, (size_t)(a->top - a->begin), open ? PROT_READ | PROT_WRITE : PROT_NONE);
    is_open = open;
}

place place_of(const void *address)
{
    for (int place = DEVICE; place <= PINNED; place++)
        if ((char *)address >= arenas[place].begin && (char *)address < arenas[place].end)
            return (emulate::place)place;
    return HOST;
}

size_t total_memory(void)
{
    return (size_t)setting("PANACHE_EMULATE_MIB", 96) * MIB;
}

size_t free_memory(void)
{
    return total_memory() - arenas[DEVICE].bytes;
}

char *take_addresses(size_t bytes)
{
    prepare();
    return find_room(&arenas[DEVICE], room_of(bytes));
}

void give_addresses(const char *begin, size_t bytes)
{
    arenas[DEVICE].given_back[begin] = bytes;
}

void open_range(char *begin, size_t bytes)
{
    set_valid(&arenas[DEVICE], begin, bytes, true);
    arenas[DEVICE].taken[begin] = bytes;
}

void close_range(char *begin, size_t bytes)
{
    set_valid(&arenas[DEVICE], begin, bytes, false);
    forget_words(word_of(begin), bytes);
    madvise(begin, bytes, MADV_DONTNEED);
    arenas[DEVICE].taken.erase(begin);
}

void count_device(ptrdiff_t bytes)
{
    arenas[DEVICE].bytes += (size_t)bytes;
}

void *allocate(place place, size_t bytes)
{
    prepare();
    arena *a = &arenas[place];
    if (place == DEVICE && bytes > free_memory())
        return nullptr;
    char *memory = find_room(a, room_of(bytes));
    if (!memory)
        return nullptr;
    set_valid(a, memory, bytes, true);
    a->taken[memory] = bytes;
    a->bytes += bytes;
    return memory;
}

bool release(place place, void *memory)
{
    arena *a = &arenas[place];
    auto found = a->taken.find((char *)memory);
    if (found == a->taken.end())
        return false;
    size_t bytes = found->second;
    set_valid(a, (char *)memory, bytes, false);
    forget_words(word_of(memory), bytes);
    madvise(memory, room_of(bytes), MADV_DONTNEED);
    a->bytes -= bytes;
    a->given_back[(char *)memory] = bytes;
    a->taken.erase(found);
    return true;
}

bool is_allocated(const void *address, size_t bytes)
{
    const arena *a = arena_of(address);
    size_t offset = (size_t)((const char *)address - a->begin);
    for (; bytes > 0; offset += 8 - offset % 8) {
        size_t here = std::min(bytes, 8 - offset % 8);
        if (offset % 8 + here > a->valid[offset / 8])
            return false;
        bytes -= here;
    }
    return true;
}

word *word_of(const void *address)
{
    const arena *a = arena_of(address);
    return a->words + ((const char *)address - a->begin) / 8;
}

static bool find_in(const std::map<const char *, size_t> &map, const char *address, size_t more,
                    const char **begin, size_t *bytes)
{
    auto next = map.upper_bound(address);
    if (next == map.begin())
        return false;
    --next;
    *begin = next->first;
    *bytes = next->second;
    return address < next->first + next->second + more;
}

const char *allocation_of(const void *address, size_t *bytes)
{
    const char *begin = nullptr;
    *bytes = 0;
    find_in(arena_of(address)->taken, (const char *)address, 0, &begin, bytes);
    return begin;
}

std::string where(const void *address)
{
    char text[200] = "memory of the host that is not pinned";
    const arena *a = arena_of(address);
    const char *begin, *byte = (const char *)address;
    size_t bytes;
    if (!a)
        return text;
    const char *of = a != &arenas[DEVICE] ? "pinned host"
                     : is_hosted(address) ? "mapped host"
                                          : "device";
    if (find_in(a->taken, byte, GAP, &begin, &bytes))
        snprintf(text, sizeof text, "byte %td of an allocation of %zu of %s memory", byte - begin,
                 bytes, of);
    else if (find_in(a->given_back, byte, 0, &begin, &bytes))
        snprintf(text, sizeof text,
                 "byte %td of %zu of %s memory that were given back (freed) before", byte - begin,
                 bytes, of);
    else
        snprintf(text, sizeof text, "outside of all allocations of %s memory", of);
    return text;
}
} // namespace emulate
