// SPDX-License-Identifier: BSD-3-Clause
// Places between the known ranks, and lists that the user downloaded.
#include "top500/list_file.h"
#include "top500/rank_by_knots.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include <cmocka.h>

static void test_lists_fall_and_follow(void **state)
{
    (void)state;
    assert_int_equal(pn_rank_list(0)->edition, 199306);
    for (int i = 0; i < pn_rank_list_count(); i++) {
        const pn_knots *list = pn_rank_list(i);
        assert_int_equal(list->edition, 199306 + i / 2 * 100 + i % 2 * 5);
        for (int k = 1; k < PN_KNOT_COUNT; k++)
            assert_true(list->rmax[k] > 0 && list->rmax[k] <= list->rmax[k - 1]);
    }
}

static void test_place_is_exact_on_a_knot(void **state)
{
    (void)state;
    const pn_knots *list = pn_rank_find(202306);
    double between = sqrt(list->rmax[21] * list->rmax[22]); // of the ranks 30 and 35
    assert_true(fabs(pn_knots_rank(list, between) - sqrt(30.0 * 35)) < 1e-9);
    assert_false(pn_rank_is_exact(list, between));
    assert_true(pn_knots_rank(list, list->rmax[0]) == 1);
    assert_true(fabs(pn_knots_rank(list, list->rmax[9]) - 10) < 1e-9);
    assert_true(pn_rank_is_exact(list, list->rmax[9]));
    assert_true(pn_knots_rank(list, 10 * list->rmax[0]) == 1);
    assert_true(pn_knots_rank(list, 0.99 * list->rmax[PN_KNOT_COUNT - 1]) == PN_LIST_LENGTH + 1);
    assert_true(pn_knots_rank(list, list->rmax[PN_KNOT_COUNT - 1]) == PN_LIST_LENGTH);
}

static void test_place_and_rmax_are_inverse_and_monotone(void **state)
{
    (void)state;
    for (int i = 0; i < pn_rank_list_count(); i++) {
        const pn_knots *list = pn_rank_list(i);
        double last = INFINITY;
        for (int place = 1; place <= PN_LIST_LENGTH; place++) {
            double rmax = pn_rank_rmax(list, place);
            assert_true(rmax <= last * (1 + 1e-12));
            assert_true(pn_knots_rank(list, rmax * (1 + 1e-13)) <=
                        place + 1e-6); // equals share one
            last = rmax;
        }
    }
}

static void test_place_of_the_rmax_of_a_place(void **state)
{
    (void)state;
    const pn_knots *list = pn_rank_find(202406); // no equals among the first hundred
    for (int place = 1; place <= 100; place++)
        assert_true(fabs(pn_knots_rank(list, pn_rank_rmax(list, place)) - place) < 1e-6);
}

static void test_rmax_is_exact_on_a_knot(void **state)
{
    (void)state;
    const pn_knots *list = pn_rank_find(202306);
    for (int place = 1; place <= 20; place++)
        assert_true(pn_rank_rmax_is_exact(list, place));
    assert_false(pn_rank_rmax_is_exact(list, 36));
    assert_true(pn_rank_rmax_is_exact(list, 40));
    assert_false(pn_rank_rmax_is_exact(list, 499));
    assert_true(pn_rank_rmax_is_exact(list, PN_LIST_LENGTH));
    pn_knots flat = *list; // what stands between equals is known
    flat.rmax[22] = flat.rmax[21];
    assert_true(pn_rank_rmax_is_exact(&flat, 33));
    assert_false(pn_rank_rmax_is_exact(&flat, 36));
}

