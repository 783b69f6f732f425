/* SPDX-License-Identifier: Apache-2.0 */
/* The start of the library, its packages, and credentials. */
#include <pthread.h>

#include "base/limits.h"
#include "harness/fake_lsa.h"
#include "harness/harness.h"
#include "sspi/library.h"

static char16_t fake_name[] = u"FaKe";

/* First of all: nothing has started the library yet. */
static void reports_a_start_that_failed_and_tries_again(void **state)
{
    ULONG n = 0;
    PSecPkgInfoW infos = NULL;
    CtxtHandle ctx = { 1, 2 };
    const struct library *lib = NULL;

    (void)state;
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_INVALID_HANDLE);
    assert_int_equal(FreeCredentialsHandle(&ctx), SEC_E_INVALID_HANDLE);
    fault_malloc_at(0);
    assert_int_equal(library_start(&lib), SEC_E_INSUFFICIENT_MEMORY);
    fault_malloc_at(SIZE_MAX);
    fake_open_status = SEC_E_INTERNAL_ERROR;
    assert_int_equal(EnumerateSecurityPackagesW(&n, &infos), SEC_E_INTERNAL_ERROR);
    assert_int_equal(ImportSecurityContextW(fake_name, &(SecBuffer){ 0 }, NULL, &ctx),
                     SEC_E_INTERNAL_ERROR);
    assert_null(library_get());
    assert_null(lib);
    fake_open_status = SEC_E_OK;
    assert_int_equal(EnumerateSecurityPackagesW(&n, &infos), SEC_E_OK);
    assert_non_null(library_get());
    assert_int_equal(FreeContextBuffer(infos), SEC_E_OK);
}

/* Second: the fake package's user half has not been started yet. */
static void starts_a_user_half_once_and_again_only_when_it_failed(void **state)
{
    CredHandle cred = fake_cred();
    CtxtHandle ctx = { 0 };

    (void)state;
    fake.leg_maps = true;
    fake.instance_init = STATUS_NO_MEMORY;
    assert_int_equal(AcceptSecurityContext(&cred, NULL, NULL, 0, 0, &ctx, NULL, NULL, NULL),
                     SEC_E_INSUFFICIENT_MEMORY);
    assert_int_equal(seen.lsa_contexts, 0);
    assert_int_equal(seen.instance_inits, 1);
    fake.instance_init = STATUS_SUCCESS;
    for (int i = 0; i < 3; i++) {
        ctx = fake_live();
        assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    }
    assert_int_equal(seen.instance_inits, 2);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
}

static void *start(void *ret)
{
    const struct library *lib = NULL;

    if (library_start(&lib) == SEC_E_OK)
        *(const struct library **)ret = lib;
    return NULL;
}

static void gives_every_thread_the_same_library(void **state)
{
    pthread_t threads[8];
    const struct library *libs[8] = { 0 };

    (void)state;
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, start, &libs[i]), 0);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < 8; i++)
        assert_ptr_equal(libs[i], library_get());
}

/* ---- Packages ---------------------------------------------------------- */

static void lists_packages_in_one_block(void **state)
{
    ULONG n = 0;
    PSecPkgInfoA a = NULL;
    PSecPkgInfoW w = NULL;

    (void)state;
    assert_int_equal(EnumerateSecurityPackagesA(&n, &a), SEC_E_OK);
    assert_int_equal(n, FAKE_PACKAGES);
    assert_string_equal(a[FAKE_PACKAGE].Name, "fake");
    assert_string_equal(a[FAKE_PACKAGE].Comment, "a f\xc3\xa4ke");
    assert_int_equal(a[FAKE_PACKAGE].cbMaxToken, 99);
    assert_string_equal(a[FAKE_LSA_ONLY].Name, "Negotiate");
    assert_null(a[FAKE_LSA_ONLY].Comment);
    assert_int_equal(FreeContextBuffer(a), SEC_E_OK);
    assert_int_equal(EnumerateSecurityPackagesW(&n, &w), SEC_E_OK);
    assert_memory_equal(w[FAKE_LSA_ONLY].Name, u"Negotiate", sizeof(u"Negotiate"));
    assert_int_equal(FreeContextBuffer(w), SEC_E_OK);
}

static char16_t *endless(void)
{
    static char16_t name[LIMIT_NAME + 2];

    for (size_t i = 0; i <= LIMIT_NAME; i++)
        name[i] = u'x';
    return name;
}

