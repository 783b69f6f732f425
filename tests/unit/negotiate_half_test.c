/* SPDX-License-Identifier: Apache-2.0 */
/* The packed forms of Negotiate, and what lists of packages leave. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/secret.h"
#include "harness/harness.h"
#include "packages/negotiate/half.h"
#include "packages/negotiate/pack.h"

enum { AT_STATE = 4, AT_BITS = 5, AT_PACKAGE = 6, AT_OFFERED = 7 };

static const char list[] = "300c060a2b06010401823702020a";

/* An initiator that has sent its list. */
static void sample(struct nego_half **ret)
{
    struct nego_half *half = NULL;
    struct view bytes = hex(list);

    assert_int_equal(nego_half_new(false, &half), SSP_OK);
    half->state = NEGO_ST_REPLY;
    half->is_started = true;
    half->package = NEGO_NTLM;
    half->offered = (struct nego_choice){ { NEGO_KERBEROS, NEGO_NTLM }, 2 };
    half->asked = 0x1234;
    half->expiry = FILETIME_NEVER;
    assert_int_equal(secret_new(bytes, &half->list), SSP_OK);
    assert_int_equal(str16_from_utf8(view_text("http/server"), &half->target), SSP_OK);
    *ret = half;
}

static struct view packed(const struct nego_half *half, const char *inner)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(NEGO_HALF_MAX);

    nego_half_pack(half, view_text(inner), &out);
    assert_int_equal(out.err, SSP_OK);
    return guarded((struct view){ out.p, out.n });
}

static enum ssp_err try_unpack(struct view bytes)
{
    ssp_cleanup(nego_half_freep) struct nego_half *half = NULL;
    struct view inner = { 0 };

    return nego_half_unpack(bytes, &half, &inner);
}

static void what_is_packed_comes_back(void **state)
{
    ssp_cleanup(nego_half_freep) struct nego_half *half = NULL;
    ssp_cleanup(nego_half_freep) struct nego_half *back = NULL;
    struct view inner = { 0 };

    (void)state;
    sample(&half);
    struct view bytes = packed(half, "inside");
    assert_int_equal(nego_half_unpack(bytes, &back, &inner), SSP_OK);
    assert_view_equal(inner, view_text("inside"));
    assert_view_equal(packed(back, "inside"), bytes);
}

static void refused(struct view bytes)
{
    assert_int_equal(try_unpack(bytes), SSP_ERR_BAD_PACKED);
}

static void refuses_every_truncation_and_a_trailing_byte(void **state)
{
    ssp_cleanup(nego_half_freep) struct nego_half *half = NULL;

    (void)state;
    sample(&half);
    each_cut(packed(half, "inside"), refused);
}

static enum ssp_err with(size_t at, uint8_t value)
{
    ssp_cleanup(nego_half_freep) struct nego_half *half = NULL;

    sample(&half);
    return try_unpack(patched(packed(half, "inside"), (struct patch){ at, value }));
}

