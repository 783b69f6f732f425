/* SPDX-License-Identifier: Apache-2.0 */
/* Messages: layouts, sizes, and what is not to be trusted. */
#include <string.h>

#include "conformance/subject.h"

enum { MAX_BUFFERS = 6, TEXT_MAX = 48 };

/* A message as a caller lays it out: room for a token, and texts. */
struct letter {
    uint8_t token[128];
    uint8_t text[MAX_BUFFERS][TEXT_MAX];
    SecBuffer buffers[MAX_BUFFERS];
    SecBufferDesc desc;
};

static SecBuffer *put(struct letter *letter, ULONG type, void *p, size_t n)
{
    SecBuffer *buffer = &letter->buffers[letter->desc.cBuffers++];

    *buffer = (SecBuffer){ (ULONG)n, type, p };
    return buffer;
}

static void begin(struct letter *letter)
{
    *letter = (struct letter){ 0 };
    letter->desc = (SecBufferDesc){ SECBUFFER_VERSION, 0, letter->buffers };
}

static void put_token(struct letter *letter)
{
    (void)put(letter, SECBUFFER_TOKEN, letter->token, subject->trailer_size);
}

static void put_text(struct letter *letter, ULONG type, const char *text)
{
    uint8_t *place = letter->text[letter->desc.cBuffers];

    memcpy(place, text, strlen(text));
    (void)put(letter, type, place, strlen(text));
}

static bool says(const struct letter *letter, size_t nth, const char *text)
{
    return letter->buffers[nth].cbBuffer == strlen(text) &&
           memcmp(letter->buffers[nth].pvBuffer, text, strlen(text)) == 0;
}

static void simple(struct letter *letter)
{
    begin(letter);
    put_token(letter);
    put_text(letter, SECBUFFER_DATA, "a simple message");
}

static SECURITY_STATUS seal(struct loopback *loop, struct letter *letter)
{
    return EncryptMessage(&loop->client.ctx, 0, &letter->desc, 0);
}

static SECURITY_STATUS unseal(struct loopback *loop, struct letter *letter)
{
    ULONG qop = 99;
    SECURITY_STATUS status = DecryptMessage(&loop->server.ctx, &letter->desc, 0, &qop);

    if (status == SEC_E_OK)
        assert_int_equal(qop, 0);
    return status;
}

static SECURITY_STATUS sign(struct loopback *loop, struct letter *letter)
{
    return MakeSignature(&loop->client.ctx, 0, &letter->desc, 0);
}

static SECURITY_STATUS verify(struct loopback *loop, struct letter *letter)
{
    ULONG qop = 99;
    SECURITY_STATUS status = VerifySignature(&loop->server.ctx, &letter->desc, 0, &qop);

    if (status == SEC_E_OK)
        assert_int_equal(qop, 0);
    return status;
}

/* A letter is sealed, and opened again after whatever the way does. */
static void passes(struct loopback *loop, struct letter *letter)
{
    assert_int_equal(seal(loop, letter), SEC_E_OK);
    go_on(loop);
    assert_int_equal(unseal(loop, letter), SEC_E_OK);
    go_on(loop);
}

/* ---- Layouts ----------------------------------------------------------- */

static void hides_what_it_seals(void **state)
{
    struct letter letter;

    simple(&letter);
    assert_int_equal(seal(loop_of(state), &letter), SEC_E_OK);
    assert_false(says(&letter, 1, "a simple message"));
    assert_int_equal(letter.buffers[1].cbBuffer, strlen("a simple message"));
    assert_int_equal(unseal(loop_of(state), &letter), SEC_E_OK);
    assert_true(says(&letter, 1, "a simple message"));
}

static void shows_what_it_signs(void **state)
{
    struct letter letter;

    simple(&letter);
    assert_int_equal(sign(loop_of(state), &letter), SEC_E_OK);
    assert_true(says(&letter, 1, "a simple message"));
    assert_int_equal(letter.buffers[0].cbBuffer, subject->signature_size);
    go_on(loop_of(state));
    assert_int_equal(verify(loop_of(state), &letter), SEC_E_OK);
}

