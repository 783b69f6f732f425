/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to a challenge, judged by the accounts of a SAM file. */
#include "base/cleanup.h"
#include "base/fdio.h"
#include "harness/harness.h"
#include "packages/ntlm/flags.h"
#include "packages/ntlm/v1.h"
#include "packages/ntlm/verify.h"

#include <stdio.h>

static const uint8_t server[NTLM_CHALLENGE_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8 };
static const uint8_t client[NTLM_CHALLENGE_SIZE] = { 8, 7, 6, 5, 4, 3, 2, 1 };

static struct str16 text(const char *s)
{
    struct str16 wide = { 0 };

    assert_int_equal(str16_from_utf8(view_text(s), &wide), SSP_OK);
    return wide;
}

struct desk { /* where accounts are checked; ssp_cleanup(desk_done) */
    struct ntlm_config config;
    struct ntlm_sam_verifier sam;
    char path[4096];
};

static void desk_start(struct desk *desk, const char *accounts, int minimum)
{
    *desk = (struct desk){ .config.minimum = minimum };
    (void)snprintf(desk->path, sizeof(desk->path), "%s", scratch("sam"));
    assert_int_equal(file_replace(desk->path, 0600, view_text(accounts)), SSP_OK);
    desk->config.accounts = desk->path;
    desk->config.machine.nb_computer = text("HERE");
    ntlm_sam_verifier_init(&desk->sam, &desk->config);
}

static void desk_done(struct desk *desk)
{
    str16_wipe(&desk->config.machine.nb_computer);
}

struct answer { /* ssp_cleanup(answer_wipe) */
    struct str16 user;
    struct str16 domain;
    struct wr nt;
    uint8_t lm[NTLM_LMV2_SIZE];
    struct key base;
    uint32_t flags;
};

static void answer_wipe(struct answer *answer)
{
    str16_wipe(&answer->user);
    str16_wipe(&answer->domain);
    wr_free(&answer->nt);
    key_wipe(&answer->base);
}

/* NTLMv2, with one domain's name on the wire and another in the hash. */
static struct answer answer_v2(const char *user, const char *domain, const char *hashed_domain,
                               const char *password)
{
    struct answer a = { .user = text(user), .domain = text(domain), .nt = WR_INIT(1024) };
    ssp_cleanup(str16_wipe) struct str16 hashed = text(hashed_domain);
    ssp_cleanup(str16_wipe) struct str16 secret = text(password);
    ssp_cleanup(wr_free) struct wr temp = WR_INIT(1024);
    const struct ntlm_temp content = { .timestamp = 1 };
    struct key hash = { 0 };
    struct key response_key = { 0 };

    assert_int_equal(ntlm_ntowf_v1(&secret, &hash), SSP_OK);
    assert_int_equal(ntlm_ntowf_v2(&hash, &a.user, &hashed, &response_key), SSP_OK);
    ntlm_temp_encode(&content, &temp);
    a.base = ntlm_v2_respond(&response_key, server, (struct view){ temp.p, temp.n }, &a.nt);
    ntlm_lmv2_respond(&response_key, server, client, a.lm);
    return a;
}

static struct answer answer_v1(const char *password, bool ess)
{
    struct answer a = { .user = text("alice"), .domain = text("DOM"), .nt = WR_INIT(1024) };
    ssp_cleanup(str16_wipe) struct str16 secret = text(password);
    struct key hash = { 0 };

    assert_int_equal(ntlm_ntowf_v1(&secret, &hash), SSP_OK);
    const struct ntlm_v1 v1 =
        ess ? ntlm_v1_respond_ess(&hash, server, client) : ntlm_v1_respond(&hash, NULL, server);
    wr_view(&a.nt, VIEW_OF(v1.nt));
    memcpy(a.lm, v1.lm, sizeof(a.lm));
    a.base = ntlm_v1_session_base_key(&hash);
    a.flags = ess ? NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY : 0;
    return a;
}

static enum ssp_err judge(const struct desk *desk, const struct answer *a, struct ntlm_verdict *ret)
{
    const struct ntlm_login login = {
        .user = &a->user,
        .domain = &a->domain,
        .flags = a->flags,
        .server = server,
        .nt = { a->nt.p, a->nt.n },
        .lm = VIEW_OF(a->lm),
    };

    return desk->sam.verifier.verify(&desk->sam.verifier, &login, ret);
}

static void assert_name(const struct str16 *name, const char *want)
{
    ssp_cleanup(wipe_free_str) char *got = NULL;

    assert_int_equal(str16_to_utf8(name, &got), SSP_OK);
    assert_string_equal(got, want);
}

static void assert_verdict(const struct desk *desk, struct answer answer, enum ssp_err e,
                           const char *user, const char *domain)
{
    ssp_cleanup(answer_wipe) struct answer a = answer;
    ssp_cleanup(ntlm_verdict_wipe) struct ntlm_verdict verdict = { 0 };

    assert_int_equal(judge(desk, &a, &verdict), e);
    if (e != SSP_OK)
        return;
    assert_view_equal(key_view(&verdict.session_base_key), key_view(&a.base));
    assert_name(&verdict.user, user);
    assert_name(&verdict.domain, domain);
}

/* MD4 of "Password" in UTF-16. */
#define HASH "a4f49c406510bdcab6824ee7c30fd852"
static const char accounts[] = "Alice:Dom:" HASH "\nbob::" HASH "\n";

