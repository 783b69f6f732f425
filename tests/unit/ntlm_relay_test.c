/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody between two NTLM peers, or a hostile peer, may try with messages that are well
 * formed: change what the challenge says, so that the client leaves its guard down. */
#include <sspi.h>

#include "base/cleanup.h"
#include "harness/harness.h"
#include "harness/ntlm_pair.h"

/* How the target information is changed on its way; the other pairs stay. */
struct change {
    bool drops_timestamp;
    uint64_t timestamp; /* when not 0: another one */
    uint32_t flags;     /* when not 0: an MsvAvFlags pair */
};

static void put_le(uint64_t value, uint8_t *dst, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dst[i] = (uint8_t)(value >> 8 * i);
}

static void change_list(const struct change *change, struct ntlm_av *av, uint8_t flags[4],
                        uint8_t timestamp[8])
{
    if (change->drops_timestamp)
        av->present &= ~(1U << NTLM_AV_TIMESTAMP);
    put_le(change->timestamp, timestamp, 8);
    if (change->timestamp != 0)
        ntlm_av_set(av, NTLM_AV_TIMESTAMP, (struct view){ timestamp, 8 });
    put_le(change->flags, flags, 4);
    if (change->flags != 0)
        ntlm_av_set(av, NTLM_AV_FLAGS, (struct view){ flags, 4 });
}

/* The server's CHALLENGE after that change. */
static struct view changed(struct view token, const struct change *change)
{
    ssp_cleanup(wr_free) struct wr list = WR_INIT(NTLM_TARGET_INFO_MAX);
    ssp_cleanup(wr_free) struct wr out = WR_INIT(2 * NTLM_TARGET_INFO_MAX);
    struct ntlm_challenge challenge = { 0 };
    struct ntlm_av av = { 0 };
    uint8_t flags[4];
    uint8_t timestamp[8];

    assert_int_equal(ntlm_challenge_decode(token, &challenge), SSP_OK);
    assert_int_equal(ntlm_av_decode(challenge.target_info, &av), SSP_OK);
    change_list(change, &av, flags, timestamp);
    ntlm_av_encode(&av, &list);
    challenge.target_info = (struct view){ list.p, list.n };
    ntlm_challenge_encode(&challenge, &out);
    assert_int_equal(out.err, SSP_OK);
    return guarded((struct view){ out.p, out.n });
}

/* A handshake in which the client sees a changed challenge; what the server says in the end. */
static enum ssp_err relay(struct pair *pair, const struct pair_legs *legs,
                          const struct change *change)
{
    assert_int_equal(pair_client_leg(pair, legs, (struct view){ 0 }), SSP_OK);
    assert_int_equal(pair_server_leg(pair, legs, pair_token(&pair->client)), SSP_OK);
    assert_int_equal(pair_client_leg(pair, legs, changed(pair_token(&pair->server), change)),
                     SSP_OK);
    return pair_server_leg(pair, legs, pair_token(&pair->client));
}

static enum ssp_err relay_once(struct change change)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };
    const struct pair_legs legs = { .target = "HTTP/server" };

    pair_start(&pair);
    return relay(&pair, &legs, &change);
}

/* Without a timestamp a client promises no MIC, and a relay could then drop signing as well. */
static void a_challenge_without_its_timestamp_does_not_talk_a_client_out_of_its_mic(void **state)
{
    (void)state;
    assert_int_equal(relay_once((struct change){ 0 }), SSP_OK);
    assert_int_equal(relay_once((struct change){ .drops_timestamp = true }), SSP_ERR_LOGON_DENIED);
}

static void an_answer_to_another_time_is_refused(void **state)
{
    (void)state;
    assert_int_equal(relay_once((struct change){ .timestamp = UINT64_C(0x01db000000000000) }),
                     SSP_ERR_LOGON_DENIED);
}

/* The AV flags in the client's latest answer. */
static uint32_t flags_sent(const struct pair *pair)
{
    struct ntlm_authenticate answer = { 0 };
    struct ntlm_v2 response = { 0 };

    assert_int_equal(ntlm_authenticate_decode(pair_token(&pair->client), &answer), SSP_OK);
    assert_int_equal(ntlm_v2_decode(answer.nt, &response), SSP_OK);
    return ntlm_av_flags(&response.temp.av);
}

