// SPDX-License-Identifier: BSD-3-Clause
// Choosing a BLAS by trials, each in a process of its own (this program once more): libraries of
// plain loops with a fault each (tests/stubs/blas.c, in the folder PANACHE_STUBS), so that nothing
// depends on what this machine has. The slow one takes twelve times as long.
#include "compute/blas_find.h"
#include "probe/blas_choose.h"
#include "probe/blas_memory.h"
#include "probe/blas_named.h"
#include "probe/blas_trial.h"
#include "probe/blas_trial_serve.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { NB = 32 };

static char folder[] = "/tmp/panache-test-XXXXXX";

// The libraries with these faults, words separated by blanks, are all there are.
static void have(const char *faults)
{
    char list[4096] = "", copy[256], *rest = copy;
    snprintf(copy, sizeof copy, "%s", faults);
    for (char *fault; (fault = strtok_r(rest, " ", &rest));)
        snprintf(list + strlen(list), sizeof list - strlen(list),
                 "%s/blas/%s:", getenv("PANACHE_STUBS"), fault);
    setenv("PANACHE_BLAS_PATH", list, 1);
}

static pn_blas_table *choose_by(const char *faults, const pn_blas_choose_request *wish)
{
    static pn_blas_table table;
    have(faults);
    if (pn_blas_choose(&table, wish) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return &table;
}

static pn_blas_table *choose(const char *faults, int threads, const char *where)
{
    return choose_by(faults,
                     &(pn_blas_choose_request){.threads = threads, .nb = NB, .folder = where});
}

static const pn_blas_row *row_of(const pn_blas_table *table, const char *fault, const char *value)
{
    char name[64];
    snprintf(name, sizeof name, "OpenBLAS 9.9-%s", fault);
    for (int i = 0; i < table->count; i++)
        if (strcmp(table->rows[i].name, name) == 0 && strcmp(table->rows[i].value, value) == 0)
            return &table->rows[i];
    fail_msg("there is no row of %s with \"%s\"", name, value);
    return NULL;
}

static void takes_the_fastest_right_one(void **state)
{
    (void)state;
    const pn_blas_table *table = choose("slow solve unsafe none", 2, "");
    assert_true(table->taken >= 0);
    assert_string_equal(table->rows[table->taken].name, "OpenBLAS 9.9-none");
    assert_string_equal(table->rows[table->taken].kernels, "Zen");
    assert_int_equal(row_of(table, "solve", "")->verdict, PN_BLAS_WRONG);
    assert_non_null(strstr(row_of(table, "solve", "")->why, "dtrsm LLNU of 37 x 29 gives"));
    assert_int_equal(row_of(table, "unsafe", "")->verdict, PN_BLAS_UNSAFE);
    const pn_blas_row *slow = row_of(table, "slow", "");
    assert_true(slow->gflops > 0 && slow->gflops < table->rows[table->taken].gflops);
    assert_true(table->peak_gflops > table->rows[table->taken].gflops);
}

static void one_thread_may_use_what_several_must_not(void **state)
{
    (void)state;
    const pn_blas_table *table = choose("serial", 2, "");
    assert_int_equal(table->taken, -1);
    assert_int_equal(table->rows[0].verdict, PN_BLAS_UNSAFE);
    table = choose("serial", 1, "");
    assert_int_equal(table->rows[table->taken].verdict, PN_BLAS_RIGHT);
}

// None of them takes this process along.
static void outlives_what_breaks_down(void **state)
{
    (void)state;
    static const char *const why[][2] = {{"crash", "it gave up (abort), during its check"},
                                         {"illegal", "an instruction that this processor does not "
                                                     "have, during its check"}};
    const pn_blas_table *table = choose("crash illegal", 2, "");
    assert_int_equal(table->taken, -1);
    for (int i = 0; i < 2; i++) {
        const pn_blas_row *row = row_of(table, why[i][0], "");
        assert_int_equal(row->verdict, PN_BLAS_REFUSED);
        assert_non_null(strstr(row->why, why[i][1]));
    }
}

// Once, whatever kernels it has.
static void ends_what_hangs(void **state)
{
    (void)state;
    const pn_blas_table *table = choose_by(
        "hang",
        &(pn_blas_choose_request){.threads = 2, .nb = NB, .folder = "", .trial_limit = 0.5});
    assert_int_equal(table->taken, -1);
    assert_int_equal(table->count, 1);
    assert_int_equal(table->rows[0].verdict, PN_BLAS_REFUSED);
    assert_non_null(strstr(table->rows[0].why, "no answer for 0.5 s "));
}

// One that is asked for by its path, before this process opens it.
static void a_named_one_that_breaks_down_is_named(void **state)
{
    (void)state;
    static const char *const why[][2] = {{"crash", ": it gave up (abort), during its check"},
                                         {"illegal", ": an instruction that this processor"},
                                         {"hang", ": no answer for 0.5 s "}};
    char path[512];
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/blas/%s/libopenblas.so.0", getenv("PANACHE_STUBS"),
                 why[i][0]);
        bool hangs = strcmp(why[i][0], "hang") == 0;
        assert_int_equal(pn_blas_named_try(path, 2, hangs ? 0.5 : 0), PN_ERROR_SYSTEM);
        assert_non_null(strstr(pn_fail_message(), path));
        assert_non_null(strstr(pn_fail_message(), why[i][1]));
    }
    snprintf(path, sizeof path, "%s/blas/none/libopenblas.so.0", getenv("PANACHE_STUBS"));
    assert_int_equal(pn_blas_named_try(path, 2, 0), PN_OK);
}