static void takes_token_and_data_in_either_order(void **state)
{
    struct letter letter;

    begin(&letter);
    put_text(&letter, SECBUFFER_DATA, "data comes first");
    put_token(&letter);
    passes(loop_of(state), &letter);
    assert_true(says(&letter, 0, "data comes first"));
}

static void takes_a_token_with_more_room_than_it_needs(void **state)
{
    struct letter letter;

    begin(&letter);
    (void)put(&letter, SECBUFFER_TOKEN, letter.token, sizeof(letter.token));
    put_text(&letter, SECBUFFER_DATA, "roomy");
    assert_int_equal(seal(loop_of(state), &letter), SEC_E_OK);
    assert_int_equal(letter.buffers[0].cbBuffer, subject->trailer_size);
    assert_int_equal(unseal(loop_of(state), &letter), SEC_E_OK);
    assert_true(says(&letter, 1, "roomy"));
}

static void seals_a_message_of_no_bytes(void **state)
{
    struct letter letter;

    begin(&letter);
    put_token(&letter);
    (void)put(&letter, SECBUFFER_DATA, letter.text[1], 0);
    passes(loop_of(state), &letter);
}

static void passes_over_empty_buffers(void **state)
{
    struct letter letter;

    begin(&letter);
    (void)put(&letter, SECBUFFER_EMPTY, NULL, 0);
    put_token(&letter);
    put_text(&letter, SECBUFFER_DATA, "between");
    (void)put(&letter, SECBUFFER_EMPTY, NULL, 0);
    passes(loop_of(state), &letter);
    assert_true(says(&letter, 2, "between"));
}

static void seals_several_data_buffers_as_one_message(void **state)
{
    struct letter letter;

    begin(&letter);
    put_text(&letter, SECBUFFER_DATA, "one");
    put_token(&letter);
    put_text(&letter, SECBUFFER_DATA, "two");
    put_text(&letter, SECBUFFER_DATA, "three");
    passes(loop_of(state), &letter);
    assert_true(says(&letter, 0, "one") && says(&letter, 2, "two") && says(&letter, 3, "three"));
}

static void leaves_read_only_buffers_as_they_are(void **state)
{
    static const ULONG marks[] = { SECBUFFER_READONLY, SECBUFFER_READONLY_WITH_CHECKSUM };

    for (size_t i = 0; i < 2; i++) {
        struct letter letter;

        begin(&letter);
        put_token(&letter);
        put_text(&letter, SECBUFFER_DATA | marks[i], "header");
        put_text(&letter, SECBUFFER_DATA, "body");
        assert_int_equal(seal(loop_of(state), &letter), SEC_E_OK);
        assert_true(says(&letter, 1, "header"));
        assert_false(says(&letter, 2, "body"));
        go_on(loop_of(state));
        assert_int_equal(unseal(loop_of(state), &letter), SEC_E_OK);
        assert_true(says(&letter, 1, "header") && says(&letter, 2, "body"));
    }
}

static void signs_read_only_buffers_with_a_checksum(void **state)
{
    struct letter letter;

    begin(&letter);
    put_token(&letter);
    put_text(&letter, SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM, "header");
    put_text(&letter, SECBUFFER_DATA, "body");
    assert_int_equal(seal(loop_of(state), &letter), SEC_E_OK);
    letter.text[1][0] ^= 1;
    assert_int_equal(unseal(loop_of(state), &letter), SEC_E_MESSAGE_ALTERED);
    letter.text[1][0] ^= 1;
    assert_int_equal(unseal(loop_of(state), &letter), SEC_E_OK);
    assert_true(says(&letter, 2, "body"));
}

static void empties_the_padding_that_it_does_not_need(void **state)
{
    struct letter letter;

    begin(&letter);
    put_token(&letter);
    put_text(&letter, SECBUFFER_DATA, "unpadded");
    put_text(&letter, SECBUFFER_PADDING, "padding");
    assert_int_equal(seal(loop_of(state), &letter), SEC_E_OK);
    assert_int_equal(letter.buffers[2].cbBuffer, 0);
    assert_int_equal(unseal(loop_of(state), &letter), SEC_E_OK);
    assert_true(says(&letter, 1, "unpadded"));
}