static void a_server_cannot_speak_for_the_client_in_the_flags(void **state)
{
    const struct change change = {
        .drops_timestamp = true,
        .flags = NTLM_AV_FLAG_CONSTRAINED | NTLM_AV_FLAG_MIC | NTLM_AV_FLAG_UNTRUSTED_SPN,
    };
    const struct pair_legs legs = { .target = "HTTP/server" };
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    (void)state;
    pair_start(&pair);
    (void)(relay(&pair, &legs, &change) == SSP_OK);
    assert_int_equal(flags_sent(&pair), NTLM_AV_FLAG_CONSTRAINED);
}

static void a_server_cannot_disown_the_target_that_its_client_means(void **state)
{
    const struct change change = { .flags = NTLM_AV_FLAG_UNTRUSTED_SPN };
    const struct pair_legs legs = { .target = "HTTP/somebody.else" };
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    (void)state;
    pair_start(&pair);
    assert_int_not_equal(relay(&pair, &legs, &change), SSP_OK);
    assert_int_equal(flags_sent(&pair), NTLM_AV_FLAG_MIC);
}

/* ---- What a peer may leave out ----------------------------------------- */

static struct view without_flag(struct view token, size_t at, uint32_t flag)
{
    struct view copy = guarded(token);
    uint8_t *bytes = (uint8_t *)(uintptr_t)copy.p;

    for (size_t i = 0; i < 4; i++)
        bytes[at + i] &= (uint8_t) ~(flag >> 8 * i);
    return copy;
}

enum { CHALLENGE_FLAGS = 20 };

static void a_server_that_drops_the_datagram_mode_is_refused(void **state)
{
    const struct pair_legs legs = { .isc = ISC_REQ_DATAGRAM, .asc = ASC_REQ_DATAGRAM };
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    (void)state;
    pair_start(&pair);
    assert_int_equal(pair_client_leg(&pair, &legs, (struct view){ 0 }), SSP_OK);
    assert_int_equal(pair_server_leg(&pair, &legs, (struct view){ 0 }), SSP_OK);
    struct view token =
        without_flag(pair_token(&pair.server), CHALLENGE_FLAGS, NTLMSSP_NEGOTIATE_DATAGRAM);
    assert_int_equal(pair_client_leg(&pair, &legs, token), SSP_ERR_QOS_FAILED);
}

static void a_server_that_wants_to_identify_gets_no_more(void **state)
{
    const struct pair_legs legs = { .asc = ASC_REQ_IDENTIFY };
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    (void)state;
    pair_start(&pair);
    assert_int_equal(pair_run(&pair, &legs), SSP_OK);
    assert_true(pair.server.core.is_identify);
    assert_true((pair.server.attributes & ASC_RET_IDENTIFY) != 0);
    assert_false(pair.client.core.is_identify);
}

static void a_client_without_a_name_says_that_it_has_none(void **state)
{
    struct ntlm_authenticate answer = { 0 };
    const struct pair_legs legs = { 0 };
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    (void)state;
    pair_start(&pair);
    pair_user(&pair, "", "", "");
    assert_int_equal(pair_client_leg(&pair, &legs, (struct view){ 0 }), SSP_OK);
    assert_int_equal(pair_server_leg(&pair, &legs, pair_token(&pair.client)), SSP_OK);
    /* Servers need not give the flag back. */
    struct view token = without_flag(pair_token(&pair.server), CHALLENGE_FLAGS, NTLMSSP_ANONYMOUS);
    assert_int_equal(pair_client_leg(&pair, &legs, token), SSP_OK);
    assert_int_equal(ntlm_authenticate_decode(pair_token(&pair.client), &answer), SSP_OK);
    assert_true((answer.flags & NTLMSSP_ANONYMOUS) != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_challenge_without_its_timestamp_does_not_talk_a_client_out_of_its_mic),
        TEST(an_answer_to_another_time_is_refused),
        TEST(a_server_cannot_speak_for_the_client_in_the_flags),
        TEST(a_server_cannot_disown_the_target_that_its_client_means),
        TEST(a_server_that_drops_the_datagram_mode_is_refused),
        TEST(a_server_that_wants_to_identify_gets_no_more),
        TEST(a_client_without_a_name_says_that_it_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
