/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions of a domain's users through the public interface, accounts = winbind. */
#include <ntstatus.h>
#include <opensspi.h>

#include "harness/fake_dc.h"
#include "harness/harness.h"
#include "harness/loopback.h"
#include "harness/world.h"

static struct fake_dc dc;

static const struct scene scene = {
    .package = "NTLM",
    .user = "alice",
    .domain = "corp",
    .password = DC_PASSWORD,
    .target = "test/server",
    .initiator_asks = ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY,
    .acceptor_asks = ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY,
};

static int start(void **state)
{
    fake_dc_rule(&dc);
    if (world_begin(state) != 0)
        return -1;
    world_join_domain();
    return 0;
}

static int meet(void **state)
{
    static struct loopback loop;

    dc = (struct fake_dc){ 0 };
    loopback_begin(&loop, &scene, NULL);
    *state = &loop;
    return 0;
}

static int part(void **state)
{
    loopback_end(*state);
    return 0;
}

static void assert_token(struct party *party)
{
    OPENSSPI_TOKEN_INFO info = { 0 };
    HANDLE token = NULL;

    assert_int_equal(QuerySecurityContextToken(&party->ctx, &token), SEC_E_OK);
    assert_int_equal(opensspi_token_query(token, &info), SEC_E_OK);
    assert_int_equal(CloseHandle(token), TRUE);
    assert_string_equal(info.user, DC_USER);
    assert_string_equal(info.domain, DC_DOMAIN);
    assert_string_equal(info.sid, DC_SID);
    assert_string_equal(info.package, "NTLM");
}

static void messages_flow_under_the_key_that_the_domain_gave(void **state)
{
    struct loopback *loop = *state;

    assert_int_equal(loopback_shake(loop, ALL_LEGS), SEC_E_OK);
    assert_true(loopback_talks(loop));
    assert_int_equal(dc.asked, 1);
}

static void the_token_says_who_the_domain_says_it_is(void **state)
{
    struct loopback *loop = *state;

    assert_int_equal(loopback_shake(loop, ALL_LEGS), SEC_E_OK);
    assert_token(&loop->server);
}

static void a_session_moves_with_its_sid(void **state)
{
    struct loopback *loop = *state;
    struct job job = { .fd = -1, .arg = SECPKG_CONTEXT_EXPORT_DELETE_OLD };

    assert_int_equal(loopback_shake(loop, ALL_LEGS), SEC_E_OK);
    assert_int_equal(party_export(&loop->server, &job), SEC_E_OK);
    assert_int_equal(party_import(&loop->server, &job), SEC_E_OK);
    assert_true(loopback_talks(loop));
    assert_token(&loop->server);
    assert_int_equal(dc.asked, 1);
}

static void a_wrong_password_is_refused(void **state)
{
    static const struct scene wrong = {
        .package = "NTLM",
        .user = "alice",
        .domain = "corp",
        .password = "guess",
        .target = "test/server",
    };
    struct loopback *loop = *state;

    loop->client.scene = &wrong;
    loop->server.scene = &wrong;
    assert_int_equal(loopback_shake(loop, ALL_LEGS), SEC_E_LOGON_DENIED);
}

static void a_disabled_account_is_refused(void **state)
{
    dc.result = WBC_ERR_AUTH_ERROR;
    dc.status = (uint32_t)STATUS_ACCOUNT_DISABLED;
    assert_int_equal(loopback_shake(*state, ALL_LEGS), SEC_E_LOGON_DENIED);
}

static void without_a_domain_controller_nobody_is_let_in(void **state)
{
    dc.result = WBC_ERR_AUTH_ERROR;
    dc.status = (uint32_t)STATUS_NO_LOGON_SERVERS;
    assert_int_equal(loopback_shake(*state, ALL_LEGS), SEC_E_NO_AUTHENTICATING_AUTHORITY);
}

static void without_winbindd_nobody_is_let_in(void **state)
{
    dc.result = WBC_ERR_WINBIND_NOT_AVAILABLE;
    assert_int_equal(loopback_shake(*state, ALL_LEGS), SEC_E_NO_AUTHENTICATING_AUTHORITY);
}

static void passwords_of_the_domain_are_not_changed_here(void **state)
{
    SEC_CHAR words[] = "NTLM\0corp\0alice\0Password\0another";
    SecBufferDesc nothing = { SECBUFFER_VERSION, 0, NULL };

    (void)state;
    assert_int_equal(ChangeAccountPasswordA(words, words + 5, words + 10, words + 16, words + 25,
                                            FALSE, 0, &nothing),
                     SEC_E_UNSUPPORTED_FUNCTION);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, meet, part)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(messages_flow_under_the_key_that_the_domain_gave),
        CASE(the_token_says_who_the_domain_says_it_is),
        CASE(a_session_moves_with_its_sid),
        CASE(a_wrong_password_is_refused),
        CASE(a_disabled_account_is_refused),
        CASE(without_a_domain_controller_nobody_is_let_in),
        CASE(without_winbindd_nobody_is_let_in),
        CASE(passwords_of_the_domain_are_not_changed_here),
    };

    return cmocka_run_group_tests(tests, start, world_end);
}
