/* SPDX-License-Identifier: Apache-2.0 */
/* The layouts of buffers that message calls take, and what each refuses without using up anything.
 */
#include "base/cleanup.h"
#include "base/limits.h"
#include "harness/harness.h"
#include "packages/ntlm/message.h"

static const uint32_t full = NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL |
                             NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY |
                             NTLMSSP_NEGOTIATE_KEY_EXCH | NTLMSSP_NEGOTIATE_128;

struct ends {
    struct ntlm_session us;
    struct ntlm_session them;
};

static void start(struct ends *ends, uint32_t flags)
{
    const struct key key = { { 1, 2, 3 }, NTLM_KEY_SIZE };

    ntlm_session_init(&ends->us, flags, NTLM_CLIENT, &key);
    ntlm_session_init(&ends->them, flags, NTLM_SERVER, &key);
}

struct bufs { /* room for a message of three parts */
    uint8_t token[NTLM_SIGNATURE_SIZE];
    uint8_t a[5];
    uint8_t b[6];
    SecBuffer buffers[4];
    SecBufferDesc desc;
};

static void lay(struct bufs *m, const ULONG types[4])
{
    ULONG n = 0;

    memcpy(m->a, "aaaaa", 5);
    memcpy(m->b, "bbbbbb", 6);
    for (; n < 4 && types[n] != SECBUFFER_EMPTY; n++) {
        ULONG type = types[n] & ~(ULONG)SECBUFFER_ATTRMASK;
        bool second = n > 0 && m->buffers[n - 1].pvBuffer == m->a;

        m->buffers[n] = (SecBuffer){ sizeof(m->a), types[n], m->a };
        if (type == SECBUFFER_TOKEN)
            m->buffers[n] = (SecBuffer){ sizeof(m->token), types[n], m->token };
        else if (type == SECBUFFER_PADDING)
            m->buffers[n] = (SecBuffer){ 0, types[n], NULL };
        else if (second || (n > 1 && m->buffers[n - 2].pvBuffer == m->a))
            m->buffers[n] = (SecBuffer){ sizeof(m->b), types[n], m->b };
    }
    m->desc = (SecBufferDesc){ SECBUFFER_VERSION, n, m->buffers };
}

#define RO (SECBUFFER_DATA | SECBUFFER_READONLY)
#define ROC (SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM)

static const ULONG layouts[][4] = {
    { SECBUFFER_TOKEN, SECBUFFER_DATA },
    { SECBUFFER_DATA, SECBUFFER_TOKEN },
    { SECBUFFER_TOKEN, SECBUFFER_DATA, SECBUFFER_DATA },
    { SECBUFFER_DATA, SECBUFFER_DATA, SECBUFFER_TOKEN },
    { SECBUFFER_DATA, SECBUFFER_TOKEN, SECBUFFER_DATA },
    { SECBUFFER_TOKEN, SECBUFFER_DATA, SECBUFFER_PADDING },
    { SECBUFFER_DATA, ROC, SECBUFFER_TOKEN },
    { ROC, SECBUFFER_DATA, SECBUFFER_TOKEN },
    { RO, SECBUFFER_DATA, SECBUFFER_TOKEN },
    { SECBUFFER_TOKEN, SECBUFFER_DATA, SECBUFFER_PADDING, ROC },
};
enum { N_LAYOUTS = sizeof(layouts) / sizeof(layouts[0]) };

static bool is_readonly(ULONG type)
{
    return (type & (SECBUFFER_READONLY | SECBUFFER_READONLY_WITH_CHECKSUM)) != 0;
}

static void assert_text(const struct bufs *m)
{
    assert_memory_equal(m->a, "aaaaa", 5);
    assert_memory_equal(m->b, "bbbbbb", 6);
}

