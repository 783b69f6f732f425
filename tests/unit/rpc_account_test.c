/* SPDX-License-Identifier: Apache-2.0 */
/* What one user may have, and that others notice nothing. */
#include "rpc/account.h"

#include "harness/harness.h"

static const uint32_t max[CHARGES] = { 1, 2, 3, 4, 5, 6, 1 << 20 };

static struct accounts accounts;

static int setup(void **state)
{
    (void)state;
    accounts_init(&accounts, max);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    accounts_done(&accounts);
    return 0;
}

static struct account *account_of(uid_t uid)
{
    struct account *account = NULL;

    assert_int_equal(account_get(&accounts, uid, &account), SSP_OK);
    return account;
}

static void refuses_what_is_over_the_limit_and_takes_it_when_there_is_room(void **state)
{
    struct account *alice = account_of(1000);

    (void)state;
    for (unsigned what = 0; what < CHARGE_BYTES; what++) {
        for (uint32_t n = 0; n < max[what]; n++)
            assert_int_equal(account_charge(&accounts, alice, what), SSP_OK);
        assert_int_equal(account_charge(&accounts, alice, what), SSP_ERR_OVER_QUOTA);
        account_refund(&accounts, alice, what);
        assert_int_equal(account_charge(&accounts, alice, what), SSP_OK);
    }
    account_put(&accounts, &alice);
}

static void charges_each_user_alone(void **state)
{
    struct account *alice = account_of(1000);
    struct account *bob = account_of(1001);

    (void)state;
    assert_int_equal(account_charge(&accounts, alice, CHARGE_CONNECTION), SSP_OK);
    assert_int_equal(account_charge(&accounts, alice, CHARGE_CONNECTION), SSP_ERR_OVER_QUOTA);
    assert_int_equal(account_charge(&accounts, bob, CHARGE_CONNECTION), SSP_OK);
    account_put(&accounts, &alice);
    account_put(&accounts, &bob);
}

static void is_one_account_for_all_processes_of_a_user(void **state)
{
    struct account *one = account_of(1000);
    struct account *other = account_of(1000);

    (void)state;
    assert_ptr_equal(one, other);
    account_put(&accounts, &one);
    assert_null(one);
    assert_int_equal(account_charge(&accounts, other, CHARGE_CONTEXT), SSP_OK);
    account_put(&accounts, &other);
    assert_null(accounts.first);
}

static void takes_on_other_limits(void **state)
{
    static const uint32_t more[CHARGES] = { 2, 2, 2, 2, 2, 2, 1 << 20 };
    struct account *alice = account_of(1000);

    (void)state;
    assert_int_equal(account_charge(&accounts, alice, CHARGE_CONNECTION), SSP_OK);
    accounts_set_limits(&accounts, more);
    assert_int_equal(account_charge(&accounts, alice, CHARGE_CONNECTION), SSP_OK);
    assert_int_equal(account_charge(&accounts, alice, CHARGE_CONNECTION), SSP_ERR_OVER_QUOTA);
    account_put(&accounts, &alice);
}

static uint32_t bytes_of(struct account *account)
{
    struct account_state found = { 0 };

    assert_int_equal(accounts_list(&accounts, account->uid, &found, 1), 1);
    assert_int_equal(found.uid, account->uid);
    return found.n[CHARGE_BYTES];
}

static void counts_everything_in_bytes_and_takes_them_off_again(void **state)
{
    struct account *alice = account_of(1000);

    (void)state;
    for (unsigned what = 0; what < CHARGE_BYTES; what++) {
        uint32_t before = bytes_of(alice);

        assert_int_equal(account_charge(&accounts, alice, what), SSP_OK);
        assert_true(what == CHARGE_CALL ? bytes_of(alice) == before : bytes_of(alice) > before);
    }
    for (unsigned what = 0; what < CHARGE_BYTES; what++)
        account_refund(&accounts, alice, what);
    assert_int_equal(bytes_of(alice), 0);
    account_put(&accounts, &alice);
}

static void refuses_bytes_that_are_over_the_limit_unless_they_are_there(void **state)
{
    struct account *alice = account_of(1000);
    struct account *bob = account_of(1001);

    (void)state;
    assert_int_equal(account_charge_bytes(&accounts, alice, max[CHARGE_BYTES], false), SSP_OK);
    assert_int_equal(account_charge_bytes(&accounts, alice, 1, false), SSP_ERR_OVER_QUOTA);
    assert_int_equal(account_charge(&accounts, alice, CHARGE_CONTEXT), SSP_ERR_OVER_QUOTA);
    assert_int_equal(account_charge(&accounts, bob, CHARGE_CONTEXT), SSP_OK);
    assert_int_equal(account_charge_bytes(&accounts, alice, 7, true), SSP_OK);
    assert_int_equal(bytes_of(alice), max[CHARGE_BYTES] + 7);
    account_refund_bytes(&accounts, alice, 8);
    assert_int_equal(account_charge_bytes(&accounts, alice, 2, false), SSP_ERR_OVER_QUOTA);
    assert_int_equal(account_charge_bytes(&accounts, alice, 1, false), SSP_OK);
    assert_int_equal(account_charge_bytes(&accounts, alice, SIZE_MAX, false), SSP_ERR_OVER_QUOTA);
    account_put(&accounts, &alice);
    account_put(&accounts, &bob);
}

static void lists_users_in_order_from_anywhere(void **state)
{
    static const uid_t uids[] = { 1002, 7, 1000, UINT32_MAX };
    struct account *held[4];
    struct account_state found[4] = { { .uid = 0 } };

    (void)state;
    for (size_t i = 0; i < 4; i++)
        held[i] = account_of(uids[i]);
    assert_int_equal(accounts_list(&accounts, 0, found, 4), 4);
    assert_true(found[0].uid == 7 && found[1].uid == 1000 && found[2].uid == 1002 &&
                found[3].uid == UINT32_MAX);
    assert_int_equal(accounts_list(&accounts, 8, found, 1), 1);
    assert_int_equal(found[0].uid, 1000);
    assert_int_equal(accounts_list(&accounts, 1003, found, 4), 1);
    for (size_t i = 0; i < 4; i++)
        account_put(&accounts, &held[i]);
    assert_int_equal(accounts_list(&accounts, 0, found, 4), 0);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(refuses_what_is_over_the_limit_and_takes_it_when_there_is_room),
        CASE(charges_each_user_alone),
        CASE(is_one_account_for_all_processes_of_a_user),
        CASE(takes_on_other_limits),
        CASE(counts_everything_in_bytes_and_takes_them_off_again),
        CASE(refuses_bytes_that_are_over_the_limit_unless_they_are_there),
        CASE(lists_users_in_order_from_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
