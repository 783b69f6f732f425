/* SPDX-License-Identifier: Apache-2.0 */
/* What a package that builds on others may do, and whose the things are that come of it. */
#include "base/cleanup.h"
#include "base/handle.h"
#include "base/heap.h"
#include "harness/harness.h"
#include "harness/lsa_fixture.h"
#include "lsa/audit.h"
#include "lsa/call.h"
#include "lsa/home.h"
#include "lsa/nested.h"
#include "lsa/token.h"

#include <string.h>

enum { TOKEN = 64, TOKEN_AT = 1 + 8 + 8 + 32 + 32 /* in the mock's packed form */ };

static const OPENSSPI_LSA_INNER_TABLE *inner;
static char list_bytes[] = "the mechanisms, as they were offered";
static SecBuffer list = { sizeof(list_bytes), SECBUFFER_TOKEN, list_bytes };

/* ---- An outer package in the middle of a call -------------------------- */

struct outer {
    struct call call;
    struct audit_logon notes;
    POPENSSPI_INNER_CREDENTIAL cred;
    POPENSSPI_INNER_CONTEXT initiator;
    POPENSSPI_INNER_CONTEXT acceptor;
    OPENSSPI_INNER_LEG leg; /* the last one */
    uint8_t token[TOKEN];
    ULONG n;
};

static ULONG id_of(const char16_t *name)
{
    ULONG id = 0;

    assert_int_equal(inner->LocatePackage(name, &id, NULL), STATUS_SUCCESS);
    return id;
}

static NTSTATUS acquire(const char16_t *package, POPENSSPI_INNER_CREDENTIAL *ret)
{
    LUID logon = fixture.alice->logon->id;
    const OPENSSPI_INNER_ACQUIRE what = { .Use = SECPKG_CRED_BOTH, .LogonId = &logon };
    TimeStamp expiry;

    return inner->AcquireCredential(id_of(package), &what, ret, &expiry);
}

static void begin_with(struct outer *outer, const char16_t *package)
{
    *outer = (struct outer){ 0 };
    inner = nested_table();
    call_begin(&outer->call, fixture.lsa, fixture.alice, NULL, 0);
    outer->call.notes = &outer->notes;
    assert_int_equal(acquire(package, &outer->cred), STATUS_SUCCESS);
}

static void begin(struct outer *outer)
{
    begin_with(outer, MOCK);
}

static void end(struct outer *outer)
{
    inner->DeleteContext(outer->initiator);
    inner->DeleteContext(outer->acceptor);
    inner->FreeCredential(outer->cred);
    call_end(&outer->call);
    assert_int_equal(mock_asked("creds"), 0);
    assert_int_equal(mock_asked("contexts"), 0);
}

static NTSTATUS run(struct outer *outer, POPENSSPI_INNER_CONTEXT *ctx, bool accept)
{
    uint8_t answer[TOKEN];
    SecBuffer in = { outer->n, SECBUFFER_TOKEN, outer->token };
    SecBuffer out = { sizeof(answer), SECBUFFER_TOKEN, answer };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 1, &in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };

    outer->leg = (OPENSSPI_INNER_LEG){ .Accept = accept,
                                       .Credential = outer->cred,
                                       .Input = outer->n != 0 ? &in_desc : NULL,
                                       .Output = &out_desc };
    NTSTATUS status = inner->RunLeg(ctx, &outer->leg);
    if (NT_SUCCESS(status)) {
        outer->n = out.cbBuffer;
        memcpy(outer->token, answer, outer->n);
    }
    return status;
}

static NTSTATUS initiate(struct outer *outer)
{
    return run(outer, &outer->initiator, false);
}

static NTSTATUS accept_one(struct outer *outer)
{
    return run(outer, &outer->acceptor, true);
}

static void negotiate(struct outer *outer, int legs)
{
    for (int i = 0; i < legs; i++) {
        NTSTATUS status = i % 2 == 0 ? initiate(outer) : accept_one(outer);

        assert_int_equal(status, i < 2 ? SEC_I_CONTINUE_NEEDED : SEC_E_OK);
        assert_int_equal(outer->leg.Finished, i >= 2);
    }
}

