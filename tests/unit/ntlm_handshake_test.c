/* SPDX-License-Identifier: Apache-2.0 */
/* Both roles of the NTLM handshake against each other: what they agree on, and what a wrong, late
 * or altered token does to them. */
#include <sspi.h>

#include "base/cleanup.h"
#include "harness/harness.h"
#include "harness/ntlm_pair.h"
#include "packages/ntlm/authenticate.h"
#include "packages/ntlm/negotiate.h"

static const struct view nothing = { 0 };
static const struct pair_legs plain = { 0 };
static const struct pair_legs sealed = {
    .isc = ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY,
    .asc = ASC_REQ_CONFIDENTIALITY,
};

static void assert_same_key(const struct pair *pair)
{
    assert_true(pair->client.is_done && pair->server.is_done);
    assert_memory_equal(pair->client.core.session_key, pair->server.core.session_key,
                        NTLM_KEY_SIZE);
}

static void ends_with_the_same_keys_on_both_sides(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    (void)state;
    pair_start(&pair);
    assert_int_equal(pair_run(&pair, &sealed), SSP_OK);
    assert_same_key(&pair);
    assert_true(pair_talks(&pair));
}

static void knows_the_client_by_name_on_both_sides(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };
    const struct str16 *user = &pair.server.names.user;

    (void)state;
    pair_start(&pair);
    assert_int_equal(pair_run(&pair, &plain), SSP_OK);
    assert_true(str16_eq_nocase(user, &pair.client.names.user));
    assert_true(str16_eq_nocase(&pair.server.names.domain, &pair.client.names.domain));
    assert_int_equal(user->n, strlen(PAIR_USER));
    assert_true(str16_eq_nocase(&pair.server.workstation, &pair.client_config.machine.nb_computer));
}

/* Every set of requests of either side, in both modes: done with the same keys and what was asked
 * for, or a clear no. */
static const uint32_t isc_bits[] = { ISC_REQ_INTEGRITY,       ISC_REQ_REPLAY_DETECT,
                                     ISC_REQ_SEQUENCE_DETECT, ISC_REQ_CONFIDENTIALITY,
                                     ISC_REQ_IDENTIFY,        ISC_REQ_DATAGRAM };
static const uint32_t asc_bits[] = { ASC_REQ_INTEGRITY, ASC_REQ_REPLAY_DETECT,
                                     ASC_REQ_SEQUENCE_DETECT, ASC_REQ_CONFIDENTIALITY };

static uint32_t pick(const uint32_t *bits, size_t n, unsigned which)
{
    uint32_t picked = 0;

    for (size_t i = 0; i < n; i++)
        if ((which >> i & 1) != 0)
            picked |= bits[i];
    return picked;
}

static bool client_signs(uint32_t isc)
{
    return (isc & (ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT |
                   ISC_REQ_CONFIDENTIALITY)) != 0;
}

/* Whether the acceptor can have what it wants from such a client; in datagram mode the client
 * agrees to nothing but what it wants itself, so the same holds. */
static bool can_agree(uint32_t isc, uint32_t asc)
{
    bool wants_seal = (asc & ASC_REQ_CONFIDENTIALITY) != 0;
    bool wants_sign = (asc & ~(uint32_t)(ASC_REQ_CONFIDENTIALITY | ASC_REQ_DATAGRAM)) != 0;

    return (!wants_seal || (isc & ISC_REQ_CONFIDENTIALITY) != 0) &&
           (!wants_sign || client_signs(isc));
}

static void check_combination(struct pair *pair, uint32_t isc, uint32_t asc)
{
    const struct pair_legs legs = { .isc = isc, .asc = asc };
    enum ssp_err e = pair_run(pair, &legs);

    assert_int_equal(e, can_agree(isc, asc) ? SSP_OK : SSP_ERR_QOS_FAILED);
    if (e != SSP_OK)
        return;
    assert_same_key(pair);
    assert_int_equal(pair->client.attributes & isc, isc);
    assert_int_equal(pair->server.attributes & asc, asc);
    assert_int_equal(pair->server.core.is_identify, (isc & ISC_REQ_IDENTIFY) != 0);
    assert_int_equal(pair_talks(pair), (isc & ISC_REQ_CONFIDENTIALITY) != 0);
}

static void gives_each_set_of_requests_all_or_nothing(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    (void)state;
    pair_start(&pair);
    for (unsigned i = 0; i < 1U << 6; i++) {
        for (unsigned a = 0; a < 1U << 4; a++) {
            uint32_t isc = pick(isc_bits, 6, i);
            uint32_t asc = pick(asc_bits, 4, a) | (isc & ISC_REQ_DATAGRAM);

            check_combination(&pair, isc, asc);
            pair_restart(&pair);
        }
    }
}

