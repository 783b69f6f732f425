/* SPDX-License-Identifier: Apache-2.0 */
/* What goes along to an LSA in another process: the user's tickets that get others. */
#include <krb5.h>
#include <sspi.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/heap.h"
#include "harness/harness.h"
#include "packages/kerberos/mit.h"
#include "packages/kerberos/package.h"

#define USER "user@REALM"
#define GETTER "krbtgt/REALM@REALM"
#define SERVICE "HTTP/host@REALM"
enum { END = 2000000000 };

static const OPENSSPI_USER_EXTENSION_TABLE *table(void)
{
    const OPENSSPI_USER_EXTENSION_TABLE *ret = NULL;
    ULONG n = 0;

    assert_int_equal(kerberos_SpUserExtensionInitialize(OPENSSPI_USER_EXTENSION_VERSION, &ret, &n),
                     STATUS_SUCCESS);
    assert_int_equal(n, 1);
    return ret;
}

/* ---- A cache ------------------------------------------------------------------------------------
 */

struct open_cache {
    krb5_context ctx;
    krb5_ccache cache;
    krb5_principal client;
};

/* Of the user, empty, and the one that the environment names. */
static struct open_cache new_cache(void)
{
    struct open_cache to = { 0 };
    char name[256];

    (void)snprintf(name, sizeof(name), "FILE:%s", scratch("ccache"));
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads here */
    assert_int_equal(setenv("KRB5CCNAME", name, 1), 0);
    assert_int_equal(krb5_init_context(&to.ctx), 0);
    assert_int_equal(krb5_parse_name(to.ctx, USER, &to.client), 0);
    assert_int_equal(krb5_cc_default(to.ctx, &to.cache), 0);
    assert_int_equal(krb5_cc_initialize(to.ctx, to.cache, to.client), 0);
    return to;
}

static void close_cache(struct open_cache *to)
{
    assert_int_equal(krb5_cc_close(to->ctx, to->cache), 0);
    krb5_free_principal(to->ctx, to->client);
    krb5_free_context(to->ctx);
}

/* Of that many bytes, which nobody can read here. */
static void put_ticket(const struct open_cache *to, const char *server, size_t n)
{
    static char bytes[UINT16_MAX + 1];
    static uint8_t key[32];
    krb5_creds creds = { .client = to->client,
                         .ticket = { .length = (unsigned)n, .data = bytes },
                         .keyblock = { .enctype = 20, .length = sizeof(key), .contents = key },
                         .times = { .authtime = 1, .endtime = END } };

    assert_int_equal(krb5_parse_name(to->ctx, server, &creds.server), 0);
    assert_int_equal(krb5_cc_store_cred(to->ctx, to->cache, &creds), 0);
    krb5_free_principal(to->ctx, creds.server);
}

/* The usual one. */
static void have_tickets(void)
{
    struct open_cache cache = new_cache();

    put_ticket(&cache, GETTER, 500);
    put_ticket(&cache, SERVICE, 600);
    close_cache(&cache);
}

/* ---- Gathering ----------------------------------------------------------------------------------
 */

static NTSTATUS gather_for(const char16_t *name, SecBuffer *ret)
{
    UNICODE_STRING principal = { 0 };

    while (name != NULL && name[principal.Length / sizeof(*name)] != 0)
        principal.Length += sizeof(*name);
    principal.MaximumLength = principal.Length;
    principal.Buffer = (PWSTR)(uintptr_t)name;
    return table()->GatherCredentials(name != NULL ? &principal : NULL, ret);
}

static void assert_gathers_none(const char16_t *name, NTSTATUS want)
{
    SecBuffer got = { 0 };

    assert_int_equal(gather_for(name, &got), want);
    assert_null(got.pvBuffer);
}

static void what_comes_out_is_the_users_on_the_other_side(void **state)
{
    ssp_cleanup(krb_tickets_info_wipe) struct krb_tickets_info info = { 0 };
    ssp_cleanup(wipe_free_str) char *client = NULL;
    struct krb_tickets *tickets = NULL;
    SecBuffer got = { 0 };

    (void)state;
    have_tickets();
    assert_int_equal(gather_for(NULL, &got), STATUS_SUCCESS);
    struct view packed = guarded((struct view){ got.pvBuffer, got.cbBuffer });
    assert_int_equal(heap_free(got.pvBuffer), SSP_OK);
    assert_int_equal(krb_mit_port.unpack(packed, &tickets), SSP_OK);
    assert_int_equal(krb_mit_port.inquire(tickets, &info), SSP_OK);
    krb_mit_port.forget(tickets);
    assert_int_equal(str16_to_utf8(&info.client, &client), SSP_OK);
    assert_string_equal(client, USER);
    assert_true(info.expiry == filetime_from_unix(END));
}

