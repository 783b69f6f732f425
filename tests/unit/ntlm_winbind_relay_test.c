/* SPDX-License-Identifier: Apache-2.0 */
/* What the acceptor demands beside the password holds with a domain's yes as well, and the domain
 * is asked about nothing but the response that those demands are read from. */
#include <sspi.h>

#include "base/cleanup.h"
#include "harness/fake_dc.h"
#include "harness/harness.h"
#include "harness/ntlm_pair.h"
#include "packages/ntlm/v1.h"
#include "packages/ntlm/winbind.h"

static struct fake_dc dc;

struct desk { /* ssp_cleanup(desk_done) */
    struct pair pair;
    struct ntlm_winbind winbind;
};

static void desk_start(struct desk *desk, const char *client, const char *server)
{
    dc = (struct fake_dc){ 0 };
    fake_dc_rule(&dc);
    pair_start_as(&desk->pair, client, server);
    pair_user(&desk->pair, DC_USER, DC_DOMAIN, DC_PASSWORD);
    assert_int_equal(ntlm_winbind_init(&desk->winbind, &desk->pair.server_config), SSP_OK);
    desk->pair.server_env.verifier = &desk->winbind.verifier;
}

static void desk_done(struct desk *desk)
{
    pair_done(&desk->pair);
    ntlm_winbind_done(&desk->winbind);
    fake_dc_settle();
}

static const struct pair_legs plain = { .target = "HTTP/server" };

/* The challenge on its way to the client, and the client's answer on its way back. */
struct relay {
    struct view (*challenge)(struct view token);
    void (*answer)(struct ntlm_turn *turn);
};

static enum ssp_err meet(struct desk *desk, const struct pair_legs *legs, struct relay relay)
{
    struct pair *pair = &desk->pair;

    SSP_TRY(pair_client_leg(pair, legs, (struct view){ 0 }));
    SSP_TRY(pair_server_leg(pair, legs, pair_token(&pair->client)));
    struct view challenge = pair_token(&pair->server);
    if (relay.challenge != NULL)
        challenge = relay.challenge(challenge);
    SSP_TRY(pair_client_leg(pair, legs, challenge));
    if (relay.answer != NULL)
        relay.answer(&pair->client);
    return pair_server_leg(pair, legs, pair_token(&pair->client));
}

/* ---- Demands ----------------------------------------------------------- */

static struct view without_timestamp(struct view token)
{
    ssp_cleanup(wr_free) struct wr list = WR_INIT(NTLM_TARGET_INFO_MAX);
    ssp_cleanup(wr_free) struct wr out = WR_INIT(2 * NTLM_TARGET_INFO_MAX);
    struct ntlm_challenge challenge = { 0 };
    struct ntlm_av av = { 0 };

    assert_int_equal(ntlm_challenge_decode(token, &challenge), SSP_OK);
    assert_int_equal(ntlm_av_decode(challenge.target_info, &av), SSP_OK);
    av.present &= ~(1U << NTLM_AV_TIMESTAMP);
    ntlm_av_encode(&av, &list);
    challenge.target_info = (struct view){ list.p, list.n };
    ntlm_challenge_encode(&challenge, &out);
    assert_int_equal(out.err, SSP_OK);
    return guarded((struct view){ out.p, out.n });
}

static void a_changed_challenge_is_noticed(void **state)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };

    (void)state;
    desk_start(&desk, "", "");
    assert_int_equal(meet(&desk, &plain, (struct relay){ .challenge = without_timestamp }),
                     SSP_ERR_LOGON_DENIED);
    assert_int_equal(dc.asked, 1);
}

/* The last byte of the version: nothing but the MIC covers it. */
static void change_version(struct ntlm_turn *turn)
{
    turn->token.p[71] ^= 1;
}

static void a_changed_answer_is_noticed(void **state)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };

    (void)state;
    desk_start(&desk, "", "");
    assert_int_equal(meet(&desk, &plain, (struct relay){ .answer = change_version }),
                     SSP_ERR_LOGON_DENIED);
    assert_int_equal(dc.asked, 1);
}

static void channel_bindings_have_to_match(void **state)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };
    ssp_cleanup(secret_wipe) struct secret theirs = pair_bindings("tls-unique:1");
    ssp_cleanup(secret_wipe) struct secret ours = pair_bindings("tls-unique:2");
    struct pair_legs legs = { .target = "HTTP/server",
                              .client_bindings = secret_view(&theirs),
                              .server_bindings = secret_view(&ours) };

    (void)state;
    desk_start(&desk, "", "");
    assert_int_equal(meet(&desk, &legs, (struct relay){ 0 }), SSP_ERR_BAD_BINDINGS);
    pair_restart(&desk.pair);
    legs.server_bindings = secret_view(&theirs);
    assert_int_equal(meet(&desk, &legs, (struct relay){ 0 }), SSP_OK);
}