static void seals_and_unseals_each_layout_in_place(void **state)
{
    struct ends ends;

    (void)state;
    start(&ends, full);
    for (size_t i = 0; i < N_LAYOUTS; i++) {
        struct bufs m = { 0 };

        lay(&m, layouts[i]);
        assert_int_equal(ntlm_message_seal(&ends.us, 0, &m.desc, 0), SSP_OK);
        for (ULONG n = 0; n < m.desc.cBuffers; n++)
            if (m.buffers[n].pvBuffer == m.a)
                assert_int_equal(memcmp(m.a, "aaaaa", 5) == 0, is_readonly(layouts[i][n]));
        assert_int_equal(ntlm_message_unseal(&ends.them, &m.desc, 0), SSP_OK);
        assert_text(&m);
    }
}

static void signs_and_verifies_each_layout(void **state)
{
    struct ends ends;

    (void)state;
    start(&ends, full);
    for (size_t i = 0; i < N_LAYOUTS; i++) {
        struct bufs m = { 0 };

        lay(&m, layouts[i]);
        assert_int_equal(ntlm_message_sign(&ends.us, 0, &m.desc, 0), SSP_OK);
        assert_text(&m);
        assert_int_equal(ntlm_message_verify(&ends.them, &m.desc, 0), SSP_OK);
    }
}

static void a_read_only_part_is_signed_all_the_same(void **state)
{
    static const ULONG types[4] = { SECBUFFER_TOKEN, ROC, SECBUFFER_DATA };
    struct bufs m = { 0 };
    struct ends ends;

    (void)state;
    start(&ends, full);
    lay(&m, types);
    assert_int_equal(ntlm_message_seal(&ends.us, 0, &m.desc, 0), SSP_OK);
    m.a[0] ^= 1;
    assert_int_equal(ntlm_message_unseal(&ends.them, &m.desc, 0), SSP_ERR_ALTERED);
    m.a[0] ^= 1;
    assert_int_equal(ntlm_message_unseal(&ends.them, &m.desc, 0), SSP_OK);
}

static void seals_without_encrypting_when_told(void **state)
{
    struct bufs m = { 0 };
    struct ends ends;

    (void)state;
    start(&ends, full);
    lay(&m, layouts[0]);
    assert_int_equal(ntlm_message_seal(&ends.us, SECQOP_WRAP_NO_ENCRYPT, &m.desc, 0), SSP_OK);
    assert_memory_equal(m.a, "aaaaa", 5);
    assert_int_equal(ntlm_message_verify(&ends.them, &m.desc, 0), SSP_OK);
}

static void empties_the_padding(void **state)
{
    uint8_t room[8];
    struct bufs m = { 0 };
    struct ends ends;

    (void)state;
    start(&ends, full);
    lay(&m, layouts[5]);
    m.buffers[2] = (SecBuffer){ sizeof(room), SECBUFFER_PADDING, room };
    assert_int_equal(ntlm_message_seal(&ends.us, 0, &m.desc, 0), SSP_OK);
    assert_int_equal(m.buffers[2].cbBuffer, 0);
}

static void finds_the_data_in_a_stream(void **state)
{
    uint8_t stream[NTLM_SIGNATURE_SIZE + 5];
    SecBuffer buffers[2] = { { sizeof(stream), SECBUFFER_STREAM, stream },
                             { 0, SECBUFFER_DATA, NULL } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 2, buffers };
    struct bufs m = { 0 };
    struct ends ends;

    (void)state;
    start(&ends, full);
    lay(&m, layouts[0]);
    assert_int_equal(ntlm_message_seal(&ends.us, 0, &m.desc, 0), SSP_OK);
    memcpy(stream, m.token, sizeof(m.token));
    memcpy(stream + sizeof(m.token), m.a, sizeof(m.a));

    buffers[0].cbBuffer = NTLM_SIGNATURE_SIZE - 1;
    assert_int_equal(ntlm_message_unseal(&ends.them, &desc, 0), SSP_ERR_BAD_TOKEN);
    buffers[0].cbBuffer = sizeof(stream) - 1;
    assert_int_equal(ntlm_message_unseal(&ends.them, &desc, 0), SSP_ERR_ALTERED);
    assert_null(buffers[1].pvBuffer);
    buffers[0].cbBuffer = sizeof(stream);
    buffers[0].BufferType |= SECBUFFER_READONLY; /* decrypting would write to it */
    assert_int_equal(ntlm_message_unseal(&ends.them, &desc, 0), SSP_ERR_BAD_ARGUMENT);
    buffers[0].BufferType = SECBUFFER_STREAM;
    assert_int_equal(ntlm_message_unseal(&ends.them, &desc, 0), SSP_OK);
    assert_ptr_equal(buffers[1].pvBuffer, stream + NTLM_SIGNATURE_SIZE);
    assert_int_equal(buffers[1].cbBuffer, 5);
    assert_memory_equal(buffers[1].pvBuffer, "aaaaa", 5);
}

