/* SPDX-License-Identifier: Apache-2.0 */
/* What an administrator can demand of NTLM clients, each setting with clients that meet it and
 * clients that do not. */
#include <sspi.h>

#include "base/cleanup.h"
#include "harness/harness.h"
#include "harness/ntlm_pair.h"

struct client { /* NULL: the client, or the server, gave no bindings, or no target */
    const char *theirs;
    const char *ours;
    const char *target;
    uint32_t isc;
    uint32_t asc;
};

static void secrets_wipe(struct secret (*secrets)[2])
{
    secret_wipe(&(*secrets)[0]);
    secret_wipe(&(*secrets)[1]);
}

static enum ssp_err try_with(struct pair *pair, const struct client *client)
{
    ssp_cleanup(secrets_wipe) struct secret blocks[2] = { { 0 }, { 0 } };

    if (client->theirs != NULL)
        blocks[0] = pair_bindings(client->theirs);
    if (client->ours != NULL)
        blocks[1] = pair_bindings(client->ours);
    const struct pair_legs legs = {
        .isc = client->isc,
        .asc = client->asc,
        .target = client->target,
        .client_bindings = secret_view(&blocks[0]),
        .server_bindings = secret_view(&blocks[1]),
    };
    return pair_run(pair, &legs);
}

static enum ssp_err try_once(const char *server, struct client client)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    pair_start_as(&pair, "", server);
    return try_with(&pair, &client);
}

/* ---- Channel bindings -------------------------------------------------- */

static const struct client none = { 0 };
static const struct client only_ours = { .ours = "tls-unique:1" };
static const struct client only_theirs = { .theirs = "tls-unique:1" };
static const struct client same = { .theirs = "tls-unique:1", .ours = "tls-unique:1" };
static const struct client different = { .theirs = "tls-unique:1", .ours = "tls-unique:2" };

static void bindings_off_looks_at_nothing(void **state)
{
    static const char off[] = "channel_bindings = off\n";

    (void)state;
    assert_int_equal(try_once(off, none), SSP_OK);
    assert_int_equal(try_once(off, only_ours), SSP_OK);
    assert_int_equal(try_once(off, different), SSP_OK);
}

static void bindings_are_checked_when_sent_by_default(void **state)
{
    (void)state;
    assert_int_equal(try_once("", none), SSP_OK);
    assert_int_equal(try_once("", only_ours), SSP_OK);
    assert_int_equal(try_once("", only_theirs), SSP_OK);
    assert_int_equal(try_once("", same), SSP_OK);
    assert_int_equal(try_once("", different), SSP_ERR_BAD_BINDINGS);
}

static void required_bindings_have_to_be_there_and_fit(void **state)
{
    static const char required[] = "channel_bindings = required\n";

    (void)state;
    assert_int_equal(try_once(required, none), SSP_ERR_BAD_BINDINGS);
    assert_int_equal(try_once(required, only_ours), SSP_ERR_BAD_BINDINGS);
    assert_int_equal(try_once(required, only_theirs), SSP_ERR_BAD_BINDINGS);
    assert_int_equal(try_once(required, different), SSP_ERR_BAD_BINDINGS);
    assert_int_equal(try_once(required, same), SSP_OK);
}

static void a_server_behind_a_proxy_wants_bindings_it_cannot_check(void **state)
{
    struct client proxied = only_theirs;

    (void)state;
    proxied.asc = ASC_REQ_PROXY_BINDINGS;
    assert_int_equal(try_once("channel_bindings = required\n", proxied), SSP_OK);
    proxied.theirs = NULL;
    assert_int_equal(try_once("", proxied), SSP_ERR_BAD_BINDINGS);
}

static void says_what_became_of_the_bindings(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    (void)state;
    pair_start(&pair);
    assert_int_equal(try_with(&pair, &same), SSP_OK);
    assert_int_equal(pair.client.core.bindings, NTLM_BINDINGS_SENT);
    assert_int_equal(pair.server.core.bindings, NTLM_BINDINGS_MATCHED);
    pair_restart(&pair);
    assert_int_equal(try_with(&pair, &only_theirs), SSP_OK);
    assert_int_equal(pair.server.core.bindings, NTLM_BINDINGS_UNCHECKED);
    pair_restart(&pair);
    assert_int_equal(try_with(&pair, &only_ours), SSP_OK);
    assert_int_equal(pair.server.core.bindings, NTLM_BINDINGS_NONE);
}

static void refuses_bindings_that_point_outside(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };
    const struct pair_legs legs = { .client_bindings = hex("00 00 00 00") };

    (void)state;
    pair_start(&pair);
    assert_int_equal(pair_run(&pair, &legs), SSP_ERR_BAD_ARGUMENT);
}