static void the_target_has_to_be_ours(void **state)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };
    const struct pair_legs legs = { .target = "HTTP/somebody.else" };

    (void)state;
    desk_start(&desk, "", "");
    assert_int_equal(meet(&desk, &legs, (struct relay){ 0 }), SSP_ERR_WRONG_PRINCIPAL);
}

static void the_clock_has_to_be_near(void **state)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };
    struct pair *pair = &desk.pair;

    (void)state;
    desk_start(&desk, "", "max_lifetime = 60\n");
    assert_int_equal(pair_client_leg(pair, &plain, (struct view){ 0 }), SSP_OK);
    assert_int_equal(pair_server_leg(pair, &plain, pair_token(&pair->client)), SSP_OK);
    assert_int_equal(pair_client_leg(pair, &plain, pair_token(&pair->server)), SSP_OK);
    pair->server_env.clock = &pair_later_clock;
    assert_int_equal(pair_server_leg(pair, &plain, pair_token(&pair->client)), SSP_ERR_TIME_SKEW);
}

/* ---- What is asked ----------------------------------------------------- */

static const uint8_t server[NTLM_CHALLENGE_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8 };
static const uint8_t client[NTLM_CHALLENGE_SIZE] = { 8, 7, 6, 5, 4, 3, 2, 1 };

struct answer { /* ssp_cleanup(answer_wipe) */
    struct str16 user;
    struct str16 domain;
    struct wr nt;
    uint8_t lm[NTLM_LMV2_SIZE];
};

static void answer_wipe(struct answer *answer)
{
    str16_wipe(&answer->user);
    str16_wipe(&answer->domain);
    wr_free(&answer->nt);
}

static void answer_v2(struct answer *a)
{
    ssp_cleanup(str16_wipe) struct str16 password = { 0 };
    ssp_cleanup(wr_free) struct wr temp = WR_INIT(1024);
    const struct ntlm_temp content = { .timestamp = 1 };
    struct key hash = { 0 };
    struct key response_key = { 0 };

    *a = (struct answer){ .nt = WR_INIT(1024) };
    assert_int_equal(str16_from_utf8(view_text(DC_USER), &a->user), SSP_OK);
    assert_int_equal(str16_from_utf8(view_text(DC_DOMAIN), &a->domain), SSP_OK);
    assert_int_equal(str16_from_utf8(view_text(DC_PASSWORD), &password), SSP_OK);
    assert_int_equal(ntlm_ntowf_v1(&password, &hash), SSP_OK);
    assert_int_equal(ntlm_ntowf_v2(&hash, &a->user, &a->domain, &response_key), SSP_OK);
    ntlm_temp_encode(&content, &temp);
    (void)ntlm_v2_respond(&response_key, server, (struct view){ temp.p, temp.n }, &a->nt);
    ntlm_lmv2_respond(&response_key, server, client, a->lm);
}

static enum ssp_err judge(const struct desk *desk, const struct answer *a)
{
    ssp_cleanup(ntlm_verdict_wipe) struct ntlm_verdict verdict = { 0 };
    const struct ntlm_login login = {
        .user = &a->user,
        .domain = &a->domain,
        .server = server,
        .nt = { a->nt.p, a->nt.n },
        .lm = VIEW_OF(a->lm),
    };
    enum ssp_err e = desk->winbind.verifier.verify(&desk->winbind.verifier, &login, &verdict);

    assert_int_equal(verdict.session_base_key.n != 0, e == SSP_OK);
    return e;
}

/* A domain that takes the LMv2 response for the other would vouch for a list that anybody has
 * changed.  This one would. */
static void an_lmv2_response_does_not_stand_in_for_a_changed_list(void **state)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };
    ssp_cleanup(answer_wipe) struct answer a;

    (void)state;
    desk_start(&desk, "", "");
    answer_v2(&a);
    assert_int_equal(judge(&desk, &a), SSP_OK);
    assert_int_equal(dc.nt_length, a.nt.n);
    assert_int_equal(dc.lm_length, 0);
    a.nt.p[NTLM_PROOF_SIZE + 8] ^= 1; /* the timestamp */
    assert_int_equal(judge(&desk, &a), SSP_ERR_LOGON_DENIED);
    assert_int_equal(dc.asked, 2);
}

