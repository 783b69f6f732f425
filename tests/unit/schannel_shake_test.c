/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/cleanup.h"
#include "harness/harness.h"
#include "harness/tls_stage.h"

static const char *const ciphers[] = { "aes128-gcm", "aes256-gcm", "chacha20-poly1305" };

/* ---- It works -------------------------------------------------------------------------------- */

static void assert_agreed(enum tls_version version)
{
    assert_int_equal(client.err, SSP_OK);
    assert_int_equal(server.err, SSP_OK);
    assert_true(client.answer.is_done);
    assert_true(server.answer.is_done);
    assert_int_equal(client.core.suite->version, version);
    assert_int_equal(client.core.suite->id, server.core.suite->id);
    assert_memory_equal(client.core.exporter, server.core.exporter, 32);
    if (version == TLS_1_3) {
        assert_memory_equal(client.core.send.secret, server.core.recv.secret, 32);
        assert_memory_equal(client.core.recv.secret, server.core.send.secret, 32);
    } else {
        assert_int_equal(client.core.send.seq, 1);
        assert_int_equal(client.core.recv.seq, 1);
        assert_memory_equal(client.core.client_random, server.core.client_random, 32);
        assert_memory_equal(client.core.server_random, server.core.server_random, 32);
        assert_true(client.core.has_unique);
        assert_memory_equal(client.core.unique, server.core.unique, 12);
    }
    assert_int_equal(client.core.endpoint_n, 32);
    assert_memory_equal(client.core.endpoint, server.core.endpoint, 32);
}

static void configure_pair(const char *minimum, const char *cipher, bool is_rsa)
{
    char text[4096];

    issue("www.pem", &(struct ca_wish){ .is_rsa = is_rsa });
    (void)snprintf(text, sizeof(text),
                   "[schannel]\nca = @ca.pem\n"
                   "[schannel \"www\"]\ncertificate = @www.pem\nminimum = %s\nciphers = %s\n",
                   minimum, cipher);
    configure(text);
}

static SCH_CREDENTIALS only_1_2(void)
{
    static TLS_PARAMETERS parameters;

    parameters = (TLS_PARAMETERS){ .grbitDisabledProtocols = SP_PROT_TLS1_3 };
    return (SCH_CREDENTIALS){ .dwVersion = SCH_CREDENTIALS_VERSION,
                              .cTlsParameters = 1,
                              .pTlsParameters = &parameters };
}

static void test_each_suite_of_1_3(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        configure_pair("1.3", ciphers[i], i == 1);
        stage_by("", "www");
        tls_pair_run(&client, &server, PAIR_ROOM);
        assert_agreed(TLS_1_3);
        assert_int_equal(server.core.suite->cipher, i);
        unstage();
    }
}

static void test_each_suite_of_1_2(void **state)
{
    SCH_CREDENTIALS old = only_1_2();

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        configure_pair("1.2", ciphers[i % 3], i >= 3);
        stage_by("", "www");
        tls_cred_unref(client.cred);
        client.cred = acquire("", SECPKG_CRED_OUTBOUND, &old);
        tls_pair_run(&client, &server, PAIR_ROOM);
        assert_agreed(TLS_1_2);
        assert_int_equal(server.core.suite->cipher, i % 3);
        assert_int_equal(server.core.suite->proof, i >= 3 ? TLS_PROOF_RSA : TLS_PROOF_ECDSA);
        unstage();
    }
}

static void test_bytes_one_by_one(void **state)
{
    (void)state;
    configure_pair("1.2", "", false);
    for (int i = 0; i < 2; i++) {
        SCH_CREDENTIALS old = only_1_2();

        stage_by("", "www");
        tls_cred_unref(client.cred);
        client.cred = acquire("", SECPKG_CRED_OUTBOUND, i == 0 ? &old : NULL);
        tls_pair_run(&client, &server, 1);
        assert_agreed(i == 0 ? TLS_1_2 : TLS_1_3);
        unstage();
    }
}

/* The tickets of a 1.3 server follow its Finished at once: they are the session's. */
static void test_what_follows_the_handshake_is_left_alone(void **state)
{
    (void)state;
    configure_pair("1.3", "", false);
    stage_by("", "www");
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_agreed(TLS_1_3);
    assert_int_not_equal(client.n_in, 0);
    assert_int_equal(client.in[0], 23);
    assert_int_equal(client.core.recv.seq, 0);
    assert_int_not_equal(server.core.send.seq, 0);
    assert_int_equal(server.n_in, 0);
}

