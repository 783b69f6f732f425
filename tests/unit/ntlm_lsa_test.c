/* SPDX-License-Identifier: Apache-2.0 */
/* The LSA half of the NTLM package through its table and nothing else. */
#include <fcntl.h>

#include "base/handle.h"
#include "harness/harness.h"
#include "harness/ntlm_host.h"
#include "packages/ntlm/package.h"

/* ---- Handshakes -------------------------------------------------------- */

static void establishes_a_session_and_a_logon(void **state)
{
    struct session s;
    HANDLE token = NULL;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_establish(&s);
    assert_int_equal(host.sessions, 1);
    assert_int_equal(host.audits, 1);
    assert_int_equal(host.audited, STATUS_SUCCESS);
    assert_int_equal(host_talk(s.client.context, s.server.context), STATUS_SUCCESS);
    assert_int_equal(host_talk(s.server.context, s.client.context), STATUS_SUCCESS);
    assert_int_equal(host.user->GetContextToken(s.server.context, &token), STATUS_SUCCESS);
    assert_true(fcntl(handle_to_fd(token), F_GETFD) >= 0);
    assert_int_equal(host.user->GetContextToken(s.client.context, &token), SEC_E_NO_IMPERSONATION);
    host_end(&s);
    assert_int_equal(fcntl(handle_to_fd(token), F_GETFD), -1);
}

static void whoever_is_not_let_in_is_named_to_the_lsa(void **state)
{
    struct session s;

    (void)state;
    assert_int_equal(host_start("anonymous = no"), STATUS_SUCCESS);
    host_negotiate(&s, 3);
    SecBuffer *answer = &s.client.buffer;
    ((uint8_t *)answer->pvBuffer)[answer->cbBuffer - 1] ^=
        1; /* of the session key, under the MIC */
    assert_int_equal(host_server_leg(&s, ROOM), SEC_E_LOGON_DENIED);
    assert_int_equal(host.audits, 1);
    assert_int_equal(host.audited, SEC_E_LOGON_DENIED);
    assert_int_equal(host.sessions, 0);
    ((uint8_t *)answer->pvBuffer)[answer->cbBuffer - 1] ^= 1;
    assert_int_equal(host_server_leg(&s, ROOM), SEC_E_OK);
    assert_int_equal(host.audits, 2);
    host_map(&s.client);
    host_map(&s.server);
    host_end(&s);
}

