/* SPDX-License-Identifier: Apache-2.0 */
/* What the loader takes, and what it refuses. */
#include "base/cleanup.h"
#include "harness/harness.h"
#include "harness/lsa_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int setup(void **state)
{
    (void)state;
    fixture_make_dir();
    return 0;
}

static int teardown(void **state)
{
    (void)unsetenv("OPENSSPI_MOCK");
    fixture_remove_dir();
    return free_guarded(state);
}

/* How many packages an LSA has that finds the mock like this; -1 when it does not start. */
static long n_packages(const char *script)
{
    ssp_cleanup(lsa_free) struct lsa *lsa = NULL;

    assert_int_equal(setenv("OPENSSPI_MOCK", script, 1), 0);
    if (fixture_try("", &lsa) != SSP_OK)
        return -1;
    return (long)packages_count(&lsa->packages) - (long)module_n_builtin();
}

static void loads_every_package_of_a_shared_object(void **state)
{
    (void)state;
    fixture_copy(NULL, fixture_path("packages/mock.so"), 0600);
    assert_int_equal(n_packages(""), 2);
}

static void reads_what_a_package_says_about_itself(void **state)
{
    ssp_cleanup(lsa_free) struct lsa *lsa = NULL;

    (void)state;
    fixture_copy(NULL, fixture_path("packages/mock.so"), 0600);
    assert_int_equal(fixture_try("", &lsa), SSP_OK);
    const struct package *package = package_by_name(&lsa->packages, u"mOCK");
    assert_non_null(package);
    assert_ptr_equal(package, package_by_id(&lsa->packages, package->id));
    assert_string_equal(package->name8, "Mock");
    assert_int_equal(package->rpc_id, SECPKG_ID_NONE);
    assert_int_equal(package->max_token, 64);
    assert_int_equal(package->n_thunks, 1);
    assert_int_equal(package->thunks[0], 0x4d4f0001);
    assert_non_null(package->export.ExportLsaContext);
    assert_non_null(package->sign.SignMechList);
    package = package_by_name(&lsa->packages, u"MockToo");
    assert_non_null(package);
    assert_null(package->export.ExportLsaContext);
    assert_null(package->sign.SignMechList);
    assert_null(package_by_name(&lsa->packages, u"Moc"));
    assert_null(package_by_name(&lsa->packages, NULL));
    assert_null(package_by_id(&lsa->packages, LIMIT_PACKAGES));
}

static void never_reads_members_beyond_the_version_answered(void **state)
{
    ssp_cleanup(lsa_free) struct lsa *lsa = NULL;

    (void)state;
    fixture_copy(NULL, fixture_path("packages/mock.so"), 0600);
    assert_int_equal(setenv("OPENSSPI_MOCK", "set version 0x40000", 1), 0); /* version 3 */
    assert_int_equal(fixture_try("", &lsa), SSP_OK);
    const struct package *package = package_by_name(&lsa->packages, u"Mock");
    assert_non_null(package->lsa.SetCredentialsAttributes);
    assert_null(package->lsa.ChangeAccountPassword); /* version 4 */
}

static void reads_what_it_knows_of_a_version_of_the_future(void **state)
{
    (void)state;
    fixture_copy(NULL, fixture_path("packages/mock.so"), 0600);
    assert_int_equal(n_packages("set version 0x40000000"), 2);
}

static void refuses_a_module_that_does_not_begin_well(void **state)
{
    (void)state;
    fixture_copy(NULL, fixture_path("packages/mock.so"), 0600);
    assert_int_equal(n_packages("set SpLsaModeInitialize 0xC0000001"), 0);
    assert_int_equal(n_packages("set version 0"), 0);
    assert_int_equal(n_packages("set version 0xffff"), 0);
    assert_int_equal(n_packages("set no_tables 1"), 0);
    assert_int_equal(n_packages("set n_tables 0"), 0);
    assert_int_equal(n_packages("set n_tables 65"), 0);
    assert_int_equal(n_packages("set SpLsaExportInitialize 0xC0000001"), 0);
    assert_int_equal(n_packages("set SpLsaSignInitialize 0xC0000001"), 0);
    assert_int_equal(n_packages("set SpLsaInnerInitialize 0xC0000001"), 0);
}

