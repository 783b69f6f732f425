/* SPDX-License-Identifier: Apache-2.0 */
/* The layouts of buffers that message calls take, and what each refuses without using up anything.
 */
#include "base/limits.h"
#include "harness/harness.h"
#include "harness/krb_engines.h"
#include "packages/kerberos/message.h"

struct bufs { /* room for a message of three parts */
    uint8_t token[KRB_TRAILER_MAX];
    uint8_t a[5];
    uint8_t b[37];
    SecBuffer buffers[4];
    SecBufferDesc desc;
};

#define RO (SECBUFFER_DATA | SECBUFFER_READONLY)
#define ROC (SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM)

static const ULONG layouts[][4] = {
    { SECBUFFER_TOKEN, SECBUFFER_DATA },
    { SECBUFFER_DATA, SECBUFFER_TOKEN },
    { SECBUFFER_TOKEN, SECBUFFER_DATA, SECBUFFER_DATA },
    { SECBUFFER_DATA, SECBUFFER_TOKEN, SECBUFFER_DATA },
    { SECBUFFER_TOKEN, SECBUFFER_DATA, SECBUFFER_PADDING },
    { SECBUFFER_DATA, ROC, SECBUFFER_TOKEN },
    { ROC, SECBUFFER_DATA, SECBUFFER_TOKEN },
    { RO, SECBUFFER_DATA, SECBUFFER_TOKEN },
    { SECBUFFER_TOKEN, SECBUFFER_DATA, SECBUFFER_PADDING, ROC },
};

enum { N_LAYOUTS = sizeof(layouts) / sizeof(layouts[0]) };

/* The first part of data is `a`, the second `b`. */
static void lay(struct bufs *m, const ULONG types[4])
{
    uint8_t *next = m->a;
    ULONG n = 0;

    memset(m->a, 'a', sizeof(m->a));
    memset(m->b, 'b', sizeof(m->b));
    for (; n < 4 && types[n] != SECBUFFER_EMPTY; n++) {
        ULONG type = types[n] & ~(ULONG)SECBUFFER_ATTRMASK;

        m->buffers[n] = (SecBuffer){ 0, types[n], NULL };
        if (type == SECBUFFER_TOKEN)
            m->buffers[n] = (SecBuffer){ sizeof(m->token), types[n], m->token };
        if (type != SECBUFFER_DATA)
            continue;
        ULONG size = next == m->a ? sizeof(m->a) : sizeof(m->b);
        m->buffers[n] = (SecBuffer){ size, types[n], next };
        next = m->b;
    }
    m->desc = (SecBufferDesc){ SECBUFFER_VERSION, n, m->buffers };
}

static void assert_text(const struct bufs *m)
{
    for (size_t i = 0; i < sizeof(m->a); i++)
        assert_int_equal(m->a[i], 'a');
    for (size_t i = 0; i < sizeof(m->b); i++)
        assert_int_equal(m->b[i], 'b');
}

static SecBuffer *token_of(struct bufs *m)
{
    for (ULONG i = 0; i < m->desc.cBuffers; i++)
        if (m->buffers[i].BufferType == SECBUFFER_TOKEN)
            return &m->buffers[i];
    fail();
    return NULL;
}

static void usual_ends(struct krb_engines *ends)
{
    krb_engines_make(KRB_AES256_SHA1, ISC_RET_SEQUENCE_DETECT | ISC_RET_REPLAY_DETECT, ends);
}

static void every_layout_arrives(void **state)
{
    struct krb_engines ends;

    (void)state;
    usual_ends(&ends);
    for (size_t i = 0; i < N_LAYOUTS; i++) {
        struct bufs m;
        ULONG qop = 42;

        lay(&m, layouts[i]);
        assert_int_equal(krb_message_seal(&ends.ends[0], 0, &m.desc), SSP_OK);
        assert_int_equal(token_of(&m)->cbBuffer, 60);
        assert_int_equal(krb_message_unseal(&ends.ends[1], &m.desc, &qop), SSP_OK);
        assert_int_equal(qop, 0);
        assert_text(&m);
        lay(&m, layouts[i]);
        assert_int_equal(krb_message_sign(&ends.ends[1], 0, &m.desc), SSP_OK);
        assert_int_equal(token_of(&m)->cbBuffer, 28);
        assert_text(&m);
        assert_int_equal(krb_message_verify(&ends.ends[0], &m.desc), SSP_OK);
    }
}

