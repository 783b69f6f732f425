/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials: whose tickets they have, when they get others, and who has none. */
#include <sspi.h>

#include "base/cleanup.h"
#include "harness/krb_pair.h"

static size_t fault_at = SIZE_MAX; /* which allocation fails while credentials are made and used */

static enum ssp_err make(const struct krb_cred_request *what, struct krb_cred **ret)
{
    fault_malloc_at(fault_at);
    return krb_cred_new(&fake.env, what, ret);
}

static void let_go(struct krb_cred **cred)
{
    krb_cred_free(*cred);
    *cred = NULL;
}

static unsigned char *text_in(const char *s, uint32_t *ret_n)
{
    *ret_n = s == NULL ? 0 : (uint32_t)strlen(s);
    return (unsigned char *)(uintptr_t)s;
}

static SEC_WINNT_AUTH_IDENTITY_A identity_of(const char *user, const char *domain,
                                             const char *password)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = { .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI };

    identity.User = text_in(user, &identity.UserLength);
    identity.Domain = text_in(domain, &identity.DomainLength);
    identity.Password = text_in(password, &identity.PasswordLength);
    return identity;
}

static enum ssp_err with_password(const char *user, const char *domain, const char *password,
                                  struct krb_cred **ret)
{
    const SEC_WINNT_AUTH_IDENTITY_A identity = identity_of(user, domain, password);
    const struct krb_cred_request what = { .use = SECPKG_CRED_OUTBOUND, .auth_data = &identity };

    return make(&what, ret);
}

/* The user of the fake library, who has its password. */
static struct krb_cred *of_user(void)
{
    struct krb_cred *cred = NULL;

    assert_int_equal(with_password("user", "realm", FAKE_PASSWORD, &cred), SSP_OK);
    return cred;
}

static enum ssp_err of_use(uint32_t use, struct krb_cred **ret)
{
    const struct krb_cred_request what = { .use = use, .may_accept = true };

    return make(&what, ret);
}

/* As another process's that sent these along. */
static enum ssp_err brought(const SEC_WINNT_AUTH_IDENTITY_A *identity, struct krb_cred **ret)
{
    struct krb_cred_request what = { .use = SECPKG_CRED_OUTBOUND,
                                     .auth_data = identity,
                                     .is_apart = true };

    assert_int_equal(krb_fake_port.unpack(VIEW_OF("tickets"), &what.tickets), SSP_OK);
    return make(&what, ret);
}

static enum ssp_err use_once(struct krb_cred *cred)
{
    struct krb_tickets *tickets = NULL;
    enum ssp_err e = krb_cred_tickets(&fake.env, cred, &tickets);

    assert_true((tickets != NULL) == (e == SSP_OK));
    krb_fake_port.forget(tickets);
    return e;
}

static void assert_name(struct krb_cred *cred, const char *want)
{
    ssp_cleanup(str16_wipe) struct str16 name = { 0 };
    ssp_cleanup(wipe_free_str) char *got = NULL;

    assert_int_equal(krb_cred_name(cred, &name), SSP_OK);
    assert_int_equal(str16_to_utf8(&name, &got), SSP_OK);
    assert_string_equal(got, want);
}

/* ---- Identities ----------------------------------------------------------------------------- */

