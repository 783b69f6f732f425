/* SPDX-License-Identifier: Apache-2.0 */
/* The user half of the NTLM package through its table and nothing else. */
#include <fcntl.h>

#include "base/handle.h"
#include "harness/harness.h"
#include "harness/ntlm_host.h"

/* ---- The passage of a context ------------------------------------------ */

static void an_exported_context_goes_on_where_it_was(void **state)
{
    SecBuffer packed = { .BufferType = SECBUFFER_EMPTY };
    HANDLE token = NULL;
    LSA_SEC_HANDLE moved = 0;
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_establish(&s);
    assert_int_equal(host_talk(s.client.context, s.server.context), STATUS_SUCCESS);
    assert_int_equal(host.user->ExportContext(s.server.context, SECPKG_CONTEXT_EXPORT_DELETE_OLD,
                                              &packed, &token),
                     STATUS_SUCCESS);
    assert_int_equal(packed.BufferType, SECBUFFER_TOKEN);
    assert_true(packed.cbBuffer <= 900);
    assert_non_null(token);
    assert_int_equal(host_talk(s.client.context, s.server.context), SEC_E_INVALID_HANDLE);
    assert_int_equal(host.user->ImportContext(&packed, token, &moved), STATUS_SUCCESS);
    assert_true(moved >> 63 != 0);
    handle_close(&token);
    host_release(packed.pvBuffer);
    assert_int_equal(host.user->GetContextToken(moved, &token), STATUS_SUCCESS);
    assert_int_equal(host_talk(moved, s.client.context), STATUS_SUCCESS);
    assert_int_equal(host.user->DeleteUserModeContext(moved), SEC_I_NO_LSA_CONTEXT);
    assert_int_equal(host.user->DeleteUserModeContext(moved), SEC_E_INVALID_HANDLE);
    host_end(&s);
}

static void a_reset_is_granted_only_before_the_first_message(void **state)
{
    SecBuffer packed = { .BufferType = SECBUFFER_EMPTY };
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_establish(&s);
    assert_int_equal(
        host.user->ExportContext(s.server.context, SECPKG_CONTEXT_EXPORT_RESET_NEW, &packed, NULL),
        STATUS_SUCCESS);
    host_release(packed.pvBuffer);
    packed = (SecBuffer){ .BufferType = SECBUFFER_EMPTY };
    assert_int_equal(host_talk(s.client.context, s.server.context), STATUS_SUCCESS);
    assert_int_equal(
        host.user->ExportContext(s.server.context, SECPKG_CONTEXT_EXPORT_RESET_NEW, &packed, NULL),
        SEC_E_UNSUPPORTED_FUNCTION);
    assert_null(packed.pvBuffer);
    assert_int_equal(host_talk(s.client.context, s.server.context), STATUS_SUCCESS);
    host_end(&s);
}