static void finds_nothing_where_nothing_is(void **state)
{
    (void)state;
    const pn_blas_table *table = choose("no-such-fault", 2, "");
    assert_int_equal(table->count, 0);
    assert_int_equal(table->taken, -1);
}

// The variable is measured as the user set it, left out of all other trials, and named.
static void names_what_holds_it_back(void **state)
{
    (void)state;
    char line[256];
    setenv("OPENBLAS_CORETYPE", "Haswell", 1);
    const pn_blas_table *table = choose("none", 1, "");
    unsetenv("OPENBLAS_CORETYPE");
    assert_string_equal(table->rows[table->taken].kernels, "Zen");
    assert_true(pn_blas_table_held_back(table, line, sizeof line));
    assert_non_null(strstr(line, "OPENBLAS_CORETYPE=Haswell costs "));
    assert_non_null(strstr(line, "OpenBLAS 9.9-none Zen is taken instead"));
    setenv("OPENBLAS_CORETYPE", "Zen", 1);
    table = choose("none", 1, "");
    unsetenv("OPENBLAS_CORETYPE");
    assert_false(pn_blas_table_held_back(table, line, sizeof line));
}

// The only file there.
static void remembered_file(char *path, size_t bytes)
{
    DIR *stream = opendir(folder);
    path[0] = '\0';
    for (struct dirent *entry; (entry = readdir(stream));)
        if (entry->d_name[0] != '.') {
            assert_string_equal(path, "");
            snprintf(path, bytes, "%s/%s", folder, entry->d_name);
        }
    closedir(stream);
    assert_string_not_equal(path, "");
}

static void remembers(void **state)
{
    (void)state;
    char path[512];
    assert_false(choose("none", 1, folder)->remembered);
    assert_true(choose("none", 1, folder)->remembered);
    assert_string_equal(choose("none", 1, folder)->rows[0].name, "OpenBLAS 9.9-none");
    remembered_file(path, sizeof path);
    // Damaged in one bit, others may write to it, or a link: measured anew.
    int fd = open(path, O_RDWR);
    char byte;
    assert_int_equal(pread(fd, &byte, 1, 300), 1);
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, 300), 1);
    close(fd);
    assert_false(choose("none", 1, folder)->remembered);
    assert_true(choose("none", 1, folder)->remembered);
    chmod(path, 0666);
    assert_false(choose("none", 1, folder)->remembered);
    assert_int_equal(truncate(path, 100), 0);
    assert_false(choose("none", 1, folder)->remembered);
    unlink(path);
    assert_int_equal(symlink("/dev/zero", path), 0);
    assert_false(choose("none", 1, folder)->remembered);
    unlink(path);
}

// Another number of threads, a library that is another file now, another setting of the variable.
static void remembers_for_one_thing_only(void **state)
{
    (void)state;
    assert_false(choose("none", 1, folder)->remembered);
    assert_false(choose("none", 2, folder)->remembered);
    assert_false(choose("none slow", 1, folder)->remembered);
    setenv("OPENBLAS_CORETYPE", "Haswell", 1);
    assert_false(choose("none", 1, folder)->remembered);
    unsetenv("OPENBLAS_CORETYPE");
    assert_true(choose("none", 1, folder)->remembered);
}

static void a_place_that_cannot_be_written_is_no_failure(void **state)
{
    (void)state;
    assert_false(choose("none", 1, "/proc/no/such")->remembered);
    assert_false(choose("none", 1, "/proc/no/such")->remembered);
}

static void reads_what_a_processor_has(void **state)
{
    (void)state;
    char path[512];
    pn_blas_processor p;
    snprintf(path, sizeof path, "%s/cpuinfo", folder);
    FILE *file = fopen(path, "w");
    fputs("processor\t: 0\nmodel\t\t: 17\nmodel name\t: Some CPU @ 2.60GHz\nmicrocode\t: 0x2b\n"
          "flags\t\t: fpu avx2 fma\nvmx flags\t: vnmi\n\nprocessor\t: 1\nflags\t\t: avx512f\n",
          file);
    fclose(file);
    pn_blas_processor_read(&p, path);
    unlink(path);
    assert_string_equal(p.name, "Some CPU @ 2.60GHz");
    assert_string_equal(p.microcode, "0x2b");
    assert_string_equal(p.features, "fpu avx2 fma");
    pn_blas_processor_read(&p, "/no/such/file");
    assert_string_equal(p.features, "");
}

static void finds_each_file_once(void **state)
{
    (void)state;
    pn_blas_files files;
    have("none none slow");
    pn_blas_find(&files);
    assert_int_equal(files.count, 2);
    assert_non_null(strstr(files.path[0], "/blas/none/libopenblas.so.0"));
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char path[512];
    DIR *stream = opendir(folder);
    for (struct dirent *entry; (entry = readdir(stream));) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    closedir(stream);
    return rmdir(folder);
}

int main(int argc, char **argv)
{
    int exit_code;
    if (pn_blas_trial_serve(argc, argv, &exit_code))
        return exit_code;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_fastest_right_one),
        cmocka_unit_test(one_thread_may_use_what_several_must_not),
        cmocka_unit_test(outlives_what_breaks_down),
        cmocka_unit_test(ends_what_hangs),
        cmocka_unit_test(a_named_one_that_breaks_down_is_named),
        cmocka_unit_test(finds_nothing_where_nothing_is),
        cmocka_unit_test(names_what_holds_it_back),
        cmocka_unit_test(remembers),
        cmocka_unit_test(remembers_for_one_thing_only),
        cmocka_unit_test(a_place_that_cannot_be_written_is_no_failure),
        cmocka_unit_test(reads_what_a_processor_has),
        cmocka_unit_test(finds_each_file_once),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