static void names_the_account_and_not_the_claim(void **state)
{
    ssp_cleanup(desk_done) struct desk desk;

    (void)state;
    desk_start(&desk, accounts, NTLM_LEVEL_V2);
    assert_verdict(&desk, answer_v2("alice", "DOM", "DOM", "Password"), SSP_OK, "Alice", "Dom");
    assert_verdict(&desk, answer_v2("BOB", "EVIL", "EVIL", "Password"), SSP_OK, "bob", "HERE");
    assert_verdict(&desk, answer_v2("BOB", "", "", "Password"), SSP_OK, "bob", "HERE");
}

/* "NTLM servers SHOULD support NTLM clients which incorrectly use NIL for the UserDom" */
static void takes_clients_that_leave_the_domain_out_of_the_hash(void **state)
{
    ssp_cleanup(desk_done) struct desk desk;

    (void)state;
    desk_start(&desk, accounts, NTLM_LEVEL_V2);
    assert_verdict(&desk, answer_v2("alice", "DOM", "", "Password"), SSP_OK, "Alice", "Dom");
    assert_verdict(&desk, answer_v2("alice", "DOM", "OTHER", "Password"), SSP_ERR_LOGON_DENIED, "",
                   "");
}

static void finds_the_domain_in_a_upn(void **state)
{
    ssp_cleanup(desk_done) struct desk desk;

    (void)state;
    desk_start(&desk, accounts, NTLM_LEVEL_V2);
    assert_verdict(&desk, answer_v2("alice@dom", "", "", "Password"), SSP_OK, "Alice", "Dom");
    assert_verdict(&desk, answer_v2("bob@anywhere", "", "", "Password"), SSP_OK, "bob", "HERE");
    assert_verdict(&desk, answer_v2("alice@other", "", "", "Password"), SSP_ERR_LOGON_DENIED, "",
                   "");
    assert_verdict(&desk, answer_v2("alice@dom", "DOM", "DOM", "Password"), SSP_ERR_LOGON_DENIED,
                   "", "");
}

static void an_unknown_user_has_no_password_at_all(void **state)
{
    ssp_cleanup(desk_done) struct desk desk;

    (void)state;
    desk_start(&desk, accounts, NTLM_LEVEL_V2);
    assert_verdict(&desk, answer_v2("carol", "DOM", "DOM", "Password"), SSP_ERR_LOGON_DENIED, "",
                   "");
    assert_verdict(&desk, answer_v2("carol", "DOM", "DOM", ""), SSP_ERR_LOGON_DENIED, "", "");
    assert_verdict(&desk, answer_v2("", "", "", ""), SSP_ERR_LOGON_DENIED, "", "");
}

static void takes_ntlmv1_only_where_it_may(void **state)
{
    ssp_cleanup(desk_done) struct desk desk;

    (void)state;
    desk_start(&desk, accounts, NTLM_LEVEL_V2);
    assert_verdict(&desk, answer_v1("Password", true), SSP_ERR_LOGON_DENIED, "", "");
    desk.config.minimum = NTLM_LEVEL_V1;
    assert_verdict(&desk, answer_v1("Password", true), SSP_OK, "Alice", "Dom");
    assert_verdict(&desk, answer_v1("Password", false), SSP_OK, "Alice", "Dom");
    assert_verdict(&desk, answer_v1("password", true), SSP_ERR_LOGON_DENIED, "", "");
    assert_verdict(&desk, answer_v1("password", false), SSP_ERR_LOGON_DENIED, "", "");
}

/* It carries neither MIC nor bindings nor target, so it would get around them all. */
static void an_lmv2_response_alone_is_not_enough(void **state)
{
    ssp_cleanup(desk_done) struct desk desk;

    (void)state;
    for (int minimum = NTLM_LEVEL_V2; minimum <= NTLM_LEVEL_V1; minimum++) {
        struct answer a = answer_v2("alice", "DOM", "DOM", "Password");

        desk_start(&desk, accounts, minimum);
        a.nt.n = 0;
        assert_verdict(&desk, a, SSP_ERR_LOGON_DENIED, "", "");
        desk_done(&desk);
    }
    desk_start(&desk, accounts, NTLM_LEVEL_V2);
}

static void every_failing_allocation_is_reported(void **state)
{
    ssp_cleanup(desk_done) struct desk desk;
    ssp_cleanup(answer_wipe) struct answer a = answer_v2("alice", "DOM", "DOM", "Password");
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    desk_start(&desk, accounts, NTLM_LEVEL_V2);
    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        ssp_cleanup(ntlm_verdict_wipe) struct ntlm_verdict verdict = { 0 };

        fault_malloc_at(nth);
        e = judge(&desk, &a, &verdict);
        fault_malloc_at(SIZE_MAX);
        assert_int_equal(verdict.session_base_key.n != 0, e == SSP_OK);
    }
    assert_int_equal(e, SSP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names_the_account_and_not_the_claim),
        TEST(takes_clients_that_leave_the_domain_out_of_the_hash),
        TEST(finds_the_domain_in_a_upn),
        TEST(an_unknown_user_has_no_password_at_all),
        TEST(takes_ntlmv1_only_where_it_may),
        TEST(an_lmv2_response_alone_is_not_enough),
        TEST(every_failing_allocation_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
