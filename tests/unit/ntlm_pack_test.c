/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "harness/harness.h"
#include "packages/ntlm/pack.h"
#include "packages/ntlm/reqs.h"

#include <sspi.h>

enum {
    CONNECTION = 0xe2888235, /* extended session security, 128 bits, key exchange */
    PLAIN = 0xe2008235,      /* without: one stream */
    DATAGRAM = 0xe2888275,
    UNPROTECTED = 0x00808205,
};

/* Offsets of docs/formats/packed-ntlm.md. */
enum {
    AT_VERSION = 0,
    AT_FLAGS = 4,
    AT_ATTRIBUTES = 8,
    AT_SIDE = 12,
    AT_BINDINGS = 13,
    AT_BITS = 14,
    AT_START = 15,
    AT_EXPIRY = 23,
    AT_LOGON_ID = 31,
    AT_TOKEN = 39,
    AT_SEND_SEQ = 79,
    AT_RECV_SEQ = 83,
    AT_STREAMS = 87,
    AT_NAMES = AT_STREAMS + 2 * RC4_STATE_SIZE,
};

struct sample { /* ssp_cleanup(sample_wipe) */
    struct ntlm_core core;
    struct ntlm_names names;
};

static void sample_wipe(struct sample *s)
{
    ntlm_core_wipe(&s->core);
    ntlm_names_wipe(&s->names);
}

static struct str16 text(const char *utf8)
{
    struct str16 s = { 0 };

    assert_int_equal(str16_from_utf8((struct view){ (const uint8_t *)utf8, strlen(utf8) }, &s),
                     SSP_OK);
    return s;
}

static struct ntlm_core sample_core(uint32_t flags, enum ntlm_side side)
{
    struct key key = key_of(hex("000102030405060708090a0b0c0d0e0f"));
    bool is_server = side == NTLM_SERVER;
    bool is_datagram = (flags & NTLMSSP_NEGOTIATE_DATAGRAM) != 0;
    const struct ntlm_reqs reqs = {
        .accept = is_server,
        .asked = (is_datagram ? ISC_REQ_DATAGRAM : ISC_REQ_CONNECTION) |
                 (is_server ? ASC_REQ_IDENTIFY : 0),
    };
    struct ntlm_core core = {
        .attributes = ntlm_reqs_attributes(&reqs, flags),
        .start = INT64_C(0x01db000000000000),
        .expiry = FILETIME_NEVER,
        .logon_id = is_server ? 0x3e7 : 0,
        .bindings = is_server ? NTLM_BINDINGS_MATCHED : NTLM_BINDINGS_SENT,
        .is_identify = is_server,
    };

    ntlm_session_init(&core.session, flags, side, &key);
    memcpy(core.session_key, key.b, sizeof(core.session_key));
    memset(core.bindings_hash, 0xcb, sizeof(core.bindings_hash));
    return core;
}

static struct sample sample(uint32_t flags, enum ntlm_side side)
{
    struct view token = vector("davenport.txt", "type2");
    struct sample s = {
        .core = sample_core(flags, side),
        .names = {
            .user = text("alice"),
            .domain = text("EXAMPLE"),
            .target = text("HTTP/server.example.com"),
        },
    };

    assert_int_equal(secret_new((struct view){ token.p + 60, token.n - 60 }, &s.names.target_info),
                     SSP_OK);
    return s;
}

/* The packed form, as guarded() makes it. */
static struct view packed_of(const struct sample *s)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(NTLM_PACK_MAX);

    ntlm_pack(&s->core, &s->names, &out);
    assert_int_equal(out.err, SSP_OK);
    return guarded((struct view){ out.p, out.n });
}

static void assert_same_text(const struct str16 *a, const struct str16 *b)
{
    assert_int_equal(a->n, b->n);
    if (a->n != 0)
        assert_memory_equal(a->p, b->p, a->n * sizeof(*a->p));
}

static void assert_same_dir(const struct ntlm_dir *a, const struct ntlm_dir *b)
{
    assert_memory_equal(&a->rc4, &b->rc4, sizeof(a->rc4)); /* bytes only */
    assert_view_equal(VIEW_OF(a->seal_key), VIEW_OF(b->seal_key));
    assert_int_equal(a->seal_key_n, b->seal_key_n);
    assert_int_equal(a->seq, b->seq);
}

