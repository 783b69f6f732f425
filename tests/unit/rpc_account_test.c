/* SPDX-License-Identifier: Apache-2.0 */
/* What one user may have, and that others notice nothing. */
#include "rpc/account.h"

#include "harness/harness.h"

static const uint32_t max[CHARGES] = { 1, 2, 3, 4, 5, 6 };

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
    for (unsigned what = 0; what < CHARGES; what++) {
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
    static const uint32_t more[CHARGES] = { 2, 2, 2, 2, 2 };
    struct account *alice = account_of(1000);

    (void)state;
    assert_int_equal(account_charge(&accounts, alice, CHARGE_CONNECTION), SSP_OK);
    accounts_set_limits(&accounts, more);
    assert_int_equal(account_charge(&accounts, alice, CHARGE_CONNECTION), SSP_OK);
    assert_int_equal(account_charge(&accounts, alice, CHARGE_CONNECTION), SSP_ERR_OVER_QUOTA);
    account_put(&accounts, &alice);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(refuses_what_is_over_the_limit_and_takes_it_when_there_is_room),
        CASE(charges_each_user_alone),
        CASE(is_one_account_for_all_processes_of_a_user),
        CASE(takes_on_other_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