/* The server's flight has come, and its tickets behind it. */
static void come_to_the_clients_last_leg(void)
{
    configure_pair("1.3", "", false);
    stage_by("", "www");
    assert_int_equal(tls_end_leg(&client), SSP_OK);
    memcpy(server.in, client.out, client.n_out);
    server.n_in = client.n_out;
    assert_int_equal(tls_end_leg(&server), SSP_OK);
    memcpy(client.in, server.out, server.n_out);
    client.n_in = server.n_out;
}

/* With a place for what is left over, or without. */
static enum ssp_err client_leg(struct view input, bool has_place, size_t room)
{
    struct str16 target = { (char16_t *)(uintptr_t)client.target, str16_len(client.target) };
    SecBuffer in[] = { { (ULONG)input.n, SECBUFFER_TOKEN, (void *)(uintptr_t)guarded(input).p },
                       { 0, SECBUFFER_EMPTY, NULL } };
    SecBuffer out = { (ULONG)room, SECBUFFER_TOKEN, client.out };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, has_place ? 2 : 1, in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };
    struct pkg_answer answer = { 0 };
    const struct pkg_call what = {
        .context = client.context,
        .cred = client.cred,
        .target = &target,
        .asked = client.asked,
        .in = &in_desc,
        .out = &out_desc,
    };

    return tls_contexts_leg(client.contexts, &what, &answer);
}

