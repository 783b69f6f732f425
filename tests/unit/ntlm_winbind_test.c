/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier of domain accounts, against a libwbclient whose domain is ours to script. */
#include <ntstatus.h>
#include <sspi.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "harness/fake_dc.h"
#include "harness/harness.h"
#include "harness/ntlm_pair.h"
#include "packages/ntlm/winbind.h"

static struct fake_dc dc;

struct desk { /* a pair whose server asks the domain; ssp_cleanup(desk_done) */
    struct pair pair;
    struct ntlm_winbind winbind;
};

static void desk_start_as(struct desk *desk, const char *client, const char *server)
{
    dc = (struct fake_dc){ 0 };
    fake_dc_rule(&dc);
    pair_start_as(&desk->pair, client, server);
    pair_user(&desk->pair, "alice", "corp", DC_PASSWORD);
    assert_int_equal(ntlm_winbind_init(&desk->winbind, &desk->pair.server_config), SSP_OK);
    assert_non_null(desk->winbind.door);
    desk->pair.server_env.verifier = &desk->winbind.verifier;
}

static void desk_start(struct desk *desk)
{
    desk_start_as(desk, "", "");
}

static void desk_done(struct desk *desk)
{
    pair_done(&desk->pair);
    ntlm_winbind_done(&desk->winbind);
    fake_dc_settle();
    assert_false(fake_dc_library()->saw_key);
}

static const struct pair_legs legs = { .isc = ISC_REQ_CONFIDENTIALITY,
                                       .asc = ASC_REQ_CONFIDENTIALITY,
                                       .target = "HTTP/server" };

static enum ssp_err meet(struct desk *desk)
{
    pair_restart(&desk->pair);
    return pair_run(&desk->pair, &legs);
}

static void assert_name(const struct str16 *name, const char *want)
{
    ssp_cleanup(wipe_free_str) char *got = NULL;

    assert_int_equal(str16_to_utf8(name, &got), SSP_OK);
    assert_string_equal(got, want);
}

/* ---- Yes --------------------------------------------------------------- */

static void lets_in_whom_the_domain_knows(void **state)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };

    (void)state;
    desk_start(&desk);
    assert_int_equal(meet(&desk), SSP_OK);
    assert_true(pair_talks(&desk.pair));
    assert_int_equal(dc.asked, 1);
    assert_string_equal(dc.user, "alice");
    assert_string_equal(dc.domain, "corp");
    assert_string_equal(dc.workstation, "COMPUTER");
    assert_int_equal(dc.parameter_control, 0);
}

static void knows_the_client_as_the_domain_does(void **state)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };

    (void)state;
    desk_start(&desk);
    assert_int_equal(meet(&desk), SSP_OK);
    assert_name(&desk.pair.server.names.user, DC_USER);
    assert_name(&desk.pair.server.names.domain, DC_DOMAIN);
    const struct ntlm_sid *sid = &desk.pair.server.sid;
    assert_view_equal((struct view){ sid->b, sid->n },
                      hex("01 05 00 00 00 00 00 05 15 00 00 00 dc f4 dc 3b 83 3d 2b 46"
                          "82 8b a6 28 50 04 00 00"));
}

static struct wbcSidWithAttr one_sid;

static void says_more_sids_than_it_gives(struct fake_answer *answer)
{
    one_sid = answer->sids[0];
    answer->sids = &one_sid;
    answer->n_sids = 1;
    answer->info.num_sids = 1024;
}

/* The fake gives out memory for one, so with ASan a look at the next would end the test. */
static void looks_at_no_sid_but_the_account_s(void **state)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };

    (void)state;
    desk_start(&desk);
    dc.bend = says_more_sids_than_it_gives;
    assert_int_equal(meet(&desk), SSP_OK);
}

/* ---- No, and nobody to say it ------------------------------------------ */

static void refuses_whom_the_domain_refuses(void **state)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };

    (void)state;
    desk_start(&desk);
    pair_user(&desk.pair, "alice", "corp", "password");
    assert_int_equal(meet(&desk), SSP_ERR_LOGON_DENIED);
    pair_user(&desk.pair, "bob", "corp", DC_PASSWORD);
    assert_int_equal(meet(&desk), SSP_ERR_LOGON_DENIED);
    pair_user(&desk.pair, "alice", "elsewhere", DC_PASSWORD);
    assert_int_equal(meet(&desk), SSP_OK); /* the domain's affair */
    assert_int_equal(dc.asked, 3);
}

static void assert_statuses(const uint32_t *statuses, size_t n, enum ssp_err want)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };

    desk_start(&desk);
    dc.result = WBC_ERR_AUTH_ERROR;
    dc.status_text = "NT_STATUS_ANY";
    for (size_t i = 0; i < n; i++) {
        dc.status = statuses[i];
        assert_int_equal(meet(&desk), want);
    }
}

