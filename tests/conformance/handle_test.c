/* SPDX-License-Identifier: Apache-2.0 */
/* Handles that are none, from one thread and from many: refused, and nobody crashes. */
#include <stdatomic.h>
#include <string.h>

#include "conformance/note.h"

enum { THREADS = 8 };

/* ---- Every call that takes a context ----------------------------------- */

static SECURITY_STATUS leg(PCtxtHandle ctx)
{
    SecBuffer token = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc desc = { SECBUFFER_VERSION, 1, &token };

    return InitializeSecurityContextW(NULL, ctx, NULL, ISC_REQ_ALLOCATE_MEMORY, 0,
                                      SECURITY_NATIVE_DREP, NULL, 0, ctx, &desc, NULL, NULL);
}

static SECURITY_STATUS accept_one(PCtxtHandle ctx)
{
    SecBuffer token = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc desc = { SECBUFFER_VERSION, 1, &token };

    return AcceptSecurityContext(NULL, ctx, NULL, ASC_REQ_ALLOCATE_MEMORY, SECURITY_NATIVE_DREP,
                                 ctx, &desc, NULL, NULL);
}

static SECURITY_STATUS encrypt(PCtxtHandle ctx)
{
    struct note note;

    note_write(&note, "letter", 6);
    return EncryptMessage(ctx, 0, &note.desc, 0);
}

static SECURITY_STATUS decrypt(PCtxtHandle ctx)
{
    struct note note;

    note_write(&note, "letter", 6);
    return DecryptMessage(ctx, &note.desc, 0, NULL);
}

static SECURITY_STATUS sign(PCtxtHandle ctx)
{
    struct note note;

    note_write(&note, "letter", 6);
    return MakeSignature(ctx, 0, &note.desc, 0);
}

static SECURITY_STATUS verify(PCtxtHandle ctx)
{
    struct note note;

    note_write(&note, "letter", 6);
    return VerifySignature(ctx, &note.desc, 0, NULL);
}

static SECURITY_STATUS complete(PCtxtHandle ctx)
{
    struct note note;

    note_write(&note, "letter", 6);
    return CompleteAuthToken(ctx, &note.desc);
}

static SECURITY_STATUS control(PCtxtHandle ctx)
{
    struct note note;

    note_write(&note, "letter", 6);
    return ApplyControlToken(ctx, &note.desc);
}

static SECURITY_STATUS query(PCtxtHandle ctx)
{
    SecPkgContext_Sizes sizes;

    return QueryContextAttributesW(ctx, SECPKG_ATTR_SIZES, &sizes);
}

static SECURITY_STATUS query_narrow(PCtxtHandle ctx)
{
    SecPkgContext_NamesA names = { 0 };
    SECURITY_STATUS status = QueryContextAttributesA(ctx, SECPKG_ATTR_NAMES, &names);

    (void)FreeContextBuffer(names.sUserName);
    return status;
}

static SECURITY_STATUS set(PCtxtHandle ctx)
{
    OPENSSPI_EXPORT_LIFETIME lifetime = { 1000 };

    return SetContextAttributesW(ctx, OPENSSPI_ATTR_EXPORT_LIFETIME, &lifetime, sizeof(lifetime));
}

static SECURITY_STATUS export_it(PCtxtHandle ctx)
{
    SecBuffer blob = { 0 };
    SECURITY_STATUS status = ExportSecurityContext(ctx, 0, &blob, NULL);

    (void)FreeContextBuffer(blob.pvBuffer);
    return status;
}

static SECURITY_STATUS get_token(PCtxtHandle ctx)
{
    HANDLE token = NULL;
    SECURITY_STATUS status = QuerySecurityContextToken(ctx, &token);

    if (token != NULL)
        (void)CloseHandle(token);
    return status;
}

static SECURITY_STATUS (*const calls[])(PCtxtHandle ctx) = {
    leg,
    accept_one,
    encrypt,
    decrypt,
    sign,
    verify,
    complete,
    control,
    query,
    query_narrow,
    set,
    export_it,
    get_token,
    ImpersonateSecurityContext,
    RevertSecurityContext,
    DeleteSecurityContext,
};
enum { N_CALLS = sizeof(calls) / sizeof(calls[0]) };

/* The first call that does anything but refuse; N_CALLS when none does. */
static size_t first_to_take(CtxtHandle ctx)
{
    size_t i = 0;

    while (i < N_CALLS && calls[i](&ctx) == SEC_E_INVALID_HANDLE)
        i++;
    return i;
}

/* ---- Handles that are none --------------------------------------------- */

static void refuses_a_context_that_is_gone(void **state)
{
    struct loopback *loop = loop_of(state);
    CtxtHandle gone = loop->client.ctx;

    assert_int_equal(DeleteSecurityContext(&loop->client.ctx), SEC_E_OK);
    loop->client.has_ctx = false;
    assert_int_equal(first_to_take(gone), N_CALLS);
}

/* A slot that is used again has another generation. */
static void refuses_an_old_handle_when_its_place_is_taken(void **state)
{
    struct loopback *loop = loop_of(state);
    CtxtHandle gone = loop->client.ctx;
    struct loopback other;

    assert_int_equal(DeleteSecurityContext(&loop->client.ctx), SEC_E_OK);
    loop->client.has_ctx = false;
    loopback_begin(&other, subject->scene, NULL);
    assert_int_equal(loopback_shake(&other, ALL_LEGS), SEC_E_OK);
    assert_int_equal(first_to_take(gone), N_CALLS);
    assert_true(loopback_talks(&other));
    loopback_end(&other);
}

