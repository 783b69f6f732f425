/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "harness/harness.h"
#include "harness/tls_stage.h"

/* ---- Servers' certificates ------------------------------------------------------------------- */

struct bad {
    struct ca_wish wish;
    enum ssp_err to_client;
    enum ssp_err to_server; /* what the alert says */
};

static void run_with(const struct ca_wish *wish)
{
    issue("www.pem", wish);
    configure("[schannel]\nca = @ca.pem\n[schannel \"www\"]\ncertificate = @www.pem\n");
    stage_by("", "www");
    tls_pair_run(&client, &server, PAIR_ROOM);
}

static void test_a_bad_certificate_is_refused_with_the_alert_that_says_why(void **state)
{
    static const struct bad rows[] = {
        { { .is_expired = true }, SSP_ERR_CERT_EXPIRED, SSP_ERR_CERT_EXPIRED },
        { { .is_early = true }, SSP_ERR_CERT_EXPIRED, SSP_ERR_CERT_EXPIRED },
        { { .is_self_signed = true }, SSP_ERR_UNTRUSTED_ROOT, SSP_ERR_UNTRUSTED_ROOT },
        { { .host = "example.org", .common_name = "example.org" },
          SSP_ERR_WRONG_PRINCIPAL,
          SSP_ERR_CERT_UNKNOWN },
        { { .is_client = true }, SSP_ERR_CERT_USAGE, SSP_ERR_CERT_UNKNOWN },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        run_with(&rows[i].wish);
        assert_int_equal(client.err, rows[i].to_client);
        assert_int_equal(server.err, rows[i].to_server);
        unstage();
    }
}

static void test_who_looks_for_himself_gets_any_certificate(void **state)
{
    (void)state;
    issue("www.pem", &(struct ca_wish){ .is_self_signed = true, .host = "example.org" });
    configure("[schannel]\nca = @ca.pem\n[schannel \"www\"]\ncertificate = @www.pem\n");
    stage_by("", "www");
    client.asked |= ISC_REQ_MANUAL_CRED_VALIDATION;
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_int_equal(client.err, SSP_OK);
    assert_int_not_equal(client.core.attributes & ISC_RET_MANUAL_CRED_VALIDATION, 0);
    assert_int_equal(client.core.attributes & ISC_RET_MUTUAL_AUTH, 0);
    assert_int_not_equal(client.names.chain.n, 0);
}

static void test_the_name_alone_can_be_left_to_the_application(void **state)
{
    const SCH_CREDENTIALS any_name = { .dwVersion = SCH_CREDENTIALS_VERSION,
                                       .dwFlags = SCH_CRED_NO_SERVERNAME_CHECK };

    (void)state;
    issue("www.pem", &(struct ca_wish){ .host = "example.org" });
    configure("[schannel]\nca = @ca.pem\n[schannel \"www\"]\ncertificate = @www.pem\n");
    stage_by("", "www");
    tls_cred_unref(client.cred);
    client.cred = acquire("", SECPKG_CRED_OUTBOUND, &any_name);
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_int_equal(client.err, SSP_OK);
    assert_int_not_equal(client.core.attributes & ISC_RET_MUTUAL_AUTH, 0);
}

static void test_without_an_alert_asked_for_none_is_said(void **state)
{
    (void)state;
    issue("www.pem", &(struct ca_wish){ .is_expired = true });
    configure("[schannel]\nca = @ca.pem\n[schannel \"www\"]\ncertificate = @www.pem\n");
    stage_by("", "www");
    client.asked = 0;
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_int_equal(client.err, SSP_ERR_CERT_EXPIRED);
    assert_int_equal(client.n_out, 0);
    assert_int_equal(server.err, SSP_OK);
    assert_false(server.answer.is_done);
}

/* ---- Revocation ------------------------------------------------------------------------------ */

enum { DAY = 24 * 3600 };

static void run_with_crl(bool is_revoked, int days, const char *revocation)
{
    char text[1024];
    struct ca_pair pair = ca_issue(&ca, &(struct ca_wish){ 0 });

    ca_write_both(&pair, path("www.pem"));
    ca_write_crl(&ca, is_revoked ? &pair : NULL, time(NULL) + days * DAY, path("crl.pem"));
    ca_pair_done(&pair);
    (void)snprintf(text, sizeof(text),
                   "[schannel]\nca = @ca.pem\n%s"
                   "[schannel \"www\"]\ncertificate = @www.pem\n",
                   revocation);
    configure(text);
    stage_by("", "www");
    tls_pair_run(&client, &server, PAIR_ROOM);
}

static void test_a_revoked_certificate_is_refused(void **state)
{
    (void)state;
    run_with_crl(true, 0, "crl = @crl.pem\n");
    assert_int_equal(client.err, SSP_ERR_CERT_REVOKED);
    assert_int_equal(server.err, SSP_ERR_CERT_REVOKED);
}

