/* SPDX-License-Identifier: Apache-2.0 */
/* The LSA half without memory: credentials, and both ends of a handshake. */
#include "harness/harness.h"
#include "harness/tls_stage.h"

enum { LEGS_MAX = 8, ALLOCATIONS_MAX = 300 };

static const char sections[] = "[schannel]\nca = @ca.pem\n"
                               "[schannel \"me\"]\ncertificate = @me.pem\nca = @ca.pem\n"
                               "[schannel \"www\"]\ncertificate = @www.pem\nca = @ca.pem\n"
                               "client_certificates = required\nalpn = h2\n";

static void configure_all(void)
{
    issue("www.pem", &(struct ca_wish){ 0 });
    issue("me.pem", &(struct ca_wish){ .common_name = "alice", .is_client = true, .host = "" });
    configure(sections);
}

static enum ssp_err acquire_without(size_t nth, const char16_t *principal, uint32_t use,
                                    struct tls_cred **ret, bool *ret_came)
{
    struct str16 name = { (char16_t *)(uintptr_t)principal, str16_len(principal) };
    const struct tls_cred_request what = { .use = use, .principal = &name, .is_local = true };

    fault_malloc_at(nth);
    enum ssp_err e = tls_cred_new(&sites, &what, ret);
    *ret_came = fault_came();
    fault_malloc_at(SIZE_MAX);
    return e;
}

static void every_allocation_of_a_credential_may_fail(void **state)
{
    static const struct {
        char16_t principal[4];
        uint32_t use;
    } rows[] = { { u"", SECPKG_CRED_OUTBOUND }, { u"www", SECPKG_CRED_INBOUND } };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool came = true;

        for (size_t nth = 0; came; nth++) {
            struct tls_cred *cred = NULL;

            assert_true(nth < ALLOCATIONS_MAX);
            configure_all(); /* files are read once */
            enum ssp_err e = acquire_without(nth, rows[i].principal, rows[i].use, &cred, &came);
            assert_int_equal(e, came ? SSP_ERR_NO_MEMORY : SSP_OK);
            tls_cred_unref(cred);
        }
    }
}

/* True if there was such an allocation: then that end knows, and has not got a session. */
static bool fails_at(bool is_server, unsigned leg, size_t nth)
{
    struct tls_end *end = is_server ? &server : &client;

    stage_by("me", "www");
    tls_lsa.sessions = 0;
    end->fault.is_due = true;
    end->fault.leg = leg;
    end->fault.nth = nth;
    tls_pair_run(&client, &server, PAIR_ROOM);
    bool came = end->fault.came;
    assert_int_equal(end->err, came ? SSP_ERR_NO_MEMORY : SSP_OK);
    assert_int_equal(end->answer.is_done, !came);
    assert_int_equal(tls_lsa.sessions, server.answer.is_done ? 1 : 0);
    unstage();
    return came;
}

static bool has_leg(bool is_server, unsigned leg)
{
    stage_by("me", "www");
    client.fault.is_due = server.fault.is_due = true; /* counts */
    client.fault.leg = server.fault.leg = UINT32_MAX;
    tls_pair_run(&client, &server, PAIR_ROOM);
    unsigned legs = is_server ? server.legs : client.legs;
    unstage();
    return leg < legs;
}

static void fail_everywhere(bool is_server)
{
    unsigned leg = 0;

    configure_all();
    for (; has_leg(is_server, leg); leg++) {
        size_t nth = 0;

        assert_true(leg < LEGS_MAX);
        while (fails_at(is_server, leg, nth))
            assert_true(++nth < ALLOCATIONS_MAX);
    }
    assert_true(leg >= 2);
}

static void every_allocation_of_a_client_may_fail(void **state)
{
    (void)state;
    fail_everywhere(false);
}

static void every_allocation_of_a_server_may_fail(void **state)
{
    (void)state;
    fail_everywhere(true);
}

static struct tls_store *store_of(struct tls_site *site)
{
    struct tls_store *store = NULL;

    assert_int_equal(tls_site_store(site, &store), SSP_OK);
    return store;
}

/* The old ones are good enough for now, and not for ever. */
static void new_files_for_which_there_was_no_memory_are_taken_later(void **state)
{
    bool came = true;

    (void)state;
    configure_all();
    struct tls_cred *cred = acquire("www", SECPKG_CRED_INBOUND, NULL);
    for (size_t nth = 0; came; nth++) {
        struct tls_store *before = store_of(cred->site);

        assert_true(nth < ALLOCATIONS_MAX);
        issue("www.pem", &(struct ca_wish){ 0 });
        fault_malloc_at(nth);
        struct tls_store *meanwhile = store_of(cred->site);
        came = fault_came();
        fault_malloc_at(SIZE_MAX);
        struct tls_store *after = store_of(cred->site);
        assert_ptr_not_equal(after, before);
        tls_store_unref(before);
        tls_store_unref(meanwhile);
        tls_store_unref(after);
    }
    tls_cred_unref(cred);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_allocation_of_a_credential_may_fail),
        CASE(new_files_for_which_there_was_no_memory_are_taken_later),
        CASE(every_allocation_of_a_client_may_fail),
        CASE(every_allocation_of_a_server_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
