/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes: whom they are asked of, how large they are, and what their text becomes. */
#include <string.h>

#include "harness/fake_lsa.h"
#include "harness/harness.h"
#include "sspi/attr.h"

static void asks_the_user_half_once_it_lives(void **state)
{
    CtxtHandle ctx = fake_live();
    SecPkgContext_Lifespan lifespan = { 0 };

    (void)state;
    assert_int_equal(QueryContextAttributesW(&ctx, SECPKG_ATTR_LIFESPAN, &lifespan), SEC_E_OK);
    assert_int_equal(lifespan.tsExpiry.QuadPart, 77);
    assert_int_equal(seen.user_queries, 1);
    assert_int_equal(seen.lsa_queries, 0);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
}

static void asks_the_lsa_during_the_handshake(void **state)
{
    CtxtHandle ctx = fake_negotiating();
    SecPkgContext_Lifespan lifespan = { 0 };

    (void)state;
    assert_int_equal(QueryContextAttributesW(&ctx, SECPKG_ATTR_LIFESPAN, &lifespan), SEC_E_OK);
    assert_int_equal(seen.lsa_queries, 1);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
}

static void asks_the_lsa_for_what_the_package_keeps_there(void **state)
{
    CtxtHandle ctx = fake_live();
    SecPkgContext_Lifespan lifespan = { 0 };

    (void)state;
    fake.thunk = SECPKG_ATTR_LIFESPAN;
    assert_int_equal(QueryContextAttributesW(&ctx, SECPKG_ATTR_LIFESPAN, &lifespan), SEC_E_OK);
    assert_int_equal(seen.lsa_queries, 1);
    fake.thunk = SECPKG_ATTR_THUNK_ALL;
    assert_int_equal(QueryContextAttributesW(&ctx, SECPKG_ATTR_LIFESPAN, &lifespan), SEC_E_OK);
    assert_int_equal(seen.lsa_queries, 2);
    assert_int_equal(seen.user_queries, 0);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
}