static HANDLE token_of(POPENSSPI_INNER_CONTEXT ctx, SecBuffer *ret_data)
{
    HANDLE token = NULL;

    assert_int_equal(inner->GetContextData(ctx, ret_data, &token), STATUS_SUCCESS);
    return token;
}

/* ---- Packages and credentials ------------------------------------------ */

static void finds_packages_by_name_in_any_case(void **state)
{
    struct outer outer;
    SecPkgInfoW info = { 0 };
    ULONG id = 0;

    (void)state;
    begin(&outer);
    assert_int_equal(inner->LocatePackage(u"mOCK", &id, &info), STATUS_SUCCESS);
    assert_int_equal(id, package_by_name(&fixture.lsa->packages, MOCK)->id);
    assert_int_equal(info.cbMaxToken, 64);
    assert_memory_equal(info.Name, u"Mock", sizeof(u"Mock"));
    assert_int_equal(inner->LocatePackage(u"Moc", &id, NULL), STATUS_NO_SUCH_PACKAGE);
    assert_int_equal(inner->LocatePackage(NULL, &id, NULL), STATUS_NO_SUCH_PACKAGE);
    end(&outer);
    assert_int_equal(inner->LocatePackage(MOCK, &id, NULL), STATUS_INVALID_HANDLE);
}

static void a_credential_that_a_package_refuses_is_none(void **state)
{
    struct outer outer;
    POPENSSPI_INNER_CREDENTIAL cred = NULL;
    OPENSSPI_INNER_ACQUIRE what = { .Use = SECPKG_CRED_BOTH };
    TimeStamp expiry;

    (void)state;
    begin(&outer);
    mock_tell("set AcquireCredentialsHandle 0x%08x", (unsigned)SEC_E_NO_CREDENTIALS);
    assert_int_equal(acquire(MOCK, &cred), SEC_E_NO_CREDENTIALS);
    mock_tell("clear");
    mock_tell("set zero_credential 1");
    assert_int_equal(acquire(MOCK, &cred), SEC_E_INTERNAL_ERROR);
    mock_tell("clear");
    assert_int_equal(inner->AcquireCredential(LIMIT_PACKAGES, &what, &cred, &expiry),
                     STATUS_NO_SUCH_PACKAGE);
    assert_null(cred);
    end(&outer);
}

static void a_credential_tells_its_name(void **state)
{
    struct outer outer;
    SecPkgCredentials_NamesW names = { 0 };

    (void)state;
    begin(&outer);
    assert_int_equal(inner->QueryCredential(outer.cred, SECPKG_CRED_ATTR_NAMES, &names),
                     STATUS_SUCCESS);
    assert_memory_equal(names.sUserName, u"somebody", sizeof(u"somebody"));
    assert_int_equal(heap_free(names.sUserName), SSP_OK);
    end(&outer);
}

/* ---- Handshakes -------------------------------------------------------- */

static void a_handshake_ends_with_data_and_a_token_that_the_client_does_not_have_yet(void **state)
{
    static const uint8_t none[sizeof(HANDLE)] = { 0 };
    struct outer outer;
    ssp_cleanup(home_unref) struct home *home = NULL;
    OPENSSPI_TOKEN_INFO info = { 0 };
    SecBuffer data = { 0 };

    (void)state;
    begin(&outer);
    negotiate(&outer, 4);
    assert_null(token_of(outer.initiator, &data));
    HANDLE token = token_of(outer.acceptor, &data);
    assert_non_null(token);
    assert_memory_equal((uint8_t *)data.pvBuffer + TOKEN_AT, none, sizeof(none));
    assert_int_equal(home_get(fixture.lsa, &home), SSP_OK);
    assert_int_equal(token_read(&home->key, token, &info), SSP_OK);
    assert_string_equal(info.package, "Mock");
    assert_string_equal(info.user, "somebody");
    end(&outer);
    assert_int_equal(token_read(&home->key, token, &info), SSP_ERR_BAD_HANDLE);
}

