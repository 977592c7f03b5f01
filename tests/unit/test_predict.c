// SPDX-License-Identifier: BSD-3-Clause
// Machines through the model: shipped ones against their listed runs, unlike parts, memory, ranges,
// tables of systems, and every message.
#include "config/machine_make.h"
#include "config/machine_read.h"
#include "config/machine_select.h"
#include "machines/constants.h"
#include "machines/predict.h"
#include "machines/published.h"

#include <glob.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "request.h"

#include "machines.h"

#define GPUS                                                                                       \
    "  - {name: gpu, nodes: 64, device: H100, devices: 4, device_memory: 80GB, network: "          \
    "InfiniBand "                                                                                  \
    "NDR200, links: 4, link_bandwidth: 200Gb/s}\n"
#define CPUS                                                                                       \
    "  - {name: cpu, nodes: 200, processor: AMD EPYC 7763, processors: 2, cores: 128, clock: "     \
    "2.45GHz, memory: 256GB, network: InfiniBand NDR200}\n"

static pn_prediction predict(const char *partitions, pn_gidx n)
{
    pn_machine *machine = machine_of(partitions);
    pn_prediction prediction;
    pn_prediction_request request = {USUAL, .machine = machine, .settings.n = n, .steps = 300};
    if (pn_predict_machine(&prediction, &request) != PN_OK)
        fail_msg("%s", pn_fail_message());
    for (int i = 0; i < prediction.partitions; i++)
        prediction.of[i].partition = NULL; // goes with the machine
    pn_machine_destroy(machine);
    return prediction;
}

static void refuse(const char *partitions, const char *told)
{
    pn_machine *machine = machine_of(partitions);
    pn_prediction prediction;
    pn_prediction_request request = {USUAL, .machine = machine};
    assert_int_equal(pn_predict_machine(&prediction, &request), PN_ERROR_USAGE);
    if (!strstr(pn_fail_message(), told))
        fail_msg("\"%s\" does not tell \"%s\"", pn_fail_message(), told);
    pn_machine_destroy(machine);
}

static void parts_are_worth_nearly_their_sum(void **state)
{
    (void)state;
    pn_prediction gpu = predict(GPUS, 0), cpu = predict(CPUS, 0), both = predict(GPUS CPUS, 0);
    double sum = gpu.forecast.rate + cpu.forecast.rate;
    assert_true(both.forecast.rate > 0.8 * sum && both.forecast.rate < 1.05 * sum);
    assert_true(fabs(both.forecast.shares[0] + both.forecast.shares[1] - 1) < 1e-9);
    assert_true(both.low < both.forecast.rate && both.forecast.rate < both.high);
    pn_prediction_release(&gpu);
    pn_prediction_release(&cpu);
    pn_prediction_release(&both);
}

static void the_matrix_fits_the_memory(void **state)
{
    (void)state;
    pn_prediction gpu = predict(GPUS, 0);
    double bytes = 8.0 * (double)gpu.forecast.n * (double)gpu.forecast.n;
    double memory = 64 * 4 * 80 * 1073741824.0;
    assert_true(bytes < 0.98 * memory && bytes > 0.8 * memory);
    pn_prediction_release(&gpu);
    pn_machine *machine = machine_of(GPUS);
    pn_prediction prediction;
    pn_prediction_request request = {USUAL, .machine = machine, .settings.n = 2000000};
    assert_int_equal(pn_predict_machine(&prediction, &request), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "does not fit"));
    pn_machine_destroy(machine);
}

static void more_nodes_reach_more(void **state)
{
    (void)state;
    double last = 0;
    for (int nodes = 1; nodes <= 4096; nodes *= 8) {
        char text[512];
        snprintf(text, sizeof text,
                 "  - {name: gpu, nodes: %d, device: MI250X, devices: 4, network: Slingshot-11, "
                 "links: 4, link_bandwidth: 200Gb/s}\n",
                 nodes);
        pn_prediction p = predict(text, 0);
        assert_true(p.forecast.rate > 5 * last && p.forecast.rate < 4 * 60e12 * nodes);
        last = p.forecast.rate;
        pn_prediction_release(&p);
    }
}

