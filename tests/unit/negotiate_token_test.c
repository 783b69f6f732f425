/* SPDX-License-Identifier: Apache-2.0 */
/* SPNEGO's two messages, and what a token is by how it begins. */
#include "base/cleanup.h"
#include "harness/harness.h"
#include "packages/negotiate/mech.h"
#include "packages/negotiate/room.h"
#include "packages/negotiate/token.h"

/* [MS-SPNG] 4: NegTokenInit2 with NEGOEX and NTLM, an optimistic token and hints. */
static const char example[] =
    "6082015d06062b0601050502a08201513082014da01a3018060a2b06010401823702021e060a2b06010401823702"
    "020aa28201010481fe4e45474f4558545301000000000000006000000070000000cffa11765e12599a347d766852"
    "bfce7097458710bb8242b4c7dfbad2da897aa311a7d868463430952562dc13c554f2010000000000000000600000"
    "000100000000000000000000005c33530deaf90d4db2ec4ae3786ec3084e45474f45585453030000000100000040"
    "0000008e000000cffa11765e12599a347d766852bfce705c33530deaf90d4db2ec4ae3786ec308400000004e0000"
    "00304ca04a3048302a80283026312430220603550403131b584d4c50726f766964657220496e7465726d65646961"
    "7465204341301a80183016311430120603550403130b584d4c50726f7669646572a32a3028a0261b246e6f745f64"
    "6566696e65645f696e5f5246433431373840706c656173655f69676e6f7265";

static struct view ntlm(void)
{
    return nego_mech_oid(NEGO_MECH_NTLM);
}

static enum ssp_err init_of(const char *text)
{
    struct nego_init init;

    return nego_init_decode(hex(text), &init);
}

static enum ssp_err resp_of(const char *text)
{
    struct nego_resp resp;

    return nego_resp_decode(hex(text), &resp);
}

/* ---- NegTokenInit ------------------------------------------------------ */

static void reads_the_example_of_the_specification(void **state)
{
    struct nego_init init = { 0 };
    struct view token = hex(example);

    (void)state;
    assert_int_equal(token.n, 353);
    assert_int_equal(nego_kind_of(token), NEGO_IS_INIT);
    assert_int_equal(nego_init_decode(token, &init), SSP_OK);
    assert_int_equal(init.n, 2);
    assert_int_equal(nego_mech_find(init.oid[0]), NEGO_MECHS);
    assert_int_equal(nego_mech_find(init.oid[1]), NEGO_MECH_NTLM);
    assert_true(init.has_token);
    assert_int_equal(init.token.n, 254);
    assert_true(init.has_hints);
    assert_false(init.has_mic);
}

static void writes_what_the_specification_has(void **state)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1024);
    struct nego_init init = { 0 };

    (void)state;
    assert_int_equal(nego_init_decode(hex(example), &init), SSP_OK);
    nego_init_encode(&init, &out);
    assert_int_equal(out.err, SSP_OK);
    assert_view_equal((struct view){ out.p, out.n }, hex(example));
}

static void refuses_every_truncation_and_a_trailing_byte(void **state)
{
    struct view token = hex(example);
    struct nego_init init;
    uint8_t longer[400] = { 0 };

    (void)state;
    for (size_t n = 0; n < token.n; n++)
        assert_int_equal(nego_init_decode(guarded((struct view){ token.p, n }), &init),
                         SSP_ERR_BAD_TOKEN);
    memcpy(longer, token.p, token.n);
    assert_int_equal(nego_init_decode(guarded((struct view){ longer, token.n + 1 }), &init),
                     SSP_ERR_BAD_TOKEN);
}

static void refuses_what_is_framed_otherwise(void **state)
{
    (void)state;
    assert_int_equal(init_of("601c06062b0601050502a0123010a00e300c060a2b06010401823702020a"),
                     SSP_OK);
    assert_int_equal(init_of("611c06062b0601050502a0123010a00e300c060a2b06010401823702020a"),
                     SSP_ERR_BAD_TOKEN);
    assert_int_equal(init_of("601c06062b0601050503a0123010a00e300c060a2b06010401823702020a"),
                     SSP_ERR_BAD_TOKEN);
    assert_int_equal(init_of("601c06062b0601050502a1123010a00e300c060a2b06010401823702020a"),
                     SSP_ERR_BAD_TOKEN);
    /* indefinite, and longer than it need be */
    assert_int_equal(init_of("608006062b0601050502a0123010a00e300c060a2b06010401823702020a0000"),
                     SSP_ERR_BAD_TOKEN);
    assert_int_equal(init_of("60811c06062b0601050502a0123010a00e300c060a2b06010401823702020a"),
                     SSP_ERR_BAD_TOKEN);
}

static void refuses_lists_that_are_none(void **state)
{
    (void)state;
    assert_int_equal(init_of("601006062b0601050502a0063004a0023000"), SSP_ERR_BAD_TOKEN);
    assert_int_equal(init_of("601306062b0601050502a0093007a005300306012b"), SSP_OK);
    assert_int_equal(init_of("601306062b0601050502a0093007a005300306018b"), SSP_ERR_BAD_TOKEN);
    assert_int_equal(init_of("601306062b0601050502a0093007a005300304012b"), SSP_ERR_BAD_TOKEN);
}