static void assert_same_session(const struct ntlm_session *a, const struct ntlm_session *b)
{
    assert_int_equal(a->flags, b->flags);
    assert_int_equal(a->side, b->side);
    assert_view_equal(VIEW_OF(a->exported), VIEW_OF(b->exported)); /* signing keys follow */
    assert_same_dir(&a->send, &b->send);
    assert_same_dir(&a->recv, &b->recv);
}

static void assert_same(const struct sample *a, const struct sample *b)
{
    assert_same_session(&a->core.session, &b->core.session);
    assert_view_equal(VIEW_OF(a->core.session_key), VIEW_OF(b->core.session_key));
    assert_view_equal(VIEW_OF(a->core.bindings_hash), VIEW_OF(b->core.bindings_hash));
    assert_int_equal(a->core.attributes, b->core.attributes);
    assert_true(a->core.start == b->core.start && a->core.expiry == b->core.expiry);
    assert_true(a->core.logon_id == b->core.logon_id && a->core.token == b->core.token);
    assert_int_equal(a->core.bindings, b->core.bindings);
    assert_int_equal(a->core.is_anonymous, b->core.is_anonymous);
    assert_int_equal(a->core.is_identify, b->core.is_identify);
    assert_same_text(&a->names.user, &b->names.user);
    assert_same_text(&a->names.domain, &b->names.domain);
    assert_same_text(&a->names.target, &b->names.target);
    assert_view_equal(secret_view(&a->names.target_info), secret_view(&b->names.target_info));
}

/* Sends one message from `from` to `to` and expects it to arrive. */
static void pass(struct ntlm_session *from, struct ntlm_session *to, uint32_t seq)
{
    uint8_t bytes[] = "so far, so good";
    uint8_t signature[NTLM_SIGNATURE_SIZE];
    struct pkg_piece piece = { bytes, sizeof(bytes), true, true };
    struct ntlm_message msg = { &piece, 1, seq };

    assert_int_equal(ntlm_seal(from, &msg, signature), SSP_OK);
    assert_int_equal(ntlm_unseal(to, &msg, signature), SSP_OK);
    assert_string_equal(bytes, "so far, so good");
}

static void matches_the_golden_file(void **state)
{
    ssp_cleanup(sample_wipe) struct sample s = sample(CONNECTION, NTLM_SERVER);
    ssp_cleanup(sample_wipe) struct sample client = sample(CONNECTION, NTLM_CLIENT);
    ssp_cleanup(sample_wipe) struct sample got = { 0 };
    struct view golden = vector_file("packed/v1/ntlm-server.bin");

    (void)state;
    pass(&s.core.session, &client.core.session, 0);
    pass(&client.core.session, &s.core.session, 0);
    pass(&client.core.session, &s.core.session, 1);
    assert_view_equal(packed_of(&s), golden);
    assert_int_equal(ntlm_unpack(golden, &got.core, &got.names), SSP_OK);
    assert_same(&s, &got);
    assert_int_equal(golden.p[AT_RECV_SEQ], 2);
    assert_in_range(golden.n, 1, 900);
}

static void carries_every_kind_of_context(void **state)
{
    static const uint32_t kinds[] = { CONNECTION,  PLAIN,      DATAGRAM,
                                      UNPROTECTED, 0x82088235, 0x42008295 };

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        enum ntlm_side side = i % 2 == 0 ? NTLM_SERVER : NTLM_CLIENT;
        ssp_cleanup(sample_wipe) struct sample s = sample(kinds[i], side);
        ssp_cleanup(sample_wipe) struct sample got = { 0 };

        s.core.token = side == NTLM_SERVER ? i * UINT64_C(0x100000001) : 0;
        if (kinds[i] == UNPROTECTED) {
            s.core.is_anonymous = true;
            s.core.attributes |= ISC_RET_NULL_SESSION;
        }
        assert_int_equal(ntlm_unpack(packed_of(&s), &got.core, &got.names), SSP_OK);
        assert_same(&s, &got);
    }
}

static void carries_a_context_without_names(void **state)
{
    struct sample s = { .core = sample_core(CONNECTION, NTLM_SERVER) };
    ssp_cleanup(sample_wipe) struct sample got = { 0 };

    (void)state;
    assert_int_equal(ntlm_unpack(packed_of(&s), &got.core, &got.names), SSP_OK);
    assert_same(&s, &got);
}

