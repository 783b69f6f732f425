/* SPDX-License-Identifier: Apache-2.0 */
/* What a peer may send instead of a handshake. */
#include <stdio.h>

#include "base/cleanup.h"
#include "harness/harness.h"
#include "harness/tls_stage.h"

enum { ALERT = 21, FATAL = 2 };

static void set_stage(void)
{
    issue("www.pem", &(struct ca_wish){ 0 });
    configure("[schannel]\nca = @ca.pem\n[schannel \"www\"]\ncertificate = @www.pem\n");
    stage_by("", "www");
}

static void feed(struct tls_end *end, struct view bytes)
{
    assert_true(end->n_in + bytes.n <= sizeof(end->in));
    memcpy(end->in + end->n_in, bytes.p, bytes.n);
    end->n_in += bytes.n;
}

/* An alert in clear. */
static void assert_alert(const struct tls_end *end, uint8_t description)
{
    assert_int_equal(end->n_out, 7);
    assert_int_equal(end->out[0], ALERT);
    assert_int_equal(end->out[5], FATAL);
    assert_int_equal(end->out[6], description);
}

static void test_what_is_no_record_is_refused_at_its_first_byte(void **state)
{
    (void)state;
    set_stage();
    feed(&server, view_text("GET / HTTP/1.1\r\n\r\n"));
    assert_int_equal(tls_end_leg(&server), SSP_ERR_ILLEGAL_MESSAGE);
    assert_alert(&server, 10);
    server.n_in = 0;
    feed(&server, view_text("\x16\x02"));
    assert_int_equal(tls_end_leg(&server), SSP_ERR_ILLEGAL_MESSAGE);
    assert_alert(&server, 70);
    server.n_in = 0;
    feed(&server, (struct view){ (const uint8_t *)"\x16\x03\x01\xff\xff", 5 });
    assert_int_equal(tls_end_leg(&server), SSP_ERR_ILLEGAL_MESSAGE);
    assert_alert(&server, 22);
}

static void test_as_long_as_a_record_is_not_whole_nothing_begins(void **state)
{
    (void)state;
    set_stage();
    assert_int_equal(tls_end_leg(&client), SSP_OK);
    for (size_t n = 0; n < client.n_out; n++) {
        server.n_in = 0;
        feed(&server, (struct view){ client.out, n });
        assert_int_equal(tls_end_leg(&server), SSP_ERR_INCOMPLETE);
        assert_int_equal(server.missing, n == 0 ? 1 : n < 5 ? 5 - n : client.n_out - n);
        assert_int_equal(server.n_in, n);
    }
    server.n_in = 0;
    feed(&server, (struct view){ client.out, client.n_out });
    assert_int_equal(tls_end_leg(&server), SSP_OK);
}

static void test_every_byte_of_a_hello_may_be_another(void **state)
{
    static uint8_t hello[PAIR_ROOM];
    size_t n = 0;

    (void)state;
    set_stage();
    assert_int_equal(tls_end_leg(&client), SSP_OK);
    n = client.n_out;
    memcpy(hello, client.out, n);
    for (size_t i = 5; i < n; i++) {
        static struct tls_end one;

        one = server;

        one.cred = tls_cred_ref(server.cred);
        hello[i] ^= 0xff;
        feed(&one, (struct view){ hello, n });
        enum ssp_err e = tls_end_leg(&one);
        assert_true(e != SSP_ERR_INTERNAL && e != SSP_ERR_NO_MEMORY);
        assert_true(e == SSP_OK || e == SSP_ERR_INCOMPLETE || one.out[0] == ALERT);
        hello[i] ^= 0xff;
        tls_end_done(&one);
    }
}

/* Whatever a byte of the server's flight becomes, the client does not end up with a session. */
static void test_no_byte_of_a_servers_flight_may_be_another(void **state)
{
    static uint8_t flight[PAIR_ROOM];
    size_t n = 0;

    (void)state;
    set_stage();
    for (size_t i = 5; i == 5 || i < n; i += 3) {
        unstage();
        stage_by("", "www");
        assert_int_equal(tls_end_leg(&client), SSP_OK);
        feed(&server, (struct view){ client.out, client.n_out });
        assert_int_equal(tls_end_leg(&server), SSP_OK);
        /* The tickets at its end are no part of the handshake. */
        n = server.n_out > 600 ? server.n_out - 600 : server.n_out;
        if (i >= n)
            break;
        memcpy(flight, server.out, server.n_out);
        flight[i] ^= 0x40;
        feed(&client, (struct view){ flight, server.n_out });
        (void)tls_end_leg(&client);
        assert_false(client.answer.is_done);
    }
}

static void test_records_out_of_order_and_data_in_the_handshake_are_refused(void **state)
{
    (void)state;
    set_stage();
    assert_int_equal(tls_end_leg(&client), SSP_OK);
    feed(&server, (struct view){ client.out, client.n_out });
    feed(&server, (struct view){ client.out, client.n_out });
    enum ssp_err e = tls_end_leg(&server);
    if (e == SSP_OK && server.n_in != 0)
        e = tls_end_leg(&server);
    assert_int_equal(e, SSP_ERR_ALTERED); /* keys are there, and this is in clear */
    unstage();

    stage_by("", "www");
    feed(&server, (struct view){ (const uint8_t *)"\x17\x03\x03\x00\x02hi", 7 });
    assert_int_equal(tls_end_leg(&server), SSP_ERR_ILLEGAL_MESSAGE);
    assert_alert(&server, 10);
}

