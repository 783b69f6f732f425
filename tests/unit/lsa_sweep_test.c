/* SPDX-License-Identifier: Apache-2.0 */
/* How often exports look for tickets that nobody claimed in time, and at how many. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/heap.h"
#include "harness/harness.h"
#include "harness/lsa_fixture.h"
#include "lsa/home.h"
#include "lsa/passage.h"

enum { EVERY_MS = 100, MANY = 96, A_FEW = 16 };

static const char secret[] = "what the package packed";

/* Its ticket goes at once, so that there is none but the waste. */
static void export_and_import(void)
{
    const struct lsa_seal what = { .package = package_by_name(&fixture.lsa->packages, MOCK)->id,
                                   .flags = SECPKG_CONTEXT_EXPORT_DELETE_OLD };
    struct lsa_sealed sealed = { 0 };
    struct lsa_opened opened = { 0 };

    assert_int_equal(lsa_passage_seal(fixture.alice, &what, VIEW_OF(secret), &sealed), SEC_E_OK);
    const struct view blob = { sealed.blob.pvBuffer, sealed.blob.cbBuffer };
    assert_int_equal(lsa_passage_open(fixture.alice, MOCK, blob, NULL, &opened), SEC_E_OK);
    secret_wipe(&opened.packed);
    assert_int_equal(heap_free(sealed.blob.pvBuffer), SSP_OK);
}

/* Tickets whose time is over since the boot. */
static void litter(unsigned n)
{
    ssp_cleanup(home_unref) struct home *home = NULL;
    const struct ticket over = { .expires = 1 };

    assert_int_equal(home_get(fixture.lsa, &home), SSP_OK);
    for (unsigned i = 0; i < n; i++) {
        const struct ticket_id id = { { (uint8_t)i, 42 } };

        assert_int_equal(ticket_create(home->dir.tickets_fd, &id, &over), SSP_OK);
    }
}

static void looks_ten_times_a_second_however_many_exports_there_are(void **state)
{
    (void)state;
    export_and_import(); /* the first looks */
    for (int tenth = 0; tenth < 3; tenth++) {
        litter(1);
        for (int i = 0; i < 50; i++)
            export_and_import();
        fake_time.boottime += EVERY_MS * NS_PER_MS - 1;
        export_and_import();
        assert_int_equal(fixture_tickets(), 1);
        fake_time.boottime += 1;
        export_and_import();
        assert_int_equal(fixture_tickets(), 0);
    }
}

static void looks_at_a_few_for_one_export(void **state)
{
    (void)state;
    export_and_import();
    litter(MANY);
    fake_time.boottime += EVERY_MS * NS_PER_MS;
    export_and_import();
    assert_in_range(fixture_tickets(), MANY - A_FEW, MANY - 1);
}

static void looks_at_as_many_more_as_exports_did_not_look(void **state)
{
    (void)state;
    export_and_import();
    litter(MANY);
    for (int i = 0; i < MANY / 8; i++)
        export_and_import();
    assert_int_equal(fixture_tickets(), MANY);
    fake_time.boottime += EVERY_MS * NS_PER_MS;
    export_and_import();
    assert_int_equal(fixture_tickets(), 0);
    litter(MANY);
    fake_time.boottime += EVERY_MS * NS_PER_MS;
    export_and_import(); /* nothing is owed any more */
    assert_in_range(fixture_tickets(), MANY - A_FEW, MANY - 1);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(looks_ten_times_a_second_however_many_exports_there_are),
        CASE(looks_at_a_few_for_one_export),
        CASE(looks_at_as_many_more_as_exports_did_not_look),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
