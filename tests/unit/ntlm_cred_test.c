/* SPDX-License-Identifier: Apache-2.0 */
#include <sspi.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "harness/harness.h"
#include "packages/ntlm/cred.h"

/* NTOWFv1("Password"), [MS-NLMP] 4.2.2.1.2. */
#define PASSWORD_HASH "a4f49c406510bdcab6824ee7c30fd852"

static void assert_name(const struct str16 *name, const char *want)
{
    ssp_cleanup(wipe_free_str) char *got = NULL;

    assert_int_equal(str16_to_utf8(name, &got), SSP_OK);
    assert_string_equal(got, want);
}

static struct ntlm_config preset(void)
{
    return (struct ntlm_config){ .allow = true };
}

static unsigned char *text(const char *s, uint32_t *ret_n)
{
    *ret_n = s == NULL ? 0 : (uint32_t)strlen(s);
    return (unsigned char *)(uintptr_t)s;
}

static enum ssp_err acquire(const struct ntlm_config *config, const char *user, const char *domain,
                            const char *password, struct ntlm_cred **ret)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = { .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI };
    const struct ntlm_cred_request what = { SECPKG_CRED_OUTBOUND, NULL, &identity };

    identity.User = text(user, &identity.UserLength);
    identity.Domain = text(domain, &identity.DomainLength);
    identity.Password = text(password, &identity.PasswordLength);
    return ntlm_cred_new(config, &what, ret);
}

static void keeps_the_hash_and_not_the_password(void **state)
{
    ssp_cleanup(ntlm_cred_unrefp) struct ntlm_cred *cred = NULL;
    const struct ntlm_config config = preset();

    (void)state;
    watch_frees_for((struct view){ (const uint8_t *)u"Password", 16 });
    assert_int_equal(acquire(&config, "User", "Domain", "Password", &cred), SSP_OK);
    assert_int_equal(frees_unwiped(), 0);
    assert_view_equal(key_view(&cred->hashes->nt), hex(PASSWORD_HASH));
    assert_int_equal(cred->hashes->lm.n, 0);
    assert_true(cred->outbound);
    assert_false(cred->inbound || cred->is_anonymous);
}

static void makes_an_lm_hash_only_where_it_may_go_out(void **state)
{
    struct ntlm_config config = preset();
    ssp_cleanup(ntlm_cred_unrefp) struct ntlm_cred *cred = NULL;
    ssp_cleanup(ntlm_cred_unrefp) struct ntlm_cred *lengthy = NULL;

    (void)state;
    config.lm = true;
    assert_int_equal(acquire(&config, "User", "Domain", "Password", &cred), SSP_OK);
    assert_view_equal(key_view(&cred->hashes->lm), hex("e52cac67419a9a224a3b108f3fa6cb6d"));
    assert_int_equal(acquire(&config, "User", "Domain", "fifteen letters", &lengthy), SSP_OK);
    assert_int_equal(lengthy->hashes->lm.n, 0);
}

static void takes_a_name_apart_at_the_backslash(void **state)
{
    static const struct {
        const char *user;
        const char *domain;
        const char *want_user;
        const char *want_domain;
    } cases[] = {
        { "User", "Domain", "User", "Domain" },
        { "Domain\\User", "", "User", "Domain" },
        { "Domain\\User", NULL, "User", "Domain" },
        { "Other\\User", "Domain", "Other\\User", "Domain" },
        { "user@example.org", NULL, "user@example.org", "" },
        { "\\User", "", "User", "" },
        { "User", NULL, "User", "" },
    };
    const struct ntlm_config config = preset();

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ssp_cleanup(ntlm_cred_unrefp) struct ntlm_cred *cred = NULL;

        assert_int_equal(acquire(&config, cases[i].user, cases[i].domain, "x", &cred), SSP_OK);
        assert_name(&cred->user, cases[i].want_user);
        assert_name(&cred->domain, cases[i].want_domain);
    }
}