static void names_a_principal_as_the_identity_does(void **state)
{
    static const struct {
        const char *user;
        const char *domain;
        const char *want;
    } cases[] = {
        { "User", "Realm", "User@REALM" },
        { "User", "", "User" },
        { "User", NULL, "User" },
        { "Realm\\User", "", "User@REALM" },
        { "Realm\\User", NULL, "User@REALM" },
        { "\\User", NULL, "User" },
        { "Other\\User", "Realm", "Other\\\\User@REALM" },
        { "user@example.org", NULL, "user@example.org" },
        { "user@example.org", "Realm", "user\\@example.org@REALM" },
        { "user/admin", "Realm", "user\\/admin@REALM" },
        { "user", "M\xc3\xbcnchen", "user@M\xc3\x9cNCHEN" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ssp_cleanup(let_go) struct krb_cred *cred = NULL;

        assert_int_equal(with_password(cases[i].user, cases[i].domain, "x", &cred), SSP_OK);
        assert_name(cred, cases[i].want);
        assert_true(cred->outbound && !cred->inbound);
    }
}

static void knows_nobody_without_a_name_or_a_password(void **state)
{
    ssp_cleanup(let_go) struct krb_cred *cred = NULL;

    (void)state;
    assert_int_equal(with_password("user", "realm", NULL, &cred), SSP_ERR_NO_CREDS);
    assert_int_equal(with_password(NULL, "realm", "x", &cred), SSP_ERR_NO_CREDS);
    assert_int_equal(with_password("", "", "", &cred), SSP_ERR_NO_CREDS);
    assert_null(cred);
}

static void refuses_an_identity_that_is_none(void **state)
{
    ssp_cleanup(let_go) struct krb_cred *cred = NULL;
    SEC_WINNT_AUTH_IDENTITY_A identity = identity_of("user", "realm", "x");

    (void)state;
    identity.Flags = 0;
    assert_int_equal(brought(&identity, &cred), SSP_ERR_UNKNOWN_CREDS);
    assert_null(cred);
}

static void an_identity_that_says_nothing_is_the_users_own(void **state)
{
    ssp_cleanup(let_go) struct krb_cred *cred = NULL;

    (void)state;
    assert_int_equal(with_password(NULL, NULL, NULL, &cred), SSP_OK);
    assert_name(cred, FAKE_USER);
    assert_int_equal(krb_fake.logins, 0);
}

static void who_names_somebody_is_not_who_brought_tickets(void **state)
{
    ssp_cleanup(let_go) struct krb_cred *cred = NULL;
    const SEC_WINNT_AUTH_IDENTITY_A identity = identity_of("other", "realm", "x");

    (void)state;
    assert_int_equal(brought(&identity, &cred), SSP_OK);
    assert_int_equal(krb_fake.living, 0);
    assert_name(cred, "other@REALM");
    assert_int_equal(use_once(cred), SSP_ERR_LOGON_DENIED);
}

static void wipes_the_password(void **state)
{
    (void)state;
    watch_frees_for(view_text(FAKE_PASSWORD));
    struct krb_cred *cred = of_user();
    assert_int_equal(use_once(cred), SSP_OK);
    krb_cred_free(cred);
    assert_int_equal(frees_unwiped(), 0);
}

/* ---- Passwords --------------------------------------------------------------------------------
 */

static void tries_a_password_when_the_first_ticket_is_wanted(void **state)
{
    ssp_cleanup(let_go) struct krb_cred *cred = of_user();

    (void)state;
    assert_int_equal(krb_fake.logins, 0);
    assert_name(cred, FAKE_USER);
    assert_int_equal(use_once(cred), SSP_OK);
    assert_int_equal(use_once(cred), SSP_OK);
    assert_int_equal(krb_fake.logins, 1);
}

static void says_why_there_was_no_logon(void **state)
{
    static const enum ssp_err why[] = { SSP_ERR_LOGON_DENIED, SSP_ERR_NO_AUTHORITY,
                                        SSP_ERR_TIME_SKEW, SSP_ERR_UNSUPPORTED_TYPE };
    ssp_cleanup(let_go) struct krb_cred *cred = of_user();

    (void)state;
    for (size_t i = 0; i < sizeof(why) / sizeof(why[0]); i++) {
        krb_fake.login = why[i];
        assert_int_equal(use_once(cred), why[i]);
    }
    krb_fake.login = SSP_OK;
    assert_int_equal(use_once(cred), SSP_OK);
}

static void logs_on_again_when_tickets_run_out(void **state)
{
    ssp_cleanup(let_go) struct krb_cred *cred = of_user();

    (void)state;
    krb_fake.expiry = 1;
    assert_int_equal(use_once(cred), SSP_ERR_EXPIRED);
    krb_fake.expiry = FILETIME_NEVER - 1;
    assert_int_equal(use_once(cred), SSP_OK);
    assert_int_equal(krb_fake.logins, 2);
    assert_true(krb_cred_expiry(cred) == FILETIME_NEVER);
}

/* ---- The user's own ---------------------------------------------------------------------------
 */

static enum ssp_err own_of(const char *principal, struct krb_cred **ret)
{
    ssp_cleanup(str16_wipe) struct str16 name = { 0 };
    const struct krb_cred_request what = { .use = SECPKG_CRED_OUTBOUND, .principal = &name };

    assert_int_equal(str16_from_utf8(view_text(principal), &name), SSP_OK);
    return make(&what, ret);
}

static void a_principal_chooses_among_the_users_own(void **state)
{
    ssp_cleanup(let_go) struct krb_cred *cred = NULL;

    (void)state;
    assert_int_equal(own_of("other@REALM", &cred), SSP_ERR_NO_CREDS);
    assert_null(cred);
    assert_int_equal(own_of(FAKE_USER, &cred), SSP_OK);
    let_go(&cred);
    assert_int_equal(own_of("", &cred), SSP_OK);
}

static void without_tickets_there_is_no_credential(void **state)
{
    static const enum ssp_err why[] = { SSP_ERR_NO_CREDS, SSP_ERR_EXPIRED, SSP_ERR_NO_MEMORY };
    ssp_cleanup(let_go) struct krb_cred *cred = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof(why) / sizeof(why[0]); i++) {
        krb_fake.collect = why[i];
        assert_int_equal(of_use(SECPKG_CRED_OUTBOUND, &cred), why[i]);
    }
    assert_null(cred);
}

