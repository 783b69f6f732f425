/* SPDX-License-Identifier: Apache-2.0 */
/* A runtime folder that changes underneath, and where the seal key lies. */
#include "lsa/home.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/handle.h"
#include "base/heap.h"
#include "harness/harness.h"
#include "harness/lsa_fixture.h"
#include "lsa/passage.h"
#include "lsa/token.h"

enum { DELETE_OLD = SECPKG_CONTEXT_EXPORT_DELETE_OLD };

static const char secret[] = "what the package packed";

/* Another process of the user, which comes up now. */
struct newcomer {
    struct lsa *lsa;
    struct client *client;
};

static struct newcomer newcomer(void)
{
    const struct client_limits limits = { .max = { 1, 1 } };
    struct newcomer it = { 0 };

    assert_int_equal(fixture_try("", &it.lsa), SSP_OK);
    assert_int_equal(client_new(it.lsa, fixture.alice->door, &limits, NULL, &it.client), SSP_OK);
    return it;
}

static void newcomer_goes(struct newcomer *it)
{
    client_close(&it->client);
    lsa_free(&it->lsa);
}

static struct lsa_sealed seal_by(struct client *client, ULONG flags, HANDLE token)
{
    const struct lsa_seal what = {
        .package = package_by_name(&client->lsa->packages, MOCK)->id,
        .flags = flags,
        .token = token,
    };
    struct lsa_sealed sealed = { 0 };

    assert_int_equal(lsa_passage_seal(client, &what, VIEW_OF(secret), &sealed), SEC_E_OK);
    return sealed;
}

static SECURITY_STATUS open_by(struct client *client, const struct lsa_sealed *sealed, HANDLE token)
{
    const struct view blob = { sealed->blob.pvBuffer, sealed->blob.cbBuffer };
    struct lsa_opened opened = { 0 };
    SECURITY_STATUS status = lsa_passage_open(client, MOCK, blob, token, &opened);

    secret_wipe(&opened.packed);
    return status;
}

static void done(struct lsa_sealed *sealed)
{
    assert_int_equal(heap_free(sealed->blob.pvBuffer), SSP_OK);
}

static void an_export_reaches_other_processes_after_the_folder_was_removed(void **state)
{
    ssp_cleanup(newcomer_goes) struct newcomer it = newcomer();
    ssp_cleanup(home_unref) struct home *home = NULL;
    ssp_cleanup(handle_close) HANDLE token = NULL;
    const OPENSSPI_TOKEN_INFO info = { .logon_id = { 1, 1 } };

    (void)state;
    assert_int_equal(home_get(fixture.lsa, &home), SSP_OK);
    assert_int_equal(token_make(&home->key, &info, &token), SSP_OK);
    fixture_clear_runtime();
    struct lsa_sealed sealed = seal_by(fixture.alice, 0, token);
    assert_int_equal(open_by(it.client, &sealed, token), SEC_E_OK);
    done(&sealed);
}

static void an_export_goes_over_to_the_key_that_others_use(void **state)
{
    ssp_cleanup(newcomer_goes) struct newcomer it = newcomer();
    ssp_cleanup(home_unref) struct home *home = NULL;

    (void)state;
    assert_int_equal(home_get(fixture.lsa, &home), SSP_OK);
    assert_int_equal(unlink(fixture_path("runtime/seal.key")), 0);
    struct lsa_sealed theirs = seal_by(it.client, DELETE_OLD, NULL);
    assert_int_equal(open_by(fixture.alice, &theirs, NULL), SEC_E_OK);
    struct lsa_sealed ours = seal_by(fixture.alice, DELETE_OLD, NULL);
    assert_int_equal(open_by(it.client, &ours, NULL), SEC_E_OK);
    done(&theirs);
    done(&ours);
}

static HANDLE token_of(struct lsa *lsa)
{
    ssp_cleanup(home_unref) struct home *home = NULL;
    const OPENSSPI_TOKEN_INFO info = { .logon_id = { 7, 1 } };
    HANDLE token = NULL;

    assert_int_equal(home_get(lsa, &home), SSP_OK);
    assert_int_equal(token_make(&home->key, &info, &token), SSP_OK);
    return token;
}

static enum ssp_err read_by(struct lsa *lsa, HANDLE token)
{
    ssp_cleanup(home_unref) struct home *home = NULL;
    OPENSSPI_TOKEN_INFO info = { 0 };

    assert_int_equal(home_get(lsa, &home), SSP_OK);
    enum ssp_err e = home_read_token(home, token, &info);
    assert_int_equal(info.logon_id.LowPart, e == SSP_OK ? 7 : 0);
    return e;
}

/* NULL when it is good as it is. */
static HANDLE renewed_by(struct lsa *lsa, HANDLE token)
{
    ssp_cleanup(home_unref) struct home *home = NULL;
    HANDLE renewed = NULL;

    assert_int_equal(home_get(lsa, &home), SSP_OK);
    assert_int_equal(home_renew_token(home, token, &renewed), SSP_OK);
    return renewed;
}

/* Another process that comes up is first with its key. */
static void replace_key(void)
{
    ssp_cleanup(newcomer_goes) struct newcomer it = newcomer();
    ssp_cleanup(home_unref) struct home *home = NULL;

    assert_int_equal(unlink(fixture_path("runtime/seal.key")), 0);
    assert_int_equal(home_get(it.lsa, &home), SSP_OK);
}

