/* SPDX-License-Identifier: Apache-2.0 */
/* What can be asked about a context: wide, narrow, and with the size of the answer's place. */
#include <schannel.h>
#include <string.h>

#include "conformance/subject.h"

/* A place for any answer, with room behind it that stays as it was. */
struct place {
    _Alignas(16) uint8_t b[1024];
};

enum { UNTOUCHED = 0xee, LAST_ATTRIBUTE = 0x100 };

static void clear(struct place *place)
{
    memset(place->b, UNTOUCHED, sizeof(place->b));
}

static bool is_untouched(const struct place *place, size_t from)
{
    for (size_t i = from; i < sizeof(place->b); i++)
        if (place->b[i] != UNTOUCHED)
            return false;
    return true;
}

static bool answers(const struct subject_attr *attr, const struct party *party)
{
    return party->accepts ? attr->server : attr->client;
}

/* Each attribute of the subject for each party that can answer it. */
typedef void attr_fn(const struct subject_attr *attr, struct party *party);

static void for_each(struct loopback *loop, attr_fn *check)
{
    for (const struct subject_attr *attr = subject->attrs; attr->size != 0; attr++) {
        if (answers(attr, &loop->client))
            check(attr, &loop->client);
        if (answers(attr, &loop->server))
            check(attr, &loop->server);
    }
}

static void free_answer(const struct subject_attr *attr, const struct place *place)
{
    for (size_t i = 0; i < attr->n_pointers; i++) {
        void *p = NULL;

        memcpy(&p, place->b + attr->pointers[i], sizeof(p));
        assert_non_null(p);
        if (attr->is_certificate)
            assert_true(CertFreeCertificateContext(p));
        else
            assert_int_equal(FreeContextBuffer(p), SEC_E_OK);
    }
}

/* ---- Every attribute --------------------------------------------------- */

typedef SECURITY_STATUS query_fn(PCtxtHandle ctx, ULONG attribute, void *ret);
typedef SECURITY_STATUS query_ex_fn(PCtxtHandle ctx, ULONG attribute, void *ret, ULONG size);

static query_fn *const queries[] = { QueryContextAttributesW, QueryContextAttributesA };
static query_ex_fn *const queries_ex[] = { QueryContextAttributesExW, QueryContextAttributesExA };

static void answers_in_both_forms(const struct subject_attr *attr, struct party *party)
{
    for (size_t i = 0; i < 2; i++) {
        struct place place;

        clear(&place);
        assert_int_equal(queries[i](&party->ctx, attr->id, &place), SEC_E_OK);
        assert_true(is_untouched(&place, attr->size));
        free_answer(attr, &place);
    }
}

static void answers_all_that_it_should(void **state)
{
    for_each(loop_of(state), answers_in_both_forms);
}

static void wants_a_place_that_is_large_enough(const struct subject_attr *attr, struct party *party)
{
    for (size_t i = 0; i < 2; i++) {
        struct place place;

        clear(&place);
        assert_int_equal(queries_ex[i](&party->ctx, attr->id, &place, attr->size - 1),
                         SEC_E_BUFFER_TOO_SMALL);
        assert_true(is_untouched(&place, 0));
        assert_int_equal(queries_ex[i](&party->ctx, attr->id, &place, attr->size), SEC_E_OK);
        free_answer(attr, &place);
    }
}

static void knows_the_size_of_every_answer(void **state)
{
    for_each(loop_of(state), wants_a_place_that_is_large_enough);
}

static void says_the_same(const struct subject_attr *attr, struct party *party)
{
    struct place wide;
    struct place narrow;

    if (attr->n_pointers != 0)
        return;
    clear(&wide);
    clear(&narrow);
    assert_int_equal(QueryContextAttributesW(&party->ctx, attr->id, &wide), SEC_E_OK);
    assert_int_equal(QueryContextAttributesExA(&party->ctx, attr->id, &narrow, sizeof(narrow)),
                     SEC_E_OK);
    assert_memory_equal(wide.b, narrow.b, sizeof(wide.b));
}

static void says_the_same_in_both_forms(void **state)
{
    for_each(loop_of(state), says_the_same);
}

