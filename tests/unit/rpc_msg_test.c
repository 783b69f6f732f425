/* SPDX-License-Identifier: Apache-2.0 */
/* Every message of every call, by its table; and what one looks like. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/heap.h"
#include "harness/harness.h"
#include "rpc/frame.h"
#include "rpc/msg.h"

union any {
    union rpc_ask ask;
    union rpc_answer answer;
};

static void fill_text(struct str16 *text)
{
    assert_int_equal(str16_from_utf8(view_text("Grüße"), text), SSP_OK);
}

static void fill_bytes(struct secret *bytes)
{
    assert_int_equal(secret_new(view_text("bytes"), bytes), SSP_OK);
}

static void fill_buffers(struct buffers *buffers)
{
    static const struct buffer some[] = {
        { 1, 7, BUFFER_NONE, NULL, NULL },
        { 2, 5, BUFFER_BYTES, "hello", NULL },
        { 2 | 0x80000000U, 3, BUFFER_ROOM, NULL, NULL },
        { 4, 4, BUFFER_MADE, "made", NULL },
    };

    *buffers = (struct buffers){ .is_there = true, .n = 4 };
    memcpy(buffers->list, some, sizeof(some));
}

static void fill_numbers(struct numbers *numbers)
{
    numbers->p = calloc(3, sizeof(*numbers->p));
    assert_non_null(numbers->p);
    numbers->n = 3;
    for (uint32_t i = 0; i < 3; i++)
        numbers->p[i] = 0x01020304U + i;
}

/* Values that tell fields apart. */
static void fill(const struct message *message, void *target)
{
    uint8_t *at = target;
    uint8_t next = 1;

    for (const struct field *f = message->fields; f->type != FIELD_END; f++, next++) {
        switch (f->type) {
        case FIELD_BOOL:
            at[f->offset] = next % 2;
            break;
        case FIELD_U16:
            memset(at + f->offset, next, 2);
            break;
        case FIELD_U32:
            memset(at + f->offset, next, 4);
            break;
        case FIELD_U64:
            memset(at + f->offset, next, 8);
            break;
        case FIELD_ID:
            memset(at + f->offset, next, RPC_ID_SIZE);
            break;
        case FIELD_TEXT:
            fill_text((struct str16 *)(void *)(at + f->offset));
            break;
        case FIELD_BYTES:
            fill_bytes((struct secret *)(void *)(at + f->offset));
            break;
        case FIELD_BUFFERS:
            fill_buffers((struct buffers *)(void *)(at + f->offset));
            break;
        case FIELD_NUMBERS:
            fill_numbers((struct numbers *)(void *)(at + f->offset));
            break;
        case FIELD_END:
            break;
        }
    }
}

typedef void check_fn(const struct message *message, struct view encoded);

static void check_one(const struct message *message, check_fn *check)
{
    union any any = { .ask = { .nothing = { 0 } } };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(FRAME_BODY_MAX);

    memset(&any, 0, sizeof(any));
    fill(message, &any);
    message_encode(message, &any, &out);
    assert_int_equal(out.err, SSP_OK);
    message_wipe(message, &any);
    check(message, (struct view){ out.p, out.n });
}

static void check_all(check_fn *check)
{
    for (unsigned call = 1; call < RPC_CALLS; call++) {
        const struct rpc_shape *shape = rpc_shape((enum rpc_call)call);

        check_one(&shape->ask, check);
        check_one(&shape->answer, check);
    }
}

static enum ssp_err decode(const struct message *message, struct view bytes)
{
    union any any;

    enum ssp_err e = message_decode(message, bytes, &any);
    if (e == SSP_OK)
        message_wipe(message, &any);
    return e;
}

static void round_trip(const struct message *message, struct view encoded)
{
    union any any;
    ssp_cleanup(wr_free) struct wr out = WR_INIT(FRAME_BODY_MAX);

    assert_int_equal(message_decode(message, guarded(encoded), &any), SSP_OK);
    message_encode(message, &any, &out);
    assert_view_equal((struct view){ out.p, out.n }, encoded);
    message_wipe(message, &any);
}

static void truncate_and_extend(const struct message *message, struct view encoded)
{
    uint8_t longer[2048] = { 0 };

    for (size_t n = 0; n < encoded.n; n++)
        assert_int_equal(decode(message, guarded((struct view){ encoded.p, n })),
                         SSP_ERR_BAD_FRAME);
    assert_true(encoded.n < sizeof(longer));
    if (encoded.n != 0)
        memcpy(longer, encoded.p, encoded.n);
    assert_int_equal(decode(message, guarded((struct view){ longer, encoded.n + 1 })),
                     SSP_ERR_BAD_FRAME);
}

static void run_short_of_memory(const struct message *message, struct view encoded)
{
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    for (size_t n = 0; e != SSP_OK; n++) {
        fault_malloc_at(n);
        e = decode(message, encoded);
        fault_malloc_at(SIZE_MAX);
        assert_true(e == SSP_OK || e == SSP_ERR_NO_MEMORY);
    }
}

static void comes_back_as_it_was_encoded(void **state)
{
    (void)state;
    check_all(round_trip);
}