/* Signature and data in one piece, as they came from the wire. */
static void decrypts_a_stream_in_place(void **state)
{
    uint8_t wire[128];
    struct letter letter;
    struct letter stream;

    simple(&letter);
    assert_int_equal(seal(loop_of(state), &letter), SEC_E_OK);
    size_t head = letter.buffers[0].cbBuffer;
    size_t n = letter.buffers[1].cbBuffer;
    memcpy(wire, letter.token, head);
    memcpy(wire + head, letter.text[1], n);
    go_on(loop_of(state));
    begin(&stream);
    (void)put(&stream, SECBUFFER_STREAM, wire, head + n);
    (void)put(&stream, SECBUFFER_DATA, NULL, 0);
    assert_int_equal(unseal(loop_of(state), &stream), SEC_E_OK);
    assert_true(says(&stream, 1, "a simple message"));
    assert_ptr_equal(stream.buffers[1].pvBuffer, wire + head);
}

/* ---- Arguments --------------------------------------------------------- */

typedef SECURITY_STATUS send_fn(PCtxtHandle ctx, ULONG qop, PSecBufferDesc desc, ULONG seq);
typedef SECURITY_STATUS receive_fn(PCtxtHandle ctx, PSecBufferDesc desc, ULONG seq, ULONG *qop);

static send_fn *const sends[] = { EncryptMessage, MakeSignature };
static receive_fn *const receives[] = { DecryptMessage, VerifySignature };

static void tells_the_size_of_a_token_and_counts_nothing(void **state)
{
    struct loopback *loop = loop_of(state);

    const ULONG sizes[] = { subject->trailer_size, subject->signature_size };

    for (size_t i = 0; i < 2; i++) {
        struct letter letter;

        simple(&letter);
        letter.buffers[0].cbBuffer = sizes[i] - 1;
        assert_int_equal(sends[i](&loop->client.ctx, 0, &letter.desc, 0), SEC_E_BUFFER_TOO_SMALL);
        assert_int_equal(letter.buffers[0].cbBuffer, sizes[i]);
        assert_true(says(&letter, 1, "a simple message"));
        assert_true(loopback_talks(loop));
    }
}

static void wants_buffers(void **state)
{
    struct loopback *loop = loop_of(state);
    struct letter letter;

    simple(&letter);
    letter.desc.ulVersion = 7;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(sends[i](&loop->client.ctx, 0, NULL, 0), SEC_E_INVALID_PARAMETER);
        assert_int_equal(receives[i](&loop->client.ctx, NULL, 0, NULL), SEC_E_INVALID_PARAMETER);
        assert_int_equal(sends[i](&loop->client.ctx, 0, &letter.desc, 0), SEC_E_INVALID_PARAMETER);
        assert_int_equal(receives[i](&loop->client.ctx, &letter.desc, 0, NULL),
                         SEC_E_INVALID_PARAMETER);
    }
    begin(&letter);
    put_token(&letter);
    (void)put(&letter, SECBUFFER_DATA, NULL, 5);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(sends[i](&loop->client.ctx, 0, &letter.desc, 0), SEC_E_INVALID_PARAMETER);
    assert_true(loopback_talks(loop));
}

static void wants_a_token(void **state)
{
    struct loopback *loop = loop_of(state);
    struct letter letter;

    begin(&letter);
    put_text(&letter, SECBUFFER_DATA, "lonely");
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(sends[i](&loop->client.ctx, 0, &letter.desc, 0), SEC_E_INVALID_TOKEN);
        assert_int_equal(receives[i](&loop->server.ctx, &letter.desc, 0, NULL),
                         SEC_E_INVALID_TOKEN);
    }
    assert_true(says(&letter, 0, "lonely"));
    assert_true(loopback_talks(loop));
}