static void looks_into_the_cache_again_when_tickets_run_out(void **state)
{
    ssp_cleanup(let_go) struct krb_cred *cred = NULL;

    (void)state;
    krb_fake.expiry = 1;
    assert_int_equal(of_use(SECPKG_CRED_OUTBOUND, &cred), SSP_OK);
    assert_true(krb_cred_expiry(cred) == 1);
    assert_int_equal(use_once(cred), SSP_ERR_EXPIRED);
    krb_fake.collect = SSP_ERR_NO_CREDS;
    assert_int_equal(use_once(cred), SSP_ERR_NO_CREDS);
    krb_fake.collect = SSP_OK;
    krb_fake.expiry = FILETIME_NEVER - 1;
    assert_int_equal(use_once(cred), SSP_OK);
    assert_int_equal(krb_fake.living, 1);
}

/* Whose thread impersonated then and does not now, or the other way round. */
static void looks_into_no_cache_of_another_user(void **state)
{
    ssp_cleanup(let_go) struct krb_cred *cred = NULL;

    (void)state;
    krb_fake.expiry = 1;
    assert_int_equal(of_use(SECPKG_CRED_OUTBOUND, &cred), SSP_OK);
    cred->uid++;
    krb_fake.expiry = FILETIME_NEVER - 1;
    assert_int_equal(use_once(cred), SSP_ERR_EXPIRED);
}

static void apart_from_the_user_only_what_came_along_counts(void **state)
{
    const struct krb_cred_request nothing = { .use = SECPKG_CRED_OUTBOUND, .is_apart = true };
    ssp_cleanup(let_go) struct krb_cred *cred = NULL;

    (void)state;
    assert_int_equal(krb_cred_new(&fake.env, &nothing, &cred), SSP_ERR_NO_CREDS);
    krb_fake.expiry = 1;
    assert_int_equal(brought(NULL, &cred), SSP_OK);
    assert_name(cred, FAKE_USER);
    krb_fake.expiry = FILETIME_NEVER - 1; /* of those in a cache, which is not looked into */
    assert_int_equal(use_once(cred), SSP_ERR_EXPIRED);
}

/* ---- Services ----------------------------------------------------------------------------------
 */

static enum ssp_err service_of(const char *principal, bool may_accept, struct krb_cred **ret)
{
    ssp_cleanup(str16_wipe) struct str16 name = { 0 };
    const struct krb_cred_request what = { .use = SECPKG_CRED_INBOUND,
                                           .principal = &name,
                                           .may_accept = may_accept };

    assert_int_equal(str16_from_utf8(view_text(principal), &name), SSP_OK);
    return make(&what, ret);
}

static void a_service_has_the_name_it_was_given_or_none(void **state)
{
    ssp_cleanup(let_go) struct krb_cred *named = NULL;
    ssp_cleanup(let_go) struct krb_cred *any = NULL;
    ssp_cleanup(str16_wipe) struct str16 name = { 0 };

    (void)state;
    assert_int_equal(service_of(FAKE_SERVICE, true, &named), SSP_OK);
    assert_name(named, FAKE_SERVICE);
    assert_true(named->inbound && !named->outbound);
    assert_int_equal(service_of("", true, &any), SSP_OK);
    assert_int_equal(krb_cred_name(any, &name), SSP_ERR_NO_CREDS);
    assert_true(krb_cred_expiry(any) == FILETIME_NEVER);
}

static void who_may_not_use_the_keytab_is_no_service(void **state)
{
    ssp_cleanup(let_go) struct krb_cred *cred = NULL;

    (void)state;
    assert_int_equal(service_of(FAKE_SERVICE, false, &cred), SSP_ERR_NO_CREDS);
    krb_fake.keytab = SSP_ERR_NO_CREDS;
    assert_int_equal(service_of(FAKE_SERVICE, true, &cred), SSP_ERR_NO_CREDS);
    assert_null(cred);
}