static void a_given_rate_counts(void **state)
{
    (void)state;
    pn_prediction p =
        predict("  - {name: here, nodes: 4, processors: 1, memory: 16GB, network: 25G "
                "Ethernet, rate: 100GF}\n",
                0);
    assert_int_equal(p.of[0].basis, PN_BASIS_GIVEN);
    assert_true(p.of[0].rate == 100e9 && p.forecast.rate < 400e9 && p.forecast.rate > 300e9);
    pn_prediction_release(&p);
}

static void a_range_widens_the_interval(void **state)
{
    (void)state;
    pn_prediction sure = predict(GPUS, 0);
    pn_prediction unsure = predict(
        "  - {name: gpu, nodes: {value: 64, range: [32, 128], assumed: true}, device: H100, "
        "devices: "
        "4, device_memory: 80GB, network: InfiniBand NDR200, links: 4, link_bandwidth: 200Gb/s}\n",
        0);
    assert_true(fabs(unsure.forecast.rate / sure.forecast.rate - 1) < 1e-9);
    assert_true(unsure.low < 0.7 * sure.low && unsure.high > 1.5 * sure.high);
    bool is_told = false;
    for (int i = 0; i < unsure.notes.count; i++)
        is_told = is_told || (strcmp(unsure.notes.note[i].figure, "nodes 64, 32 to 128") == 0 &&
                              unsure.notes.note[i].assumed);
    assert_true(is_told);
    pn_prediction_release(&sure);
    pn_prediction_release(&unsure);
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    refuse("  - {name: a, nodes: 2, device: H300, devices: 4, network: NDR}\n", "H300");
    refuse("  - {name: a, nodes: 2, network: NDR, memory: 64GB}\n", "\"processor\"");
    refuse("  - {name: a, nodes: 2, processor: AMD EPYC 7763, memory: 64GB, network: NDR}\n",
           "\"cores\"");
    refuse("  - {name: a, nodes: 2, rate: 1TF, memory: 64GB, network: string}\n",
           "\"link_bandwidth\"");
    refuse("  - {name: a, nodes: 2, rate: 1TF, network: NDR}\n", "memory");
    refuse("  - {name: a, nodes: 2, device: Own, devices: 1, network: NDR}\ndevices:\n"
           "  - {name: Own, memory: 80GB, peak: 60TF}\n",
           "\"rate\"");
}

// Every partition with a listed run, at the N of that run if it is known.
static void check_listed(const pn_machine *whole, const char *path, int *checked)
{
    for (int i = 0; i < whole->partitions_count; i++) {
        const pn_machine_partition *partition = &whole->partitions[i];
        if (!partition->listed_rmax.set || !partition->listed_n.set)
            continue;
        pn_machine *machine = NULL;
        pn_prediction prediction;
        assert_int_equal(pn_machine_read(&machine, path), PN_OK);
        assert_int_equal(pn_machine_select(machine, partition->name), PN_OK);
        pn_prediction_request request = {USUAL, .machine = machine, .steps = 300};
        if (pn_predict_machine(&prediction, &request) != PN_OK)
            fail_msg("%s: %s", path, pn_fail_message());
        double ratio = prediction.forecast.rate / partition->listed_rmax.value;
        if (ratio < 0.8 || ratio > 1.25)
            fail_msg("%s, %s: modelled over listed is %.3f", path, partition->name, ratio);
        pn_prediction_release(&prediction);
        pn_machine_destroy(machine);
        (*checked)++;
    }
}

