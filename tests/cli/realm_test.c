/* SPDX-License-Identifier: Apache-2.0 */
/* A Kerberos realm of one's own, seen from the programs that mean it. */
#include "cli/demo/realm.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "harness/harness.h"

static const char SCRIPT[] = "addprinc -pw secret alice\n";

static enum ssp_err start(struct realm *ret)
{
    const char *folder = scratch("realm");
    const struct realm_plan plan = { "DEMO.EXAMPLE", "demo.example", folder, SCRIPT };

    assert_int_equal(mkdir(folder, 0700), 0);
    return realm_start(&plan, ret);
}

static bool gives_a_ticket(const struct realm *realm, const char *user)
{
    const char *cache = scratch("ccache");
    const char *kinit[] = { "kinit", "-c", cache, user, NULL };

    return realm_run(realm, kinit, "secret\n") == SSP_OK && access(cache, R_OK) == 0;
}

static void its_users_get_tickets_and_strangers_do_not(void **state)
{
    ssp_cleanup(realm_stop) struct realm realm = { 0 };

    (void)state;
    assert_int_equal(start(&realm), SSP_OK);
    assert_false(gives_a_ticket(&realm, "mallory"));
    assert_true(gives_a_ticket(&realm, "alice"));
}

static void once_it_is_stopped_nobody_does(void **state)
{
    ssp_cleanup(realm_stop) struct realm realm = { 0 };

    (void)state;
    assert_int_equal(start(&realm), SSP_OK);
    pid_t pid = realm.pid;
    assert_int_equal(kill(pid, 0), 0);
    realm_stop(&realm);
    assert_int_equal(realm.pid, 0);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(errno, ESRCH);
    assert_false(gives_a_ticket(&realm, "alice"));
}

static void two_of_them_do_not_meet(void **state)
{
    ssp_cleanup(realm_stop) struct realm one = { 0 };
    ssp_cleanup(realm_stop) struct realm two = { 0 };
    const char *folder = scratch("other");
    const struct realm_plan plan = { "OTHER.EXAMPLE", "other.example", folder,
                                     "addprinc -pw secret bob\n" };

    (void)state;
    assert_int_equal(start(&one), SSP_OK);
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(realm_start(&plan, &two), SSP_OK);
    assert_int_not_equal(one.port, two.port);
    assert_false(gives_a_ticket(&two, "alice"));
    assert_true(gives_a_ticket(&two, "bob"));
}

static void a_folder_that_is_not_there_or_too_deep_is_refused(void **state)
{
    struct realm realm = { 0 };
    char deep[REALM_PATH_MAX + 1];

    (void)state;
    memset(deep, 'x', sizeof(deep) - 1);
    deep[sizeof(deep) - 1] = '\0';
    const struct realm_plan missing = { "DEMO.EXAMPLE", "demo.example", scratch("nothing"),
                                        SCRIPT };
    const struct realm_plan long_one = { "DEMO.EXAMPLE", "demo.example", deep, SCRIPT };
    assert_int_equal(realm_start(&missing, &realm), SSP_ERR_IO);
    assert_int_equal(realm_start(&long_one, &realm), SSP_ERR_TOO_LARGE);
    assert_int_equal(realm.pid, 0);
}

static void a_program_that_is_not_there_is_said_to_be_missing(void **state)
{
    const struct realm realm = { .folder = "/nonexistent" };
    const char *nobody[] = { "no-such-program-of-kerberos", NULL };

    (void)state;
    assert_int_equal(realm_run(&realm, nobody, ""), SSP_ERR_NO_AUTHORITY);
    assert_null(realm_missing());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(its_users_get_tickets_and_strangers_do_not),
        TEST(once_it_is_stopped_nobody_does),
        TEST(two_of_them_do_not_meet),
        TEST(a_folder_that_is_not_there_or_too_deep_is_refused),
        TEST(a_program_that_is_not_there_is_said_to_be_missing),
    };

    return cmocka_run_group_tests_name("cli/demo/realm", tests, NULL, NULL);
}
