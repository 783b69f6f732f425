/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/attrs.h"

#include "harness/harness.h"
#include "harness/host_heap.h"
#include "packages/kerberos/info.h"

static const struct pkg_heap heap = { host_alloc, host_release };

static char16_t client[] = u"al\\@ice/admin@EXAMPLE.COM";
static char16_t server[] = u"HTTP/server.example.com@SERVERS.EXAMPLE";

static const struct krb_names names = {
    .client = { client, sizeof(client) / 2 - 1 },
    .server = { server, sizeof(server) / 2 - 1 },
};

static struct krb_core core_of(int32_t enctype, enum krb_side side, uint32_t attributes)
{
    struct krb_agreed agreed = { .side = side,
                                 .enctype = enctype,
                                 .attributes = attributes,
                                 .key = { { 1, 2, 3 }, krb_key_size(enctype) } };
    struct krb_core core = { .attributes = attributes, .start = 5, .expiry = 7 };

    assert_int_equal(krb_session_init(&agreed, &core.session), SSP_OK);
    return core;
}

static const struct krb_subject *acceptor(HANDLE token)
{
    static struct krb_core core;
    static struct krb_subject subject;

    core = core_of(KRB_AES256_SHA1, KRB_ACCEPTOR, ASC_RET_INTEGRITY | ASC_RET_CONFIDENTIALITY);
    subject = (struct krb_subject){ &core, &names, token };
    return &subject;
}

static void assert_text(const SEC_WCHAR *got, const char16_t *expected)
{
    size_t n = str16_len(expected);

    assert_int_equal(str16_len(got), n);
    assert_memory_equal(got, expected, n * sizeof(*got));
}

static void sizes_follow_from_type_and_style(void **state)
{
    static const ULONG expected[4][2] = { { 28, 60 }, { 28, 60 }, { 32, 64 }, { 40, 72 } };

    (void)state;
    for (int32_t type = KRB_AES128_SHA1; type <= KRB_AES256_SHA2; type++) {
        for (ULONG dce = 0; dce <= 1; dce++) {
            struct krb_core core =
                core_of(type, KRB_INITIATOR, dce != 0 ? ISC_RET_USED_DCE_STYLE : 0);
            const struct krb_subject subject = { &core, &names, NULL };
            SecPkgContext_Sizes got = { 0 };

            assert_int_equal(krb_attr_query(&subject, &heap, SECPKG_ATTR_SIZES, &got), SSP_OK);
            assert_int_equal(got.cbMaxToken, KRB_MAX_TOKEN);
            assert_int_equal(got.cbMaxSignature, expected[type - KRB_AES128_SHA1][0]);
            assert_int_equal(got.cbBlockSize, 1);
            assert_int_equal(got.cbSecurityTrailer, expected[type - KRB_AES128_SHA1][1] + 16 * dce);
        }
    }
}

static void names_are_principals(void **state)
{
    SecPkgContext_NamesW user = { 0 };
    SecPkgContext_NativeNamesW both = { 0 };
    SecPkgContext_AuthorityW authority = { 0 };
    SecPkgContext_ClientSpecifiedTarget target = { 0 };

    (void)state;
    assert_int_equal(krb_attr_query(acceptor(NULL), &heap, SECPKG_ATTR_NAMES, &user), SSP_OK);
    assert_text(user.sUserName, client);
    assert_int_equal(krb_attr_query(acceptor(NULL), &heap, SECPKG_ATTR_NATIVE_NAMES, &both),
                     SSP_OK);
    assert_text(both.sClientName, client);
    assert_text(both.sServerName, server);
    assert_int_equal(krb_attr_query(acceptor(NULL), &heap, SECPKG_ATTR_AUTHORITY, &authority),
                     SSP_OK);
    assert_text(authority.sAuthorityName, u"EXAMPLE.COM");
    assert_int_equal(
        krb_attr_query(acceptor(NULL), &heap, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, &target),
        SSP_OK);
    assert_text(target.sTargetName, u"HTTP/server.example.com");
    host_release(user.sUserName);
    host_release(both.sClientName);
    host_release(both.sServerName);
    host_release(authority.sAuthorityName);
    host_release(target.sTargetName);
}