/* Plaintext where only what is encrypted may come. */
static void test_a_handshake_message_in_clear_is_refused_when_keys_are_there(void **state)
{
    (void)state;
    set_stage();
    assert_int_equal(tls_end_leg(&client), SSP_OK);
    feed(&server, (struct view){ client.out, client.n_out });
    assert_int_equal(tls_end_leg(&server), SSP_OK);
    feed(&server, (struct view){ (const uint8_t *)"\x16\x03\x03\x00\x04\x14\x00\x00\x00", 9 });
    assert_int_equal(tls_end_leg(&server), SSP_ERR_ALTERED);
    assert_int_not_equal(server.n_out, 0);
}

static void test_a_flood_of_empty_records_ends(void **state)
{
    (void)state;
    set_stage();
    for (int i = 0; i < 8000; i++)
        feed(&server, (struct view){ (const uint8_t *)"\x16\x03\x03\x00\x00", 5 });
    assert_int_equal(tls_end_leg(&server), SSP_ERR_ILLEGAL_MESSAGE);
    assert_int_equal(server.out[0], ALERT);
}

static void test_a_handshake_has_an_end_for_who_says_nothing_new(void **state)
{
    /* A handshake message of 16 MiB in records of one byte, warnings, and the like. */
    static const uint8_t first[] = { 22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff };

    (void)state;
    set_stage();
    feed(&server, VIEW_OF(first));
    enum ssp_err e = tls_end_leg(&server);
    for (int i = 0; i < 100 && e == SSP_OK; i++) {
        for (int j = 0; j < 8000; j++)
            feed(&server, (struct view){ (const uint8_t *)"\x16\x03\x01\x00\x01\x00", 6 });
        e = tls_end_leg(&server);
    }
    assert_int_equal(e, SSP_ERR_ILLEGAL_MESSAGE);
}

static void test_after_a_failure_nothing_goes_on(void **state)
{
    (void)state;
    set_stage();
    assert_int_equal(tls_end_leg(&client), SSP_OK);
    feed(&client, (struct view){ (const uint8_t *)"\x17\x03\x03\x00\x02hi", 7 });
    assert_int_equal(tls_end_leg(&client), SSP_ERR_ILLEGAL_MESSAGE);
    feed(&client, (struct view){ (const uint8_t *)"\x17\x03\x03\x00\x02hi", 7 });
    assert_int_equal(tls_end_leg(&client), SSP_ERR_OUT_OF_SEQUENCE);
}

/* ---- Callers that are at odds with it -------------------------------------------------------- */

static enum ssp_err leg_into(struct tls_end *end, ULONG room, SecBuffer *out)
{
    SecBuffer in[] = { { (ULONG)end->n_in, SECBUFFER_TOKEN, end->in },
                       { 0, SECBUFFER_EMPTY, NULL } };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 2, in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, out };
    struct str16 target = { (char16_t *)(uintptr_t)u"localhost", 9 };
    const struct pkg_call call = { .accept = end->accept,
                                   .context = end->context,
                                   .cred = end->cred,
                                   .target = &target,
                                   .in = &in_desc,
                                   .out = &out_desc };

    *out = (SecBuffer){ room, SECBUFFER_TOKEN, end->out };
    return tls_contexts_leg(&contexts, &call, &end->answer);
}

static void test_an_answer_that_does_not_fit_is_kept_for_the_next_call(void **state)
{
    SecBuffer out;

    (void)state;
    set_stage();
    assert_int_equal(tls_end_leg(&client), SSP_OK);
    /* The first leg of a server leaves nothing when it fails: it begins anew. */
    feed(&server, (struct view){ client.out, client.n_out });
    assert_int_equal(leg_into(&server, 10, &out), SSP_ERR_TOO_SMALL);
    assert_true(out.cbBuffer > 10);
    assert_int_equal(tls_end_leg(&server), SSP_OK);

    feed(&client, (struct view){ server.out, server.n_out });
    assert_int_equal(leg_into(&client, 3, &out), SSP_ERR_TOO_SMALL);
    ULONG wanted = out.cbBuffer;
    assert_int_equal(leg_into(&client, wanted - 1, &out), SSP_ERR_TOO_SMALL);
    assert_int_equal(tls_end_leg(&client), SSP_OK);
    assert_int_equal(client.n_out, wanted);
    assert_true(client.answer.is_done);
    feed(&server, (struct view){ client.out, client.n_out });
    assert_int_equal(tls_end_leg(&server), SSP_OK);
    assert_true(server.answer.is_done);
}

static void test_roles_and_credentials_do_not_mix(void **state)
{
    struct tls_cred *cred = NULL;

    (void)state;
    set_stage();
    cred = client.cred;
    client.cred = server.cred;
    assert_int_equal(tls_end_leg(&client), SSP_ERR_NO_CREDS);
    client.cred = cred;
    assert_int_equal(tls_end_leg(&client), SSP_OK);
    client.accept = true;
    feed(&client, (struct view){ client.out, client.n_out });
    assert_int_equal(tls_end_leg(&client), SSP_ERR_BAD_HANDLE);
    client.accept = false;
    client.asked |= ISC_REQ_DATAGRAM;
    assert_int_equal(tls_end_leg(&client), SSP_ERR_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_what_is_no_record_is_refused_at_its_first_byte),
        CASE(test_as_long_as_a_record_is_not_whole_nothing_begins),
        CASE(test_every_byte_of_a_hello_may_be_another),
        CASE(test_no_byte_of_a_servers_flight_may_be_another),
        CASE(test_records_out_of_order_and_data_in_the_handshake_are_refused),
        CASE(test_a_handshake_message_in_clear_is_refused_when_keys_are_there),
        CASE(test_a_flood_of_empty_records_ends),
        CASE(test_a_handshake_has_an_end_for_who_says_nothing_new),
        CASE(test_after_a_failure_nothing_goes_on),
        CASE(test_an_answer_that_does_not_fit_is_kept_for_the_next_call),
        CASE(test_roles_and_credentials_do_not_mix),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