static void wants_a_place(const struct subject_attr *attr, struct party *party)
{
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(queries[i](&party->ctx, attr->id, NULL), SEC_E_INVALID_PARAMETER);
        assert_int_equal(queries_ex[i](&party->ctx, attr->id, NULL, attr->size),
                         SEC_E_INVALID_PARAMETER);
    }
}

static void wants_a_place_for_every_answer(void **state)
{
    for_each(loop_of(state), wants_a_place);
}

static bool is_known(ULONG id)
{
    for (const struct subject_attr *attr = subject->attrs; attr->size != 0; attr++)
        if (attr->id == id)
            return true;
    return false;
}

static void says_so_where_it_has_no_answer(void **state)
{
    struct place place;

    clear(&place);
    for (ULONG i = 0; i < 2 * LAST_ATTRIBUTE; i++) {
        if (is_known(i / 2))
            continue;
        assert_int_equal(queries[i % 2](&loop_of(state)->server.ctx, i / 2, &place),
                         SEC_E_UNSUPPORTED_FUNCTION);
    }
    assert_true(is_untouched(&place, 0));
    assert_true(loopback_talks(loop_of(state)));
}

/* ---- What they say ----------------------------------------------------- */

/* Of a stream each knows the other by the certificate. */
static const char *name_for(const struct party *party)
{
    return party->accepts || subject->server_name == NULL ? subject->client_name
                                                          : subject->server_name;
}

static void tells_each_side_a_name(void **state)
{
    struct loopback *loop = loop_of(state);
    struct party *parties[] = { &loop->client, &loop->server };

    for (size_t i = 0; i < 2; i++) {
        SecPkgContext_NamesA narrow = { 0 };
        SecPkgContext_NamesW wide = { 0 };

        assert_int_equal(QueryContextAttributesA(&parties[i]->ctx, SECPKG_ATTR_NAMES, &narrow),
                         SEC_E_OK);
        assert_int_equal(QueryContextAttributesW(&parties[i]->ctx, SECPKG_ATTR_NAMES, &wide),
                         SEC_E_OK);
        assert_string_equal(narrow.sUserName, name_for(parties[i]));
        assert_true(same_text(wide.sUserName, narrow.sUserName));
        assert_int_equal(FreeContextBuffer(narrow.sUserName), SEC_E_OK);
        assert_int_equal(FreeContextBuffer(wide.sUserName), SEC_E_OK);
    }
}

static void tells_sizes_that_suffice(void **state)
{
    SecPkgContext_Sizes sizes = { 0 };

    assert_int_equal(
        QueryContextAttributesW(&loop_of(state)->client.ctx, SECPKG_ATTR_SIZES, &sizes), SEC_E_OK);
    assert_int_equal(sizes.cbMaxSignature, subject->signature_size);
    assert_true(sizes.cbSecurityTrailer >= subject->signature_size);
    assert_true(sizes.cbMaxToken != 0);
}

static void agrees_on_one_session_key(void **state)
{
    struct loopback *loop = loop_of(state);
    SecPkgContext_SessionKey keys[2] = { 0 };

    assert_int_equal(QueryContextAttributesW(&loop->client.ctx, SECPKG_ATTR_SESSION_KEY, &keys[0]),
                     SEC_E_OK);
    assert_int_equal(QueryContextAttributesA(&loop->server.ctx, SECPKG_ATTR_SESSION_KEY, &keys[1]),
                     SEC_E_OK);
    assert_int_equal(keys[0].SessionKeyLength, keys[1].SessionKeyLength);
    assert_memory_equal(keys[0].SessionKey, keys[1].SessionKey, keys[0].SessionKeyLength);
    assert_int_equal(FreeContextBuffer(keys[0].SessionKey), SEC_E_OK);
    assert_int_equal(FreeContextBuffer(keys[1].SessionKey), SEC_E_OK);
}

static void describes_its_package_in_both_forms(void **state)
{
    PCtxtHandle ctx = &loop_of(state)->server.ctx;
    SecPkgContext_PackageInfoA narrow = { 0 };
    SecPkgContext_PackageInfoW wide = { 0 };

    assert_int_equal(QueryContextAttributesA(ctx, SECPKG_ATTR_PACKAGE_INFO, &narrow), SEC_E_OK);
    assert_int_equal(QueryContextAttributesW(ctx, SECPKG_ATTR_PACKAGE_INFO, &wide), SEC_E_OK);
    assert_string_equal(narrow.PackageInfo->Name, subject_acts());
    assert_true(same_text(wide.PackageInfo->Name, narrow.PackageInfo->Name));
    assert_int_equal(wide.PackageInfo->fCapabilities, narrow.PackageInfo->fCapabilities);
    assert_int_equal(FreeContextBuffer(narrow.PackageInfo), SEC_E_OK);
    assert_int_equal(FreeContextBuffer(wide.PackageInfo), SEC_E_OK);
}

