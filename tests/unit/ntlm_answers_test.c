/* SPDX-License-Identifier: Apache-2.0 */
/* The messages of [MS-NLMP] 4.2 through the state machines: an initiator given the CHALLENGE makes
 * the AUTHENTICATE, an acceptor that sent the CHALLENGE takes it, and the sealed example opens. */
#include <sspi.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "harness/harness.h"
#include "harness/ntlm_pair.h"
#include "packages/ntlm/challenge.h"
#include "packages/ntlm/seal.h"

#define FILE_OF_ANSWERS "ms-nlmp-4.2.txt"

enum { FLAGS_AT = 60, FLAGS_SIZE = 4 };

static const struct pair_legs sealed = { .isc = ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY };

static struct view answer(const char *variant, const char *what)
{
    char name[64];

    (void)snprintf(name, sizeof(name), "%s.%s", variant, what);
    return vector(FILE_OF_ANSWERS, name);
}

/* The NegotiateFlags of the examples cannot all be had: 4.2.2's has TARGET_INFO though nobody
 * sent any.  Everything else has to be there to the byte. */
static void assert_same_but_for_flags(struct view a, struct view b)
{
    const size_t after = FLAGS_AT + FLAGS_SIZE;

    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.p, b.p, FLAGS_AT);
    assert_memory_equal(a.p + after, b.p + after, a.n - after);
}

static void check_initiator(const char *variant, const char *config)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    pair_start_as(&pair, config, "");
    assert_int_equal(pair_client_leg(&pair, &sealed, (struct view){ 0 }), SSP_OK);
    assert_int_equal(pair_client_leg(&pair, &sealed, answer(variant, "challenge")), SSP_OK);
    assert_same_but_for_flags(pair_token(&pair.client), answer(variant, "authenticate"));
}

static void initiator_answers_without_extended_session_security(void **state)
{
    (void)state;
    check_initiator("v1", "minimum = v1\nrespond = v1\nlm = yes\n");
}

static void initiator_answers_ntlmv1_with_extended_session_security(void **state)
{
    (void)state;
    check_initiator("ess", "minimum = v1\nrespond = v1\nrequire_128 = no\n");
}

/* An acceptor that has sent that very challenge. */
static void put_challenge(struct pair *pair, struct view token)
{
    struct ntlm_challenge challenge = { 0 };
    struct ntlm_half *half = NULL;

    assert_int_equal(ntlm_challenge_decode(token, &challenge), SSP_OK);
    assert_int_equal(ntlm_half_new(&half), SSP_OK);
    half->state = NTLM_ST_AUTHENTICATE;
    half->flags = challenge.flags | NTLMSSP_REQUEST_TARGET;
    half->cred = ntlm_cred_ref(pair->server_cred);
    assert_int_equal(secret_new(token, &half->challenge), SSP_OK);
    pair->server.half = half;
}

static void check_example_opens(struct pair *pair, const char *variant)
{
    struct view cipher = answer(variant, "ciphertext");
    uint8_t bytes[64];
    struct pkg_piece piece = { bytes, cipher.n, true, true };
    const struct ntlm_message msg = { &piece, 1, 0 };

    assert_true(cipher.n <= sizeof(bytes));
    memcpy(bytes, cipher.p, cipher.n);
    assert_int_equal(ntlm_unseal(&pair->server.core.session, &msg, answer(variant, "signature").p),
                     SSP_OK);
    assert_view_equal((struct view){ bytes, cipher.n }, answer(variant, "plaintext"));
}

static void check_acceptor(const char *variant, const char *config)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    pair_start_as(&pair, "", config);
    put_challenge(&pair, answer(variant, "challenge"));
    assert_int_equal(pair_server_leg(&pair, &sealed, answer(variant, "authenticate")), SSP_OK);
    assert_true(pair.server.is_done);
    check_example_opens(&pair, variant);
}

static void acceptor_takes_ntlmv2(void **state)
{
    (void)state;
    check_acceptor("v2", "");
}

static void acceptor_takes_ntlmv1_where_it_may(void **state)
{
    (void)state;
    check_acceptor("v1", "minimum = v1\n");
    check_acceptor("ess", "minimum = v1\nrequire_128 = no\n");
}

static void acceptor_refuses_ntlmv1_otherwise(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    (void)state;
    pair_start(&pair);
    put_challenge(&pair, answer("v1", "challenge"));
    assert_int_equal(pair_server_leg(&pair, &sealed, answer("v1", "authenticate")),
                     SSP_ERR_LOGON_DENIED);
}

static void acceptor_refuses_short_keys_unless_told(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    (void)state;
    pair_start_as(&pair, "", "minimum = v1\n");
    put_challenge(&pair, answer("ess", "challenge"));
    assert_int_equal(pair_server_leg(&pair, &sealed, answer("ess", "authenticate")),
                     SSP_ERR_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(initiator_answers_without_extended_session_security),
        TEST(initiator_answers_ntlmv1_with_extended_session_security),
        TEST(acceptor_takes_ntlmv2),
        TEST(acceptor_takes_ntlmv1_where_it_may),
        TEST(acceptor_refuses_ntlmv1_otherwise),
        TEST(acceptor_refuses_short_keys_unless_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
