/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes through the socket: what comes out is what went in, or nothing. */
#include "rpc/attr_form.h"

#include "base/cleanup.h"
#include "base/heap.h"
#include "base/utf16.h"
#include "harness/harness.h"

static void *copy(const void *p, size_t n)
{
    void *made = heap_alloc(n);

    assert_non_null(made);
    memcpy(made, p, n);
    return made;
}

static struct view form_of(const struct attr *attr, const void *structure)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(4096);

    assert_int_equal(attr_form_encode(attr, structure, &out), SSP_OK);
    return guarded((struct view){ out.p, out.n });
}

static struct view form_of_names(void)
{
    SecPkgContext_NamesW names = { copy(u"DOMAIN\\user", sizeof(u"DOMAIN\\user")) };
    struct view form = form_of(attr_of_ctx(SECPKG_ATTR_NAMES), &names);

    attr_form_free(attr_of_ctx(SECPKG_ATTR_NAMES), &names);
    assert_null(names.sUserName);
    return form;
}

static struct view form_of_package(void)
{
    SEC_WCHAR name[] = u"NTLM";
    SecPkgInfoW info = {
        .fCapabilities = 1, .wVersion = 2, .wRPCID = 3, .cbMaxToken = 4, .Name = name
    };
    SecPkgContext_NegotiationInfoW negotiation = { &info, 5 };

    return form_of(attr_of_ctx(SECPKG_ATTR_NEGOTIATION_INFO), &negotiation);
}

static struct view form_of_key(void)
{
    uint8_t bytes[] = { 1, 2, 3, 4 };
    SecPkgContext_SessionKey key = { sizeof(bytes), bytes };

    return form_of(attr_of_ctx(SECPKG_ATTR_SESSION_KEY), &key);
}

static void carries_a_structure_without_pointers(void **state)
{
    const struct attr *attr = attr_of_ctx(SECPKG_ATTR_SIZES);
    SecPkgContext_Sizes sizes = { 1, 2, 3, 4 };
    SecPkgContext_Sizes got = { 0 };

    (void)state;
    assert_int_equal(attr_form_decode(attr, form_of(attr, &sizes), &got), SSP_OK);
    assert_memory_equal(&got, &sizes, sizeof(sizes));
}

static void carries_text(void **state)
{
    const struct attr *attr = attr_of_ctx(SECPKG_ATTR_NAMES);
    SecPkgContext_NamesW got = { 0 };

    (void)state;
    assert_int_equal(attr_form_decode(attr, form_of_names(), &got), SSP_OK);
    assert_int_equal(str16_len(got.sUserName), 11);
    assert_memory_equal(got.sUserName, u"DOMAIN\\user", 24);
    attr_form_free(attr, &got);
}

static void carries_text_that_is_not_there(void **state)
{
    const struct attr *attr = attr_of_ctx(SECPKG_ATTR_NATIVE_NAMES);
    SecPkgContext_NativeNamesW names = { NULL, copy(u"", sizeof(u"")) };
    SecPkgContext_NativeNamesW got = { 0 };

    (void)state;
    assert_int_equal(attr_form_decode(attr, form_of(attr, &names), &got), SSP_OK);
    attr_form_free(attr, &names);
    assert_null(got.sClientName);
    assert_int_equal(str16_len(got.sServerName), 0);
    attr_form_free(attr, &got);
}

static void carries_a_package(void **state)
{
    const struct attr *attr = attr_of_ctx(SECPKG_ATTR_NEGOTIATION_INFO);
    SecPkgContext_NegotiationInfoW got = { 0 };

    (void)state;
    assert_int_equal(attr_form_decode(attr, form_of_package(), &got), SSP_OK);
    assert_int_equal(got.NegotiationState, 5);
    assert_int_equal(got.PackageInfo->cbMaxToken, 4);
    assert_memory_equal(got.PackageInfo->Name, u"NTLM", 10);
    assert_null(got.PackageInfo->Comment);
    attr_form_free(attr, &got);
}

static void carries_bytes(void **state)
{
    const struct attr *attr = attr_of_ctx(SECPKG_ATTR_SESSION_KEY);
    SecPkgContext_SessionKey got = { 0 };

    (void)state;
    assert_int_equal(attr_form_decode(attr, form_of_key(), &got), SSP_OK);
    assert_view_equal((struct view){ got.SessionKey, got.SessionKeyLength }, hex("01020304"));
    attr_form_free(attr, &got);
}

static void shows_no_pointer(void **state)
{
    struct view form = form_of_key();

    (void)state;
    for (size_t i = 8; i < sizeof(SecPkgContext_SessionKey); i++)
        assert_int_equal(form.p[i], 0);
}

static void refuses_every_truncation_and_bytes_behind_it(void **state)
{
    const struct {
        const struct attr *attr;
        struct view form;
    } all[] = {
        { attr_of_ctx(SECPKG_ATTR_NAMES), form_of_names() },
        { attr_of_ctx(SECPKG_ATTR_NEGOTIATION_INFO), form_of_package() },
        { attr_of_ctx(SECPKG_ATTR_SESSION_KEY), form_of_key() },
    };
    uint8_t longer[256] = { 0 };
    uint8_t untouched[ATTR_SIZE_MAX] = { 0 };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        for (size_t n = 0; n < all[i].form.n; n++) {
            struct view cut = guarded((struct view){ all[i].form.p, n });

            assert_int_equal(attr_form_decode(all[i].attr, cut, untouched), SSP_ERR_BAD_FRAME);
        }
        memcpy(longer, all[i].form.p, all[i].form.n);
        assert_int_equal(
            attr_form_decode(all[i].attr, (struct view){ longer, all[i].form.n + 1 }, untouched),
            SSP_ERR_BAD_FRAME);
    }
    assert_int_equal(untouched[0], 0);
}

static void fails_when_there_is_no_memory(void **state)
{
    const struct attr *attr = attr_of_ctx(SECPKG_ATTR_NEGOTIATION_INFO);
    struct view form = form_of_package();
    SecPkgContext_NegotiationInfoW got = { 0 };
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    for (size_t n = 0; e != SSP_OK; n++) {
        fault_malloc_at(n);
        e = attr_form_decode(attr, form, &got);
        fault_malloc_at(SIZE_MAX);
        assert_true(e == SSP_OK || e == SSP_ERR_NO_MEMORY);
    }
    attr_form_free(attr, &got);
}

static void carries_nothing_that_it_does_not_know(void **state)
{
    (void)state;
    assert_false(attr_form_exists(attr_of_ctx(0x7fff)));
    assert_false(attr_form_exists(attr_of_ctx(SECPKG_ATTR_ACCESS_TOKEN)));
    assert_false(attr_form_exists(attr_of_ctx(SECPKG_ATTR_DCE_INFO)));
    assert_true(attr_form_exists(attr_of_ctx(SECPKG_ATTR_SIZES)));
    assert_true(attr_form_exists(attr_of_cred(SECPKG_CRED_ATTR_NAMES)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(carries_a_structure_without_pointers),
        TEST(carries_text),
        TEST(carries_text_that_is_not_there),
        TEST(carries_a_package),
        TEST(carries_bytes),
        TEST(shows_no_pointer),
        TEST(refuses_every_truncation_and_bytes_behind_it),
        TEST(fails_when_there_is_no_memory),
        TEST(carries_nothing_that_it_does_not_know),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
