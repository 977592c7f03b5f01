// SPDX-License-Identifier: BSD-3-Clause
// Lists as people get and save them: separators, decimal commas, encodings, ends of lines, the
// site's XML; and what is no list, or costs far more than it is, named for what it is.
#include "top500/list_file.h"
#include "top500/list_numbers.h"
#include "top500/table_file.h"

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

static pn_status read_bytes(pn_list_file *list, const char *bytes, size_t length)
{
    char path[] = "/tmp/panache-kind-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, length), length);
    close(descriptor);
    pn_status status = pn_list_file_read(list, path);
    unlink(path);
    return status;
}

// Two systems, X of A with 1234.5 TFlop/s before Y of B with 999.9.
static void expect_two(const char *bytes, size_t length)
{
    pn_list_file list;
    if (read_bytes(&list, bytes, length) != PN_OK)
        fail_msg("%s", pn_fail_message());
    assert_int_equal(list.count, 2);
    assert_string_equal(list.entries[0].name, "X");
    assert_string_equal(list.entries[0].site, "A");
    assert_string_equal(list.entries[1].name, "Y");
    assert_true(list.entries[0].rmax == 1234.5);
    assert_true(list.entries[1].rmax == 999.9);
    pn_list_file_release(&list);
}

static void expect_text(const char *text)
{
    expect_two(text, strlen(text));
}

static void test_separators_and_decimal_commas(void **state)
{
    (void)state;
    expect_text("Rank;Site;Computer;Rmax [TFlop/s];Rpeak [TFlop/s]\n"
                "1;A;X;1.234,5;2.000,0\n2;B;Y;999,9;1.000,0\n");
    expect_text("Rank\tSite\tComputer\tRmax [TFlop/s]\n1\tA\tX\t1234.5\n2\tB\tY\t999.9\n");
    expect_text("\"Rank\",\"Site\",\"Computer\",\"Rmax [TFlop/s]\"\n"
                "1,A,X,\"1,234.5\"\n2,B,Y,\"999.9\"\n");
    expect_text("TOP500, of June, as we know it\nRank;Site;Computer;Rmax [GFlop/s]\n"
                "1;A;X;1'234'500\n2;B;Y;999 900\n");
    expect_text("Rank;Site;Name;Rmax [PFlop/s]\n1;A;X;1,2345\n2;B;Y;0,9999\n");
}

static void test_the_column_tells_the_decimal_sign(void **state)
{
    (void)state;
    assert_int_equal(pn_decimal_of("1,234.5"), PN_DECIMAL_POINT);
    assert_int_equal(pn_decimal_of("1.234,5"), PN_DECIMAL_COMMA);
    assert_int_equal(pn_decimal_of("1,234"), PN_DECIMAL_OPEN);
    assert_int_equal(pn_decimal_of("1.234"), PN_DECIMAL_OPEN);
    assert_int_equal(pn_decimal_of("1,234,567"), PN_DECIMAL_POINT);
    assert_int_equal(pn_decimal_of("1.234.567"), PN_DECIMAL_COMMA);
    assert_int_equal(pn_decimal_of("12345,678"), PN_DECIMAL_COMMA);
    assert_int_equal(pn_decimal_of("0.999"), PN_DECIMAL_POINT);
    assert_int_equal(pn_decimal_of("42"), PN_DECIMAL_OPEN);
    double value;
    assert_false(pn_list_number("inf", PN_DECIMAL_POINT, &value));
    assert_false(pn_list_number("-3", PN_DECIMAL_POINT, &value));
    assert_false(pn_list_number("", PN_DECIMAL_POINT, &value));
    assert_false(pn_list_number("0", PN_DECIMAL_POINT, &value));
    pn_list_file list;
    const char *text = "Rank;Rmax [TFlop/s]\n1;1.234\n2;999,5\n"; // the second tells
    assert_int_equal(read_bytes(&list, text, strlen(text)), PN_OK);
    assert_true(list.entries[0].rmax == 1234);
    pn_list_file_release(&list);
}

