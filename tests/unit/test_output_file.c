// SPDX-License-Identifier: BSD-3-Clause
// Files are there whole or not at all, never over another unasked, and through no stranger's link.
#include "base/output_file.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { STRANGER = 65534 };

typedef struct scene {
    char folder[64], path[96], other[96];
} scene;

static int set_up(void **state)
{
    scene *s = calloc(1, sizeof *s);
    strcpy(s->folder, "/tmp/panache-output-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    snprintf(s->path, sizeof s->path, "%s/record.json", s->folder);
    snprintf(s->other, sizeof s->other, "%s/other.json", s->folder);
    *state = s;
    return 0;
}

static int count_files(const scene *s)
{
    int count = 0;
    DIR *folder = opendir(s->folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return count;
}

static int tear_down(void **state)
{
    scene *s = *state;
    unlink(s->path);
    unlink(s->other);
    int left = rmdir(s->folder); // nothing else is left behind
    free(s);
    return left;
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
}

static void holds(const char *path, const char *expected)
{
    char text[64] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, expected);
}

static void write_to(const char *path, const char *text)
{
    pn_output_file file;
    assert_int_equal(pn_output_file_open(&file, path), PN_OK);
    fputs(text, file.stream);
    assert_int_equal(pn_output_file_close(&file), PN_OK);
}

static void test_the_old_one_stands_until_the_new_one_is_whole(void **state)
{
    scene *s = *state;
    pn_output_file file;
    put(s->path, "old");
    chmod(s->path, 0640);
    assert_int_equal(pn_output_file_open(&file, s->path), PN_OK);
    fputs("new", file.stream);
    fflush(file.stream);
    holds(s->path, "old");
    assert_int_equal(pn_output_file_close(&file), PN_OK);
    holds(s->path, "new");
    struct stat about;
    assert_int_equal(stat(s->path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0640);
    assert_int_equal(count_files(s), 1);
}

static void test_a_discarded_one_leaves_nothing(void **state)
{
    scene *s = *state;
    pn_output_file file;
    assert_int_equal(pn_output_file_open(&file, s->path), PN_OK);
    fputs("new", file.stream);
    pn_output_file_discard(&file);
    assert_int_equal(pn_output_file_check(s->path), PN_OK);
    assert_int_equal(count_files(s), 0);
}

static void test_a_full_disk_is_told(void **state)
{
    (void)state;
    pn_output_file file;
    assert_int_equal(pn_output_file_open(&file, "/dev/full"), PN_OK);
    fputs("new", file.stream);
    assert_int_equal(pn_output_file_close(&file), PN_ERROR_SYSTEM);
    assert_string_equal(pn_fail_message(),
                        "\"/dev/full\": writing failed: No space left on device");
}

static void test_a_link_of_ones_own_is_kept(void **state)
{
    scene *s = *state;
    put(s->other, "old");
    assert_int_equal(symlink("other.json", s->path), 0);
    assert_true(pn_same_file(s->path, s->other));
    write_to(s->path, "new");
    holds(s->other, "new");
    struct stat about;
    assert_int_equal(lstat(s->path, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
}

static void test_a_strangers_link_is_refused(void **state)
{
    scene *s = *state;
    pn_output_file file;
    put(s->other, "old");
    assert_int_equal(symlink(s->other, s->path), 0);
    if (lchown(s->path, STRANGER, STRANGER) != 0)
        skip();                // only the superuser can play the stranger
    write_to(s->path, "ours"); // in a folder where nobody else can have laid it
    assert_int_equal(chmod(s->folder, 01777), 0);
    assert_int_equal(pn_output_file_open(&file, s->path), PN_ERROR_SYSTEM);
    assert_non_null(strstr(pn_fail_message(), "symbolic link of another user"));
    assert_int_equal(pn_output_file_check(s->path), PN_ERROR_SYSTEM);
    char below[128];
    snprintf(below, sizeof below, "%s/folder/file", s->path);
    assert_int_equal(pn_path_trust(below), PN_ERROR_SYSTEM);
    holds(s->other, "ours");
}

static void test_a_place_that_is_taken_stays(void **state)
{
    scene *s = *state;
    char folder[80];
    pn_output_file file;
    bool taken;
    put(s->path, "old");
    snprintf(folder, sizeof folder, "%s/", s->folder);
    assert_int_equal(pn_output_file_open(&file, folder), PN_OK);
    fputs("new", file.stream);
    assert_int_equal(pn_output_file_finish(&file), PN_OK);
    assert_int_equal(pn_output_file_put(&file, s->path, &taken), PN_OK);
    assert_true(taken);
    assert_int_equal(pn_output_file_put(&file, s->other, &taken), PN_OK);
    assert_false(taken);
    holds(s->path, "old");
    holds(s->other, "new");
}

static void test_one_file_is_told_by_whatever_name(void **state)
{
    scene *s = *state;
    char roundabout[160];
    put(s->path, "old");
    put(s->other, "old");
    snprintf(roundabout, sizeof roundabout, "%s/./record.json", s->folder);
    assert_true(pn_same_file(s->path, roundabout));
    assert_false(pn_same_file(s->path, s->other));
    assert_false(pn_same_file("no such file", "no such file"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_old_one_stands_until_the_new_one_is_whole),
        TEST(test_a_discarded_one_leaves_nothing),
        TEST(test_a_full_disk_is_told),
        TEST(test_a_link_of_ones_own_is_kept),
        TEST(test_a_strangers_link_is_refused),
        TEST(test_a_place_that_is_taken_stays),
        TEST(test_one_file_is_told_by_whatever_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