static void a_message_that_is_only_signed_says_so(void **state)
{
    struct krb_engines ends;

    (void)state;
    usual_ends(&ends);
    for (size_t i = 0; i < N_LAYOUTS; i++) {
        struct bufs m;
        ULONG qop = 0;

        lay(&m, layouts[i]);
        assert_int_equal(krb_message_seal(&ends.ends[0], SECQOP_WRAP_NO_ENCRYPT, &m.desc), SSP_OK);
        assert_int_equal(token_of(&m)->cbBuffer, 28);
        assert_text(&m);
        assert_int_equal(krb_message_unseal(&ends.ends[1], &m.desc, &qop), SSP_OK);
        assert_int_equal(qop, SECQOP_WRAP_NO_ENCRYPT);
    }
}

static void readonly_data_is_signed_with_a_checksum_only(void **state)
{
    struct krb_engines ends;
    struct bufs m;

    (void)state;
    usual_ends(&ends);
    lay(&m, (const ULONG[4]){ RO, ROC, SECBUFFER_TOKEN, SECBUFFER_DATA });
    m.buffers[3] = (SecBuffer){ 0, SECBUFFER_DATA, NULL };
    assert_int_equal(krb_message_sign(&ends.ends[0], 0, &m.desc), SSP_OK);
    m.b[0] ^= 1;
    assert_int_equal(krb_message_verify(&ends.ends[1], &m.desc), SSP_ERR_ALTERED);
    m.b[0] ^= 1;
    m.a[0] ^= 1;
    assert_int_equal(krb_message_verify(&ends.ends[1], &m.desc), SSP_OK);
}

/* Token and data as one, as they stand on the wire. */
static struct view stream_of(struct bufs *m)
{
    static uint8_t joined[KRB_TRAILER_MAX + sizeof(m->a)];
    const SecBuffer *token = token_of(m);

    memcpy(joined, token->pvBuffer, token->cbBuffer);
    memcpy(joined + token->cbBuffer, m->a, sizeof(m->a));
    return guarded((struct view){ joined, token->cbBuffer + sizeof(m->a) });
}

static void a_stream_is_opened_in_place(void **state)
{
    static const ULONG qops[] = { 0, SECQOP_WRAP_NO_ENCRYPT };
    struct krb_engines ends;

    (void)state;
    usual_ends(&ends);
    for (size_t i = 0; i < 2; i++) {
        struct bufs m;
        ULONG qop = 42;

        lay(&m, layouts[0]);
        assert_int_equal(krb_message_seal(&ends.ends[0], qops[i], &m.desc), SSP_OK);
        struct view bytes = stream_of(&m);
        SecBuffer buffers[] = { { (ULONG)bytes.n, SECBUFFER_STREAM, (void *)(uintptr_t)bytes.p },
                                { 0, SECBUFFER_DATA, NULL } };
        const SecBufferDesc desc = { SECBUFFER_VERSION, 2, buffers };
        assert_int_equal(krb_message_unseal(&ends.ends[1], &desc, &qop), SSP_OK);
        assert_int_equal(qop, qops[i]);
        assert_int_equal(buffers[1].cbBuffer, sizeof(m.a));
        assert_memory_equal(buffers[1].pvBuffer, "aaaaa", sizeof(m.a));
        assert_true((const uint8_t *)buffers[1].pvBuffer > bytes.p);
    }
}

