/* SPDX-License-Identifier: Apache-2.0 */
/* A context that was exported and stays behind: frozen, thawed or lost. */
#include "harness/fake_lsa.h"
#include "harness/harness.h"

static char16_t package[] = u"FAKE";

static void thaws_a_frozen_context_that_nobody_imported(void **state)
{
    CtxtHandle ctx = fake_live();
    CtxtHandle other = { 0 };
    SecBuffer blob = fake_exported(&ctx, 0);

    (void)state;
    assert_int_equal(seen.claims, 0);
    assert_int_equal(fake_encrypt(&ctx), SEC_E_OK);
    assert_int_equal(fake_encrypt(&ctx), SEC_E_OK);
    assert_int_equal(seen.claims, 1); /* once: after that it is alive */
    assert_int_equal(ImportSecurityContextW(package, &blob, NULL, &other), SEC_E_CONTEXT_EXPIRED);
    fake_drop(&blob, &ctx, NULL);
}

static void lets_its_ticket_go_when_it_is_deleted(void **state)
{
    CtxtHandle ctx = fake_live();
    CtxtHandle alive = fake_live();
    SecBuffer blob = fake_exported(&ctx, 0);

    (void)state;
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_int_equal(seen.releases, 1);
    assert_int_equal(seen.claims, 0);
    CtxtHandle other = fake_imported(&blob); /* which stays good */
    assert_int_equal(DeleteSecurityContext(&alive), SEC_E_OK);
    assert_int_equal(seen.releases, 1);
    fake_drop(&blob, &other, NULL);
}

