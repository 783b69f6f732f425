/* SPDX-License-Identifier: Apache-2.0 */
/* How the security authority starts: its configuration, and memory that runs out. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "harness/harness.h"
#include "harness/lsa_fixture.h"

/* ---- Configuration ----------------------------------------------------- */

static enum ssp_err starts_with(const char *more)
{
    ssp_cleanup(lsa_free) struct lsa *lsa = NULL;

    return fixture_try(more, &lsa);
}

static void reads_mode_and_lifetime(void **state)
{
    ssp_cleanup(lsa_free) struct lsa *lsa = NULL;

    (void)state;
    assert_int_equal(fixture.lsa->lifetime_ms, 30000);
    assert_int_equal(fixture_try("mode = embedded\n[export]\nlifetime = 300\n", &lsa), SSP_OK);
    assert_int_equal(lsa->lifetime_ms, 300000);
    assert_int_equal(starts_with("mode = auto\n"), SSP_OK);
}

/* Who reads the mode is the client; the daemon reads the same file. */
static void takes_every_mode_and_no_other(void **state)
{
    (void)state;
    assert_int_equal(starts_with("mode = lsad\nsocket = /run/x\n"), SSP_OK);
    assert_int_equal(starts_with("mode = other\n"), SSP_ERR_BAD_CONFIG);
}

static void reads_the_lifetime_of_exports_again(void **state)
{
    struct lsa *lsa = NULL;
    struct conf *conf = NULL;

    (void)state;
    assert_int_equal(fixture_try("[export]\nlifetime = 300\n", &lsa), SSP_OK);
    fixture_write(fixture_path("again"), 0600, "[export]\nlifetime = 20\n");
    assert_int_equal(conf_load_file(fixture_path("again"), &conf), SSP_OK);
    assert_int_equal(lsa_read_again(lsa, conf), SSP_OK);
    conf_free(conf);
    assert_int_equal(lsa->lifetime_ms, 20000);
    fixture_write(fixture_path("again"), 0600, "[export]\nlifetime = 0\n");
    assert_int_equal(conf_load_file(fixture_path("again"), &conf), SSP_OK);
    assert_int_equal(lsa_read_again(lsa, conf), SSP_ERR_BAD_CONFIG);
    conf_free(conf);
    assert_int_equal(lsa->lifetime_ms, 20000);
    lsa_free(&lsa);
}

/* What it would not start with it does not go on with: the next start would fail. */
static void refuses_unknown_sections_when_it_reads_again(void **state)
{
    struct conf *conf = NULL;

    (void)state;
    fixture_write(fixture_path("again"), 0600, "[export]\nlifetime = 20\n[exprot]\nlifetime = 9\n");
    assert_int_equal(conf_load_file(fixture_path("again"), &conf), SSP_OK);
    assert_int_equal(lsa_read_again(fixture.lsa, conf), SSP_ERR_BAD_CONFIG);
    conf_free(conf);
    assert_int_equal(fixture.lsa->lifetime_ms, 30000);
}

static void refuses_keys_and_values_that_do_not_hold(void **state)
{
    (void)state;
    assert_int_equal(starts_with("moed = embedded\n"), SSP_ERR_BAD_CONFIG);
    assert_int_equal(starts_with("[export]\nlifetime = 0\n"), SSP_ERR_BAD_CONFIG);
    assert_int_equal(starts_with("[export]\nlifetime = 301\n"), SSP_ERR_BAD_CONFIG);
    assert_int_equal(starts_with("[map]\nnonsense\n"), SSP_ERR_BAD_CONFIG);
}

static void knows_the_sections_of_packages_and_no_others(void **state)
{
    (void)state;
    assert_int_equal(starts_with("[mock]\nkey = value\n[MockToo \"www\"]\n a = b\n"), SSP_OK);
    assert_int_equal(starts_with("[mocc]\nkey = value\n"), SSP_ERR_BAD_CONFIG);
    assert_int_equal(starts_with("[moc \"k\"]\nkey = value\n"), SSP_ERR_BAD_CONFIG);
    assert_int_equal(starts_with("[Export]\nlifetime = 1\n"), SSP_ERR_BAD_CONFIG);
}

/* ---- Running short ----------------------------------------------------- */

/* A lock that was destroyed without having been made took all others off the list of fork(). */
static void an_authority_that_does_not_start_leaves_the_locks_of_others_alone(void **state)
{
    struct lsa *lsa = NULL;
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    assert_true(fork_holds(&fixture.alice->lock.mutex));
    for (size_t n = 0; e != SSP_OK; n++) {
        fault_malloc_at(n);
        e = fixture_try("", &lsa);
        fault_malloc_at(SIZE_MAX);
        assert_true(e == SSP_OK || e == SSP_ERR_NO_MEMORY || e == SSP_ERR_NO_PACKAGE);
        assert_true(fork_holds(&fixture.alice->lock.mutex));
    }
    lsa_free(&lsa);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reads_mode_and_lifetime),
        CASE(takes_every_mode_and_no_other),
        CASE(reads_the_lifetime_of_exports_again),
        CASE(refuses_unknown_sections_when_it_reads_again),
        CASE(refuses_keys_and_values_that_do_not_hold),
        CASE(knows_the_sections_of_packages_and_no_others),
        CASE(an_authority_that_does_not_start_leaves_the_locks_of_others_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