static void a_short_buffer_learns_its_size_and_changes_nothing(void **state)
{
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_acquire(&s);
    assert_int_equal(host_client_leg(&s, 3), SEC_E_BUFFER_TOO_SMALL);
    assert_true(s.client.buffer.cbBuffer > 3);
    assert_int_equal(s.client.context, 0);
    assert_int_equal(host_client_leg(&s, s.client.buffer.cbBuffer), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(host_server_leg(&s, 3), SEC_E_BUFFER_TOO_SMALL);
    assert_int_equal(s.server.context, 0);
    assert_int_equal(host_server_leg(&s, s.server.buffer.cbBuffer), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(host_client_leg(&s, 3), SEC_E_BUFFER_TOO_SMALL);
    assert_int_equal(host_client_leg(&s, s.client.buffer.cbBuffer), SEC_E_OK);
    assert_int_equal(host_server_leg(&s, 0), SEC_E_OK);
    host_map(&s.client);
    host_map(&s.server);
    assert_int_equal(host_talk(s.client.context, s.server.context), STATUS_SUCCESS);
    host_end(&s);
}

static void allocates_tokens_when_asked(void **state)
{
    struct session s;
    TimeStamp expiry;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_acquire(&s);
    host_empty(&s.client, 0);
    s.client.buffer.pvBuffer = NULL;
    assert_int_equal(host.lsa->InitLsaModeContext(s.client.cred, 0, NULL, ISC_REQ_ALLOCATE_MEMORY,
                                                  0, NULL, &s.client.context, &s.client.desc,
                                                  &s.client.attributes, &expiry, &s.client.mapped,
                                                  &s.client.data),
                     SEC_I_CONTINUE_NEEDED);
    assert_non_null(s.client.buffer.pvBuffer);
    assert_true((s.client.attributes & ISC_RET_ALLOCATED_MEMORY) != 0);
    host_release(s.client.buffer.pvBuffer);
    host_end(&s);
}

static void a_finished_handshake_takes_no_more_tokens(void **state)
{
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_establish(&s);
    assert_int_equal(host_server_leg(&s, ROOM), SEC_E_OUT_OF_SEQUENCE);
    assert_int_equal(host_client_leg(&s, ROOM), SEC_E_OUT_OF_SEQUENCE);
    assert_int_equal(host_talk(s.client.context, s.server.context), STATUS_SUCCESS);
    host_end(&s);
}

static void a_handle_is_good_for_its_own_role(void **state)
{
    struct session s;
    LSA_SEC_HANDLE server = 0;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_negotiate(&s, 2);
    server = s.server.context;
    s.server.context = s.client.context;
    assert_int_equal(host_server_leg(&s, ROOM), SEC_E_INVALID_HANDLE);
    s.server.context = 4711;
    assert_int_equal(host_server_leg(&s, ROOM), SEC_E_INVALID_HANDLE);
    s.server.context = server;
    assert_int_equal(host.lsa->DeleteContext(s.client.context), STATUS_SUCCESS);
    assert_int_equal(host.lsa->DeleteContext(s.client.context), SEC_E_INVALID_HANDLE);
    assert_int_equal(host_client_leg(&s, ROOM), SEC_E_INVALID_HANDLE);
    host_end(&s);
}

static void a_credential_is_good_for_its_own_direction(void **state)
{
    struct session s;
    LSA_SEC_HANDLE cred = 0;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_acquire(&s);
    cred = s.client.cred;
    s.client.cred = s.server.cred;
    assert_int_equal(host_client_leg(&s, ROOM), SEC_E_NO_CREDENTIALS);
    s.client.cred = 0;
    assert_int_equal(host_client_leg(&s, ROOM), SEC_E_INVALID_HANDLE);
    s.client.cred = cred;
    assert_int_equal(host_client_leg(&s, ROOM), SEC_I_CONTINUE_NEEDED);
    host_end(&s);
}

static void a_context_outlives_its_credential(void **state)
{
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_negotiate(&s, 2);
    assert_int_equal(host.lsa->FreeCredentialsHandle(s.client.cred), STATUS_SUCCESS);
    assert_int_equal(host.lsa->FreeCredentialsHandle(s.client.cred), SEC_E_INVALID_HANDLE);
    assert_int_equal(host_client_leg(&s, ROOM), SEC_E_OK);
    assert_int_equal(host_server_leg(&s, ROOM), SEC_E_OK);
    host_map(&s.client);
    host_map(&s.server);
    assert_int_equal(host_talk(s.client.context, s.server.context), STATUS_SUCCESS);
    s.client.cred = s.server.cred;
    assert_int_equal(host.lsa->AcquireCredentialsHandle(NULL, SECPKG_CRED_INBOUND, NULL, NULL, NULL,
                                                        NULL, &s.server.cred, NULL),
                     STATUS_SUCCESS);
    host_end(&s);
}

static void a_refusing_lsa_leaves_no_logon_behind(void **state)
{
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_negotiate(&s, 3);
    host.refuse_token = true;
    assert_int_equal(host_server_leg(&s, ROOM), SEC_E_INTERNAL_ERROR);
    assert_int_equal(host.sessions, 0);
    host.refuse_token = false;
    host.refuse_handle = true;
    assert_int_equal(host_server_leg(&s, ROOM), SEC_E_INTERNAL_ERROR);
    assert_int_equal(host.sessions, 0);
    host.refuse_handle = false;
    assert_int_equal(host_server_leg(&s, ROOM), SEC_E_OK);
    assert_int_equal(host.sessions, 1);
    host_map(&s.client);
    host_map(&s.server);
    host_end(&s);
}

static void a_read_only_output_is_refused_before_anybody_is_logged_on(void **state)
{
    struct session s;
    TimeStamp expiry;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_negotiate(&s, 3);
    host_empty(&s.server, ROOM);
    s.server.buffer.BufferType |= SECBUFFER_READONLY;
    assert_int_equal(host.lsa->AcceptLsaModeContext(0, s.server.context, &s.client.desc, 0, 0,
                                                    &s.server.context, &s.server.desc,
                                                    &s.server.attributes, &expiry, &s.server.mapped,
                                                    &s.server.data),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(host.sessions, 0);
    assert_int_equal(host.audits, 0);
    assert_int_equal(host_server_leg(&s, ROOM), SEC_E_OK);
    host_map(&s.client);
    host_map(&s.server);
    host_end(&s);
}

static void a_leg_without_memory_can_be_repeated(void **state)
{
    struct session s;
    NTSTATUS status = SEC_E_INSUFFICIENT_MEMORY;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_negotiate(&s, 3);
    for (size_t nth = 0; !NT_SUCCESS(status) && nth < 300; nth++) {
        fault_malloc_at(nth);
        status = host_server_leg(&s, ROOM);
        fault_malloc_at(SIZE_MAX);
        assert_int_equal(host.sessions, NT_SUCCESS(status) ? 1 : 0);
        assert_true(NT_SUCCESS(status) || status == SEC_E_INSUFFICIENT_MEMORY ||
                    status == SEC_E_INTERNAL_ERROR);
    }
    host_map(&s.client);
    host_map(&s.server);
    assert_int_equal(host_talk(s.client.context, s.server.context), STATUS_SUCCESS);
    host_end(&s);
}

static void a_configuration_that_does_not_hold_stops_the_package(void **state)
{
    struct session s = { 0 };

    (void)state;
    assert_false(NT_SUCCESS(host_start("minimum = v7")));
    assert_false(NT_SUCCESS(host.lsa->AcquireCredentialsHandle(
        NULL, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &s.server.cred, NULL)));
    assert_false(NT_SUCCESS(host_server_leg(&s, ROOM)));
    assert_int_equal(host_start("allow = no"), STATUS_SUCCESS);
    assert_int_equal(host.lsa->AcquireCredentialsHandle(NULL, SECPKG_CRED_INBOUND, NULL, NULL, NULL,
                                                        NULL, &s.server.cred, NULL),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(host.lsa->Shutdown(), STATUS_SUCCESS);
}

static UNICODE_STRING wide(const char16_t *text, USHORT n)
{
    return (UNICODE_STRING){ (USHORT)(2 * n), (USHORT)(2 * n), (PWSTR)(uintptr_t)text };
}

static NTSTATUS change(const char16_t *from, USHORT n_from, const char16_t *to, USHORT n_to)
{
    UNICODE_STRING domain = wide(u"DOMAIN", 6);
    UNICODE_STRING user = wide(u"user", 4);
    UNICODE_STRING old_password = wide(from, n_from);
    UNICODE_STRING new_password = wide(to, n_to);

    return host.lsa->ChangeAccountPassword(&domain, &user, &old_password, &new_password, FALSE,
                                           NULL);
}

static void whoever_knows_the_old_password_sets_a_new_one(void **state)
{
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    assert_int_equal(change(u"Password", 8, u"other", 5), STATUS_SUCCESS);
    assert_int_equal(change(u"Password", 8, u"third", 5), SEC_E_LOGON_DENIED);
    host_negotiate(&s, 3);
    assert_int_equal(host_server_leg(&s, ROOM), SEC_E_LOGON_DENIED); /* with the old one */
    assert_int_equal(change(u"other", 5, u"Password", 8), STATUS_SUCCESS);
    assert_int_equal(host_server_leg(&s, ROOM), SEC_E_OK);
    host_map(&s.client);
    host_map(&s.server);
    host_end(&s);
}

static void a_wrong_old_password_changes_nothing_and_is_audited(void **state)
{
    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    int before = host.audits;
    assert_int_equal(change(u"password", 8, u"other", 5), SEC_E_LOGON_DENIED);
    assert_int_equal(host.audits, before + 1);
    assert_int_equal(host.audited, SEC_E_LOGON_DENIED);
    assert_int_equal(change(u"Password", 8, u"Password", 8), STATUS_SUCCESS);
    assert_int_equal(host.audits, before + 1);
    assert_int_equal(host.lsa->Shutdown(), STATUS_SUCCESS);
}

static void says_what_it_is(void **state)
{
    SecPkgInfoW info;
    PSECPKG_EXTENDED_INFORMATION more = NULL;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    assert_int_equal(host.lsa->GetInfo(&info), STATUS_SUCCESS);
    assert_memory_equal(info.Name, u"NTLM", 10);
    assert_int_equal(info.wRPCID, 10);
    assert_int_equal(host.lsa->GetExtendedInformation(SecpkgGssInfo, &more), STATUS_SUCCESS);
    assert_int_equal(more->Info.GssInfo.EncodedIdLength, 12);
    host_release(more);
    assert_int_equal(host.lsa->GetExtendedInformation(SecpkgContextThunks, &more), STATUS_SUCCESS);
    assert_int_equal(more->Info.ContextThunks.InfoLevelCount, 0);
    host_release(more);
    assert_int_equal(host.lsa->GetExtendedInformation(SecpkgNego2Info, &more),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(host.lsa->Shutdown(), STATUS_SUCCESS);
}

static void knows_one_version_of_each_interface(void **state)
{
    PSECPKG_FUNCTION_TABLE lsa = NULL;
    PSECPKG_USER_FUNCTION_TABLE user = NULL;
    const OPENSSPI_LSA_EXPORT_TABLE *export = NULL;
    ULONG version = 0;
    ULONG n = 0;

    (void)state;
    assert_int_equal(ntlm_SpLsaModeInitialize(2, &version, &lsa, &n), STATUS_INVALID_PARAMETER);
    assert_int_equal(ntlm_SpUserModeInitialize(2, &version, &user, &n), STATUS_INVALID_PARAMETER);
    assert_int_equal(ntlm_SpLsaExportInitialize(2, &export, &n), STATUS_INVALID_PARAMETER);
    assert_int_equal(ntlm_SpLsaModeInitialize(SECPKG_INTERFACE_VERSION, NULL, &lsa, &n),
                     STATUS_INVALID_PARAMETER);
    assert_true(lsa == NULL && user == NULL && export == NULL);
}

/* ---- Half-done handshakes ---------------------------------------------- */

static void move_half(LSA_SEC_HANDLE *context)
{
    SecBuffer packed = { 0 };
    LSA_SEC_HANDLE moved = 0;

    assert_int_equal(host.export->ExportLsaContext(*context, 0, &packed), STATUS_SUCCESS);
    assert_int_equal(host.lsa->DeleteContext(*context), STATUS_SUCCESS);
    assert_int_equal(host.export->ImportLsaContext(&packed, &moved), STATUS_SUCCESS);
    host_release(packed.pvBuffer);
    *context = moved;
}

static void a_half_done_handshake_moves_in_either_role(void **state)
{
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_negotiate(&s, 1);
    move_half(&s.client.context);
    assert_int_equal(host_server_leg(&s, ROOM), SEC_I_CONTINUE_NEEDED);
    move_half(&s.server.context);
    assert_int_equal(host_client_leg(&s, ROOM), SEC_E_OK);
    assert_int_equal(host_server_leg(&s, ROOM), SEC_E_OK);
    host_map(&s.client);
    host_map(&s.server);
    assert_int_equal(host_talk(s.server.context, s.client.context), STATUS_SUCCESS);
    host_end(&s);
}

static ULONG flags_of(LSA_SEC_HANDLE context)
{
    SecPkgContext_Flags flags = { 0 };

    assert_int_equal(host.lsa->QueryContextAttributes(context, SECPKG_ATTR_FLAGS, &flags),
                     STATUS_SUCCESS);
    return flags.Flags;
}

static void a_moved_handshake_says_what_it_said_before(void **state)
{
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_negotiate(&s, 2);
    LSA_SEC_HANDLE *const contexts[] = { &s.client.context, &s.server.context };
    for (size_t i = 0; i < 2; i++) {
        ULONG before = flags_of(*contexts[i]);

        assert_int_not_equal(before, 0);
        move_half(contexts[i]);
        assert_int_equal(flags_of(*contexts[i]), before);
    }
    host_end(&s);
}

static void a_finished_handshake_is_no_half(void **state)
{
    SecBuffer packed = { 0 };
    LSA_SEC_HANDLE moved = 0;
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_establish(&s);
    assert_int_equal(host.export->ExportLsaContext(s.server.context, 0, &packed),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(host.export->ExportLsaContext(4711, 0, &packed), SEC_E_INVALID_HANDLE);
    assert_int_equal(host.export->ExportLsaContext(s.server.context, 4, &packed),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(host.export->ImportLsaContext(&packed, &moved), SEC_E_INVALID_TOKEN);
    assert_int_equal(host.export->ImportLsaContext(NULL, &moved), SEC_E_INVALID_PARAMETER);
    host_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(establishes_a_session_and_a_logon),
        TEST(whoever_is_not_let_in_is_named_to_the_lsa),
        TEST(a_short_buffer_learns_its_size_and_changes_nothing),
        TEST(allocates_tokens_when_asked),
        TEST(a_finished_handshake_takes_no_more_tokens),
        TEST(a_handle_is_good_for_its_own_role),
        TEST(a_credential_is_good_for_its_own_direction),
        TEST(a_context_outlives_its_credential),
        TEST(a_refusing_lsa_leaves_no_logon_behind),
        TEST(a_read_only_output_is_refused_before_anybody_is_logged_on),
        TEST(a_leg_without_memory_can_be_repeated),
        TEST(a_configuration_that_does_not_hold_stops_the_package),
        TEST(whoever_knows_the_old_password_sets_a_new_one),
        TEST(a_wrong_old_password_changes_nothing_and_is_audited),
        TEST(says_what_it_is),
        TEST(knows_one_version_of_each_interface),
        TEST(a_half_done_handshake_moves_in_either_role),
        TEST(a_moved_handshake_says_what_it_said_before),
        TEST(a_finished_handshake_is_no_half),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
