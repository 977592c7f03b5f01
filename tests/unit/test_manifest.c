// SPDX-License-Identifier: BSD-3-Clause
// The manifest of a checkpoint: what is written is read again; a change anywhere is seen; a
// stranger who knows the checksum can make it say no nonsense. And how large the files of a layout
// are.
#include "checkpoint/manifest_text.h"
#include "checkpoint/shard.h"
#include "grid/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static pn_layout *layout_of(pn_gidx n, int nb, int riding)
{
    static const int heights[] = {3, 1, 2};
    static const double shares[] = {1, 2, 3};
    pn_layout *layout;
    pn_layout_request request = {.n = n,
                                 .nb = nb,
                                 .riding = riding,
                                 .columns = 3,
                                 .heights = heights,
                                 .virtual_rows = 6,
                                 .shares = shares};
    assert_int_equal(pn_layout_create(&layout, &request), PN_OK);
    return layout;
}

static pn_manifest example(void)
{
    pn_manifest m;
    pn_layout *layout = layout_of(1003, 16, 2);
    assert_int_equal(pn_manifest_create(&m, layout), PN_OK);
    pn_layout_destroy(layout);
    m.seed = (uint64_t)1 << 53;
    m.threshold = 16.1;
    m.element_bytes = 8;
    m.step = 20;
    m.computing_seconds = 1.0 / 3;
    for (int i = 0; i < m.files; i++)
        m.checksum[i] = UINT64_MAX - (uint64_t)i;
    pn_session session = {.began = 1e9 + 0.1,
                          .seconds = 1.0 / 3,
                          .next = 20,
                          .ranks = 6,
                          .p = 3,
                          .q = 3,
                          .mpi = "Open MPI 4",
                          .kind_count = 1,
                          .kinds = {{.kind = "a \"kind\"", .host = "h", .ranks = 6}}};
    pn_manifest_add_session(&m, &session);
    return m;
}

static char *text_of(const pn_manifest *m)
{
    char *text;
    assert_int_equal(pn_manifest_write(m, &text), PN_OK);
    return text;
}

static void comes_back(void **state)
{
    (void)state;
    pn_manifest m = example(), again;
    char *text = text_of(&m);
    assert_int_equal(pn_manifest_read(&again, text, strlen(text)), PN_OK);
    assert_int_equal(again.n, 1003);
    assert_int_equal(again.width, 1005);
    assert_true(again.seed == m.seed && again.threshold == m.threshold);
    assert_true(again.step == 20 && again.computing_seconds == m.computing_seconds);
    assert_int_equal(again.files, 6);
    assert_memory_equal(again.checksum, m.checksum, 6 * sizeof *m.checksum);
    assert_memory_equal(again.host, m.host, 18 * sizeof *m.host);
    assert_memory_equal(again.owner, m.owner, 63 * sizeof *m.owner);
    assert_int_equal(again.session_count, 1);
    assert_memory_equal(again.sessions, m.sessions, sizeof *m.sessions);
    char *twice = text_of(&again);
    assert_string_equal(twice, text);
    free(text);
    free(twice);
    pn_manifest_release(&m);
    pn_manifest_release(&again);
}

static void sessions_do_not_grow_without_end(void **state)
{
    (void)state;
    pn_manifest m = example();
    pn_session session = m.sessions[0];
    for (int i = 1; i < 2 * PN_SESSIONS_MOST; i++) {
        session.began = i;
        pn_manifest_add_session(&m, &session);
    }
    assert_int_equal(m.session_count, PN_SESSIONS_MOST);
    assert_true(m.sessions[0].began == 1e9 + 0.1); // the honest beginning
    assert_true(m.sessions[PN_SESSIONS_MOST - 1].began == 2 * PN_SESSIONS_MOST - 1);
    pn_manifest_release(&m);
}

// Each digit changed, each length: refused, or (the last digits of a real number) the same.
static void damage_is_seen(void **state)
{
    (void)state;
    pn_manifest m = example(), again;
    char *text = text_of(&m);
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++) {
        char kept = text[i];
        if (kept < '0' || kept > '9')
            continue;
        text[i] = kept == '9' ? '1' : (char)(kept + 1);
        pn_status status = pn_manifest_read(&again, text, length);
        text[i] = kept;
        if (status == PN_OK) {
            char *same = text_of(&again);
            assert_string_equal(same, text);
            free(same);
        }
        pn_manifest_release(&again);
    }
    for (size_t i = 0; i < length; i++) {
        assert_int_not_equal(pn_manifest_read(&again, text, i), PN_OK);
        pn_manifest_release(&again);
    }
    free(text);
    pn_manifest_release(&m);
}

