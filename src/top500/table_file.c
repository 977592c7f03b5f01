// SPDX-License-Identifier: BSD-3-Clause
// What kind of file a table is, by how it begins; its text as UTF-8.
#include "top500/table_file.h"

#include "base/input_file.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct signature {
    const char *bytes;
    int length;
    const char *what; // it is
} signature;

// What people save under the name of a list.
static const signature strangers[] = {
    {"\xd0\xcf\x11\xe0", 4, "a workbook in the old binary format (.xls); save it as .xlsx or .csv"},
    {"%PDF", 4, "a PDF; the list is needed as .xlsx, .xml or .csv"},
    {"\x1f\x8b", 2, "compressed by gzip; unpack it first"},
    {"\x89PNG", 4, "a picture; the list is needed as .xlsx, .xml or .csv"},
};

static pn_status check_strangers(const char *path, const pn_input_file *input)
{
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
        const signature *s = &strangers[i];
        if (input->length >= (size_t)s->length &&
            memcmp(input->text, s->bytes, (size_t)s->length) == 0)
            return pn_fail(PN_ERROR_USAGE, "%s is %s.", path, s->what);
    }
    return PN_OK;
}

static size_t put_character(char *out, unsigned code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length; i-- > 1; code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)((0xf00u >> length & 0xff) | code);
    return length;
}

// Replaces UTF-16 by UTF-8; a half of a pair alone becomes U+FFFD.
static pn_status from_utf16(const char *path, pn_input_file *input, bool is_big)
{
    const unsigned char *in = (const unsigned char *)input->text;
    size_t units = input->length / 2, length = 0;
    char *text = malloc(3 * units + 1); // a pair of units makes four bytes
    if (!text)
        return pn_fail_memory("for the text of %s", path);
    for (size_t i = 0; i < units; i++) {
        unsigned code = in[2 * i + !is_big] * 256u + in[2 * i + is_big];
        if (code >= 0xd800 && code < 0xe000) {
            unsigned next =
                i + 1 < units ? in[2 * i + 2 + !is_big] * 256u + in[2 * i + 2 + is_big] : 0;
            bool is_pair = code < 0xdc00 && next >= 0xdc00 && next < 0xe000;
            code = is_pair ? 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00) : 0xfffd;
            i += is_pair;
        }
        length += put_character(text + length, code);
    }
    text[length] = '\0';
    free(input->text);
    *input = (pn_input_file){text, length};
    return PN_OK;
}

// With a mark of the order of bytes, or by the zero beside the first letter.
static pn_status make_utf8(const char *path, pn_input_file *input)
{
    const unsigned char *t = (const unsigned char *)input->text;
    bool is_little = input->length >= 2 && ((t[0] == 0xff && t[1] == 0xfe) || (t[0] && !t[1]));
    bool is_big = input->length >= 2 && ((t[0] == 0xfe && t[1] == 0xff) || (!t[0] && t[1]));
    if (is_little || is_big) {
        pn_status status = from_utf16(path, input, is_big);
        if (status != PN_OK)
            return status;
    }
    if (memchr(input->text, '\0', input->length))
        return pn_fail(PN_ERROR_USAGE, "%s holds bytes of zero, so it is no table as text.", path);
    return PN_OK;
}

static pn_status fail_page(const char *path, const char *text)
{
    char title[80] = "";
    const char *begin = strcasestr(text, "<title>");
    if (begin) {
        int length = (int)strcspn(begin + 7, "<\r\n");
        snprintf(title, sizeof title, " (\"%.*s\")", length < 70 ? length : 70, begin + 7);
    }
    return pn_fail(PN_ERROR_USAGE,
                   "%s is a web page%s and no list: the site sends one where a list needs logging "
                   "in first; download the list itself, as .xlsx, .xml or .csv.",
                   path, title);
}

static bool begins(const char *text, const char *word)
{
    return strncasecmp(text, word, strlen(word)) == 0;
}

static pn_status read_text(pn_table_request *request, pn_input_file *input)
{
    pn_status status = make_utf8(request->path, input);
    if (status != PN_OK)
        return status;
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    const char *text = input->text + (begins(input->text, byte_order_mark) ? 3 : 0);
    size_t length = input->length - (size_t)(text - input->text);
    const char *first = text + strspn(text, " \t\r\n");
    if (begins(first, "<!doctype html") || begins(first, "<html") || begins(first, "<head") ||
        (*first == '<' && strcasestr(first, "<html")))
        return fail_page(request->path, first);
    return *first == '<' ? pn_table_read_xml(request, first, length - (size_t)(first - text))
                         : pn_table_read_text(request, text, length);
}

pn_status pn_table_file_read(pn_table_request *request)
{
    pn_input_file input;
    pn_status status;
    request->separator = '\0';
    PN_TRY(pn_input_file_read(&input, request->path, PN_TABLE_BYTES));
    PN_TRY(check_strangers(request->path, &input));
    bool is_archive = input.length >= 4 && memcmp(input.text, "PK\3\4", 4) == 0;
    PN_TRY(is_archive ? pn_table_read_xlsx(request, input.text, input.length)
                      : read_text(request, &input));
fail:
    pn_input_file_release(&input);
    return status;
}