static void stays_lost_when_the_importer_was_faster(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer blob = fake_exported(&ctx, 0);
    CtxtHandle other = fake_imported(&blob);
    SecBuffer again = { 0 };

    (void)state;
    assert_int_equal(fake_encrypt(&ctx), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(ExportSecurityContext(&ctx, 0, &again, NULL), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(fake_next_leg(&ctx), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(seen.claims, 1);
    assert_null(again.pvBuffer);
    assert_int_equal(fake_encrypt(&other), SEC_E_OK);
    fake_drop(&blob, &ctx, &other);
}

static void answers_questions_while_frozen_and_when_lost(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer blob = fake_exported(&ctx, 0);
    SecPkgContext_Lifespan lifespan = { 0 };
    CtxtHandle other = { 0 };

    (void)state;
    assert_int_equal(QueryContextAttributesW(&ctx, SECPKG_ATTR_LIFESPAN, &lifespan), SEC_E_OK);
    assert_int_equal(seen.claims, 0);
    other = fake_imported(&blob);
    assert_int_equal(fake_encrypt(&ctx), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(QueryContextAttributesW(&ctx, SECPKG_ATTR_LIFESPAN, &lifespan), SEC_E_OK);
    fake_drop(&blob, &ctx, &other);
}

static void stays_frozen_when_the_claim_could_not_be_made(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer blob = fake_exported(&ctx, 0);

    (void)state;
    fake.claim = SEC_E_INTERNAL_ERROR;
    assert_int_equal(fake_encrypt(&ctx), SEC_E_INTERNAL_ERROR);
    fake.claim = 0;
    assert_int_equal(fake_encrypt(&ctx), SEC_E_OK);
    fake_drop(&blob, &ctx, NULL);
}

static void kills_the_first_blob_by_exporting_again(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer first = fake_exported(&ctx, 0);
    SecBuffer second = fake_exported(&ctx, 0);
    CtxtHandle other = { 0 };

    (void)state;
    assert_int_equal(ImportSecurityContextW(package, &first, NULL, &other), SEC_E_CONTEXT_EXPIRED);
    other = fake_imported(&second);
    assert_int_equal(fake_encrypt(&ctx), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(FreeContextBuffer(first.pvBuffer), SEC_E_OK);
    fake_drop(&second, &ctx, &other);
}

static void leaves_the_first_blob_good_when_the_second_export_fails(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer first = fake_exported(&ctx, 0);
    SecBuffer second = { 0 };
    CtxtHandle other = { 0 };

    (void)state;
    fake.seal = SEC_E_INTERNAL_ERROR;
    assert_int_equal(ExportSecurityContext(&ctx, 0, &second, NULL), SEC_E_INTERNAL_ERROR);
    fake.seal = 0;
    fake.claim = SEC_E_INTERNAL_ERROR;
    assert_int_equal(ExportSecurityContext(&ctx, 0, &second, NULL), SEC_E_INTERNAL_ERROR);
    fake.claim = 0;
    assert_null(second.pvBuffer);
    other = fake_imported(&first);
    assert_int_equal(fake_encrypt(&ctx), SEC_E_CONTEXT_EXPIRED);
    fake_drop(&first, &ctx, &other);
}

static void withdraws_the_ticket_of_a_second_export_that_comes_too_late(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer first = fake_exported(&ctx, 0);
    SecBuffer second = { 0 };
    CtxtHandle other = fake_imported(&first);
    int tickets = fake_tickets();

    (void)state;
    assert_int_equal(ExportSecurityContext(&ctx, 0, &second, NULL), SEC_E_CONTEXT_EXPIRED);
    assert_null(second.pvBuffer);
    assert_int_equal(fake_tickets(), tickets);
    assert_int_equal(fake_encrypt(&ctx), SEC_E_CONTEXT_EXPIRED);
    fake_drop(&first, &ctx, &other);
}

static void keeps_the_blob_good_when_a_call_could_not_have_worked_anyway(void **state)
{
    CtxtHandle first = fake_live();
    SecBuffer blob = fake_exported(&first, SECPKG_CONTEXT_EXPORT_DELETE_OLD);
    CtxtHandle ctx = fake_imported(&blob);
    CtxtHandle half = fake_negotiating();
    SecBuffer half_blob = fake_exported(&half, 0);
    struct fake_message message;

    (void)state;
    fake_message(&message);
    assert_int_equal(FreeContextBuffer(blob.pvBuffer), SEC_E_OK);
    blob = fake_exported(&ctx, 0);
    assert_int_equal(fake_next_leg(&ctx), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(ApplyControlToken(&ctx, &message.desc), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(fake_encrypt(&half), SEC_E_INVALID_HANDLE);
    assert_int_equal(seen.claims, 0);
    first = fake_imported(&half_blob);
    assert_int_equal(DeleteSecurityContext(&first), SEC_E_OK);
    assert_int_equal(FreeContextBuffer(half_blob.pvBuffer), SEC_E_OK);
    assert_int_equal(DeleteSecurityContext(&half), SEC_E_OK);
    first = fake_imported(&blob);
    fake_drop(&blob, &ctx, &first);
}

static SECURITY_STATUS control(CtxtHandle *ctx)
{
    struct fake_message message;

    fake_message(&message);
    return ApplyControlToken(ctx, &message.desc);
}

static void speaks_with_nobodys_keys_but_its_own(void **state)
{
    CtxtHandle ctx = { 0 };
    CtxtHandle other = { 0 };
    SecBuffer blob = { 0 };

    (void)state;
    fake.speaks = true;
    ctx = fake_live();
    blob = fake_exported(&ctx, 0);
    assert_int_equal(control(&ctx), SEC_E_OK); /* thaws */
    assert_int_equal(ImportSecurityContextW(package, &blob, NULL, &other), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(FreeContextBuffer(blob.pvBuffer), SEC_E_OK);

    blob = fake_exported(&ctx, 0);
    other = fake_imported(&blob);
    assert_int_equal(control(&ctx), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(fake_next_leg(&ctx), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(control(&other), SEC_E_OK);
    assert_int_equal(fake_next_leg(&other), SEC_E_OK);
    assert_int_equal(seen.speeches, 3);
    fake_drop(&blob, &ctx, &other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(thaws_a_frozen_context_that_nobody_imported),
        FAKE_TEST(lets_its_ticket_go_when_it_is_deleted),
        FAKE_TEST(stays_lost_when_the_importer_was_faster),
        FAKE_TEST(speaks_with_nobodys_keys_but_its_own),
        FAKE_TEST(answers_questions_while_frozen_and_when_lost),
        FAKE_TEST(stays_frozen_when_the_claim_could_not_be_made),
        FAKE_TEST(kills_the_first_blob_by_exporting_again),
        FAKE_TEST(leaves_the_first_blob_good_when_the_second_export_fails),
        FAKE_TEST(withdraws_the_ticket_of_a_second_export_that_comes_too_late),
        FAKE_TEST(keeps_the_blob_good_when_a_call_could_not_have_worked_anyway),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
