// SPDX-License-Identifier: BSD-3-Clause
// The shipped machines as facts: every figure says where it comes from or that it is assumed, what
// is only announced has ranges, and the cores that lists count agree with the counts of nodes.
#include "config/machine.h"
#include "config/machine_check.h"
#include "config/machine_make.h"
#include "config/machine_read.h"
#include "config/machine_table.h"
#include "machines/constants.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

// Called with every figure that is set; `sourced`: its entry or the machine names a source.
typedef void with_figure(void *context, const pn_row *row, const pn_figure *figure, bool sourced);

static const char *source_of(const pn_shape *shape, const void *object)
{
    for (int i = 0; i < shape->count; i++)
        if (strcmp(shape->rows[i].key, "source") == 0)
            return *(char **)pn_row_field(&shape->rows[i], object);
    return NULL;
}

static void walk(const pn_shape *shape, const void *object, bool sourced, with_figure *visit,
                 void *context)
{
    sourced = sourced || source_of(shape, object);
    for (int i = 0; i < shape->count; i++) {
        const pn_row *row = &shape->rows[i];
        if (row->kind == PN_ROW_FIGURE) {
            const pn_figure *figure = pn_row_field(row, object);
            if (figure->set)
                visit(context, row, figure, sourced);
        } else if (row->kind == PN_ROW_LIST) {
            for (int k = 0; k < pn_row_count(row, object); k++)
                walk(row->entries, pn_row_entry(row, object, k), sourced, visit, context);
        }
    }
}

typedef struct findings {
    int figures, wrong;
    char first[128];
} findings;

static void find_unsourced(void *context, const pn_row *row, const pn_figure *figure, bool sourced)
{
    findings *found = context;
    found->figures++;
    if (sourced || figure->source || figure->assumed)
        return;
    if (found->wrong++ == 0)
        snprintf(found->first, sizeof found->first, "line %d, \"%s\"", figure->line, row->key);
}

static void find_unranged(void *context, const pn_row *row, const pn_figure *figure, bool sourced)
{
    findings *found = context;
    (void)sourced;
    if (!figure->assumed)
        return;
    found->figures++;
    if (figure->low < figure->high)
        return;
    if (found->wrong++ == 0)
        snprintf(found->first, sizeof found->first, "line %d, \"%s\"", figure->line, row->key);
}

static pn_machine *read(const char *path)
{
    pn_machine *machine = NULL;
    if (pn_machine_read(&machine, path) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return machine;
}

static findings findings_in(const pn_machine *machine, with_figure *visit)
{
    findings found = {0};
    walk(&pn_machine_shape, machine, false, visit, &found);
    return found;
}

typedef void with_machine(void *context, const char *path, const pn_machine *machine);

static int with_shipped(with_machine *visit, void *context)
{
    glob_t found;
    assert_int_equal(glob("machines/*.yaml", 0, NULL, &found), 0);
    int count = (int)found.gl_pathc;
    for (int i = 0; i < count; i++) {
        pn_machine *machine = read(found.gl_pathv[i]);
        visit(context, found.gl_pathv[i], machine);
        pn_machine_destroy(machine);
    }
    globfree(&found);
    return count;
}

static void check_sources(void *context, const char *path, const pn_machine *machine)
{
    (void)context;
    findings found = findings_in(machine, find_unsourced);
    if (found.wrong > 0)
        fail_msg("%s: %d figures name no source and are not assumed; the first: %s", path,
                 found.wrong, found.first);
    assert_true(found.figures >= 10);
}

static void every_figure_has_a_source_or_is_assumed(void **state)
{
    (void)state;
    assert_true(with_shipped(check_sources, NULL) >= 14);
}

static int count_in(const char *text, with_figure *visit)
{
    pn_machine *machine = NULL;
    if (pn_machine_read_text(&machine, "text", text) != PN_OK)
        fail_msg("%s", pn_fail_message());
    int wrong = findings_in(machine, visit).wrong;
    pn_machine_destroy(machine);
    return wrong;
}

#define BARE                                                                                       \
    "partitions:\n"                                                                                \
    "  - name: a\n"                                                                                \
    "    nodes: {value: 3, source: x}\n"                                                           \
    "    memory: 64GB\n"                                                                           \
    "    cores: {value: 4, assumed: true}\n"
#define OF_ITS_OWN "  - {name: b, source: y, nodes: 2, cores: 4}\n"
#define DEVICE "devices:\n  - {name: d, memory: 80GB}\n"

static void figures_without_a_source_are_found(void **state)
{
    (void)state;
    assert_int_equal(count_in("machine: M\n" BARE, find_unsourced), 1);
    assert_int_equal(count_in("machine: M\n" BARE OF_ITS_OWN DEVICE, find_unsourced), 2);
    assert_int_equal(count_in("machine: M\nsource: z\n" BARE DEVICE, find_unsourced), 0);
    assert_int_equal(count_in("machine: M\n" BARE, find_unranged), 1);
}

static void what_is_announced_has_ranges(void **state)
{
    (void)state;
    pn_machine *machine = read("machines/alice-recoque.yaml");
    findings found = findings_in(machine, find_unranged);
    if (found.wrong > 0)
        fail_msg("alice-recoque.yaml: %d assumed figures have no range; the first: %s", found.wrong,
                 found.first);
    assert_true(found.figures >= 10);
    pn_machine_destroy(machine);
}

// The kinds that a name such as "H100" may mean count alike.
static int kinds_that_count(const pn_constants *constants, const char *device, int cores)
{
    int alike = 0;
    size_t length = strlen(device);
    for (int k = 0; k < constants->devices; k++) {
        const pn_device_kind *kind = &constants->device[k];
        bool is_meant = strncasecmp(kind->name, device, length) == 0 &&
                        (kind->name[length] == ' ' || kind->name[length] == '\0');
        alike += is_meant && kind->list_cores == cores;
    }
    return alike;
}

// *context: how many partitions have the cores of their list.
static void check_cores(void *context, const char *path, const pn_machine *machine)
{
    static pn_constants constants;
    int *guarded = context;
    pn_constants_load(&constants);
    for (int i = 0; i < machine->partitions_count; i++) {
        const pn_machine_partition *partition = &machine->partitions[i];
        *guarded += partition->total_cores.set;
        if (!partition->device_cores.set)
            continue;
        int cores = (int)partition->device_cores.value;
        if (!partition->total_cores.set || !kinds_that_count(&constants, partition->device, cores))
            fail_msg("%s, %s: %d cores a %s are not what lists count, or total_cores is missing",
                     path, partition->name, cores, partition->device);
    }
}

// The counts of Frontier's editions were wrong once.
static void listed_cores_guard_the_nodes(void **state)
{
    (void)state;
    int guarded = 0;
    with_shipped(check_cores, &guarded);
    assert_true(guarded >= 20);
    pn_machine *machine = read("machines/frontier.yaml");
    int edition = pn_machine_find(machine, "frontier-2023");
    assert_true(edition >= 0);
    assert_int_equal((int)machine->partitions[edition].nodes.value, 9216);
    machine->partitions[edition].nodes = pn_figure_of(9248);
    assert_int_equal(pn_machine_check(machine, "frontier"), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "8699904"));
    pn_machine_destroy(machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_figure_has_a_source_or_is_assumed),
        cmocka_unit_test(figures_without_a_source_are_found),
        cmocka_unit_test(what_is_announced_has_ranges),
        cmocka_unit_test(listed_cores_guard_the_nodes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