static void test_ends_of_lines(void **state)
{
    (void)state;
    expect_text("Rank,Site,Computer,Rmax [TFlop/s]\r1,A,X,1234.5\r2,B,Y,999.9\r");
    expect_text("Rank,Site,Computer,Rmax [TFlop/s]\r\n1,A,X,1234.5\r\n2,B,Y,999.9");
}

// Every byte of `text` as two, after a mark of their order or none.
static void expect_wide(const char *text, int big, const char *mark)
{
    char wide[512] = "";
    size_t length = strlen(mark);
    memcpy(wide, mark, length);
    for (; *text; text++) {
        wide[length + (size_t)!big] = '\0';
        wide[length + (size_t)big] = *text;
        length += 2;
    }
    expect_two(wide, length);
}

static void test_utf16(void **state)
{
    (void)state;
    const char *text =
        "Rank\tSite\tComputer\tRmax [TFlop/s]\r\n1\tA\tX\t1234.5\r\n2\tB\tY\t999.9\r\n";
    expect_wide(text, 0, "\xff\xfe");
    expect_wide(text, 1, "\xfe\xff");
    expect_wide(text, 0, "");
    pn_list_file list; // a letter beyond 16 bits, and half of one
    assert_int_equal(read_bytes(&list,
                                "\xff\xfe"
                                "R\0a\0n\0k\0,\0R\0m\0a\0x\0 \0t\0f\0l\0o\0p\0,\0S\0i\0t\0e\0\n\0"
                                "1\0,\0"
                                "2\0,\0\x3d\xd8\x00\xde\xe9\0\x3d\xd8\n\0",
                                62),
                     PN_OK);
    assert_string_equal(list.entries[0].site, "\U0001f600\u00e9\ufffd");
    pn_list_file_release(&list);
}

static void test_the_sites_xml(void **state)
{
    (void)state;
    expect_text("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                "<top500:list xmlns:top500=\"http://www.top500.org/xml/top500/1.0\">"
                "<top500:site><top500:rank>1</top500:rank><top500:system-id>7</top500:system-id>"
                "<top500:system-name>X</top500:system-name><top500:computer>c</top500:computer>"
                "<top500:r-max>1234500.0</top500:r-max><top500:installation-site>"
                "<top500:installation-site-name>A</top500:installation-site-name>"
                "<top500:site-id>3</top500:site-id></top500:installation-site></top500:site>"
                "<top500:site><top500:rank>2</top500:rank><top500:system-name/>"
                "<top500:computer>Y</top500:computer><top500:r-max>999900</top500:r-max>"
                "</top500:site></top500:list>");
}

static void refuse(const char *text, size_t length, const char *told)
{
    pn_list_file list;
    assert_int_not_equal(read_bytes(&list, text, length), PN_OK);
    if (!strstr(pn_fail_message(), told))
        fail_msg("%s", pn_fail_message());
}

static void test_what_is_no_list_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *told;
    } cases[] = {
        {"<!DOCTYPE html><html><head><title>Login | TOP500</title></head></html>",
         "web page (\"Login | TOP500\")"},
        {"\n <html>", "web page"},
        {"<?xml version='1.0'?><rss/>", "no element \"site\""},
        {"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'b'>]><l/>", "document type"},
        {"<list><site>", "of its XML"},
        {"%PDF-1.7", "a PDF"},
        {"\xd0\xcf\x11\xe0", "old binary format"},
        {"\x1f\x8b", "gzip"},
        {"Year,Month,Rank,Rmax [TFlop/s]\n2020,6,1,9\n2020,6,2,8\n2020,11,1,19\n2020,11,2,18\n",
         "2 systems of rank 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refuse(cases[i].text, strlen(cases[i].text), cases[i].told);
    refuse("Rank,Rmax\0", 10, "bytes of zero");
}

static void test_names_steer_no_terminal(void **state)
{
    (void)state;
    pn_list_file list;
    const char *text = "Rank,Name,Site,Rmax [TFlop/s]\n1,a\033[2Jb,\xe9t\xe9,9\n";
    assert_int_equal(read_bytes(&list, text, strlen(text)), PN_OK);
    assert_string_equal(list.entries[0].name, "a\\x1b[2Jb");
    assert_string_equal(list.entries[0].site, "\\xe9t\\xe9");
    pn_list_file_release(&list);
}

// `count` times `piece`, between `head` and `tail`.
static char *repeat(const char *head, const char *piece, size_t count, const char *tail)
{
    size_t length = strlen(piece);
    char *text = malloc(strlen(head) + count * length + strlen(tail) + 1);
    assert_non_null(text);
    char *at = stpcpy(text, head);
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, piece);
    strcpy(at, tail);
    return text;
}