/* RFC 4178 4.2.1: "the acceptor MUST ignore this reqFlags field" */
static void passes_over_flags_and_what_it_does_not_know(void **state)
{
    (void)state;
    assert_int_equal(init_of("601906062b0601050502a00f300da005300306012ba10403020620"), SSP_OK);
    assert_int_equal(init_of("601906062b0601050502a00f300da005300306012ba10403020820"),
                     SSP_ERR_BAD_TOKEN);
    assert_int_equal(init_of("601706062b0601050502a00d300ba005300306012ba5020500"), SSP_OK);
    /* a field that comes twice, and one that comes too late */
    assert_int_equal(init_of("601b06062b0601050502a011300fa005300306012ba2020400a2020400"),
                     SSP_ERR_BAD_TOKEN);
    assert_int_equal(init_of("601a06062b0601050502a010300ea2030401ffa005300306012b"),
                     SSP_ERR_BAD_TOKEN);
}

static void tells_a_mic_from_hints(void **state)
{
    struct nego_init init = { 0 };

    (void)state;
    assert_int_equal(
        nego_init_decode(hex("601806062b0601050502a00e300ca005300306012ba3030401ff"), &init),
        SSP_OK);
    assert_true(init.has_mic);
    assert_false(init.has_hints);
    assert_int_equal(
        nego_init_decode(hex("601c06062b0601050502a0123010a005300306012ba3023000a4030401ff"),
                         &init),
        SSP_OK);
    assert_true(init.has_mic);
    assert_true(init.has_hints);
    assert_int_equal(init_of("601706062b0601050502a00d300ba005300306012ba3020500"),
                     SSP_ERR_BAD_TOKEN);
}

static void looks_at_the_first_of_many_mechanisms(void **state)
{
    ssp_cleanup(wr_free) struct wr list = WR_INIT(4096);
    ssp_cleanup(wr_free) struct wr out = WR_INIT(4096);
    struct view oids[100];
    struct nego_init init = { 0 };

    (void)state;
    for (size_t i = 0; i < 100; i++)
        oids[i] = ntlm();
    nego_list_encode(oids, 100, &list);
    nego_init_encode(&(struct nego_init){ .list = { list.p, list.n } }, &out);
    assert_int_equal(nego_init_decode((struct view){ out.p, out.n }, &init), SSP_OK);
    assert_int_equal(init.n, NEGO_OFFERS_MAX);
    assert_view_equal(init.list, (struct view){ list.p, list.n });
}

/* ---- NegTokenResp ------------------------------------------------------ */

static void reads_and_writes_every_field_of_a_reply(void **state)
{
    static const char text[] = "a1233021a0030a0103a10c060a2b06010401823702020aa204040241 42"
                               "a306 0404 61626364";
    ssp_cleanup(wr_free) struct wr out = WR_INIT(256);
    struct nego_resp resp = { 0 };

    (void)state;
    assert_int_equal(nego_resp_decode(hex(text), &resp), SSP_OK);
    assert_int_equal(resp.verdict, NEGO_REQUEST_MIC);
    assert_view_equal(resp.oid, ntlm());
    assert_view_equal(resp.token, view_text("AB"));
    assert_view_equal(resp.mic, view_text("abcd"));
    nego_resp_encode(&resp, &out);
    assert_view_equal((struct view){ out.p, out.n }, hex(text));
}

static void every_field_of_a_reply_may_be_missing(void **state)
{
    struct nego_resp resp = { .has_token = true };

    (void)state;
    assert_int_equal(nego_resp_decode(hex("a1023000"), &resp), SSP_OK);
    assert_int_equal(resp.verdict, NEGO_UNSAID);
    assert_int_equal(resp.oid.n, 0);
    assert_false(resp.has_token);
    assert_false(resp.has_mic);
}

static void refuses_replies_that_are_none(void **state)
{
    static const char text[] = "a1233021a0030a0103a10c060a2b06010401823702020aa20404024142"
                               "a306040461626364";
    struct view token = hex(text);
    struct nego_resp resp;

    (void)state;
    for (size_t n = 0; n < token.n; n++)
        assert_int_equal(nego_resp_decode(guarded((struct view){ token.p, n }), &resp),
                         SSP_ERR_BAD_TOKEN);
    assert_int_equal(resp_of("a102300000"), SSP_ERR_BAD_TOKEN);
    assert_int_equal(resp_of("a0023000"), SSP_ERR_BAD_TOKEN);
    assert_int_equal(resp_of("a1073005a0030a0103"), SSP_OK);
    assert_int_equal(resp_of("a1073005a0030a0104"), SSP_ERR_BAD_TOKEN); /* no such state */
    assert_int_equal(resp_of("a1083006a0040a020003"), SSP_ERR_BAD_TOKEN);
    assert_int_equal(resp_of("a1073005a003020103"), SSP_ERR_BAD_TOKEN);
    assert_int_equal(resp_of("a10c300aa0030a0101a0030a0101"), SSP_ERR_BAD_TOKEN); /* twice */
    assert_int_equal(resp_of("a1063004a2020401"), SSP_ERR_BAD_TOKEN);
    assert_int_equal(resp_of("a1803000a0030a01030000"), SSP_ERR_BAD_TOKEN);
}