/* ---- The target -------------------------------------------------------- */

static enum ssp_err reach(const char *server, const char *target)
{
    return try_once(server, (struct client){ .target = target });
}

static void a_target_is_ours_by_any_of_our_names(void **state)
{
    static const char names[] = "dns_name = www.example.org\ntarget_aliases = a.example, b\n";

    (void)state;
    assert_int_equal(reach(names, NULL), SSP_OK);
    assert_int_equal(reach(names, "cifs/SERVER"), SSP_OK);
    assert_int_equal(reach(names, "HTTP/www.EXAMPLE.org:80"), SSP_OK);
    assert_int_equal(reach(names, "ldap/www.example.org/example.org"), SSP_OK);
    assert_int_equal(reach(names, "localhost"), SSP_OK);
    assert_int_equal(reach(names, "HTTP/a.example"), SSP_OK);
    assert_int_equal(reach(names, "B"), SSP_OK);
    assert_int_equal(reach(names, "HTTP/www.example.com"), SSP_ERR_WRONG_PRINCIPAL);
    assert_int_equal(reach(names, "HTTP/example.org"), SSP_ERR_WRONG_PRINCIPAL);
    assert_int_equal(reach(names, "HTTP/"), SSP_ERR_WRONG_PRINCIPAL);
    assert_int_equal(reach(names, "a.example,"), SSP_ERR_WRONG_PRINCIPAL);
}

static void a_target_may_be_ignored_or_demanded(void **state)
{
    (void)state;
    assert_int_equal(reach("target_name = off\n", "HTTP/somebody.else"), SSP_OK);
    assert_int_equal(reach("target_name = required\n", NULL), SSP_ERR_WRONG_PRINCIPAL);
    assert_int_equal(reach("target_name = required\n", "HTTP/server"), SSP_OK);
}

/* "If MsvAvFlags bit 0x00000004 is set, the server MUST set ClientSuppliedTargetName to NULL" */
static void an_unverified_target_counts_as_none(void **state)
{
    const struct client unverified = { .target = "HTTP/somebody.else",
                                       .isc = ISC_REQ_UNVERIFIED_TARGET_NAME };

    (void)state;
    assert_int_equal(try_once("", unverified), SSP_OK);
    assert_int_equal(try_once("target_name = required\n", unverified), SSP_ERR_WRONG_PRINCIPAL);
}

/* ---- Who, when, and at all --------------------------------------------- */

static enum ssp_err log_on(const char *server, const char *user, const char *domain,
                           const char *password, uint32_t isc)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    pair_start_as(&pair, "", server);
    pair_user(&pair, user, domain, password);
    return try_with(&pair, &(struct client){ .isc = isc });
}

static void an_unknown_user_and_a_wrong_password_get_one_answer(void **state)
{
    (void)state;
    assert_int_equal(log_on("", "User", "Domain", "Password", 0), SSP_OK);
    assert_int_equal(log_on("", "uSER", "dOMAIN", "Password", 0), SSP_OK);
    assert_int_equal(log_on("", "User", "Domain", "password", 0), SSP_ERR_LOGON_DENIED);
    assert_int_equal(log_on("", "Nobody", "Domain", "Password", 0), SSP_ERR_LOGON_DENIED);
    assert_int_equal(log_on("", "User", "Elsewhere", "Password", 0), SSP_ERR_LOGON_DENIED);
    assert_int_equal(log_on("", "User@Domain", "", "Password", 0), SSP_OK);
    assert_int_equal(log_on("", "Domain\\User", "", "Password", 0), SSP_OK);
}

static void lets_nobody_in_without_accounts(void **state)
{
    static const char *const paths[] = { "", "/nowhere/sam", "/dev/null", "/etc/passwd" };

    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        ssp_cleanup(pair_done) struct pair pair = { 0 };

        pair_start(&pair);
        wipe_free_str(&pair.server_config.accounts);
        pair.server_config.accounts = strdup(paths[i]);
        assert_int_equal(try_with(&pair, &none), SSP_ERR_LOGON_DENIED);
    }
}

static void anonymous_clients_are_let_in_where_configured(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    (void)state;
    assert_int_equal(log_on("", "", "", "", 0), SSP_ERR_LOGON_DENIED);
    assert_int_equal(log_on("", "User", "Domain", "Password", ISC_REQ_NULL_SESSION),
                     SSP_ERR_LOGON_DENIED);
    pair_start_as(&pair, "", "anonymous = yes\n");
    pair_user(&pair, "", "", "");
    assert_int_equal(try_with(&pair, &none), SSP_OK);
    assert_true(pair.client.core.is_anonymous && pair.server.core.is_anonymous);
    assert_int_equal(pair.server.names.user.n, 0);
    assert_true((pair.server.attributes & ASC_RET_NULL_SESSION) != 0);
    assert_true((pair.client.attributes & ISC_RET_NULL_SESSION) != 0);
}