static void a_token_outlives_the_key_that_it_was_made_under(void **state)
{
    ssp_cleanup(handle_close) HANDLE token = token_of(fixture.lsa);

    (void)state;
    assert_null(renewed_by(fixture.lsa, token));
    replace_key();
    assert_int_equal(read_by(fixture.lsa, token), SSP_OK);
    fixture_clear_runtime(); /* the folder comes back, with the key of the other process */
    assert_int_equal(read_by(fixture.lsa, token), SSP_OK);
    struct lsa_sealed sealed = seal_by(fixture.alice, 0, token);
    assert_int_equal(open_by(fixture.alice, &sealed, token), SEC_E_OK);
    done(&sealed);
}

static void a_token_of_before_is_made_anew_for_other_processes(void **state)
{
    ssp_cleanup(handle_close) HANDLE token = token_of(fixture.lsa);
    ssp_cleanup(handle_close) HANDLE renewed = NULL;

    (void)state;
    replace_key();
    ssp_cleanup(newcomer_goes) struct newcomer it = newcomer();
    struct lsa_sealed sealed = seal_by(fixture.alice, 0, token);
    assert_int_equal(read_by(it.lsa, token), SSP_ERR_BAD_TOKEN); /* it never had that key */
    assert_int_equal(open_by(it.client, &sealed, token), SEC_E_LOGON_DENIED);
    renewed = renewed_by(fixture.lsa, token);
    assert_non_null(renewed);
    assert_int_equal(read_by(it.lsa, renewed), SSP_OK);
    assert_int_equal(open_by(it.client, &sealed, renewed), SEC_E_OK);
    assert_null(renewed_by(fixture.lsa, renewed));
    done(&sealed);
}

static void no_key_is_remembered_for_ever(void **state)
{
    ssp_cleanup(handle_close) HANDLE oldest = token_of(fixture.lsa);

    (void)state;
    for (int i = 0; i < HOME_FORMER; i++) {
        replace_key();
        assert_int_equal(read_by(fixture.lsa, oldest), SSP_OK);
    }
    replace_key();
    assert_int_equal(read_by(fixture.lsa, oldest), SSP_ERR_BAD_TOKEN);
    assert_null(renewed_by(fixture.lsa, oldest));
}

static void what_is_no_token_is_none_under_keys_of_before_either(void **state)
{
    ssp_cleanup(home_unref) struct home *home = NULL;
    HANDLE renewed = NULL;

    (void)state;
    assert_int_equal(home_get(fixture.lsa, &home), SSP_OK);
    home_unref(&home);
    replace_key();
    assert_int_equal(read_by(fixture.lsa, handle_of_fd(STDIN_FILENO)), SSP_ERR_BAD_TOKEN);
    assert_int_equal(home_get(fixture.lsa, &home), SSP_OK);
    assert_int_equal(home->n_former, 1);
    assert_int_equal(home_renew_token(home, handle_of_fd(9999), &renewed), SSP_ERR_BAD_HANDLE);
    assert_null(renewed);
}

static void a_frozen_context_is_lost_with_its_folder(void **state)
{
    struct lsa_sealed sealed = seal_by(fixture.alice, 0, NULL);

    (void)state;
    fixture_clear_runtime();
    assert_int_equal(open_by(fixture.alice, &sealed, NULL), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(lsa_passage_claim(fixture.alice, &sealed.ticket), SEC_E_CONTEXT_EXPIRED);
    done(&sealed);
}

/* Whether this line of smaps begins the mapping that holds the address; other lines change nothing.
 */
static void look_for(uintptr_t address, const char *line, bool *is_it)
{
    char *dash = NULL;
    unsigned long long start = strtoull(line, &dash, 16);

    if (dash != line && *dash == '-')
        *is_it = address >= start && address < strtoull(dash + 1, NULL, 16);
}

static bool is_undumped(const void *address)
{
    FILE *maps = fopen("/proc/self/smaps", "re");
    char line[512] = "";
    bool is_it = false;
    bool found = false;

    assert_non_null(maps);
    while (!found && fgets(line, sizeof(line), maps) != NULL) {
        look_for((uintptr_t)address, line, &is_it);
        found = is_it && strncmp(line, "VmFlags:", 8) == 0 && strstr(line, " dd") != NULL;
    }
    assert_int_equal(fclose(maps), 0);
    return found;
}

static void the_seal_key_is_in_no_core_dump(void **state)
{
    ssp_cleanup(home_unref) struct home *home = NULL;

    (void)state;
    assert_int_equal(home_get(fixture.lsa, &home), SSP_OK);
    assert_true(is_undumped(&home->key));
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_export_reaches_other_processes_after_the_folder_was_removed),
        CASE(an_export_goes_over_to_the_key_that_others_use),
        CASE(a_token_outlives_the_key_that_it_was_made_under),
        CASE(a_token_of_before_is_made_anew_for_other_processes),
        CASE(no_key_is_remembered_for_ever),
        CASE(what_is_no_token_is_none_under_keys_of_before_either),
        CASE(a_frozen_context_is_lost_with_its_folder),
        CASE(the_seal_key_is_in_no_core_dump),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