static void names_its_algorithms_in_both_forms(void **state)
{
    PCtxtHandle ctx = &loop_of(state)->client.ctx;
    SecPkgContext_KeyInfoA narrow = { 0 };
    SecPkgContext_KeyInfoW wide = { 0 };

    assert_int_equal(QueryContextAttributesA(ctx, SECPKG_ATTR_KEY_INFO, &narrow), SEC_E_OK);
    assert_int_equal(QueryContextAttributesW(ctx, SECPKG_ATTR_KEY_INFO, &wide), SEC_E_OK);
    assert_true(same_text(wide.sSignatureAlgorithmName, narrow.sSignatureAlgorithmName));
    assert_true(same_text(wide.sEncryptAlgorithmName, narrow.sEncryptAlgorithmName));
    assert_int_equal(wide.KeySize, narrow.KeySize);
    assert_int_equal(FreeContextBuffer(narrow.sSignatureAlgorithmName), SEC_E_OK);
    assert_int_equal(FreeContextBuffer(narrow.sEncryptAlgorithmName), SEC_E_OK);
    assert_int_equal(FreeContextBuffer(wide.sSignatureAlgorithmName), SEC_E_OK);
    assert_int_equal(FreeContextBuffer(wide.sEncryptAlgorithmName), SEC_E_OK);
}

static void gives_the_token_of_the_client_to_the_server_only(void **state)
{
    struct loopback *loop = loop_of(state);
    OPENSSPI_TOKEN_INFO info;
    HANDLE token = NULL;

    assert_int_equal(QuerySecurityContextToken(&loop->client.ctx, &token), SEC_E_NO_IMPERSONATION);
    assert_int_equal(QuerySecurityContextToken(&loop->server.ctx, NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(QuerySecurityContextToken(&loop->server.ctx, &token), SEC_E_OK);
    assert_int_equal(opensspi_token_query(token, &info), SEC_E_OK);
    assert_string_equal(info.package, subject_acts());
    assert_true(CloseHandle(token));
    assert_true(loopback_talks(loop));
}

/* ---- Setting ----------------------------------------------------------- */

static void takes_no_attribute_that_it_does_not_have(void **state)
{
    PCtxtHandle ctx = &loop_of(state)->server.ctx;
    ULONG value = 0;

    assert_int_equal(SetContextAttributesW(ctx, 0xabcd, &value, sizeof(value)),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(SetContextAttributesA(ctx, 0xabcd, &value, sizeof(value)),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(SetContextAttributesW(ctx, OPENSSPI_ATTR_EXPORT_LIFETIME, NULL, 4),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(SetContextAttributesW(ctx, OPENSSPI_ATTR_EXPORT_LIFETIME, &value, 3),
                     SEC_E_INVALID_PARAMETER);
}

int main(void)
{
    subject_choose();
    const struct CMUnitTest tests[] = {
        MET_TEST(answers_all_that_it_should),
        MET_TEST(knows_the_size_of_every_answer),
        MET_TEST(says_the_same_in_both_forms),
        MET_TEST(wants_a_place_for_every_answer),
        MET_TEST(says_so_where_it_has_no_answer),
        MET_TEST(tells_each_side_a_name),
        MET_TEST(tells_sizes_that_suffice),
        CASE_IF(is_known(SECPKG_ATTR_SESSION_KEY), MET_TEST(agrees_on_one_session_key)),
        CASE_IF(is_known(SECPKG_ATTR_PACKAGE_INFO), MET_TEST(describes_its_package_in_both_forms)),
        CASE_IF(is_known(SECPKG_ATTR_KEY_INFO), MET_TEST(names_its_algorithms_in_both_forms)),
        MET_TEST(gives_the_token_of_the_client_to_the_server_only),
        MET_TEST(takes_no_attribute_that_it_does_not_have),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