static void test_unknown_list_is_refused(void **state)
{
    (void)state;
    assert_null(pn_rank_find(202307));
    assert_non_null(strstr(pn_fail_message(), "202307"));
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static pn_status read_text(pn_list_file *list, const char *text)
{
    char path[] = "/tmp/panache-list-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    write_file(path, text);
    pn_status status = pn_list_file_read(list, path);
    unlink(path);
    return status;
}

static void test_csv_list(void **state)
{
    (void)state;
    pn_list_file list;
    assert_int_equal(read_text(&list, "\xef\xbb\xbfSome list\r\n"
                                      "Rank,Previous Rank,Name,Computer,Site,Rmax [TFlop/s]\r\n"
                                      "1,1,First,\"Big, \"\"blue\"\"\",Here,\"1,000.5\"\r\n"
                                      "2,2,,\"Second\nline\",There,200\r\n"
                                      "3,4,Third,C,There,200\r\n\r\n"),
                     PN_OK);
    assert_int_equal(list.count, 3);
    assert_true(list.entries[0].rmax == 1000.5);
    assert_string_equal(list.entries[0].name, "First");
    assert_string_equal(list.entries[1].name, "Second\nline");
    assert_string_equal(list.entries[2].site, "There");
    assert_int_equal(pn_list_file_rank(&list, 2000), 1);
    assert_int_equal(pn_list_file_rank(&list, 200), 2);
    assert_int_equal(pn_list_file_rank(&list, 1), 4);
    pn_list_file_release(&list);
}

static void refuse(const char *text, const char *told)
{
    pn_list_file list;
    assert_int_equal(read_text(&list, text), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), told));
    assert_int_equal(list.count, 0);
}

static void test_what_is_no_list_is_refused(void **state)
{
    (void)state;
    refuse("", "no row has the headings");
    refuse("a,b\n1,2\n", "no row has the headings");
    refuse("Rank,Rmax [TFlop/s]\n", "no systems");
    refuse("Rank,Rmax [TFlop/s]\n1,many\n", "row 2, column \"Rmax [TFlop/s]\": \"many\"");
    refuse("Rank,Rmax [TFlop/s]\nfirst,5\n", "row 2, column \"Rank\": \"first\"");
    refuse("Rank,Rmax [TFlop/s]\n1.5,5\n", "row 2, column \"Rank\": \"1.5\" is no rank");
    refuse("Rank,Rmax [TFlop/s]\n1,5\n2,6\n", "row 3: rank 2 has more than rank 1");
    refuse("Rank,RMax\n1,12345\n", "names no unit");
    pn_list_file list;
    assert_int_equal(pn_list_file_read(&list, "/no/such/list"), PN_ERROR_SYSTEM);
    assert_int_equal(pn_list_file_read(&list, "/tmp"), PN_ERROR_USAGE);
}

static void test_what_is_no_whole_list_is_refused(void **state)
{
    (void)state;
    refuse("Rank,Rmax [TFlop/s]\n12,46100\n67,3054\n", "row 2: rank 12 stands where rank 1 is due");
    refuse("Rank,Rmax [TFlop/s]\n1,9\n2,8\n4,7\n", "row 4: rank 4 stands where rank 3 is due");
    refuse("Rank,Rmax [TFlop/s]\n2,8\n1,9\n2,7\n", "row 4: rank 2 stands where rank 3 is due");
    refuse("Rank,Rmax [TFlop/s]\n1,9\n1,9\n2,7\n", "row 4: rank 2 stands where rank 3 is due");
    pn_list_file list;
    assert_int_equal(read_text(&list, "Rank,Rmax [TFlop/s]\n4,7\n1,9\n2,8\n2,8\n"), PN_OK);
    assert_int_equal(list.count, 4); // equals share the second place
    assert_int_equal(pn_list_file_rank(&list, 7.5), 4);
    pn_list_file_release(&list);
}

static void test_quotation_marks_surround_cells(void **state)
{
    (void)state;
    pn_list_file list;
    refuse("Rank,Name,Rmax [TFlop/s]\n1,A,9\n2,\"B,8\n3,C,7\n", "row 3, cell 2: a quotation mark");
    refuse("Rank,Name,Rmax [TFlop/s]\n1,A,9\n2,\"B,8\n3,\"C\",7\n", "row 3, cell 2: text follows");
    refuse("Rank,Rmax [TFlop/s]\n1,9\n2,\"8", "row 3, cell 2: a quotation mark");
    assert_int_equal(read_text(&list, "Rank,Name,Rmax [TFlop/s]\n1, \"A, B\" ,9\n2,8\" disks,8\n"
                                      "3,\"\",\"7\""),
                     PN_OK);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.entries[0].name, "A, B");
    assert_string_equal(list.entries[1].name, "8\" disks");
    assert_string_equal(list.entries[2].name, "");
    assert_true(list.entries[2].rmax == 7);
    pn_list_file_release(&list);
}