static void describes_one_package_by_a_name_in_any_case(void **state)
{
    char narrow[] = "FAKE";
    char unknown[] = "unknown";
    char broken[] = "\xc3";
    PSecPkgInfoA a = NULL;
    PSecPkgInfoW w = NULL;

    (void)state;
    assert_int_equal(QuerySecurityPackageInfoA(narrow, &a), SEC_E_OK);
    assert_string_equal(a->Name, "fake");
    assert_int_equal(FreeContextBuffer(a), SEC_E_OK);
    assert_int_equal(QuerySecurityPackageInfoW(fake_name, &w), SEC_E_OK);
    assert_int_equal(FreeContextBuffer(w), SEC_E_OK);
    assert_int_equal(QuerySecurityPackageInfoA(unknown, &a), SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(QuerySecurityPackageInfoA(broken, &a), SEC_E_INVALID_PARAMETER);
    assert_int_equal(QuerySecurityPackageInfoA(NULL, &a), SEC_E_INVALID_PARAMETER);
    assert_int_equal(QuerySecurityPackageInfoW(endless(), &w), SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(QuerySecurityPackageInfoW(fake_name, NULL), SEC_E_INVALID_PARAMETER);
}

static void survives_every_allocation_failing_in_a_list(void **state)
{
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;
    ULONG n = 7;
    PSecPkgInfoA infos = NULL;

    (void)state;
    for (size_t nth = 0; status == SEC_E_INSUFFICIENT_MEMORY && nth < 100; nth++) {
        assert_int_equal(n, 7);
        assert_null(infos);
        fault_malloc_at(nth);
        status = EnumerateSecurityPackagesA(&n, &infos);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(status, SEC_E_OK);
    assert_int_equal(FreeContextBuffer(infos), SEC_E_OK);
}

static void passes_on_what_the_lsa_says_about_packages(void **state)
{
    ULONG n = 0;
    PSecPkgInfoA a = NULL;
    PSecPkgInfoW w = NULL;

    (void)state;
    fake.packages = SEC_E_SHUTDOWN_IN_PROGRESS;
    assert_int_equal(EnumerateSecurityPackagesA(&n, &a), SEC_E_SHUTDOWN_IN_PROGRESS);
    assert_int_equal(QuerySecurityPackageInfoW(fake_name, &w), SEC_E_SHUTDOWN_IN_PROGRESS);
    fake.packages = SEC_E_OK;
    assert_int_equal(EnumerateSecurityPackagesA(NULL, &a), SEC_E_INVALID_PARAMETER);
    assert_int_equal(EnumerateSecurityPackagesW(&n, NULL), SEC_E_INVALID_PARAMETER);
}

static void adds_a_package_by_its_path_and_deletes_none(void **state)
{
    char16_t wide[] = u"/p\u00e4th.so";
    char narrow[] = "/p\xc3\xa4th.so";
    char16_t broken[] = { 0xd800, 0 };

    (void)state;
    assert_int_equal(AddSecurityPackageW(wide, NULL), SEC_E_OK);
    assert_int_equal(AddSecurityPackageA(narrow, NULL), SEC_E_OK);
    assert_int_equal(AddSecurityPackageW(broken, NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(AddSecurityPackageW(NULL, NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(AddSecurityPackageA(NULL, NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(DeleteSecurityPackageA(narrow), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(DeleteSecurityPackageW(wide), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(DeleteSecurityPackageW(NULL), SEC_E_INVALID_PARAMETER);
}

static void frees_only_what_came_from_the_heap(void **state)
{
    _Alignas(16) char mine[64] = { 0 };

    (void)state;
    assert_int_equal(FreeContextBuffer(NULL), SEC_E_OK);
    assert_int_equal(FreeContextBuffer(mine + 32), SEC_E_INVALID_PARAMETER);
}

/* ---- Credentials ------------------------------------------------------- */

static void acquires_by_narrow_names_and_says_that_they_were(void **state)
{
    char principal[] = "\xc3\xa4lice";
    char package[] = "fake";
    char broken[] = "\xff";
    LUID logon = { 3, 4 };
    int auth_data = 0;
    CredHandle cred = { 0 };
    TimeStamp expiry = { 0 };

    (void)state;
    assert_int_equal(AcquireCredentialsHandleA(principal, package, SECPKG_CRED_OUTBOUND, &logon,
                                               &auth_data, NULL, NULL, &cred, &expiry),
                     SEC_E_OK);
    assert_memory_equal(seen.text, u"\u00e4lice", sizeof(u"\u00e4lice"));
    assert_true(seen.acquire.ansi);
    assert_ptr_equal(seen.acquire.auth_data, &auth_data);
    assert_ptr_equal(seen.acquire.logon_id, &logon);
    assert_int_equal(seen.acquire.use, SECPKG_CRED_OUTBOUND);
    assert_int_equal(expiry.QuadPart, 4242);
    assert_int_equal(AddCredentialsA(&cred, principal, package, 1, NULL, NULL, NULL, &expiry),
                     SEC_E_OK);
    assert_int_equal(AddCredentialsA(&cred, principal, NULL, 1, NULL, NULL, NULL, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(AddCredentialsA(&cred, broken, package, 1, NULL, NULL, NULL, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
    assert_int_equal(
        AcquireCredentialsHandleA(broken, package, 1, NULL, NULL, NULL, NULL, &cred, NULL),
        SEC_E_INVALID_PARAMETER);
}

static void makes_no_handle_when_acquiring_fails(void **state)
{
    CredHandle cred = { 5, 6 };

    (void)state;
    fake.cred = SEC_E_NO_CREDENTIALS;
    assert_int_equal(
        AcquireCredentialsHandleW(NULL, fake_name, 1, NULL, NULL, NULL, NULL, &cred, NULL),
        SEC_E_NO_CREDENTIALS);
    assert_int_equal(AcquireCredentialsHandleW(NULL, NULL, 1, NULL, NULL, NULL, NULL, &cred, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(
        AcquireCredentialsHandleW(NULL, fake_name, 1, NULL, NULL, NULL, NULL, NULL, NULL),
        SEC_E_INVALID_PARAMETER);
    assert_int_equal(cred.dwLower, 5);
    assert_int_equal(AddCredentialsW(&cred, NULL, fake_name, 1, NULL, NULL, NULL, NULL),
                     SEC_E_INVALID_HANDLE);
}

static void changes_a_password_by_either_form(void **state)
{
    char package[] = "fake";
    char account[] = "b\xc3\xb6"
                     "b";
    char old_password[] = "old";
    char new_password[] = "new!";
    char16_t wide[] = u"old";
    char16_t wide_new[] = u"new!";

    (void)state;
    assert_int_equal(
        ChangeAccountPasswordA(package, NULL, account, old_password, new_password, FALSE, 0, NULL),
        SEC_E_OK);
    assert_memory_equal(seen.text, u"b\u00f6b", sizeof(u"b\u00f6b"));
    assert_int_equal(ChangeAccountPasswordW(fake_name, NULL, wide, wide, wide_new, FALSE, 0, NULL),
                     SEC_E_OK);
    assert_int_equal(ChangeAccountPasswordW(fake_name, NULL, wide, wide, wide, FALSE, 0, NULL),
                     SEC_E_LOGON_DENIED);
    assert_int_equal(ChangeAccountPasswordW(wide, NULL, wide, wide, wide, FALSE, 0, NULL),
                     SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(ChangeAccountPasswordW(fake_name, NULL, wide, wide, wide, FALSE, 1, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(
        ChangeAccountPasswordA(package, NULL, NULL, old_password, new_password, FALSE, 0, NULL),
        SEC_E_INVALID_PARAMETER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(reports_a_start_that_failed_and_tries_again),
        FAKE_TEST(starts_a_user_half_once_and_again_only_when_it_failed),
        FAKE_TEST(gives_every_thread_the_same_library),
        FAKE_TEST(lists_packages_in_one_block),
        FAKE_TEST(describes_one_package_by_a_name_in_any_case),
        FAKE_TEST(survives_every_allocation_failing_in_a_list),
        FAKE_TEST(passes_on_what_the_lsa_says_about_packages),
        FAKE_TEST(adds_a_package_by_its_path_and_deletes_none),
        FAKE_TEST(frees_only_what_came_from_the_heap),
        FAKE_TEST(acquires_by_narrow_names_and_says_that_they_were),
        FAKE_TEST(makes_no_handle_when_acquiring_fails),
        FAKE_TEST(changes_a_password_by_either_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
