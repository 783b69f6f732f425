/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GnuTLS without memory: whichever of its allocations fails in a handshake, on
 * either side, nobody is taken for somebody, and no session has keys that
 * anybody could guess.  Some failures GnuTLS gets over, and then all is as it
 * should be.
 */
#include <dlfcn.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/tls_stage.h"

enum { PLACES_MAX = 5000 };

/* ---- GnuTLS's memory --------------------------------------------------- */

/* What it had before. */
static struct {
    gnutls_alloc_function malloc;
    gnutls_calloc_function calloc;
    gnutls_realloc_function resize;
    char *(*strdup)(const char *text);
} fed;

static size_t left = SIZE_MAX; /* allocations that still succeed */
static bool came;

/* GnuTLS 3.7 loses a message when the buffer that it is in cannot grow; blocks of this library's
 * own are looked for. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libgnutls.so\n";
}

/* Functions of GnuTLS 3.7 that use what they are given without looking. */
static bool is_careless(const void *caller)
{
    static const char *const careless[] = { "gnutls_x509_dn_init" };
    Dl_info info = { 0 };

    if (dladdr(caller, &info) == 0 || info.dli_sname == NULL)
        return false;
    for (size_t i = 0; i < sizeof(careless) / sizeof(careless[0]); i++)
        if (strcmp(info.dli_sname, careless[i]) == 0)
            return true;
    return false;
}

static bool fails(const void *caller)
{
    if (left == SIZE_MAX || left-- != 0)
        return false;
    left = SIZE_MAX;
    came = true;
    return !is_careless(caller);
}

static void *starved_malloc(size_t n)
{
    return fails(__builtin_return_address(0)) ? NULL : fed.malloc(n);
}

static void *starved_calloc(size_t n, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : fed.calloc(n, size);
}

static void *starved_resize(void *p, size_t n)
{
    return fails(__builtin_return_address(0)) ? NULL : fed.resize(p, n);
}

static char *starved_strdup(const char *text)
{
    return fails(__builtin_return_address(0)) ? NULL : fed.strdup(text);
}

static int starve_gnutls(void **state)
{
    fed.malloc = gnutls_malloc;
    fed.calloc = gnutls_calloc;
    fed.resize = gnutls_realloc;
    fed.strdup = gnutls_strdup;
    gnutls_malloc = starved_malloc;
    gnutls_calloc = starved_calloc;
    gnutls_realloc = starved_resize;
    gnutls_strdup = starved_strdup;
    return set_up(state);
}

static int feed_gnutls(void **state)
{
    gnutls_malloc = fed.malloc;
    gnutls_calloc = fed.calloc;
    gnutls_realloc = fed.resize;
    gnutls_strdup = fed.strdup;
    return tear_down(state);
}

/* ---- Handshakes -------------------------------------------------------- */

static const struct ca_wish a_host = { 0 };
static const struct ca_wish alice = { .common_name = "alice", .is_client = true, .host = "" };

static void configure_both(const struct ca_wish *me, const struct ca_wish *www)
{
    issue("me.pem", me);
    issue("www.pem", www);
    configure("[schannel \"me\"]\ncertificate = @me.pem\nca = @ca.pem\n"
              "[schannel \"www\"]\ncertificate = @www.pem\nca = @ca.pem\n"
              "client_certificates = required\nalpn = h2\n");
}

/* The version is the client's choice. */
static void stage_in(bool is_1_2)
{
    TLS_PARAMETERS parameters = { .grbitDisabledProtocols =
                                      is_1_2 ? SP_PROT_TLS1_3 : SP_PROT_TLS1_2 };
    SCH_CREDENTIALS data = { .dwVersion = SCH_CREDENTIALS_VERSION,
                             .cTlsParameters = 1,
                             .pTlsParameters = &parameters };

    stage_by("me", "www");
    tls_cred_unref(client.cred);
    client.cred = acquire("me", SECPKG_CRED_OUTBOUND, &data);
    tls_lsa.sessions = 0;
}

/* False when there are not so many allocations. */
static bool shake_without(size_t nth, bool is_1_2)
{
    stage_in(is_1_2);
    came = false;
    left = nth;
    tls_pair_run(&client, &server, PAIR_ROOM);
    left = SIZE_MAX;
    return came;
}

static bool is_set(const uint8_t *secret, size_t n)
{
    static const uint8_t zeroes[TLS_SECRET_MAX];

    return memcmp(secret, zeroes, n) != 0;
}

static void holds(const struct tls_end *end)
{
    size_t n = tls_suite_hash_size(end->core.suite);

    assert_int_equal(end->err, SSP_OK);
    assert_true(end->names.chain.n != 0);
    assert_true(is_set(end->core.exporter, n));
    if (end->core.suite->version == TLS_1_2) {
        assert_true(is_set(end->core.client_random, TLS_RANDOM_SIZE));
        assert_true(is_set(end->core.server_random, TLS_RANDOM_SIZE));
        return;
    }
    assert_true(is_set(end->core.send.secret, n));
    assert_true(is_set(end->core.recv.secret, n));
}

/* What came of it on either side. */
static void judge(void)
{
    assert_true(client.answer.is_done || client.err != SSP_OK || server.err != SSP_OK);
    assert_int_equal(tls_lsa.sessions, server.answer.is_done ? 1 : 0);
    if (client.answer.is_done)
        holds(&client);
    if (server.answer.is_done)
        holds(&server);
    if (client.answer.is_done && server.answer.is_done)
        assert_memory_equal(client.core.exporter, server.core.exporter, TLS_SECRET_MAX);
}

static void every_handshake_fails_or_holds(void **state)
{
    (void)state;
    configure_both(&alice, &a_host);
    for (int is_1_2 = 0; is_1_2 < 2; is_1_2++) {
        bool is_left = true;
        size_t n_failed = 0;

        for (size_t nth = 0; is_left; nth++) {
            assert_true(nth < PLACES_MAX);
            is_left = shake_without(nth, is_1_2 != 0);
            judge();
            n_failed += client.err == SSP_ERR_NO_MEMORY || server.err == SSP_ERR_NO_MEMORY;
            if (!is_left)
                assert_true(client.answer.is_done && server.answer.is_done);
            unstage();
        }
        assert_true(n_failed > 100); /* else it was not GnuTLS's memory */
    }
}

/* Forgetting to look is the failure that nobody notices. */
static void nobody_is_let_in_for_want_of_memory(void **state)
{
    static const struct ca_wish stranger = { .is_self_signed = true };
    static const struct ca_wish other = { .is_self_signed = true, .is_client = true, .host = "" };

    (void)state;
    for (int is_server = 0; is_server < 2; is_server++) {
        bool is_left = true;

        configure_both(is_server != 0 ? &alice : &other, is_server != 0 ? &stranger : &a_host);
        for (size_t nth = 0; is_left; nth++) {
            is_left = shake_without(nth, false);
            assert_false(is_server != 0 ? client.answer.is_done : server.answer.is_done);
            assert_int_equal(tls_lsa.sessions, 0);
            unstage();
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_handshake_fails_or_holds, starve_gnutls, feed_gnutls),
        cmocka_unit_test_setup_teardown(nobody_is_let_in_for_want_of_memory, starve_gnutls,
                                        feed_gnutls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
