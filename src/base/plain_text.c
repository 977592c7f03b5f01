// SPDX-License-Identifier: BSD-3-Clause
// UTF-8 is decoded by hand: the locale of a rank is that of its launcher, mostly "C", in which the
// library's functions know no character above 127.
#include "base/plain_text.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

// Bytes of the character at `text` and its code, or 0 where it is no UTF-8 (overlong, a surrogate,
// beyond U+10FFFF, or cut).
static int decode(const unsigned char *text, unsigned *code)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    int length = text[0] < 0x80             ? 1
                 : (text[0] & 0xe0) == 0xc0 ? 2
                 : (text[0] & 0xf0) == 0xe0 ? 3
                 : (text[0] & 0xf8) == 0xf0 ? 4
                                            : 0;
    *code = length == 1 ? text[0] : length > 0 ? text[0] & (0x7fu >> length) : 0;
    for (int i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (text[i] & 0x3fu);
    }
    bool is_surrogate = *code >= 0xd800 && *code < 0xe000;
    return length == 0 || *code < least[length] || is_surrogate || *code > 0x10ffff ? 0 : length;
}

static bool steers(unsigned code)
{
    return (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code < 0xa0) ||
           code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0xfffe || code == 0xffff;
}

size_t pn_plain_text(char *plain, size_t bytes, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t used = 0;
    assert(bytes > 0);
    while (*at) {
        char shown[8];
        unsigned code;
        int taken = decode(at, &code), length = taken;
        if (taken == 0)
            length = snprintf(shown, sizeof shown, "\\x%02x", *at);
        else if (steers(code))
            length = snprintf(shown, sizeof shown, code < 0x80 ? "\\x%02x" : "\\u%04x", code);
        else
            memcpy(shown, at, (size_t)taken);
        if (used + (size_t)length + 1 > bytes)
            break;
        memcpy(plain + used, shown, (size_t)length);
        used += (size_t)length;
        at += taken > 0 ? taken : 1;
    }
    plain[used] = '\0';
    return used;
}

size_t pn_plain_length(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    for (;;) {
        unsigned code;
        int taken = *at ? decode(at, &code) : 0;
        if (taken == 0 || steers(code))
            return (size_t)((const char *)at - text);
        at += taken;
    }
}