static void refuse_repeated(const char *head, const char *piece, size_t count, const char *told)
{
    char *text = repeat(head, piece, count, "");
    refuse(text, strlen(text), told);
    free(text);
}

static void test_budgets_of_texts(void **state)
{
    (void)state;
    refuse_repeated("Rank,Rmax [TFlop/s]\n", ",", 10000, "so many cells");
    refuse_repeated("Rank,Rmax [TFlop/s]\n", "1,1\n", PN_TABLE_SYSTEMS + 1, "systems");
    refuse_repeated("", "Rank,Rmax\n", PN_TABLE_BYTES / 10 + 1, "bytes");
    refuse_repeated("<l>", "<a>", 1000, "nest deeper");
    refuse_repeated("<l>", "<a/>", 2000001, "elements");
    refuse_repeated("<l a='", "0123456789", 300000, "attribute");
    refuse_repeated("<l><!--", "0123456789", 300000, "attribute");
}

static void refuse_book(const char *strings, const char *sheet, const char *told)
{
    char path[] = "/tmp/panache-book-XXXXXX";
    close(mkstemp(path));
    int code;
    zip_t *archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    assert_non_null(archive);
    zip_file_add(archive, "xl/sharedStrings.xml",
                 zip_source_buffer(archive, strings, strlen(strings), 0), 0);
    zip_file_add(archive, "xl/worksheets/sheet1.xml",
                 zip_source_buffer(archive, sheet, strlen(sheet), 0), 0);
    assert_int_equal(zip_close(archive), 0);
    pn_list_file list;
    assert_int_equal(pn_list_file_read(&list, path), PN_ERROR_USAGE);
    if (!strstr(pn_fail_message(), told))
        fail_msg("%s", pn_fail_message());
    unlink(path);
}

static void test_budgets_of_workbooks(void **state)
{
    (void)state;
    char *strings = repeat("<sst>", "<si/>", 500001, "</sst>");
    refuse_book(strings, "<worksheet/>", "strings");
    free(strings);
    char *attribute = repeat("<worksheet a='", "0123456789", 300000, "'/>");
    refuse_book("<sst/>", attribute, "attribute");
    free(attribute);
    char *rows = repeat("<worksheet>", "<row><c r='IV1'/></row>", 20000, "</worksheet>");
    refuse_book("<sst/>", rows, "cells");
    free(rows);
    char *text = repeat("<worksheet>", "0123456789", PN_TABLE_BYTES / 10 + 1, "</worksheet>");
    refuse_book("<sst/>", text, "unpacks to more");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_separators_and_decimal_commas),
        cmocka_unit_test(test_the_column_tells_the_decimal_sign),
        cmocka_unit_test(test_ends_of_lines),
        cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_the_sites_xml),
        cmocka_unit_test(test_what_is_no_list_is_named),
        cmocka_unit_test(test_names_steer_no_terminal),
        cmocka_unit_test(test_budgets_of_texts),
        cmocka_unit_test(test_budgets_of_workbooks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