static void refuses_every_truncation_and_bytes_behind_it(void **state)
{
    (void)state;
    check_all(truncate_and_extend);
}

static void fails_when_there_is_no_memory(void **state)
{
    (void)state;
    check_all(run_short_of_memory);
}

static void leaves_no_password_behind(void **state)
{
    static const uint8_t password[] = { 's', 0, 'e', 0, 'c', 0, 'r', 0, 'e', 0, 't', 0 };
    const struct message *message = &rpc_shape(RPC_ACQUIRE_CRED)->ask;
    struct cred_ask ask = { 0 };
    struct cred_ask copy = { 0 };

    (void)state;
    assert_int_equal(str16_from_utf8(view_text("secret"), &ask.password), SSP_OK);
    {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(FRAME_BODY_MAX);

        watch_frees_for(VIEW_OF(password));
        message_encode(message, &ask, &out);
        assert_int_equal(message_decode(message, (struct view){ out.p, out.n }, &copy), SSP_OK);
    }
    message_wipe(message, &ask);
    message_wipe(message, &copy);
    assert_int_equal(frees_unwiped(), 0);
}

static void encodes_the_known_hello(void **state)
{
    const struct hello_ask ask = { .id = { 1, 2, 3 }, .is_child = true };
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;

    (void)state;
    frame_begin(&frame, FRAME_REQUEST, RPC_HELLO, 7);
    message_encode(&rpc_shape(RPC_HELLO)->ask, &ask, &frame.bytes);
    assert_view_equal(
        (struct view){ frame.bytes.p + FRAME_HEADER_SIZE, frame.bytes.n - FRAME_HEADER_SIZE },
        hex("010203 00000000000000000000000000 01"));
}

static void refuses_what_breaks_one_rule(void **state)
{
    static const struct {
        enum rpc_call call;
        const char *bytes;
    } broken[] = {
        { RPC_HELLO, "00000000000000000000000000000000 02" }, /* neither yes nor no */
        { RPC_OPEN, "02100000 00000000" },                    /* text over the limit */
        { RPC_OPEN, "02000000 00d8 00000000" },               /* half a pair */
        { RPC_CONTROL, "0000000000000000 02 00000000" },      /* neither there nor not */
        { RPC_CONTROL, "0000000000000000 00 01000000 0000000000000000 00" },  /* nowhere, and one */
        { RPC_CONTROL, "0000000000000000 01 41000000" },                      /* too many buffers */
        { RPC_CONTROL, "0000000000000000 01 01000000 00000000 00000000 04" }, /* no such memory */
        { RPC_CONTROL, "0000000000000000 01 01000000 00000000 01000100 01" }, /* too much room */
        { RPC_CONTROL, "0000000000000000 01 03000000 00000000 00000100 01"
                       "00000000 00000100 01 00000000 00000100 01" }, /* too much of it */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
        assert_int_equal(decode(&rpc_shape(broken[i].call)->ask, hex(broken[i].bytes)),
                         SSP_ERR_BAD_FRAME);
}

static void refuses_more_numbers_than_there_may_be_or_are(void **state)
{
    const struct message *answer = &rpc_shape(RPC_STATUS)->answer;

    (void)state;
    assert_int_equal(decode(answer, hex("00000100 01000000 00000000 00000000")), SSP_OK);
    assert_int_equal(decode(answer, hex("00000100 01000000 01000000 00000000")), SSP_ERR_BAD_FRAME);
    assert_int_equal(decode(answer, hex("00000100 01000000 00000000 ffffffff")), SSP_ERR_BAD_FRAME);
    assert_int_equal(decode(answer, hex("00000100 01000000 00000000 01000040 00000000")),
                     SSP_ERR_BAD_FRAME); /* whose size in bytes would not fit 32 bits */
}

static void permits_what_the_state_and_the_user_allow(void **state)
{
    (void)state;
    assert_true(rpc_call_permitted(RPC_HELLO, RPC_STATE_FRESH, 1000));
    assert_false(rpc_call_permitted(RPC_HELLO, RPC_STATE_READY, 1000));
    for (unsigned call = RPC_HELLO + 1; call < RPC_CALLS; call++) {
        assert_false(rpc_call_permitted(call, RPC_STATE_FRESH, 0));
        assert_true(rpc_call_permitted(call, RPC_STATE_READY, 0));
    }
    assert_false(rpc_call_permitted(RPC_ADD_PACKAGE, RPC_STATE_READY, 1000));
    assert_false(rpc_call_permitted(RPC_NONE, RPC_STATE_READY, 0));
    assert_false(rpc_call_permitted(RPC_CALLS, RPC_STATE_READY, 0));
    assert_string_equal(rpc_call_name(RPC_LEG), "LEG");
    assert_string_equal(rpc_call_name(RPC_CALLS), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(comes_back_as_it_was_encoded),
        TEST(refuses_every_truncation_and_bytes_behind_it),
        TEST(fails_when_there_is_no_memory),
        TEST(leaves_no_password_behind),
        TEST(encodes_the_known_hello),
        TEST(refuses_what_breaks_one_rule),
        TEST(refuses_more_numbers_than_there_may_be_or_are),
        TEST(permits_what_the_state_and_the_user_allow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