/* Of the first package; what there is with that script. */
static enum ssp_err user_half_with(const char *script, struct module_user *ret)
{
    ssp_cleanup(lsa_free) struct lsa *lsa = NULL;

    assert_int_equal(setenv("OPENSSPI_MOCK", script, 1), 0);
    assert_int_equal(fixture_try("", &lsa), SSP_OK);
    const struct package *package = package_by_name(&lsa->packages, u"Mock");
    assert_non_null(package);
    return module_user_half(package->module, package->index, ret);
}

static void finds_the_user_half_and_its_extension(void **state)
{
    struct module_user user = { 0 };

    (void)state;
    fixture_copy(NULL, fixture_path("packages/mock.so"), 0600);
    assert_int_equal(user_half_with("", &user), SSP_OK);
    assert_non_null(user.table);
    assert_non_null(user.extension);
    assert_int_equal(user_half_with("set n_extensions 0", &user), SSP_OK);
    assert_non_null(user.table);
    assert_null(user.extension);
}

static void refuses_a_user_half_whose_extension_does_not_begin_well(void **state)
{
    struct module_user user = { 0 };

    (void)state;
    fixture_copy(NULL, fixture_path("packages/mock.so"), 0600);
    assert_int_equal(user_half_with("set SpUserExtensionInitialize 0xC0000001", &user),
                     SSP_ERR_NO_PACKAGE);
    assert_int_equal(user_half_with("set extension_version 2", &user), SSP_ERR_NO_PACKAGE);
    assert_null(user.table);
}

static void refuses_a_package_that_does_not_start_or_say_its_name(void **state)
{
    (void)state;
    fixture_copy(NULL, fixture_path("packages/mock.so"), 0600);
    assert_int_equal(n_packages("set Initialize 0xC0000001"), 0);
    assert_int_equal(n_packages("set GetInfo 0xC0000001"), 1); /* the second one has its own */
    assert_int_equal(n_packages("set nameless 1"), 1);
}

static void refuses_a_name_that_is_taken(void **state)
{
    (void)state;
    fixture_copy(NULL, fixture_path("packages/mock.so"), 0600);
    assert_int_equal(n_packages("set same_name 1"), 1);
    fixture_copy(NULL, fixture_path("packages/other.so"), 0600);
    assert_int_equal(n_packages(""), 2);
}

static void refuses_files_that_others_may_write(void **state)
{
    (void)state;
    fixture_copy(NULL, fixture_path("packages/mock.so"), 0620);
    assert_int_equal(n_packages(""), 0);
    assert_int_equal(chmod(fixture_path("packages/mock.so"), 0602), 0);
    assert_int_equal(n_packages(""), 0);
    assert_int_equal(chmod(fixture_path("packages/mock.so"), 0644), 0);
    assert_int_equal(n_packages(""), 2);
}

static void refuses_files_of_another_user(void **state)
{
    (void)state;
    fixture_copy(NULL, fixture_path("packages/mock.so"), 0600);
    assert_int_equal(chown(fixture_path("packages/mock.so"), 65534, 65534), 0);
    assert_int_equal(n_packages(""), 0);
}

static void refuses_what_is_no_regular_file(void **state)
{
    (void)state;
    fixture_copy(NULL, fixture_path("mock.so"), 0600);
    assert_int_equal(symlink(fixture_path("mock.so"), fixture_path("packages/mock.so")), 0);
    assert_int_equal(mkdir(fixture_path("packages/folder.so"), 0700), 0);
    assert_int_equal(mkfifo(fixture_path("packages/fifo.so"), 0600), 0);
    assert_int_equal(n_packages(""), 0);
}

