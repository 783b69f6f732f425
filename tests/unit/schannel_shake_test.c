/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "harness/harness.h"
#include "harness/tls_ca.h"
#include "harness/tls_pair.h"

enum { CONF_ROOM = 16 * 1024, ME = 4711 };

static struct ca ca;
static struct tls_contexts contexts;
static struct tls_sites sites;
static struct tls_end client;
static struct tls_end server;

static const char *const ciphers[] = { "aes128-gcm", "aes256-gcm", "chacha20-poly1305" };

static char *path(const char *name, char ret[1024])
{
    (void)snprintf(ret, 1024, "%s", scratch(name));
    return ret;
}

static void issue(const char *name, const struct ca_wish *wish)
{
    char file[1024];
    struct ca_pair pair = ca_issue(&ca, wish);

    ca_write_both(&pair, path(name, file));
    ca_pair_done(&pair);
}

/* "@" in a section stands for the scratch folder. */
static void configure(const char *text)
{
    static char conf_text[CONF_ROOM];
    char file[1024];
    struct conf *conf = NULL;
    size_t n = 0;

    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '@')
            n += (size_t)snprintf(conf_text + n, sizeof(conf_text) - n, "%s", scratch(""));
        else
            conf_text[n++] = *at;
        conf_text[n] = 0;
        assert_true(n + 1024 < sizeof(conf_text));
    }
    assert_int_equal(file_replace(path("conf", file), 0600, view_text(conf_text)), SSP_OK);
    assert_int_equal(conf_load_file(file, &conf), SSP_OK);
    assert_int_equal(tls_sites_read(conf, &sites), SSP_OK);
    conf_free(conf);
}

static struct tls_cred *acquire(const char *name, uint32_t use, const void *auth_data)
{
    struct str16 principal = { 0 };
    struct tls_cred *cred = NULL;

    assert_int_equal(str16_from_utf8(view_text(name), &principal), SSP_OK);
    const struct tls_cred_request what = {
        .use = use, .principal = &principal, .auth_data = auth_data, .is_local = true
    };
    enum ssp_err e = tls_cred_new(&sites, &what, &cred);
    str16_wipe(&principal);
    assert_int_equal(e, SSP_OK);
    return cred;
}

/* A client and a server of two sections; client "" is [schannel]. */
static void stage(const char *client_section, const char *server_section)
{
    client = (struct tls_end){
        .contexts = &contexts,
        .cred = acquire(client_section, SECPKG_CRED_OUTBOUND, NULL),
        .asked = ISC_REQ_EXTENDED_ERROR,
        .target = u"localhost",
    };
    server = (struct tls_end){
        .contexts = &contexts,
        .cred = acquire(server_section, SECPKG_CRED_INBOUND, NULL),
        .accept = true,
        .asked = ASC_REQ_EXTENDED_ERROR,
    };
}

static void unstage(void)
{
    tls_end_done(&client);
    tls_end_done(&server);
}

static int set_up(void **state)
{
    char file[1024];

    (void)state;
    ca_init(&ca);
    ca_write_root(&ca, path("ca.pem", file));
    tls_lsa = (struct tls_lsa){ 0 };
    assert_int_equal(tls_contexts_init(&system_clock, &tls_lsa_functions, &contexts), SSP_OK);
    return 0;
}

static int tear_down(void **state)
{
    unstage();
    tls_sites_done(&sites);
    tls_contexts_done(&contexts);
    ca_done(&ca);
    return free_guarded(state);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

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
        stage("", "www");
        tls_pair_run(&client, &server, PAIR_ROOM);
        assert_agreed(TLS_1_3);
        assert_int_equal(server.core.suite->cipher, i);
        unstage();
        tls_sites_done(&sites);
    }
    configure_pair("1.2", "", false);
}

static void test_each_suite_of_1_2(void **state)
{
    SCH_CREDENTIALS old = only_1_2();

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        configure_pair("1.2", ciphers[i % 3], i >= 3);
        stage("", "www");
        tls_cred_unref(client.cred);
        client.cred = acquire("", SECPKG_CRED_OUTBOUND, &old);
        tls_pair_run(&client, &server, PAIR_ROOM);
        assert_agreed(TLS_1_2);
        assert_int_equal(server.core.suite->cipher, i % 3);
        assert_int_equal(server.core.suite->proof, i >= 3 ? TLS_PROOF_RSA : TLS_PROOF_ECDSA);
        unstage();
        tls_sites_done(&sites);
    }
    configure_pair("1.2", "", false);
}

static void test_bytes_one_by_one(void **state)
{
    (void)state;
    configure_pair("1.2", "", false);
    for (int i = 0; i < 2; i++) {
        SCH_CREDENTIALS old = only_1_2();

        stage("", "www");
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
    stage("", "www");
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_agreed(TLS_1_3);
    assert_int_not_equal(client.n_in, 0);
    assert_int_equal(client.in[0], 23);
    assert_int_equal(client.core.recv.seq, 0);
    assert_int_not_equal(server.core.send.seq, 0);
    assert_int_equal(server.n_in, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_each_suite_of_1_3),
        CASE(test_each_suite_of_1_2),
        CASE(test_bytes_one_by_one),
        CASE(test_what_follows_the_handshake_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
