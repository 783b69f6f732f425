/* SPDX-License-Identifier: Apache-2.0 */
#include <iconv.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/utf16.h"
#include "harness/harness.h"

static void assert_units(const struct str16 *s, const char16_t *units)
{
    assert_non_null(s->p);
    assert_int_equal(s->n, str16_len(units));
    assert_memory_equal(s->p, units, (s->n + 1) * sizeof(*units)); /* and the 0 at the end */
}

static void utf8_goes_both_ways(void **state)
{
    ssp_cleanup(str16_wipe) struct str16 s = { 0 };
    ssp_cleanup(wipe_free_str) char *back = NULL;

    (void)state;
    assert_int_equal(str16_from_utf8(view_text("aé€😀"), &s), SSP_OK);
    assert_units(&s, u"aé€😀");
    assert_int_equal(str16_to_utf8(&s, &back), SSP_OK);
    assert_string_equal(back, "aé€😀");
}

static void nothing_is_an_empty_string(void **state)
{
    ssp_cleanup(str16_wipe) struct str16 s = { 0 };
    ssp_cleanup(wipe_free_str) char *back = NULL;
    struct str16 none = { 0 };

    (void)state;
    assert_int_equal(str16_from_utf8((struct view){ 0 }, &s), SSP_OK);
    assert_units(&s, u"");
    assert_int_equal(str16_to_utf8(&none, &back), SSP_OK);
    assert_string_equal(back, "");
    str16_wipe(&none);
}

static void refuses_ill_formed_utf8(void **state)
{
    static const char *const bad[] = { "ff",       "c3",   "c0af",   "e08080", "eda080",
                                       "f4908080", "61c3", "f09f98", "80",     "f8888080 80" };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct str16 s = { .n = 42 };

        assert_int_equal(str16_from_utf8(hex(bad[i]), &s), SSP_ERR_BAD_ARGUMENT);
        assert_int_equal(s.n, 42);
    }
}