static void what_cannot_be_read_is_not_asked_about(void **state)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };
    ssp_cleanup(answer_wipe) struct answer a;

    (void)state;
    desk_start(&desk, "", "");
    answer_v2(&a);
    size_t whole = a.nt.n;
    for (a.nt.n = 0; a.nt.n < NTLM_PROOF_SIZE + 28; a.nt.n++)
        assert_int_equal(judge(&desk, &a), SSP_ERR_LOGON_DENIED);
    assert_int_equal(dc.asked, 0);
    a.nt.n = whole;
    assert_int_equal(judge(&desk, &a), SSP_OK);
}

static void a_name_that_would_be_cut_is_not_asked_about(void **state)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };
    ssp_cleanup(answer_wipe) struct answer a;
    uint8_t name[256];

    (void)state;
    desk_start(&desk, "", "");
    answer_v2(&a);
    memset(name, 'a', sizeof(name));
    str16_wipe(&a.user);
    assert_int_equal(str16_from_utf8(VIEW_OF(name), &a.user), SSP_OK);
    assert_int_equal(judge(&desk, &a), SSP_ERR_LOGON_DENIED);
    assert_int_equal(dc.asked, 0);
}

static enum ssp_err meet_v1(const char *client_side, const char *server_side)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };

    desk_start(&desk, client_side, server_side);
    enum ssp_err e = meet(&desk, &plain, (struct relay){ 0 });
    assert_int_equal(dc.asked, e == SSP_OK);
    if (e == SSP_OK) {
        assert_int_equal(dc.nt_length, NTLM_V1_SIZE);
        assert_int_equal(dc.lm_length, 0);
    }
    return e;
}

static void asks_about_ntlmv1_only_where_it_may(void **state)
{
    (void)state;
    assert_int_equal(meet_v1("minimum = v1\nrespond = v1\n", ""), SSP_ERR_LOGON_DENIED);
    assert_int_equal(meet_v1("minimum = v1\nrespond = v1\n", "minimum = v1\n"), SSP_OK);
}

/* Without extended session security the server's challenge is answered as it is. */
static void asks_about_the_challenge_that_was_answered(void **state)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };
    ssp_cleanup(answer_wipe) struct answer a;
    struct key hash = { 0 };
    ssp_cleanup(str16_wipe) struct str16 password = { 0 };

    (void)state;
    desk_start(&desk, "", "minimum = v1\n");
    answer_v2(&a);
    assert_int_equal(str16_from_utf8(view_text(DC_PASSWORD), &password), SSP_OK);
    assert_int_equal(ntlm_ntowf_v1(&password, &hash), SSP_OK);
    const struct ntlm_v1 response = ntlm_v1_respond(&hash, NULL, server);
    memcpy(a.nt.p, response.nt, NTLM_V1_SIZE);
    a.nt.n = NTLM_V1_SIZE;
    assert_int_equal(judge(&desk, &a), SSP_OK);
    a.nt.p[0] ^= 1;
    assert_int_equal(judge(&desk, &a), SSP_ERR_LOGON_DENIED);
}

/* ---- Memory ------------------------------------------------------------ */

static char canned_user[] = DC_USER;
static char canned_domain[] = DC_DOMAIN;
static const struct wbcSidWithAttr canned_sid = { .sid = { 1, 1, { 0, 0, 0, 0, 0, 5 }, { 1000 } } };

/* A yes that takes no memory of this program's. */
static wbcErr canned(void *arg, const struct wbcAuthUserParams *params, struct fake_answer *ret)
{
    (void)arg;
    (void)params;
    ret->has_info = true;
    ret->info.account_name = canned_user;
    ret->info.domain_name = canned_domain;
    ret->info.user_session_key[0] = 1;
    ret->info.num_sids = 1;
    ret->sids = &canned_sid;
    ret->n_sids = 1;
    return WBC_ERR_SUCCESS;
}

static void every_failing_allocation_is_reported(void **state)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };
    ssp_cleanup(answer_wipe) struct answer a;
    enum ssp_err e = SSP_ERR_NO_MEMORY;
    size_t nth = 0;

    (void)state;
    desk_start(&desk, "", "");
    fake_dc_library()->ask = canned;
    answer_v2(&a);
    for (; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        fault_malloc_at(nth);
        e = judge(&desk, &a);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(e, SSP_OK);
    assert_true(nth > 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_changed_challenge_is_noticed),
        TEST(a_changed_answer_is_noticed),
        TEST(channel_bindings_have_to_match),
        TEST(the_target_has_to_be_ours),
        TEST(the_clock_has_to_be_near),
        TEST(an_lmv2_response_does_not_stand_in_for_a_changed_list),
        TEST(what_cannot_be_read_is_not_asked_about),
        TEST(a_name_that_would_be_cut_is_not_asked_about),
        TEST(asks_about_ntlmv1_only_where_it_may),
        TEST(asks_about_the_challenge_that_was_answered),
        TEST(every_failing_allocation_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