static void what_stands_behind_the_data_is_padding(void **state)
{
    struct krb_engines ends;
    struct bufs m;
    ULONG qop = 42;
    uint8_t behind[28];

    (void)state;
    usual_ends(&ends);
    lay(&m, layouts[4]);
    assert_int_equal(krb_message_seal(&ends.ends[0], 0, &m.desc), SSP_OK);
    assert_int_equal(m.buffers[2].cbBuffer, 0);
    /* As a peer lays it out that does not rotate: header and confounder, data, the rest. */
    memcpy(behind, m.token + 16, sizeof(behind));
    memmove(m.token + 16, m.token + 16 + sizeof(behind), 16);
    memset(m.token + 6, 0, 2);
    m.buffers[0].cbBuffer = 32;
    m.buffers[2] = (SecBuffer){ sizeof(behind), SECBUFFER_PADDING, behind };
    assert_int_equal(krb_message_unseal(&ends.ends[1], &m.desc, &qop), SSP_OK);
    assert_text(&m);
}

/* Nothing is used up: the next message is the first one that the peer expects. */
static void refuse_to_send(const ULONG types[4], ULONG qop, ULONG token_n, enum ssp_err as)
{
    struct krb_engines ends;
    struct bufs m;

    usual_ends(&ends);
    lay(&m, types);
    for (ULONG i = 0; i < m.desc.cBuffers; i++)
        if ((m.buffers[i].BufferType & ~(ULONG)SECBUFFER_ATTRMASK) == SECBUFFER_TOKEN)
            m.buffers[i].cbBuffer = token_n;
    assert_int_equal(krb_message_seal(&ends.ends[0], qop, &m.desc), as);
    assert_text(&m);
    assert_true(ends.sessions[0].send_seq == ends.sessions[0].send_first);
}

static void refuses_what_it_cannot_send(void **state)
{
    static const ULONG stream[4] = { SECBUFFER_STREAM, SECBUFFER_DATA, SECBUFFER_TOKEN };
    static const ULONG no_token[4] = { SECBUFFER_DATA, SECBUFFER_DATA };
    static const ULONG no_data[4] = { SECBUFFER_TOKEN };
    static const ULONG two_tokens[4] = { SECBUFFER_TOKEN, SECBUFFER_TOKEN, SECBUFFER_DATA };
    static const ULONG other[4] = { SECBUFFER_TOKEN, SECBUFFER_DATA, SECBUFFER_EXTRA };
    static const ULONG readonly[4] = { SECBUFFER_TOKEN | SECBUFFER_READONLY, SECBUFFER_DATA };
    const ULONG size = KRB_TRAILER_MAX;

    (void)state;
    refuse_to_send(stream, 0, size, SSP_ERR_BAD_ARGUMENT);
    refuse_to_send(no_token, 0, size, SSP_ERR_BAD_TOKEN);
    refuse_to_send(no_data, 0, size, SSP_ERR_BAD_TOKEN);
    refuse_to_send(two_tokens, 0, size, SSP_ERR_BAD_ARGUMENT);
    refuse_to_send(other, 0, size, SSP_ERR_BAD_ARGUMENT);
    refuse_to_send(readonly, 0, size, SSP_ERR_BAD_ARGUMENT);
    refuse_to_send(layouts[0], 0, 59, SSP_ERR_TOO_SMALL);
    refuse_to_send(layouts[0], SECQOP_WRAP_NO_ENCRYPT, 27, SSP_ERR_TOO_SMALL);
    refuse_to_send(layouts[0], SECQOP_WRAP_OOB_DATA, size, SSP_ERR_BAD_QOP);
    refuse_to_send(layouts[0], 1, size, SSP_ERR_BAD_QOP);
}

static void says_the_size_that_a_token_needs(void **state)
{
    struct krb_engines ends;
    struct bufs m;

    (void)state;
    usual_ends(&ends);
    lay(&m, layouts[0]);
    m.buffers[0].cbBuffer = 1;
    assert_int_equal(krb_message_seal(&ends.ends[0], 0, &m.desc), SSP_ERR_TOO_SMALL);
    assert_int_equal(m.buffers[0].cbBuffer, 60);
    m.buffers[0].cbBuffer = 1;
    assert_int_equal(krb_message_sign(&ends.ends[0], 0, &m.desc), SSP_ERR_TOO_SMALL);
    assert_int_equal(m.buffers[0].cbBuffer, 28);
    assert_int_equal(krb_message_sign(&ends.ends[0], SECQOP_WRAP_NO_ENCRYPT, &m.desc),
                     SSP_ERR_BAD_QOP);
}

