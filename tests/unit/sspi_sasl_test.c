/* SPDX-License-Identifier: Apache-2.0 */
/* SASL's names, what is not offered of it, and the asynchronous calls. */
#include "harness/fake_lsa.h"
#include "harness/harness.h"

static char16_t fake_name[] = u"fake";
static char16_t spnego[] = u"gss-SPNEGO";
static char spnego8[] = "gss-SPNEGO";

static void lists_the_profiles_whose_package_is_there(void **state)
{
    char *narrow = NULL;
    char16_t *wide = NULL;
    ULONG n = 9;

    (void)state;
    assert_int_equal(SaslEnumerateProfilesA(&narrow, &n), SEC_E_OK);
    assert_int_equal(n, 1);
    assert_memory_equal(narrow, "GSS-SPNEGO\0", sizeof("GSS-SPNEGO\0"));
    assert_int_equal(FreeContextBuffer(narrow), SEC_E_OK);
    n = 9;
    assert_int_equal(SaslEnumerateProfilesW(&wide, &n), SEC_E_OK);
    assert_int_equal(n, 1);
    assert_memory_equal(wide, u"GSS-SPNEGO\0", sizeof(u"GSS-SPNEGO\0"));
    assert_int_equal(FreeContextBuffer(wide), SEC_E_OK);
    assert_int_equal(SaslEnumerateProfilesW(NULL, &n), SEC_E_INVALID_PARAMETER);
    assert_int_equal(SaslEnumerateProfilesA(&narrow, NULL), SEC_E_INVALID_PARAMETER);
}

static void lists_nothing_when_the_packages_cannot_be_asked_for(void **state)
{
    char *narrow = NULL;
    char16_t *wide = NULL;
    ULONG n = 9;

    (void)state;
    fake.packages = SEC_E_INTERNAL_ERROR;
    assert_int_equal(SaslEnumerateProfilesA(&narrow, &n), SEC_E_INTERNAL_ERROR);
    assert_int_equal(SaslEnumerateProfilesW(&wide, &n), SEC_E_INTERNAL_ERROR);
    assert_int_equal(n, 9);
}