static void test_revocation_can_be_turned_off(void **state)
{
    (void)state;
    run_with_crl(true, 0, "crl = @crl.pem\nrevocation = off\n");
    assert_int_equal(client.err, SSP_OK);
}

static void test_where_somebody_has_to_vouch_a_crl_does(void **state)
{
    (void)state;
    run_with_crl(false, 0, "crl = @crl.pem\nrevocation = required\n");
    assert_int_equal(client.err, SSP_OK);
}

static void test_where_somebody_has_to_vouch_nobody_is_not_enough(void **state)
{
    (void)state;
    run_with_crl(false, 0, "revocation = required\n");
    assert_int_equal(client.err, SSP_ERR_NO_REVOCATION);
}

static void test_a_crl_vouches_as_long_as_it_is_good(void **state)
{
    static const int days[] = { -2, 2 };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        run_with_crl(false, days[i], "crl = @crl.pem\nrevocation = required\n");
        assert_int_equal(client.err, SSP_ERR_NO_REVOCATION);
        unstage();
    }
}

static void test_what_an_old_crl_revokes_stays_revoked(void **state)
{
    (void)state;
    run_with_crl(true, -2, "crl = @crl.pem\n");
    assert_int_equal(client.err, SSP_ERR_CERT_REVOKED);
}

/* ---- Clients' certificates ------------------------------------------------------------------- */

static const char with_clients[] = "[schannel]\nca = @ca.pem\n"
                                   "[schannel \"me\"]\ncertificate = @me.pem\nca = @ca.pem\n"
                                   "[schannel \"www\"]\ncertificate = @www.pem\nca = @ca.pem\n"
                                   "client_certificates = required\n";

static void run_client(const char *section, const struct ca_wish *wish)
{
    issue("www.pem", &(struct ca_wish){ 0 });
    issue("me.pem", wish);
    configure(with_clients);
    stage_by(section, "www");
    tls_pair_run(&client, &server, PAIR_ROOM);
}

static void assert_logged_on(const char16_t *user)
{
    assert_int_equal(client.err, SSP_OK);
    assert_int_equal(server.err, SSP_OK);
    assert_int_equal(tls_lsa.sessions, 1);
    assert_int_not_equal(server.core.token, 0);
    assert_int_equal(server.core.logon_id, 0x1234);
    assert_memory_equal(tls_lsa.domain, u"TLS", sizeof(u"TLS"));
    assert_memory_equal(tls_lsa.user, user, 2 * (str16_len(user) + 1));
    assert_int_not_equal(server.core.attributes & ASC_RET_MUTUAL_AUTH, 0);
}

static void test_a_client_is_who_its_certificate_says(void **state)
{
    (void)state;
    run_client("me", &(struct ca_wish){ .common_name = "alice", .is_client = true, .host = "" });
    assert_logged_on(u"alice");
    assert_int_not_equal(client.names.own_cert.n, 0);
    assert_int_not_equal(server.names.chain.n, 0);
}

static void
test_a_principal_name_comes_before_a_mail_address_and_that_before_a_common_name(void **state)
{
    (void)state;
    run_client("me", &(struct ca_wish){ .common_name = "alice",
                                        .mail = "mail@example.org",
                                        .upn = "upn@example.org",
                                        .is_client = true,
                                        .host = "" });
    assert_logged_on(u"upn@example.org");
    unstage();
    tls_lsa.sessions = 0;
    run_client("me", &(struct ca_wish){ .common_name = "alice",
                                        .mail = "mail@example.org",
                                        .is_client = true,
                                        .host = "" });
    assert_logged_on(u"mail@example.org");
}

static void test_a_server_is_told_that_it_may_only_know_its_client(void **state)
{
    static const ULONG asked[] = { 0, ASC_REQ_IDENTIFY };
    static const ULONG got[] = { 0, ASC_RET_IDENTIFY };

    (void)state;
    issue("www.pem", &(struct ca_wish){ 0 });
    issue("me.pem", &(struct ca_wish){ .common_name = "alice", .is_client = true, .host = "" });
    configure(with_clients);
    for (size_t i = 0; i < 2; i++) {
        stage_by("me", "www");
        server.asked |= asked[i];
        tls_pair_run(&client, &server, PAIR_ROOM);
        assert_logged_on(u"alice");
        assert_int_equal(server.core.attributes & ASC_RET_IDENTIFY, got[i]);
        unstage();
        tls_lsa.sessions = 0;
    }
}