static void a_logon_goes_over_to_the_outer_call_and_its_notes_name_the_inner_package(void **state)
{
    struct outer outer;

    (void)state;
    begin(&outer);
    negotiate(&outer, 4);
    assert_non_null(outer.call.made);
    assert_true(outer.notes.has_id);
    assert_true(SecEqualLuid(&outer.notes.id, &outer.call.made->id));
    assert_string_equal(outer.notes.package, "Mock");
    end(&outer);
    assert_int_equal(mock_asked("terminated"), 2); /* both packages of the module are told */
}

static void a_leg_that_fails_leaves_everything_as_it_was(void **state)
{
    struct outer outer;

    (void)state;
    begin(&outer);
    mock_tell("set InitLsaModeContext 0x%08x", (unsigned)SEC_E_TARGET_UNKNOWN);
    assert_int_equal(initiate(&outer), SEC_E_TARGET_UNKNOWN);
    assert_null(outer.initiator);
    mock_tell("clear");
    negotiate(&outer, 3);
    outer.token[20] ^= 1;
    assert_int_equal(accept_one(&outer), SEC_E_LOGON_DENIED);
    assert_null(outer.call.made);
    outer.token[20] ^= 1;
    assert_int_equal(accept_one(&outer), SEC_E_OK);
    end(&outer);
}

static void a_leg_that_fails_says_why_to_who_asks(void **state)
{
    uint8_t place[TOKEN] = { 0 };
    SecBuffer in = { 3, SECBUFFER_TOKEN, (void *)(uintptr_t) "abc" };
    SecBuffer out = { sizeof(place), SECBUFFER_TOKEN, place };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 1, &in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };
    struct outer outer;

    (void)state;
    begin(&outer);
    outer.leg = (OPENSSPI_INNER_LEG){
        .Accept = TRUE, .Credential = outer.cred, .Input = &in_desc, .Output = &out_desc
    };
    assert_int_equal(inner->RunLeg(&outer.acceptor, &outer.leg), SEC_E_INVALID_TOKEN);
    assert_int_equal(outer.leg.Attributes, 0);
    assert_int_equal(out.cbBuffer, sizeof(place));
    outer.leg.Requirements = ASC_REQ_EXTENDED_ERROR;
    assert_int_equal(inner->RunLeg(&outer.acceptor, &outer.leg), SEC_E_INVALID_TOKEN);
    assert_int_equal(outer.leg.Attributes & ASC_RET_EXTENDED_ERROR, ASC_RET_EXTENDED_ERROR);
    assert_int_equal(out.cbBuffer, 9);
    assert_null(outer.acceptor);
    end(&outer);
}

static void a_finished_handshake_takes_no_leg_and_an_unfinished_one_gives_no_data(void **state)
{
    struct outer outer;
    SecBuffer data = { 0 };
    SecBuffer signature = { 0 };
    HANDLE token = NULL;

    (void)state;
    begin(&outer);
    negotiate(&outer, 3);
    assert_int_equal(initiate(&outer), SEC_E_OUT_OF_SEQUENCE);
    assert_int_equal(run(&outer, &outer.initiator, true), SEC_E_INVALID_HANDLE);
    assert_int_equal(inner->GetContextData(outer.acceptor, &data, &token), SEC_E_OUT_OF_SEQUENCE);
    assert_int_equal(inner->SignMechList(outer.acceptor, &list, &signature), SEC_E_OUT_OF_SEQUENCE);
    assert_int_equal(inner->VerifyMechList(outer.acceptor, &list, &signature),
                     SEC_E_OUT_OF_SEQUENCE);
    end(&outer);
}