static void test_without_a_place_for_what_is_left_over_the_handshake_does_not_end(void **state)
{
    (void)state;
    come_to_the_clients_last_leg();
    assert_int_equal(client_leg((struct view){ client.in, client.n_in }, false, PAIR_ROOM),
                     SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(tls_end_leg(&client), SSP_OK);
    assert_true(client.answer.is_done);
    assert_int_not_equal(client.n_in, 0);
}

static void test_an_answer_that_waits_for_room_is_given_to_its_own_input_only(void **state)
{
    static const uint8_t other[PAIR_ROOM];

    (void)state;
    come_to_the_clients_last_leg();
    assert_int_equal(client_leg((struct view){ client.in, client.n_in }, true, 1),
                     SSP_ERR_TOO_SMALL);
    assert_int_equal(client_leg((struct view){ other, client.n_in }, true, PAIR_ROOM),
                     SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(client_leg((struct view){ other, 1 }, true, PAIR_ROOM), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(tls_end_leg(&client), SSP_OK);
    assert_true(client.answer.is_done);
}

/* ---- Names and protocols --------------------------------------------------------------------- */

static void configure_plain(void)
{
    configure_pair("1.2", "", false);
}

/* SEC_APPLICATION_PROTOCOLS with one list for ALPN; at most that many bytes. */
static struct view offer(const char *names, uint8_t ret[64])
{
    struct wr out = WR_INIT(64);
    size_t n = strlen(names);

    wr_le32(&out, 6 + n);
    wr_le32(&out, SecApplicationProtocolNegotiationExt_ALPN);
    wr_le16(&out, n);
    wr_view(&out, view_text(names));
    assert_int_equal(out.err, SSP_OK);
    memcpy(ret, out.p, out.n);
    struct view view = { ret, out.n };
    wr_free(&out);
    return view;
}

static void test_a_server_learns_the_name_that_its_client_means(void **state)
{
    (void)state;
    configure_plain();
    stage_by("", "www");
    client.target = u"localhost."; /* the dot is no part of it */
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_agreed(TLS_1_3);
    assert_view_equal(secret_view(&server.names.host), view_text("localhost"));
    assert_view_equal(secret_view(&client.names.host), view_text("localhost"));
}

static void test_a_protocol_is_agreed_on_by_the_servers_choice(void **state)
{
    uint8_t block[64];

    (void)state;
    issue("www.pem", &(struct ca_wish){ 0 });
    configure("[schannel]\nca = @ca.pem\n"
              "[schannel \"www\"]\ncertificate = @www.pem\nalpn = h2, http/1.1\n");
    stage_by("", "www");
    client.protocols = offer("\010http/1.1\002h2", block);
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_agreed(TLS_1_3);
    assert_view_equal(secret_view(&client.names.alpn), view_text("h2"));
    assert_view_equal(secret_view(&server.names.alpn), view_text("h2"));
}

static void test_the_applications_protocols_come_before_the_sections(void **state)
{
    uint8_t of_client[64];
    uint8_t of_server[64];

    (void)state;
    issue("www.pem", &(struct ca_wish){ 0 });
    configure("[schannel]\nca = @ca.pem\n"
              "[schannel \"www\"]\ncertificate = @www.pem\nalpn = h2, http/1.1\n");
    stage_by("", "www");
    client.protocols = offer("\010http/1.1\002h2", of_client);
    server.protocols = offer("\010http/1.1", of_server);
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_agreed(TLS_1_3);
    assert_view_equal(secret_view(&server.names.alpn), view_text("http/1.1"));
}

static void test_no_protocol_in_common_is_refused_with_its_alert(void **state)
{
    uint8_t block[64];

    (void)state;
    issue("www.pem", &(struct ca_wish){ 0 });
    configure("[schannel]\nca = @ca.pem\n"
              "[schannel \"www\"]\ncertificate = @www.pem\nalpn = h2\n");
    stage_by("", "www");
    client.protocols = offer("\003foo", block);
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_int_equal(server.err, SSP_ERR_NO_PROTOCOL);
    assert_int_equal(client.err, SSP_ERR_NO_PROTOCOL);
}

static void test_so_many_protocols_and_so_long_ones_are_offered_and_no_more(void **state)
{
#define OF_31 "\037abcdefghijklmnopqrstuvwxyz01234"
#define OF_32 "\040abcdefghijklmnopqrstuvwxyz012345"
    static const struct {
        const char *names;
        enum ssp_err e;
    } rows[] = {
        { "\1a\1b\1c\1d\1e\1f\1g\1h", SSP_OK },
        { "\1a\1b\1c\1d\1e\1f\1g\1h\1i", SSP_ERR_UNSUPPORTED },
        { OF_31, SSP_OK },
        { OF_32, SSP_ERR_UNSUPPORTED },
    };

    (void)state;
    configure_plain();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t block[64];

        stage_by("", "www");
        client.protocols = offer(rows[i].names, block);
        assert_int_equal(tls_end_leg(&client), rows[i].e);
        unstage();
    }
}

static void test_a_client_without_protocols_is_let_in(void **state)
{
    (void)state;
    issue("www.pem", &(struct ca_wish){ 0 });
    configure("[schannel]\nca = @ca.pem\n"
              "[schannel \"www\"]\ncertificate = @www.pem\nalpn = h2\n");
    stage_by("", "www");
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_agreed(TLS_1_3);
    assert_int_equal(server.names.alpn.n, 0);
}

static void test_a_client_has_to_say_whom_it_means(void **state)
{
    (void)state;
    configure_plain();
    stage_by("", "www");
    client.target = NULL;
    assert_int_equal(tls_end_leg(&client), SSP_ERR_TARGET_UNKNOWN);
    client.target = u"with a space";
    assert_int_equal(tls_end_leg(&client), SSP_ERR_TARGET_UNKNOWN);
    client.target = NULL;
    client.err = SSP_OK;
    client.asked |= ISC_REQ_MANUAL_CRED_VALIDATION;
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_agreed(TLS_1_3);
}

static void test_no_version_in_common_is_refused_with_its_alert(void **state)
{
    SCH_CREDENTIALS old = only_1_2();

    (void)state;
    configure_pair("1.3", "", false);
    stage_by("", "www");
    tls_cred_unref(client.cred);
    client.cred = acquire("", SECPKG_CRED_OUTBOUND, &old);
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_int_equal(server.err, SSP_ERR_UNSUPPORTED);
    assert_int_equal(client.err, SSP_ERR_UNSUPPORTED);
}

static void test_no_cipher_in_common_is_refused(void **state)
{
    SCHANNEL_CRED weak = { .dwVersion = SCHANNEL_CRED_VERSION, .dwMaximumCipherStrength = 128 };

    (void)state;
    configure_pair("1.2", "aes256-gcm", false);
    stage_by("", "www");
    tls_cred_unref(client.cred);
    client.cred = acquire("", SECPKG_CRED_OUTBOUND, &weak);
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_int_equal(server.err, SSP_ERR_NO_ALGORITHM);
    assert_int_equal(client.err, SSP_ERR_ILLEGAL_MESSAGE); /* all that handshake_failure says */
}

/* ---- Resumption ------------------------------------------------------------------------------ */

static void resume_with(struct tls_cred *client_cred, bool is_resumed)
{
    stage_by("", "www");
    tls_cred_unref(client.cred);
    client.cred = tls_cred_ref(client_cred);
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_int_equal(client.err, SSP_OK);
    assert_int_equal(client.core.is_resumed, is_resumed);
    assert_int_equal(server.core.is_resumed, is_resumed);
    assert_int_not_equal(client.names.chain.n, 0);
    assert_int_equal(client.core.endpoint_n, 32);
    assert_memory_equal(client.core.endpoint, server.core.endpoint, 32);
    unstage();
}

static void test_a_session_is_resumed_in_either_version(void **state)
{
    (void)state;
    configure_plain();
    for (int i = 0; i < 2; i++) {
        SCH_CREDENTIALS old = only_1_2();
        struct tls_cred *cred = acquire("", SECPKG_CRED_OUTBOUND, i == 0 ? &old : NULL);

        resume_with(cred, false);
        resume_with(cred, true);
        /* A ticket of 1.3 is used once, and one that comes later is not seen here. */
        resume_with(cred, i == 0);
        tls_cred_unref(cred);
    }
}

static void test_a_session_is_not_resumed_by_another_credential(void **state)
{
    (void)state;
    configure_plain();
    for (int i = 0; i < 2; i++) {
        struct tls_cred *cred = acquire("", SECPKG_CRED_OUTBOUND, NULL);

        resume_with(cred, false);
        tls_cred_unref(cred);
    }
}

static void test_a_session_that_nobody_checked_is_not_resumed_as_checked(void **state)
{
    struct tls_cred *cred = NULL;

    (void)state;
    configure_plain();
    cred = acquire("", SECPKG_CRED_OUTBOUND, NULL);
    stage_by("", "www");
    tls_cred_unref(client.cred);
    client.cred = tls_cred_ref(cred);
    client.asked |= ISC_REQ_MANUAL_CRED_VALIDATION;
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_agreed(TLS_1_3);
    unstage();
    resume_with(cred, false);
    tls_cred_unref(cred);
}

static void test_new_certificates_make_old_tickets_void(void **state)
{
    struct tls_cred *cred = NULL;

    (void)state;
    configure_plain();
    cred = acquire("", SECPKG_CRED_OUTBOUND, NULL);
    resume_with(cred, false);
    issue("www.pem", &(struct ca_wish){ .common_name = "new" });
    resume_with(cred, false);
    resume_with(cred, true);
    tls_cred_unref(cred);
}

static void test_tickets_can_be_turned_off(void **state)
{
    struct tls_cred *cred = NULL;

    (void)state;
    issue("www.pem", &(struct ca_wish){ 0 });
    configure("[schannel]\nca = @ca.pem\n"
              "[schannel \"www\"]\ncertificate = @www.pem\ntickets = no\n");
    cred = acquire("", SECPKG_CRED_OUTBOUND, NULL);
    resume_with(cred, false);
    resume_with(cred, false);
    tls_cred_unref(cred);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_each_suite_of_1_3),
        CASE(test_each_suite_of_1_2),
        CASE(test_bytes_one_by_one),
        CASE(test_what_follows_the_handshake_is_left_alone),
        CASE(test_without_a_place_for_what_is_left_over_the_handshake_does_not_end),
        CASE(test_an_answer_that_waits_for_room_is_given_to_its_own_input_only),
        CASE(test_a_server_learns_the_name_that_its_client_means),
        CASE(test_a_protocol_is_agreed_on_by_the_servers_choice),
        CASE(test_the_applications_protocols_come_before_the_sections),
        CASE(test_no_protocol_in_common_is_refused_with_its_alert),
        CASE(test_so_many_protocols_and_so_long_ones_are_offered_and_no_more),
        CASE(test_a_client_without_protocols_is_let_in),
        CASE(test_a_client_has_to_say_whom_it_means),
        CASE(test_no_version_in_common_is_refused_with_its_alert),
        CASE(test_no_cipher_in_common_is_refused),
        CASE(test_a_session_is_resumed_in_either_version),
        CASE(test_a_session_is_not_resumed_by_another_credential),
        CASE(test_a_session_that_nobody_checked_is_not_resumed_as_checked),
        CASE(test_new_certificates_make_old_tickets_void),
        CASE(test_tickets_can_be_turned_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