static void finds_the_package_behind_a_profile(void **state)
{
    PSecPkgInfoA a = NULL;
    PSecPkgInfoW w = NULL;
    char gssapi[] = "GSSAPI"; /* Kerberos, which the fake LSA has not */
    char16_t unknown[] = u"PLAIN";
    char16_t broken[] = { 0xdc00, 0 };

    (void)state;
    assert_int_equal(SaslGetProfilePackageA(spnego8, &a), SEC_E_OK);
    assert_string_equal(a->Name, "Negotiate");
    assert_int_equal(FreeContextBuffer(a), SEC_E_OK);
    assert_int_equal(SaslGetProfilePackageW(spnego, &w), SEC_E_OK);
    assert_memory_equal(w->Name, u"Negotiate", sizeof(u"Negotiate"));
    assert_int_equal(FreeContextBuffer(w), SEC_E_OK);
    assert_int_equal(SaslGetProfilePackageA(gssapi, &a), SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(SaslGetProfilePackageW(unknown, &w), SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(SaslGetProfilePackageW(broken, &w), SEC_E_INVALID_PARAMETER);
    assert_int_equal(SaslGetProfilePackageA(NULL, &a), SEC_E_INVALID_PARAMETER);
    assert_int_equal(SaslGetProfilePackageW(spnego, NULL), SEC_E_INVALID_PARAMETER);
}

static void survives_every_allocation_failing(void **state)
{
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;
    PSecPkgInfoA a = NULL;

    (void)state;
    for (size_t nth = 0; status == SEC_E_INSUFFICIENT_MEMORY && nth < 100; nth++) {
        assert_null(a);
        fault_malloc_at(nth);
        status = SaslGetProfilePackageA(spnego8, &a);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(status, SEC_E_OK);
    assert_int_equal(FreeContextBuffer(a), SEC_E_OK);
}

static void says_what_it_does_not_offer(void **state)
{
    CtxtHandle ctx = { 0 };
    PSecPkgInfoA a = NULL;
    PSecPkgInfoW w = NULL;
    ULONG value = 0;

    (void)state;
    assert_int_equal(SaslIdentifyPackageA(NULL, &a), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(SaslIdentifyPackageW(NULL, &w), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(
        SaslInitializeSecurityContextW(NULL, NULL, NULL, 0, 0, 0, NULL, 0, &ctx, NULL, NULL, NULL),
        SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(SaslAcceptSecurityContext(NULL, NULL, NULL, 0, 0, &ctx, NULL, NULL, NULL),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(SaslSetContextOption(&ctx, SASL_OPTION_SEND_SIZE, &value, sizeof(value)),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(SaslGetContextOption(&ctx, SASL_OPTION_SEND_SIZE, &value, sizeof(value), NULL),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(ctx.dwLower, 0);
}

/* ---- Asynchronous calls ------------------------------------------------ */

static void has_done_every_asynchronous_call_when_it_returns(void **state)
{
    SspiAsyncContext *async = SspiCreateAsyncContext();
    CredHandle cred = { 0 };
    CtxtHandle ctx = { 0 };

    (void)state;
    assert_non_null(async);
    assert_int_equal(SspiSetAsyncNotifyCallback(async, NULL, NULL), SEC_E_OK);
    assert_int_equal(SspiAcquireCredentialsHandleAsyncW(async, NULL, fake_name, 1, NULL, NULL, NULL,
                                                        NULL, &cred, NULL),
                     SEC_E_OK);
    fake.leg = SEC_I_CONTINUE_NEEDED;
    assert_int_equal(
        SspiAcceptSecurityContextAsync(async, &cred, NULL, NULL, 0, 0, &ctx, NULL, NULL, NULL),
        SEC_I_CONTINUE_NEEDED);
    assert_int_equal(SspiGetAsyncCallStatus(async), SEC_I_CONTINUE_NEEDED);
    assert_false(SspiAsyncContextRequiresNotify(async));
    assert_int_equal(SspiDeleteSecurityContextAsync(async, &ctx), SEC_E_OK);
    assert_int_equal(SspiDeleteSecurityContextAsync(async, &ctx), SEC_E_INVALID_HANDLE);
    assert_int_equal(SspiGetAsyncCallStatus(async), SEC_E_INVALID_HANDLE);
    assert_int_equal(SspiReinitAsyncContext(async), SEC_E_OK);
    assert_int_equal(SspiGetAsyncCallStatus(async), SEC_E_OK);
    assert_int_equal(SspiFreeCredentialsHandleAsync(async, &cred), SEC_E_OK);
    SspiFreeAsyncContext(async);
}

static void initiates_by_either_form_of_the_asynchronous_call(void **state)
{
    SspiAsyncContext *async = SspiCreateAsyncContext();
    char package[] = "fake";
    char target[] = "HTTP/host";
    char16_t wide_target[] = u"HTTP/host";
    CredHandle cred = { 0 };
    CtxtHandle ctx = { 0 };

    (void)state;
    assert_int_equal(SspiAcquireCredentialsHandleAsyncA(async, NULL, package, 2, NULL, NULL, NULL,
                                                        NULL, &cred, NULL),
                     SEC_E_OK);
    fake.leg = SEC_I_CONTINUE_NEEDED;
    assert_int_equal(SspiInitializeSecurityContextAsyncA(async, &cred, NULL, target, 0, 0, 0, NULL,
                                                         0, &ctx, NULL, NULL, NULL),
                     SEC_I_CONTINUE_NEEDED);
    assert_memory_equal(seen.text, wide_target, sizeof(wide_target));
    fake.leg = SEC_E_OK;
    assert_int_equal(SspiInitializeSecurityContextAsyncW(async, &cred, &ctx, wide_target, 0, 0, 0,
                                                         NULL, 0, &ctx, NULL, NULL, NULL),
                     SEC_E_OK);
    assert_int_equal(SspiGetAsyncCallStatus(async), SEC_E_OK);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
    SspiFreeAsyncContext(async);
}

static void refuses_asynchronous_calls_without_their_context(void **state)
{
    CredHandle cred = { 0 };
    CtxtHandle ctx = { 0 };

    (void)state;
    assert_int_equal(SspiAcquireCredentialsHandleAsyncA(NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL,
                                                        &cred, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(SspiAcquireCredentialsHandleAsyncW(NULL, NULL, fake_name, 1, NULL, NULL, NULL,
                                                        NULL, &cred, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(SspiInitializeSecurityContextAsyncA(NULL, &cred, NULL, NULL, 0, 0, 0, NULL, 0,
                                                         &ctx, NULL, NULL, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(SspiInitializeSecurityContextAsyncW(NULL, &cred, NULL, NULL, 0, 0, 0, NULL, 0,
                                                         &ctx, NULL, NULL, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(
        SspiAcceptSecurityContextAsync(NULL, &cred, NULL, NULL, 0, 0, &ctx, NULL, NULL, NULL),
        SEC_E_INVALID_PARAMETER);
    assert_int_equal(SspiFreeCredentialsHandleAsync(NULL, &cred), SEC_E_INVALID_PARAMETER);
    assert_int_equal(SspiDeleteSecurityContextAsync(NULL, &ctx), SEC_E_INVALID_PARAMETER);
    assert_int_equal(SspiGetAsyncCallStatus(NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(SspiReinitAsyncContext(NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(SspiSetAsyncNotifyCallback(NULL, NULL, NULL), SEC_E_INVALID_PARAMETER);
    fault_malloc_at(0);
    assert_null(SspiCreateAsyncContext());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(lists_the_profiles_whose_package_is_there),
        FAKE_TEST(lists_nothing_when_the_packages_cannot_be_asked_for),
        FAKE_TEST(finds_the_package_behind_a_profile),
        FAKE_TEST(survives_every_allocation_failing),
        FAKE_TEST(says_what_it_does_not_offer),
        FAKE_TEST(has_done_every_asynchronous_call_when_it_returns),
        FAKE_TEST(initiates_by_either_form_of_the_asynchronous_call),
        FAKE_TEST(refuses_asynchronous_calls_without_their_context),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