static void shipped_machines_come_near_their_listed_runs(void **state)
{
    (void)state;
    glob_t found;
    int checked = 0;
    assert_int_equal(glob("machines/*.yaml", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        pn_machine *machine = NULL;
        if (pn_machine_read(&machine, found.gl_pathv[i]) != PN_OK)
            fail_msg("%s", pn_fail_message());
        check_listed(machine, found.gl_pathv[i], &checked);
        pn_machine_destroy(machine);
    }
    globfree(&found);
    assert_true(checked >= 15);
}

// Seconds of multiplications on all processes, at the rate at which each multiplies, make up the
// work: nobody is priced for less than the share that is dealt to it. (Strips, which are part of
// the panels, and the first steps' rounding are the per cent that is allowed.)
static void check_work(const pn_machine *machine, const char *name, pn_prediction_request request)
{
    pn_prediction told;
    request.machine = machine;
    request.no_interval = true;
    if (pn_predict_machine(&told, &request) != PN_OK)
        fail_msg("%s: %s", name, pn_fail_message());
    double done = 0, all = told.forecast.rate * told.forecast.seconds, peak = 0;
    for (int i = 0; i < told.partitions; i++) {
        double rate = told.of[i].processes * told.of[i].rate;
        done += told.forecast.of[i].multiply * rate;
        peak += rate;
    }
    if (!(done >= 0.99 * all) || told.forecast.rate > peak)
        fail_msg("%s, NB %d, heights %d and %d: multiplies %.4f of the work, at %.4f of all rates",
                 name, told.forecast.nb, told.forecast.heights[0], told.forecast.heights[1],
                 done / all, told.forecast.rate / peak);
    pn_prediction_release(&told);
}

static void no_shipped_machine_does_less_than_its_work(void **state)
{
    (void)state;
    glob_t found;
    assert_int_equal(glob("machines/*.yaml", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        pn_machine *machine = NULL;
        if (strstr(found.gl_pathv[i], "catalogue"))
            continue;
        if (pn_machine_read(&machine, found.gl_pathv[i]) != PN_OK)
            fail_msg("%s", pn_fail_message());
        check_work(machine, found.gl_pathv[i],
                   (pn_prediction_request){USUAL, .settings.n = 1000000, .steps = 80});
        pn_machine_destroy(machine);
    }
    globfree(&found);
}

#define XEONS                                                                                      \
    "processor: Xeon E5-2680 v3, processors: 2, cores: 24, clock: 2.5GHz, memory: 64GB, "          \
    "network: InfiniBand FDR}\n"

// Two partitions of one kind, with numbers of nodes, heights, block sizes and equal shares as they
// come: heights that do not divide the virtual rows among them.
static void no_two_partitions_do_less_than_their_work(void **state)
{
    (void)state;
    uint64_t seed = 2024;
    for (int times = 0; times < 20; times++) {
        int draw[5];
        for (int i = 0; i < 5; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            draw[i] = (int)(seed >> 40);
        }
        char text[1024], name[64];
        int a = times ? 40 + draw[0] % 460 : 448, b = times ? 20 + draw[1] % 100 : 72;
        snprintf(text, sizeof text, "  - {name: a, nodes: %d, %s  - {name: b, nodes: %d, %s", a,
                 XEONS, b, XEONS);
        snprintf(name, sizeof name, "%d and %d nodes", a, b);
        pn_machine *machine = machine_of(text);
        pn_prediction_request request = {
            USUAL, .steps = 80, .settings.nb = 384 << draw[2] % 3,
            .settings.share_mode = draw[0] % 2 ? PN_SHARE_MODE_EQUAL : PN_SHARE_MODE_AUTO,
            .height = {.p = draw[3] % 2 ? 0 : 8 + draw[4] % 30, .differs = true}};
        check_work(machine, name, request);
        pn_machine_destroy(machine);
    }
}

static pn_status read_table(pn_published_list *list, const pn_constants *constants,
                            const char *text)
{
    char path[] = "/tmp/panache-table-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, text, strlen(text)), strlen(text));
    close(descriptor);
    pn_status status = pn_published_read(list, path, constants);
    unlink(path);
    return status;
}

#define TABLE                                                                                      \
    "name,list,device,devices,host_cores,cores_per_socket,processor,processor_mhz,interconnect,"   \
    "nmax,rmax_tflops,power_kw\n"

static void a_table_of_systems(void **state)
{
    (void)state;
    static pn_constants constants;
    pn_published_list list;
    pn_constants_load(&constants);
    assert_int_equal(
        read_table(&list, &constants,
                   TABLE "A,202406,H100 SXM 80GB,256,7168,56,Xeon Platinum 8480C,2000,Infiniband "
                         "NDR400,1507328,11000,\n"
                         "B,202406,H100 SXM 80GB,128,3584,56,Xeon Platinum 8480C,2000,Infiniband "
                         "NDR400,1507328,11000,278\n"
                         "C,202406,CPU,,100000,64,AMD EPYC 7763 64C 2.45GHz,2450,Infiniband "
                         "HDR,5000000,3000,\n"),
        PN_OK);
    assert_int_equal(list.count, 3);
    assert_true(pn_published_recount(&constants, &list.system[0]) == 1);
    assert_true(pn_published_recount(&constants, &list.system[1]) == 2); // 142 GB a device
    double rate[3];
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pn_published_predict(&constants, &list.system[i], 200, &rate[i]), PN_OK);
        assert_true(fabs(rate[i] / list.system[i].rmax - 1) < 0.3);
    }
    pn_published_release(&list);
    assert_int_equal(read_table(&list, &constants, "name,list\n"), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "device"));
    assert_int_equal(read_table(&list, &constants, TABLE "A,202406,CPU,,many,64,x,1,y,1,1,\n"),
                     PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "row 2, host_cores: \"many\""));
}

