/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts from the first leg to the end: what is made, what is left behind, what is refused. */
#include "base/heap.h"
#include "harness/fake_lsa.h"
#include "harness/harness.h"

static SECURITY_STATUS init_leg(CredHandle *cred, CtxtHandle *ctx, CtxtHandle *ret)
{
    return InitializeSecurityContextW(cred, ctx, NULL, 0, 0, 0, NULL, 0, ret, NULL, NULL, NULL);
}

static SECURITY_STATUS make_signature(CtxtHandle *ctx)
{
    struct fake_message message;

    fake_message(&message);
    return MakeSignature(ctx, 0, &message.desc, 0);
}

static void assert_nothing_left(void)
{
    assert_int_equal(seen.lsa_contexts, 0);
    assert_int_equal(seen.user_contexts, 0);
    assert_int_equal(seen.creds, 0);
}

/* ---- Handshake --------------------------------------------------------- */

static void keeps_one_handle_over_all_legs(void **state)
{
    CredHandle cred = fake_cred();
    CtxtHandle first = { 0 };
    CtxtHandle later = { 0 };

    (void)state;
    fake.leg = SEC_I_CONTINUE_NEEDED;
    assert_int_equal(init_leg(&cred, NULL, &first), SEC_I_CONTINUE_NEEDED);
    fake.leg = SEC_E_OK;
    fake.leg_maps = true;
    assert_int_equal(init_leg(&cred, &first, &later), SEC_E_OK);
    assert_memory_equal(&first, &later, sizeof(first));
    assert_int_equal(seen.lsa_contexts, 1);
    assert_int_equal(seen.user_contexts, 1);
    assert_int_equal(make_signature(&first), SEC_E_OK);
    assert_int_equal(DeleteSecurityContext(&first), SEC_E_OK);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
    assert_nothing_left();
}

static void takes_the_old_handle_as_the_place_for_the_new(void **state)
{
    CredHandle cred = fake_cred();
    CtxtHandle ctx = fake_negotiating();
    CtxtHandle before = ctx;

    (void)state;
    fake.leg = SEC_I_CONTINUE_NEEDED;
    assert_int_equal(init_leg(&cred, &ctx, &ctx), SEC_I_CONTINUE_NEEDED);
    assert_memory_equal(&before, &ctx, sizeof(ctx));
    assert_int_equal(init_leg(NULL, &ctx, NULL), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
    assert_nothing_left();
}

static void reports_attributes_expiry_and_status(void **state)
{
    CredHandle cred = fake_cred();
    CtxtHandle ctx = { 0 };
    ULONG attributes = 0;
    TimeStamp expiry = { 0 };

    (void)state;
    fake.leg = SEC_I_COMPLETE_AND_CONTINUE;
    assert_int_equal(
        AcceptSecurityContext(&cred, NULL, NULL, 0, 0, &ctx, NULL, &attributes, &expiry),
        SEC_I_COMPLETE_AND_CONTINUE);
    assert_int_equal(attributes, 3);
    assert_int_equal(expiry.QuadPart, 333);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
    assert_nothing_left();
}

static void leaves_nothing_of_a_first_leg_that_failed(void **state)
{
    CredHandle cred = fake_cred();
    CtxtHandle ctx = { 11, 12 };

    (void)state;
    fake.leg = SEC_E_LOGON_DENIED;
    assert_int_equal(init_leg(&cred, NULL, &ctx), SEC_E_LOGON_DENIED);
    assert_int_equal(ctx.dwLower, 11); /* outputs are left alone on failure */
    fake.leg = SEC_E_OK;
    fake.leg_maps = true;
    fake.init_user = STATUS_INSUFFICIENT_RESOURCES;
    assert_int_equal(init_leg(&cred, NULL, &ctx), SEC_E_INSUFFICIENT_MEMORY);
    assert_int_equal(ctx.dwLower, 11);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
    assert_nothing_left();
}

static void leaves_the_context_of_a_later_leg_that_failed(void **state)
{
    CtxtHandle ctx = fake_negotiating();

    (void)state;
    fake.leg = SEC_E_INVALID_TOKEN;
    assert_int_equal(init_leg(NULL, &ctx, NULL), SEC_E_INVALID_TOKEN);
    fake.leg = SEC_I_CONTINUE_NEEDED;
    assert_int_equal(init_leg(NULL, &ctx, NULL), SEC_I_CONTINUE_NEEDED);
    fake.leg = SEC_E_OK;
    fake.leg_maps = true;
    fake.init_user = SEC_E_INVALID_TOKEN;
    assert_int_equal(init_leg(NULL, &ctx, NULL), SEC_E_INVALID_TOKEN);
    assert_int_equal(make_signature(&ctx), SEC_E_INVALID_HANDLE);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_nothing_left();
}

static void hands_out_allocated_tokens_only_when_the_leg_succeeds(void **state)
{
    CredHandle cred = fake_cred();
    CtxtHandle ctx = { 0 };
    SecBuffer token = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc out = { SECBUFFER_VERSION, 1, &token };

    (void)state;
    fake.leg_maps = true;
    assert_int_equal(AcceptSecurityContext(&cred, NULL, NULL, ASC_REQ_ALLOCATE_MEMORY, 0, &ctx,
                                           &out, NULL, NULL),
                     SEC_E_OK);
    assert_int_equal(FreeContextBuffer(token.pvBuffer), SEC_E_OK);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);

    token = (SecBuffer){ 0, SECBUFFER_TOKEN, NULL };
    fake.init_user = SEC_E_INVALID_TOKEN;
    assert_int_equal(AcceptSecurityContext(&cred, NULL, NULL, ASC_REQ_ALLOCATE_MEMORY, 0, &ctx,
                                           &out, NULL, NULL),
                     SEC_E_INVALID_TOKEN);
    assert_null(token.pvBuffer);
    assert_int_equal(token.cbBuffer, 0);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
    assert_nothing_left();
}

