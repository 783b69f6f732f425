/* SPDX-License-Identifier: Apache-2.0 */
/* Export and import over a fake LSA: what a context is before, between and after. */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/handle.h"
#include "harness/fake_lsa.h"
#include "harness/harness.h"

static char16_t package[] = u"FAKE";

/* ---- The old context --------------------------------------------------- */

static void deletes_the_old_context_when_asked_to(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer blob = fake_exported(&ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD);

    (void)state;
    assert_int_equal(seen.user_contexts, 0);
    assert_int_equal(seen.lsa_contexts, 0);
    assert_int_equal(fake_encrypt(&ctx), SEC_E_INVALID_HANDLE);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_INVALID_HANDLE);
    fake_drop(&blob, NULL, NULL);
}

static void asks_the_package_for_a_plain_copy(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer blob =
        fake_exported(&ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD | SECPKG_CONTEXT_EXPORT_RESET_NEW);

    (void)state;
    assert_int_equal(seen.export_flags, SECPKG_CONTEXT_EXPORT_RESET_NEW);
    assert_int_equal(seen.seal.flags,
                     SECPKG_CONTEXT_EXPORT_DELETE_OLD | SECPKG_CONTEXT_EXPORT_RESET_NEW);
    assert_int_equal(seen.seal.context_expiry.QuadPart, 77); /* as the package says */
    fake_drop(&blob, NULL, NULL);
}