static void maps_a_refusal_and_leaves_the_output_alone(void **state)
{
    CtxtHandle ctx = fake_live();
    SecPkgContext_NamesA names = { (char *)8 };

    (void)state;
    fake.query = STATUS_NOT_SUPPORTED;
    assert_int_equal(QueryContextAttributesA(&ctx, SECPKG_ATTR_NAMES, &names),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_ptr_equal(names.sUserName, (char *)8);
    assert_int_equal(QueryContextAttributesA(&ctx, SECPKG_ATTR_NAMES, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
}

static void narrows_one_text(void **state)
{
    CtxtHandle ctx = fake_live();
    CredHandle cred = fake_cred();
    SecPkgContext_NamesA names = { 0 };
    SecPkgCredentials_NamesA of_cred = { 0 };

    (void)state;
    assert_int_equal(QueryContextAttributesA(&ctx, SECPKG_ATTR_NAMES, &names), SEC_E_OK);
    assert_string_equal(names.sUserName, "n\xc3\xa4me");
    assert_int_equal(FreeContextBuffer(names.sUserName), SEC_E_OK);
    assert_int_equal(QueryCredentialsAttributesA(&cred, SECPKG_CRED_ATTR_NAMES, &of_cred),
                     SEC_E_OK);
    assert_string_equal(of_cred.sUserName, "n\xc3\xa4me");
    assert_int_equal(FreeContextBuffer(of_cred.sUserName), SEC_E_OK);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
}

static void narrows_two_texts_or_none_when_memory_ends(void **state)
{
    CtxtHandle ctx = fake_live();
    SecPkgContext_NativeNamesA names = { (char *)8, (char *)8 };
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;

    (void)state;
    for (size_t nth = 0; status == SEC_E_INSUFFICIENT_MEMORY && nth < 100; nth++) {
        assert_ptr_equal(names.sClientName, (char *)8);
        fault_malloc_at(nth);
        status = QueryContextAttributesA(&ctx, SECPKG_ATTR_NATIVE_NAMES, &names);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(status, SEC_E_OK);
    assert_string_equal(names.sClientName, "client");
    assert_string_equal(names.sServerName, "server");
    assert_int_equal(FreeContextBuffer(names.sClientName), SEC_E_OK);
    assert_int_equal(FreeContextBuffer(names.sServerName), SEC_E_OK);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
}

static void narrows_a_package_into_one_block(void **state)
{
    CtxtHandle ctx = fake_live();
    SecPkgContext_PackageInfoA info = { 0 };

    (void)state;
    assert_int_equal(QueryContextAttributesA(&ctx, SECPKG_ATTR_PACKAGE_INFO, &info), SEC_E_OK);
    assert_string_equal(info.PackageInfo->Name, "fake");
    assert_null(info.PackageInfo->Comment);
    assert_int_equal(info.PackageInfo->fCapabilities, 5);
    assert_int_equal(FreeContextBuffer(info.PackageInfo), SEC_E_OK);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
}

static void leaves_the_wide_answer_as_it_is(void **state)
{
    CtxtHandle ctx = fake_live();
    SecPkgContext_NamesW names = { 0 };

    (void)state;
    assert_int_equal(QueryContextAttributesW(&ctx, SECPKG_ATTR_NAMES, &names), SEC_E_OK);
    assert_memory_equal(names.sUserName, u"n\u00e4me", sizeof(u"n\u00e4me"));
    assert_int_equal(FreeContextBuffer(names.sUserName), SEC_E_OK);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
}

static void checks_the_size_when_it_is_told(void **state)
{
    CtxtHandle ctx = fake_live();
    CredHandle cred = fake_cred();
    SecPkgContext_NamesA a = { 0 };
    SecPkgContext_NamesW w = { 0 };

    (void)state;
    assert_int_equal(QueryContextAttributesExA(&ctx, SECPKG_ATTR_NAMES, &a, sizeof(a) - 1),
                     SEC_E_BUFFER_TOO_SMALL);
    assert_int_equal(QueryContextAttributesExW(&ctx, SECPKG_ATTR_NAMES, &w, 0),
                     SEC_E_BUFFER_TOO_SMALL);
    assert_int_equal(QueryCredentialsAttributesExA(&cred, SECPKG_CRED_ATTR_NAMES, &a, 4),
                     SEC_E_BUFFER_TOO_SMALL);
    assert_int_equal(QueryCredentialsAttributesExW(&cred, SECPKG_CRED_ATTR_NAMES, &w, 4),
                     SEC_E_BUFFER_TOO_SMALL);
    assert_int_equal(QueryContextAttributesExW(&ctx, 0x12345, &w, 1000),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(seen.user_queries, 0);
    assert_int_equal(QueryContextAttributesExA(&ctx, SECPKG_ATTR_NAMES, &a, sizeof(a)), SEC_E_OK);
    assert_int_equal(QueryContextAttributesExW(&ctx, SECPKG_ATTR_NAMES, &w, sizeof(w)), SEC_E_OK);
    assert_int_equal(FreeContextBuffer(a.sUserName), SEC_E_OK);
    assert_int_equal(FreeContextBuffer(w.sUserName), SEC_E_OK);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
}

static void refuses_attributes_of_credentials_that_are_none(void **state)
{
    CtxtHandle ctx = fake_live();
    CredHandle cred = fake_cred();
    SecPkgCredentials_NamesW names = { 0 };
    ULONG value = 0;

    (void)state;
    assert_int_equal(QueryCredentialsAttributesW(&ctx, SECPKG_CRED_ATTR_NAMES, &names),
                     SEC_E_INVALID_HANDLE);
    assert_int_equal(SetCredentialsAttributesW(&ctx, 5, &value, 4), SEC_E_INVALID_HANDLE);
    assert_int_equal(SetCredentialsAttributesA(&cred, 5, NULL, 4), SEC_E_INVALID_PARAMETER);
    assert_int_equal(QueryCredentialsAttributesW(&cred, SECPKG_CRED_ATTR_NAMES, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(SetCredentialsAttributesA(&cred, 5, &value, 4), SEC_E_OK);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
}

static void keeps_every_text_within_its_structure(void **state)
{
    (void)state;
    for (ULONG attribute = 0; attribute < 256; attribute++) {
        for (enum handle_kind kind = HANDLE_CRED; kind <= HANDLE_CTX; kind++) {
            const struct attr *attr = attr_find(kind, attribute);

            if (attr == NULL)
                continue;
            assert_int_equal(attr->attribute, attribute);
            if (attr_has_text(attr))
                assert_in_range(attr->size, sizeof(void *), ATTR_WITH_TEXT_MAX);
            for (size_t i = 0; i < attr->n_text; i++)
                assert_in_range(attr->text[i], 0, attr->size - sizeof(void *));
        }
    }
    assert_false(attr_has_text(attr_find(HANDLE_CTX, SECPKG_ATTR_SIZES)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(asks_the_user_half_once_it_lives),
        FAKE_TEST(asks_the_lsa_during_the_handshake),
        FAKE_TEST(asks_the_lsa_for_what_the_package_keeps_there),
        FAKE_TEST(maps_a_refusal_and_leaves_the_output_alone),
        FAKE_TEST(narrows_one_text),
        FAKE_TEST(narrows_two_texts_or_none_when_memory_ends),
        FAKE_TEST(narrows_a_package_into_one_block),
        FAKE_TEST(leaves_the_wide_answer_as_it_is),
        FAKE_TEST(checks_the_size_when_it_is_told),
        FAKE_TEST(refuses_attributes_of_credentials_that_are_none),
        FAKE_TEST(keeps_every_text_within_its_structure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
