/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing, judging and claiming, with a clock that the tests turn. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/handle.h"
#include "base/heap.h"
#include "harness/harness.h"
#include "harness/lsa_fixture.h"
#include "lsa/ctx.h"
#include "lsa/passage.h"
#include "lsa/token.h"

static const char secret[] = "what the package packed";

static ULONG mock_id(void)
{
    return package_by_name(&fixture.lsa->packages, MOCK)->id;
}

static struct lsa_seal plain_seal(void)
{
    return (struct lsa_seal){ .package = mock_id(), .flags = SECPKG_CONTEXT_EXPORT_DELETE_OLD };
}

static SECURITY_STATUS try_seal(const struct lsa_seal *what)
{
    struct lsa_sealed sealed = { 0 };
    SECURITY_STATUS status = lsa_passage_seal(fixture.alice, what, VIEW_OF(secret), &sealed);

    if (status < 0)
        assert_null(sealed.blob.pvBuffer);
    assert_int_equal(heap_free(sealed.blob.pvBuffer), SSP_OK);
    return status;
}

static struct lsa_sealed sealed_as(const struct lsa_seal *what)
{
    struct lsa_sealed sealed = { 0 };

    assert_int_equal(lsa_passage_seal(fixture.alice, what, VIEW_OF(secret), &sealed), SEC_E_OK);
    assert_int_equal(sealed.blob.BufferType, SECBUFFER_TOKEN);
    return sealed;
}

static struct view blob_of(const struct lsa_sealed *sealed)
{
    return (struct view){ sealed->blob.pvBuffer, sealed->blob.cbBuffer };
}

static void done(struct lsa_sealed *sealed)
{
    assert_int_equal(heap_free(sealed->blob.pvBuffer), SSP_OK);
    *sealed = (struct lsa_sealed){ 0 };
}

static SECURITY_STATUS open_by(struct client *client, const char16_t *package, struct view blob,
                               HANDLE token)
{
    struct lsa_opened opened = { 0 };
    SECURITY_STATUS status = lsa_passage_open(client, package, blob, token, &opened);

    if (status < 0)
        assert_null(opened.packed.p);
    else
        assert_view_equal(secret_view(&opened.packed), VIEW_OF(secret));
    secret_wipe(&opened.packed);
    return status;
}

static SECURITY_STATUS open_blob(struct view blob)
{
    return open_by(fixture.alice, MOCK, blob, NULL);
}

/* ---- The happy way ----------------------------------------------------- */

static void what_was_sealed_opens_exactly_once(void **state)
{
    struct lsa_seal what = plain_seal();
    struct lsa_sealed sealed = sealed_as(&what);

    (void)state;
    assert_int_equal(fixture_tickets(), 1);
    assert_int_equal(open_blob(blob_of(&sealed)), SEC_E_OK);
    assert_int_equal(fixture_tickets(), 0);
    assert_int_equal(open_blob(blob_of(&sealed)), SEC_E_CONTEXT_EXPIRED);
    done(&sealed);
}

