/* SPDX-License-Identifier: Apache-2.0 */
#include <sspi.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "harness/harness.h"
#include "packages/kerberos/pack.h"

/* Offsets of docs/formats/packed-kerberos.md. */
enum {
    AT_VERSION = 0,
    AT_ATTRIBUTES = 4,
    AT_SIDE = 8,
    AT_BINDINGS = 9,
    AT_BITS = 10,
    AT_ENCTYPE = 11,
    AT_START = 12,
    AT_EXPIRY = 20,
    AT_LOGON_ID = 28,
    AT_TOKEN = 36,
    AT_KEY = 60,
    AT_SEQ = AT_KEY + 32, /* of a 256-bit key */
    AT_SEND_SEQ = AT_SEQ + 16,
    AT_NEXT = AT_SEQ + 24,
    AT_SEEN = AT_SEQ + 32,
    AT_NAMES = AT_SEQ + 40,
};

struct sample { /* ssp_cleanup(sample_wipe) */
    struct krb_core core;
    struct krb_names names;
};

static void sample_wipe(struct sample *s)
{
    krb_core_wipe(&s->core);
    krb_names_wipe(&s->names);
}

static struct str16 text(const char *utf8)
{
    struct str16 s = { 0 };

    assert_int_equal(str16_from_utf8(view_text(utf8), &s), SSP_OK);
    return s;
}

static struct krb_core sample_core(int32_t enctype, enum krb_side side)
{
    bool accepts = side == KRB_ACCEPTOR;
    struct krb_agreed agreed = {
        .side = side,
        .enctype = enctype,
        .attributes = accepts ? ASC_RET_INTEGRITY | ASC_RET_CONFIDENTIALITY |
                                    ASC_RET_REPLAY_DETECT | ASC_RET_MUTUAL_AUTH
                              : ISC_RET_INTEGRITY | ISC_RET_SEQUENCE_DETECT,
        .has_acceptor_subkey = accepts,
        .key = { .n = krb_key_size(enctype) },
        .send_seq = accepts ? 1000 : 2000,
        .recv_seq = accepts ? 2000 : 1000,
    };
    struct krb_core core = {
        .attributes = agreed.attributes,
        .start = INT64_C(0x01db000000000000),
        .expiry = INT64_C(0x01db005000000000),
        .logon_id = accepts ? 0x3e7 : 0,
        .bindings = accepts ? KRB_BINDINGS_MATCHED : KRB_BINDINGS_SENT,
    };

    for (size_t i = 0; i < agreed.key.n; i++)
        agreed.key.b[i] = (uint8_t)i;
    assert_int_equal(krb_session_init(&agreed, &core.session), SSP_OK);
    memset(core.bindings_hash, 0xcb, sizeof(core.bindings_hash));
    return core;
}

static struct sample sample(int32_t enctype, enum krb_side side)
{
    return (struct sample){
        .core = sample_core(enctype, side),
        .names = { .client = text("alice@EXAMPLE.COM"),
                   .server = text("HTTP/server.example.com@EXAMPLE.COM"),
                   .target = text("HTTP/server") },
    };
}

/* The packed form, as guarded() makes it. */
static struct view packed_of(const struct sample *s)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(KRB_PACK_MAX);

    krb_pack(&s->core, &s->names, &out);
    assert_int_equal(out.err, SSP_OK);
    return guarded((struct view){ out.p, out.n });
}

static void assert_same_text(const struct str16 *a, const struct str16 *b)
{
    assert_int_equal(a->n, b->n);
    if (a->n != 0)
        assert_memory_equal(a->p, b->p, a->n * sizeof(*a->p));
}

static void assert_same_session(const struct krb_session *a, const struct krb_session *b)
{
    assert_int_equal(a->side, b->side);
    assert_int_equal(a->enctype, b->enctype);
    assert_int_equal(a->flags, b->flags);
    assert_int_equal(a->has_acceptor_subkey, b->has_acceptor_subkey);
    assert_view_equal(VIEW_OF(a->key), VIEW_OF(b->key));
    assert_true(a->send_first == b->send_first && a->recv_first == b->recv_first);
    assert_true(a->send_seq == b->send_seq && a->recv.next == b->recv.next &&
                a->recv.seen == b->recv.seen);
}