static void wants_each_buffer_to_have_a_meaning(void **state)
{
    static const ULONG wrong[] = { SECBUFFER_TOKEN, SECBUFFER_STREAM, SECBUFFER_MECHLIST, 0x7777 };
    struct loopback *loop = loop_of(state);

    for (size_t i = 0; i < 2 * sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct letter letter;

        simple(&letter);
        put_text(&letter, wrong[i / 2], "one buffer too many");
        assert_int_equal(sends[i % 2](&loop->client.ctx, 0, &letter.desc, 0),
                         SEC_E_INVALID_PARAMETER);
        assert_true(says(&letter, 1, "a simple message"));
    }
    assert_true(loopback_talks(loop));
}

static void writes_no_token_where_it_may_not(void **state)
{
    struct loopback *loop = loop_of(state);

    for (size_t i = 0; i < 2; i++) {
        struct letter letter;

        simple(&letter);
        letter.buffers[0].BufferType |= SECBUFFER_READONLY;
        assert_int_equal(sends[i](&loop->client.ctx, 0, &letter.desc, 0), SEC_E_INVALID_PARAMETER);
        assert_int_equal(letter.token[0], 0);
    }
    assert_true(loopback_talks(loop));
}

static void knows_its_qualities_of_protection(void **state)
{
    struct loopback *loop = loop_of(state);
    struct letter letter;

    simple(&letter);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(sends[i](&loop->client.ctx, 77, &letter.desc, 0), SEC_E_QOP_NOT_SUPPORTED);
    assert_int_equal(EncryptMessage(&loop->client.ctx, SECQOP_WRAP_NO_ENCRYPT, &letter.desc, 0),
                     SEC_E_OK);
    assert_true(says(&letter, 1, "a simple message"));
    if (!subject->unwraps_clear) {
        assert_int_equal(verify(loop, &letter), SEC_E_OK);
        return;
    }
    ULONG qop = 0;
    assert_int_equal(DecryptMessage(&loop->server.ctx, &letter.desc, 0, &qop), SEC_E_OK);
    assert_int_equal(qop, SECQOP_WRAP_NO_ENCRYPT);
    assert_true(says(&letter, 1, "a simple message"));
}

static void protects_nothing_before_the_handshake_is_over(void **state)
{
    struct loopback *loop = loop_of(state);
    struct letter letter;

    simple(&letter);
    assert_int_equal(loopback_shake(loop, subject->open_legs), SEC_I_CONTINUE_NEEDED);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(sends[i](&loop->client.ctx, 0, &letter.desc, 0), SEC_E_INVALID_HANDLE);
        assert_int_equal(receives[i](&loop->server.ctx, &letter.desc, 0, NULL),
                         SEC_E_INVALID_HANDLE);
    }
}

/* ---- Messages that are not to be trusted ------------------------------- */