static void a_frozen_context_takes_its_ticket_back_or_finds_it_gone(void **state)
{
    struct lsa_seal what = { .package = mock_id() };
    struct lsa_sealed sealed = sealed_as(&what);

    (void)state;
    assert_int_equal(lsa_passage_claim(fixture.alice, &sealed.ticket), SEC_E_OK);
    assert_int_equal(lsa_passage_claim(fixture.alice, &sealed.ticket), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(open_blob(blob_of(&sealed)), SEC_E_CONTEXT_EXPIRED);
    done(&sealed);

    sealed = sealed_as(&what);
    assert_int_equal(open_blob(blob_of(&sealed)), SEC_E_OK);
    assert_int_equal(lsa_passage_claim(fixture.alice, &sealed.ticket), SEC_E_CONTEXT_EXPIRED);
    done(&sealed);
}

static void nobody_takes_back_what_another_process_keeps(void **state)
{
    struct lsa_seal what = { .package = mock_id() };
    struct lsa_sealed sealed = sealed_as(&what);

    (void)state;
    fixture.lsa->is_embedded = false;
    assert_int_equal(lsa_passage_claim(fixture.bob, &sealed.ticket), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(lsa_passage_claim(fixture.alice, &sealed.ticket), SEC_E_OK);
    fixture.lsa->is_embedded = true;
    done(&sealed);
}

/* The kernel gives the number of a process that has ended to another, which may be anybody's. */
static void
nobody_takes_back_or_lets_go_what_another_user_kept_in_a_process_of_that_number(void **state)
{
    struct lsa_seal what = { .package = mock_id() };
    struct lsa_sealed sealed = sealed_as(&what);
    const struct client_door *bobs = fixture.bob->door;
    struct client_door same_number = *bobs;

    (void)state;
    same_number.pid = fixture.alice->door->pid;
    fixture.bob->door = &same_number;
    fixture.lsa->is_embedded = false;
    assert_int_equal(lsa_passage_release(fixture.bob, &sealed.ticket), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(lsa_passage_claim(fixture.bob, &sealed.ticket), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(lsa_passage_claim(fixture.alice, &sealed.ticket), SEC_E_OK);
    fixture.lsa->is_embedded = true;
    fixture.bob->door = bobs;
    done(&sealed);
}

/* ---- Time -------------------------------------------------------------- */

/* Opens so long after the sealing. */
static SECURITY_STATUS opens_after(const struct lsa_seal *what, uint64_t ms)
{
    struct lsa_sealed sealed = sealed_as(what);
    uint64_t now = fake_time.boottime;

    fake_time.boottime += ms * NS_PER_MS;
    SECURITY_STATUS status = open_blob(blob_of(&sealed));
    fake_time.boottime = now;
    done(&sealed);
    return status;
}

static void lives_as_long_as_configured_or_asked_for(void **state)
{
    struct lsa_seal what = plain_seal();

    (void)state;
    assert_int_equal(opens_after(&what, 29999), SEC_E_OK);
    assert_int_equal(opens_after(&what, 30000), SEC_E_CONTEXT_EXPIRED);
    what.lifetime_ms = 5;
    assert_int_equal(opens_after(&what, 4), SEC_E_OK);
    assert_int_equal(opens_after(&what, 5), SEC_E_CONTEXT_EXPIRED);
    what.lifetime_ms = 300000;
    assert_int_equal(opens_after(&what, 299999), SEC_E_OK);
    what.lifetime_ms = 300001;
    assert_int_equal(try_seal(&what), SEC_E_INVALID_PARAMETER);
}

static void never_outlives_its_context(void **state)
{
    struct lsa_seal what = plain_seal();

    (void)state;
    what.context_expiry.QuadPart = fake_time.filetime + 7 * 10000;
    assert_int_equal(opens_after(&what, 6), SEC_E_OK);
    assert_int_equal(opens_after(&what, 7), SEC_E_CONTEXT_EXPIRED);
    what.context_expiry.QuadPart = fake_time.filetime;
    assert_int_equal(try_seal(&what), SEC_E_CONTEXT_EXPIRED);
    what.context_expiry.QuadPart = FILETIME_NEVER;
    assert_int_equal(opens_after(&what, 29999), SEC_E_OK);
    what.context_expiry.QuadPart = INT64_MIN;
    assert_int_equal(try_seal(&what), SEC_E_CONTEXT_EXPIRED);
}

static void a_blob_refused_for_its_time_keeps_its_ticket(void **state)
{
    struct lsa_seal what = plain_seal();
    struct lsa_sealed sealed = sealed_as(&what);

    (void)state;
    fake_time.boottime += 30000 * NS_PER_MS;
    assert_int_equal(open_blob(blob_of(&sealed)), SEC_E_CONTEXT_EXPIRED);
    fake_time.boottime -= 1;
    assert_int_equal(open_blob(blob_of(&sealed)), SEC_E_OK);
    done(&sealed);
}

static void an_export_sweeps_what_has_expired(void **state)
{
    struct lsa_seal what = plain_seal();

    (void)state;
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(try_seal(&what), SEC_E_OK);
    assert_int_equal(fixture_tickets(), 5);
    fake_time.boottime += 30001 * NS_PER_MS;
    assert_int_equal(try_seal(&what), SEC_E_OK);
    assert_int_equal(fixture_tickets(), 1);
}

/* ---- Users and packages ------------------------------------------------ */

static void another_user_may_not_import(void **state)
{
    struct lsa_seal what = plain_seal();
    struct lsa_sealed sealed = sealed_as(&what);

    (void)state;
    assert_int_equal(open_by(fixture.bob, MOCK, blob_of(&sealed), NULL), SEC_E_NOT_OWNER);
    assert_int_equal(open_blob(blob_of(&sealed)), SEC_E_OK);
    done(&sealed);
}

static void embedded_refuses_to_seal_for_another_user(void **state)
{
    struct lsa_seal what = plain_seal();

    (void)state;
    what.to_other_uid = true;
    what.uid_to = fixture.bob->door->uid(fixture.bob);
    assert_int_equal(try_seal(&what), SEC_E_UNSUPPORTED_FUNCTION);
    what.uid_to = fixture.alice->door->uid(fixture.alice);
    assert_int_equal(try_seal(&what), SEC_E_OK);
}

static void an_lsa_of_many_users_seals_for_the_one_named(void **state)
{
    struct lsa_seal what = plain_seal();

    (void)state;
    fixture.lsa->is_embedded = false;
    what.to_other_uid = true;
    what.uid_to = fixture.bob->door->uid(fixture.bob);
    struct lsa_sealed sealed = sealed_as(&what);
    assert_int_equal(open_blob(blob_of(&sealed)), SEC_E_NOT_OWNER);
    assert_int_equal(open_by(fixture.bob, MOCK, blob_of(&sealed), NULL), SEC_E_OK);
    done(&sealed);
}

static void the_package_has_to_be_the_one_that_packed(void **state)
{
    struct lsa_seal what = plain_seal();
    struct lsa_sealed sealed = sealed_as(&what);

    (void)state;
    assert_int_equal(open_by(fixture.alice, u"MockToo", blob_of(&sealed), NULL),
                     SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(open_by(fixture.alice, u"None", blob_of(&sealed), NULL),
                     SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(open_by(fixture.alice, NULL, blob_of(&sealed), NULL), SEC_E_SECPKG_NOT_FOUND);
    fixture.lsa->packages.list[mock_id()]->version++;
    assert_int_equal(open_blob(blob_of(&sealed)), SEC_E_SECPKG_NOT_FOUND);
    fixture.lsa->packages.list[mock_id()]->version--;
    assert_int_equal(open_by(fixture.alice, u"mOCK", blob_of(&sealed), NULL), SEC_E_OK);
    done(&sealed);
    what.package = LIMIT_PACKAGES;
    assert_int_equal(try_seal(&what), SEC_E_SECPKG_NOT_FOUND);
}

static void flags_that_are_unknown_or_for_the_kernel_are_refused(void **state)
{
    struct lsa_seal what = plain_seal();

    (void)state;
    what.flags = 8;
    assert_int_equal(try_seal(&what), SEC_E_INVALID_PARAMETER);
    what.flags = SECPKG_CONTEXT_EXPORT_TO_KERNEL;
    assert_int_equal(try_seal(&what), SEC_E_UNSUPPORTED_FUNCTION);
    what.flags = SECPKG_CONTEXT_EXPORT_RESET_NEW;
    assert_int_equal(try_seal(&what), SEC_E_OK);
}

/* ---- Bytes ------------------------------------------------------------- */

static void no_altered_byte_and_no_other_length_opens(void **state)
{
    struct lsa_seal what = plain_seal();
    struct lsa_sealed sealed = sealed_as(&what);
    uint8_t *p = sealed.blob.pvBuffer;

    (void)state;
    for (size_t i = 0; i < sealed.blob.cbBuffer; i++) {
        p[i] ^= 0x41;
        assert_int_equal(open_blob(guarded(blob_of(&sealed))), SEC_E_INVALID_TOKEN);
        p[i] ^= 0x41;
    }
    for (size_t n = 0; n < sealed.blob.cbBuffer; n++)
        assert_int_equal(open_blob(guarded((struct view){ p, n })), SEC_E_INVALID_TOKEN);
    assert_int_equal(open_blob(blob_of(&sealed)), SEC_E_OK);
    done(&sealed);
}

static void too_much_to_pack_is_refused(void **state)
{
    static uint8_t big[LIMIT_PACKED];
    struct lsa_seal what = plain_seal();
    struct lsa_sealed sealed = { 0 };

    (void)state;
    assert_int_equal(lsa_passage_seal(fixture.alice, &what, VIEW_OF(big), &sealed),
                     SEC_E_BUFFER_TOO_SMALL);
    assert_null(sealed.blob.pvBuffer);
}

/* ---- Tokens ------------------------------------------------------------ */

static void finish(struct pair *pair)
{
    assert_int_equal(pair_initiate(fixture.alice, pair), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(pair_accept(fixture.alice, pair), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(pair_initiate(fixture.alice, pair), SEC_E_OK);
    assert_int_equal(pair_accept(fixture.alice, pair), SEC_E_OK);
}

static void a_token_says_who_logged_on(void **state)
{
    ssp_cleanup(home_unref) struct home *home = NULL;
    OPENSSPI_TOKEN_INFO info = { 0 };
    struct pair pair = { 0 };

    (void)state;
    finish(&pair);
    assert_int_equal(home_get(fixture.lsa, &home), SSP_OK);
    assert_int_equal(token_read(&home->key, pair_token(&pair), &info), SSP_OK);
    assert_string_equal(info.package, "Mock");
    assert_string_equal(info.user, "somebody");
    assert_string_equal(info.domain, "MOCK");
    assert_int_equal(info.auth_time.QuadPart, fake_time.filetime);
    assert_int_equal(info.expiry.QuadPart, FILETIME_NEVER);
    assert_int_equal(info.level, SecurityImpersonation);
    assert_false(SecIsZeroLuid(&info.logon_id));
    pair_free(fixture.alice, &pair);
}

static void an_importers_token_has_to_be_of_the_same_logon(void **state)
{
    struct pair pair = { 0 };
    struct pair other = { 0 };
    struct lsa_seal what = plain_seal();

    (void)state;
    finish(&pair);
    finish(&other);
    what.token = pair_token(&pair);
    struct lsa_sealed sealed = sealed_as(&what);
    assert_int_equal(open_by(fixture.alice, MOCK, blob_of(&sealed), pair_token(&other)),
                     SEC_E_LOGON_DENIED);
    assert_int_equal(
        open_by(fixture.alice, MOCK, blob_of(&sealed), handle_of_fd(1)), /* no token at all */
        SEC_E_LOGON_DENIED);
    assert_int_equal(open_by(fixture.alice, MOCK, blob_of(&sealed), pair_token(&pair)), SEC_E_OK);
    done(&sealed);

    what.token = NULL;
    sealed = sealed_as(&what);
    assert_int_equal(open_by(fixture.alice, MOCK, blob_of(&sealed), pair_token(&pair)),
                     SEC_E_LOGON_DENIED);
    assert_int_equal(open_blob(blob_of(&sealed)), SEC_E_OK);
    done(&sealed);
    pair_free(fixture.alice, &pair);
    pair_free(fixture.alice, &other);
}

static void what_is_no_token_is_not_sealed(void **state)
{
    struct lsa_seal what = plain_seal();

    (void)state;
    what.token = handle_of_fd(1);
    assert_int_equal(try_seal(&what), SEC_E_INVALID_TOKEN);
    assert_true(fixture.lsa->home.home != NULL);
}

/* ---- Half-done handshakes ---------------------------------------------- */

/* The context goes through an envelope, and the old one away. */
static SECURITY_STATUS move(struct lsa_leg_result *side)
{
    struct lsa_seal what = {
        .flags = SECPKG_CONTEXT_EXPORT_DELETE_OLD,
        .context_expiry.QuadPart = fake_time.filetime + FILETIME_SECOND,
    };
    struct lsa_sealed sealed = { 0 };
    struct lsa_opened opened = { 0 };
    SECURITY_STATUS status = lsa_passage_seal_negotiating(fixture.alice, side->ctx, &what, &sealed);

    if (status < 0)
        return status;
    status = lsa_passage_open(fixture.alice, MOCK, blob_of(&sealed), NULL, &opened);
    if (status >= 0) {
        assert_true(opened.negotiating);
        assert_int_equal(opened.expiry.QuadPart, what.context_expiry.QuadPart);
        assert_int_equal(opened.package, mock_id());
        assert_int_equal(lsa_ctx_free(fixture.alice, side->ctx), SEC_E_OK);
        side->ctx = opened.ctx;
        assert_int_equal(lsa_passage_open(fixture.alice, MOCK, blob_of(&sealed), NULL, &opened),
                         SEC_E_CONTEXT_EXPIRED);
    }
    done(&sealed);
    return status;
}

static void a_half_done_handshake_goes_on_elsewhere_in_both_roles(void **state)
{
    struct pair pair = { 0 };

    (void)state;
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(move(&pair.initiator), SEC_E_OK);
    assert_int_equal(pair_accept(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(move(&pair.acceptor), SEC_E_OK);
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_E_OK);
    assert_int_equal(pair_accept(fixture.alice, &pair), SEC_E_OK);
    assert_true(pair.acceptor.mapped);
    pair_free(fixture.alice, &pair);
    assert_int_equal(mock_asked("contexts"), 0);
}

static void a_moved_handshake_keeps_its_role(void **state)
{
    struct pair pair = { 0 };

    (void)state;
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(move(&pair.initiator), SEC_E_OK);
    pair.acceptor.ctx = pair.initiator.ctx;
    assert_int_equal(pair_accept(fixture.alice, &pair), SEC_E_INVALID_HANDLE);
    pair.acceptor.ctx = 0;
    pair_free(fixture.alice, &pair);
}

static void a_finished_handshake_is_not_half_done(void **state)
{
    struct pair pair = { 0 };

    (void)state;
    finish(&pair);
    assert_int_equal(move(&pair.acceptor), SEC_E_UNSUPPORTED_FUNCTION);
    pair_free(fixture.alice, &pair);
}

static void a_handshake_that_does_not_come_in_is_lost(void **state)
{
    struct pair pair = { 0 };

    (void)state;
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
    mock_tell("set ImportLsaContext 0xC0000017");
    assert_int_equal(move(&pair.initiator), SEC_E_INSUFFICIENT_MEMORY);
    mock_tell("clear");
    assert_int_equal(fixture_tickets(), 0);
    mock_tell("set ExportLsaContext 0");
    assert_int_equal(move(&pair.initiator), SEC_E_INTERNAL_ERROR); /* success without bytes */
    mock_tell("clear");
    assert_int_equal(fixture_tickets(), 0);
    pair_free(fixture.alice, &pair);
    assert_int_equal(client_count(fixture.alice, OWNED_CTX), 0);
}

/* ---- Running short ----------------------------------------------------- */

static void running_short_before_the_claim_costs_nothing(void **state)
{
    struct lsa_seal what = plain_seal();
    struct lsa_sealed sealed = sealed_as(&what);
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;

    (void)state;
    for (size_t n = 0; status < 0; n++) {
        fault_malloc_at(n);
        status = open_blob(blob_of(&sealed));
        fault_malloc_at(SIZE_MAX);
        assert_true(status == SEC_E_OK || fixture_tickets() == 1);
    }
    done(&sealed);
}

static void a_seal_that_runs_short_leaves_no_ticket(void **state)
{
    struct lsa_seal what = plain_seal();
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;

    (void)state;
    assert_int_equal(try_seal(&what), SEC_E_OK); /* so that there is a folder */
    for (size_t n = 0; status < 0; n++) {
        fault_malloc_at(n);
        status = try_seal(&what);
        fault_malloc_at(SIZE_MAX);
        assert_int_equal(fixture_tickets(), status == SEC_E_OK ? 2 : 1);
    }
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_was_sealed_opens_exactly_once),
        CASE(a_frozen_context_takes_its_ticket_back_or_finds_it_gone),
        CASE(nobody_takes_back_what_another_process_keeps),
        CASE(nobody_takes_back_or_lets_go_what_another_user_kept_in_a_process_of_that_number),
        CASE(lives_as_long_as_configured_or_asked_for),
        CASE(never_outlives_its_context),
        CASE(a_blob_refused_for_its_time_keeps_its_ticket),
        CASE(an_export_sweeps_what_has_expired),
        CASE(another_user_may_not_import),
        CASE(embedded_refuses_to_seal_for_another_user),
        CASE(an_lsa_of_many_users_seals_for_the_one_named),
        CASE(the_package_has_to_be_the_one_that_packed),
        CASE(flags_that_are_unknown_or_for_the_kernel_are_refused),
        CASE(no_altered_byte_and_no_other_length_opens),
        CASE(too_much_to_pack_is_refused),
        CASE(a_token_says_who_logged_on),
        CASE(an_importers_token_has_to_be_of_the_same_logon),
        CASE(what_is_no_token_is_not_sealed),
        CASE(a_half_done_handshake_goes_on_elsewhere_in_both_roles),
        CASE(a_moved_handshake_keeps_its_role),
        CASE(a_finished_handshake_is_not_half_done),
        CASE(a_handshake_that_does_not_come_in_is_lost),
        CASE(running_short_before_the_claim_costs_nothing),
        CASE(a_seal_that_runs_short_leaves_no_ticket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