static void a_short_token_buffer_learns_its_size_and_costs_nothing(void **state)
{
    struct bufs m = { 0 };
    struct ends ends;

    (void)state;
    start(&ends, full);
    lay(&m, layouts[0]);
    m.buffers[0].cbBuffer = NTLM_SIGNATURE_SIZE - 1;
    assert_int_equal(ntlm_message_seal(&ends.us, 0, &m.desc, 0), SSP_ERR_TOO_SMALL);
    assert_int_equal(m.buffers[0].cbBuffer, NTLM_SIGNATURE_SIZE);
    assert_memory_equal(m.a, "aaaaa", 5);
    assert_false(ntlm_session_used(&ends.us));
    assert_int_equal(ntlm_message_seal(&ends.us, 0, &m.desc, 0), SSP_OK);
    assert_int_equal(ntlm_message_unseal(&ends.them, &m.desc, 0), SSP_OK);
}

struct refusal {
    ULONG types[4];
    enum ssp_err e;
};

static void refuses_other_layouts_and_costs_nothing(void **state)
{
    static const struct refusal refusals[] = {
        { { SECBUFFER_DATA }, SSP_ERR_BAD_TOKEN },
        { { SECBUFFER_TOKEN }, SSP_ERR_BAD_TOKEN },
        { { SECBUFFER_TOKEN, SECBUFFER_PADDING }, SSP_ERR_BAD_TOKEN },
        { { SECBUFFER_TOKEN, SECBUFFER_TOKEN, SECBUFFER_DATA }, SSP_ERR_BAD_ARGUMENT },
        { { SECBUFFER_TOKEN, SECBUFFER_DATA, SECBUFFER_PADDING, SECBUFFER_PADDING },
          SSP_ERR_BAD_ARGUMENT },
        { { SECBUFFER_TOKEN, SECBUFFER_DATA, SECBUFFER_EXTRA }, SSP_ERR_BAD_ARGUMENT },
        { { SECBUFFER_TOKEN, SECBUFFER_DATA, SECBUFFER_STREAM_HEADER }, SSP_ERR_BAD_ARGUMENT },
        { { SECBUFFER_TOKEN, SECBUFFER_DATA, SECBUFFER_STREAM }, SSP_ERR_BAD_ARGUMENT },
        { { SECBUFFER_TOKEN | SECBUFFER_READONLY, SECBUFFER_DATA }, SSP_ERR_BAD_ARGUMENT },
    };
    struct ends ends;

    (void)state;
    start(&ends, full);
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        struct bufs m = { 0 };

        lay(&m, refusals[i].types);
        assert_int_equal(ntlm_message_seal(&ends.us, 0, &m.desc, 0), refusals[i].e);
        assert_int_equal(ntlm_message_sign(&ends.us, 0, &m.desc, 0), refusals[i].e);
        if ((refusals[i].types[0] & SECBUFFER_READONLY) == 0) { /* a token is read then */
            assert_int_equal(ntlm_message_unseal(&ends.them, &m.desc, 0), refusals[i].e);
            assert_int_equal(ntlm_message_verify(&ends.them, &m.desc, 0), refusals[i].e);
        }
    }
    assert_false(ntlm_session_used(&ends.us) || ntlm_session_used(&ends.them));
}