static void refuses_every_altered_bit_and_takes_the_true_message(void **state)
{
    struct loopback *loop = loop_of(state);
    struct letter letter;

    simple(&letter);
    assert_int_equal(seal(loop, &letter), SEC_E_OK);
    const struct letter sealed = letter;
    for (size_t bit = 0; bit < 8 * strlen("a simple message"); bit++) {
        letter.text[1][bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(unseal(loop, &letter), SEC_E_MESSAGE_ALTERED);
        letter.text[1][bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_memory_equal(letter.text[1], sealed.text[1], TEXT_MAX); /* no plaintext given out */
    }
    assert_int_equal(unseal(loop, &letter), SEC_E_OK);
    assert_true(says(&letter, 1, "a simple message"));
}

static void refuses_every_altered_signature(void **state)
{
    struct loopback *loop = loop_of(state);
    struct letter letter;

    simple(&letter);
    assert_int_equal(sign(loop, &letter), SEC_E_OK);
    for (size_t at = 0; at < subject->signature_size; at++) {
        letter.token[at] ^= 0x10;
        assert_true(verify(loop, &letter) < 0);
        letter.token[at] ^= 0x10;
    }
    go_on(loop);
    assert_int_equal(verify(loop, &letter), SEC_E_OK);
}

static void refuses_a_signature_of_another_size(void **state)
{
    struct loopback *loop = loop_of(state);
    struct letter letter;

    simple(&letter);
    assert_int_equal(seal(loop, &letter), SEC_E_OK);
    for (ULONG n = 0; n <= sizeof(letter.token); n++) {
        if (n == subject->trailer_size)
            continue;
        letter.buffers[0].cbBuffer = n;
        assert_int_equal(unseal(loop, &letter), SEC_E_INVALID_TOKEN);
    }
    letter.buffers[0].cbBuffer = subject->trailer_size;
    assert_int_equal(unseal(loop, &letter), SEC_E_OK);
}

static void refuses_a_message_that_came_before(void **state)
{
    struct loopback *loop = loop_of(state);
    struct letter letter;

    simple(&letter);
    assert_int_equal(sign(loop, &letter), SEC_E_OK);
    assert_int_equal(verify(loop, &letter), SEC_E_OK);
    go_on(loop);
    assert_int_equal(verify(loop, &letter), subject->on_replay);
    assert_true(loopback_talks(loop));
}

static void refuses_a_message_that_overtook_another(void **state)
{
    struct loopback *loop = loop_of(state);
    struct letter first;
    struct letter second;

    simple(&first);
    simple(&second);
    assert_int_equal(seal(loop, &first), SEC_E_OK);
    assert_int_equal(seal(loop, &second), SEC_E_OK);
    assert_int_equal(unseal(loop, &second), subject->on_replay);
    go_on(loop);
    assert_int_equal(unseal(loop, &first), SEC_E_OK);
    assert_int_equal(unseal(loop, &second), SEC_E_OK);
    assert_true(says(&second, 1, "a simple message"));
}

static void refuses_its_own_messages(void **state)
{
    struct loopback *loop = loop_of(state);
    struct letter letter;

    simple(&letter);
    assert_int_equal(sign(loop, &letter), SEC_E_OK);
    assert_true(VerifySignature(&loop->client.ctx, &letter.desc, 0, NULL) < 0);
    assert_int_equal(verify(loop, &letter), SEC_E_OK);
    assert_true(loopback_talks(loop));
}

int main(void)
{
    subject_choose();
    const struct CMUnitTest tests[] = {
        MET_TEST(hides_what_it_seals),
        MET_TEST(shows_what_it_signs),
        MET_TEST(takes_token_and_data_in_either_order),
        MET_TEST(takes_a_token_with_more_room_than_it_needs),
        MET_TEST(seals_a_message_of_no_bytes),
        MET_TEST(passes_over_empty_buffers),
        CASE_IF(subject->any_layout, MET_TEST(seals_several_data_buffers_as_one_message)),
        CASE_IF(subject->any_layout, MET_TEST(leaves_read_only_buffers_as_they_are)),
        CASE_IF(subject->any_layout, MET_TEST(signs_read_only_buffers_with_a_checksum)),
        CASE_IF(subject->any_layout, MET_TEST(empties_the_padding_that_it_does_not_need)),
        CASE_IF(subject->any_layout, MET_TEST(decrypts_a_stream_in_place)),
        MET_TEST(tells_the_size_of_a_token_and_counts_nothing),
        MET_TEST(wants_buffers),
        MET_TEST(wants_a_token),
        CASE_IF(subject->any_layout, MET_TEST(wants_each_buffer_to_have_a_meaning)),
        CASE_IF(subject->any_layout, MET_TEST(writes_no_token_where_it_may_not)),
        CASE_IF(subject->checks_qop, MET_TEST(knows_its_qualities_of_protection)),
        APART_TEST(protects_nothing_before_the_handshake_is_over),
        MET_TEST(refuses_every_altered_bit_and_takes_the_true_message),
        MET_TEST(refuses_every_altered_signature),
        MET_TEST(refuses_a_signature_of_another_size),
        MET_TEST(refuses_a_message_that_came_before),
        MET_TEST(refuses_a_message_that_overtook_another),
        MET_TEST(refuses_its_own_messages),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