static void refuses_handles_that_it_never_gave(void **state)
{
    const CtxtHandle real = loop_of(state)->client.ctx;
    const CtxtHandle forged[] = {
        { 0, 0 },
        { UINTPTR_MAX, UINTPTR_MAX },
        { 0, real.dwUpper },
        { real.dwLower, 0 },
        { real.dwLower, real.dwUpper ^ 1 },
        { real.dwLower ^ (1ULL << 40), real.dwUpper },
        { real.dwLower + 1000, real.dwUpper },
        { UINTPTR_MAX, real.dwUpper },
    };

    for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++)
        assert_int_equal(first_to_take(forged[i]), N_CALLS);
    assert_true(loopback_talks(loop_of(state)));
}

static void refuses_no_handle_at_all(void **state)
{
    (void)state;
    for (size_t i = 2; i < N_CALLS; i++) /* a handshake without a context is its first leg */
        assert_int_equal(calls[i](NULL), SEC_E_INVALID_HANDLE);
    assert_int_equal(FreeCredentialsHandle(NULL), SEC_E_INVALID_HANDLE);
}

static void refuses_a_credential_as_a_context(void **state)
{
    CtxtHandle cred = { loop_of(state)->client.cred.dwLower, loop_of(state)->client.cred.dwUpper };
    CredHandle ctx = { loop_of(state)->client.ctx.dwLower, loop_of(state)->client.ctx.dwUpper };

    assert_int_equal(first_to_take(cred), N_CALLS);
    assert_int_equal(FreeCredentialsHandle(&ctx), SEC_E_INVALID_HANDLE);
    assert_true(loopback_talks(loop_of(state)));
}

static void refuses_what_it_did_not_allocate(void **state)
{
    static _Alignas(16) uint8_t not_ours[256];

    (void)state;
    assert_int_equal(FreeContextBuffer(NULL), SEC_E_OK);
    assert_int_equal(FreeContextBuffer(not_ours + 128), SEC_E_INVALID_PARAMETER);
}

/* ---- Threads ----------------------------------------------------------- */

struct many {
    CtxtHandle ctx;
    atomic_uint deleted;
    atomic_uint taken;
};

static void delete_it(size_t nth, void *arg)
{
    struct many *many = arg;
    CtxtHandle copy = many->ctx;

    (void)nth;
    if (DeleteSecurityContext(&copy) == SEC_E_OK)
        atomic_fetch_add(&many->deleted, 1);
    if (first_to_take(many->ctx) != N_CALLS)
        atomic_fetch_add(&many->taken, 1);
}

static void dies_once_when_many_threads_delete_it(void **state)
{
    struct loopback *loop = loop_of(state);
    struct many many = { .ctx = loop->client.ctx };

    run_threads(THREADS, delete_it, &many);
    loop->client.has_ctx = false;
    assert_int_equal(many.deleted, 1);
    assert_int_equal(many.taken, 0);
}

static void use_or_delete(size_t nth, void *arg)
{
    struct many *many = arg;
    CtxtHandle copy = many->ctx;

    if (nth == 0) {
        atomic_fetch_add(&many->deleted, DeleteSecurityContext(&copy) == SEC_E_OK ? 1 : 0);
        return;
    }
    for (size_t i = 0; i < N_CALLS - 1; i++) /* all but the delete */
        (void)calls[(i + nth) % (N_CALLS - 1)](&copy);
}

static void dies_quietly_under_threads_that_use_it(void **state)
{
    struct loopback *loop = loop_of(state);
    struct many many = { .ctx = loop->server.ctx };

    run_threads(THREADS, use_or_delete, &many);
    loop->server.has_ctx = false;
    assert_int_equal(many.deleted, 1);
    assert_int_equal(first_to_take(many.ctx), N_CALLS);
}

static void forge(size_t nth, void *arg)
{
    struct many *many = arg;

    for (uintptr_t i = 0; i < 200; i++) {
        CtxtHandle forged = { many->ctx.dwLower ^ (1ULL << (i + nth) % 64), many->ctx.dwUpper };

        atomic_fetch_add(&many->taken, encrypt(&forged) != SEC_E_INVALID_HANDLE ? 1 : 0);
        atomic_fetch_add(&many->taken, DeleteSecurityContext(&forged) == SEC_E_OK ? 1 : 0);
    }
}

/* Only the two contexts of the case are there, and no forgery of one is the other. */
static void takes_no_forgery_from_any_thread(void **state)
{
    struct loopback *loop = loop_of(state);
    struct many many = { .ctx = loop->client.ctx };

    assert_int_equal(DeleteSecurityContext(&loop->server.ctx), SEC_E_OK);
    loop->server.has_ctx = false;
    run_threads(THREADS, forge, &many);
    assert_int_equal(many.taken, 0);
    assert_int_equal(encrypt(&loop->client.ctx), SEC_E_OK);
}

int main(void)
{
    subject_choose();
    const struct CMUnitTest tests[] = {
        MET_TEST(refuses_a_context_that_is_gone),
        MET_TEST(refuses_an_old_handle_when_its_place_is_taken),
        MET_TEST(refuses_handles_that_it_never_gave),
        MET_TEST(refuses_no_handle_at_all),
        MET_TEST(refuses_a_credential_as_a_context),
        MET_TEST(refuses_what_it_did_not_allocate),
        MET_TEST(dies_once_when_many_threads_delete_it),
        MET_TEST(dies_quietly_under_threads_that_use_it),
        MET_TEST(takes_no_forgery_from_any_thread),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