/* [MS-NLMP] 3.4: "For the cases of ANONYMOUS user and Guest user login, there is no session
 * security". */
static void anonymous_clients_cannot_have_their_messages_protected(void **state)
{
    (void)state;
    assert_int_equal(log_on("anonymous = yes\n", "", "", "", ISC_REQ_INTEGRITY),
                     SSP_ERR_QOS_FAILED);
}

static void a_clock_may_be_off_by_what_is_configured(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    (void)state;
    pair_start_as(&pair, "", "max_lifetime = 60\n");
    assert_int_equal(pair_client_leg(&pair, &(struct pair_legs){ 0 }, (struct view){ 0 }), SSP_OK);
    assert_int_equal(pair_server_leg(&pair, &(struct pair_legs){ 0 }, pair_token(&pair.client)),
                     SSP_OK);
    assert_int_equal(pair_client_leg(&pair, &(struct pair_legs){ 0 }, pair_token(&pair.server)),
                     SSP_OK);
    pair.server_env.clock = &pair_later_clock; /* the challenge was sent a minute ago and more */
    assert_int_equal(pair_server_leg(&pair, &(struct pair_legs){ 0 }, pair_token(&pair.client)),
                     SSP_ERR_TIME_SKEW);
    pair.server_config.max_lifetime = 0;
    assert_int_equal(pair_server_leg(&pair, &(struct pair_legs){ 0 }, pair_token(&pair.client)),
                     SSP_OK);
}

static void a_session_ends_when_it_is_configured_to(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    (void)state;
    pair_start_as(&pair, "", "session_lifetime = 60\n");
    assert_int_equal(try_with(&pair, &none), SSP_OK);
    assert_true(pair.client.expiry == FILETIME_NEVER);
    assert_true(pair.server.expiry == pair.server.core.start + INT64_C(60) * FILETIME_SECOND);
}

static void can_be_forbidden_altogether(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    (void)state;
    assert_int_equal(try_once("allow = no\n", none), SSP_ERR_UNSUPPORTED);
    pair_start_as(&pair, "allow = no\n", "");
    assert_int_equal(try_with(&pair, &none), SSP_ERR_UNSUPPORTED);
}

static void is_refused_in_fips_mode(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    (void)state;
    pair_start(&pair);
    pair.server_env.fips = true;
    assert_int_equal(try_with(&pair, &none), SSP_ERR_UNSUPPORTED);
    pair.server_env.fips = false;
    pair_restart(&pair);
    pair.client_env.fips = true;
    assert_int_equal(try_with(&pair, &none), SSP_ERR_UNSUPPORTED);
}

static void ntlmv1_wants_both_sides_configured(void **state)
{
    static const char v1[] = "minimum = v1\nrespond = v1\n";
    static const char *const servers[] = { "", "minimum = v1\n" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        ssp_cleanup(pair_done) struct pair pair = { 0 };

        pair_start_as(&pair, v1, servers[i]);
        assert_int_equal(try_with(&pair, &none), i == 0 ? SSP_ERR_LOGON_DENIED : SSP_OK);
    }
}

static void prompting_is_not_offered(void **state)
{
    (void)state;
    assert_int_equal(log_on("", "User", "Domain", "Password", ISC_REQ_PROMPT_FOR_CREDS),
                     SSP_ERR_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bindings_off_looks_at_nothing),
        TEST(bindings_are_checked_when_sent_by_default),
        TEST(required_bindings_have_to_be_there_and_fit),
        TEST(a_server_behind_a_proxy_wants_bindings_it_cannot_check),
        TEST(says_what_became_of_the_bindings),
        TEST(refuses_bindings_that_point_outside),
        TEST(a_target_is_ours_by_any_of_our_names),
        TEST(a_target_may_be_ignored_or_demanded),
        TEST(an_unverified_target_counts_as_none),
        TEST(an_unknown_user_and_a_wrong_password_get_one_answer),
        TEST(lets_nobody_in_without_accounts),
        TEST(anonymous_clients_are_let_in_where_configured),
        TEST(anonymous_clients_cannot_have_their_messages_protected),
        TEST(a_clock_may_be_off_by_what_is_configured),
        TEST(a_session_ends_when_it_is_configured_to),
        TEST(can_be_forbidden_altogether),
        TEST(is_refused_in_fips_mode),
        TEST(ntlmv1_wants_both_sides_configured),
        TEST(prompting_is_not_offered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