static void every_fault_of_the_account_is_a_denial(void **state)
{
    static const uint32_t statuses[] = {
        0xC0000064, 0xC00000DF, 0xC000006A, 0xC000006D, 0xC000006E, 0xC000006F, 0xC0000070,
        0xC0000071, 0xC0000224, 0xC0000072, 0xC0000193, 0xC0000234, 0xC0000155, 0xC000015B,
        0xC0000198, 0xC0000199, 0xC000019A, 0xC0000413, 0xC0000418,
    };

    (void)state;
    assert_statuses(statuses, sizeof(statuses) / sizeof(statuses[0]), SSP_ERR_LOGON_DENIED);
}

/* No logon servers, access denied, the trust, the network, RPC, and what is no error at all. */
static void every_other_fault_means_that_nobody_could_say(void **state)
{
    static const uint32_t statuses[] = {
        0xC000005E, 0xC0000022, 0xC000018C, 0xC000018D, 0xC000018A, 0xC00000B5, 0xC0000233,
        0xC000023C, 0xC0000236, 0xC0020017, 0xC0000001, 0xC0000017, 0xC00000BB, 0x00000000,
    };

    (void)state;
    assert_statuses(statuses, sizeof(statuses) / sizeof(statuses[0]), SSP_ERR_NO_AUTHORITY);
}

static void each_failure_of_the_library_refuses(void **state)
{
    static const struct {
        wbcErr result;
        enum ssp_err e;
    } cases[] = {
        { WBC_ERR_NOT_IMPLEMENTED, SSP_ERR_NO_AUTHORITY },
        { WBC_ERR_UNKNOWN_FAILURE, SSP_ERR_NO_AUTHORITY },
        { WBC_ERR_NO_MEMORY, SSP_ERR_NO_MEMORY },
        { WBC_ERR_INVALID_SID, SSP_ERR_NO_AUTHORITY },
        { WBC_ERR_INVALID_PARAM, SSP_ERR_NO_AUTHORITY },
        { WBC_ERR_WINBIND_NOT_AVAILABLE, SSP_ERR_NO_AUTHORITY },
        { WBC_ERR_DOMAIN_NOT_FOUND, SSP_ERR_NO_AUTHORITY },
        { WBC_ERR_INVALID_RESPONSE, SSP_ERR_NO_AUTHORITY },
        { WBC_ERR_NSS_ERROR, SSP_ERR_NO_AUTHORITY },
        { WBC_ERR_UNKNOWN_USER, SSP_ERR_LOGON_DENIED },
        { (wbcErr)999, SSP_ERR_NO_AUTHORITY },
    };
    ssp_cleanup(desk_done) struct desk desk = { 0 };

    (void)state;
    desk_start(&desk);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        dc.result = cases[i].result;
        assert_int_equal(meet(&desk), cases[i].e);
    }
}

static void a_yes_or_a_no_without_details_is_neither(void **state)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };

    (void)state;
    desk_start(&desk);
    dc.says_nothing = true;
    assert_int_equal(meet(&desk), SSP_ERR_NO_AUTHORITY);
    dc.result = WBC_ERR_AUTH_ERROR;
    dc.status = (uint32_t)STATUS_WRONG_PASSWORD;
    assert_int_equal(meet(&desk), SSP_ERR_NO_AUTHORITY);
}

static void no_context_of_the_library_is_no_memory(void **state)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };

    (void)state;
    desk_start(&desk);
    fake_dc_library()->has_no_context = true;
    assert_int_equal(meet(&desk), SSP_ERR_NO_MEMORY);
    assert_int_equal(dc.asked, 0);
}

/* A handshake that nobody could judge is not over. */
static void takes_the_same_answer_when_the_domain_is_back(void **state)
{
    ssp_cleanup(desk_done) struct desk desk = { 0 };

    (void)state;
    desk_start(&desk);
    dc.result = WBC_ERR_WINBIND_NOT_AVAILABLE;
    assert_int_equal(meet(&desk), SSP_ERR_NO_AUTHORITY);
    dc.result = WBC_ERR_SUCCESS;
    assert_int_equal(pair_server_leg(&desk.pair, &legs, pair_token(&desk.pair.client)), SSP_OK);
    assert_true(pair_talks(&desk.pair));
}

/* ---- A yes that does not hold ------------------------------------------ */

static char long_name[257];
static char empty[] = "";
static char with_newline[] = "Ali\nce";
static char with_delete[] = "Ali\x7f";
static char not_utf8[] = "Ali\xff";

#define BEND(name, statement)                         \
    static void name(struct fake_answer *answer)      \
    {                                                 \
        struct wbcAuthUserInfo *info = &answer->info; \
                                                      \
        (void)info;                                   \
        statement;                                    \
    }