static void refuses_what_is_no_package(void **state)
{
    (void)state;
    fixture_write(fixture_path("packages/text.so"), 0600, "not a shared object\n");
    fixture_copy(getenv("NOT_A_PACKAGE"), fixture_path("packages/half.so"), 0600);
    assert_int_equal(n_packages(""), 0);
}

static void looks_only_at_shared_objects(void **state)
{
    (void)state;
    fixture_copy(NULL, fixture_path("packages/mock.so.bak"), 0600);
    fixture_copy(NULL, fixture_path("packages/.so"), 0600);
    assert_int_equal(n_packages(""), 0);
}

static void does_not_start_with_a_configured_folder_that_is_unsafe_or_missing(void **state)
{
    (void)state;
    assert_int_equal(chmod(fixture_path("packages"), 0770), 0);
    assert_int_equal(n_packages(""), -1);
    assert_int_equal(chmod(fixture_path("packages"), 0700), 0);
    assert_int_equal(rename(fixture_path("packages"), fixture_path("gone")), 0);
    assert_int_equal(n_packages(""), -1);
    assert_int_equal(rename(fixture_path("gone"), fixture_path("packages")), 0);
    assert_int_equal(n_packages(""), 0);
}

static void adds_a_package_by_name_or_path_at_run_time(void **state)
{
    ssp_cleanup(lsa_free) struct lsa *lsa = NULL;
    ULONG id = 0;

    (void)state;
    assert_int_equal(fixture_try("", &lsa), SSP_OK);
    size_t before = packages_count(&lsa->packages);
    assert_int_equal(lsa_add_package(lsa, "mock", &id), SSP_ERR_IO);
    fixture_copy(NULL, fixture_path("packages/mock.so"), 0600);
    assert_int_equal(lsa_add_package(lsa, "mock", &id), SSP_OK);
    assert_int_equal(id, before);
    assert_int_equal(packages_count(&lsa->packages), before + 2);
    assert_int_equal(lsa_add_package(lsa, "mock.so", &id), SSP_ERR_NO_PACKAGE);
    assert_int_equal(lsa_add_package(lsa, fixture_path("packages/mock.so"), &id),
                     SSP_ERR_NO_PACKAGE);
    assert_int_equal(lsa_add_package(lsa, "../packages/mock.so", &id), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(lsa_add_package(lsa, "packages/", &id), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(lsa_add_package(lsa, "", &id), SSP_ERR_BAD_ARGUMENT);
}

static void starts_or_fails_whole_when_memory_runs_out(void **state)
{
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    fixture_copy(NULL, fixture_path("packages/mock.so"), 0600);
    for (size_t n = 0; e != SSP_OK; n++) {
        ssp_cleanup(lsa_free) struct lsa *lsa = NULL;

        fault_malloc_at(n);
        e = fixture_try("", &lsa);
        fault_malloc_at(SIZE_MAX);
        assert_true((e == SSP_OK) == (lsa != NULL));
    }
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(loads_every_package_of_a_shared_object),
        CASE(reads_what_a_package_says_about_itself),
        CASE(never_reads_members_beyond_the_version_answered),
        CASE(reads_what_it_knows_of_a_version_of_the_future),
        CASE(refuses_a_module_that_does_not_begin_well),
        CASE(finds_the_user_half_and_its_extension),
        CASE(refuses_a_user_half_whose_extension_does_not_begin_well),
        CASE(refuses_a_package_that_does_not_start_or_say_its_name),
        CASE(refuses_a_name_that_is_taken),
        CASE(refuses_files_that_others_may_write),
        CASE_IF(geteuid() == 0, CASE(refuses_files_of_another_user)),
        CASE(refuses_what_is_no_regular_file),
        CASE(refuses_what_is_no_package),
        CASE(looks_only_at_shared_objects),
        CASE(does_not_start_with_a_configured_folder_that_is_unsafe_or_missing),
        CASE(adds_a_package_by_name_or_path_at_run_time),
        CASE(starts_or_fails_whole_when_memory_runs_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
