/* SPDX-License-Identifier: Apache-2.0 */
/* Tickets are charged to who had them made, exactly as long as they are there. */
#include "rpc/ledger.h"

#include <unistd.h>

#include "base/cleanup.h"
#include "harness/harness.h"

enum { ALICE = 1000, BOB = 1001, TICKETS = 2 };

#define SECOND UINT64_C(1000000000)

static const uint32_t max[CHARGES] = { [CHARGE_TICKET] = TICKETS, [CHARGE_BYTES] = 4096 };

static struct accounts accounts;
static struct ledger ledger;

static int setup(void **state)
{
    (void)state;
    accounts_init(&accounts, max);
    ledger_init(&ledger);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ledger_done(&ledger);
    bool all_paid_back = accounts.first == NULL;
    accounts_done(&accounts);
    return all_paid_back ? 0 : -1;
}

static struct ticket_id id_of(uint8_t n)
{
    return (struct ticket_id){ { n, 1, 2 } };
}

/* A ticket that is over at that time, asked for at another. */
static enum ssp_err make(uid_t uid, uint8_t n, uint64_t expires, pid_t keeper, uint64_t now)
{
    ssp_cleanup(ledger_note_free) struct ledger_note *note = NULL;

    SSP_TRY(ledger_reserve(&ledger, &accounts, uid, now, &note));
    note->id = id_of(n);
    note->expires = expires;
    note->keeper = keeper;
    ledger_enter(&ledger, &note);
    return SSP_OK;
}

static void refuses_one_user_a_ticket_too_many_and_no_other(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TICKETS; i++)
        assert_int_equal(make(ALICE, (uint8_t)i, SECOND, 0, 0), SSP_OK);
    assert_int_equal(make(ALICE, 9, SECOND, 0, 0), SSP_ERR_OVER_QUOTA);
    assert_int_equal(make(BOB, 9, SECOND, 0, 0), SSP_OK);
}

static void takes_one_more_for_each_that_is_claimed(void **state)
{
    const struct ticket_id used = id_of(1);
    const struct ticket_id unknown = id_of(7);

    (void)state;
    for (unsigned i = 0; i < TICKETS; i++)
        assert_int_equal(make(ALICE, (uint8_t)i, SECOND, 0, 0), SSP_OK);
    ledger_strike(&ledger, &unknown);
    assert_int_equal(make(ALICE, 9, SECOND, 0, 0), SSP_ERR_OVER_QUOTA);
    ledger_strike(&ledger, &used);
    ledger_strike(&ledger, &used); /* counts once */
    assert_int_equal(make(ALICE, 9, SECOND, 0, 0), SSP_OK);
    assert_int_equal(make(ALICE, 10, SECOND, 0, 0), SSP_ERR_OVER_QUOTA);
}

static void charges_nothing_for_a_ticket_that_was_not_made(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2 * TICKETS; i++) {
        ssp_cleanup(ledger_note_free) struct ledger_note *note = NULL;

        assert_int_equal(ledger_reserve(&ledger, &accounts, ALICE, 0, &note), SSP_OK);
    }
}

static void lets_go_what_is_over_and_not_what_its_keeper_still_needs(void **state)
{
    (void)state;
    assert_int_equal(make(ALICE, 1, SECOND, 0, 0), SSP_OK);
    assert_int_equal(make(ALICE, 2, SECOND, getpid(), 0), SSP_OK);
    assert_int_equal(make(ALICE, 3, 9 * SECOND, 0, 2 * SECOND), SSP_OK); /* for the first */
    assert_int_equal(make(ALICE, 4, 9 * SECOND, 0, 8 * SECOND), SSP_ERR_OVER_QUOTA);
}

static void runs_out_of_memory_without_a_charge(void **state)
{
    struct ledger_note *note = NULL;
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY; nth++) {
        fault_malloc_at(nth);
        e = ledger_reserve(&ledger, &accounts, ALICE, 0, &note);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(e, SSP_OK);
    ledger_note_free(&note);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(refuses_one_user_a_ticket_too_many_and_no_other),
        CASE(takes_one_more_for_each_that_is_claimed),
        CASE(charges_nothing_for_a_ticket_that_was_not_made),
        CASE(lets_go_what_is_over_and_not_what_its_keeper_still_needs),
        CASE(runs_out_of_memory_without_a_charge),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