static void assert_same(const struct sample *a, const struct sample *b)
{
    assert_same_session(&a->core.session, &b->core.session);
    assert_view_equal(VIEW_OF(a->core.bindings_hash), VIEW_OF(b->core.bindings_hash));
    assert_int_equal(a->core.attributes, b->core.attributes);
    assert_true(a->core.start == b->core.start && a->core.expiry == b->core.expiry);
    assert_true(a->core.logon_id == b->core.logon_id && a->core.token == b->core.token);
    assert_int_equal(a->core.bindings, b->core.bindings);
    assert_int_equal(a->core.reset_only_unused, b->core.reset_only_unused);
    assert_same_text(&a->names.client, &b->names.client);
    assert_same_text(&a->names.server, &b->names.server);
    assert_same_text(&a->names.target, &b->names.target);
}

static void assert_carried(const struct sample *s)
{
    ssp_cleanup(sample_wipe) struct sample got = { 0 };

    assert_int_equal(krb_unpack(packed_of(s), &got.core, &got.names), SSP_OK);
    assert_same(s, &got);
}

static void matches_the_golden_file(void **state)
{
    ssp_cleanup(sample_wipe) struct sample s = sample(KRB_AES256_SHA1, KRB_ACCEPTOR);
    ssp_cleanup(sample_wipe) struct sample got = { 0 };
    struct view golden = vector_file("packed/v1/kerberos-acceptor.bin");

    (void)state;
    s.core.session.send_seq = 1001;
    s.core.session.recv = (struct krb_window){ 2004, 13 };
    assert_view_equal(packed_of(&s), golden);
    assert_int_equal(krb_unpack(golden, &got.core, &got.names), SSP_OK);
    assert_same(&s, &got);
}

static void carries_every_kind_of_context(void **state)
{
    (void)state;
    for (int32_t type = KRB_AES128_SHA1; type <= KRB_AES256_SHA2; type++) {
        for (enum krb_side side = KRB_INITIATOR; side <= KRB_ACCEPTOR; side++) {
            ssp_cleanup(sample_wipe) struct sample s = sample(type, side);

            s.core.token = side == KRB_ACCEPTOR ? UINT64_C(0x1234567890) : 0;
            s.core.reset_only_unused = type % 2 == 0;
            assert_carried(&s);
        }
    }
}

static void is_250_bytes_at_most_without_names(void **state)
{
    struct sample s = { .core = sample_core(KRB_AES256_SHA2, KRB_ACCEPTOR) };

    (void)state;
    assert_carried(&s);
    assert_in_range(packed_of(&s).n, 1, 250);
}

static void a_reset_is_the_state_that_the_handshake_left(void **state)
{
    struct krb_core core = sample_core(KRB_AES128_SHA2, KRB_INITIATOR);
    const struct krb_core fresh = core;

    (void)state;
    assert_false(krb_session_used(&core.session));
    core.session.recv = (struct krb_window){ 1001, 1 };
    assert_true(krb_session_used(&core.session));
    core.session.recv = fresh.session.recv;
    core.session.send_seq++;
    assert_true(krb_session_used(&core.session));
    krb_session_reset(&core.session);
    assert_same_session(&core.session, &fresh.session);
}

static void refuses_other_encryption_types_and_other_keys(void **state)
{
    static const int32_t types[] = { 1, 3, 16, 21, 23, 24, 25, 26, -128, 0 };
    struct krb_agreed agreed = { .key = { .n = 16 } };
    struct krb_session got;

    (void)state;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        agreed.enctype = types[i];
        assert_int_equal(krb_session_init(&agreed, &got), SSP_ERR_UNSUPPORTED);
    }
    agreed.enctype = KRB_AES256_SHA1;
    assert_int_equal(krb_session_init(&agreed, &got), SSP_ERR_BAD_ARGUMENT);
}

static enum ssp_err try_unpack(struct view bytes)
{
    ssp_cleanup(sample_wipe) struct sample got = { .core.attributes = 42 };
    enum ssp_err e = krb_unpack(bytes, &got.core, &got.names);

    assert_true(e == SSP_OK || (got.core.attributes == 42 && got.names.client.p == NULL));
    return e;
}

static void refused(struct view bytes)
{
    assert_int_equal(try_unpack(bytes), SSP_ERR_BAD_PACKED);
}

static void refuses_every_truncation_and_any_trailing_byte(void **state)
{
    ssp_cleanup(sample_wipe) struct sample s = sample(KRB_AES256_SHA1, KRB_ACCEPTOR);

    (void)state;
    each_cut(packed_of(&s), refused);
}