static void a_refused_export_yields_nothing_and_takes_nothing(void **state)
{
    static const struct {
        ULONG flags;
        NTSTATUS status;
    } cases[] = {
        { SECPKG_CONTEXT_EXPORT_TO_KERNEL, SEC_E_UNSUPPORTED_FUNCTION },
        { SECPKG_CONTEXT_EXPORT_TO_KERNEL | SECPKG_CONTEXT_EXPORT_DELETE_OLD,
          SEC_E_UNSUPPORTED_FUNCTION },
        { 8, SEC_E_INVALID_PARAMETER },
        { 0x80000000, SEC_E_INVALID_PARAMETER },
    };
    HANDLE token = NULL;
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_establish(&s);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        SecBuffer packed = { .BufferType = SECBUFFER_EMPTY };

        assert_int_equal(
            host.user->ExportContext(s.server.context, cases[i].flags, &packed, &token),
            cases[i].status);
        assert_true(packed.pvBuffer == NULL && token == NULL);
    }
    assert_int_equal(host.user->ExportContext(s.server.context, 0, NULL, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(host_talk(s.client.context, s.server.context), STATUS_SUCCESS);
    host_end(&s);
}

static void an_export_without_memory_takes_nothing(void **state)
{
    SecBuffer packed = { .BufferType = SECBUFFER_EMPTY };
    NTSTATUS status = SEC_E_INSUFFICIENT_MEMORY;
    HANDLE token = NULL;
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_establish(&s);
    for (size_t nth = 0; status == SEC_E_INSUFFICIENT_MEMORY && nth < 50; nth++) {
        assert_true(packed.pvBuffer == NULL && token == NULL);
        fault_malloc_at(nth);
        status = host.user->ExportContext(s.server.context, SECPKG_CONTEXT_EXPORT_DELETE_OLD,
                                          &packed, &token);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(status, STATUS_SUCCESS);
    handle_close(&token);
    host_release(packed.pvBuffer);
    host_end(&s);
}

static void an_initiator_has_no_token_to_export(void **state)
{
    SecBuffer packed = { .BufferType = SECBUFFER_EMPTY };
    HANDLE token = (HANDLE)(uintptr_t)0x44;
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_establish(&s);
    assert_int_equal(host.user->ExportContext(s.client.context, 0, &packed, &token),
                     STATUS_SUCCESS);
    assert_null(token);
    host_release(packed.pvBuffer);
    host_end(&s);
}

static void an_import_takes_nothing_but_an_export(void **state)
{
    SecBuffer packed = { .BufferType = SECBUFFER_EMPTY };
    LSA_SEC_HANDLE moved = 4711;
    HANDLE token = NULL;
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_negotiate(&s, 4);
    /* The LSA half's own form names a handle of this process: nothing to be taken from outside. */
    assert_int_equal(host.user->ImportContext(&s.server.data, NULL, &moved), SEC_E_INVALID_TOKEN);
    host_map(&s.client);
    host_map(&s.server);
    assert_int_equal(host.user->ExportContext(s.server.context, 0, &packed, &token),
                     STATUS_SUCCESS);
    for (ULONG n = 0; n < packed.cbBuffer; n++) {
        struct view cut = guarded((struct view){ packed.pvBuffer, n });
        SecBuffer buffer = { n, SECBUFFER_TOKEN, (void *)(uintptr_t)cut.p };

        assert_int_equal(host.user->ImportContext(&buffer, token, &moved), SEC_E_INVALID_TOKEN);
    }
    assert_int_equal(host.user->ImportContext(NULL, token, &moved), SEC_E_INVALID_PARAMETER);
    assert_int_equal(host.user->ImportContext(&packed, token, NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(host.user->ImportContext(&packed, (HANDLE)(uintptr_t)0x7ffffff0, &moved),
                     SEC_E_INVALID_HANDLE);
    assert_int_equal(moved, 4711);
    handle_close(&token);
    host_release(packed.pvBuffer);
    host_end(&s);
}

/* Its handle stands in these bytes and nowhere else. */
static void a_context_that_cannot_start_leaves_no_token_open(void **state)
{
    enum { AT_TOKEN = 39 };
    struct session s;
    uint64_t token = 0;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_negotiate(&s, 4);
    host_map(&s.client);
    memcpy(&token, (const uint8_t *)s.server.data.pvBuffer + AT_TOKEN, sizeof(token));
    int fd = handle_to_fd((HANDLE)(uintptr_t)token);
    assert_true(fcntl(fd, F_GETFD) >= 0);
    assert_int_equal(host.user->InitUserModeContext(s.client.context, &s.server.data),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    host_release(s.server.data.pvBuffer);
    host_end(&s);
}

/* ---- Questions --------------------------------------------------------- */

static void answers_what_applications_ask(void **state)
{
    SecPkgContext_Sizes sizes = { 0 };
    SecPkgContext_NamesW names = { 0 };
    SecPkgContext_SessionKey keys[2] = { { 0 } };
    SecPkgContext_NegotiationInfoW negotiation = { 0 };
    SecPkgContext_KeyInfoW key = { 0 };
    SecPkgContext_NativeNamesW native = { 0 };
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_establish(&s);
    SpQueryContextAttributesFn *query = host.user->QueryContextAttributes;
    assert_int_equal(query(s.server.context, SECPKG_ATTR_SIZES, &sizes), STATUS_SUCCESS);
    assert_int_equal(sizes.cbMaxSignature, 16);
    assert_int_equal(sizes.cbSecurityTrailer, 16);
    assert_int_equal(query(s.server.context, SECPKG_ATTR_NAMES, &names), STATUS_SUCCESS);
    assert_memory_equal(names.sUserName, u"Domain\\User", 24);
    host_release(names.sUserName);
    assert_int_equal(query(s.client.context, SECPKG_ATTR_SESSION_KEY, &keys[0]), STATUS_SUCCESS);
    assert_int_equal(query(s.server.context, SECPKG_ATTR_SESSION_KEY, &keys[1]), STATUS_SUCCESS);
    assert_int_equal(keys[0].SessionKeyLength, 16);
    assert_memory_equal(keys[0].SessionKey, keys[1].SessionKey, 16);
    host_release(keys[0].SessionKey);
    host_release(keys[1].SessionKey);
    assert_int_equal(query(s.server.context, SECPKG_ATTR_NEGOTIATION_INFO, &negotiation),
                     STATUS_SUCCESS);
    assert_int_equal(negotiation.NegotiationState, SECPKG_NEGOTIATION_COMPLETE);
    assert_memory_equal(negotiation.PackageInfo->Name, u"NTLM", 10);
    host_release(negotiation.PackageInfo);
    assert_int_equal(query(s.server.context, SECPKG_ATTR_KEY_INFO, &key), STATUS_SUCCESS);
    assert_int_equal(key.KeySize, 128);
    host_release(key.sSignatureAlgorithmName);
    host_release(key.sEncryptAlgorithmName);
    assert_int_equal(query(s.server.context, SECPKG_ATTR_NATIVE_NAMES, &native), STATUS_SUCCESS);
    host_release(native.sClientName);
    host_release(native.sServerName);
    host_end(&s);
}

static void answers_the_smaller_questions_too(void **state)
{
    SecPkgContext_Lifespan span = { 0 };
    SecPkgContext_Flags flags = { 0 };
    SecPkgContext_PackageInfoW package = { 0 };
    SecPkgContext_TargetInformation target = { 0 };
    SecPkgContext_AccessToken token = { 0 };
    SecPkgContext_LastClientTokenStatus last = { SecPkgAttrLastClientTokenMaybe };
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_establish(&s);
    SpQueryContextAttributesFn *query = host.user->QueryContextAttributes;
    assert_int_equal(query(s.server.context, SECPKG_ATTR_LIFESPAN, &span), STATUS_SUCCESS);
    assert_true(span.tsStart.QuadPart > 0 && span.tsExpiry.QuadPart > span.tsStart.QuadPart);
    assert_int_equal(query(s.server.context, SECPKG_ATTR_FLAGS, &flags), STATUS_SUCCESS);
    assert_true((flags.Flags & ASC_RET_CONFIDENTIALITY) != 0);
    assert_int_equal(query(s.server.context, SECPKG_ATTR_PACKAGE_INFO, &package), STATUS_SUCCESS);
    host_release(package.PackageInfo);
    assert_int_equal(query(s.client.context, SECPKG_ATTR_TARGET_INFORMATION, &target),
                     STATUS_SUCCESS);
    assert_true(target.MarshalledTargetInfoLength > 4);
    host_release(target.MarshalledTargetInfo);
    assert_int_equal(query(s.server.context, SECPKG_ATTR_ACCESS_TOKEN, &token), STATUS_SUCCESS);
    assert_non_null(token.AccessToken);
    assert_int_equal(query(s.client.context, SECPKG_ATTR_ACCESS_TOKEN, &token),
                     SEC_E_NO_IMPERSONATION);
    assert_int_equal(query(s.server.context, SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, &last),
                     STATUS_SUCCESS);
    assert_int_equal(last.LastClientTokenStatus, SecPkgAttrLastClientTokenYes);
    assert_int_equal(query(s.server.context, SECPKG_ATTR_DCE_INFO, &flags),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(query(s.server.context, SECPKG_ATTR_UNIQUE_BINDINGS, &flags),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(query(s.server.context, SECPKG_ATTR_ENDPOINT_BINDINGS, &flags),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(query(s.server.context, SECPKG_ATTR_FLAGS, NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(query(4711, SECPKG_ATTR_FLAGS, &flags), SEC_E_INVALID_HANDLE);
    host_end(&s);
}

static void a_running_handshake_answers_little(void **state)
{
    SecPkgContext_NegotiationInfoW negotiation = { 0 };
    SecPkgContext_NamesW names = { 0 };
    SecPkgContext_Sizes sizes = { 0 };
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_negotiate(&s, 1);
    SpQueryContextAttributesFn *query = host.lsa->QueryContextAttributes;
    assert_int_equal(query(s.client.context, SECPKG_ATTR_SIZES, &sizes), STATUS_SUCCESS);
    assert_int_equal(query(s.client.context, SECPKG_ATTR_NEGOTIATION_INFO, &negotiation),
                     STATUS_SUCCESS);
    assert_int_equal(negotiation.NegotiationState, SECPKG_NEGOTIATION_IN_PROGRESS);
    host_release(negotiation.PackageInfo);
    assert_int_equal(query(s.client.context, SECPKG_ATTR_NAMES, &names),
                     SEC_E_UNSUPPORTED_FUNCTION);
    host_end(&s);
}

static void a_credential_knows_its_name(void **state)
{
    SecPkgCredentials_NamesW names = { 0 };
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_acquire(&s);
    assert_int_equal(
        host.lsa->QueryCredentialsAttributes(s.client.cred, SECPKG_CRED_ATTR_NAMES, &names),
        STATUS_SUCCESS);
    assert_memory_equal(names.sUserName, u"Domain\\User", 24);
    host_release(names.sUserName);
    assert_int_equal(
        host.lsa->QueryCredentialsAttributes(s.server.cred, SECPKG_CRED_ATTR_NAMES, &names),
        SEC_E_NO_CREDENTIALS);
    assert_int_equal(
        host.lsa->QueryCredentialsAttributes(s.client.cred, SECPKG_CRED_ATTR_CERT, &names),
        SEC_E_UNSUPPORTED_FUNCTION);
    host_end(&s);
}

static bool parents_context_is_gone(void *arg)
{
    const struct session *s = arg;

    return host_talk(s->server.context, s->client.context) == SEC_E_INVALID_HANDLE;
}

static void a_forked_child_cannot_use_its_parents_contexts(void **state)
{
    struct session s;

    (void)state;
    assert_int_equal(host_start(""), STATUS_SUCCESS);
    host_establish(&s);
    assert_true(child_says(parents_context_is_gone, &s));
    assert_int_equal(host_talk(s.server.context, s.client.context), STATUS_SUCCESS);
    host_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_exported_context_goes_on_where_it_was),
        TEST(a_reset_is_granted_only_before_the_first_message),
        TEST(a_refused_export_yields_nothing_and_takes_nothing),
        TEST(an_export_without_memory_takes_nothing),
        TEST(an_initiator_has_no_token_to_export),
        TEST(an_import_takes_nothing_but_an_export),
        TEST(a_context_that_cannot_start_leaves_no_token_open),
        TEST(answers_what_applications_ask),
        TEST(answers_the_smaller_questions_too),
        TEST(a_running_handshake_answers_little),
        TEST(a_credential_knows_its_name),
        TEST(a_forked_child_cannot_use_its_parents_contexts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