static void names_are_found(void **state)
{
    (void)state;
    static pn_constants constants;
    pn_constants_load(&constants);
    assert_true(pn_words_match("epyc 7??3", "AMD EPYC 7763 64C"));
    assert_false(pn_words_match("epyc 7??3", "AMD EPYC 7742 64C"));
    assert_true(pn_words_match("a|b", "xbx"));
    assert_true(pn_device_find(&constants, "gh200") >= 0);
    assert_int_equal(pn_device_find(&constants, "H300"), -1);
    int processor = pn_processor_find(&constants, "Xeon Gold 6248 20C 2.5GHz");
    assert_string_equal(constants.processor[processor].name, "Cascade Lake");
}

static void nodes_have_forms(void **state)
{
    static pn_constants constants;
    (void)state;
    pn_constants_load(&constants);
    int old = pn_device_find(&constants, "V100"),
        late = pn_device_find(&constants, "H200 SXM 141GB");
    const pn_node_form *form = pn_node_find(&constants, "NVIDIA DGX-2, Xeon", old, 4);
    assert_true(form->devices == 16);
    form = pn_node_find(&constants, "Some Server, Xeon", late, 8);
    assert_true(form->devices == 0 && form->links == 8); // one a device
    assert_true(pn_node_find(&constants, "", old, 8)->links < form->links);
    // Two links for four devices feed each better than one, and worse than a node of two.
    double four = pn_device_bandwidth(&constants, 2e9, 4);
    assert_true(four > pn_device_bandwidth(&constants, 1e9, 4));
    assert_true(four < pn_device_bandwidth(&constants, 2e9, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_worth_nearly_their_sum),
        cmocka_unit_test(the_matrix_fits_the_memory),
        cmocka_unit_test(more_nodes_reach_more),
        cmocka_unit_test(a_given_rate_counts),
        cmocka_unit_test(a_range_widens_the_interval),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(shipped_machines_come_near_their_listed_runs),
        cmocka_unit_test(no_shipped_machine_does_less_than_its_work),
        cmocka_unit_test(no_two_partitions_do_less_than_their_work),
        cmocka_unit_test(a_table_of_systems),
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(nodes_have_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