static void refuses_each_broken_rule(void **state)
{
    static const struct patch acceptor[] = {
        { AT_VERSION, 2 },
        { AT_VERSION + 3, 1 }, /* a version nobody wrote */
        { AT_SIDE, 2 },
        { AT_BINDINGS, 4 },
        { AT_BINDINGS, KRB_BINDINGS_SENT }, /* an acceptor sends none */
        { AT_BITS, 4 },
        { AT_ENCTYPE, 23 }, /* RC4-HMAC */
        { AT_ENCTYPE, 0 },
        { AT_ENCTYPE, 17 }, /* whose key is shorter: all else lies elsewhere */
        { AT_START + 7, 0x80 },
        { AT_EXPIRY + 7, 0xff },
        { AT_SEND_SEQ + 1, 0 }, /* went back */
        { AT_NEXT + 1, 0 },
        { AT_SEEN, 1 },  /* a message of before the first */
        { AT_NAMES, 4 }, /* names that end elsewhere */
        { AT_NAMES + 1, 0xff },
        { AT_NAMES + 4, 0 },
        { AT_NAMES + 6 + 1, 0xd8 }, /* ill-formed text */
    };
    static const struct patch initiator[] = {
        { AT_LOGON_ID, 1 }, /* only an acceptor has a logon, and its token */
        { AT_TOKEN, 4 },
        { AT_BINDINGS, KRB_BINDINGS_UNCHECKED },
        { AT_BINDINGS, KRB_BINDINGS_MATCHED },
        { AT_SIDE, 2 },
    };
    ssp_cleanup(sample_wipe) struct sample a = sample(KRB_AES256_SHA1, KRB_ACCEPTOR);
    ssp_cleanup(sample_wipe) struct sample b = sample(KRB_AES256_SHA1, KRB_INITIATOR);

    (void)state;
    each_patch(packed_of(&a), acceptor, sizeof(acceptor) / sizeof(acceptor[0]), refused);
    each_patch(packed_of(&b), initiator, sizeof(initiator) / sizeof(initiator[0]), refused);
}

static void refuses_a_window_that_no_messages_leave(void **state)
{
    ssp_cleanup(sample_wipe) struct sample s = sample(KRB_AES256_SHA1, KRB_ACCEPTOR);

    (void)state;
    s.core.session.recv = (struct krb_window){ 2003, 5 };
    assert_carried(&s);
    refused(patched(packed_of(&s), (struct patch){ AT_SEEN, 4 }));
    refused(patched(packed_of(&s), (struct patch){ AT_SEEN, 13 }));
}

static void packs_the_longest_names_within_its_bound(void **state)
{
    static char16_t name[LIMIT_NAME + 1];
    struct sample s = { .core = sample_core(KRB_AES256_SHA1, KRB_ACCEPTOR) };

    (void)state;
    for (size_t i = 0; i < LIMIT_NAME; i++)
        name[i] = u'x';
    s.names =
        (struct krb_names){ { name, LIMIT_NAME }, { name, LIMIT_NAME }, { name, LIMIT_NAME } };
    assert_carried(&s);
}

static void survives_every_failing_allocation(void **state)
{
    ssp_cleanup(sample_wipe) struct sample s = sample(KRB_AES256_SHA1, KRB_ACCEPTOR);
    enum ssp_err e = SSP_ERR_NO_MEMORY;
    size_t nth = 0;

    (void)state;
    for (; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(KRB_PACK_MAX);
        ssp_cleanup(sample_wipe) struct sample got = { 0 };

        fault_malloc_at(nth);
        krb_pack(&s.core, &s.names, &out);
        e = out.err;
        if (e == SSP_OK)
            e = krb_unpack((struct view){ out.p, out.n }, &got.core, &got.names);
        fault_malloc_at(SIZE_MAX);
        if (e == SSP_OK)
            assert_same(&s, &got);
        else
            assert_null(got.names.client.p);
    }
    assert_int_equal(e, SSP_OK);
    assert_in_range(nth, 4, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(matches_the_golden_file),
        TEST(carries_every_kind_of_context),
        TEST(is_250_bytes_at_most_without_names),
        TEST(a_reset_is_the_state_that_the_handshake_left),
        TEST(refuses_other_encryption_types_and_other_keys),
        TEST(refuses_every_truncation_and_any_trailing_byte),
        TEST(refuses_each_broken_rule),
        TEST(refuses_a_window_that_no_messages_leave),
        TEST(packs_the_longest_names_within_its_bound),
        TEST(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