static void empty_names_are_somebody_else_than_no_names(void **state)
{
    ssp_cleanup(ntlm_cred_unrefp) struct ntlm_cred *cred = NULL;
    const struct ntlm_config config = preset();

    (void)state;
    assert_int_equal(acquire(&config, "", "", "", &cred), SSP_OK);
    assert_true(cred->is_anonymous);
    assert_null(cred->hashes);
    ntlm_cred_unrefp(&cred);
    assert_int_equal(acquire(&config, NULL, NULL, NULL, &cred), SSP_ERR_NO_CREDS);
    assert_int_equal(acquire(&config, "User", NULL, NULL, &cred), SSP_ERR_NO_CREDS);
    assert_null(cred);
}

static void falls_back_on_the_stored_credential(void **state)
{
    ssp_cleanup(ntlm_cred_unrefp) struct ntlm_cred *cred = NULL;
    struct ntlm_config config = preset();
    const struct ntlm_cred_request what = { .use = SECPKG_CRED_OUTBOUND };
    char path[4096];

    (void)state;
    (void)snprintf(path, sizeof(path), "%s", scratch("mine"));
    assert_int_equal(file_replace(path, 0600, view_text("me:HOME:" PASSWORD_HASH "\n")), SSP_OK);
    assert_int_equal(ntlm_cred_new(&config, &what, &cred), SSP_ERR_NO_CREDS);
    config.credential = path;
    assert_int_equal(ntlm_cred_new(&config, &what, &cred), SSP_OK);
    assert_name(&cred->user, "me");
    assert_name(&cred->domain, "HOME");
    assert_view_equal(key_view(&cred->hashes->nt), hex(PASSWORD_HASH));
}

static void asks_for_a_use_and_honours_it(void **state)
{
    static const struct {
        uint32_t use;
        enum ssp_err e;
        bool inbound;
    } cases[] = {
        { 0, SSP_ERR_BAD_ARGUMENT, false },
        { SECPKG_CRED_DEFAULT, SSP_ERR_BAD_ARGUMENT, false },
        { SECPKG_CRED_INBOUND, SSP_OK, true },
        { SECPKG_CRED_BOTH, SSP_OK, true }, /* a server without a credential of its own */
        { SECPKG_CRED_OUTBOUND, SSP_ERR_NO_CREDS, false },
    };
    const struct ntlm_config config = preset();

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ssp_cleanup(ntlm_cred_unrefp) struct ntlm_cred *cred = NULL;
        const struct ntlm_cred_request what = { .use = cases[i].use };

        assert_int_equal(ntlm_cred_new(&config, &what, &cred), cases[i].e);
        if (cred != NULL)
            assert_true(cred->inbound == cases[i].inbound && !cred->outbound);
    }
}

static void refuses_a_malformed_identity(void **state)
{
    ssp_cleanup(ntlm_cred_unrefp) struct ntlm_cred *cred = NULL;
    const struct ntlm_config config = preset();
    SEC_WINNT_AUTH_IDENTITY_A identity = { 0 }; /* neither ANSI nor UNICODE */
    const struct ntlm_cred_request what = { SECPKG_CRED_OUTBOUND, NULL, &identity };

    (void)state;
    assert_int_equal(ntlm_cred_new(&config, &what, &cred), SSP_ERR_UNKNOWN_CREDS);
}

static void every_failing_allocation_is_reported(void **state)
{
    struct ntlm_config config = preset();
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    config.lm = true;
    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        ssp_cleanup(ntlm_cred_unrefp) struct ntlm_cred *cred = NULL;

        fault_malloc_at(nth);
        e = acquire(&config, "Domain\\User", NULL, "Password", &cred);
        fault_malloc_at(SIZE_MAX);
        assert_int_equal(cred != NULL, e == SSP_OK);
    }
    assert_int_equal(e, SSP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeps_the_hash_and_not_the_password),
        TEST(makes_an_lm_hash_only_where_it_may_go_out),
        TEST(takes_a_name_apart_at_the_backslash),
        TEST(empty_names_are_somebody_else_than_no_names),
        TEST(falls_back_on_the_stored_credential),
        TEST(asks_for_a_use_and_honours_it),
        TEST(refuses_a_malformed_identity),
        TEST(every_failing_allocation_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