static void refuses_parts_that_do_not_fit_each_other(void **state)
{
    (void)state;
    assert_int_equal(with(0, 1), SSP_OK);
    assert_int_equal(with(0, 2), SSP_ERR_BAD_PACKED); /* another version */
    assert_int_equal(with(AT_STATE, NEGO_ST_START), SSP_ERR_BAD_PACKED);
    assert_int_equal(with(AT_STATE, NEGO_ST_HINTED), SSP_ERR_BAD_PACKED);
    assert_int_equal(with(AT_STATE, NEGO_ST_RAW), SSP_ERR_BAD_PACKED);  /* an acceptor's */
    assert_int_equal(with(AT_STATE, NEGO_ST_DONE), SSP_ERR_BAD_PACKED); /* nothing left to say */
    assert_int_equal(with(AT_STATE, NEGO_ST_DEAD), SSP_ERR_BAD_PACKED);
    assert_int_equal(with(AT_STATE, NEGO_ST_MIC), SSP_ERR_BAD_PACKED); /* it is not over */
    assert_int_equal(with(AT_STATE, NEGO_ST_TOKENS), SSP_OK);
    assert_int_equal(with(AT_BITS, 0), SSP_ERR_BAD_PACKED);        /* not begun, but there */
    assert_int_equal(with(AT_BITS, 1 | 32), SSP_ERR_BAD_PACKED);   /* an acceptor awaits no reply */
    assert_int_equal(with(AT_BITS, 16 | 32), SSP_ERR_BAD_PACKED);  /* no rest */
    assert_int_equal(with(AT_BITS, 128 | 32), SSP_ERR_BAD_PACKED); /* unknown */
    assert_int_equal(with(AT_PACKAGE, NEGO_PACKAGES), SSP_ERR_BAD_PACKED);
    assert_int_equal(with(AT_PACKAGE, NEGO_PACKAGES + 1), SSP_ERR_BAD_PACKED);
    assert_int_equal(with(AT_OFFERED, 3), SSP_ERR_BAD_PACKED);
    assert_int_equal(with(AT_OFFERED + 1, NEGO_NTLM), SSP_ERR_BAD_PACKED); /* twice */
}

static void a_copy_is_the_same_and_its_own(void **state)
{
    ssp_cleanup(nego_half_freep) struct nego_half *half = NULL;
    ssp_cleanup(nego_half_freep) struct nego_half *copy = NULL;

    (void)state;
    sample(&half);
    assert_int_equal(nego_half_copy(half, &copy), SSP_OK);
    assert_ptr_not_equal(copy->list.p, half->list.p);
    assert_view_equal(packed(copy, "inside"), packed(half, "inside"));
}

static void nothing_is_left_without_memory(void **state)
{
    ssp_cleanup(nego_half_freep) struct nego_half *half = NULL;

    (void)state;
    sample(&half);
    struct view bytes = packed(half, "inside");
    for (size_t n = 0;; n++) {
        ssp_cleanup(nego_half_freep) struct nego_half *copy = NULL;

        fault_malloc_at(n);
        enum ssp_err e = try_unpack(bytes);
        enum ssp_err copied = e == SSP_OK ? nego_half_copy(half, &copy) : e;
        fault_malloc_at(SIZE_MAX);
        if (e == SSP_OK && copied == SSP_OK)
            break;
        assert_int_equal(copied, SSP_ERR_NO_MEMORY);
    }
}

/* ---- Golden files (tests/vectors/packed/make-negotiate) ------------------ */

static void assert_golden_half(const char *file, struct nego_half **ret, struct view *ret_inner)
{
    ssp_cleanup(wr_free) struct wr again = WR_INIT(NEGO_HALF_MAX);
    struct view golden = vector_file(file);

    assert_int_equal(nego_half_unpack(golden, ret, ret_inner), SSP_OK);
    nego_half_pack(*ret, *ret_inner, &again);
    assert_view_equal((struct view){ again.p, again.n }, golden);
}

/* The LSA's record of a context without a token, around the other package's golden file. */
static void assert_record_of(struct view record, const char *file)
{
    struct view inside = vector_file(file);

    assert_int_equal(record.n, 6 + inside.n + 2);
    assert_view_equal((struct view){ record.p + 6, inside.n }, inside);
}

static void an_initiator_matches_the_golden_file(void **state)
{
    ssp_cleanup(nego_half_freep) struct nego_half *half = NULL;
    ssp_cleanup(wipe_free_str) char *target = NULL;
    struct view inner = { 0 };

    (void)state;
    assert_golden_half("packed/v1/negotiate-half-client.bin", &half, &inner);
    assert_record_of(inner, "packed/v1/ntlm-half-client.bin");
    assert_int_equal(half->state, NEGO_ST_REPLY);
    assert_false(half->accept);
    assert_true(half->is_started && !half->is_finished);
    assert_int_equal(half->package, NEGO_NTLM);
    assert_int_equal(half->offered.n, 2);
    assert_int_equal(half->offered.package[0], NEGO_NTLM);
    assert_int_equal(half->offered.package[1], NEGO_KERBEROS);
    assert_int_equal(half->asked, 0x0001081c);
    assert_int_equal(half->attributes, 0x1000);
    assert_int_equal(half->expiry, FILETIME_NEVER);
    assert_int_equal(str16_to_utf8(&half->target, &target), SSP_OK);
    assert_string_equal(target, "HTTP/server.example.com");
}