static void keys_are_said_as_the_specifications_name_them(void **state)
{
    SecPkgContext_KeyInfoW info = { 0 };
    SecPkgContext_SessionKey key = { 0 };

    (void)state;
    assert_int_equal(krb_attr_query(acceptor(NULL), &heap, SECPKG_ATTR_KEY_INFO, &info), SSP_OK);
    assert_text(info.sEncryptAlgorithmName, u"aes256-cts-hmac-sha1-96");
    assert_text(info.sSignatureAlgorithmName, u"hmac-sha1-96-aes256");
    assert_int_equal(info.KeySize, 256);
    assert_int_equal(info.EncryptAlgorithm, 18);
    assert_int_equal(info.SignatureAlgorithm, 16);
    assert_int_equal(krb_attr_query(acceptor(NULL), &heap, SECPKG_ATTR_SESSION_KEY, &key), SSP_OK);
    assert_int_equal(key.SessionKeyLength, 32);
    assert_int_equal(key.SessionKey[2], 3);
    host_release(info.sEncryptAlgorithmName);
    host_release(info.sSignatureAlgorithmName);
    host_release(key.SessionKey);
}

static void time_flags_and_state_are_those_of_the_handshake(void **state)
{
    SecPkgContext_Lifespan span = { 0 };
    SecPkgContext_Flags flags = { 0 };
    SecPkgContext_LastClientTokenStatus last = { SecPkgAttrLastClientTokenMaybe };
    SecPkgContext_NegotiationInfoW negotiation = { 0 };
    SecPkgContext_PackageInfoW package = { 0 };

    (void)state;
    assert_int_equal(krb_attr_query(acceptor(NULL), &heap, SECPKG_ATTR_LIFESPAN, &span), SSP_OK);
    assert_true(span.tsStart.QuadPart == 5 && span.tsExpiry.QuadPart == 7);
    assert_int_equal(krb_attr_query(acceptor(NULL), &heap, SECPKG_ATTR_FLAGS, &flags), SSP_OK);
    assert_int_equal(flags.Flags, ASC_RET_INTEGRITY | ASC_RET_CONFIDENTIALITY);
    assert_int_equal(
        krb_attr_query(acceptor(NULL), &heap, SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, &last), SSP_OK);
    assert_int_equal(last.LastClientTokenStatus, SecPkgAttrLastClientTokenYes);
    assert_int_equal(
        krb_attr_query(acceptor(NULL), &heap, SECPKG_ATTR_NEGOTIATION_INFO, &negotiation), SSP_OK);
    assert_int_equal(negotiation.NegotiationState, SECPKG_NEGOTIATION_COMPLETE);
    assert_text(negotiation.PackageInfo->Name, u"Kerberos");
    assert_int_equal(krb_attr_query(acceptor(NULL), &heap, SECPKG_ATTR_PACKAGE_INFO, &package),
                     SSP_OK);
    assert_int_equal(package.PackageInfo->wRPCID, KRB_RPC_ID);
    host_release(negotiation.PackageInfo);
    host_release(package.PackageInfo);
}

static void the_token_is_the_contexts_own(void **state)
{
    SecPkgContext_AccessToken token = { 0 };
    HANDLE own = (HANDLE)(uintptr_t)8;

    (void)state;
    assert_int_equal(krb_attr_query(acceptor(own), &heap, SECPKG_ATTR_ACCESS_TOKEN, &token),
                     SSP_OK);
    assert_ptr_equal(token.AccessToken, own);
    assert_int_equal(krb_attr_query(acceptor(NULL), &heap, SECPKG_ATTR_ACCESS_TOKEN, &token),
                     SSP_ERR_NO_IMPERSONATION);
}