/* ---- Both directions ----------------------------------------------------------------------------
 */

static void one_direction_of_two_is_enough(void **state)
{
    static const struct {
        enum ssp_err keytab;
        enum ssp_err cache;
        enum ssp_err want;
    } cases[] = {
        { SSP_OK, SSP_OK, SSP_OK },
        { SSP_ERR_NO_CREDS, SSP_OK, SSP_OK },
        { SSP_OK, SSP_ERR_NO_CREDS, SSP_OK },
        { SSP_ERR_NO_CREDS, SSP_ERR_NO_CREDS, SSP_ERR_NO_CREDS },
        { SSP_ERR_IO, SSP_OK, SSP_ERR_IO },
        { SSP_OK, SSP_ERR_EXPIRED, SSP_ERR_EXPIRED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ssp_cleanup(let_go) struct krb_cred *cred = NULL;

        krb_fake.keytab = cases[i].keytab;
        krb_fake.collect = cases[i].cache;
        assert_int_equal(of_use(SECPKG_CRED_BOTH, &cred), cases[i].want);
        if (cred != NULL) {
            assert_int_equal(cred->inbound, cases[i].keytab == SSP_OK);
            assert_int_equal(cred->outbound, cases[i].cache == SSP_OK);
        }
    }
}

static void a_use_that_is_none_is_refused(void **state)
{
    struct krb_cred_request what = { .use = 4 };
    ssp_cleanup(let_go) struct krb_cred *cred = NULL;

    (void)state;
    assert_int_equal(krb_fake_port.unpack(VIEW_OF("tickets"), &what.tickets), SSP_OK);
    assert_int_equal(krb_cred_new(&fake.env, &what, &cred), SSP_ERR_BAD_ARGUMENT);
    assert_null(cred);
}

/* ---- Out of memory ------------------------------------------------------------------------------
 */

static enum ssp_err brought_alone(struct krb_cred **ret)
{
    return brought(NULL, ret);
}

static enum ssp_err as_user(struct krb_cred **ret)
{
    return with_password("realm\\user", NULL, FAKE_PASSWORD, ret);
}

static enum ssp_err as_service(struct krb_cred **ret)
{
    return service_of(FAKE_SERVICE, true, ret);
}

static enum ssp_err as_both(struct krb_cred **ret)
{
    return of_use(SECPKG_CRED_BOTH, ret);
}

static void every_failing_allocation_leaves_nothing(void **state)
{
    enum ssp_err (*const ways[])(struct krb_cred **) = { brought_alone, as_user, as_service,
                                                         as_both };

    (void)state;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        bool has_failed = true;

        for (size_t nth = 0; has_failed; nth++) {
            ssp_cleanup(let_go) struct krb_cred *cred = NULL;

            fault_at = nth;
            enum ssp_err e = ways[i](&cred);
            if (e == SSP_OK && cred->outbound)
                e = use_once(cred);
            has_failed = fault_came();
            fault_malloc_at(fault_at = SIZE_MAX);
            assert_int_equal(e, has_failed ? SSP_ERR_NO_MEMORY : SSP_OK);
        }
        assert_int_equal(krb_fake.living, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(names_a_principal_as_the_identity_does),
        CASE(knows_nobody_without_a_name_or_a_password),
        CASE(refuses_an_identity_that_is_none),
        CASE(an_identity_that_says_nothing_is_the_users_own),
        CASE(who_names_somebody_is_not_who_brought_tickets),
        CASE(wipes_the_password),
        CASE(tries_a_password_when_the_first_ticket_is_wanted),
        CASE(says_why_there_was_no_logon),
        CASE(logs_on_again_when_tickets_run_out),
        CASE(a_principal_chooses_among_the_users_own),
        CASE(without_tickets_there_is_no_credential),
        CASE(looks_into_the_cache_again_when_tickets_run_out),
        CASE(looks_into_no_cache_of_another_user),
        CASE(apart_from_the_user_only_what_came_along_counts),
        CASE(a_service_has_the_name_it_was_given_or_none),
        CASE(who_may_not_use_the_keytab_is_no_service),
        CASE(one_direction_of_two_is_enough),
        CASE(a_use_that_is_none_is_refused),
        CASE(every_failing_allocation_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