static void widens_the_target_of_the_narrow_call(void **state)
{
    CredHandle cred = fake_cred();
    CtxtHandle ctx = { 0 };
    char target[] = "HTTP/h\xc3\xb6st";
    char broken[] = "HTTP/h\xc3";

    (void)state;
    assert_int_equal(
        InitializeSecurityContextA(&cred, NULL, target, 0, 0, 0, NULL, 0, &ctx, NULL, NULL, NULL),
        SEC_E_OK);
    assert_memory_equal(seen.text, u"HTTP/h\u00f6st", sizeof(u"HTTP/h\u00f6st"));
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_int_equal(
        InitializeSecurityContextA(&cred, NULL, broken, 0, 0, 0, NULL, 0, &ctx, NULL, NULL, NULL),
        SEC_E_INVALID_PARAMETER);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
    assert_nothing_left();
}

static void refuses_legs_with_arguments_that_cannot_be(void **state)
{
    CredHandle cred = fake_cred();
    CtxtHandle ctx = { 0 };
    SecBuffer no_memory = { 5, SECBUFFER_TOKEN, NULL };
    SecBufferDesc bad = { SECBUFFER_VERSION, 1, &no_memory };

    (void)state;
    assert_int_equal(init_leg(NULL, NULL, &ctx), SEC_E_INVALID_HANDLE);
    assert_int_equal(init_leg(&cred, NULL, NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(init_leg(&ctx, NULL, &ctx), SEC_E_INVALID_HANDLE);
    assert_int_equal(init_leg(&cred, &cred, &ctx), SEC_E_INVALID_HANDLE);
    assert_int_equal(
        InitializeSecurityContextW(&cred, NULL, NULL, 0, 0, 0, &bad, 0, &ctx, NULL, NULL, NULL),
        SEC_E_INVALID_PARAMETER);
    assert_int_equal(AcceptSecurityContext(&cred, NULL, NULL, 0, 0, &ctx, &bad, NULL, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
    assert_nothing_left();
}

static void survives_every_allocation_failing_in_a_first_leg(void **state)
{
    CredHandle cred = fake_cred();
    CtxtHandle ctx = { 0 };
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;

    (void)state;
    fake.leg_maps = true;
    for (size_t nth = 0; status == SEC_E_INSUFFICIENT_MEMORY && nth < 100; nth++) {
        fault_malloc_at(nth);
        status = init_leg(&cred, NULL, &ctx);
        fault_malloc_at(SIZE_MAX);
        assert_int_equal(seen.user_contexts, status == SEC_E_OK);
    }
    assert_int_equal(status, SEC_E_OK);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
    assert_nothing_left();
}

/* ---- Handles ----------------------------------------------------------- */

static void assert_refused(CtxtHandle *ctx)
{
    struct fake_message message;
    SecBuffer blob = { 0 };
    SecPkgContext_Lifespan lifespan;
    ULONG lifetime = 5;
    HANDLE token = NULL;

    fake_message(&message);
    assert_int_equal(MakeSignature(ctx, 0, &message.desc, 0), SEC_E_INVALID_HANDLE);
    assert_int_equal(VerifySignature(ctx, &message.desc, 0, NULL), SEC_E_INVALID_HANDLE);
    assert_int_equal(EncryptMessage(ctx, 0, &message.desc, 0), SEC_E_INVALID_HANDLE);
    assert_int_equal(DecryptMessage(ctx, &message.desc, 0, NULL), SEC_E_INVALID_HANDLE);
    assert_int_equal(QueryContextAttributesW(ctx, SECPKG_ATTR_LIFESPAN, &lifespan),
                     SEC_E_INVALID_HANDLE);
    assert_int_equal(SetContextAttributesW(ctx, OPENSSPI_ATTR_EXPORT_LIFETIME, &lifetime, 4),
                     SEC_E_INVALID_HANDLE);
    assert_int_equal(ExportSecurityContext(ctx, 0, &blob, &token), SEC_E_INVALID_HANDLE);
    assert_int_equal(CompleteAuthToken(ctx, &message.desc), SEC_E_INVALID_HANDLE);
    assert_int_equal(ApplyControlToken(ctx, &message.desc), SEC_E_INVALID_HANDLE);
    assert_int_equal(DeleteSecurityContext(ctx), SEC_E_INVALID_HANDLE);
    assert_null(blob.pvBuffer);
    assert_null(token);
}

static void refuses_handles_that_are_dead_forged_or_of_another_kind(void **state)
{
    CredHandle cred = fake_cred();
    CtxtHandle dead = fake_live();
    CtxtHandle forged = fake_live();
    CtxtHandle alive = forged;
    CtxtHandle invalid;
    CtxtHandle zero = { 0 };

    (void)state;
    assert_int_equal(DeleteSecurityContext(&dead), SEC_E_OK);
    assert_refused(&dead);
    forged.dwLower += (ULONG_PTR)1 << 24; /* the same slot, a later generation */
    assert_refused(&forged);
    SecInvalidateHandle(&invalid);
    assert_refused(&invalid);
    assert_refused(&zero);
    assert_refused(&cred);
    assert_refused(NULL);
    assert_int_equal(FreeCredentialsHandle(&alive), SEC_E_INVALID_HANDLE);
    assert_int_equal(DeleteSecurityContext(&alive), SEC_E_OK);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_INVALID_HANDLE);
    assert_nothing_left();
}

static void asks_nothing_of_the_lsa_when_the_package_says_there_is_no_context(void **state)
{
    CtxtHandle ctx = fake_live();

    (void)state;
    fake.delete_user = SEC_I_NO_LSA_CONTEXT;
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_int_equal(seen.user_contexts, 0);
    assert_int_equal(seen.lsa_contexts, 1);
}

/* ---- Messages ---------------------------------------------------------- */

static void passes_messages_to_the_user_half(void **state)
{
    CtxtHandle ctx = fake_live();
    struct fake_message message;
    ULONG qop = 0;

    (void)state;
    fake_message(&message);
    assert_int_equal(MakeSignature(&ctx, 0, &message.desc, 0), SEC_E_OK);
    assert_int_equal(EncryptMessage(&ctx, 0, &message.desc, 0), SEC_E_OK);
    assert_int_equal(VerifySignature(&ctx, &message.desc, 0, &qop), SEC_E_OK);
    assert_int_equal(qop, 7);
    assert_int_equal(DecryptMessage(&ctx, &message.desc, 0, NULL), SEC_E_OK);
    assert_int_equal(CompleteAuthToken(&ctx, &message.desc), SEC_E_OK);
    assert_int_equal(seen.messages, 5);
    assert_int_equal(ApplyControlToken(&ctx, &message.desc), SEC_E_OK);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_nothing_left();
}

static void maps_what_the_package_says_about_a_message(void **state)
{
    CtxtHandle ctx = fake_live();
    struct fake_message message;

    (void)state;
    fake_message(&message);
    fake.message = SEC_E_MESSAGE_ALTERED;
    assert_int_equal(DecryptMessage(&ctx, &message.desc, 0, NULL), SEC_E_MESSAGE_ALTERED);
    fake.message = STATUS_NO_MEMORY;
    assert_int_equal(EncryptMessage(&ctx, 0, &message.desc, 0), SEC_E_INSUFFICIENT_MEMORY);
    fake.message = SEC_I_CONTEXT_EXPIRED;
    assert_int_equal(DecryptMessage(&ctx, &message.desc, 0, NULL), SEC_I_CONTEXT_EXPIRED);
    fake.message = STATUS_PENDING; /* a success that SSPI does not know */
    assert_int_equal(VerifySignature(&ctx, &message.desc, 0, NULL), SEC_E_INTERNAL_ERROR);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
}

static void refuses_messages_that_are_none(void **state)
{
    CtxtHandle ctx = fake_live();
    struct fake_message message;

    (void)state;
    fake_message(&message);
    assert_int_equal(MakeSignature(&ctx, 0, NULL, 0), SEC_E_INVALID_PARAMETER);
    assert_int_equal(CompleteAuthToken(&ctx, NULL), SEC_E_INVALID_PARAMETER);
    message.desc.ulVersion = 1;
    assert_int_equal(DecryptMessage(&ctx, &message.desc, 0, NULL), SEC_E_INVALID_PARAMETER);
    message.desc.ulVersion = 0;
    message.buffers[1].pvBuffer = NULL;
    assert_int_equal(EncryptMessage(&ctx, 0, &message.desc, 0), SEC_E_INVALID_PARAMETER);
    assert_int_equal(seen.messages, 0);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
}

static void protects_no_message_before_the_handshake_is_over(void **state)
{
    CtxtHandle ctx = fake_negotiating();
    struct fake_message message;

    (void)state;
    fake_message(&message);
    assert_int_equal(make_signature(&ctx), SEC_E_INVALID_HANDLE);
    assert_int_equal(DecryptMessage(&ctx, &message.desc, 0, NULL), SEC_E_INVALID_HANDLE);
    assert_int_equal(CompleteAuthToken(&ctx, &message.desc), SEC_E_INVALID_HANDLE);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
}

static void says_so_when_a_package_protects_no_messages_at_all(void **state)
{
    CtxtHandle ctx = { 0 };

    (void)state;
    fake.leg_package = FAKE_LSA_ONLY;
    ctx = fake_negotiating();
    assert_int_equal(make_signature(&ctx), SEC_E_UNSUPPORTED_FUNCTION);
    fake.leg_maps = true;
    assert_int_equal(init_leg(NULL, &ctx, NULL), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_nothing_left();
}

/* ---- After the handshake ------------------------------------------------ */

static SECURITY_STATUS speak(CtxtHandle *ctx, ULONG requirements, ULONG *attributes,
                             TimeStamp *expiry)
{
    return AcceptSecurityContext(NULL, ctx, NULL, requirements, 0, NULL, NULL, attributes, expiry);
}

static SECURITY_STATUS control(CtxtHandle *ctx)
{
    struct fake_message message;

    fake_message(&message);
    return ApplyControlToken(ctx, &message.desc);
}

static void lets_a_session_speak_after_its_handshake(void **state)
{
    CtxtHandle ctx = { 0 };
    ULONG attributes = 0;
    TimeStamp expiry = { 0 };

    (void)state;
    fake.speaks = true;
    ctx = fake_live();
    assert_int_equal(control(&ctx), SEC_E_OK);
    assert_int_equal(speak(&ctx, ASC_REQ_CONFIDENTIALITY, &attributes, &expiry), SEC_E_OK);
    assert_int_equal(seen.speeches, 2);
    assert_int_equal(seen.speech_requirements, ASC_REQ_CONFIDENTIALITY);
    assert_int_equal(attributes, 0x77);
    assert_int_equal(expiry.QuadPart, 78);
    fake.speech = SEC_I_CONTEXT_EXPIRED;
    assert_int_equal(speak(&ctx, 0, NULL, NULL), SEC_I_CONTEXT_EXPIRED);
    fake.speech = STATUS_NO_MEMORY;
    assert_int_equal(control(&ctx), SEC_E_INSUFFICIENT_MEMORY);
    assert_int_equal(speak(&ctx, 0, NULL, NULL), SEC_E_INSUFFICIENT_MEMORY);
    assert_int_equal(make_signature(&ctx), SEC_E_OK);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_nothing_left();
}

static void sets_in_the_user_half_what_that_knows(void **state)
{
    ULONG value = 5;
    CtxtHandle ctx = { 0 };

    (void)state;
    fake.speaks = true;
    ctx = fake_live();
    assert_int_equal(SetContextAttributesW(&ctx, FAKE_ATTR_HERE, &value, sizeof(value)), SEC_E_OK);
    assert_int_equal(seen.speeches, 1);
    fake.speech = STATUS_INVALID_PARAMETER;
    assert_int_equal(SetContextAttributesW(&ctx, FAKE_ATTR_HERE, &value, sizeof(value)),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(SetContextAttributesW(&ctx, 7, &value, sizeof(value)), SEC_E_OK); /* the LSA */
    assert_int_equal(seen.speeches, 2);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_nothing_left();
}

static void asks_the_lsa_as_long_as_the_handshake_is_not_over(void **state)
{
    CtxtHandle ctx = { 0 };

    (void)state;
    fake.speaks = true;
    ctx = fake_negotiating();
    assert_int_equal(control(&ctx), SEC_E_OK);
    fake.leg = SEC_I_CONTINUE_NEEDED;
    assert_int_equal(init_leg(NULL, &ctx, NULL), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(seen.speeches, 0);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_nothing_left();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(keeps_one_handle_over_all_legs),
        FAKE_TEST(takes_the_old_handle_as_the_place_for_the_new),
        FAKE_TEST(reports_attributes_expiry_and_status),
        FAKE_TEST(leaves_nothing_of_a_first_leg_that_failed),
        FAKE_TEST(leaves_the_context_of_a_later_leg_that_failed),
        FAKE_TEST(hands_out_allocated_tokens_only_when_the_leg_succeeds),
        FAKE_TEST(widens_the_target_of_the_narrow_call),
        FAKE_TEST(refuses_legs_with_arguments_that_cannot_be),
        FAKE_TEST(survives_every_allocation_failing_in_a_first_leg),
        FAKE_TEST(refuses_handles_that_are_dead_forged_or_of_another_kind),
        FAKE_TEST(asks_nothing_of_the_lsa_when_the_package_says_there_is_no_context),
        FAKE_TEST(passes_messages_to_the_user_half),
        FAKE_TEST(maps_what_the_package_says_about_a_message),
        FAKE_TEST(refuses_messages_that_are_none),
        FAKE_TEST(protects_no_message_before_the_handshake_is_over),
        FAKE_TEST(says_so_when_a_package_protects_no_messages_at_all),
        FAKE_TEST(lets_a_session_speak_after_its_handshake),
        FAKE_TEST(sets_in_the_user_half_what_that_knows),
        FAKE_TEST(asks_the_lsa_as_long_as_the_handshake_is_not_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