static void what_the_client_has_is_dropped(void **state)
{
    struct outer outer;
    ssp_cleanup(home_unref) struct home *home = NULL;
    OPENSSPI_TOKEN_INFO info = { 0 };
    SecBuffer data = { 0 };
    HANDLE token = NULL;

    (void)state;
    begin(&outer);
    negotiate(&outer, 4);
    assert_int_equal(home_get(fixture.lsa, &home), SSP_OK);
    token = token_of(outer.acceptor, &data);
    inner->DropContextData(outer.acceptor);
    assert_int_equal(token_read(&home->key, token, &info), SSP_ERR_BAD_HANDLE);
    assert_int_equal(inner->GetContextData(outer.acceptor, &data, &token), SEC_E_OUT_OF_SEQUENCE);
    assert_int_equal(inner->ExportContext(outer.acceptor, &data), SEC_E_OUT_OF_SEQUENCE);
    assert_int_equal(accept_one(&outer), SEC_E_OUT_OF_SEQUENCE);
    assert_int_equal(mock_asked("contexts"), 2);
    end(&outer);
}

static void a_credential_of_another_package_does_not_go_on(void **state)
{
    struct outer outer;
    POPENSSPI_INNER_CREDENTIAL own = NULL;

    (void)state;
    begin(&outer);
    negotiate(&outer, 2);
    own = outer.cred;
    assert_int_equal(acquire(u"MockToo", &outer.cred), STATUS_SUCCESS);
    assert_int_equal(initiate(&outer), SEC_E_INVALID_HANDLE);
    inner->FreeCredential(outer.cred);
    outer.cred = NULL;
    assert_int_equal(run(&outer, &(POPENSSPI_INNER_CONTEXT){ NULL }, false), SEC_E_INVALID_HANDLE);
    assert_int_equal(initiate(&outer), SEC_E_OK);
    outer.cred = own;
    end(&outer);
}

static void a_package_that_ends_in_a_way_of_its_own_is_not_believed(void **state)
{
    struct outer outer;

    (void)state;
    begin(&outer);
    negotiate(&outer, 2);
    mock_tell("set InitLsaModeContext 0x%08x", (unsigned)SEC_I_COMPLETE_NEEDED);
    assert_int_equal(initiate(&outer), SEC_E_INTERNAL_ERROR);
    mock_tell("set InitLsaModeContext 0");
    assert_int_equal(initiate(&outer), SEC_E_INTERNAL_ERROR);
    mock_tell("clear");
    assert_int_equal(initiate(&outer), SEC_E_OK);
    end(&outer);
}

static void attributes_are_asked_of_the_inner_package(void **state)
{
    struct outer outer;
    ULONG legs = 0;

    (void)state;
    begin(&outer);
    negotiate(&outer, 3);
    assert_int_equal(inner->QueryContext(outer.initiator, 0x4d4f0001, &legs), STATUS_SUCCESS);
    assert_int_equal(legs, 2);
    assert_int_equal(inner->QueryContext(outer.initiator, SECPKG_ATTR_SIZES, &legs),
                     SEC_E_UNSUPPORTED_FUNCTION);
    end(&outer);
}

/* ---- Signatures -------------------------------------------------------- */

static void both_sides_sign_what_they_agreed_on(void **state)
{
    struct outer outer;
    SecBuffer signature = { 0 };

    (void)state;
    begin(&outer);
    negotiate(&outer, 4);
    for (int i = 0; i < 2; i++) { /* the second ones have the next number */
        assert_int_equal(inner->SignMechList(outer.initiator, &list, &signature), STATUS_SUCCESS);
        list_bytes[3] ^= 1;
        assert_int_equal(inner->VerifyMechList(outer.acceptor, &list, &signature),
                         SEC_E_MESSAGE_ALTERED);
        list_bytes[3] ^= 1;
        assert_int_equal(inner->VerifyMechList(outer.acceptor, &list, &signature), STATUS_SUCCESS);
        assert_int_equal(inner->VerifyMechList(outer.acceptor, &list, &signature),
                         SEC_E_MESSAGE_ALTERED);
        assert_int_equal(heap_free(signature.pvBuffer), SSP_OK);
    }
    end(&outer);
}