static void goes_on_where_it_was_in_both_directions_hop_after_hop(void **state)
{
    static const uint32_t kinds[] = { CONNECTION, PLAIN, DATAGRAM };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        ssp_cleanup(sample_wipe) struct sample moving = sample(kinds[i], NTLM_SERVER);
        ssp_cleanup(sample_wipe) struct sample peer = sample(kinds[i], NTLM_CLIENT);

        for (uint32_t hop = 0; hop < 10; hop++) {
            pass(&moving.core.session, &peer.core.session, hop);
            pass(&peer.core.session, &moving.core.session, hop);
            struct view packed = packed_of(&moving);

            sample_wipe(&moving);
            assert_int_equal(ntlm_unpack(packed, &moving.core, &moving.names), SSP_OK);
        }
    }
}

static enum ssp_err try_unpack(struct view bytes)
{
    ssp_cleanup(sample_wipe) struct sample got = { .core.attributes = 42 };
    enum ssp_err e = ntlm_unpack(bytes, &got.core, &got.names);

    assert_true(e == SSP_OK || (got.core.attributes == 42 && got.names.user.p == NULL));
    return e;
}

static void refused(struct view bytes)
{
    assert_int_equal(try_unpack(bytes), SSP_ERR_BAD_PACKED);
}

static void refuses_every_truncation_and_any_trailing_byte(void **state)
{
    ssp_cleanup(sample_wipe) struct sample s = sample(CONNECTION, NTLM_SERVER);

    (void)state;
    each_cut(packed_of(&s), refused);
}

static void refuses_each_broken_rule(void **state)
{
    static const struct patch patches[] = {
        { AT_VERSION, 2 },       { AT_VERSION + 3, 1 }, /* a version nobody wrote */
        { AT_FLAGS + 3, 0xff },  { AT_FLAGS, 0x3d },    /* flags without a meaning */
        { AT_SIDE, 2 },          { AT_BINDINGS, 4 },    { AT_BITS, 6 },
        { AT_START + 7, 0x80 },                     /* a time before 1601 */
        { AT_EXPIRY + 7, 0xff }, { AT_STREAMS, 0 }, /* S-boxes that are no permutation */
        { AT_STREAMS, 255 },     { AT_NAMES, 4 },   /* names that end elsewhere */
        { AT_NAMES + 1, 0xff },  { AT_NAMES + 6, 0 },   { AT_NAMES + 8 + 1, 0xd8 },
    };
    ssp_cleanup(sample_wipe) struct sample s = sample(CONNECTION, NTLM_SERVER);
    size_t info = AT_NAMES + 8 + 2 * (5 + 7 + 23);

    (void)state;
    each_patch(packed_of(&s), patches, sizeof(patches) / sizeof(patches[0]), refused);
    /* The target information is no AV list. */
    refused(patched(packed_of(&s), (struct patch){ info + 2, 0xff }));
}

/* An application acts on what the attributes say, so they may say no more than the session does. */
static void refuses_what_contradicts_itself(void **state)
{
    static const struct patch server[] = {
        { AT_FLAGS, 0x15 },          /* does not seal, and says it does */
        { AT_ATTRIBUTES, 0x0c },     /* seals, and says it does not */
        { AT_ATTRIBUTES + 1, 0x04 }, /* says datagrams */
        { AT_ATTRIBUTES + 2, 0x02 }, /* may only identify, and does not say so */
        { AT_BITS, 0 },              /* the other way round */
        { AT_BITS, 3 },              /* protected with the key of nobody */
        { AT_SIDE, 0 },              /* an initiator with an acceptor's bits */
        { AT_BINDINGS, NTLM_BINDINGS_SENT },
    };
    static const struct patch client[] = {
        { AT_LOGON_ID, 1 }, /* only an acceptor has a logon, and its token */
        { AT_TOKEN, 4 },
        { AT_BINDINGS, NTLM_BINDINGS_UNCHECKED },
        { AT_SIDE, 1 },
    };
    ssp_cleanup(sample_wipe) struct sample a = sample(CONNECTION, NTLM_SERVER);
    ssp_cleanup(sample_wipe) struct sample b = sample(CONNECTION, NTLM_CLIENT);

    (void)state;
    each_patch(packed_of(&a), server, sizeof(server) / sizeof(server[0]), refused);
    each_patch(packed_of(&b), client, sizeof(client) / sizeof(client[0]), refused);
}