static void says_nothing_first_in_datagram_mode(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };
    const struct pair_legs datagram = { .isc = ISC_REQ_DATAGRAM, .asc = ASC_REQ_DATAGRAM };

    (void)state;
    pair_start(&pair);
    assert_int_equal(pair_client_leg(&pair, &datagram, nothing), SSP_OK);
    assert_int_equal(pair_token(&pair.client).n, 0);
    assert_false(pair.client.is_done);
    assert_int_equal(pair_server_leg(&pair, &datagram, nothing), SSP_OK);
    assert_int_equal(pair_client_leg(&pair, &datagram, pair_token(&pair.server)), SSP_OK);
    assert_int_equal(pair_server_leg(&pair, &datagram, pair_token(&pair.client)), SSP_OK);
    assert_same_key(&pair);
}

static void wants_a_negotiate_message_in_connection_mode(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    (void)state;
    pair_start(&pair);
    assert_int_equal(pair_server_leg(&pair, &plain, nothing), SSP_ERR_BAD_TOKEN);
}

static void speaks_oem_to_a_client_that_has_no_unicode(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1024);
    struct ntlm_negotiate negotiate = { 0 };

    (void)state;
    pair_start(&pair);
    assert_int_equal(pair_client_leg(&pair, &sealed, nothing), SSP_OK);
    assert_int_equal(ntlm_negotiate_decode(pair_token(&pair.client), &negotiate), SSP_OK);
    negotiate.flags &= ~NTLMSSP_NEGOTIATE_UNICODE;
    ntlm_negotiate_encode(&negotiate, &out);
    secret_wipe(&pair.client.half->negotiate); /* as if the client had been made so */
    assert_int_equal(secret_new((struct view){ out.p, out.n }, &pair.client.half->negotiate),
                     SSP_OK);
    assert_int_equal(pair_server_leg(&pair, &sealed, (struct view){ out.p, out.n }), SSP_OK);
    assert_int_equal(pair.server.half->flags & NTLMSSP_NEGOTIATE_UNICODE, 0);
    assert_int_equal(pair_client_leg(&pair, &sealed, pair_token(&pair.server)), SSP_OK);
    assert_int_equal(pair_server_leg(&pair, &sealed, pair_token(&pair.client)), SSP_OK);
    assert_same_key(&pair);
    assert_true(str16_eq_nocase(&pair.server.names.user, &pair.client.names.user));
}

static void refuses_a_client_without_a_character_set(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1024);
    const struct ntlm_negotiate negotiate = { .flags = NTLMSSP_NEGOTIATE_NTLM };

    (void)state;
    pair_start(&pair);
    ntlm_negotiate_encode(&negotiate, &out);
    assert_int_equal(pair_server_leg(&pair, &plain, (struct view){ out.p, out.n }),
                     SSP_ERR_BAD_TOKEN);
}

static void keeps_no_endless_message_of_a_client(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(2 * NTLM_NEGOTIATE_MAX);

    (void)state;
    pair_start(&pair);
    assert_int_equal(pair_client_leg(&pair, &plain, nothing), SSP_OK);
    wr_view(&out, pair_token(&pair.client));
    wr_zero(&out, NTLM_NEGOTIATE_MAX - out.n); /* bytes that no field points to are fine */
    assert_int_equal(pair_server_leg(&pair, &plain, (struct view){ out.p, out.n }), SSP_OK);
    pair_restart(&pair);
    wr_zero(&out, 1);
    assert_int_equal(pair_server_leg(&pair, &plain, (struct view){ out.p, out.n }),
                     SSP_ERR_BAD_TOKEN);
}

static void goes_on_in_another_process_at_every_leg(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };
    struct pair_legs legs = sealed;

    (void)state;
    legs.moved = true;
    pair_start(&pair);
    assert_int_equal(pair_run(&pair, &legs), SSP_OK);
    assert_same_key(&pair);
    assert_true(pair_talks(&pair));
    legs.isc |= ISC_REQ_DATAGRAM;
    legs.asc |= ASC_REQ_DATAGRAM;
    pair_restart(&pair);
    assert_int_equal(pair_run(&pair, &legs), SSP_OK);
    assert_same_key(&pair);
}

/* ---- Tokens that should not be there ----------------------------------- */

struct tokens {        /* of a whole handshake, for use at the wrong moment */
    struct view at[4]; /* none, NEGOTIATE, CHALLENGE, AUTHENTICATE */
};

static void record(struct pair *pair, struct tokens *ret)
{
    assert_int_equal(pair_client_leg(pair, &sealed, nothing), SSP_OK);
    ret->at[1] = guarded(pair_token(&pair->client));
    assert_int_equal(pair_server_leg(pair, &sealed, ret->at[1]), SSP_OK);
    ret->at[2] = guarded(pair_token(&pair->server));
    assert_int_equal(pair_client_leg(pair, &sealed, ret->at[2]), SSP_OK);
    ret->at[3] = guarded(pair_token(&pair->client));
}