static void a_running_handshake_answers_what_is_known_by_then(void **state)
{
    static const ULONG late[] = { SECPKG_ATTR_NAMES,        SECPKG_ATTR_LIFESPAN,
                                  SECPKG_ATTR_KEY_INFO,     SECPKG_ATTR_SESSION_KEY,
                                  SECPKG_ATTR_NATIVE_NAMES, SECPKG_ATTR_AUTHORITY,
                                  SECPKG_ATTR_ACCESS_TOKEN };
    SecPkgContext_Flags flags = { 0 };
    SecPkgContext_Sizes sizes = { 0 };
    SecPkgContext_NegotiationInfoW negotiation = { 0 };
    uint8_t nothing[64];

    (void)state;
    assert_int_equal(krb_attr_query_half(42, &heap, SECPKG_ATTR_FLAGS, &flags), SSP_OK);
    assert_int_equal(flags.Flags, 42);
    assert_int_equal(krb_attr_query_half(0, &heap, SECPKG_ATTR_SIZES, &sizes), SSP_OK);
    assert_true(sizes.cbMaxSignature >= 40 && sizes.cbSecurityTrailer >= 88);
    assert_int_equal(krb_attr_query_half(0, &heap, SECPKG_ATTR_NEGOTIATION_INFO, &negotiation),
                     SSP_OK);
    assert_int_equal(negotiation.NegotiationState, SECPKG_NEGOTIATION_IN_PROGRESS);
    host_release(negotiation.PackageInfo);
    for (size_t i = 0; i < sizeof(late) / sizeof(late[0]); i++)
        assert_int_equal(krb_attr_query_half(0, &heap, late[i], nothing), SSP_ERR_UNSUPPORTED);
}

static void what_is_not_there_is_not_supported(void **state)
{
    static char16_t odd[] = u"nobody\\@nowhere\\";
    const struct krb_names without = { .client = { odd, sizeof(odd) / 2 - 1 } };
    struct krb_subject subject = *acceptor(NULL);
    struct krb_core core = core_of(KRB_AES128_SHA1, KRB_INITIATOR, 0);
    uint8_t nothing[64];

    (void)state;
    subject.names = &without;
    assert_int_equal(krb_attr_query(&subject, &heap, SECPKG_ATTR_AUTHORITY, nothing),
                     SSP_ERR_UNSUPPORTED);
    assert_int_equal(krb_attr_query(&subject, &heap, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, nothing),
                     SSP_ERR_UNSUPPORTED);
    subject = (struct krb_subject){ &core, &names, NULL };
    assert_int_equal(krb_attr_query(&subject, &heap, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, nothing),
                     SSP_ERR_UNSUPPORTED);
    assert_int_equal(krb_attr_query(&subject, &heap, SECPKG_ATTR_STREAM_SIZES, nothing),
                     SSP_ERR_UNSUPPORTED);
    assert_int_equal(krb_attr_query(&subject, &heap, 9999, nothing), SSP_ERR_UNSUPPORTED);
}

/* What was allocated before the one that fails is given back: ASan counts. */
static void survives_every_failing_allocation(void **state)
{
    static const ULONG all[] = { SECPKG_ATTR_NAMES,           SECPKG_ATTR_NATIVE_NAMES,
                                 SECPKG_ATTR_KEY_INFO,        SECPKG_ATTR_AUTHORITY,
                                 SECPKG_ATTR_SESSION_KEY,     SECPKG_ATTR_PACKAGE_INFO,
                                 SECPKG_ATTR_NEGOTIATION_INFO };
    const struct krb_subject *subject = acceptor(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        uint8_t answer[64] = { 0 };
        uint8_t untouched[64] = { 0 };
        size_t n = all[i] == SECPKG_ATTR_NATIVE_NAMES || all[i] == SECPKG_ATTR_KEY_INFO ? 2 : 1;

        for (size_t nth = 0; nth < n; nth++) {
            fault_malloc_at(nth);
            assert_int_equal(krb_attr_query(subject, &heap, all[i], answer), SSP_ERR_NO_MEMORY);
            fault_malloc_at(SIZE_MAX);
            assert_memory_equal(answer, untouched, sizeof(answer));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sizes_follow_from_type_and_style),
        TEST(names_are_principals),
        TEST(keys_are_said_as_the_specifications_name_them),
        TEST(time_flags_and_state_are_those_of_the_handshake),
        TEST(the_token_is_the_contexts_own),
        TEST(a_running_handshake_answers_what_is_known_by_then),
        TEST(what_is_not_there_is_not_supported),
        TEST(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