static void an_acceptor_matches_the_golden_file(void **state)
{
    ssp_cleanup(nego_half_freep) struct nego_half *half = NULL;
    struct view inner = { 0 };

    (void)state;
    assert_golden_half("packed/v1/negotiate-half-server.bin", &half, &inner);
    assert_record_of(inner, "packed/v1/ntlm-half-server.bin");
    assert_int_equal(half->state, NEGO_ST_TOKENS);
    assert_true(half->accept && half->needs_mic && half->is_started);
    assert_false(half->mic_sent || half->mic_seen || half->is_retry || half->is_finished);
    assert_int_equal(half->package, NEGO_NTLM);
    assert_view_equal(secret_view(&half->partial), hex("a182"));
    assert_int_equal(half->list.n, 2 + 0x22);
}

static void an_acceptor_that_awaits_the_last_word_matches_the_golden_file(void **state)
{
    ssp_cleanup(nego_half_freep) struct nego_half *half = NULL;
    struct view inner = { 0 };

    (void)state;
    assert_golden_half("packed/v1/negotiate-half-last.bin", &half, &inner);
    assert_record_of(inner, "packed/v1/kerberos-acceptor.bin");
    assert_int_equal(half->state, NEGO_ST_MIC);
    assert_true(half->accept && half->mic_sent && half->is_retry && half->is_finished);
    assert_false(half->mic_seen);
    assert_int_equal(half->package, NEGO_KERBEROS);
    assert_int_equal(half->expiry, 0x01db005000000000);
    assert_view_equal(secret_view(&half->rest), view_text("an answer"));
    assert_view_equal(secret_view(&half->answered), view_text("a question"));
}

static void assert_golden_around(const char *file, const struct nego_packed *want)
{
    ssp_cleanup(wr_free) struct wr again = WR_INIT(NEGO_PACK_MAX);
    struct nego_packed got = { 0 };

    nego_pack(want, &again);
    assert_view_equal((struct view){ again.p, again.n }, vector_file(file));
    assert_int_equal(nego_unpack(vector_file(file), &got), SSP_OK);
    assert_int_equal(got.package, want->package);
    assert_int_equal(got.id, want->id);
    assert_view_equal(got.inner, want->inner);
}

static void established_contexts_match_the_golden_files(void **state)
{
    (void)state;
    assert_golden_around("packed/v1/negotiate-kerberos.bin",
                         &(struct nego_packed){ NEGO_KERBEROS, 2, 0,
                                                vector_file("packed/v1/kerberos-acceptor.bin") });
    assert_golden_around(
        "packed/v1/negotiate-ntlm.bin",
        &(struct nego_packed){ NEGO_NTLM, 0x0102, 0, vector_file("packed/v1/ntlm-server.bin") });
}

/* ---- Established ------------------------------------------------------- */