static void refuses_bad_descriptors_and_qops(void **state)
{
    struct bufs m = { 0 };
    struct ends ends;

    (void)state;
    start(&ends, full);
    lay(&m, layouts[0]);
    assert_int_equal(ntlm_message_seal(&ends.us, 0, NULL, 0), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(ntlm_message_seal(&ends.us, 1, &m.desc, 0), SSP_ERR_BAD_QOP);
    assert_int_equal(ntlm_message_sign(&ends.us, SECQOP_WRAP_NO_ENCRYPT, &m.desc, 0),
                     SSP_ERR_BAD_QOP);
    m.buffers[1].pvBuffer = NULL;
    assert_int_equal(ntlm_message_seal(&ends.us, 0, &m.desc, 0), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(ntlm_message_unseal(&ends.us, &m.desc, 0), SSP_ERR_BAD_ARGUMENT);
    m.desc.ulVersion = 7;
    assert_int_equal(ntlm_message_verify(&ends.us, &m.desc, 0), SSP_ERR_BAD_ARGUMENT);
    assert_false(ntlm_session_used(&ends.us));
}

static void refuses_signatures_of_another_size(void **state)
{
    static const ULONG sizes[] = { 0, 1, NTLM_SIGNATURE_SIZE - 1 };
    struct bufs m = { 0 };
    struct ends ends;

    (void)state;
    start(&ends, full);
    lay(&m, layouts[0]);
    assert_int_equal(ntlm_message_seal(&ends.us, 0, &m.desc, 0), SSP_OK);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        m.buffers[0].cbBuffer = sizes[i];
        assert_int_equal(ntlm_message_unseal(&ends.them, &m.desc, 0), SSP_ERR_BAD_TOKEN);
    }
    m.buffers[0].cbBuffer = NTLM_SIGNATURE_SIZE;
    assert_int_equal(ntlm_message_unseal(&ends.them, &m.desc, 0), SSP_OK);
}

static void takes_as_many_buffers_as_there_may_be(void **state)
{
    uint8_t token[NTLM_SIGNATURE_SIZE];
    uint8_t bytes[LIMIT_BUFFERS];
    SecBuffer buffers[LIMIT_BUFFERS];
    SecBufferDesc desc = { SECBUFFER_VERSION, LIMIT_BUFFERS, buffers };
    struct ends ends;

    (void)state;
    start(&ends, full);
    memset(bytes, 'x', sizeof(bytes));
    buffers[0] = (SecBuffer){ sizeof(token), SECBUFFER_TOKEN, token };
    for (size_t i = 1; i < LIMIT_BUFFERS; i++)
        buffers[i] = (SecBuffer){ 1, SECBUFFER_DATA, bytes + i };
    assert_int_equal(ntlm_message_seal(&ends.us, 0, &desc, 0), SSP_OK);
    assert_int_equal(ntlm_message_unseal(&ends.them, &desc, 0), SSP_OK);
    assert_int_equal(bytes[LIMIT_BUFFERS - 1], 'x');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(seals_and_unseals_each_layout_in_place),
        TEST(signs_and_verifies_each_layout),
        TEST(a_read_only_part_is_signed_all_the_same),
        TEST(seals_without_encrypting_when_told),
        TEST(empties_the_padding),
        TEST(finds_the_data_in_a_stream),
        TEST(a_short_token_buffer_learns_its_size_and_costs_nothing),
        TEST(refuses_other_layouts_and_costs_nothing),
        TEST(refuses_bad_descriptors_and_qops),
        TEST(refuses_signatures_of_another_size),
        TEST(takes_as_many_buffers_as_there_may_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