/* Those of services can be had with it. */
static void only_what_gets_others_goes_along(void **state)
{
    SecBuffer all = { 0 };
    SecBuffer getter = { 0 };

    (void)state;
    have_tickets();
    assert_int_equal(gather_for(NULL, &all), STATUS_SUCCESS);
    struct open_cache cache = new_cache();
    put_ticket(&cache, GETTER, 500);
    close_cache(&cache);
    assert_int_equal(gather_for(NULL, &getter), STATUS_SUCCESS);
    assert_view_equal((struct view){ all.pvBuffer, all.cbBuffer },
                      (struct view){ getter.pvBuffer, getter.cbBuffer });
    assert_int_equal(heap_free(all.pvBuffer), SSP_OK);
    assert_int_equal(heap_free(getter.pvBuffer), SSP_OK);
}

static void a_principal_chooses_whose_they_are(void **state)
{
    SecBuffer got = { 0 };

    (void)state;
    have_tickets();
    assert_int_equal(gather_for(u"" USER, &got), STATUS_SUCCESS);
    assert_int_equal(heap_free(got.pvBuffer), SSP_OK);
    assert_gathers_none(u"other@REALM", SEC_E_NO_CREDENTIALS);
    assert_gathers_none(u"no@name@at all", SEC_E_TARGET_UNKNOWN);
}

static void without_a_cache_there_is_nothing_to_gather(void **state)
{
    (void)state;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads here */
    assert_int_equal(setenv("KRB5CCNAME", "FILE:/nonexistent/ccache", 1), 0);
    assert_gathers_none(NULL, SEC_E_NO_CREDENTIALS);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads here */
    assert_int_equal(setenv("KRB5CCNAME", "NOSUCHTYPE:ccache", 1), 0);
    assert_gathers_none(NULL, SEC_E_NO_CREDENTIALS);
}

/* The call that it is for has no room for more. */
static void more_than_goes_along_is_refused(void **state)
{
    struct open_cache cache = new_cache();

    (void)state;
    put_ticket(&cache, GETTER, UINT16_MAX);
    close_cache(&cache);
    assert_gathers_none(NULL, SEC_E_BUFFER_TOO_SMALL);
}

static void refuses_an_answer_that_goes_nowhere_and_other_versions(void **state)
{
    const OPENSSPI_USER_EXTENSION_TABLE *ret = NULL;
    ULONG n = 0;

    (void)state;
    assert_int_equal(table()->GatherCredentials(NULL, NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(
        kerberos_SpUserExtensionInitialize(OPENSSPI_USER_EXTENSION_VERSION + 1, &ret, &n),
        STATUS_INVALID_PARAMETER);
    assert_null(ret);
}

static void every_failing_allocation_is_told(void **state)
{
    SecBuffer got = { 0 };
    size_t nth = 0;

    (void)state;
    have_tickets();
    for (;; nth++) {
        fault_malloc_at(nth);
        NTSTATUS status = gather_for(u"" USER, &got);
        bool has_failed = fault_came();
        fault_malloc_at(SIZE_MAX);
        assert_int_equal(status, has_failed ? SEC_E_INSUFFICIENT_MEMORY : STATUS_SUCCESS);
        if (!has_failed)
            break;
        assert_null(got.pvBuffer);
    }
    assert_in_range(nth, 3, 99);
    assert_int_equal(heap_free(got.pvBuffer), SSP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_comes_out_is_the_users_on_the_other_side),
        TEST(only_what_gets_others_goes_along),
        TEST(a_principal_chooses_whose_they_are),
        TEST(without_a_cache_there_is_nothing_to_gather),
        TEST(more_than_goes_along_is_refused),
        TEST(refuses_an_answer_that_goes_nowhere_and_other_versions),
        TEST(every_failing_allocation_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
