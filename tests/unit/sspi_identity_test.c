/* SPDX-License-Identifier: Apache-2.0 */
/* The Sspi*AuthIdentity calls, and names. */
#include <ntstatus.h>
#include <sspi.h>

#include <string.h>

#include "harness/harness.h"

static char16_t user[] = u"Alice";
static char16_t domain[] = u"CORP";
static char16_t password[] = u"s\u00e4cret";

static PSEC_WINNT_AUTH_IDENTITY_OPAQUE encoded(PCWSTR u, PCWSTR d, PCWSTR p)
{
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity = NULL;

    assert_int_equal(SspiEncodeStringsAsAuthIdentity(u, d, p, &identity), SEC_E_OK);
    assert_non_null(identity);
    return identity;
}

static void assert_text(PCWSTR text, const char16_t *expected, size_t size)
{
    assert_non_null(text);
    assert_memory_equal(text, expected, size);
}

static void assert_strings(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    PCWSTR u = NULL;
    PCWSTR d = NULL;
    PCWSTR p = NULL;

    assert_int_equal(SspiEncodeAuthIdentityAsStrings(identity, &u, &d, &p), SEC_E_OK);
    assert_text(u, user, sizeof(user));
    assert_text(d, domain, sizeof(domain));
    assert_text(p, password, sizeof(password));
    SspiLocalFree((PVOID)(uintptr_t)u);
    SspiLocalFree((PVOID)(uintptr_t)d);
    SspiLocalFree((PVOID)(uintptr_t)p);
}

/* The same identity in the form that programs fill by hand. */
static SEC_WINNT_AUTH_IDENTITY_W by_hand(void)
{
    return (SEC_WINNT_AUTH_IDENTITY_W){
        .User = (unsigned short *)user,
        .UserLength = 5,
        .Domain = (unsigned short *)domain,
        .DomainLength = 4,
        .Password = (unsigned short *)password,
        .PasswordLength = 6,
        .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE,
    };
}

static void encodes_strings_and_gives_them_back(void **state)
{
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity = encoded(user, domain, password);

    (void)state;
    assert_strings(identity);
    assert_int_equal(SspiValidateAuthIdentity(identity), SEC_E_OK);
    SspiFreeAuthIdentity(identity);
}