static void refuses_every_other_message_and_goes_on(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };
    struct tokens tokens = { 0 };

    (void)state;
    pair_start(&pair);
    record(&pair, &tokens);
    pair_restart(&pair);
    for (size_t i = 1; i < 4; i++)
        assert_int_equal(pair_client_leg(&pair, &sealed, tokens.at[i]), SSP_ERR_BAD_TOKEN);
    assert_int_equal(pair_client_leg(&pair, &sealed, nothing), SSP_OK);
    for (size_t i = 0; i < 4; i++)
        if (i != 1)
            assert_int_equal(pair_server_leg(&pair, &sealed, tokens.at[i]), SSP_ERR_BAD_TOKEN);
    assert_int_equal(pair_server_leg(&pair, &sealed, tokens.at[1]), SSP_OK);
    for (size_t i = 0; i < 4; i++)
        if (i != 2)
            assert_int_equal(pair_client_leg(&pair, &sealed, tokens.at[i]), SSP_ERR_BAD_TOKEN);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(pair_server_leg(&pair, &sealed, tokens.at[i]), SSP_ERR_BAD_TOKEN);
    assert_int_equal(pair_client_leg(&pair, &sealed, tokens.at[2]), SSP_OK);
    assert_int_equal(pair_server_leg(&pair, &sealed, pair_token(&pair.client)), SSP_OK);
    assert_same_key(&pair);
}

static void refuses_every_truncation_and_goes_on(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };
    struct tokens tokens = { 0 };

    (void)state;
    pair_start(&pair);
    record(&pair, &tokens);
    for (size_t n = 0; n < tokens.at[3].n; n++) {
        enum ssp_err e =
            pair_server_leg(&pair, &sealed, guarded((struct view){ tokens.at[3].p, n }));

        assert_true(e == SSP_ERR_BAD_TOKEN || e == SSP_ERR_LOGON_DENIED);
    }
    assert_int_equal(pair_server_leg(&pair, &sealed, tokens.at[3]), SSP_OK);
    assert_same_key(&pair);
}

/* The proof covers the response, the MIC all three messages; what neither covers may change only
 * without changing who is let in or with which keys. */
static void notices_every_altered_byte(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };
    struct tokens tokens = { 0 };

    (void)state;
    pair_start(&pair);
    record(&pair, &tokens);
    for (size_t i = 0; i < tokens.at[3].n; i++) {
        uint8_t altered[2048];

        assert_true(tokens.at[3].n <= sizeof(altered));
        memcpy(altered, tokens.at[3].p, tokens.at[3].n);
        altered[i] ^= 0x01;
        assert_int_not_equal(
            pair_server_leg(&pair, &sealed, (struct view){ altered, tokens.at[3].n }), SSP_OK);
    }
    assert_int_equal(pair_server_leg(&pair, &sealed, tokens.at[3]), SSP_OK);
}

static void refuses_an_answer_to_another_challenge(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };
    struct tokens tokens = { 0 };

    (void)state;
    pair_start(&pair);
    record(&pair, &tokens);
    pair_restart(&pair);
    pair.server_env.rand = &pair_other_rand;
    assert_int_equal(pair_server_leg(&pair, &sealed, tokens.at[1]), SSP_OK);
    assert_int_equal(pair_server_leg(&pair, &sealed, tokens.at[3]), SSP_ERR_LOGON_DENIED);
}

static void reports_no_memory_and_stays_where_it_was(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };
    enum ssp_err e = SSP_ERR_NO_MEMORY;
    struct tokens tokens = { 0 };

    (void)state;
    pair_start(&pair);
    record(&pair, &tokens);
    for (size_t nth = 0; e != SSP_OK && nth < 300; nth++) {
        fault_malloc_at(nth);
        e = pair_server_leg(&pair, &sealed, tokens.at[3]);
        fault_malloc_at(SIZE_MAX);
        assert_true(e == SSP_OK || e == SSP_ERR_NO_MEMORY);
    }
    assert_same_key(&pair);
    pair_restart(&pair);
    assert_int_equal(pair_client_leg(&pair, &sealed, nothing), SSP_OK);
    e = SSP_ERR_NO_MEMORY;
    for (size_t nth = 0; e != SSP_OK && nth < 300; nth++) {
        fault_malloc_at(nth);
        e = pair_client_leg(&pair, &sealed, tokens.at[2]);
        fault_malloc_at(SIZE_MAX);
        assert_true(e == SSP_OK || e == SSP_ERR_NO_MEMORY);
    }
    assert_int_equal(e, SSP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ends_with_the_same_keys_on_both_sides),
        TEST(knows_the_client_by_name_on_both_sides),
        TEST(gives_each_set_of_requests_all_or_nothing),
        TEST(says_nothing_first_in_datagram_mode),
        TEST(wants_a_negotiate_message_in_connection_mode),
        TEST(speaks_oem_to_a_client_that_has_no_unicode),
        TEST(refuses_a_client_without_a_character_set),
        TEST(keeps_no_endless_message_of_a_client),
        TEST(goes_on_in_another_process_at_every_leg),
        TEST(refuses_every_other_message_and_goes_on),
        TEST(refuses_every_truncation_and_goes_on),
        TEST(notices_every_altered_byte),
        TEST(refuses_an_answer_to_another_challenge),
        TEST(reports_no_memory_and_stays_where_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
