/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/subject.h"

#include "base/cleanup.h"
#include "base/wr.h"
#include "harness/harness.h"
#include "harness/tls_ca.h"

static struct ca ca;

static int set_up(void **state)
{
    (void)state;
    ca_init(&ca);
    return 0;
}

static int tear_down(void **state)
{
    ca_done(&ca);
    return free_guarded(state);
}

/* The certificate as a chain of one. */
static struct view chain_of(const struct ca_wish *wish)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(SIZE_MAX);
    struct ca_pair pair = ca_issue(&ca, wish);
    gnutls_datum_t der = { 0 };

    assert_int_equal(gnutls_x509_crt_export2(pair.cert, GNUTLS_X509_FMT_DER, &der), 0);
    wr_u8(&out, 0);
    wr_be16(&out, der.size);
    wr_view(&out, (struct view){ der.data, der.size });
    gnutls_free(der.data);
    ca_pair_done(&pair);
    return guarded((struct view){ out.p, out.n });
}

static void is_text(struct str16 *got, const char16_t *expected)
{
    assert_int_equal(got->n, str16_len(expected));
    if (got->n != 0)
        assert_memory_equal(got->p, expected, got->n * sizeof(*expected));
    str16_wipe(got);
}

static void a_subject_is_written_as_rfc_4514_has_it(void **state)
{
    struct view chain = chain_of(&(struct ca_wish){ .common_name = "a, b" });
    struct str16 dn = { 0 };

    (void)state;
    assert_int_equal(tls_subject_dn(chain, &dn), SSP_OK);
    is_text(&dn, u"CN=a\\, b");
}

static void an_account_is_named_by_the_best_name_that_there_is(void **state)
{
    static const struct {
        struct ca_wish wish;
        const char16_t *name;
    } rows[] = {
        { { .common_name = "cn", .mail = "m@x", .upn = "u@y" }, u"u@y" },
        { { .common_name = "cn", .mail = "m@x" }, u"m@x" },
        { { .common_name = "cn" }, u"cn" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct str16 name = { 0 };

        assert_int_equal(tls_subject_name(chain_of(&rows[i].wish), &name), SSP_OK);
        is_text(&name, rows[i].name);
    }
}

static void nobody_shows_no_certificate(void **state)
{
    struct str16 text = { 0 };

    (void)state;
    assert_int_equal(tls_subject_dn((struct view){ 0 }, &text), SSP_OK);
    is_text(&text, u"");
    assert_int_equal(tls_subject_name((struct view){ 0 }, &text), SSP_OK);
    is_text(&text, u"");
}

/* As a peer whom nobody verified, or who wrote the packed context, might have it. */
static void what_is_no_certificate_names_nobody(void **state)
{
    const struct view whole = chain_of(&(struct ca_wish){ 0 });
    struct str16 text = { 0 };

    (void)state;
    for (size_t n = 1; n + 3 < whole.n; n++) {
        struct view cut = guarded((struct view){ whole.p, n + 3 });

        ((uint8_t *)(uintptr_t)cut.p)[1] = (uint8_t)(n >> 8);
        ((uint8_t *)(uintptr_t)cut.p)[2] = (uint8_t)n;
        assert_int_equal(tls_subject_dn(cut, &text), SSP_ERR_CERT_UNKNOWN);
        assert_int_equal(tls_subject_name(cut, &text), SSP_ERR_CERT_UNKNOWN);
        assert_null(text.p);
    }
}

static bool fails_at(struct view chain, size_t nth, const char16_t *name,
                     enum ssp_err (*of)(struct view chain, struct str16 *ret))
{
    struct str16 text = { 0 };

    fault_malloc_at(nth);
    enum ssp_err e = of(chain, &text);
    bool came = fault_came();
    fault_malloc_at(SIZE_MAX);
    assert_int_equal(e, came ? SSP_ERR_NO_MEMORY : SSP_OK);
    is_text(&text, came ? u"" : name);
    return came;
}

static void a_lack_of_memory_is_told(void **state)
{
    struct view chain = chain_of(&(struct ca_wish){ .common_name = "cn", .mail = "m@x" });

    (void)state;
    for (size_t nth = 0; fails_at(chain, nth, u"CN=cn", tls_subject_dn); nth++)
        assert_true(nth < 8);
    for (size_t nth = 0; fails_at(chain, nth, u"m@x", tls_subject_name); nth++)
        assert_true(nth < 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_subject_is_written_as_rfc_4514_has_it),
        TEST(an_account_is_named_by_the_best_name_that_there_is),
        TEST(nobody_shows_no_certificate),
        TEST(what_is_no_certificate_names_nobody),
        TEST(a_lack_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