static void a_package_without_signatures_says_so(void **state)
{
    struct outer outer;
    SecBuffer signature = { 0 };

    (void)state;
    begin_with(&outer, u"MockToo");
    negotiate(&outer, 4);
    assert_int_equal(inner->SignMechList(outer.initiator, &list, &signature),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(inner->VerifyMechList(outer.acceptor, &list, &signature),
                     SEC_E_UNSUPPORTED_FUNCTION);
    end(&outer);
}

/* ---- The passage ------------------------------------------------------- */

static SecBuffer exported(POPENSSPI_INNER_CONTEXT ctx)
{
    SecBuffer packed = { 0 };

    assert_int_equal(inner->ExportContext(ctx, &packed), STATUS_SUCCESS);
    return packed;
}

/* Away with it, and back. */
static void move(POPENSSPI_INNER_CONTEXT *ctx)
{
    SecBuffer packed = exported(*ctx);

    inner->DeleteContext(*ctx);
    *ctx = NULL;
    assert_int_equal(inner->ImportContext(id_of(MOCK), &packed, ctx), STATUS_SUCCESS);
    assert_int_equal(heap_free(packed.pvBuffer), SSP_OK);
}

static void a_handshake_goes_on_after_every_leg_elsewhere(void **state)
{
    struct outer outer;
    SecBuffer signature = { 0 };
    SecBuffer data = { 0 };

    (void)state;
    begin(&outer);
    negotiate(&outer, 1);
    move(&outer.initiator);
    assert_int_equal(accept_one(&outer), SEC_I_CONTINUE_NEEDED);
    move(&outer.acceptor);
    assert_int_equal(initiate(&outer), SEC_E_OK);
    move(&outer.initiator);
    assert_int_equal(accept_one(&outer), SEC_E_OK);
    move(&outer.acceptor);
    assert_int_equal(inner->SignMechList(outer.initiator, &list, &signature), STATUS_SUCCESS);
    assert_int_equal(inner->VerifyMechList(outer.acceptor, &list, &signature), STATUS_SUCCESS);
    assert_int_equal(heap_free(signature.pvBuffer), SSP_OK);
    assert_non_null(token_of(outer.acceptor, &data));
    assert_null(token_of(outer.initiator, &data));
    end(&outer);
}

static void a_token_says_the_same_after_the_passage(void **state)
{
    struct outer outer;
    ssp_cleanup(home_unref) struct home *home = NULL;
    OPENSSPI_TOKEN_INFO before = { 0 };
    OPENSSPI_TOKEN_INFO after = { 0 };
    SecBuffer data = { 0 };

    (void)state;
    begin(&outer);
    negotiate(&outer, 4);
    assert_int_equal(home_get(fixture.lsa, &home), SSP_OK);
    assert_int_equal(token_read(&home->key, token_of(outer.acceptor, &data), &before), SSP_OK);
    move(&outer.acceptor);
    assert_int_equal(token_read(&home->key, token_of(outer.acceptor, &data), &after), SSP_OK);
    assert_memory_equal(&before, &after, sizeof(before));
    end(&outer);
}

static void a_package_that_cannot_move_says_so_until_its_handshake_is_over(void **state)
{
    struct outer outer;
    SecBuffer packed = { 0 };

    (void)state;
    begin_with(&outer, u"MockToo");
    negotiate(&outer, 3);
    assert_int_equal(inner->ExportContext(outer.acceptor, &packed), SEC_E_UNSUPPORTED_FUNCTION);
    packed = exported(outer.initiator);
    assert_int_equal(heap_free(packed.pvBuffer), SSP_OK);
    end(&outer);
}

static NTSTATUS import_view(struct view bytes)
{
    POPENSSPI_INNER_CONTEXT ctx = NULL;
    SecBuffer packed = { (ULONG)bytes.n, SECBUFFER_TOKEN, (void *)(uintptr_t)bytes.p };
    NTSTATUS status = inner->ImportContext(id_of(MOCK), &packed, &ctx);

    inner->DeleteContext(ctx);
    return status;
}

static void refuses_every_truncation_and_a_trailing_byte(void **state)
{
    struct outer outer;

    (void)state;
    begin(&outer);
    negotiate(&outer, 4);
    SecBuffer packed = exported(outer.acceptor);
    for (ULONG n = 0; n < packed.cbBuffer; n++)
        assert_int_equal(import_view(guarded((struct view){ packed.pvBuffer, n })),
                         SEC_E_INVALID_TOKEN);
    uint8_t longer[1024] = { 0 };
    memcpy(longer, packed.pvBuffer, packed.cbBuffer);
    assert_int_equal(import_view(guarded((struct view){ longer, packed.cbBuffer + 1 })),
                     SEC_E_INVALID_TOKEN);
    assert_int_equal(heap_free(packed.pvBuffer), SSP_OK);
    end(&outer);
}

static void refuses_versions_and_flags_that_it_does_not_write(void **state)
{
    struct outer outer;

    (void)state;
    begin(&outer);
    negotiate(&outer, 4);
    SecBuffer packed = exported(outer.acceptor);
    uint8_t *bytes = packed.pvBuffer;
    const struct view all = { bytes, packed.cbBuffer };
    bytes[0] = 2;
    assert_int_equal(import_view(all), SEC_E_INVALID_TOKEN);
    bytes[0] = 1;
    for (uint8_t flags = 0; flags < 16; flags++) {
        bytes[1] = flags;
        assert_int_equal(import_view(all), flags == 7 ? STATUS_SUCCESS : SEC_E_INVALID_TOKEN);
    }
    assert_int_equal(heap_free(packed.pvBuffer), SSP_OK);
    end(&outer);
}

/* ---- Out of memory ----------------------------------------------------- */

static void a_handshake_without_memory_leaves_nothing_behind(void **state)
{
    struct outer outer;

    (void)state;
    for (size_t n = 0;; n++) {
        begin(&outer);
        negotiate(&outer, 3);
        SecBuffer packed = { 0 };
        fault_malloc_at(n);
        NTSTATUS status = accept_one(&outer);
        if (status == SEC_E_OK)
            status = inner->ExportContext(outer.acceptor, &packed);
        fault_malloc_at(SIZE_MAX);
        assert_int_equal(heap_free(packed.pvBuffer), SSP_OK);
        end(&outer);
        if (status == SEC_E_OK)
            break;
    }
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        CASE(finds_packages_by_name_in_any_case),
        CASE(a_credential_that_a_package_refuses_is_none),
        CASE(a_credential_tells_its_name),
        CASE(a_handshake_ends_with_data_and_a_token_that_the_client_does_not_have_yet),
        CASE(a_logon_goes_over_to_the_outer_call_and_its_notes_name_the_inner_package),
        CASE(a_leg_that_fails_leaves_everything_as_it_was),
        CASE(a_leg_that_fails_says_why_to_who_asks),
        CASE(a_finished_handshake_takes_no_leg_and_an_unfinished_one_gives_no_data),
        CASE(what_the_client_has_is_dropped),
        CASE(a_credential_of_another_package_does_not_go_on),
        CASE(a_package_that_ends_in_a_way_of_its_own_is_not_believed),
        CASE(attributes_are_asked_of_the_inner_package),
        CASE(both_sides_sign_what_they_agreed_on),
        CASE(a_package_without_signatures_says_so),
        CASE(a_handshake_goes_on_after_every_leg_elsewhere),
        CASE(a_token_says_the_same_after_the_passage),
        CASE(a_package_that_cannot_move_says_so_until_its_handshake_is_over),
        CASE(refuses_every_truncation_and_a_trailing_byte),
        CASE(refuses_versions_and_flags_that_it_does_not_write),
        CASE(a_handshake_without_memory_leaves_nothing_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
