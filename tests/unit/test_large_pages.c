// SPDX-License-Identifier: BSD-3-Clause
// Memory on a system whose pages have 64 KiB, as many of Arm and POWER are: the linker puts
// these functions in the place of the system's.
#include "compute/cpu.h"
#include "compute/open_compute.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { PAGE = 65536 };

long __real_sysconf(int name);
long __wrap_sysconf(int name);
void *__real_mmap(void *memory, size_t bytes, int access, int flags, int file, off_t offset);
void *__wrap_mmap(void *memory, size_t bytes, int access, int flags, int file, off_t offset);
int __real_mprotect(void *memory, size_t bytes, int access);
int __wrap_mprotect(void *memory, size_t bytes, int access);
int __real_munmap(void *memory, size_t bytes);
int __wrap_munmap(void *memory, size_t bytes);

static int refused;

static int is_on_a_page(const void *memory)
{
    if ((uintptr_t)memory % PAGE == 0)
        return 1;
    refused++;
    errno = EINVAL;
    return 0;
}

long __wrap_sysconf(int name)
{
    return name == _SC_PAGESIZE ? PAGE : __real_sysconf(name);
}

void *__wrap_mmap(void *memory, size_t bytes, int access, int flags, int file, off_t offset)
{
    char *all = __real_mmap(memory, bytes + PAGE, access, flags, file, offset);
    return all == MAP_FAILED ? all : all + (PAGE - (uintptr_t)all % PAGE) % PAGE;
}

int __wrap_mprotect(void *memory, size_t bytes, int access)
{
    return is_on_a_page(memory) ? __real_mprotect(memory, bytes, access) : -1;
}

int __wrap_munmap(void *memory, size_t bytes)
{
    return is_on_a_page(memory) ? __real_munmap(memory, bytes) : -1;
}

static void memory_grows_by_pages(void **state)
{
    (void)state;
    pn_team *team;
    pn_compute *compute;
    assert_int_equal(pn_team_create(&team, 2, NULL), PN_OK);
    assert_int_equal(pn_compute_cpu_open(&compute, team, NULL), PN_OK);
    pn_room room = {.bytes = 100000, .most = 1000000};
    assert_int_equal(compute->ops->reserve(compute, &room), PN_OK);
    for (size_t bytes = 100000; bytes <= 1000000; bytes += 100000) {
        assert_int_equal(compute->ops->grow(compute, &room, bytes), PN_OK);
        memset(room.memory, 1, bytes);
    }
    compute->ops->release(compute, room.memory, room.most);
    assert_int_equal(refused, 0);
    compute->ops->close(compute);
    pn_team_destroy(team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(memory_grows_by_pages)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