static void an_established_context_wraps_the_inner_one(void **state)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(NEGO_PACK_MAX);
    const struct nego_packed what = { NEGO_NTLM, 7, 0x1122334455667788, view_text("inside") };
    struct nego_packed back = { 0 };

    (void)state;
    nego_pack(&what, &out);
    assert_view_equal((struct view){ out.p, out.n },
                      hex("01000000 01 00 0700 8877665544332211 696e73696465"));
    assert_int_equal(nego_unpack((struct view){ out.p, out.n }, &back), SSP_OK);
    assert_int_equal(back.package, NEGO_NTLM);
    assert_int_equal(back.id, 7);
    assert_int_equal(back.token, what.token);
    assert_view_equal(back.inner, what.inner);
    for (size_t n = 0; n <= 16; n++)
        assert_int_equal(nego_unpack(guarded((struct view){ out.p, n }), &back),
                         SSP_ERR_BAD_PACKED);
    out.p[4] = NEGO_PACKAGES;
    assert_int_equal(nego_unpack((struct view){ out.p, out.n }, &back), SSP_ERR_BAD_PACKED);
    out.p[4] = NEGO_NTLM;
    out.p[5] = 1;
    assert_int_equal(nego_unpack((struct view){ out.p, out.n }, &back), SSP_ERR_BAD_PACKED);
    out.p[5] = 0;
    out.p[0] = 2;
    assert_int_equal(nego_unpack((struct view){ out.p, out.n }, &back), SSP_ERR_BAD_PACKED);
}

/* ---- Lists of packages ------------------------------------------------- */

static void reads_the_list_of_the_configuration(void **state)
{
    struct nego_choice choice = { .n = 0 };

    (void)state;
    assert_int_equal(nego_choice_parse("NTLM,kerberos", &choice), SSP_OK);
    assert_int_equal(choice.n, 2);
    assert_int_equal(choice.package[0], NEGO_NTLM);
    assert_int_equal(nego_choice_parse(" kerberos ", &choice), SSP_OK);
    assert_int_equal(choice.n, 1);
    assert_int_equal(nego_choice_parse("", &choice), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(nego_choice_parse("ntlm, ntlm", &choice), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(nego_choice_parse("ntlm, digest", &choice), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(nego_choice_parse("!ntlm", &choice), SSP_ERR_BAD_ARGUMENT);
}

/* How many are left, and the first of them. */
static size_t left_by(const char *text, enum nego_package *ret_first)
{
    ssp_cleanup(str16_wipe) struct str16 package_list = { 0 };
    struct nego_choice choice = { { NEGO_KERBEROS, NEGO_NTLM }, 2 };

    assert_int_equal(str16_from_utf8(view_text(text), &package_list), SSP_OK);
    nego_choice_restrict(&choice, &package_list);
    *ret_first = choice.n != 0 ? choice.package[0] : NEGO_PACKAGES;
    return choice.n;
}

static void a_package_list_leaves_what_it_names_or_does_not_rule_out(void **state)
{
    enum nego_package first = NEGO_PACKAGES;

    (void)state;
    assert_int_equal(left_by("", &first), 2);
    assert_int_equal(left_by("!ntlm", &first), 1);
    assert_int_equal(first, NEGO_KERBEROS);
    assert_int_equal(left_by("!Kerberos", &first), 1);
    assert_int_equal(first, NEGO_NTLM);
    assert_int_equal(left_by("ntlm,kerberos", &first), 2);
    assert_int_equal(first, NEGO_KERBEROS); /* the order is the configuration's */
    assert_int_equal(left_by("ntlm", &first), 1);
    assert_int_equal(left_by("pku2u", &first), 0);
    assert_int_equal(left_by("!pku2u", &first), 2);
    assert_int_equal(left_by("ntlm,!ntlm", &first), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_packed_comes_back),
        TEST(refuses_every_truncation_and_a_trailing_byte),
        TEST(refuses_parts_that_do_not_fit_each_other),
        TEST(a_copy_is_the_same_and_its_own),
        TEST(nothing_is_left_without_memory),
        TEST(an_initiator_matches_the_golden_file),
        TEST(an_acceptor_matches_the_golden_file),
        TEST(an_acceptor_that_awaits_the_last_word_matches_the_golden_file),
        TEST(established_contexts_match_the_golden_files),
        TEST(an_established_context_wraps_the_inner_one),
        TEST(reads_the_list_of_the_configuration),
        TEST(a_package_list_leaves_what_it_names_or_does_not_rule_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