static void refuses_a_used_direction_that_the_flags_do_not_have(void **state)
{
    ssp_cleanup(sample_wipe) struct sample plain = sample(PLAIN, NTLM_SERVER);
    ssp_cleanup(sample_wipe) struct sample none = sample(UNPROTECTED, NTLM_SERVER);

    (void)state;
    assert_int_equal(try_unpack(patched(packed_of(&plain), (struct patch){ AT_SEND_SEQ, 1 })),
                     SSP_OK);
    refused(patched(packed_of(&plain), (struct patch){ AT_RECV_SEQ, 1 }));
    refused(patched(packed_of(&none), (struct patch){ AT_SEND_SEQ, 1 }));
    refused(patched(packed_of(&none), (struct patch){ AT_RECV_SEQ, 1 }));
}

static void refuses_target_information_beyond_its_bound(void **state)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(NTLM_PACK_MAX);
    struct sample s = { .core = sample_core(CONNECTION, NTLM_SERVER) };
    uint8_t info[NTLM_TARGET_INFO_MAX + 1] = { 0 };

    (void)state;
    s.names.target_info = (struct secret){ info, sizeof(info) };
    ntlm_pack(&s.core, &s.names, &out);
    assert_int_equal(out.err, SSP_ERR_TOO_LARGE);
}

static void packs_the_longest_names_within_its_bound(void **state)
{
    static char16_t name[LIMIT_NAME];
    static uint8_t info[NTLM_TARGET_INFO_MAX];
    ssp_cleanup(wr_free) struct wr out = WR_INIT(NTLM_PACK_MAX);
    ssp_cleanup(sample_wipe) struct sample got = { 0 };
    struct sample s = { .core = sample_core(CONNECTION, NTLM_SERVER) };

    (void)state;
    for (size_t i = 0; i < LIMIT_NAME; i++)
        name[i] = u'x';
    info[0] = 0xff; /* one AV pair of an unknown id, and the end */
    info[2] = (uint8_t)(sizeof(info) - 8);
    info[3] = (uint8_t)((sizeof(info) - 8) >> 8);
    s.names = (struct ntlm_names){ .user = { name, LIMIT_NAME },
                                   .domain = { name, LIMIT_NAME },
                                   .target = { name, LIMIT_NAME },
                                   .target_info = { info, sizeof(info) } };
    ntlm_pack(&s.core, &s.names, &out);
    assert_int_equal(out.err, SSP_OK);
    assert_int_equal(ntlm_unpack((struct view){ out.p, out.n }, &got.core, &got.names), SSP_OK);
    assert_same(&s, &got);
}

static void survives_every_failing_allocation(void **state)
{
    ssp_cleanup(sample_wipe) struct sample s = sample(CONNECTION, NTLM_SERVER);
    enum ssp_err e = SSP_ERR_NO_MEMORY;
    size_t nth = 0;

    (void)state;
    for (; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(NTLM_PACK_MAX);
        ssp_cleanup(sample_wipe) struct sample got = { 0 };

        fault_malloc_at(nth);
        ntlm_pack(&s.core, &s.names, &out);
        e = out.err;
        if (e == SSP_OK)
            e = ntlm_unpack((struct view){ out.p, out.n }, &got.core, &got.names);
        fault_malloc_at(SIZE_MAX);
        if (e == SSP_OK)
            assert_same(&s, &got);
        else
            assert_null(got.names.user.p);
    }
    assert_int_equal(e, SSP_OK);
    assert_in_range(nth, 5, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(matches_the_golden_file),
        TEST(carries_every_kind_of_context),
        TEST(carries_a_context_without_names),
        TEST(goes_on_where_it_was_in_both_directions_hop_after_hop),
        TEST(refuses_every_truncation_and_any_trailing_byte),
        TEST(refuses_each_broken_rule),
        TEST(refuses_what_contradicts_itself),
        TEST(refuses_a_used_direction_that_the_flags_do_not_have),
        TEST(refuses_target_information_beyond_its_bound),
        TEST(packs_the_longest_names_within_its_bound),
        TEST(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