static void test_unit_comes_from_the_first_system(void **state)
{
    (void)state;
    pn_list_file list; // TaihuLight leads in 201606, in gigaflops as the lists then said
    assert_int_equal(read_text(&list, "Rank,Name,RMax\n1,TaihuLight,93014600\n"), PN_OK);
    assert_true(fabs(list.entries[0].rmax - 93014.6) < 1e-6);
    pn_list_file_release(&list);
    // A list newer than those known here, whose first is twice that of the newest one.
    const pn_knots *newest = pn_rank_list(pn_rank_list_count() - 1);
    char text[80];
    snprintf(text, sizeof text, "Rank,Rmax\n1,%.0f\n2,100000000\n", 2e3 * newest->rmax[0]);
    assert_int_equal(read_text(&list, text), PN_OK);
    assert_true(fabs(list.entries[0].rmax / (2 * newest->rmax[0]) - 1) < 1e-6);
    pn_list_file_release(&list);
}

static void add_part(zip_t *archive, const char *name, const char *text)
{
    zip_source_t *source = zip_source_buffer(archive, text, strlen(text), 0);
    assert_true(zip_file_add(archive, name, source, ZIP_FL_OVERWRITE) >= 0);
}

static void write_workbook(const char *path, const char *sheet)
{
    int code;
    zip_t *archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    assert_non_null(archive);
    add_part(archive, "xl/sharedStrings.xml",
             "<sst><si><t>Rank</t></si><si><r><t>Rmax </t></r><r><t>[TFlop/s]</t></r></si>"
             "<si><t>Name</t></si><si><t>A &amp; B</t></si></sst>");
    add_part(archive, "xl/worksheets/sheet1.xml", sheet);
    assert_int_equal(zip_close(archive), 0);
}

static void test_workbook(void **state)
{
    (void)state;
    char path[] = "/tmp/panache-book-XXXXXX";
    close(mkstemp(path));
    write_workbook(path,
                   "<worksheet><sheetData>"
                   "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='C1' t='s'><v>2</v></c>"
                   "<c r='D1' t='s'><v>1</v></c></row>"
                   "<row r='2'><c r='A2'><v>1</v></c><c r='C2' t='s'><v>3</v></c>"
                   "<c r='D2'><v>12.5</v></c></row>"
                   "<row r='3'><c r='A3'><v>2</v></c><c r='C3' t='inlineStr'><is><t>In</t></is>"
                   "</c><c r='D3'><v>1.5E1</v></c></row>"
                   "</sheetData></worksheet>");
    pn_list_file list;
    assert_int_equal(pn_list_file_read(&list, path), PN_ERROR_USAGE); // 15 below 12.5
    assert_non_null(strstr(pn_fail_message(), "In"));
    write_workbook(path, "<worksheet><sheetData>"
                         "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='C1' t='s'><v>2</v></c>"
                         "<c r='D1' t='s'><v>1</v></c></row>"
                         "<row r='2'><c r='A2'><v>1</v></c><c r='C2' t='s'><v>3</v></c>"
                         "<c r='D2'><v>12.5</v></c></row></sheetData></worksheet>");
    assert_int_equal(pn_list_file_read(&list, path), PN_OK);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.entries[0].name, "A & B");
    assert_true(list.entries[0].rmax == 12.5);
    pn_list_file_release(&list);
    write_workbook(path, "<worksheet><sheetData><row>");
    assert_int_equal(pn_list_file_read(&list, path), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "of its XML"));
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_fall_and_follow),
        cmocka_unit_test(test_place_is_exact_on_a_knot),
        cmocka_unit_test(test_place_and_rmax_are_inverse_and_monotone),
        cmocka_unit_test(test_place_of_the_rmax_of_a_place),
        cmocka_unit_test(test_rmax_is_exact_on_a_knot),
        cmocka_unit_test(test_unknown_list_is_refused),
        cmocka_unit_test(test_csv_list),
        cmocka_unit_test(test_what_is_no_list_is_refused),
        cmocka_unit_test(test_what_is_no_whole_list_is_refused),
        cmocka_unit_test(test_quotation_marks_surround_cells),
        cmocka_unit_test(test_unit_comes_from_the_first_system),
        cmocka_unit_test(test_workbook),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