static void keeps_what_was_not_given_apart_from_what_is_empty(void **state)
{
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity = encoded(u"", NULL, NULL);
    PCWSTR u = NULL;
    PCWSTR d = user;
    PCWSTR p = user;

    (void)state;
    assert_int_equal(SspiEncodeAuthIdentityAsStrings(identity, &u, &d, &p), SEC_E_OK);
    assert_text(u, u"", 2);
    assert_null(d);
    assert_null(p);
    SspiLocalFree((PVOID)(uintptr_t)u);
    SspiFreeAuthIdentity(identity);
    assert_int_equal(SspiEncodeStringsAsAuthIdentity(NULL, NULL, NULL, &identity),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(SspiEncodeStringsAsAuthIdentity(user, NULL, NULL, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(SspiEncodeAuthIdentityAsStrings(NULL, &u, &d, &p), SEC_E_UNKNOWN_CREDENTIALS);
    assert_int_equal(SspiEncodeAuthIdentityAsStrings(identity, NULL, &d, &p),
                     SEC_E_INVALID_PARAMETER);
}

static void copies_an_identity_that_was_filled_by_hand(void **state)
{
    SEC_WINNT_AUTH_IDENTITY_W mine = by_hand();
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE copy = NULL;

    (void)state;
    assert_int_equal(SspiCopyAuthIdentity(&mine, &copy), SEC_E_OK);
    assert_strings(copy);
    SspiFreeAuthIdentity(copy);
    mine.Flags = 0;
    assert_int_equal(SspiCopyAuthIdentity(&mine, &copy), SEC_E_UNKNOWN_CREDENTIALS);
    assert_int_equal(SspiCopyAuthIdentity(&mine, NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(SspiValidateAuthIdentity(&mine), SEC_E_UNKNOWN_CREDENTIALS);
    assert_int_equal(SspiValidateAuthIdentity(NULL), SEC_E_UNKNOWN_CREDENTIALS);
}

static void zeroes_every_secret_in_every_form(void **state)
{
    char narrow_user[] = "u";
    char narrow_password[] = "pw";
    char16_t wide_password[] = u"pw";
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE flat = encoded(user, domain, password);
    SEC_WINNT_AUTH_IDENTITY_A a = { .User = (unsigned char *)narrow_user,
                                    .UserLength = 1,
                                    .Password = (unsigned char *)narrow_password,
                                    .PasswordLength = 2,
                                    .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI };
    SEC_WINNT_AUTH_IDENTITY_EXW ex = { .Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
                                       .Length = sizeof(ex),
                                       .Password = (unsigned short *)wide_password,
                                       .PasswordLength = 2,
                                       .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE };
    uint8_t zeroes[sizeof(SEC_WINNT_AUTH_IDENTITY_EX2) + 10] = { 0 };

    (void)state;
    SspiZeroAuthIdentity(NULL);
    SspiZeroAuthIdentity(&a);
    SspiZeroAuthIdentity(&ex);
    SspiZeroAuthIdentity(flat);
    assert_memory_equal(narrow_password, "\0\0", 2);
    assert_memory_equal(narrow_user, "\0", 1);
    assert_memory_equal(wide_password, u"\0\0", 4);
    assert_memory_equal(flat, zeroes, sizeof(zeroes));
    SspiFreeAuthIdentity(flat);
}

static void compares_users_without_case_and_passwords_exactly(void **state)
{
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE one = encoded(user, domain, password);
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE other_case = encoded(u"ALICE", u"corp", password);
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE other_password = encoded(user, domain, u"other");
    BOOLEAN same_user = FALSE;
    BOOLEAN same_identity = FALSE;

    (void)state;
    assert_int_equal(SspiCompareAuthIdentities(one, other_case, &same_user, &same_identity),
                     SEC_E_OK);
    assert_true(same_user && same_identity);
    assert_int_equal(SspiCompareAuthIdentities(one, other_password, &same_user, &same_identity),
                     SEC_E_OK);
    assert_true(same_user && !same_identity);
    assert_int_equal(SspiCompareAuthIdentities(one, NULL, &same_user, &same_identity), SEC_E_OK);
    assert_true(!same_user && !same_identity);
    assert_int_equal(SspiCompareAuthIdentities(NULL, NULL, NULL, &same_identity), SEC_E_OK);
    assert_true(same_identity);
    SspiFreeAuthIdentity(one);
    SspiFreeAuthIdentity(other_case);
    SspiFreeAuthIdentity(other_password);
}

static void travels_as_bytes(void **state)
{
    SEC_WINNT_AUTH_IDENTITY_W mine = by_hand();
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE back = NULL;
    ULONG n = 0;
    char *bytes = NULL;

    (void)state;
    assert_int_equal(SspiMarshalAuthIdentity(&mine, &n, &bytes), SEC_E_OK);
    assert_int_equal(SspiUnmarshalAuthIdentity(n, bytes, &back), SEC_E_OK);
    assert_strings(back);
    SspiFreeAuthIdentity(back);
    assert_int_equal(SspiMarshalAuthIdentity(&mine, NULL, &bytes), SEC_E_INVALID_PARAMETER);
    assert_int_equal(SspiMarshalAuthIdentity(NULL, &n, &bytes), SEC_E_UNKNOWN_CREDENTIALS);
    SspiFreeAuthIdentity(bytes);
}

static void refuses_bytes_that_are_cut_or_longer_or_no_identity(void **state)
{
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE flat = encoded(user, domain, password);
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE back = NULL;
    ULONG n = 0;
    char *bytes = NULL;
    char longer[512] = { 0 };

    (void)state;
    assert_int_equal(SspiMarshalAuthIdentity(flat, &n, &bytes), SEC_E_OK);
    for (ULONG cut = 0; cut < n; cut++) {
        struct view part = guarded((struct view){ (const uint8_t *)bytes, cut });

        assert_int_equal(SspiUnmarshalAuthIdentity(cut, (char *)(uintptr_t)part.p, &back),
                         SEC_E_UNKNOWN_CREDENTIALS);
    }
    memcpy(longer, bytes, n);
    assert_int_equal(SspiUnmarshalAuthIdentity(n + 1, longer, &back), SEC_E_UNKNOWN_CREDENTIALS);
    longer[0] ^= 1;
    assert_int_equal(SspiUnmarshalAuthIdentity(n, longer, &back), SEC_E_UNKNOWN_CREDENTIALS);
    assert_int_equal(SspiUnmarshalAuthIdentity(n, NULL, &back), SEC_E_INVALID_PARAMETER);
    assert_null(back);
    SspiFreeAuthIdentity(bytes);
    SspiFreeAuthIdentity(flat);
}

static void survives_every_allocation_failing(void **state)
{
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity = NULL;
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;

    (void)state;
    for (size_t nth = 0; status == SEC_E_INSUFFICIENT_MEMORY && nth < 100; nth++) {
        SEC_WINNT_AUTH_IDENTITY_W mine = by_hand();

        assert_null(identity);
        fault_malloc_at(nth);
        status = SspiExcludePackage(&mine, u"NTLM", &identity);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(status, SEC_E_OK);
    SspiFreeAuthIdentity(identity);
}

static void gives_back_all_strings_or_none_when_memory_ends(void **state)
{
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;
    SEC_WINNT_AUTH_IDENTITY_W mine = by_hand();
    PCWSTR u = NULL;
    PCWSTR d = NULL;
    PCWSTR p = NULL;

    (void)state;
    for (size_t nth = 0; status == SEC_E_INSUFFICIENT_MEMORY && nth < 100; nth++) {
        assert_true(u == NULL && d == NULL && p == NULL);
        fault_malloc_at(nth);
        status = SspiEncodeAuthIdentityAsStrings(&mine, &u, &d, &p);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(status, SEC_E_OK);
    SspiLocalFree((PVOID)(uintptr_t)u);
    SspiLocalFree((PVOID)(uintptr_t)d);
    SspiLocalFree((PVOID)(uintptr_t)p);
}

static void encrypts_nothing_and_says_so(void **state)
{
    SEC_WINNT_AUTH_IDENTITY_W mine = by_hand();

    (void)state;
    assert_false(SspiIsAuthIdentityEncrypted(&mine));
    assert_false(SspiIsAuthIdentityEncrypted(NULL));
    mine.Flags |= SEC_WINNT_AUTH_IDENTITY_FLAGS_USER_PROTECTED;
    assert_true(SspiIsAuthIdentityEncrypted(&mine));
    assert_int_equal(SspiValidateAuthIdentity(&mine), SEC_E_UNKNOWN_CREDENTIALS);
    assert_int_equal(SspiEncryptAuthIdentity(&mine), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(SspiEncryptAuthIdentityEx(1, &mine), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(SspiDecryptAuthIdentity(&mine), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(SspiDecryptAuthIdentityEx(1, NULL), SEC_E_INVALID_PARAMETER);
}

/* ---- Names ------------------------------------------------------------- */

static void finds_the_host_in_a_target(void **state)
{
    static const char16_t *const targets[] = { u"HTTP/host", u"HTTP/host:80", u"HTTP/host/realm",
                                               u"host" };
    char16_t *host = NULL;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(SspiGetTargetHostName(targets[i], &host), SEC_E_OK);
        assert_memory_equal(host, u"host", sizeof(u"host"));
        SspiLocalFree(host);
    }
    assert_int_equal(SspiGetTargetHostName(u"HTTP/[::1]:80", &host), SEC_E_OK);
    assert_memory_equal(host, u"[::1]", sizeof(u"[::1]"));
    SspiLocalFree(host);
    assert_int_equal(SspiGetTargetHostName(u"HTTP/", &host), SEC_E_INVALID_PARAMETER);
    assert_int_equal(SspiGetTargetHostName(u"", &host), SEC_E_INVALID_PARAMETER);
    assert_int_equal(SspiGetTargetHostName(NULL, &host), SEC_E_INVALID_PARAMETER);
}

/* The package list of a flat identity, as text. */
static void assert_list(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity, const char16_t *text, size_t size)
{
    SEC_WINNT_AUTH_IDENTITY_EX2 head;

    memcpy(&head, identity, sizeof(head));
    assert_int_equal(head.PackageListLength, size - 2);
    assert_memory_equal((uint8_t *)identity + head.PackageListOffset, text, size - 2);
}

static void leaves_packages_out_one_after_the_other(void **state)
{
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE one = NULL;
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE two = NULL;

    (void)state;
    assert_int_equal(SspiExcludePackage(NULL, u"NTLM", &one), SEC_E_OK);
    assert_list(one, u"!NTLM", sizeof(u"!NTLM"));
    assert_int_equal(SspiExcludePackage(one, u"Digest", &two), SEC_E_OK);
    assert_list(two, u"!NTLM,!Digest", sizeof(u"!NTLM,!Digest"));
    assert_int_equal(SspiExcludePackage(NULL, NULL, &one), SEC_E_INVALID_PARAMETER);
    assert_int_equal(SspiExcludePackage(NULL, u"", &one), SEC_E_INVALID_PARAMETER);
    SspiFreeAuthIdentity(one);
    SspiFreeAuthIdentity(two);
}

static void prompts_only_for_what_another_password_could_cure(void **state)
{
    (void)state;
    assert_true(SspiIsPromptingNeeded((ULONG)SEC_E_LOGON_DENIED));
    assert_true(SspiIsPromptingNeeded((ULONG)STATUS_WRONG_PASSWORD));
    assert_false(SspiIsPromptingNeeded(SEC_E_OK));
    assert_false(SspiIsPromptingNeeded((ULONG)SEC_E_INVALID_TOKEN));
    assert_int_equal(SspiPrepareForCredRead(NULL, NULL, NULL, NULL), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(SspiPrepareForCredWrite(NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                     SEC_E_UNSUPPORTED_FUNCTION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(encodes_strings_and_gives_them_back),
        TEST(keeps_what_was_not_given_apart_from_what_is_empty),
        TEST(copies_an_identity_that_was_filled_by_hand),
        TEST(zeroes_every_secret_in_every_form),
        TEST(compares_users_without_case_and_passwords_exactly),
        TEST(travels_as_bytes),
        TEST(refuses_bytes_that_are_cut_or_longer_or_no_identity),
        TEST(survives_every_allocation_failing),
        TEST(gives_back_all_strings_or_none_when_memory_ends),
        TEST(encrypts_nothing_and_says_so),
        TEST(finds_the_host_in_a_target),
        TEST(leaves_packages_out_one_after_the_other),
        TEST(prompts_only_for_what_another_password_could_cure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