// The example with one member in the place of another, and a checksum that fits.
static pn_status read_with(const char *member, const char *value)
{
    pn_manifest m = example(), again;
    char *text = text_of(&m), checksum[17];
    json_t *all = json_loads(text, 0, NULL), *run = json_object_get(all, "run");
    json_t *given = value ? json_loads(value, JSON_DECODE_ANY, NULL) : NULL;
    if (given)
        json_object_set_new(run, member, given);
    else
        json_object_del(run, member);
    assert_int_equal(pn_manifest_checksum(run, checksum), PN_OK);
    json_object_set_new(all, "checksum", json_string(checksum));
    char *changed = json_dumps(all, JSON_REAL_PRECISION(17));
    pn_status status = pn_manifest_read(&again, changed, strlen(changed));
    if (status != PN_OK && value)
        assert_non_null(strstr(pn_fail_message(), "\""));
    pn_manifest_release(&m);
    pn_manifest_release(&again);
    json_decref(all);
    free(text);
    free(changed);
    return status;
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {{"n", "0"},
                                           {"n", "-1003"},
                                           {"n", "1e3"},
                                           {"n", "1000000000000"},
                                           {"n", "1000000000"}, // the owners are not so many
                                           {"n", "\"1003\""},
                                           {"width", "1003"},
                                           {"width", "5000"},
                                           {"nb", "0"},
                                           {"nb", "20000"},
                                           {"nb", "17"},
                                           {"seed", "-1"},
                                           {"threshold", "-1"},
                                           {"threshold", "1e300"},
                                           {"element_bytes", "0"},
                                           {"element_bytes", "16"},
                                           {"element_bytes", "4"}, // of HPL's own matrix
                                           {"matrix", "\"mild\""}, // of 8 bytes
                                           {"matrix", "\"another\""},
                                           {"matrix", "1"},
                                           {"step", "0"},
                                           {"step", "63"},
                                           {"computing_seconds", "-0.5"},
                                           {"virtual_rows", "0"},
                                           {"virtual_rows", "16000000"},
                                           {"columns", "[]"},
                                           {"columns", "[1]"},
                                           {"columns", "[{\"height\":7,\"host\":[0,0,0,0,0,0]}]"},
                                           {"columns", "[{\"height\":1,\"host\":[0,0,0,0,0,1]}]"},
                                           {"owners", "[]"},
                                           {"owners", "[[0,62]]"},
                                           {"owners", "[[0,64]]"},
                                           {"owners", "[[3,63]]"},
                                           {"owners", "[[-1,63]]"},
                                           {"owners", "[[0,9223372036854775807]]"},
                                           {"owners", "[[0,0],[0,63]]"},
                                           {"checksums", "[]"},
                                           {"checksums", "[\"0\",\"0\",\"0\",\"0\",\"0\",\"0\"]"},
                                           {"sessions", "[]"},
                                           {"sessions", "[{}]"},
                                           {"sessions", "{}"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (read_with(wrong[i][0], wrong[i][1]) == PN_OK)
            fail_msg("%s of %s is taken", wrong[i][0], wrong[i][1]);
    static const char *const needed[] = {"n",       "width",        "nb",        "seed",
                                         "step",    "virtual_rows", "threshold", "element_bytes",
                                         "columns", "owners",       "checksums", "sessions"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (read_with(needed[i], NULL) == PN_OK)
            fail_msg("it can do without %s", needed[i]);
    assert_int_equal(read_with("n", "1003"), PN_OK);
    assert_int_equal(read_with("what is new", "1"), PN_OK);
    assert_int_equal(read_with("matrix", NULL), PN_OK); // older ones have none
}

static void no_manifest_at_all(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "1",
        "{}",
        "{\"format\":1}",
        "{\"format\":\"panache checkpoint 1\"}",
        "{\"format\":\"panache checkpoint 2\",\"checksum\":\"\",\"run\":{}}"};
    pn_manifest m;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_not_equal(pn_manifest_read(&m, texts[i], strlen(texts[i])), PN_OK);
        pn_manifest_release(&m);
    }
}

// All entries that are kept are in one file each: 4 N^2 (1 + u^2) of them and a little for the
// blocks of the diagonal.
static void files_hold_what_is_left(void **state)
{
    (void)state;
    for (pn_gidx n = 990; n < 1010; n++) {
        pn_manifest m;
        pn_layout *layout = layout_of(n, 16, 1);
        assert_int_equal(pn_manifest_create(&m, layout), PN_OK);
        m.element_bytes = 8;
        m.step = 20;
        int64_t bytes = 0, wanted = 0;
        for (int column = 0; column < m.columns; column++)
            for (int row = 0; row < m.heights[column]; row++) {
                pn_shard shard;
                assert_int_equal(pn_shard_create(&shard, &m, column, row), PN_OK);
                pn_shard_size size = pn_shard_measure(&shard);
                assert_int_equal(size.bytes, size.data + 8 * size.pieces);
                bytes += size.data;
                pn_place place;
                int rank = pn_layout_rank(layout, row, column);
                assert_int_equal(pn_place_create(&place, layout, rank), PN_OK);
                assert_int_equal(pn_shard_rows(&shard, 20), place.rows);
                assert_int_equal(pn_shard_rows(&shard, 4), pn_place_rows_before(&place, 5 * 16));
                pn_place_release(&place);
                pn_shard_release(&shard);
            }
        for (pn_gidx j = 0; j <= n; j++)
            wanted += j / 16 < 20 ? 8 * 16 * (j / 16 + 1) : 8 * n;
        assert_int_equal(bytes, wanted);
        pn_layout_destroy(layout);
        pn_manifest_release(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back),         cmocka_unit_test(sessions_do_not_grow_without_end),
        cmocka_unit_test(damage_is_seen),     cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(no_manifest_at_all), cmocka_unit_test(files_hold_what_is_left)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