BEND(is_a_guest, info->user_flags |= WBC_AUTH_USER_INFO_GUEST)
BEND(has_no_encryption, info->user_flags |= WBC_AUTH_USER_INFO_NOENCRYPTION)
BEND(is_from_a_cache, info->user_flags |= WBC_AUTH_USER_INFO_CACHED_ACCOUNT)
BEND(is_by_lm, info->user_flags |= WBC_AUTH_USER_INFO_USED_LM_PASSWORD)
BEND(is_by_lm_v2, info->user_flags |= 0x1000)
BEND(is_by_lm_v2_with_our_key, info->user_flags |= 0x2000)
BEND(has_another_s_key, info->user_flags |= WBC_AUTH_USER_INFO_SUBAUTH_SESSION_KEY)
BEND(is_disabled, info->acct_flags |= WBC_ACB_DISABLED)
BEND(is_locked, info->acct_flags |= WBC_ACB_AUTOLOCK)
BEND(is_expired, info->acct_flags |= WBC_ACB_PW_EXPIRED)
BEND(has_no_key, memset(info->user_session_key, 0, sizeof(info->user_session_key)))
BEND(has_a_wrong_key, info->user_session_key[15] ^= 1)
BEND(has_no_user, info->account_name = NULL)
BEND(has_an_empty_user, info->account_name = empty)
BEND(has_no_domain, info->domain_name = NULL)
BEND(has_an_empty_domain, info->domain_name = empty)
BEND(has_a_long_user, info->account_name = long_name)
BEND(has_a_long_domain, info->domain_name = long_name)
BEND(has_a_line_in_its_name, info->account_name = with_newline)
BEND(has_a_hidden_character, info->domain_name = with_delete)
BEND(has_no_utf8, info->account_name = not_utf8)
BEND(has_no_sids, info->num_sids = 0)
BEND(only_says_it_has_sids, answer->n_sids = 0)
BEND(has_too_many_sids, info->num_sids = 1025)
BEND(has_endless_sids, info->num_sids = UINT32_MAX)

static void bend_sid(struct fake_answer *answer, uint8_t revision, uint8_t n)
{
    one_sid = answer->sids[0];
    one_sid.sid.sid_rev_num = revision;
    one_sid.sid.num_auths = n;
    answer->sids = &one_sid;
    answer->n_sids = 1;
}

BEND(has_a_sid_of_another_kind, bend_sid(answer, 2, 5))
BEND(has_a_sid_of_nobody, bend_sid(answer, 1, 0))
BEND(has_a_sid_that_is_too_long, bend_sid(answer, 1, 16))
BEND(has_an_endless_sid, bend_sid(answer, 1, 255))

static void a_yes_with_a_doubt_is_a_no(void **state)
{
    static void (*const bends[])(struct fake_answer * answer) = {
        is_a_guest,
        has_no_encryption,
        is_from_a_cache,
        is_by_lm,
        is_by_lm_v2,
        is_by_lm_v2_with_our_key,
        has_another_s_key,
        is_disabled,
        is_locked,
        is_expired,
        has_no_key,
        has_a_wrong_key,
        has_no_user,
        has_an_empty_user,
        has_no_domain,
        has_an_empty_domain,
        has_a_long_user,
        has_a_long_domain,
        has_a_line_in_its_name,
        has_a_hidden_character,
        has_no_utf8,
        has_no_sids,
        only_says_it_has_sids,
        has_too_many_sids,
        has_endless_sids,
        has_a_sid_of_another_kind,
        has_a_sid_of_nobody,
        has_a_sid_that_is_too_long,
        has_an_endless_sid,
    };
    ssp_cleanup(desk_done) struct desk desk = { 0 };

    (void)state;
    memset(long_name, 'a', sizeof(long_name) - 1);
    desk_start(&desk);
    for (size_t i = 0; i < sizeof(bends) / sizeof(bends[0]); i++) {
        dc.bend = bends[i];
        assert_int_equal(meet(&desk), SSP_ERR_LOGON_DENIED);
    }
    dc.bend = NULL;
    assert_int_equal(meet(&desk), SSP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lets_in_whom_the_domain_knows),
        TEST(knows_the_client_as_the_domain_does),
        TEST(looks_at_no_sid_but_the_account_s),
        TEST(refuses_whom_the_domain_refuses),
        TEST(every_fault_of_the_account_is_a_denial),
        TEST(every_other_fault_means_that_nobody_could_say),
        TEST(each_failure_of_the_library_refuses),
        TEST(a_yes_or_a_no_without_details_is_neither),
        TEST(no_context_of_the_library_is_no_memory),
        TEST(takes_the_same_answer_when_the_domain_is_back),
        TEST(a_yes_with_a_doubt_is_a_no),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