static void refuses_lone_surrogates(void **state)
{
    static const char16_t bad[][3] = { { 0xd800, 'a' }, { 'a', 0xd800 }, { 0xdc00, 0xd800 } };
    struct str16 s = { .n = 42 };

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(str16_from_units(bad[i], 2, &s), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(str16_from_wire(hex("00d8"), &s), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(s.n, 42);
}

static void the_wire_is_little_endian(void **state)
{
    ssp_cleanup(str16_wipe) struct str16 s = { 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(64);

    (void)state;
    assert_int_equal(str16_from_wire(hex("6100 ac20 3dd8 00de"), &s), SSP_OK);
    assert_units(&s, u"a€😀");
    str16_to_wire(&s, &out);
    assert_view_equal((struct view){ out.p, out.n }, hex("6100 ac20 3dd8 00de"));
}

static void refuses_every_truncation_to_half_a_character(void **state)
{
    struct view whole = hex("6100 ac20 3dd8 00de");
    struct str16 s = { 0 };

    (void)state;
    for (size_t n = 1; n < whole.n; n++) {
        enum ssp_err e = str16_from_wire(guarded((struct view){ whole.p, n }), &s);
        bool is_whole = n == 2 || n == 4;

        assert_int_equal(e, is_whole ? SSP_OK : SSP_ERR_BAD_ARGUMENT);
        if (is_whole)
            str16_wipe(&s);
    }
    assert_null(s.p);
}

static void a_zero_inside_does_not_become_a_c_string(void **state)
{
    ssp_cleanup(str16_wipe) struct str16 s = { 0 };
    char *text = NULL;

    (void)state;
    assert_int_equal(str16_from_wire(hex("6100 0000 6200"), &s), SSP_OK);
    assert_int_equal(s.n, 3);
    assert_int_equal(str16_to_utf8(&s, &text), SSP_ERR_BAD_ARGUMENT);
    assert_null(text);
}

static void names_have_a_longest_length(void **state)
{
    static uint8_t many[6 * LIMIT_NAME];
    static char16_t units[LIMIT_NAME + 1];
    struct str16 s = { 0 };

    (void)state;
    memset(many, 'a', sizeof(many));
    assert_int_equal(str16_from_utf8((struct view){ many, LIMIT_NAME }, &s), SSP_OK);
    str16_wipe(&s);
    assert_int_equal(str16_from_utf8((struct view){ many, LIMIT_NAME + 1 }, &s), SSP_ERR_TOO_LARGE);
    assert_int_equal(str16_from_utf8(VIEW_OF(many), &s), SSP_ERR_TOO_LARGE);
    assert_int_equal(str16_from_wire((struct view){ many, 2 * LIMIT_NAME + 2 }, &s),
                     SSP_ERR_TOO_LARGE);
    assert_int_equal(str16_from_units(units, LIMIT_NAME + 1, &s), SSP_ERR_TOO_LARGE);
    assert_int_equal(str16_from_oem((struct view){ many, LIMIT_NAME + 1 }, &s), SSP_ERR_TOO_LARGE);
    assert_null(s.p);
}

static void assert_upper(const char16_t *from, const char16_t *to)
{
    ssp_cleanup(str16_wipe) struct str16 s = { 0 };
    ssp_cleanup(str16_wipe) struct str16 up = { 0 };

    assert_int_equal(str16_from_units(from, str16_len(from), &s), SSP_OK);
    assert_int_equal(str16_upper(&s, &up), SSP_OK);
    assert_units(&up, to);
    assert_true(str16_eq_nocase(&s, &up));
}

static void upper_case_is_one_to_one(void **state)
{
    (void)state;
    assert_upper(u"user", u"USER");
    assert_upper(u"azAZ09@[`{", u"AZAZ09@[`{");
    assert_upper(u"äßÿжς", u"ÄßŸЖΣ");
    assert_upper(u"😀", u"😀");
    assert_upper(u"", u"");
}

static void no_other_letter_turns_into_ascii(void **state)
{
    (void)state;
    assert_upper(u"ıſµ", u"ıſµ");
    for (unsigned c = 0x80; c < 0xd800; c++) {
        char16_t one = (char16_t)c;
        ssp_cleanup(str16_wipe) struct str16 up = { 0 };

        assert_int_equal(str16_upper(&(struct str16){ &one, 1 }, &up), SSP_OK);
        assert_true(up.p[0] >= 0x80);
    }
}

static void names_differ_in_more_than_case(void **state)
{
    static char16_t a[] = u"alice";
    static char16_t b[] = u"ALICF";
    static char16_t c[] = u"Alice";

    (void)state;
    assert_true(str16_eq_nocase(&(struct str16){ a, 5 }, &(struct str16){ c, 5 }));
    assert_false(str16_eq_nocase(&(struct str16){ a, 5 }, &(struct str16){ b, 5 }));
    assert_false(str16_eq_nocase(&(struct str16){ a, 5 }, &(struct str16){ c, 4 }));
}

static void code_page_850_is_that_of_iconv(void **state)
{
    iconv_t cd = iconv_open("UTF-16LE", "CP850");

    (void)state;
    assert_true(cd != (iconv_t)-1);
    for (unsigned byte = 0; byte < 256; byte++) {
        char in = (char)byte;
        char out[2] = { 0 };
        char *from = &in;
        char *to = out;
        size_t n = 1;
        size_t room = sizeof(out);
        ssp_cleanup(str16_wipe) struct str16 s = { 0 };
        ssp_cleanup(wr_free) struct wr back = WR_INIT(4);

        assert_int_equal(iconv(cd, &from, &n, &to, &room), 0);
        assert_int_equal(str16_from_oem((struct view){ (const uint8_t *)&in, 1 }, &s), SSP_OK);
        assert_int_equal(s.p[0], (uint8_t)out[0] | (uint8_t)out[1] << 8);
        assert_int_equal(str16_to_oem(&s, &back), SSP_OK);
        assert_int_equal(back.p[0], byte);
    }
    assert_int_equal(iconv_close(cd), 0);
}

static void what_code_page_850_cannot_say_is_refused_whole(void **state)
{
    static char16_t euro[] = u"a€";
    ssp_cleanup(wr_free) struct wr out = WR_INIT(16);

    (void)state;
    assert_int_equal(str16_to_oem(&(struct str16){ euro, 2 }, &out), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(out.n, 0);
}

static void leaves_no_password_behind(void **state)
{
    struct view wire = hex("5000 6100 7300 7300 7700 6f00 7200 6400");
    ssp_cleanup(wipe_free_str) char *utf8 = NULL;
    struct str16 s = { 0 };
    struct str16 up = { 0 };

    (void)state;
    watch_frees_for(wire);
    assert_int_equal(str16_from_utf8(view_text("Password"), &s), SSP_OK);
    str16_wipe(&s);
    assert_int_equal(str16_from_wire(wire, &s), SSP_OK);
    assert_int_equal(str16_upper(&s, &up), SSP_OK);
    str16_wipe(&up);
    assert_int_equal(frees_unwiped(), 0);
    watch_frees_for(view_text("Password"));
    assert_int_equal(str16_to_utf8(&s, &utf8), SSP_OK);
    wipe_free_str(&utf8);
    str16_wipe(&s);
    assert_int_equal(frees_unwiped(), 0);
}

static enum ssp_err through_the_code_page(const struct str16 *s)
{
    ssp_cleanup(str16_wipe) struct str16 back = { 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(64);

    SSP_TRY(str16_to_oem(s, &out));
    return str16_from_oem((struct view){ out.p, out.n }, &back);
}

static enum ssp_err over_the_wire(const struct str16 *s)
{
    ssp_cleanup(str16_wipe) struct str16 back = { 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(64);
    ssp_cleanup(wipe_free_str) char *utf8 = NULL;

    str16_to_wire(s, &out);
    SSP_TRY(out.err);
    SSP_TRY(str16_from_wire((struct view){ out.p, out.n }, &back));
    return str16_to_utf8(&back, &utf8);
}

static enum ssp_err convert_in_every_way(void)
{
    ssp_cleanup(str16_wipe) struct str16 a = { 0 };
    ssp_cleanup(str16_wipe) struct str16 b = { 0 };
    ssp_cleanup(str16_wipe) struct str16 c = { 0 };

    SSP_TRY(str16_from_utf8(view_text("aé"), &a));
    SSP_TRY(str16_from_units(a.p, a.n, &b));
    SSP_TRY(str16_upper(&b, &c));
    SSP_TRY(through_the_code_page(&c));
    return over_the_wire(&c);
}

static void every_allocation_may_fail(void **state)
{
    enum ssp_err e = SSP_ERR_NO_MEMORY;
    size_t nth = 0;

    (void)state;
    for (; e == SSP_ERR_NO_MEMORY && nth < 20; nth++) {
        fault_malloc_at(nth);
        e = convert_in_every_way();
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(e, SSP_OK);
    assert_true(nth > 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(utf8_goes_both_ways),
        TEST(nothing_is_an_empty_string),
        TEST(refuses_ill_formed_utf8),
        TEST(refuses_lone_surrogates),
        TEST(the_wire_is_little_endian),
        TEST(refuses_every_truncation_to_half_a_character),
        TEST(a_zero_inside_does_not_become_a_c_string),
        TEST(names_have_a_longest_length),
        TEST(upper_case_is_one_to_one),
        TEST(no_other_letter_turns_into_ascii),
        TEST(names_differ_in_more_than_case),
        TEST(code_page_850_is_that_of_iconv),
        TEST(what_code_page_850_cannot_say_is_refused_whole),
        TEST(leaves_no_password_behind),
        TEST(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