static void test_a_bad_client_certificate_makes_nobody(void **state)
{
    static const struct bad rows[] = {
        { { .is_client = true, .is_expired = true }, SSP_OK, SSP_ERR_CERT_EXPIRED },
        /* Not of an issuer that the server names, so the client does not even show it. */
        { { .is_client = true, .is_self_signed = true }, SSP_OK, SSP_ERR_NO_CREDS },
        { { .is_client = false }, SSP_OK, SSP_ERR_CERT_USAGE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        run_client("me", &rows[i].wish);
        assert_int_equal(server.err, rows[i].to_server);
        assert_int_equal(server.core.token, 0);
        assert_int_equal(tls_lsa.sessions, 0);
        unstage();
    }
}

static void test_a_client_without_the_certificate_that_is_required_is_refused(void **state)
{
    (void)state;
    run_client("", &(struct ca_wish){ .is_client = true });
    assert_int_equal(server.err, SSP_ERR_NO_CREDS);
    assert_int_equal(tls_lsa.sessions, 0);
}

static void test_where_one_is_only_requested_a_client_may_have_none(void **state)
{
    (void)state;
    issue("www.pem", &(struct ca_wish){ 0 });
    configure("[schannel]\nca = @ca.pem\n"
              "[schannel \"www\"]\ncertificate = @www.pem\nca = @ca.pem\n"
              "client_certificates = requested\n");
    stage_by("", "www");
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_int_equal(server.err, SSP_OK);
    assert_int_equal(server.core.token, 0);
    assert_int_equal(server.core.attributes & ASC_RET_MUTUAL_AUTH, 0);
}

static void test_a_session_with_a_client_is_not_resumed_without_it(void **state)
{
    (void)state;
    run_client("me", &(struct ca_wish){ .common_name = "alice", .is_client = true });
    assert_logged_on(u"alice");
    struct tls_cred *cred = tls_cred_ref(client.cred);
    unstage();
    tls_lsa.sessions = 0;
    stage_by("me", "www");
    tls_cred_unref(client.cred);
    client.cred = cred;
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_logged_on(u"alice");
    assert_false(server.core.is_resumed);
}

/* ---- Certificates that change ---------------------------------------------------------------- */

static void test_new_files_are_taken_by_the_next_handshake_and_bad_ones_passed_over(void **state)
{
    struct secret first = { 0 };

    (void)state;
    run_with(&(struct ca_wish){ .common_name = "one" });
    assert_int_equal(secret_new(secret_view(&client.names.chain), &first), SSP_OK);
    struct tls_cred *cred = tls_cred_ref(server.cred);
    unstage();

    assert_int_equal(truncate(path("www.pem"), 100), 0);
    stage_by("", "www");
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_int_equal(client.err, SSP_OK);
    assert_view_equal(secret_view(&client.names.chain), secret_view(&first));
    unstage();

    issue("www.pem", &(struct ca_wish){ .common_name = "two" });
    stage_by("", "www");
    tls_cred_unref(server.cred);
    server.cred = cred;
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_int_equal(client.err, SSP_OK);
    assert_false(ct_eq(secret_view(&client.names.chain), secret_view(&first)));
    secret_wipe(&first);
}

static void test_a_child_finds_no_lock_of_a_section_held(void **state)
{
    (void)state;
    run_with(&(struct ca_wish){ 0 });
    assert_true(fork_holds(&server.cred->site->lock.mutex));
}

static void test_a_key_that_others_may_read_is_not_taken(void **state)
{
    struct tls_cred *cred = NULL;

    (void)state;
    issue("www.pem", &(struct ca_wish){ 0 });
    assert_int_equal(chmod(path("www.pem"), 0640), 0);
    configure("[schannel \"www\"]\ncertificate = @www.pem\n");
    assert_int_equal(try_acquire("www", SECPKG_CRED_INBOUND, NULL, &cred), SSP_ERR_UNSAFE_FILE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_bad_certificate_is_refused_with_the_alert_that_says_why),
        CASE(test_who_looks_for_himself_gets_any_certificate),
        CASE(test_the_name_alone_can_be_left_to_the_application),
        CASE(test_without_an_alert_asked_for_none_is_said),
        CASE(test_a_revoked_certificate_is_refused),
        CASE(test_revocation_can_be_turned_off),
        CASE(test_where_somebody_has_to_vouch_a_crl_does),
        CASE(test_where_somebody_has_to_vouch_nobody_is_not_enough),
        CASE(test_a_crl_vouches_as_long_as_it_is_good),
        CASE(test_what_an_old_crl_revokes_stays_revoked),
        CASE(test_a_client_is_who_its_certificate_says),
        CASE(test_a_principal_name_comes_before_a_mail_address_and_that_before_a_common_name),
        CASE(test_a_server_is_told_that_it_may_only_know_its_client),
        CASE(test_a_bad_client_certificate_makes_nobody),
        CASE(test_a_client_without_the_certificate_that_is_required_is_refused),
        CASE(test_where_one_is_only_requested_a_client_may_have_none),
        CASE(test_a_session_with_a_client_is_not_resumed_without_it),
        CASE(test_new_files_are_taken_by_the_next_handshake_and_bad_ones_passed_over),
        CASE(test_a_child_finds_no_lock_of_a_section_held),
        CASE(test_a_key_that_others_may_read_is_not_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