/* ---- By how it begins -------------------------------------------------- */

static void knows_a_token_by_its_beginning(void **state)
{
    (void)state;
    assert_int_equal(nego_kind_of(hex("4e544c4d5353500001")), NEGO_IS_NTLM);
    assert_int_equal(nego_kind_of(hex("4e544c4d53535041")), NEGO_IS_NOTHING);
    assert_int_equal(nego_kind_of(hex("600d06092a864886f7120102020100")), NEGO_IS_KERBEROS);
    assert_int_equal(nego_kind_of(hex("600d06092a864882f7120102020100")), NEGO_IS_KERBEROS);
    assert_int_equal(nego_kind_of(hex("600d06092a864886f7120102030100")), NEGO_IS_NOTHING);
    assert_int_equal(nego_kind_of(hex("6e03020105")), NEGO_IS_KERBEROS);
    assert_int_equal(nego_kind_of(hex("a1023000")), NEGO_IS_RESP);
    assert_int_equal(nego_kind_of(hex("60")), NEGO_IS_NOTHING);
    assert_int_equal(nego_kind_of((struct view){ 0 }), NEGO_IS_NOTHING);
}

static void tells_how_long_a_token_will_be(void **state)
{
    size_t n = 0;

    (void)state;
    assert_int_equal(nego_token_total(hex("6082015d06"), &n), SSP_OK);
    assert_int_equal(n, 353);
    assert_int_equal(nego_token_total(hex("4e544c"), &n), SSP_OK);
    assert_int_equal(n, 3);
    assert_int_equal(nego_token_total(hex("6083010000"), &n), SSP_ERR_BAD_TOKEN); /* 64 KiB, more */
    assert_int_equal(nego_token_total(hex("60"), &n), SSP_ERR_BAD_TOKEN);
    assert_int_equal(nego_token_total(hex("6080"), &n), SSP_ERR_BAD_TOKEN);
}

/* ---- Room --------------------------------------------------------------- */

static size_t encoded_size(const struct nego_around *around, struct view token)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(2 * UINT16_MAX);
    static const uint8_t mic[40];
    const struct nego_resp resp = {
        .verdict = NEGO_INCOMPLETE,
        .oid = around->oid_n != 0 ? nego_mech_oid(NEGO_MECH_KERBEROS) : (struct view){ 0 },
        .has_token = token.n != 0,
        .token = token,
        .has_mic = around->mic_n != 0,
        .mic = { mic, around->mic_n },
    };

    nego_resp_encode(&resp, &out);
    assert_int_equal(out.err, SSP_OK);
    return out.n;
}

static void foretells_the_size_of_a_reply(void **state)
{
    static const uint8_t bytes[60000];
    static const size_t sizes[] = { 0, 1, 60, 90, 100, 126, 127, 128, 180, 230, 255, 256, 60000 };
    const struct nego_around arounds[] = {
        { .oid_n = 0 },
        { .oid_n = nego_mech_oid(NEGO_MECH_KERBEROS).n },
        { .oid_n = nego_mech_oid(NEGO_MECH_KERBEROS).n, .mic_n = 40 },
    };

    (void)state;
    for (size_t a = 0; a < sizeof(arounds) / sizeof(arounds[0]); a++) {
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
            assert_int_equal(nego_size_around(&arounds[a], sizes[i]),
                             encoded_size(&arounds[a], (struct view){ bytes, sizes[i] }));
    }
    assert_int_equal(nego_size_around(&(struct nego_around){ .is_raw = true }, 77), 77);
}

static void an_inner_token_gets_all_the_room_that_there_is(void **state)
{
    const struct nego_around around = { .oid_n = 9 };

    (void)state;
    for (size_t room = 0; room < 700; room++) {
        size_t n = nego_room_within(&around, room);

        assert_true(n == 0 || nego_size_around(&around, n) <= room);
        assert_true(nego_size_around(&around, n + 1) > room);
    }
    assert_int_equal(nego_room_within(&(struct nego_around){ .is_raw = true }, 77), 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_the_example_of_the_specification),
        TEST(writes_what_the_specification_has),
        TEST(refuses_every_truncation_and_a_trailing_byte),
        TEST(refuses_what_is_framed_otherwise),
        TEST(refuses_lists_that_are_none),
        TEST(passes_over_flags_and_what_it_does_not_know),
        TEST(tells_a_mic_from_hints),
        TEST(looks_at_the_first_of_many_mechanisms),
        TEST(reads_and_writes_every_field_of_a_reply),
        TEST(every_field_of_a_reply_may_be_missing),
        TEST(refuses_replies_that_are_none),
        TEST(knows_a_token_by_its_beginning),
        TEST(tells_how_long_a_token_will_be),
        TEST(foretells_the_size_of_a_reply),
        TEST(an_inner_token_gets_all_the_room_that_there_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