static void leaves_the_context_alone_when_an_export_fails(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer blob = { 0 };

    (void)state;
    fake.export = STATUS_NO_MEMORY;
    assert_int_equal(ExportSecurityContext(&ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &blob, NULL),
                     SEC_E_INSUFFICIENT_MEMORY);
    fake.export = 0;
    fake.seal = SEC_E_INTERNAL_ERROR;
    assert_int_equal(ExportSecurityContext(&ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &blob, NULL),
                     SEC_E_INTERNAL_ERROR);
    assert_int_equal(ExportSecurityContext(&ctx, 8, &blob, NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(ExportSecurityContext(&ctx, 0, NULL, NULL), SEC_E_INVALID_PARAMETER);
    assert_null(blob.pvBuffer);
    assert_int_equal(fake_encrypt(&ctx), SEC_E_OK);
    assert_int_equal(seen.claims, 0);
    fake_drop(&blob, &ctx, NULL);
}

static void survives_every_allocation_failing_in_an_export(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer blob = { 0 };
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;

    (void)state;
    for (size_t nth = 0; status == SEC_E_INSUFFICIENT_MEMORY && nth < 100; nth++) {
        assert_int_equal(fake_encrypt(&ctx), SEC_E_OK); /* as it was */
        fault_malloc_at(nth);
        status = ExportSecurityContext(&ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &blob, NULL);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(status, SEC_E_OK);
    fake_drop(&blob, NULL, NULL);
}

static void gives_the_kernel_no_envelope_and_keeps_nothing(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer blob = fake_exported(&ctx, SECPKG_CONTEXT_EXPORT_TO_KERNEL);

    (void)state;
    assert_int_equal(blob.cbBuffer, 6);
    assert_memory_equal(blob.pvBuffer, "packed", 6);
    assert_int_equal(seen.export_flags, SECPKG_CONTEXT_EXPORT_TO_KERNEL);
    assert_int_equal(fake_encrypt(&ctx), SEC_E_INVALID_HANDLE);
    fake_drop(&blob, NULL, NULL);
}

/* ---- Steering an export ------------------------------------------------ */

static void seals_for_the_uid_and_the_time_that_were_set(void **state)
{
    CtxtHandle ctx = fake_live();
    OPENSSPI_EXPORT_TO_UID uid = { 1234 };
    OPENSSPI_EXPORT_LIFETIME lifetime = { 5000 };
    SecBuffer blob = { 0 };

    (void)state;
    assert_int_equal(SetContextAttributesW(&ctx, OPENSSPI_ATTR_EXPORT_TO_UID, &uid, sizeof(uid)),
                     SEC_E_OK);
    assert_int_equal(
        SetContextAttributesA(&ctx, OPENSSPI_ATTR_EXPORT_LIFETIME, &lifetime, sizeof(lifetime)),
        SEC_E_OK);
    blob = fake_exported(&ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD);
    assert_true(seen.seal.to_other_uid);
    assert_int_equal(seen.seal.uid_to, 1234);
    assert_int_equal(seen.seal.lifetime_ms, 5000);
    fake_drop(&blob, NULL, NULL);
}

static void refuses_values_that_no_export_could_have(void **state)
{
    CtxtHandle ctx = fake_live();
    OPENSSPI_EXPORT_TO_UID uid = { 1234 };
    OPENSSPI_EXPORT_LIFETIME lifetime = { 0 };

    (void)state;
    assert_int_equal(SetContextAttributesW(&ctx, OPENSSPI_ATTR_EXPORT_LIFETIME, &lifetime, 4),
                     SEC_E_INVALID_PARAMETER);
    lifetime.milliseconds = OPENSSPI_EXPORT_LIFETIME_MAX + 1;
    assert_int_equal(SetContextAttributesW(&ctx, OPENSSPI_ATTR_EXPORT_LIFETIME, &lifetime, 4),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(SetContextAttributesW(&ctx, OPENSSPI_ATTR_EXPORT_TO_UID, &uid, 3),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(SetContextAttributesW(&ctx, OPENSSPI_ATTR_EXPORT_TO_UID, NULL, 4),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(SetContextAttributesW(&ctx, SECPKG_ATTR_DTLS_MTU, &uid, 4), SEC_E_OK);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
}

/* ---- Tokens ------------------------------------------------------------ */

static HANDLE some_token(void)
{
    return handle_of_fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

static void hands_out_a_token_that_is_the_callers(void **state)
{
    HANDLE mine = some_token();
    HANDLE token = NULL;
    SecBuffer blob = { 0 };
    CtxtHandle ctx = { 0 };

    (void)state;
    fake.token = mine;
    ctx = fake_live();
    assert_int_equal(ExportSecurityContext(&ctx, 2, &blob, &token), SEC_E_OK);
    assert_ptr_equal(seen.seal.token, mine); /* what it says is sealed in */
    assert_non_null(token);
    assert_ptr_not_equal(token, mine);
    handle_close(&token);
    ctx = fake_imported(&blob);
    fake_drop(&blob, &ctx, NULL);
    handle_close(&mine);
}

static bool is_same_file(HANDLE a, HANDLE b)
{
    struct stat of_a = { 0 };
    struct stat of_b = { 0 };

    assert_int_equal(fstat(handle_to_fd(a), &of_a) | fstat(handle_to_fd(b), &of_b), 0);
    return of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

static void hands_out_the_token_that_others_can_read(void **state)
{
    HANDLE mine = some_token();
    HANDLE token = NULL;
    SecBuffer blob = { 0 };
    CtxtHandle ctx = { 0 };

    (void)state;
    fake.token = mine;
    fake.renewed = handle_of_fd(open("/dev/zero", O_RDONLY | O_CLOEXEC));
    ctx = fake_live();
    assert_int_equal(QuerySecurityContextToken(&ctx, &token), SEC_E_OK);
    assert_true(is_same_file(token, fake.renewed));
    handle_close(&token);
    assert_int_equal(ExportSecurityContext(&ctx, 2, &blob, &token), SEC_E_OK);
    assert_true(is_same_file(token, fake.renewed));
    assert_ptr_equal(seen.seal.token, mine); /* the LSA knows both */
    handle_close(&token);
    ctx = fake_imported(&blob);
    fake_drop(&blob, &ctx, NULL);
    handle_close(&fake.renewed);
    handle_close(&mine);
}

static void hands_out_no_token_that_cannot_be_renewed(void **state)
{
    HANDLE mine = some_token();
    HANDLE token = NULL;
    SecBuffer blob = { 0 };
    CtxtHandle ctx = { 0 };

    (void)state;
    fake.token = mine;
    fake.renew = SEC_E_INSUFFICIENT_MEMORY;
    ctx = fake_live();
    assert_int_equal(QuerySecurityContextToken(&ctx, &token), SEC_E_INSUFFICIENT_MEMORY);
    assert_int_equal(ExportSecurityContext(&ctx, 0, &blob, &token), SEC_E_INSUFFICIENT_MEMORY);
    assert_null(token);
    assert_int_equal(fake_encrypt(&ctx), SEC_E_OK); /* it has not frozen */
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    handle_close(&mine);
}

static void opens_no_handle_when_sealing_fails(void **state)
{
    HANDLE mine = some_token();
    HANDLE token = NULL;
    SecBuffer blob = { 0 };
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    CtxtHandle ctx = { 0 };

    (void)state;
    (void)close(fd); /* the number that the next descriptor gets */
    fake.token = mine;
    fake.seal = SEC_E_INTERNAL_ERROR;
    ctx = fake_live();
    assert_int_equal(ExportSecurityContext(&ctx, 0, &blob, &token), SEC_E_INTERNAL_ERROR);
    assert_null(token);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    handle_close(&mine);
}

static void keeps_the_blob_good_when_no_descriptor_is_left_for_the_token(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer blob = fake_exported(&ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD);
    HANDLE mine = some_token();
    struct rlimit before = { 0 };
    struct rlimit none = { 0 };

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){ 3, before.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    SECURITY_STATUS status = ImportSecurityContextW(package, &blob, mine, &ctx);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(status, SEC_E_INSUFFICIENT_MEMORY);
    assert_int_equal(seen.opens, 0);
    ctx = fake_imported(&blob);
    fake_drop(&blob, &ctx, NULL);
    handle_close(&mine);
}

/* ---- The new context --------------------------------------------------- */

static void keeps_the_end_of_a_half_done_handshake_over_hops(void **state)
{
    CtxtHandle ctx = fake_negotiating(); /* until 333 */

    (void)state;
    for (int hop = 0; hop < 3; hop++) {
        SecBuffer blob = fake_exported(&ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD);

        assert_int_equal(seen.seal.context_expiry.QuadPart, 333);
        ctx = fake_imported(&blob);
        assert_int_equal(FreeContextBuffer(blob.pvBuffer), SEC_E_OK);
    }
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
}

static void imports_again_and_again(void **state)
{
    CtxtHandle ctx = fake_live();

    (void)state;
    for (int hop = 0; hop < 100; hop++) {
        SecBuffer blob = fake_exported(&ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD);

        ctx = fake_imported(&blob);
        assert_int_equal(fake_encrypt(&ctx), SEC_E_OK);
        assert_int_equal(FreeContextBuffer(blob.pvBuffer), SEC_E_OK);
    }
    assert_int_equal(seen.lsa_contexts, 0);
    assert_int_equal(seen.user_contexts, 1);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_int_equal(seen.user_contexts, 0);
}

static void asks_nothing_of_the_lsa_for_what_was_imported(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer blob = fake_exported(&ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD);
    struct fake_message message;
    ULONG value = 1;

    (void)state;
    fake_message(&message);
    ctx = fake_imported(&blob);
    assert_int_equal(fake_next_leg(&ctx), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(ApplyControlToken(&ctx, &message.desc), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(SetContextAttributesW(&ctx, SECPKG_ATTR_DTLS_MTU, &value, 4),
                     SEC_E_UNSUPPORTED_FUNCTION);
    fake.thunk = SECPKG_ATTR_NAMES;
    assert_int_equal(QueryContextAttributesW(&ctx, SECPKG_ATTR_NAMES, &message),
                     SEC_E_UNSUPPORTED_FUNCTION);
    fake_drop(&blob, &ctx, NULL);
}

static void leaves_the_blob_as_it_was(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer blob = fake_exported(&ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD);
    uint8_t before[64];

    (void)state;
    assert_in_range(blob.cbBuffer, 1, sizeof(before));
    memcpy(before, blob.pvBuffer, blob.cbBuffer);
    ctx = fake_imported(&blob);
    assert_memory_equal(before, blob.pvBuffer, blob.cbBuffer);
    fake_drop(&blob, &ctx, NULL);
}

static void judges_before_it_claims(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer blob = fake_exported(&ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD);
    char16_t unknown[] = u"unknown";
    CtxtHandle other = { 9, 9 };
    SecBuffer cut = { blob.cbBuffer - 1, SECBUFFER_DATA, blob.pvBuffer };

    (void)state;
    assert_int_equal(ImportSecurityContextW(unknown, &blob, NULL, &other), SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(ImportSecurityContextW(package, &cut, NULL, &other), SEC_E_INVALID_TOKEN);
    fake.open = SEC_E_NOT_OWNER;
    assert_int_equal(ImportSecurityContextW(package, &blob, NULL, &other), SEC_E_NOT_OWNER);
    fake.open = 0;
    assert_int_equal(other.dwLower, 9);
    other = fake_imported(&blob);
    fake_drop(&blob, &other, NULL);
}

static void survives_every_allocation_failing_before_the_claim(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer blob = fake_exported(&ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD);
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;

    (void)state;
    for (size_t nth = 0; status == SEC_E_INSUFFICIENT_MEMORY && nth < 100; nth++) {
        fault_malloc_at(nth);
        status = ImportSecurityContextW(package, &blob, NULL, &ctx);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(status, SEC_E_OK);
    fake_drop(&blob, &ctx, NULL);
}

static void loses_what_the_package_will_not_build_after_the_claim(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer blob = fake_exported(&ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD);

    (void)state;
    fake.import = STATUS_INVALID_PARAMETER;
    assert_int_equal(ImportSecurityContextW(package, &blob, NULL, &ctx), SEC_E_INVALID_TOKEN);
    fake.import = 0;
    assert_int_equal(ImportSecurityContextW(package, &blob, NULL, &ctx), SEC_E_CONTEXT_EXPIRED);
    fake_drop(&blob, NULL, NULL);
}

static void imports_by_a_narrow_name(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer blob = fake_exported(&ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD);
    char narrow[] = "Fake";
    char broken[] = "\xff";

    (void)state;
    assert_int_equal(ImportSecurityContextA(broken, &blob, NULL, &ctx), SEC_E_INVALID_PARAMETER);
    assert_int_equal(ImportSecurityContextA(NULL, &blob, NULL, &ctx), SEC_E_INVALID_PARAMETER);
    assert_int_equal(ImportSecurityContextA(narrow, NULL, NULL, &ctx), SEC_E_INVALID_PARAMETER);
    assert_int_equal(ImportSecurityContextA(narrow, &blob, NULL, NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(ImportSecurityContextA(narrow, &blob, NULL, &ctx), SEC_E_OK);
    fake_drop(&blob, &ctx, NULL);
}

/* ---- Half-done handshakes ---------------------------------------------- */

static void moves_a_handshake_that_is_half_done(void **state)
{
    CtxtHandle ctx = fake_negotiating();
    HANDLE token = (HANDLE)8;
    SecBuffer blob = { 0 };
    CtxtHandle other = { 0 };

    (void)state;
    assert_int_equal(ExportSecurityContext(&ctx, 2, &blob, &token), SEC_E_OK);
    assert_null(token); /* it has none yet */
    assert_int_equal(fake_next_leg(&ctx), SEC_E_INVALID_HANDLE);
    other = fake_imported(&blob);
    assert_int_equal(fake_encrypt(&other), SEC_E_INVALID_HANDLE);
    fake.leg_maps = true;
    assert_int_equal(fake_next_leg(&other), SEC_E_OK);
    assert_int_equal(fake_encrypt(&other), SEC_E_OK);
    fake_drop(&blob, &other, NULL);
}

static void goes_on_with_a_frozen_handshake_that_nobody_imported(void **state)
{
    CtxtHandle ctx = fake_negotiating();
    SecBuffer blob = fake_exported(&ctx, 0);

    (void)state;
    fake.leg_maps = true;
    assert_int_equal(fake_next_leg(&ctx), SEC_E_OK);
    assert_int_equal(seen.claims, 1);
    assert_int_equal(fake_encrypt(&ctx), SEC_E_OK);
    fake_drop(&blob, &ctx, NULL);
}

static void goes_on_in_one_place_only(void **state)
{
    CtxtHandle ctx = fake_negotiating();
    SecBuffer blob = fake_exported(&ctx, 0);
    CtxtHandle other = fake_imported(&blob);

    (void)state;
    assert_int_equal(fake_next_leg(&ctx), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(fake_encrypt(&ctx), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(fake_next_leg(&other), SEC_E_OK);
    fake_drop(&blob, &ctx, &other);
}

static void sends_no_handshake_to_the_kernel(void **state)
{
    CtxtHandle ctx = fake_negotiating();
    SecBuffer blob = { 0 };

    (void)state;
    assert_int_equal(ExportSecurityContext(&ctx, SECPKG_CONTEXT_EXPORT_TO_KERNEL, &blob, NULL),
                     SEC_E_UNSUPPORTED_FUNCTION);
    fake.seal = SEC_E_UNSUPPORTED_FUNCTION; /* not at this leg */
    assert_int_equal(ExportSecurityContext(&ctx, 0, &blob, NULL), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(fake_next_leg(&ctx), SEC_E_OK);
    fake_drop(&blob, &ctx, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(deletes_the_old_context_when_asked_to),
        FAKE_TEST(asks_the_package_for_a_plain_copy),
        FAKE_TEST(leaves_the_context_alone_when_an_export_fails),
        FAKE_TEST(survives_every_allocation_failing_in_an_export),
        FAKE_TEST(gives_the_kernel_no_envelope_and_keeps_nothing),
        FAKE_TEST(seals_for_the_uid_and_the_time_that_were_set),
        FAKE_TEST(refuses_values_that_no_export_could_have),
        FAKE_TEST(hands_out_a_token_that_is_the_callers),
        FAKE_TEST(hands_out_the_token_that_others_can_read),
        FAKE_TEST(hands_out_no_token_that_cannot_be_renewed),
        FAKE_TEST(opens_no_handle_when_sealing_fails),
        FAKE_TEST(keeps_the_blob_good_when_no_descriptor_is_left_for_the_token),
        FAKE_TEST(keeps_the_end_of_a_half_done_handshake_over_hops),
        FAKE_TEST(imports_again_and_again),
        FAKE_TEST(asks_nothing_of_the_lsa_for_what_was_imported),
        FAKE_TEST(leaves_the_blob_as_it_was),
        FAKE_TEST(judges_before_it_claims),
        FAKE_TEST(survives_every_allocation_failing_before_the_claim),
        FAKE_TEST(loses_what_the_package_will_not_build_after_the_claim),
        FAKE_TEST(imports_by_a_narrow_name),
        FAKE_TEST(moves_a_handshake_that_is_half_done),
        FAKE_TEST(goes_on_with_a_frozen_handshake_that_nobody_imported),
        FAKE_TEST(goes_on_in_one_place_only),
        FAKE_TEST(sends_no_handshake_to_the_kernel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