static enum ssp_err open_as(SecBuffer *buffers, ULONG n)
{
    const SecBufferDesc desc = { SECBUFFER_VERSION, n, buffers };
    struct krb_engines ends;
    ULONG qop = 42;

    usual_ends(&ends);
    enum ssp_err e = krb_message_unseal(&ends.ends[1], &desc, &qop);
    assert_int_equal(qop, 42);
    return e;
}

static void refuses_what_it_cannot_open(void **state)
{
    uint8_t bytes[100] = { 5, 4, 6, 0xff };
    SecBuffer token = { 60, SECBUFFER_TOKEN, bytes };
    SecBuffer data = { 5, SECBUFFER_DATA, bytes + 60 };
    SecBuffer stream = { 65, SECBUFFER_STREAM, bytes };
    SecBuffer ro_token = { 60, SECBUFFER_TOKEN | SECBUFFER_READONLY, bytes };
    SecBuffer ro_stream = { 65, SECBUFFER_STREAM | SECBUFFER_READONLY, bytes };
    SecBuffer ro_padding = { 1, SECBUFFER_PADDING | SECBUFFER_READONLY, bytes + 70 };

    (void)state;
    assert_int_equal(open_as((SecBuffer[]){ data }, 1), SSP_ERR_BAD_TOKEN);
    assert_int_equal(open_as((SecBuffer[]){ token }, 1), SSP_ERR_BAD_TOKEN);
    assert_int_equal(open_as((SecBuffer[]){ stream, token, data }, 3), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(open_as((SecBuffer[]){ stream, data, data }, 3), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(open_as((SecBuffer[]){ ro_stream, data }, 2), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(open_as((SecBuffer[]){ ro_token, data }, 2), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(open_as((SecBuffer[]){ token, data, ro_padding }, 3), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(open_as(NULL, 1), SSP_ERR_BAD_ARGUMENT);
}

static void takes_as_many_buffers_as_a_call_can_have(void **state)
{
    static uint8_t bytes[LIMIT_BUFFERS][3];
    SecBuffer buffers[LIMIT_BUFFERS];
    const SecBufferDesc desc = { SECBUFFER_VERSION, LIMIT_BUFFERS, buffers };
    uint8_t token[KRB_TRAILER_MAX];
    struct krb_engines ends;
    ULONG qop = 42;

    (void)state;
    usual_ends(&ends);
    buffers[0] = (SecBuffer){ sizeof(token), SECBUFFER_TOKEN, token };
    for (size_t i = 1; i < LIMIT_BUFFERS; i++) {
        memset(bytes[i], (int)i, sizeof(bytes[i]));
        buffers[i] = (SecBuffer){ sizeof(bytes[i]), SECBUFFER_DATA, bytes[i] };
    }
    assert_int_equal(krb_message_seal(&ends.ends[0], 0, &desc), SSP_OK);
    assert_int_equal(krb_message_unseal(&ends.ends[1], &desc, &qop), SSP_OK);
    for (size_t i = 1; i < LIMIT_BUFFERS; i++)
        assert_true(bytes[i][0] == i && bytes[i][1] == i && bytes[i][2] == i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_layout_arrives),
        TEST(a_message_that_is_only_signed_says_so),
        TEST(readonly_data_is_signed_with_a_checksum_only),
        TEST(a_stream_is_opened_in_place),
        TEST(what_stands_behind_the_data_is_padding),
        TEST(refuses_what_it_cannot_send),
        TEST(says_the_size_that_a_token_needs),
        TEST(refuses_what_it_cannot_open),
        TEST(takes_as_many_buffers_as_a_call_can_have),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
